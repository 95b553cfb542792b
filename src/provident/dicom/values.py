"""Read single values out of a header, tolerantly and fast.

Raw bytes are decoded here rather than by pydicom: a broken value becomes `Unreadable`
and not an exception or a warning, and it takes a third of the time.
"""

from __future__ import annotations

import math
import struct
import warnings
from dataclasses import dataclass
from typing import Any

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from provident.dicom import quick
from provident.dicom.reading import DAMAGE


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that is there but makes no sense."""

    why: str


_BINARY = {
    "US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d",
    "UV": "Q", "SV": "q", "OF": "f", "OD": "d", "OL": "I",
}  # fmt: skip
_TEXTS = frozenset(
    ("AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT", "IS", "DS", "UN", "OB")
)  # fmt: skip
NOT_A_NUMBER = Unreadable("it is not a number")
NOT_TEXT = Unreadable("it is not readable text")


def numbers(
    ds: Dataset, tag: int, vr: str | None = None
) -> tuple[float, ...] | Unreadable | None:
    """The numbers of an element; None when it is absent or empty.

    `vr` is what a private element holds when the file does not say (implicit or UN).
    """
    element = _element(ds, tag)
    if element is None or isinstance(element, Unreadable):
        return element
    if not isinstance(element, RawDataElement):
        return _parsed_numbers(element.value)
    data = element.value
    if not data:
        return None
    is_vr = _vr(element, vr)
    if is_vr in _BINARY:
        return _unpacked(data, _BINARY[is_vr], element.is_little_endian)
    return _decimal(data)


def _vr(element: RawDataElement, hint: str | None) -> str:
    is_vr = element.VR
    if is_vr and is_vr != "UN":
        return is_vr
    if hint:
        return hint
    try:
        return dictionary_VR(element.tag)
    except KeyError:
        return "UN"


def _unpacked(data: bytes, code: str, little: bool) -> tuple[float, ...] | Unreadable:
    size = struct.calcsize(code)
    count, rest = divmod(len(data), size)
    if rest or not count:
        return NOT_A_NUMBER
    found = struct.unpack(f"{'<' if little else '>'}{count}{code}", data)
    return found if all(map(math.isfinite, found)) else NOT_A_NUMBER


def _decimal(data: bytes) -> tuple[float, ...] | Unreadable | None:
    parts = data.strip(b" \0").split(b"\\")
    if parts == [b""]:
        return None
    try:
        found = tuple(float(part.strip(b" \0")) for part in parts)
    except ValueError:
        return NOT_A_NUMBER
    return found if all(map(math.isfinite, found)) else NOT_A_NUMBER


def _parsed_numbers(value: Any) -> tuple[float, ...] | Unreadable | None:
    if value is None or value == "" or value == b"":
        return None
    many = list(value) if _is_many(value) else [value]
    try:
        found = tuple(float(v) for v in many)
    except (TypeError, ValueError):
        return NOT_A_NUMBER
    if not found:
        return None
    return found if all(map(math.isfinite, found)) else NOT_A_NUMBER


def _is_many(value: Any) -> bool:
    return not isinstance(value, str | bytes) and hasattr(value, "__iter__")


def texts(ds: Dataset, tag: int) -> tuple[str, ...] | Unreadable | None:
    """The texts of an element, trimmed; None when it is absent or empty."""
    element = _element(ds, tag)
    if element is None or isinstance(element, Unreadable):
        return element
    if not isinstance(element, RawDataElement):
        return _parsed_texts(element.value)
    data = element.value
    if not data:
        return None
    is_vr = _vr(element, "LO")
    if is_vr in _BINARY:
        found = _unpacked(data, _BINARY[is_vr], element.is_little_endian)
        return (
            found if isinstance(found, Unreadable) else tuple(f"{n:g}" for n in found)
        )
    if is_vr not in _TEXTS:
        return NOT_TEXT
    return _split(_decoded(ds, data))


def _decoded(ds: Dataset, data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encodings = convert_encodings(ds.get("SpecificCharacterSet") or "ISO_IR 6")
            return decode_bytes(data, encodings, {0x0A, 0x0C, 0x0D})
    except DAMAGE:
        return data.decode("latin-1")


def _split(text: str) -> tuple[str, ...] | None:
    parts = tuple(part.strip(" \0\r\n\t") for part in text.split("\\"))
    return parts if any(parts) else None


def _parsed_texts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    many = list(value) if _is_many(value) else [value]
    parts = tuple(str(v).strip(" \0") for v in many)
    return parts if any(parts) else None


def items(ds: Dataset, tag: int) -> list[Dataset]:
    """The items of a sequence; none when it is absent, empty or broken."""
    if tag not in ds:
        return []
    element = _element(ds, tag)
    if isinstance(element, RawDataElement) and quick.holds_items(element):
        try:
            return quick.items(element, ds.original_character_set)
        except quick.Unusual:
            pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ds[tag].value
            if isinstance(value, bytes):
                return []
            return [item for item in value or [] if isinstance(item, Dataset)]
    except DAMAGE:
        return []


def data(ds: Dataset, tag: int) -> bytes | None:
    """The bytes of an element, such as a vendor's private header; None when absent or empty."""
    element = _element(ds, tag)
    if element is None or isinstance(element, Unreadable):
        return None
    value = element.value
    return bytes(value) if isinstance(value, bytes | bytearray) and value else None


def _element(ds: Dataset, tag: int) -> RawDataElement | DataElement | Unreadable | None:
    try:
        return ds.get_item(tag)
    except KeyError:
        return None
    except DAMAGE:
        return Unreadable("it is damaged")


def private(ds: Dataset, group: int, creator: str, offset: int) -> int | None:
    """The tag of a private element: the block that `creator` reserved (PS3.5 7.8), plus offset."""
    for block in range(0x10, 0x18):
        reserved = texts(ds, group << 16 | block)
        if reserved is None or isinstance(reserved, Unreadable):
            continue
        if reserved[0].casefold() == creator.casefold():
            return group << 16 | block << 8 | offset
    return None
