"""A file taken apart where its pixel values begin: the head is read, the values pass from disk to disk in pieces.

Native pixel values that stay as they are need not be in memory at once, however large the file; each piece is hashed
and written while it is still in the processor's cache. On Linux `sendfile` and `copy_file_range` were slower.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from io import FileIO
from types import TracebackType

from provident.deid.elements import PIXEL_DATA
from provident.deid.sources import Readable, Source, Unreadable


PIECE = 1 << 18  # bytes that are read, hashed and written at a time
APART_FROM = 1 << 16  # bytes of pixel values; fewer are not worth it
# How far is read to find the pixel values; a file whose head is longer is read whole.
_HEADS = (1 << 16, 1 << 20, 1 << 24)
_PIXELS = (PIXEL_DATA >> 16).to_bytes(2, "little") + (PIXEL_DATA & 0xFFFF).to_bytes(2, "little")  # fmt: skip
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Taken:
    """A file that is being read: `data`, and how many bytes of pixel values are `beyond` it on disk.

    Whether these really are the pixel values of its last element is for the engine to check.

    Raises:
        Unreadable: it has gone, or cannot be read.
    """

    def __init__(self, source: Readable, *, whole: bool = False) -> None:
        self._source = source
        self._stream: FileIO | None = None
        self._rest: bytes | memoryview = b""
        self.beyond = 0
        if whole or not isinstance(source, Source) or source.packed:
            self.data = source.read()
            return
        try:
            self._open(
                os.path.join(source.container, source.name)
            )  # as fast as it can be
        except OSError:
            self.close()
            raise Unreadable("unreadable") from None

    def __enter__(self) -> Taken:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self, path: str) -> None:
        handle = os.open(path, _FLAGS)
        self._stream = open(handle, "rb", buffering=0)  # noqa: SIM115  # closed by `close`
        told = os.fstat(handle)
        if not stat.S_ISREG(
            told.st_mode
        ):  # a pipe or a socket would be waited for without end
            self.close()
            raise Unreadable("unreadable")
        data = b""
        for size in _HEADS:
            data += self._exactly(min(size, told.st_size) - len(data))
            value = _values_at(data, told.st_size)
            if value:
                self.data, self._rest = data[:value], memoryview(data)[value:]
                self.beyond = told.st_size - value
                return
            if told.st_size <= size * 16:
                break
        self._stream.seek(0)  # read at once: joined it would be in memory twice
        self.data = self._exactly(told.st_size)

    def _exactly(self, size: int) -> bytes:
        """The next bytes; a file may be cut while it is read."""
        if not size or self._stream is None:
            return b""
        data = self._stream.read(size)
        while len(data) < size:
            more = self._stream.read(size - len(data))
            if not more:
                raise Unreadable("unreadable")
            data += more
        return data

    def make_whole(self) -> None:
        """Read what is beyond too."""
        if self.beyond:
            rest = self._exactly(self.beyond - len(self._rest))
            self.data = b"".join((self.data, self._rest, rest))
            self._rest, self.beyond = b"", 0

    def rest(self) -> Iterator[memoryview]:
        """What is beyond, in pieces; each is overwritten by the next.

        Raises:
            Unreadable: the file was cut meanwhile.
        """
        left = self.beyond - len(self._rest)
        if self._rest:
            yield memoryview(self._rest)
        piece = memoryview(bytearray(min(PIECE, left)))
        while left and self._stream is not None:
            count = self._stream.readinto(piece[:left])
            if not count:
                raise Unreadable("unreadable")
            yield piece[:count]
            left -= count


def _values_at(data: bytes, size: int) -> int:
    """Where native pixel values begin that end with the file, as the bytes look; 0 where none do."""
    at = data.find(_PIXELS)
    while at >= 0:
        for value in (at + 8, at + 12):  # implicit and explicit VR
            beyond = int.from_bytes(data[value - 4 : value], "little")
            if APART_FROM <= beyond == size - value and value <= len(data):
                return value
        at = data.find(_PIXELS, at + 1)
    return 0


class Hashed:
    """What passes through, the output's SHA-256, and what tells the original from any other.

    That is the original's SHA-256, or for one whose pixel values pass unchanged: the SHA-256 of what precedes them,
    their length and the output's SHA-256, which tells them too. So the largest part of a file is hashed once.
    """

    def __init__(
        self, head: bytes, file: Taken, pixels: memoryview | None = None
    ) -> None:
        """`pixels` belong behind the head where they are in memory; else the file's rest does."""
        self._head, self._file = head, file
        self._rest = file.rest() if pixels is None else iter((pixels,))
        self._out = hashlib.sha256(head)

    def __iter__(self) -> Iterator[bytes | memoryview]:
        yield self._head
        for piece in self._rest:
            self._out.update(piece)
            yield piece

    @property
    def out(self) -> str:
        """The output's SHA-256, once all has passed."""
        return self._out.hexdigest()

    @property
    def original(self) -> str:
        """What tells the original from any other, likewise."""
        told = hashlib.sha256(self._file.data).hexdigest()
        return f"{told}+{self._file.beyond}+{self.out}" if self._file.beyond else told


def originals_of(original: bytes, out: str) -> tuple[str, ...]:
    """What `Hashed.original` can have said of an original whose output has the SHA-256 `out`."""
    value = _values_at(original, len(original))
    whole = hashlib.sha256(original).hexdigest()
    if not value:
        return (whole,)
    head = hashlib.sha256(original[:value]).hexdigest()
    return (whole, f"{head}+{len(original) - value}+{out}")
