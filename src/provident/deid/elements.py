"""DICOM bytes split into elements without decoding them (PS3.5 section 7, PS3.10 section 7).

Only little endian is read here; `transcode` brings the rest into it. Anything that does not
add up raises `Damaged`: the engine then holds the file, it never guesses.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from provident.deid.vrs import LONG_VRS, VRS, vr_of


UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010

DEPTH = 24  # deeper nesting than any real object has

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"

_TAG = struct.Struct("<HH")
_EXPLICIT = struct.Struct("<HH2sH")
_IMPLICIT = struct.Struct("<HHL")
_LONG = struct.Struct("<L")


_unpack_explicit = _EXPLICIT.unpack_from
_unpack_length = _LONG.unpack_from
_SHORT_VRS = {raw: vr for raw, vr in VRS.items() if vr not in LONG_VRS}
_LONG_VRS = {raw: vr for raw, vr in VRS.items() if vr in LONG_VRS}
_new_element = tuple.__new__


class Damaged(Exception):
    """The bytes do not add up as DICOM; `reason` is the public code."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


class Element(NamedTuple):
    """One element's place in the bytes: header at `start`, value from `value` to `end`, next at `after`."""

    tag: int
    vr: str
    start: int
    value: int
    end: int
    after: int
    undefined: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What precedes the data set."""

    transfer_syntax: str
    implicit: bool
    body: int
    meta: dict[int, bytes]
    preamble: bool


def elements(
    data: bytes, start: int, end: int, *, implicit: bool, depth: int = 0
) -> list[Element]:
    """The elements between two offsets.

    Raises:
        Damaged: a length runs past the end, a VR is none, nesting is too deep.
    """
    if depth > DEPTH:
        raise Damaged("damaged", "sequences nested too deep")
    found: list[Element] = []
    position = start
    while position < end:
        # Most elements have a defined length and fit: told without a call.
        if end - position >= 12:
            group, number, raw_vr, length = _unpack_explicit(data, position)
            value = position + 8
            if implicit:
                length = (length << 16) | (raw_vr[1] << 8) | raw_vr[0]
                vr: str | None = vr_of((group << 16) | number)
            else:
                vr = _SHORT_VRS.get(raw_vr)
                if vr is None and raw_vr in _LONG_VRS:
                    vr = _LONG_VRS[raw_vr]
                    length = _unpack_length(data, value)[0]
                    value += 4
            after = value + length
            fits = after <= end and length != UNDEFINED
            if vr is not None and group != 0xFFFE and fits:
                told = ((group << 16) | number, vr, position, value, after, after, False)  # fmt: skip
                found.append(_new_element(Element, told))
                position = after
                continue
        element = _element(data, position, end, implicit, depth)
        found.append(element)
        position = element.after
    return found


def _element(
    data: bytes, position: int, end: int, implicit: bool, depth: int
) -> Element:
    if end - position < 8:
        raise Damaged("truncated", "less than an element's header left")
    if implicit:
        group, number, length = _IMPLICIT.unpack_from(data, position)
        tag, value = (group << 16) | number, position + 8
        vr = vr_of(tag)
    else:
        group, number, raw_vr, length = _EXPLICIT.unpack_from(data, position)
        tag, value = (group << 16) | number, position + 8
        vr = VRS.get(raw_vr, "")
        if not vr:
            raise Damaged("damaged", f"no such VR at ({group:04x},{number:04x})")
        if vr in LONG_VRS:
            if end - position < 12:
                raise Damaged("truncated", "less than an element's header left")
            length = _LONG.unpack_from(data, value)[0]
            value += 4
    if group == 0xFFFE:
        raise Damaged("damaged", "an item outside of a sequence")
    if length != UNDEFINED:
        stop = value + length
        if stop > end:
            raise Damaged("truncated", f"({group:04x},{number:04x}) runs past the end")
        return Element(tag, vr, position, value, stop, stop, False)
    stop = _undefined_end(data, tag, vr, value, end, implicit, depth)
    return Element(tag, vr, position, value, stop, stop + 8, True)


def _undefined_end(
    data: bytes, tag: int, vr: str, value: int, end: int, implicit: bool, depth: int
) -> int:
    if tag == PIXEL_DATA or vr in ("OB", "OW", "OF", "OD", "OL", "OV"):
        return _fragments_end(data, value, end)
    # UN of undefined length holds a sequence encoded as implicit (PS3.5 6.2.2 note 2).
    inner = implicit or vr == "UN"
    position = value
    while True:
        tag_, length = _item_header(data, position, end)
        if tag_ == SEQUENCE_END:
            return position
        if tag_ != ITEM:
            raise Damaged("damaged", "a sequence holds something that is no item")
        position = _item_end(data, position + 8, length, end, inner, depth + 1)[1]


def _item_header(data: bytes, position: int, end: int) -> tuple[int, int]:
    if end - position < 8:
        raise Damaged("truncated", "a sequence does not end")
    group, number, length = _IMPLICIT.unpack_from(data, position)
    return (group << 16) | number, length


def _item_end(
    data: bytes, position: int, length: int, end: int, implicit: bool, depth: int
) -> tuple[int, int]:
    """Where an item's elements end, and where the next item begins."""
    if length != UNDEFINED:
        if position + length > end:
            raise Damaged("truncated", "an item runs past the end")
        return position + length, position + length
    if depth > DEPTH:
        raise Damaged("damaged", "sequences nested too deep")
    while True:
        if end - position < 8:
            raise Damaged("truncated", "an item does not end")
        group, number, raw_vr, size = _unpack_explicit(data, position)
        if group == 0xFFFE and number == 0xE00D:
            return position, position + 8
        after = position + 8 + size
        if implicit or group == 0xFFFE or raw_vr not in _SHORT_VRS or after > end:
            after = _element(data, position, end, implicit, depth).after
        position = after


