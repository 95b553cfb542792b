"""Big endian and deflated data sets brought into explicit VR little endian (PS3.5 Annex A)."""

from __future__ import annotations

import struct
import zlib

from provident.deid.elements import (
    DEPTH,
    ITEM,
    ITEM_END,
    PIXEL_DATA,
    SEQUENCE_END,
    UNDEFINED,
    Damaged,
)
from provident.deid.vrs import LONG_VRS, VRS
from provident.deid.writer import encode_element, encode_items


INFLATED_LIMIT = 2 << 30  # bytes; more than any instance that deflates
_BITS_ALLOCATED = b"\x00\x28\x01\x00"  # (0028,0100) in big endian
_WORD = {
    **dict.fromkeys(("US", "SS", "OW"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
    "AT": 2,
}


def inflate(data: bytes) -> bytes:
    """A deflated data set inflated.

    Raises:
        Damaged: it does not inflate, or to more than `INFLATED_LIMIT` bytes.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = stream.decompress(data, INFLATED_LIMIT)
    except zlib.error as error:
        raise Damaged("damaged", "the deflated data set does not inflate") from error
    if not stream.eof:
        raise Damaged("truncated", "the deflated data set does not end")
    return plain


def from_big_endian(data: bytes, start: int, end: int, depth: int = 0) -> bytes:
    """An explicit VR big endian data set as explicit VR little endian.

    Raises:
        Damaged: the bytes do not add up.
    """
    if depth > DEPTH:
        raise Damaged("damaged", "sequences nested too deep")
    parts = []
    position, word = start, 2
    while position < end:
        if data[position : position + 4] == _BITS_ALLOCATED and end - position >= 10:
            # Pixel cells of 32 bits are swapped whole, as every decoder reads them.
            word = max(
                2, int.from_bytes(data[position + 8 : position + 10], "big") // 8
            )
        part, position = _element(data, position, end, depth, word)
        parts.append(part)
    return b"".join(parts)


def _element(
    data: bytes, position: int, end: int, depth: int, pixel_word: int = 2
) -> tuple[bytes, int]:
    if end - position < 8:
        raise Damaged("truncated", "less than an element's header left")
    group, number, raw_vr, length = struct.unpack_from(">HH2sH", data, position)
    vr, value = VRS.get(raw_vr, ""), position + 8
    if not vr:
        raise Damaged("damaged", f"no such VR at ({group:04x},{number:04x})")
    if vr in LONG_VRS:
        if end - position < 12:
            raise Damaged("truncated", "less than an element's header left")
        length = struct.unpack_from(">L", data, value)[0]
        value += 4
    tag = (group << 16) | number
    if vr == "SQ":
        items, after = _items(data, value, length, end, depth)
        return encode_element(tag, vr, encode_items(items), implicit=False), after
    if length == UNDEFINED:
        raise Damaged("damaged", "big endian with fragments does not exist")
    if value + length > end:
        raise Damaged("truncated", f"({group:04x},{number:04x}) runs past the end")
    size = pixel_word if tag == PIXEL_DATA and vr == "OW" else _WORD.get(vr, 1)
    swapped = _swap(data[value : value + length], size)
    return encode_element(tag, vr, swapped, implicit=False), value + length


def _items(
    data: bytes, position: int, length: int, end: int, depth: int
) -> tuple[list[bytes], int]:
    stop = end if length == UNDEFINED else position + length
    if stop > end:
        raise Damaged("truncated", "a sequence runs past the end")
    items: list[bytes] = []
    while position < stop:
        tag, size = _item_header(data, position, stop)
        position += 8
        if tag == SEQUENCE_END:
            return items, position
        if tag != ITEM:
            raise Damaged("damaged", "a sequence holds something that is no item")
        if size == UNDEFINED:
            item, position = _open_item(data, position, stop, depth)
        else:
            if position + size > stop:
                raise Damaged("truncated", "an item runs past the end")
            item = from_big_endian(data, position, position + size, depth + 1)
            position += size
        items.append(item)
    if length == UNDEFINED:
        raise Damaged("truncated", "a sequence does not end")
    return items, position


def _open_item(data: bytes, position: int, stop: int, depth: int) -> tuple[bytes, int]:
    if depth > DEPTH:
        raise Damaged("damaged", "sequences nested too deep")
    parts: list[bytes] = []
    while True:
        if stop - position < 8:
            raise Damaged("truncated", "an item does not end")
        if struct.unpack_from(">HH", data, position) == (
            ITEM_END >> 16,
            ITEM_END & 0xFFFF,
        ):
            return b"".join(parts), position + 8
        part, position = _element(data, position, stop, depth + 1)
        parts.append(part)


def _item_header(data: bytes, position: int, end: int) -> tuple[int, int]:
    if end - position < 8:
        raise Damaged("truncated", "a sequence does not end")
    group, number, length = struct.unpack_from(">HHL", data, position)
    return (group << 16) | number, length


def _swap(value: bytes, size: int) -> bytes:
    if size == 1:
        return value
    if len(value) % size:
        raise Damaged("damaged", "a value is no whole number of words")
    swapped = bytearray(len(value))
    for i in range(size):
        swapped[i::size] = value[size - 1 - i :: size]
    return bytes(swapped)
