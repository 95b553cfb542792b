"""What an amendment changes, in words, and whom it affects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provident.kernel import InvalidInput
from provident.plan import Loaded, kind_of
from provident.plan.places import Path, path_text


# Who must know of a change in a kind of file, as a person would name them.
AFFECTED: Mapping[str, tuple[str, ...]] = {
    "study": ("everybody",),
    "sites": ("sites", "trial manager"),
    "people": ("everybody",),
    "consent": ("sites", "ethics committee"),
    "imaging": ("radiographers", "quality control"),
    "phantoms": ("radiographers", "quality control"),
    "deidentification": ("sites", "data protection"),
    "quality": ("quality control", "sites"),
    "reading": ("readers", "statisticians"),
    "forms": ("readers", "statisticians", "data managers"),
    "flows": ("sites", "data protection"),
    "costs": ("trial manager",),
    "economics": ("health economists",),
    "evidence": ("sponsor",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one value.

    Attributes:
        file: the plan file.
        path: the way to the value.
        kind: added, removed or changed.
        old: the value before; None when it was added.
        new: the value after; None when it was removed.
        affects: who must know.
    """

    file: str
    path: Path
    kind: str
    old: Any
    new: Any
    affects: tuple[str, ...]

    def words(self) -> str:
        """The change as a sentence."""
        what = path_text(self.path) or "the file"
        if self.kind == "added":
            return f"{what} is new: {_shown(self.new)}"
        if self.kind == "removed":
            return f"{what} is gone (was {_shown(self.old)})"
        return f"{what} changes from {_shown(self.old)} to {_shown(self.new)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All changes between two versions of a plan."""

    old_version: str
    new_version: str
    changes: tuple[Change, ...]

    def by_affected(self) -> dict[str, list[Change]]:
        """The changes by who must know of them; one change may stand under several."""
        groups: dict[str, list[Change]] = {}
        for change in self.changes:
            for who in change.affects:
                groups.setdefault(who, []).append(change)
        return groups

    def lines(self) -> list[str]:
        """The difference for a person."""
        if not self.changes:
            return ["The two plans say the same."]
        lines = [f"Version {self.old_version} to {self.new_version}"]
        if self.old_version == self.new_version:
            lines.append(
                "The version is the same: an amendment needs a new version in study.yaml."
            )
        for who, changes in self.by_affected().items():
            lines += ["", f"For {who}:"]
            lines += [f"  {c.file}: {c.words()}" for c in changes]
        return lines

    def as_json(self) -> dict[str, Any]:
        """The difference as a JSON document."""
        return {
            "old": self.old_version,
            "new": self.new_version,
            "changes": [
                {
                    "file": c.file,
                    "path": path_text(c.path),
                    "kind": c.kind,
                    "old": c.old,
                    "new": c.new,
                    "words": c.words(),
                    "affects": list(c.affects),
                }
                for c in self.changes
            ],
        }


def difference(old: Loaded, new: Loaded) -> Difference:
    """What changes from one plan to the other; comments and the order of keys do not count.

    Raises:
        InvalidInput: one of the two does not load.
    """
    for which, loaded in (("old", old), ("new", new)):
        if loaded.plan is None:
            raise InvalidInput(f"the {which} plan does not load", loaded.findings)
    before, after = old.documents, new.documents
    changes: list[Change] = []
    for file in sorted({*before, *after}):
        kind = kind_of(file, after.get(file, before.get(file)))
        affects = AFFECTED[kind.name] if kind else ("everybody",)
        changes += [
            Change(file=file, path=path, kind=how, old=a, new=b, affects=affects)
            for path, how, a, b in _changes(before.get(file), after.get(file), ())
        ]
    return Difference(
        old_version=old.require().version,
        new_version=new.require().version,
        changes=tuple(changes),
    )


def _changes(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _changes(old.get(key), new.get(key), (*path, key))
    elif old == new:
        return
    elif old is None:
        yield path, "added", None, new
    elif new is None:
        yield path, "removed", old, None
    else:
        yield path, "changed", old, new


def _shown(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, dict):
        inside = ", ".join(f"{k}: {_shown(v)}" for k, v in value.items())
        return inside if len(inside) <= 120 else f"{', '.join(map(str, value))}"
    if isinstance(value, list):
        return ", ".join(_shown(v) for v in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
