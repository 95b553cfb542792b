"""Where each key and value of a plan stands: file, line and column, both from 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provident.kernel import Place


Path = tuple[str | int, ...]
"""The way to a value in a document: keys and list positions from the top."""


def path_text(path: Path) -> str:
    """A path as a trial team reads it: `visits.week12.window`, `waived[0].by`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(slots=True)
class FilePlaces:
    """The lines and columns of one file: of each value, and of the key before it.

    `cut` holds the paths of keys without a value inside `{ }`: most often the rest of a
    text that a comma has cut, as in `{why: read twice, then fixed}`.
    """

    file: str
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    cut: set[Path] = field(default_factory=set)

    def value(self, path: Path) -> Place:
        """The place of a value, or of the nearest thing around it that the file has."""
        return self._nearest(self.values, path)

    def key(self, path: Path) -> Place:
        """The place of the key that names a value; the value's own place in a list."""
        if path in self.keys:
            line, column = self.keys[path]
            return Place(file=self.file, line=line, column=column)
        if path in self.values:
            return self.value(path)
        return self.key(path[:-1]) if path else self.value(())

    def _nearest(self, places: Mapping[Path, tuple[int, int]], path: Path) -> Place:
        while path and path not in places:
            path = path[:-1]
        line, column = places.get(path, (1, 1))
        return Place(file=self.file, line=line, column=column)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of all files of a plan."""

    files: Mapping[str, FilePlaces] = field(default_factory=dict)

    def of(self, file: str, path: Path = ()) -> Place:
        """The place of a value; the file's first line when the file is not there."""
        places = self.files.get(file)
        return places.value(path) if places else Place(file=file, line=1, column=1)

    def of_key(self, file: str, path: Path = ()) -> Place:
        """The place of the key that names a value."""
        places = self.files.get(file)
        return places.key(path) if places else Place(file=file, line=1, column=1)
