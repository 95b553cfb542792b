"""What of compressed pixels is not coded image: headers, comments, application data, what trails behind.

Coded image data hold no text, and a name of four letters occurs in some megabytes of them by chance.
Whatever does not read as JPEG (ITU-T T.81, T.87) or JPEG 2000 (T.800) is given back whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_JPEG, _JPEG_2000 = b"\xff\xd8\xff", b"\xff\x4f\xff\x51"
_EOI, _SOS = 0xD9, 0xDA
_SOT, _SOD, _EOC = 0xFF90, 0xFF93, 0xFFD9
_NO_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))
# A marker within coded data: stuffed bytes (00; JPEG-LS below 80) and restarts (D0 to D7) are none.
_MARKER = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")


def outside_of_coding(data: bytes | memoryview, position: int) -> Iterator[bytes]:
    """All bytes of encapsulated pixels from a position on that are no coded image, by fragment, joined by zeros.

    One fragment at a time: all of them would be in memory once more.
    """
    while data[position : position + 4] == _ITEM:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8
        yield b"\0".join(_told(bytes(data[position : position + size])))
        position += size
    yield bytes(data[position:])


def _told(fragment: bytes) -> Iterator[bytes]:
    if fragment.startswith(_JPEG):
        yield from _jpeg(fragment)
        return
    # A JP2 file's boxes may stand before the codestream.
    at = fragment.find(_JPEG_2000, 0, 4096)
    if at < 0:
        yield fragment
        return
    yield fragment[:at]
    yield from _jpeg_2000(fragment[at:])


def _jpeg(stream: bytes) -> Iterator[bytes]:
    position = 2
    while position + 4 <= len(stream) and stream[position] == 0xFF:
        marker = stream[position + 1]
        if marker == _EOI:
            break
        if marker in _NO_LENGTH:
            position += 2
            continue
        after = position + 2 + _size(stream, position + 2)
        yield stream[position:after]
        position = after
        if marker == _SOS:
            found = _MARKER.search(stream, position)
            position = found.start() if found else len(stream)
    yield stream[position:]


def _jpeg_2000(stream: bytes) -> Iterator[bytes]:
    position = 2
    end = 0  # of the tile part that is being read
    while position + 4 <= len(stream):
        marker = _size(stream, position)
        if marker == _SOD and end > position:
            position = end
            continue
        if marker == _EOC or marker >> 8 != 0xFF:
            break
        if marker == _SOT:
            tile = int.from_bytes(stream[position + 6 : position + 10], "big")
            end = position + tile if tile else len(stream)
        after = position + 2 + _size(stream, position + 2)
        yield stream[position:after]
        position = after
    yield stream[position:]


def _size(stream: bytes, position: int) -> int:
    return int.from_bytes(stream[position : position + 2], "big")
