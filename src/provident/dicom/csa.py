"""Siemens' private header (CSA1 and CSA2), and the protocol text inside it.

The layout is not published by the maker; it is as in the notes of the nibabel project
("Siemens CSA header", nipy.org/nibabel/dicom/siemens_csa.html) and was checked here
against real headers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType


MOST_TAGS = 1024
MOST_ITEMS = 4096
_MARK = b"SV10"
_HEAD = struct.Struct("<64si4siii")
_ITEM = struct.Struct("<iiii")


@lru_cache(maxsize=4)  # several facts are read from one header, one after the other
def parse(data: bytes) -> Mapping[str, tuple[str, ...]]:
    """The elements of a CSA header with their values as texts; those before any damage.

    Bytes that are no CSA header give an empty dictionary.
    """
    return MappingProxyType(dict(_elements(data)))


def _elements(data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    second = data[:4] == _MARK
    at = 8 if second else 0
    if len(data) < at + 8:
        return
    (count,) = struct.unpack_from("<I", data, at)
    if not 0 < count <= MOST_TAGS:
        return
    at += 8
    base: int | None = None
    for _ in range(count):
        if at + _HEAD.size > len(data):
            return
        name, _vm, _vr, _syngo, items, _mark = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if base is None:
            base = items
        if not 0 <= items <= MOST_ITEMS:
            return
        values, at = _items(data, at, items, None if second else base)
        if at < 0:
            return
        yield _text(name), values


def _items(
    data: bytes, at: int, count: int, base: int | None
) -> tuple[tuple[str, ...], int]:
    """The values of one element and where the next begins; -1 when the bytes end."""
    values: list[str] = []
    for _ in range(count):
        if at + _ITEM.size > len(data):
            return (), -1
        first, second, _third, _fourth = _ITEM.unpack_from(data, at)
        at += _ITEM.size
        # CSA1 writes each length with the item count of the first element added to it.
        length = second if base is None else first - base
        if length < 0 or at + length > len(data):
            return tuple(values), (-1 if length > 0 else at)
        if length:
            values.append(_text(data[at : at + length]))
        at += (length + 3) // 4 * 4
    return tuple(v for v in values if v), at


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1").strip()


_PROTOCOL = re.compile(r"### ASCCONV BEGIN[^\n]*###\n(.*?)### ASCCONV END", re.DOTALL)
_LINE = re.compile(r"^\s*([\w.\[\]]+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def protocol(text: str) -> dict[str, str]:
    """The lines `name = value` of a MrPhoenixProtocol, without the quotes around texts."""
    match = _PROTOCOL.search(text)
    if not match:
        return {}
    return {m[1]: m[2].strip('"') for m in _LINE.finditer(match[1])}
