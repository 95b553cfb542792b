"""The files of a folder, of one file, or of a ZIP archive, in a stable order."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from provident.kernel import InvalidInput


# A member that unpacks to more, or is packed tighter, is no DICOM file but an attack.
LARGEST_MEMBER = 8 << 30
TIGHTEST = 500
ZIP_FIRST = b"PK\x03\x04"


class Unreadable(Exception):
    """A file that cannot be read; `reason` is a public code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Readable(Protocol):
    """One file to be de-identified, wherever it lies."""

    @property
    def name(self) -> str:
        """What it is called in the input: identifiable."""
        ...

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: it has gone, or cannot be read.
        """
        ...

    def stamp(self) -> str:
        """What changes when the file does."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be de-identified: where it is, and what it is called in the input."""

    container: Path
    name: str
    packed: bool = False

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: it has gone, cannot be unpacked, or unpacks to too much.
        """
        try:
            return self._unpack() if self.packed else self._from_disk()
        except (
            OSError,
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ):
            raise Unreadable("unreadable") from None

    def _from_disk(self) -> bytes:
        path = self.container / self.name
        if not path.is_file():  # a pipe or a socket would be waited for without end
            raise Unreadable("unreadable")
        return path.read_bytes()

    def _unpack(self) -> bytes:
        with zipfile.ZipFile(self.container) as archive:
            return unpacked_member(archive, archive.getinfo(self.name))

    def stamp(self) -> str:
        """What changes when the file does: size and time, or size and checksum."""
        if self.packed:
            with zipfile.ZipFile(self.container) as archive:
                member = archive.getinfo(self.name)
                return f"{member.file_size}-{member.CRC:08x}"
        told = (self.container / self.name).stat()
        return f"{told.st_size}-{told.st_mtime_ns}"


def unpacked_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One member's bytes.

    Raises:
        Unreadable: it is encrypted, or unpacks to far too much.
    """
    if member.flag_bits & 1:
        raise Unreadable("encrypted")
    tight = member.file_size > TIGHTEST * max(member.compress_size, 1024)
    if member.file_size > LARGEST_MEMBER or tight:
        raise Unreadable("too_large")
    with archive.open(member) as stream:
        data = stream.read(member.file_size + 1)
    if len(data) > member.file_size:
        raise Unreadable("too_large")
    return data


def sources(path: Path) -> Iterator[Source]:
    """All files below a folder (links to folders are not followed), the one file, or the archive's.

    Raises:
        InvalidInput: nothing is there, or a ZIP archive cannot be read.
    """
    if path.is_dir():
        yield from _folder(path)
    elif path.is_file():
        if _is_archive(path):
            yield from _archive(path)
        else:
            yield Source(path.parent, path.name)
    else:
        raise InvalidInput(f"{path}: there is no such file or folder.")


def _is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == ZIP_FIRST


def _folder(top: Path) -> Iterator[Source]:
    for folder, inner, names in os.walk(top, onerror=_cannot_list):
        inner.sort()
        for name in sorted(names):
            relative = (Path(folder) / name).relative_to(top)
            yield Source(top, relative.as_posix())


def _cannot_list(error: OSError) -> None:
    raise InvalidInput(
        f"{error.filename}: this folder cannot be read ({error.strerror}). Nothing was de-identified, so that no file is passed over."
    )


def _archive(path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m.filename for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, OSError):
        raise InvalidInput(
            f"{path}: the ZIP archive cannot be read; pack it again."
        ) from None
    if len(set(members)) != len(members):
        raise InvalidInput(
            f"{path}: two files of the ZIP archive have the same name; pack it again."
        )
    for name in sorted(members):
        yield Source(path, name, packed=True)


def safe_path(name: str) -> PurePosixPath:
    """A relative path inside a folder, whatever an archive calls its member."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    kept = [p for p in parts if p not in ("/", "..", ".", "") and ":" not in p]
    return PurePosixPath(*(p[:120] for p in kept)) if kept else PurePosixPath("file")
