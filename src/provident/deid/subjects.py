"""Whom a file belongs to, as the file says: for the gateway and its crosswalk, never written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provident.deid.charsets import codecs, decode
from provident.deid.elements import Damaged, Element, elements, items
from provident.deid.instance import Instance, read_instance
from provident.kernel import InvalidInput


PATIENT_ID, ISSUER = 0x00100020, 0x00100021
QUALIFIERS, OTHER_IDS = 0x00100024, 0x00101002
UNIVERSAL_ID, UNIVERSAL_TYPE = 0x00400032, 0x00400033
# Universal Entity ID Type (PS3.3 10.14)
_TYPES = frozenset(("DNS", "EUI64", "ISO", "URI", "UUID", "X400", "X500"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSubject:
    """What a file says of its person and exam. Identifiable: keep it at the site.

    Dates are YYYYMMDD or empty; `study_uid`, `series_uid` and `sop_uid` are the originals. A number means
    something together with its issuer alone (PS3.3 C.2.2.2): `issuer` is its local name (0010,0021) or, where there is
    none, the universal one, which is `universal` (0010,0024) with its type before it. `others` are further
    numbers with their issuers (0010,1002).
    """

    issuer: str
    patient_id: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str
    study_uid: str
    series_uid: str
    sop_uid: str
    modality: str
    study_date: str = field(repr=False)
    trial_subject: str = ""
    trial_timepoint: str = ""
    universal: str = ""
    others: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def issuers(self) -> tuple[str, ...]:
        """The names of whoever gave the number: the local one and the universal one, where the file has them."""
        return tuple(dict.fromkeys(i for i in (self.issuer, self.universal) if i))


def subject_of(data: bytes) -> FileSubject:
    """Read whom a file belongs to.

    Raises:
        InvalidInput: it cannot be read as a DICOM instance; the message is the reason's code.
    """
    try:
        instance = read_instance(data)
    except Damaged as damage:
        raise InvalidInput(damage.reason) from None
    return person_of(instance)


def person_of(instance: Instance) -> FileSubject:
    """The same of a file that was split already."""
    text = _Reader(instance)
    named, universal = text(ISSUER), _universal(instance, text)
    return FileSubject(
        issuer=named or universal,
        universal=universal,
        others=tuple(_others(instance, text)),
        patient_id=text(PATIENT_ID),
        name=text(0x00100010),
        birth_date=text(0x00100030),
        sex=text(0x00100040),
        study_uid=text(0x0020000D),
        series_uid=text(0x0020000E),
        sop_uid=instance.sop_instance,
        modality=text(0x00080060),
        study_date=text(0x00080020),
        trial_subject=text(0x00120040),
        trial_timepoint=text(0x00120050),
    )


def issuer_of(instance: Instance) -> str:
    """Who gave the patient's number: the local name, else the universal one of the qualifiers."""
    text = _Reader(instance)
    return text(ISSUER) or _universal(instance, text)


def issuer_in(data: bytes) -> str:
    """The same of a file's bytes; empty for what cannot be read."""
    try:
        return issuer_of(read_instance(data))
    except (Damaged, RecursionError):
        return ""


def is_universal(issuer: str) -> bool:
    """Whether an issuer is written as a universal name, with its type before it."""
    return issuer.partition(":")[0] in _TYPES and ":" in issuer


def _universal(instance: Instance, text: _Reader) -> str:
    for item in _items(instance, instance.element(QUALIFIERS)):
        return _universal_name(text, item)
    return ""


def _universal_name(text: _Reader, item: Mapping[int, Element]) -> str:
    name, kind = (text.of(item.get(t)) for t in (UNIVERSAL_ID, UNIVERSAL_TYPE))
    return f"{kind if kind in _TYPES else 'ISO'}:{name}" if name else ""


def _others(instance: Instance, text: _Reader) -> Iterator[tuple[str, str]]:
    """Other numbers of the same person; one without its issuer is nobody's (PS3.3 C.2.2.2, note on 0010,1002)."""
    for item in _items(instance, instance.element(OTHER_IDS)):
        number, issuer = text.of(item.get(PATIENT_ID)), text.of(item.get(ISSUER))
        for inner in _items(instance, item.get(QUALIFIERS), depth=1):
            issuer = issuer or _universal_name(text, inner)
        if number and issuer:
            yield issuer, number


def _items(
    instance: Instance, sequence: Element | None, depth: int = 0
) -> Iterator[Mapping[int, Element]]:
    """The items of a sequence, by tag. What is broken says nothing here; de-identification holds the file."""
    if sequence is None:
        return
    implicit = instance.implicit or sequence.vr == "UN"
    body = instance.body
    try:
        for start, end in items(body, sequence, implicit=instance.implicit, depth=depth):  # fmt: skip
            inside = elements(body, start, end, implicit=implicit, depth=depth + 1)
            yield {e.tag: e for e in inside}
    except Damaged:
        return


class _Reader:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.encodings = codecs(instance.character_set)

    def __call__(self, tag: int) -> str:
        return self._decoded(self.instance.value(tag))

    def of(self, element: Element | None) -> str:
        """The text of an element of an item."""
        if element is None:
            return ""
        return self._decoded(self.instance.body[element.value : element.end])

    def _decoded(self, raw: bytes | None) -> str:
        return decode(raw, self.encodings).strip("\0 ") if raw else ""
