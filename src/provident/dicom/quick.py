"""Read a few elements of a little endian header in a fraction of the time that a whole reading takes.

Scanners write hundreds of elements, and whole sequences, that no fact needs. Here they are
stepped over instead of unfolded, and a sequence that is needed stays bytes until its items
are asked for. It is for what is ordinary (PS3.5 7.1, 7.5): anything odd is `Unusual`, and the
caller then reads with pydicom, which knows how to live with more.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Container, MutableSequence
from functools import cache, lru_cache
from io import BytesIO
from typing import BinaryIO

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import (
    DataElement,
    RawDataElement,
    empty_value_for_VR,
)
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)


PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
UNDEFINED = 0xFFFFFFFF
FIRST_READ = 2**17  # bytes; most headers of classic images are shorter
DEEPEST = 32  # sequences within sequences
SYNTAX, CHARACTERS = 0x00020010, 0x00080005

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_SHORT = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_NAMES: dict[bytes, str | None] = {vr: vr.decode("ascii") for vr in _SHORT | _LONG}
_EXPLICIT = struct.Struct("<HH2sH").unpack_from
_IMPLICIT = struct.Struct("<HHL").unpack_from
_LENGTH = struct.Struct("<L").unpack_from
_SEQUENCES = ("SQ", "UN", None)
_MARK = b"\xfe\xff\x00\xe0"
_META_START = 132
_GROUP_2 = b"\x02\x00"
_EVERYTHING = range(2**32)
_NOTHING: frozenset[int] = frozenset()

Characters = str | MutableSequence[str]
Elements = dict[BaseTag, RawDataElement | DataElement]
_tag = lru_cache(maxsize=4096)(BaseTag)


@cache
def _empty(vr: str | None) -> bytes | None:
    value = empty_value_for_VR(vr, raw=True)
    return value if isinstance(value, bytes) else None


class Unusual(Exception):
    """Not an ordinary header, or not enough of it."""


def read(fp: BinaryIO, size: int, only: Collection[int]) -> FileDataset | None:
    """The elements named, of a file of `size` bytes, which is left where its pixels (or its end) begin.

    None where the file is not an ordinary one; it may then stand anywhere.
    """
    wanted = _with_characters(frozenset(only))
    taken = FIRST_READ
    while True:
        fp.seek(0)
        data = fp.read(taken)
        try:
            header, end = _header(data, size, wanted, fp)
        except (Unusual, struct.error):
            if len(data) >= size or data[128:132] != b"DICM":
                return None
            taken *= 4
            continue
        fp.seek(end)
        return header


@lru_cache(maxsize=64)
def _with_characters(only: frozenset[int]) -> frozenset[int]:
    return only | {CHARACTERS}


def _header(
    data: bytes, size: int, wanted: Container[int], fp: BinaryIO
) -> tuple[FileDataset, int]:
    if data[128:132] != b"DICM":
        raise Unusual
    meta: Elements = {}
    at = _META_START
    while data.startswith(_GROUP_2, at):
        *_, length, value = _start(data, at, True)
        at = _walk(data, at, value + length, True, _EVERYTHING, meta, _NOTHING)
    implicit = _implicit(meta)
    if _looks_implicit(data, at) != implicit:
        raise Unusual
    found: Elements = {}
    end = _walk(data, at, size, not implicit, wanted, found, PIXELS)
    if end == at:
        raise Unusual
    # A stream without a name (what a gateway unseals) is one that pydicom cannot note.
    noted = fp if hasattr(fp, "name") else BytesIO()
    header = FileDataset(noted, found, data[:128], _meta(meta), implicit, True)
    header.set_original_encoding(implicit, True, _characters(found))
    return header, end


def _meta(found: Elements) -> FileMetaDataset:
    meta = FileMetaDataset(found)
    meta.set_original_encoding(False, True, default_encoding)
    return meta


def _implicit(meta: Elements) -> bool:
    """Whether the transfer syntax is the implicit one; a private one, or none, is unusual."""
    element = meta.get(_tag(SYNTAX))
    value = element.value if element is not None else b""
    named = value.rstrip(b"\0 ").decode("ascii", "replace") if value else ""
    other = named in (ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
    if other or not named.startswith("1.2.840.10008.1.2"):
        raise Unusual
    return named == ImplicitVRLittleEndian


def _characters(found: Elements) -> Characters:
    element = found.get(_tag(CHARACTERS))
    value = element.value if element is not None else None
    return _encodings(value) if value else default_encoding


@lru_cache(maxsize=64)
def _encodings(value: bytes) -> list[str]:
    names = value.decode("latin-1").rstrip("\0 ").split("\\")
    return convert_encodings([name.strip() for name in names])


def _looks_implicit(data: bytes, at: int) -> bool:
    """Whether the element here has no letters where an explicit one has its value representation."""
    first, second = _EXPLICIT(data, at)[2]
    return not (0x40 < first < 0x5B and 0x40 < second < 0x5B)


def _walk(
    data: bytes,
    at: int,
    size: int,
    explicit: bool,
    wanted: Container[int],
    into: Elements,
    stop: Container[int],
) -> int:
    """Keep the wanted elements up to `size` or to one in `stop`; returns where that is."""
    while at < size:
        tag, vr, length, value = _start(data, at, explicit)
        if tag in stop:
            return at
        if length == UNDEFINED:
            at = _after_sequence(data, value, explicit, 0)
            value_end = at - 8
            if tag in wanted and explicit and vr not in (b"SQ", b"UN"):
                raise Unusual
            vr = b"SQ"
        else:
            at = value_end = value + length
        if tag in wanted:
            if at > len(data):
                raise Unusual
            name = _NAMES[vr] if vr else None
            said = data[value:value_end] if length else _empty(name)
            into[_tag(tag)] = RawDataElement(
                _tag(tag), name, length, said, value, not explicit, True
            )
    if at != size:
        raise Unusual
    return at


def _start(data: bytes, at: int, explicit: bool) -> tuple[int, bytes, int, int]:
    """Tag, value representation (none in an implicit element), length, and where the value begins."""
    if not explicit:
        group, element, length = _IMPLICIT(data, at)
        return group << 16 | element, b"", length, at + 8
    group, element, vr, length = _EXPLICIT(data, at)
    if vr in _SHORT:
        return group << 16 | element, vr, length, at + 8
    if vr not in _LONG:
        raise Unusual
    return group << 16 | element, vr, _LENGTH(data, at + 8)[0], at + 12


def _after_sequence(data: bytes, at: int, explicit: bool, depth: int) -> int:
    """Where a sequence of undefined length ends, its delimiter included."""
    if depth > DEEPEST:
        raise Unusual
    while True:
        group, element, length = _IMPLICIT(data, at)
        tag = group << 16 | element
        at += 8
        if tag == _SEQUENCE_END:
            return at
        if tag != _ITEM:
            raise Unusual
        if length == UNDEFINED:
            at = _after_item(data, at, explicit, depth)
        else:
            at += length


def _after_item(data: bytes, at: int, explicit: bool, depth: int) -> int:
    """Where an item of undefined length ends, its delimiter included."""
    # An item of unknown kind is implicit even in an explicit file (PS3.5 6.2.2).
    explicit = explicit and not _looks_implicit(data, at)
    while True:
        group, element, length = _IMPLICIT(data, at)
        if group == 0xFFFE and element == 0xE00D:
            return at + 8
        _, _, length, value = _start(data, at, explicit)
        if length == UNDEFINED:
            at = _after_sequence(data, value, explicit, depth + 1)
        else:
            at = value + length


def holds_items(element: RawDataElement) -> bool:
    """Whether its bytes are those of a little endian sequence, also where nothing says that it is one."""
    start = (element.value or b"")[:4]
    return element.is_little_endian and element.VR in _SEQUENCES and start == _MARK


def items(element: RawDataElement, characters: Characters) -> list[Dataset]:
    """The items of a little endian sequence that is still bytes.

    Raises:
        Unusual: not in the ordinary form.
    """
    data = element.value or b""
    found, at = [], 0
    try:
        while at < len(data):
            item, at = _item(data, at, not element.is_implicit_VR, characters)
            found.append(item)
    except struct.error:
        raise Unusual from None
    return found


def _item(
    data: bytes, at: int, explicit: bool, characters: Characters
) -> tuple[Dataset, int]:
    group, number, length = _IMPLICIT(data, at)
    if group << 16 | number != _ITEM:
        raise Unusual
    at += 8
    if length == UNDEFINED:
        after = _after_item(data, at, explicit, 0)
        end = after - 8
    else:
        after = end = at + length
    if after > len(data):
        raise Unusual
    implicit = not explicit or (end > at and _looks_implicit(data, at))
    elements: Elements = {}
    _walk(data, at, end, not implicit, _EVERYTHING, elements, _NOTHING)
    made = Dataset(elements)
    made.set_original_encoding(implicit, True, characters)
    return made, after