def _fragments_end(data: bytes, position: int, end: int) -> int:
    while True:
        tag, length = _item_header(data, position, end)
        if tag == SEQUENCE_END:
            return position
        if tag != ITEM or length == UNDEFINED:
            raise Damaged("damaged", "a fragment of the pixel data is no item")
        position += 8 + length


def items(
    data: bytes, element: Element, *, implicit: bool, depth: int
) -> list[tuple[int, int]]:
    """Start and end of the elements of each item of a sequence."""
    inner = implicit or element.vr == "UN"
    found = []
    position = element.value
    while position < element.end:
        tag, length = _item_header(data, position, element.end)
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise Damaged("damaged", "a sequence holds something that is no item")
        stop, after = _item_end(
            data, position + 8, length, element.end, inner, depth + 1
        )
        found.append((position + 8, stop))
        position = after
    return found


def read_header(data: bytes) -> Header:
    """The preamble and file meta information, or what a bare data set tells of itself.

    Raises:
        Damaged: `not_dicom` when nothing looks like DICOM.
    """
    if data[128:132] == b"DICM":
        meta, body = _meta(data, 132)
        raw = meta.get(0x00020010)
        if raw is None:
            return Header("", _looks_implicit(data, body), body, meta, True)
        syntax = _ascii(raw)
        return Header(syntax, syntax == IMPLICIT_LITTLE, body, meta, True)
    return _bare(data)


def _meta(data: bytes, start: int) -> tuple[dict[int, bytes], int]:
    meta: dict[int, bytes] = {}
    position, end = start, len(data)
    while end - position >= 8 and _TAG.unpack_from(data, position)[0] == 0x0002:
        element = _element(data, position, end, False, 0)
        meta[element.tag] = data[element.value : element.end]
        position = element.after
    return meta, position


def _bare(data: bytes) -> Header:
    """A data set without preamble: it must start with group 0008 (or 0002) and hold a SOP class."""
    if len(data) < 16:
        raise Damaged("not_dicom", "too short")
    group = _TAG.unpack_from(data, 0)[0]
    if group == 0x0002 and data[4:6] in VRS:
        meta, body = _meta(data, 0)
        syntax = _ascii(meta.get(0x00020010, b""))
        return Header(syntax, syntax == IMPLICIT_LITTLE, body, meta, False)
    if group != 0x0008:
        raise Damaged("not_dicom", "no DICOM prefix and no data set at the start")
    return Header("", _looks_implicit(data, 0), 0, {}, False)


def _looks_implicit(data: bytes, position: int) -> bool:
    return data[position + 4 : position + 6] not in VRS


def _ascii(raw: bytes) -> str:
    return raw.decode("ascii", "replace").strip("\0 ")
