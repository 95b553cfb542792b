"""Files encrypted at rest with AES-256-GCM, in pieces, so that a cut, swapped or changed file never opens.

Layout: magic, 16 bytes of salt, then pieces of 1 MiB, each with its tag of 16 bytes.
Each file has a key of its own (HKDF-SHA256 of the storage key under the salt); a piece's nonce is its number and a
last byte that says whether it is the final piece; the file's name is authenticated with every piece.
This is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar (CRYPTO 2015).
"""

from __future__ import annotations

import os
from pathlib import Path

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
    salt = os.urandom(_SALT)
    cipher = _cipher(key, salt)
    starts = range(0, max(len(data), 1), PIECE)
    view = memoryview(data)
    out = [MAGIC, salt]
    for number, start in enumerate(starts):
        last = start + PIECE >= len(data)
        out.append(
            cipher.encrypt(
                _nonce(number, last), view[start : start + PIECE], name.encode()
            )
        )
    return b"".join(out)


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
        HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"provident landing").derive(
            key
        )
    )


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Vault:
    """Sealed files by name in one directory, durable before `put` returns."""

    def __init__(self, root: Path, key: bytes) -> None:
        self.root = root
        self._key = key
        self._temporary = root / ".writing"
        self._temporary.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name

    def put(self, data: bytes) -> str:
        """Keep bytes under a fresh name, synced to disk; returns the name."""
        name = new_id()
        path, temporary = self._path(name), self._temporary / name
        with temporary.open("xb") as out:
            out.write(seal(self._key, name, data))
            out.flush()
            os.fsync(out.fileno())
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
