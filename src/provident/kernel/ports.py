"""What the parts below ask of the parts above, as Protocols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class ObjectStore(Protocol):
    """Durable bytes by key. A key is written once; nothing is ever overwritten in place."""

    def create(self, key: str, source: bytes | BinaryIO) -> None:
        """Write durably; raises FileExistsError when the key is taken."""
        ...

    def read(self, key: str) -> bytes:
        """All bytes of a key; raises FileNotFoundError."""
        ...

    def open(self, key: str) -> BinaryIO:
        """A readable stream of a key; raises FileNotFoundError."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key holds bytes."""
        ...

    def size(self, key: str) -> int:
        """The number of bytes of a key; raises FileNotFoundError."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with prefix, in order."""
        ...

    def delete(self, key: str) -> None:
        """Erase a key, for withdrawal and expiry alone; no error when it is not there."""
        ...
