"""Where what may leave is written: a folder, or one ZIP archive."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from provident.deid.outcomes import Outlet, written
from provident.kernel import InvalidInput


_EARLIEST = (1980, 1, 1, 0, 0, 0)  # what an archive can say at the earliest


class Store(Outlet, Protocol):
    """An outlet that can be listed, read and cleared, and that is closed at the end of a run."""

    def names(self) -> Iterator[str]:
        """All that is there, by relative names."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A stream of one file."""
        ...

    def remove(self, name: str) -> None:
        """Take one away; no error where it is not there."""
        ...

    def finish(self) -> None:
        """All is written: bring it into its last form."""
        ...


@dataclass(frozen=True, slots=True)
class FolderOutlet:
    """A folder."""

    folder: Path

    def put(self, name: str, data: bytes) -> None:
        """Write one whole."""
        written(self.folder / name, data)

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return (self.folder / name).is_file()

    def names(self) -> Iterator[str]:
        """All files, in order."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() or path.is_symlink():
                yield path.relative_to(self.folder).as_posix()

    def open(self, name: str) -> BinaryIO:
        """A stream of one file."""
        return (self.folder / name).open("rb")

    def remove(self, name: str) -> None:
        """Take one away, and the folders that are empty then."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == self.folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()

    def finish(self) -> None:
        """Take away what a stopped run left half written."""
        for path in self.folder.rglob(".*.part"):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class ZipOutlet:
    """One archive. Files are gathered in a folder beside it, and packed at the end of the run.

    The same files give the same archive: names in order, no times, not compressed (images hardly
    shrink, and no other version of a compressor can then change a byte).
    """

    archive: Path

    @property
    def _gathered(self) -> FolderOutlet:
        return FolderOutlet(self.archive.with_name(f".{self.archive.name}.files"))

    def put(self, name: str, data: bytes) -> None:
        """Keep one for the archive."""
        self._gathered.put(name, data)

    def has(self, name: str) -> bool:
        """Whether it is gathered or packed."""
        return self._gathered.has(name) or name in _packed(*self._state())

    def names(self) -> Iterator[str]:
        """All that is gathered or packed, in order."""
        yield from sorted({*_packed(*self._state()), *self._gathered.names()})

    def open(self, name: str) -> BinaryIO:
        """A stream of one file."""
        if self._gathered.has(name):
            return self._gathered.open(name)
        with zipfile.ZipFile(self.archive) as packed:
            return packed.open(name)  # type: ignore[return-value]  # reads as a binary file does

    def remove(self, name: str) -> None:
        """Take one away."""
        self._gathered.remove(name)
        if name in _packed(*self._state()):
            self._pack([n for n in self.names() if n != name])

    def finish(self) -> None:
        """Pack what was gathered with what was packed before, in one step."""
        self._gathered.finish()
        if self._gathered.folder.is_dir() or not self.archive.exists():
            self._pack(list(self.names()))
        shutil.rmtree(self._gathered.folder, ignore_errors=True)

    def _pack(self, names: list[str]) -> None:
        part = self.archive.with_name(f".{self.archive.name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
            for name in names:
                told = zipfile.ZipInfo(name, _EARLIEST)
                told.external_attr = 0o644 << 16
                told.create_system = 3  # the same on every system
                with self.open(name) as source, out.open(told, "w", force_zip64=True) as into:  # fmt: skip
                    shutil.copyfileobj(source, into, 1 << 20)
        part.replace(self.archive)

    def _state(self) -> tuple[Path, int]:
        try:
            return self.archive, self.archive.stat().st_mtime_ns
        except OSError:
            return self.archive, 0


@lru_cache(maxsize=2)
def _packed(archive: Path, changed: int) -> frozenset[str]:
    if not changed:
        return frozenset()
    try:
        with zipfile.ZipFile(archive) as packed:
            return frozenset(packed.namelist())
    except (zipfile.BadZipFile, OSError):
        raise InvalidInput(
            f"{archive}: this is no ZIP archive that can be read. Choose another OUT."
        ) from None
