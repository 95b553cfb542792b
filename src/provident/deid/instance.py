"""One file split into its elements, whatever its transfer syntax, and refused on any doubt."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from operator import itemgetter

from provident.deid.charsets import known_set
from provident.deid.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    PIXEL_DATA,
    Damaged,
    Element,
    elements,
    read_header,
)
from provident.deid.transcode import from_big_endian, inflate
from provident.deid.vrs import VRS


DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
CHARACTER_SET = 0x00080005
PATIENT_AGE = 0x00101010
_TRANSFER_SYNTAXES = re.compile(r"1\.2\.840\.10008\.1\.2(\.\d+)*")
_UID = re.compile(r"[0-2](\.\d+)+")
_tag_of = itemgetter(0)
_NATIVE_VRS = frozenset({"OB", "OW"})


class NotApart(Exception):
    """The pixel values have to be read too: the file cannot be judged by what precedes them."""


@dataclass(slots=True)
class Instance:
    """One file as it was read: little endian body, its elements, and what says how to read it.

    `beyond` are the bytes of native pixel values behind `body` that were left on disk.
    """

    body: bytes
    implicit: bool
    transfer_syntax: str
    elements: list[Element]
    sop_class: str
    sop_instance: str
    character_set: str
    age: str = ""
    notes: list[str] = field(default_factory=list)
    beyond: int = 0
    apart: bool = False  # fragments of pixels are wanted beside the output
    _places: dict[int, Element] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = dict(zip(map(_tag_of, self.elements), self.elements, strict=True))  # fmt: skip
        if len(self._places) != len(self.elements):
            raise Damaged("damaged", "an element stands twice")

    def element(self, tag: int) -> Element | None:
        """A top-level element."""
        return self._places.get(tag)

    def value(self, tag: int) -> bytes | None:
        """The raw value of a top-level element."""
        element = self._places.get(tag)
        return self.body[element.value : element.end] if element else None

    def number(self, tag: int) -> int:
        """An unsigned integer (US or UL) of a top-level element, or 0."""
        raw = self.value(tag)
        return int.from_bytes(raw[:4], "little") if raw else 0

    def text(self, tag: int) -> str:
        """An ASCII value of a top-level element, or an empty string."""
        raw = self.value(tag)
        return raw.decode("ascii", "replace").strip("\0 ") if raw else ""


def read_instance(data: bytes, beyond: int = 0) -> Instance:
    """Split a file into its elements.

    `beyond` are bytes that follow `data` in the file: the values of native pixels, its last element.

    Raises:
        Damaged: it cannot be read without doubt; the reason is a public code.
        NotApart: what is beyond is not just that, or there is a doubt: read the file whole.
    """
    if not beyond:
        return _read(data, 0)
    try:
        instance = _read(data, beyond)
    except (Damaged, struct.error):
        raise NotApart from None
    last = instance.elements[-1]
    is_native = last.tag == PIXEL_DATA and last.vr in _NATIVE_VRS and not last.undefined
    if not is_native or last.value != len(instance.body) or beyond & 1:
        raise NotApart
    return instance


def _read(data: bytes, beyond: int) -> Instance:
    header = read_header(data)
    syntax, implicit, body, start = (
        header.transfer_syntax,
        header.implicit,
        data,
        header.body,
    )
    notes = []
    if beyond and syntax in (EXPLICIT_BIG, DEFLATED):
        raise NotApart
    if syntax == EXPLICIT_BIG:
        body, start, syntax = (
            from_big_endian(data, start, len(data)),
            0,
            EXPLICIT_LITTLE,
        )
        notes.append("big endian brought into explicit little endian")
    elif syntax == DEFLATED:
        body, start, syntax = inflate(data[start:]), 0, EXPLICIT_LITTLE
        notes.append("deflated data set stored as explicit little endian")
    if not syntax:
        syntax = IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE
        notes.append("transfer syntax told by the data set itself")
    if not _TRANSFER_SYNTAXES.fullmatch(syntax):
        raise Damaged("transfer_syntax", syntax)
    really = _really_implicit(body, start)
    if really != implicit:
        syntax, implicit = _told_right(syntax, really), really
        notes.append("explicit or implicit VR told by the data set itself")
    found = elements(body, start, len(body) + beyond, implicit=implicit)
    instance = Instance(
        body, implicit, syntax, found, "", "", "", notes=notes, beyond=beyond
    )
    instance.sop_class = instance.text(SOP_CLASS) or _meta_text(header.meta, 0x00020002)
    instance.sop_instance = instance.text(SOP_INSTANCE)
    told = known_set(instance.text(CHARACTER_SET))
    if told is None:
        raise Damaged("character_set")
    instance.character_set = told
    instance.age = instance.text(PATIENT_AGE)
    if instance.sop_class == DIRECTORY_CLASS:
        raise Damaged("directory")
    if not _UID.fullmatch(instance.sop_class) or not instance.sop_instance:
        raise Damaged("no_identity")
    return instance


def _meta_text(meta: dict[int, bytes], tag: int) -> str:
    return meta.get(tag, b"").decode("ascii", "replace").strip("\0 ")


def _told_right(syntax: str, implicit: bool) -> str:
    if implicit and syntax != EXPLICIT_LITTLE:
        raise Damaged("damaged", "compressed pixels in implicit VR")
    return IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE


def _really_implicit(body: bytes, start: int) -> bool:
    """What the first element shows: some senders name the wrong one of the two."""
    if len(body) - start < 8:
        raise Damaged("truncated", "no data set")
    return body[start + 4 : start + 6] not in VRS
