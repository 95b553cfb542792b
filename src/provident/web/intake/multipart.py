"""A multipart/related body (PS3.18 8.7) read as a stream: never more than two pieces in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import Message

from provident.kernel import InvalidInput


PIECE = 2**20
_HEADERS = 16 * 2**10  # a part's headers are shorter than this

Part = tuple[dict[str, str], Iterator[bytes]]


def boundary_of(content_type: str) -> bytes:
    """The boundary of a Content-Type header.

    Raises:
        InvalidInput: it is not multipart/related of DICOM instances.
    """
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_param("boundary", "")
    kind = message.get_param("type", "application/dicom")
    if message.get_content_type() != "multipart/related" or kind != "application/dicom":
        raise InvalidInput("Send multipart/related with type application/dicom.")
    if not isinstance(boundary, str) or not re.fullmatch(r"[\x21-\x7e ]{1,70}", boundary):  # fmt: skip
        raise InvalidInput("The multipart boundary is missing or not of its form.")
    return boundary.encode()


class _Stream:
    """The body with a look ahead."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.buffer = b"\r\n"  # so that the first boundary looks like all others
        self.ended = False

    def more(self) -> None:
        """Read one piece."""
        piece = self._read(PIECE)
        if piece:
            self.buffer += piece
        else:
            self.ended = True

    def at_least(self, size: int) -> None:
        """Read until so many bytes are ahead, or the end."""
        while len(self.buffer) < size and not self.ended:
            self.more()


def parts(read: Callable[[int], bytes], boundary: bytes) -> Iterator[Part]:
    """The parts of a body: headers with lower-case names, and the payload as pieces to be used up in order.

    Raises:
        InvalidInput: the body ends in the middle, or headers are too long.
    """
    delimiter = b"\r\n--" + boundary
    stream = _Stream(read)
    for _ in _until(stream, delimiter):
        pass  # a preamble is no part
    while True:
        stream.at_least(2)
        if stream.buffer[:2] == b"--":
            return
        headers = _headers(stream)
        payload = _until(stream, delimiter)
        yield headers, payload
        for _ in payload:
            pass  # what the reader left


def _headers(stream: _Stream) -> dict[str, str]:
    while b"\r\n\r\n" not in stream.buffer:
        if stream.ended or len(stream.buffer) > _HEADERS:
            raise InvalidInput("The body ended in the middle of a part, or its headers are too long.")  # fmt: skip
        stream.more()
    head, _, stream.buffer = stream.buffer.partition(b"\r\n\r\n")
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n"))
    return {
        name.strip().lower(): value.strip() for name, colon, value in lines if colon
    }


def _until(stream: _Stream, delimiter: bytes) -> Iterator[bytes]:
    while True:
        at = stream.buffer.find(delimiter)
        if at >= 0:
            piece, stream.buffer = stream.buffer[:at], stream.buffer[at + len(delimiter) :]  # fmt: skip
            if piece:
                yield piece
            return
        if stream.ended:
            raise InvalidInput("The body ended in the middle of a part.")
        safe = len(stream.buffer) - len(delimiter)
        if safe > 0:
            piece, stream.buffer = stream.buffer[:safe], stream.buffer[safe:]
            yield piece
        stream.more()
