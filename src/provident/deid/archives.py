"""ZIP archives inside a folder or a bucket: their members are files like any other, named after the archive.

Nothing is unpacked to disk. What cannot be opened stays one file and waits with its reason.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from provident.deid.sources import (
    Readable,
    Source,
    Unreadable,
    safe_path,
    unpacked_member,
)
from provident.kernel import InvalidInput


_BROKEN = (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError)


class Container(Protocol):
    """A file that may be an archive: what opens it, and its name."""

    @property
    def name(self) -> str:
        """What it is called in the input."""
        ...

    def open(self) -> BinaryIO:
        """A stream of it that can seek."""
        ...


@dataclass(frozen=True, slots=True)
class InFolder:
    """An archive on disk."""

    source: Source

    @property
    def name(self) -> str:
        """What it is called in the input."""
        return self.source.name

    def open(self) -> BinaryIO:
        """A stream of it."""
        return (self.source.container / self.source.name).open("rb")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive."""

    container: Container
    member: str
    size: int
    checksum: int

    @property
    def name(self) -> str:
        """The archive's name and its own."""
        return f"{self.container.name}/{self.member}"

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: it has gone, is encrypted, cannot be unpacked, or unpacks to too much.
        """
        try:
            with self.container.open() as raw, zipfile.ZipFile(raw) as archive:
                return unpacked_member(archive, archive.getinfo(self.member))
        except (*_BROKEN, KeyError):
            raise Unreadable("unreadable") from None

    def stamp(self) -> str:
        """Size and checksum, as the archive told them when it was listed."""
        return f"{self.size}-{self.checksum:08x}"


def expanded(
    found: Iterable[Readable], container: Callable[[Readable], Container | None]
) -> Iterator[Readable]:
    """The files, and instead of each archive its members in the order of their names.

    An archive that cannot be opened, or that is empty, stays a file: it waits as no DICOM.
    """
    for source in found:
        inside = container(source) if _may_be(source.name) else None
        members = _members(inside) if inside is not None else []
        yield from members or [source]


def in_folder(source: Readable) -> Container | None:
    """A file of a folder as an archive; a member of the one archive that was named is none."""
    return InFolder(source) if isinstance(source, Source) and not source.packed else None  # fmt: skip


def _may_be(name: str) -> bool:
    return name.lower().endswith(".zip")


def _members(container: Container) -> list[Readable]:
    try:
        with container.open() as raw, zipfile.ZipFile(raw) as archive:
            told = [m for m in archive.infolist() if not m.is_dir()]
    except _BROKEN:
        return []
    names = {m.filename for m in told}
    if len(names) != len(told):
        return []
    return [
        Member(container, m.filename, m.file_size, m.CRC)
        for m in sorted(told, key=lambda m: m.filename)
    ]


def refuse_clashes(found: Iterable[Readable]) -> None:
    """Two files may not have the same place in the output, nor one the place of another's folder.

    Raises:
        InvalidInput: names differ only in what is not kept of them (`..`, a drive, the end of a
            very long name).
    """
    places: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    clashes = 0
    for source in found:
        place = safe_path(source.name)
        clashes += place in places
        places.add(place)
        folders.update(place.parents)
    clashes += len(places & folders)
    if clashes:
        raise InvalidInput(
            f"{clashes} files of the input would have the same name in the output: their names differ only in "
            "parts that cannot be kept (.., a drive letter, what follows 120 characters). Rename them, or unpack "
            "the archive into a folder first."
        )
