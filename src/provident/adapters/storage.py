"""Object stores: durable bytes by key, written once. A local directory, or S3, Azure and GCS through obstore."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

from provident.kernel import InvalidInput
from provident.kernel.ids import new_id
from provident.kernel.ports import ObjectStore


if TYPE_CHECKING:
    from obstore.store import ObjectStore as RemoteStore


_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_PIECE = 2**20  # bytes moved at a time
_PAGE = 1000  # keys asked for at a time


def checked_key(key: str) -> str:
    """The key itself: parts of letters, digits, `.`, `_`, `-`, joined by `/`; at most 400 characters.

    Raises:
        InvalidInput: the key could leave the store or clash between engines.
    """
    if len(key) > 400 or not _KEY.fullmatch(key):
        raise InvalidInput("An object's key has a form that the store does not take.")
    return key


def fsync_directory(path: Path) -> None:
    """Make a directory's entries durable; a new name survives a power cut only after this."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_durable(folder: Path, root: Path) -> None:
    """Make a folder below root and the names on the way to it durable."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    while folder != root:
        folder = folder.parent
        fsync_directory(folder)


class LocalStore:
    """Objects as files below one directory: temporary name, fsync, link to the final name, fsync of the folder.

    `link` fails where the name is taken, so that two writers of one key can never overwrite each other.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / ".writing"
        self._temporary.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def create(self, key: str, source: bytes | BinaryIO) -> None:
        """Write durably; raises FileExistsError when the key is taken."""
        path = self._path(key)
        if path.exists():
            self._named(path.parent)
            raise FileExistsError(key)
        temporary = self._temporary / new_id()
        try:
            with temporary.open("xb") as out:
                stream = io.BytesIO(source) if isinstance(source, bytes) else source
                shutil.copyfileobj(stream, out, _PIECE)
                out.flush()
                os.fsync(out.fileno())
            _make_durable(path.parent, self.root)
            os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
            self._named(path.parent)

    def _named(self, folder: Path) -> None:
        """A name was taken in a folder, by this writer or, maybe a moment ago, by another: make it durable."""
        if folder.is_dir():
            fsync_directory(folder)

    def read(self, key: str) -> bytes:
        """All bytes of a key; raises FileNotFoundError."""
        return self._path(key).read_bytes()

    def open(self, key: str) -> BinaryIO:
        """A readable stream of a key; raises FileNotFoundError."""
        return self._path(key).open("rb")

    def exists(self, key: str) -> bool:
        """Whether the key holds bytes."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """The number of bytes of a key; raises FileNotFoundError."""
        return self._path(key).stat().st_size

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with prefix, in order."""
        start = self.root / prefix.rpartition("/")[0]
        found = (
            path.relative_to(self.root).as_posix()
            for path in start.rglob("*")
            if path.is_file() and self._temporary not in path.parents
        )
        yield from sorted(key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Erase a key, for withdrawal and expiry alone; no error when it is not there."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            fsync_directory(path.parent)


class Together(LocalStore):
    """Several objects written to a local store; each folder is made durable once, at the end."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._folders: set[Path] = set()

    def _named(self, folder: Path) -> None:
        self._folders.add(folder)

    def settle(self) -> None:
        """Make the names of all that was written, or was there before, durable."""
        while self._folders:
            fsync_directory(self._folders.pop())


@contextlib.contextmanager
def together(store: ObjectStore) -> Iterator[ObjectStore]:
    """Write several objects at the price of one: nothing may be acknowledged before this has ended."""
    if not isinstance(store, LocalStore):
        yield store
        return
    batch = Together(store.root)
    try:
        yield batch
    finally:
        batch.settle()


class RemoteObjects:
    """Objects in a bucket; `put` with mode create is refused by the service where the key is taken."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store

    def create(self, key: str, source: bytes | BinaryIO) -> None:
        """Write durably; raises FileExistsError when the key is taken."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        data = source if isinstance(source, bytes) else source.read()
        try:
            # One request: only a whole put knows `create`; a multipart upload does not.
            obstore.put(
                self._store,
                checked_key(key),
                data,
                mode="create",
                use_multipart=False,
            )
        except (AlreadyExistsError, PreconditionError):
            raise FileExistsError(key) from None

    def read(self, key: str) -> bytes:
        """All bytes of a key; raises FileNotFoundError."""
        import obstore

        with _missing_is_file_not_found(key):
            return bytes(obstore.get(self._store, checked_key(key)).bytes())

    def open(self, key: str) -> BinaryIO:
        """A readable stream of a key; raises FileNotFoundError."""
        import obstore

        with _missing_is_file_not_found(key):
            reader = obstore.open_reader(
                self._store, checked_key(key), buffer_size=_PIECE
            )
        return cast("BinaryIO", io.BufferedReader(RemoteStream(reader), _PIECE))

    def exists(self, key: str) -> bool:
        """Whether the key holds bytes."""
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        """The number of bytes of a key; raises FileNotFoundError."""
        import obstore

        with _missing_is_file_not_found(key):
            return int(obstore.head(self._store, checked_key(key))["size"])

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that start with prefix, in order."""
        import obstore

        # A service lists whole path parts; the rest of the prefix is matched here.
        folder = prefix.rpartition("/")[0]
        found: list[str] = []
        for page in obstore.list(self._store, folder or None, chunk_size=_PAGE):
            found += [item["path"] for item in page]
        yield from sorted(key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Erase a key, for withdrawal and expiry alone; no error when it is not there."""
        import obstore

        with contextlib.suppress(FileNotFoundError), _missing_is_file_not_found(key):
            obstore.delete(self._store, checked_key(key))


class RemoteStream(io.RawIOBase):
    """obstore's reader as Python's own raw stream."""

    name = ""  # pydicom asks a buffered stream for it

    def __init__(self, reader: object) -> None:
        self._reader = cast("BinaryIO", reader)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = bytes(self._reader.read(len(view)))
        view[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def _missing_is_file_not_found(key: str) -> Iterator[None]:
    from obstore.exceptions import NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise FileNotFoundError(key) from None


def open_store(address: str, data: Path) -> ObjectStore:
    """The store at an address: `s3://bucket/prefix`, `az://`, `gs://`; `data/objects` when it is blank.

    Credentials and endpoints come from the service's usual environment variables (AWS_ENDPOINT_URL and so on).

    Raises:
        InvalidInput: the address names no service that is known.
    """
    if not address:
        return LocalStore(data / "objects")
    parts = urlsplit(address)
    if parts.scheme not in ("s3", "az", "gs") or not parts.netloc:
        raise InvalidInput(
            "PROVIDENT_STORE is not an address such as s3://bucket/prefix, az://container/prefix or gs://bucket/prefix."
        )
    from obstore.store import from_url

    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    options = {"client_options": {"allow_http": True}} if plain else {}
    return RemoteObjects(from_url(address, **options))  # type: ignore[call-overload]  # one overload per service
