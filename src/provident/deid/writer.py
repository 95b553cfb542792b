"""Elements to bytes: the one place where they are written (PS3.5 section 7.1)."""

from __future__ import annotations

import struct

from provident.deid.vrs import LONG_VRS, SHORT_STRING_VRS


_TEXT_PADDED = (SHORT_STRING_VRS - {"UI"}) | frozenset(
    ("LO", "SH", "ST", "LT", "UT", "UC", "PN", "UR")
)


def encode_element(tag: int, vr: str, value: bytes, *, implicit: bool) -> bytes:
    """One element in little endian, its value padded to even length."""
    if len(value) & 1:
        value += b" " if vr in _TEXT_PADDED else b"\0"
    group, number, size = tag >> 16, tag & 0xFFFF, len(value)
    if implicit:
        return struct.pack("<HHL", group, number, size) + value
    if vr in LONG_VRS:
        return struct.pack("<HH2sHL", group, number, vr.encode(), 0, size) + value
    if size > 0xFFFE:
        # Too long for this VR: unknown, with its length in 32 bits (PS3.5 6.2.2).
        return struct.pack("<HH2sHL", group, number, b"UN", 0, size) + value
    return struct.pack("<HH2sH", group, number, vr.encode(), size) + value


def encode_items(items: list[bytes]) -> bytes:
    """Items of defined length, as the value of a sequence."""
    return b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, len(i)) + i for i in items)


def encode_number(vr: str, value: float) -> bytes:
    """One binary number."""
    return struct.pack({"FD": "<d", "UL": "<L", "US": "<H"}[vr], value)


# Identifies Provident as the writer of a file: a constant UID of its own.
IMPLEMENTATION_CLASS_UID = "2.25.271305478916452781013627351640226154297"
IMPLEMENTATION_VERSION = "PROVIDENT"


def encode_meta(sop_class: str, sop_instance: str, transfer_syntax: str) -> bytes:
    """Preamble of zeros, prefix, and a file meta information that names no station (PS3.10 7.1)."""
    body = b"".join(
        encode_element(tag, vr, value, implicit=False)
        for tag, vr, value in (
            (0x00020001, "OB", b"\x00\x01"),
            (0x00020002, "UI", sop_class.encode()),
            (0x00020003, "UI", sop_instance.encode()),
            (0x00020010, "UI", transfer_syntax.encode()),
            (0x00020012, "UI", IMPLEMENTATION_CLASS_UID.encode()),
            (0x00020013, "SH", IMPLEMENTATION_VERSION.encode()),
        )
    )
    length = encode_element(
        0x00020000, "UL", struct.pack("<L", len(body)), implicit=False
    )
    return b"\0" * 128 + b"DICM" + length + body
