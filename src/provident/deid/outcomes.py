"""What became of each file, where it is written, and the journal by which a stopped run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provident.deid.sources import Readable, safe_path


class Outlet(Protocol):
    """Where files that may leave are written, by their relative names."""

    def put(self, name: str, data: bytes) -> None:
        """Write one whole, or not at all."""
        ...

    def has(self, name: str) -> bool:
        """Whether it was written."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `name` is its path in the input: identifiable."""

    name: str
    out: str | None
    reason: str | None = None
    # Which original it was, under the site's key (`passing.originals_of`): it tells nobody else which file that is.
    was: str = ""
    sha256: str = ""
    removed: tuple[int, ...] = ()  # attributes, as far as this run saw them

    def as_json(self) -> dict[str, str | None]:
        """As the command line contract writes it."""
        return {"in": self.name, "out": self.out, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run writes. All but `out` identify people."""

    out: Path
    quarantine: Path
    journal: Path

    def put(self, name: str, data: bytes) -> None:
        """Write a file that may leave."""
        written(self.out / name, data)

    def put_pieces(self, name: str, pieces: Iterable[bytes | memoryview]) -> None:
        """The same of a file that is not in memory at once."""
        written_pieces(self.out / name, pieces)

    def has(self, name: str) -> bool:
        """Whether it was written."""
        return (self.out / name).is_file()

    @property
    def faces(self) -> Path:
        """Pictures and reports of exams whose faces were removed, for people of the site."""
        return self.out.with_name(f"{self.out.name}.faces")

    @classmethod
    def beside(cls, out: Path) -> Places:
        """The usual places: beside the output, never in it."""
        return cls(
            out=out,
            quarantine=out.with_name(f"{out.name}.quarantine"),
            journal=out.with_name(f"{out.name}.journal"),
        )


class Journal:
    """What is done already, one line a file, so that a stopped run goes on. Holds input paths."""

    def __init__(self, places: Places, profile_hash: str, outlet: Outlet) -> None:
        path = places.journal
        self._path = path
        self._places = places
        self._outlet = outlet
        self._lines: dict[str, dict[str, str | None]] = {}
        self._head = json.dumps({"profile": profile_hash})
        fresh = not self._load()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            path,
            os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if fresh else os.O_APPEND),
            0o600,
        )
        self._stream = os.fdopen(
            handle, "w", encoding="utf-8", errors="surrogateescape"
        )
        if fresh:
            self._stream.write(self._head + "\n")
            # On disk before the first output: a run that is killed at once is known again.
            self._stream.flush()

    def _load(self) -> bool:
        try:
            text = self._path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return False
        head, *lines = text.splitlines() or [""]
        if head != self._head:
            return False
        for line in lines:
            try:
                told = json.loads(line)
                self._lines[told["in"]] = told
            except (ValueError, KeyError, TypeError):
                continue  # the line that was being written when the run was stopped
        return True

    def known(self, source: Readable) -> Outcome | None:
        """What became of a file that has not changed since and whose result is still there."""
        told = self._lines.get(source.name)
        if told is None or told.get("stamp") != _stamp(source):
            return None
        out = told["out"]
        kept = (
            self._outlet.has(out)
            if out is not None
            else (self._places.quarantine / safe_path(source.name)).is_file()
        )
        hashes = (told.get("was") or "", told.get("sha256") or "")
        return Outcome(source.name, out, told["reason"], *hashes) if kept else None

    def add(self, source: Readable, outcome: Outcome) -> None:
        """Record one result."""
        hashes = {"was": outcome.was, "sha256": outcome.sha256}
        line = outcome.as_json() | hashes | {"stamp": _stamp(source)}
        self._stream.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """Write what is left."""
        self._stream.close()


def _stamp(source: Readable) -> str:
    try:
        return source.stamp()
    except OSError:
        return ""


def written(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file whole, in one step; a private one for its owner alone."""
    written_pieces(path, (data,), private=private)


def written_pieces(
    path: Path, pieces: Iterable[bytes | memoryview], *, private: bool = False
) -> None:
    """The same of what comes in pieces; where that fails, nothing is left."""
    part = path.with_name(f".{path.name}.part")
    handle = _created(part, private)
    try:
        for piece in pieces:
            _write_all(handle, piece)
    except BaseException:
        os.close(handle)
        part.unlink(missing_ok=True)
        raise
    os.close(handle)
    os.replace(part, path)  # as fast as it can be


def _created(path: Path, private: bool) -> int:
    flags, mode = os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666
    flags |= getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, mode)
    except FileNotFoundError:  # most often the folder is there
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        return os.open(path, flags, mode)


def _write_all(handle: int, piece: bytes | memoryview) -> None:
    done = os.write(handle, piece)
    while done < len(piece):
        done += os.write(handle, memoryview(piece)[done:])
