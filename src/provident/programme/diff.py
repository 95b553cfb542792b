"""What an amendment changes, in words, and whom it affects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provident.kernel import InvalidInput
from provident.plan import Loaded, kind_of
from provident.plan.places import Path, path_text


LONGEST = 240  # characters of a value that is told

# Who must know of a change in a kind of file, as a person would name them.
AFFECTED: Mapping[str, tuple[str, ...]] = {
    "study": ("everybody",),
    "sites": ("sites", "trial manager"),
    "people": ("everybody",),
    "consent": ("sites", "ethics committee"),
    "imaging": ("radiographers", "quality control"),
    "phantoms": ("radiographers", "quality control"),
    "processing": ("physicists", "statisticians", "data managers"),
    "deidentification": ("sites", "data protection"),
    "quality": ("quality control", "sites"),
    "reading": ("readers", "statisticians"),
    "forms": ("readers", "statisticians", "data managers"),
    "flows": ("sites", "data protection"),
    "costs": ("trial manager",),
    "economics": ("health economists",),
    "evidence": ("sponsor",),
}
# study.yaml holds what concerns different people: by its first key, where that is not everybody.
AFFECTED_IN_STUDY: Mapping[str, tuple[str, ...]] = {
    "version": (),  # every amendment has a new one
    "registration": ("trial manager", "sponsor"),
    "sponsor": ("trial manager", "sponsor"),
    "arms": ("sites", "statisticians", "ethics committee"),
    "blinded_to": ("everybody",),
    "population": ("sites", "statisticians", "ethics committee"),
    "anchor": ("sites", "statisticians"),
    "visits": ("sites", "radiographers", "quality control", "statisticians"),
    "milestones": ("sites", "trial manager", "statisticians"),
    "recruitment": ("sites", "trial manager"),
    "not_done": ("sites", "statisticians"),
    "outcomes": ("statisticians", "sponsor"),
    "waived": ("trial manager", "sponsor"),
}
# Whom the words mean, by the roles of the platform: who must acknowledge an amendment.
GROUPS_OF: Mapping[str, frozenset[str]] = {
    "trial_manager": frozenset(
        {
            "everybody",
            "trial manager",
            "data managers",
            "data protection",
            "sponsor",
            "ethics committee",
        }
    ),
    "site": frozenset({"everybody", "sites", "radiographers"}),
    "qc": frozenset({"everybody", "quality control"}),
    "reader": frozenset({"everybody", "readers"}),
    "adjudicator": frozenset({"everybody", "readers"}),
    "statistician": frozenset({"everybody", "statisticians", "health economists"}),
    "monitor": frozenset({"everybody"}),
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

    def grouped(self) -> list[tuple[str, list[Change]]]:
        """The same without repetition: people for whom the same changes are told together."""
        told: dict[tuple[int, ...], tuple[list[str], list[Change]]] = {}
        for who, changes in self.by_affected().items():
            told.setdefault(tuple(map(id, changes)), ([], changes))[0].append(who)
        return [(_together(names), changes) for names, changes in told.values()]

    def for_role(self, role: str) -> tuple[Change, ...]:
        """The changes that people of a platform's role must know of; none for a role that there is not."""
        groups = GROUPS_OF.get(role, frozenset())
        return tuple(c for c in self.changes if groups & set(c.affects))

    def lines(self) -> list[str]:
        """The difference for a person."""
        if not self.changes:
            return ["The two plans say the same."]
        lines = [f"Version {self.old_version} to {self.new_version}"]
        if not self.by_affected():
            lines.append("Nothing else changes for anybody.")
        if self.old_version == self.new_version:
            lines.append(
                "The version is the same: an amendment needs a new version in study.yaml."
            )
        for who, changes in self.grouped():
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


def _together(names: list[str]) -> str:
    """`readers, statisticians and data managers`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


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
        changes += [
            Change(
                file=file, path=path, kind=how, old=a, new=b,
                affects=_affected(kind.name if kind else "", path),
            )
            for path, how, a, b in _changes(before.get(file), after.get(file), ())
        ]  # fmt: skip
    return Difference(
        old_version=old.require().version,
        new_version=new.require().version,
        changes=tuple(changes),
    )


def _affected(kind: str, path: Path) -> tuple[str, ...]:
    """Who must know of a change of that value; everybody where nothing says otherwise."""
    if kind == "study" and path and path[0] in AFFECTED_IN_STUDY:
        return AFFECTED_IN_STUDY[str(path[0])]
    return AFFECTED.get(kind, ("everybody",))


def _changes(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _changes(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _changes_of_lists(old, new, path)
    elif old == new:
        return
    elif old is None:
        yield path, "added", None, new
    elif new is None:
        yield path, "removed", old, None
    else:
        yield path, "changed", old, new


def _changes_of_lists(
    old: list[Any], new: list[Any], path: Path
) -> Iterator[tuple[Path, str, Any, Any]]:
    """Entries that went and came; a list of plain values, or one in another order, is told whole."""
    gone = [(i, e) for i, e in enumerate(old) if e not in new]
    come = [(i, e) for i, e in enumerate(new) if e not in old]
    if old == new:
        return
    if not all(isinstance(e, dict) for e in [*old, *new]) or not (gone or come):
        yield path, "changed", old, new
        return
    for i, entry in gone:
        yield (*path, i), "removed", entry, None
    for i, entry in come:
        yield (*path, i), "added", None, entry


def _shown(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, dict):
        inside = ", ".join(f"{k}: {_shown(v)}" for k, v in value.items())
        return inside if len(inside) <= LONGEST else f"{inside[:LONGEST].rstrip()}…"
    if isinstance(value, list):
        return ", ".join(_shown(v) for v in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
