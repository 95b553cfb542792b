"""Which visit an exam belongs to, by the plan's windows in days: as `programme.visit_for`, without the plan at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


FARTHEST = 42  # days outside a window; the same as programme.visits.FARTHEST (a test holds them together)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A visit of the plan: first and last day counted from day 0, both included, and what is written of it."""

    visit: str
    label: str
    timepoint: str
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The visit of an exam, None where it is too far from any; `days_outside` is below 0 when too early."""

    visit: Window | None
    day: int
    days_outside: int

    @property
    def in_window(self) -> bool:
        """Whether it lies inside the window."""
        return self.visit is not None and self.days_outside == 0


def match(windows: Sequence[Window], day: int) -> Match:
    """The visit whose window holds the day, else the nearest; of two equally near, the earlier in the plan."""
    if not windows:
        return Match(visit=None, day=day, days_outside=0)
    nearest = min(windows, key=lambda w: abs(_outside(w, day)))
    outside = _outside(nearest, day)
    if abs(outside) > FARTHEST:
        return Match(visit=None, day=day, days_outside=0)
    return Match(visit=nearest, day=day, days_outside=outside)


def _outside(window: Window, day: int) -> int:
    return min(0, day - window.low) + max(0, day - window.high)
