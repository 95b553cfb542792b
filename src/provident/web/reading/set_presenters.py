"""Lines of the pages of attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provident import reading
from provident.web.reading.models import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlace:
    """One case of an attempt as its reader sees it: a number, a state, a token."""

    number: int
    token: str
    state: str


def places(rows: Iterable[Assignment]) -> list[TestPlace]:
    """The cases of an attempt in their order."""
    return [
        TestPlace(number=number, token=a.token, state=a.state)
        for number, a in enumerate(rows, 1)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One value of a test case: the reader's beside the reference."""

    number: int
    visit: str
    own: str
    reference: str
    differs: bool


def compared(
    design: reading.ReadDesign,
    own: Mapping[str, reading.Read],
    reference: Mapping[str, reading.Read],
) -> list[Compared]:
    """The form's derived values at each time point, the reader's beside the reference, where they can be compared."""
    made = []
    for number, name in enumerate(sorted(own), 1):
        for visit, entry in own[name].visits.items():
            other = reference[name].visits.get(visit) if name in reference else None
            if other is None:
                continue
            for derived in (d.id for d in design.form.derivations):
                mine, theirs = entry.derived.get(derived), other.derived.get(derived)
                if mine is not None or theirs is not None:
                    made.append(
                        Compared(
                            number=number, visit=f"{visit.replace('_', ' ')}: {derived.replace('_', ' ')}",
                            own=_shown(mine), reference=_shown(theirs), differs=mine != theirs,
                        )
                    )  # fmt: skip
    return made


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)  # fmt: skip
