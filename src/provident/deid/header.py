"""The header engine: element by element, what a rule does, remembered for equal elements.

One `HeaderEngine` serves one scope: a profile and SOP class, a key, a subject, what identifies the
person, a character set, an encoding. Slices of a series share nearly all their elements, so most
are answered from `_out` by their raw bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from provident.deid import csa
from provident.deid.charsets import decode, encode, of_item
from provident.deid.content import (
    MEASURED_VALUE,
    NUMERIC_VALUE,
    SUBJECT_AGE,
    concept_code,
    identifies,
)
from provident.deid.dates import capped_age, capped_years, shift_date, shift_datetime
from provident.deid.elements import Element, elements, items
from provident.deid.identity import SiteKey, Subject, hidden_uid
from provident.deid.rules import Do, Rules
from provident.deid.text import Cleaner
from provident.deid.vrs import (
    CHARACTERS,
    SINGLE_VALUED,
    TEXT_VRS,
    WORD_SIZES,
    length_of_numbers,
    vr_of,
)
from provident.deid.writer import encode_element, encode_items


Raw = bytes | memoryview
Written = tuple[int, Raw]
Remembered = dict[tuple[str, bytes], Raw | None]
_COPIED_UP_TO = 1 << 16  # bytes; longer values are written from where they are

_CACHED_UP_TO = 4096  # bytes of a raw element; longer ones hardly repeat
_CACHE_SIZE = (
    2_000  # elements; a series shares some hundred, the rest is never seen again
)
_NUMBERS = re.compile(rb"[\d+\-.eE: \\\0]*")
# HHMMSS.FFFFFF or less, ACR-NEMA's HH:MM:SS, several of them (PS3.5 6.2).
_TIME = rb" *(?:[0-2]\d(?::?[0-5]\d(?::?[0-6]\d(?:\.\d{0,6})?)?)?)? *"
_TIMES = re.compile(rb"%b(?:\\%b)*\0?" % (_TIME, _TIME))
_UIDS = re.compile(rb"[\d.\\\0 ]*")
CONTENT_SEQUENCE = 0x0040A730

_DUMMIES: dict[str, bytes] = {
    "PN": b"REMOVED",
    "DA": b"19000101",
    "TM": b"000000",
    "DT": b"19000101000000",
    "AS": b"000Y",
    "DS": b"0",
    "IS": b"0",
    "US": b"\0\0",
    "SS": b"\0\0",
    "UL": b"\0" * 4,
    "SL": b"\0" * 4,
    "FL": b"\0" * 4,
    "FD": b"\0" * 8,
}


class HeaderEngine:
    """Applies the rules to data sets of one scope."""

    def __init__(
        self,
        rules: Rules,
        key: SiteKey,
        subject: Subject,
        cleaner: Cleaner,
        encodings: tuple[str, ...],
        *,
        implicit: bool,
        very_old: bool = False,
        common: Remembered | None = None,
    ) -> None:
        """`common` is remembered for all whose files have this profile, key and subject.

        It holds what came out of elements of which no text was cleaned: that depends on no identifier.
        """
        self.rules = rules
        self.key = key
        self.subject = subject
        self.cleaner = cleaner
        self.encodings = encodings
        self.implicit = implicit
        self.very_old = very_old
        self._out: Remembered = {}
        self._common: Remembered = {} if common is None else common
        self._cleanings = [0]  # how often text was cleaned; shared with `_others`
        self._held: dict[tuple[str, bytes], tuple[str, ...]] = {}
        self._others: dict[tuple[str, ...], HeaderEngine] = {}
        self._blobs: dict[bytes, bytes | None] = {}
        self.unapproved: list[str] = []
        self._do: dict[Do, Callable[[bytes, str], bytes | None]] = {
            Do.KEEP: _kept,
            Do.REMOVE: lambda raw, vr: None,
            Do.EMPTY: lambda raw, vr: b"",
            Do.DUMMY: lambda raw, vr: _DUMMIES.get(
                vr, b"REMOVED" if vr in TEXT_VRS or vr in ("AE", "CS") else b""
            ),
            Do.HASH: self._hash,
            Do.SHIFT: self._shift,
            Do.CLEAN: lambda raw, vr: self._clean(raw, vr, "full"),
            Do.FORMS: lambda raw, vr: self._clean(raw, vr, "forms"),
            Do.LIGHT: lambda raw, vr: self._clean(raw, vr, "light"),
            Do.AGE: self._age,
            Do.BIRTH: self._birth,
            Do.CSA: self._csa,
            Do.NUMBER: _number,
        }

    def data_set(
        self,
        data: bytes,
        found: list[Element],
        *,
        implicit: bool,
        depth: int = 0,
        concept: str | None = None,
    ) -> list[Written]:
        """The elements of one data set or item as they may be written, in their order."""
        written: list[Written] = []
        creators: dict[int, str] = {}
        waiting: dict[int, Written] = {}
        for element in found:
            tag = element.tag
            if not (tag >> 16) & 1:
                out = self._element(data, element, "", implicit, depth, concept)
            elif 0x10 <= tag & 0xFFFF <= 0xFF:
                name = decode(data[element.value : element.end], self.encodings).strip(
                    "\0 "
                )
                creators[tag] = name
                waiting[tag] = (tag, self._raw(data, element, "LO", implicit))
                continue
            else:
                block = (tag & 0xFFFF0000) | (tag >> 8) & 0xFF
                creator = creators.get(block, "")
                out = (
                    self._element(data, element, creator, implicit, depth, None)
                    if creator
                    else None
                )
                if out is not None and block in waiting:
                    written.append(waiting.pop(block))
            if out is not None:
                written.append((tag, out))
        return written

    def _element(
        self,
        data: bytes,
        element: Element,
        creator: str,
        implicit: bool,
        depth: int,
        concept: str | None,
    ) -> Raw | None:
        if element.after - element.start > _CACHED_UP_TO or concept is not None:
            return self._fresh(data, element, creator, implicit, depth, concept)
        raw = (creator, data[element.start : element.after])
        if raw in self._common:
            return self._common[raw]
        if raw in self._out:
            if raw in self._held:
                self.unapproved.extend(self._held[raw])
            return self._out[raw]
        return self._remembered(raw, data, element, implicit, depth)

    def _remembered(
        self,
        raw: tuple[str, bytes],
        data: bytes,
        element: Element,
        implicit: bool,
        depth: int,
    ) -> Raw | None:
        cleanings, before = self._cleanings[0], len(self.unapproved)
        out = self._fresh(data, element, raw[0], implicit, depth, None)
        if self._cleanings[0] == cleanings:
            _make_room(self._common)
            self._common[raw] = out
            return out
        if _make_room(self._out):
            self._held.clear()
        self._out[raw] = out
        if len(self.unapproved) > before:
            self._held[raw] = tuple(self.unapproved[before:])
        return out

    def _fresh(
        self,
        data: bytes,
        element: Element,
        creator: str,
        implicit: bool,
        depth: int,
        concept: str | None,
    ) -> Raw | None:
        vr, do = self._ruled(creator, element, concept)
        if do is Do.REMOVE:
            return None
        if vr == "SQ" and do in (Do.RECURSE, Do.KEEP):
            value = self._sequence(data, element, implicit, depth, concept)
            return encode_element(element.tag, "SQ", value, implicit=self.implicit)
        if element.undefined:
            # Encapsulated pixels stay as they are, offset table and fragments.
            whole = memoryview(data)[element.start : element.after]
            return whole if do is Do.KEEP else None
        if do is Do.RECURSE:
            return None
        long = element.end - element.value > _COPIED_UP_TO
        if do is Do.KEEP and long and vr == element.vr:
            return self._raw(data, element, vr, implicit)
        return self._valued(data, element, vr, do, implicit)

    def _ruled(
        self, creator: str, element: Element, concept: str | None
    ) -> tuple[str, Do]:
        """VR and action of an element; in a content item its concept may decide."""
        if creator:
            return self._private(creator, element)
        vr = self._vr(element)
        if not vr:
            return vr, Do.REMOVE
        if concept is not None and identifies(concept, element.tag):
            return vr, Do.DUMMY
        if concept == SUBJECT_AGE and element.tag == NUMERIC_VALUE:
            return vr, Do.AGE
        return vr, self.rules.of(element.tag, vr)

    def _valued(
        self, data: bytes, element: Element, vr: str, do: Do, implicit: bool
    ) -> Raw | None:
        raw = data[element.value : element.end]
        # Text that calls itself a number: too long for the numbers that belong there.
        numbers = length_of_numbers(element.tag, vr)
        value = None if numbers and len(raw) > numbers else self._do[do](raw, vr)
        if value is None:
            return None
        emptied = not value and raw and do is Do.CLEAN
        if emptied and self.rules.must_have_value(element.tag):
            value = _DUMMIES.get(vr, b"REMOVED")
        if value == raw and vr == element.vr:
            return self._raw(data, element, vr, implicit)
        return encode_element(element.tag, vr, value, implicit=self.implicit)

    def _vr(self, element: Element) -> str:
        """The VR by which an element is treated; empty when the file's cannot be right.

        Characters are treated as the dictionary's kind of characters; what should be characters
        and calls itself binary, or the other way round, is not believed.
        """
        known = vr_of(element.tag)
        if element.vr == "UN":
            return "SQ" if known == "UN" and element.undefined else known
        if known in ("UN", element.vr):
            return element.vr
        if (known in CHARACTERS) != (element.vr in CHARACTERS):
            return ""
        if (known == "SQ") != (element.vr == "SQ"):
            return ""
        return known if known in CHARACTERS else element.vr

    def _private(self, creator: str, element: Element) -> tuple[str, Do]:
        """VR and action of a private element: what no rule names is removed."""
        rule = self.rules.private(creator, element.tag)
        if rule is None:
            return element.vr, Do.REMOVE
        if creator.casefold() in csa.CREATORS:
            return "OB", Do.CSA
        vr = element.vr if element.vr != "UN" else rule.vr
        if vr in ("", "UN", "OB") or ((vr == "SQ") != (rule.vr == "SQ") and rule.vr):
            return vr, Do.REMOVE
        if vr in ("PN", "LT", "UT", "UR"):
            return vr, Do.REMOVE
        if rule.vr and (vr in CHARACTERS) != (rule.vr in CHARACTERS):
            return vr, Do.REMOVE
        if vr in TEXT_VRS:
            return vr, Do.FORMS
        do = self.rules.by_kind(0, vr)
        return vr, do

    def _raw(self, data: bytes, element: Element, vr: str, implicit: bool) -> Raw:
        """An element as it stands, unless it must be written anew."""
        size = element.end - element.value
        if implicit == self.implicit and not element.undefined and not size & 1:
            if size > _COPIED_UP_TO:
                return memoryview(data)[element.start : element.after]
            return data[element.start : element.after]
        return encode_element(
            element.tag, vr, data[element.value : element.end], implicit=self.implicit
        )

    def _sequence(
        self,
        data: bytes,
        element: Element,
        implicit: bool,
        depth: int,
        outer: str | None = None,
    ) -> bytes:
        inner = implicit or element.vr == "UN"
        found = []
        for start, end in items(data, element, implicit=implicit, depth=depth):
            parts = elements(data, start, end, implicit=inner, depth=depth + 1)
            concept = (
                concept_code(data, parts, implicit=inner, depth=depth + 1)
                if element.tag == CONTENT_SEQUENCE
                else outer
                if element.tag == MEASURED_VALUE
                else None
            )
            engine = self._speaking(of_item(data, parts, self.encodings))
            written = engine.data_set(
                data, parts, implicit=inner, depth=depth + 1, concept=concept
            )
            found.append(b"".join(out for _, out in written))
        return encode_items(found)

    def _speaking(self, encodings: tuple[str, ...]) -> HeaderEngine:
        """The engine for items of another character set: the same in all else."""
        if encodings == self.encodings:
            return self
        if encodings not in self._others:
            other = HeaderEngine(
                self.rules,
                self.key,
                self.subject,
                self.cleaner,
                encodings,
                implicit=self.implicit,
                very_old=self.very_old,
            )
            other.unapproved = self.unapproved
            other._cleanings = self._cleanings
            self._others[encodings] = other
        return self._others[encodings]

    def _hash(self, raw: bytes, vr: str) -> bytes | None:
        if vr != "UI":
            return self._pseudonym(raw, vr)
        uids = raw.decode("ascii", "replace").split("\\")
        hidden = [hidden_uid(self.key, uid.strip("\0 ")) for uid in uids]
        return "\\".join(hidden).encode("ascii", "replace")

    def _pseudonym(self, raw: bytes, vr: str) -> bytes:
        """A text under the site's key, the same for the same text: a scanner's serial number, say."""
        text = decode(raw, self.encodings).strip("\0 ")
        if not text or vr not in TEXT_VRS:
            return b""
        return self.key.mac("text", text).hex()[:16].encode("ascii")

    def _shift(self, raw: bytes, vr: str) -> bytes | None:
        shift = {"DA": shift_date, "DT": shift_datetime}.get(vr)
        if shift is None:
            return b""
        values = raw.decode("ascii", "replace").strip("\0 ").split("\\")
        days = self.subject.date_shift_days
        return "\\".join(shift(v, days) if v.strip() else "" for v in values).encode()

    def _age(self, raw: bytes, vr: str) -> bytes | None:
        cap = self.rules.profile.age_cap
        values = raw.decode("ascii", "replace").strip("\0 ").split("\\")
        if vr == "AS":
            return "\\".join(capped_age(v, cap) for v in values).encode()
        if vr == "DS":
            return "\\".join(capped_years(v, cap) for v in values).encode()
        return b""

    def _birth(self, raw: bytes, vr: str) -> bytes | None:
        policy = self.rules.profile.birth_date
        if policy == "remove" or self.very_old:
            return b""
        moved = shift_date(
            raw.decode("ascii", "replace").strip("\0 "), self.subject.date_shift_days
        )
        if policy == "year" and moved:
            moved = f"{moved[:4]}0101"
        return moved.encode()

    def _csa(self, raw: bytes, vr: str) -> bytes | None:
        """A Siemens blob, reduced once for all slices that share it."""
        self._cleanings[0] += 1
        digest = hashlib.sha256(raw).digest()
        if digest not in self._blobs:
            if len(self._blobs) > 64:
                self._blobs.clear()
            self._blobs[digest] = self._reduced(raw)
        return self._blobs[digest]

    def _reduced(self, raw: bytes) -> bytes | None:
        return (
            csa.reduced(raw, lambda text: self.cleaner.clean(text, "light").text)
            or None
        )

    def _clean(self, raw: bytes, vr: str, depth: str) -> bytes | None:
        text = decode(raw, self.encodings).rstrip("\0 ")
        if not text:
            return raw
        self._cleanings[0] += 1
        values = [text] if vr in SINGLE_VALUED else text.split("\\")
        cleaned = []
        for value in values:
            result = self.cleaner.clean(value, depth)
            cleaned.append(result.text)
            self.unapproved.extend(result.unapproved)
        if cleaned == values:
            return raw
        return encode("\\".join(cleaned), self.encodings)


def _make_room(remembered: Remembered) -> bool:
    """Forget all when it is too much: what a series shares is soon remembered again."""
    full = len(remembered) >= _CACHE_SIZE
    if full:
        remembered.clear()
    return full


def _number(raw: bytes, vr: str) -> bytes | None:
    """A number or time in characters, or nothing: a date may stand where a time should."""
    return raw if (_TIMES if vr == "TM" else _NUMBERS).fullmatch(raw) else b""


def _kept(raw: bytes, vr: str) -> bytes | None:
    """The value, unless it calls itself a UID and is none, or is no whole number of words."""
    if vr == "UI":
        return raw if _UIDS.fullmatch(raw) else b""
    return raw if len(raw) % WORD_SIZES.get(vr, 1) == 0 else None
