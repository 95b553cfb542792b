"""Read a file for what identifies its person, element by element, remembering what was read before."""

from __future__ import annotations

import re
from functools import cache

from provident.deid.charsets import codecs, decode, of_item
from provident.deid.elements import Element, elements, items
from provident.deid.identifiers import (
    Identifiers,
    fold,
    name_parts,
    place_parts,
    strong_numbers,
)
from provident.deid.table import rows, words
from provident.deid.third_parties import may_be_called
from provident.deid.vrs import names_a_definition, vr_of


BIRTH_DATE, PATIENT_GROUP = 0x00100030, 0x0010
WELL_KNOWN = "1.2.840.10008."  # the standard's own UIDs
_NAME_LIKE = frozenset({"PN"})
_SOURCES = frozenset(
    ("PN", "LO", "SH", "AE", "ST", "LT", "UT", "UC", "DA", "DT", "UI", "SQ", "UN")
)
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_NOTHING = Identifiers()

# Rows that the table removes although they do not tell who a person is: characteristics and prose.
_CHARACTERISTICS = (
    "00080106 00080107 001811bb 00102150 00102152 00102160 00102180 001021f0 00101080 "
    "00101081 00203406 00284000 00400556 00401004 00403001 00500020 00700006 300a00b2 "
    "300a0216 300a0611 300a0615 3010002d 04000600"
)
_TELLS_NOTHING = frozenset(int(tag, 16) for tag in _CHARACTERISTICS.split())
_PROSE_GROUPS = frozenset({0x0012, 0x0016, 0x003A, 0x0088, 0x2030, 0x4000})
_PLACES = frozenset(
    {
        0x00080080,
        0x00080081,
        0x00080082,
        0x00080092,
        0x00081040,
        0x00081010,
        0x00101040,
        0x00100021,
        0x00380011,
        0x00321020,
        0x00400011,
        0x00400010,
        0x00400242,
        0x00081000,
        0x0040A027,
        0x04000563,
        0x04000564,
        0x00380300,
        0x00380400,
    }
)
# Institutional Department Name, Station Name, Requesting Service
_DEPARTMENTS = frozenset({0x00081040, 0x00081010, 0x00321033})


@cache
def identity_tags() -> frozenset[int]:
    """Text attributes that the table removes without a way to clean them: they hold identifiers."""
    return frozenset(
        tag
        for tag, row in rows().items()
        if not {"descriptors", "structured", "graphics", "patient"} & set(row.options)
        and not {"full_dates", "modified_dates"} & set(row.options)
        and tag not in _TELLS_NOTHING
        and tag >> 16 not in _PROSE_GROUPS
        and vr_of(tag) in ("LO", "SH", "AE", "ST", "LT", "UT", "UC", "PN")
    )


class Gatherer:
    """Gathers from one body of bytes; equal elements are read once."""

    def __init__(
        self,
        *,
        implicit: bool,
        character_set: str,
        retained: frozenset[int] = frozenset(),
    ) -> None:
        """`retained` are attributes that stay by the study's choice: they identify nobody to it."""
        self.implicit = implicit
        self.retained = retained
        self.encodings = codecs(character_set)
        self._seen: dict[bytes, Identifiers] = {}

    def data_set(self, data: bytes, found: list[Element]) -> Identifiers:
        """Everything in a data set that was split already."""
        return union([self.element(data, e) for e in found if e.vr in _SOURCES])

    def element(self, data: bytes, element: Element, depth: int = 0) -> Identifiers:
        """What one element tells."""
        raw = data[element.start : element.after]
        known = self._seen.get(raw)
        if known is None:
            known = self._read(data, element, depth)
            if len(raw) <= 4096 and len(self._seen) < 50_000:
                self._seen[raw] = known
        return known

    def _read(self, data: bytes, element: Element, depth: int) -> Identifiers:
        if element.tag in self.retained:
            return _NOTHING
        vr = element.vr if element.vr != "UN" else vr_of(element.tag)
        if vr == "SQ" or (vr == "UN" and element.undefined):
            return self._sequence(data, element, depth)
        if vr == "UN":
            return _NOTHING
        raw = data[element.value : element.end]
        if vr == "UI":
            if names_a_definition(element.tag):
                return _NOTHING
            uids = raw.decode("ascii", "replace").split("\\")
            told = (u.strip("\0 ") for u in uids)
            return Identifiers(
                uids=frozenset(u for u in told if u and not u.startswith(WELL_KNOWN))
            )
        text = decode(raw, self.encodings).strip("\0 ")
        if not text:
            return _NOTHING
        if vr in ("DA", "DT"):
            dates = frozenset("".join(d) for d in _DATE.findall(text))
            born = element.tag == BIRTH_DATE
            # The year of birth alone is told of somebody: born 1961, OQ1961.
            years = frozenset(d[:4] for d in dates) if born else frozenset()
            return Identifiers(dates=dates, numbers=years)
        return of_value(element.tag, vr, text)

    def _sequence(self, data: bytes, element: Element, depth: int) -> Identifiers:
        inner = Gatherer(
            implicit=self.implicit or element.vr == "UN",
            character_set="",
            retained=self.retained,
        )
        found = []
        for start, end in items(data, element, implicit=self.implicit, depth=depth):
            parts = list(
                elements(data, start, end, implicit=inner.implicit, depth=depth + 1)
            )
            inner.encodings = of_item(data, parts, self.encodings)
            inner.forget()
            found += [
                inner.element(data, e, depth + 1) for e in parts if e.vr in _SOURCES
            ]
        return union(found)

    def forget(self) -> None:
        """Forget what was read: it may read otherwise in another character set."""
        self._seen.clear()


def of_value(tag: int, vr: str, text: str) -> Identifiers:
    """What a text value identifies, by the kind of its attribute."""
    if vr in _NAME_LIKE:
        return _of_name(tag, frozenset(name_parts(text.replace("\\", " "))))
    if tag not in identity_tags():
        return _NOTHING
    values = [v.strip() for v in text.split("\\") if v.strip()]
    if tag in _DEPARTMENTS:
        # One called Radiology or MR tells of nobody; elsewhere the word means itself.
        values = [v for v in values if fold(v) not in words()]
    if tag in _PLACES:
        return Identifiers(
            places=frozenset(p for v in values for p in place_parts(v, words()))
        )
    return Identifiers(numbers=frozenset(n for v in values for n in strong_numbers(v)))


def _of_name(tag: int, names: frozenset[str]) -> Identifiers:
    """A person's name. What is an imaging word as well counts in full for a patient alone.

    A patient called HEAD or Test^Regression, of imaging words that nobody is called by, is a phantom.
    """
    shared = frozenset(n for n in names if fold(n) in words())
    nobody = shared == names and not any(may_be_called(n) for n in names)
    if tag >> 16 == PATIENT_GROUP and not nobody:
        return Identifiers(names)
    return Identifiers(names - shared, shared=shared)


def union(found: list[Identifiers]) -> Identifiers:
    """All of them together."""
    told = [f for f in found if f]
    if len(told) <= 1:
        return told[0] if told else _NOTHING
    return Identifiers(
        frozenset().union(*(f.names for f in told)),
        frozenset().union(*(f.numbers for f in told)),
        frozenset().union(*(f.places for f in told)),
        frozenset().union(*(f.dates for f in told)),
        frozenset().union(*(f.uids for f in told)),
        frozenset().union(*(f.shared for f in told)),
    )
