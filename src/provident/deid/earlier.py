"""What an earlier run left in OUT: only the same profile, key and layout may go on there.

Two keys in one output would give one person two faces, two profiles would leave behind what the newer one
removes: such a run is refused, or starts anew and takes away first what the earlier one made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from provident.deid.identity import SiteKey
from provident.deid.outcomes import Outcome
from provident.deid.profile import Profile
from provident.kernel import Refused


def made_by(profile: Profile, key: SiteKey, *, file_ids: bool = False) -> str:
    """What a run is told by in its journal: profile, key (by a check value), layout of names."""
    layout = "file ids" if file_ids else "names"
    return f"{profile.hash} {key.mac('journal').hex()[:16]} {layout}"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run: what made it, and what became of each original."""

    made_by: str
    outcomes: tuple[Outcome, ...] = ()

    @classmethod
    def read(cls, journal: Path) -> Earlier | None:
        """From its journal; None where there is none."""
        try:
            text = journal.read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return None
        head, *lines = text.splitlines() or [""]
        told = _entry(head)
        found = {o.name: o for o in map(_outcome, lines) if o is not None}
        return cls(str(told.get("profile", "")), tuple(found.values())) if told else None  # fmt: skip

    def difference(self, now: str) -> str:
        """In words, what makes this run another one; empty when it may go on."""
        if self.made_by == now:
            return ""
        then, here = (told.split(" ", 2) for told in (self.made_by, now))
        if len(then) < len(here) or then[1] != here[1]:
            return "another key"
        if then[0] != here[0]:
            return "another profile (another version, or other text or pixel settings)"
        return "names of another form (with or without a DICOMDIR)"

    def stale(self, outcomes: Iterable[Outcome]) -> list[str]:
        """Outputs of originals that are there still and no longer come out under that name."""
        now = {o.name: o.out for o in outcomes}
        kept = set(now.values())
        return sorted(
            o.out
            for o in self.outcomes
            if o.out and o.name in now and now[o.name] != o.out and o.out not in kept
        )

    def left(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """What came out of originals that are not in the input any more."""
        done = list(outcomes)
        now, kept = {o.name for o in done}, {o.out for o in done}
        return [
            o
            for o in self.outcomes
            if o.out and o.name not in now and o.out not in kept
        ]


def refuse_other(
    earlier: Earlier | None, now: str, out: str, empty: Callable[[], bool]
) -> None:
    """A run may begin in an empty OUT, or go on where the same profile, key and layout began.

    Raises:
        Refused: OUT holds something else.
    """
    if earlier is None:
        if not empty():
            raise Refused(
                f"{out}: it is not empty, and no journal beside it says what is in it. Choose an empty folder, so "
                "that nothing leaves that was not de-identified."
            )
        return
    why = earlier.difference(now)
    if why:
        raise Refused(
            f"{out}: an earlier run filled it with {why}. Choose another OUT, or say --anew: what that run made is "
            "deleted there first, and all files are de-identified again."
        )


def _outcome(line: str) -> Outcome | None:
    told = _entry(line)
    name, out = told.get("in"), told.get("out")
    if not isinstance(name, str):
        return None
    return Outcome(
        name,
        out if isinstance(out, str) else None,
        was=str(told.get("was") or ""),
        sha256=str(told.get("sha256") or ""),
    )


def _entry(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}  # the line that was being written when the run was stopped
    return told if isinstance(told, dict) else {}
