"""De-identification from and to a bucket: `s3://bucket/prefix` (also `gs://`, `az://`), read and written file by file.

Credentials and endpoints come from the service's usual environment variables (AWS_ENDPOINT_URL and so on).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

from provident.adapters.storage import RemoteStream
from provident.deid.sources import Readable, Unreadable
from provident.kernel import InvalidInput


if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("s3", "gs", "az")
_PAGE = 1000  # objects asked for at a time
_PIECE = 1 << 20  # bytes of an archive asked for at a time


def is_remote(address: str) -> bool:
    """Whether an argument names a bucket and not a path."""
    return "://" in address


def refuse_nesting(source: str, out: str) -> None:
    """A bucket's output may not lie in its input, nor the other way round.

    Raises:
        InvalidInput: it does; the next run would take its own output for scans.
    """
    one, two = (f"{address.rstrip('/')}/" for address in (source, out))
    if one.startswith(two) or two.startswith(one):
        raise InvalidInput(
            f"{out}: input and output lie in each other. Choose a prefix outside {source}."
        )


def last_part(address: str) -> str:
    """What files beside a remote output are called: its last part, else the bucket."""
    parts = urlsplit(address)
    return parts.path.strip("/").rpartition("/")[2] or parts.netloc


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """One object below a prefix. Holds its address alone, so that it can be sent to a worker."""

    address: str
    name: str
    tag: str

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: it has gone, or the service refuses.
        """
        import obstore
        from obstore.exceptions import BaseError

        try:
            return bytes(obstore.get(_store(self.address), self.name).bytes())
        except (BaseError, OSError):
            raise Unreadable("unreadable") from None

    def stamp(self) -> str:
        """The service's tag of its content, with its size."""
        return self.tag


def remote_sources(address: str) -> list[RemoteSource]:
    """All objects below a prefix, in the order of their names.

    Raises:
        InvalidInput: the bucket cannot be listed, or nothing is there.
    """
    import obstore
    from obstore.exceptions import BaseError

    found = []
    try:
        for page in obstore.list(_store(address), chunk_size=_PAGE):
            for item in page:
                stamp = f"{item['size']}-{item.get('e_tag') or item['last_modified'].timestamp()}"
                found.append(RemoteSource(address, item["path"], stamp))
    except (BaseError, OSError) as error:
        raise InvalidInput(
            f"{address}: the bucket cannot be listed ({type(error).__name__}). Check its name, the credentials and AWS_ENDPOINT_URL."
        ) from None
    if not found:
        raise InvalidInput(f"{address}: there is no object below this prefix.")
    return sorted(found, key=lambda source: source.name)


@dataclass(frozen=True, slots=True)
class RemoteArchive:
    """An object that is a ZIP archive: read by ranges, never fetched whole."""

    address: str
    name: str

    def open(self) -> BinaryIO:
        """A stream of it that can seek."""
        import obstore
        from obstore.exceptions import BaseError

        try:
            reader = obstore.open_reader(_store(self.address), self.name, buffer_size=_PIECE)  # fmt: skip
        except BaseError as error:
            raise OSError(type(error).__name__) from None
        return cast("BinaryIO", io.BufferedReader(RemoteStream(reader), _PIECE))


def in_bucket(source: Readable) -> RemoteArchive | None:
    """An object as an archive."""
    return RemoteArchive(source.address, source.name) if isinstance(source, RemoteSource) else None  # fmt: skip


@dataclass(frozen=True, slots=True)
class RemoteOutlet:
    """Writes what may leave below a prefix."""

    address: str

    def put(self, name: str, data: bytes) -> None:
        """Write one object whole."""
        import obstore

        with _told(self.address):
            obstore.put(_store(self.address), name, data)

    def has(self, name: str) -> bool:
        """Whether it is there."""
        import obstore
        from obstore.exceptions import NotFoundError

        with _told(self.address):
            try:
                obstore.head(_store(self.address), name)
            except (NotFoundError, FileNotFoundError):
                return False
        return True

    def names(self) -> Iterator[str]:
        """All objects below the prefix."""
        import obstore

        with _told(self.address):
            for page in obstore.list(_store(self.address), chunk_size=_PAGE):
                yield from (item["path"] for item in page)

    def open(self, name: str) -> BinaryIO:
        """A stream of one object."""
        return RemoteArchive(self.address, name).open()

    def remove(self, name: str) -> None:
        """Take one away; no error where it is not there."""
        import obstore
        from obstore.exceptions import NotFoundError

        with _told(self.address), suppress(NotFoundError, FileNotFoundError):
            obstore.delete(_store(self.address), name)

    def finish(self) -> None:
        """Nothing: each object is whole once it is there."""


@contextmanager
def _told(address: str) -> Iterator[None]:
    """A service's errors in words."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except NotFoundError:
        raise
    except BaseError as error:
        raise InvalidInput(
            f"{address}: the bucket cannot be read or written ({type(error).__name__}). Check its name, the credentials "
            "and AWS_ENDPOINT_URL, then run the same command again: it goes on where it stopped."
        ) from None


@lru_cache(maxsize=8)
def _store(address: str) -> ObjectStore:
    """A connection, one for each process.

    Raises:
        InvalidInput: the address names no service that is known.
    """
    from obstore.store import from_url

    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise InvalidInput(f"{address}: this is no address such as s3://bucket/prefix.")
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    options = {"client_options": {"allow_http": True}} if plain else {}
    return from_url(address.rstrip("/"), **options)  # type: ignore[call-overload, no-any-return]  # one overload per service
