"""Files encrypted at rest with AES-256-GCM, in pieces, so that a cut, swapped or changed file never opens.

Layout: magic, 16 bytes of salt, then pieces of 1 MiB, each with its tag of 16 bytes.
Each file has a key of its own (HKDF-SHA256 of the storage key under the salt); a piece's nonce is its number and a
last byte that says whether it is the final piece; the file's name is authenticated with every piece.
This is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar (CRYPTO 2015).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from provident.adapters.storage import fsync_directory
from provident.kernel import InvalidInput
from provident.kernel.ids import new_id


MAGIC = b"PVLT1"
PIECE = 2**20
_SALT, _TAG = 16, 16


def seal(key: bytes, name: str, data: bytes) -> bytes:
    """Encrypt bytes under a 256-bit key for a name."""
    return b"".join(sealed_pieces(key, name, [data]))


def sealed_pieces(key: bytes, name: str, source: Iterable[bytes]) -> Iterator[bytes]:
    """Encrypt a stream as it comes; never more than two pieces are held in clear."""
    salt = os.urandom(_SALT)
    cipher = _cipher(key, salt)
    yield MAGIC + salt
    buffer, number = bytearray(), 0
    for data in source:
        buffer += data
        # A full piece is written only once more follows: the final piece is marked as such.
        while len(buffer) > PIECE:
            yield cipher.encrypt(_nonce(number, False), bytes(buffer[:PIECE]), name.encode())  # fmt: skip
            del buffer[:PIECE]
            number += 1
    yield cipher.encrypt(_nonce(number, True), bytes(buffer), name.encode())


def unseal(key: bytes, name: str, sealed: bytes) -> bytes:
    """Decrypt what `seal` made for that name.

    Raises:
        InvalidInput: the bytes were cut, changed, sealed under another key or for another name.
    """
    if not sealed.startswith(MAGIC):
        raise InvalidInput("A file of the landing store is not one of ours.")
    start = len(MAGIC) + _SALT
    cipher = _cipher(key, sealed[len(MAGIC) : start])
    body = memoryview(sealed)[start:]
    step = PIECE + _TAG
    out = []
    try:
        for number, at in enumerate(range(0, max(len(body), 1), step)):
            last = at + step >= len(body)
            out.append(
                cipher.decrypt(
                    _nonce(number, last), body[at : at + step], name.encode()
                )
            )
    except InvalidTag:
        raise InvalidInput(
            "A file of the landing store was cut or changed, or its key is another."
        ) from None
    return b"".join(out)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(
        HKDF(
            algorithm=SHA256(), length=32, salt=salt, info=b"provident landing"
        ).derive(key)
    )


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class _Unsealed(io.RawIOBase):
    """A sealed file read in clear from any place."""

    def __init__(self, key: bytes, name: str, file: BinaryIO) -> None:
        self._file = file
        self._name = name.encode()
        start = file.read(len(MAGIC) + _SALT)
        if not start.startswith(MAGIC):
            raise InvalidInput("A file of the landing store is not one of ours.")
        self._cipher = _cipher(key, start[len(MAGIC) :])
        self._start = len(start)
        sealed = file.seek(0, io.SEEK_END) - self._start
        self._pieces = max(1, -(-sealed // (PIECE + _TAG)))
        self._size = sealed - self._pieces * _TAG
        self._at = 0
        self._known: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, PIECE)
        data = self._piece(number)[within : within + len(view)]
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _piece(self, number: int) -> bytes:
        if self._known[0] != number:
            self._file.seek(self._start + number * (PIECE + _TAG))
            sealed = self._file.read(PIECE + _TAG)
            try:
                clear = self._cipher.decrypt(
                    _nonce(number, number == self._pieces - 1), sealed, self._name
                )
            except InvalidTag:
                raise InvalidInput("A file of the landing store was cut or changed.") from None  # fmt: skip
            self._known = number, clear
        return self._known[1]

    def close(self) -> None:
        self._file.close()
        super().close()


class Vault:
    """Sealed files by name in one directory, durable before `put` returns."""

    def __init__(self, root: Path, key: bytes) -> None:
        self.root = root
        self._key = key
        self._temporary = root / ".writing"
        self._temporary.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name

    def put(self, data: bytes | Iterable[bytes]) -> str:
        """Keep bytes, or a stream of them, under a fresh name, synced to disk; returns the name."""
        name = new_id()
        path, temporary = self._path(name), self._temporary / name
        source = [data] if isinstance(data, bytes) else data
        try:
            with temporary.open("xb") as out:
                out.writelines(sealed_pieces(self._key, name, source))
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True, mode=0o700)
            fsync_directory(self.root)
        temporary.rename(path)  # the name is fresh: nothing can be there
        fsync_directory(path.parent)
        return name

    def get(self, name: str) -> bytes:
        """The bytes kept under a name.

        Raises:
            FileNotFoundError: there is no such file.
            InvalidInput: the file was cut or changed.
        """
        return unseal(self._key, name, self._path(name).read_bytes())

    def open(self, name: str) -> BinaryIO:
        """The bytes kept under a name, as a stream that can be sought in; decrypted piece by piece.

        Raises:
            FileNotFoundError: there is no such file.
        """
        raw = _Unsealed(self._key, name, self._path(name).open("rb"))
        return cast("BinaryIO", io.BufferedReader(raw, PIECE))

    def erase(self, name: str) -> None:
        """Remove a file; no error when it is not there."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """The names of all files kept."""
        return {
            path.name
            for folder in self.root.iterdir()
            if folder.is_dir() and folder != self._temporary
            for path in folder.iterdir()
        }

    def sweep(self, before: float) -> int:
        """Remove what a killed writer left half written before a time (seconds since 1970)."""
        left = [p for p in self._temporary.iterdir() if p.stat().st_mtime < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)
