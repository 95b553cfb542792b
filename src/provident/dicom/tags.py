"""The tags that facts are read from: enough for `read_header(only=FACT_TAGS)`."""

from __future__ import annotations

from collections.abc import Iterator

from provident.dicom.frames import (
    NUMBER,
    ORIENTATION,
    PER_FRAME,
    POSITION,
    SHARED,
    VOLUME,
)
from provident.dicom.readings import BY_MODALITY, COMMON, SLICES


# Private blocks are few; a maker's own lie in the first places of a group (PS3.5 7.8.1).
_BLOCKS = range(0x10, 0x18)
_PLAIN = (
    0x00080005, 0x00080016, 0x00080018, 0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x00080030, 0x00080031,
    0x00082144, 0x00101030, 0x00180010, 0x00180012, 0x00180040, 0x00181041, 0x00181042, 0x00181044,
    0x00181072, 0x00181078, 0x00181153, 0x00186011, 0x00189087, 0x00189034, 0x00189089, 0x00189342, 0x0020000D,
    0x0020000E, 0x00204000, 0x00280008, 0x00280030, 0x00282110, 0x00540016, 0x00540022, 0x00540220, 0x00041220,
)  # fmt: skip
_PRIVATE = (
    (0x0019, 0x0A), (0x0019, 0x0C), (0x0019, 0x0E), (0x0019, 0xBB), (0x0019, 0xBC), (0x0019, 0xBD),
    (0x0021, 0x19), (0x0021, 0x1C), (0x0021, 0x4F), (0x0029, 0x10), (0x0029, 0x20), (0x0043, 0x39), (0x0065, 0x09),
    (0x0065, 0x37), (0x2001, 0x03), (0x2001, 0x18), (0x2005, 0x0F), (0x2005, 0xB0), (0x2005, 0xB1), (0x2005, 0xB2),
)  # fmt: skip


def _all() -> Iterator[int]:
    yield from (*_PLAIN, *VOLUME, POSITION, ORIENTATION, NUMBER, SHARED, PER_FRAME)
    private = set(_PRIVATE)
    for reading in [
        *COMMON,
        *SLICES,
        *(r for rows in BY_MODALITY.values() for r in rows),
    ]:
        if reading.creator:
            private.add((reading.tag >> 16, reading.tag & 0xFF))
        else:
            yield reading.tag
    for group, offset in private:
        for block in _BLOCKS:
            yield group << 16 | block
            yield group << 16 | block << 8 | offset


FACT_TAGS: frozenset[int] = frozenset(_all())
