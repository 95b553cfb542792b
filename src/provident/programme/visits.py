"""Which visit an exam belongs to, and which scans a plan expects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from provident.plan import Plan
from provident.plan.models.study import Visit
from provident.plan.quantities import convert


FARTHEST = 42
"""Days outside a window beyond which an exam is of no visit: six weeks, half the usual
distance of follow-up visits. Such an exam is kept as unscheduled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMatch:
    """The visit of an exam.

    Attributes:
        visit: the visit's id; None when the exam is too far from any.
        in_window: whether it lies inside the visit's window.
        day: days from the anchor (day 0) to the acquisition.
        days_outside: days from the window's near end; below 0 too early, above 0 too late,
            0 inside, and 0 when there is no visit.
    """

    visit: str | None
    in_window: bool
    day: int
    days_outside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKind:
    """A scan that every participant is expected to have: a visit and an exam."""

    visit: str
    exam: str


def window_days(visit: Visit) -> tuple[int, int]:
    """First and last day of a visit's window, counted from the anchor; both belong to it."""
    low = convert(visit.window.low, visit.window.unit, "d")
    high = convert(visit.window.high, visit.window.unit, "d")
    return math.ceil(low - 1e-9), math.floor(high + 1e-9)


def window_dates(visit: Visit, anchor: date) -> tuple[date, date]:
    """First and last date of a visit's window for one participant."""
    low, high = window_days(visit)
    return anchor + timedelta(days=low), anchor + timedelta(days=high)


def slots_for(plan: Plan) -> tuple[SlotKind, ...]:
    """Every scan that a participant is expected to have, in the order of the visits."""
    return tuple(
        SlotKind(visit=name, exam=exam)
        for name, visit in plan.study.visits.items()
        for exam in visit.imaging
    )


def _outside(day: int, visit: Visit) -> int:
    """Days outside the window: below 0 too early, above 0 too late."""
    low, high = window_days(visit)
    return min(0, day - low) + max(0, day - high)


def visit_for(
    plan: Plan, anchor: date, acquired: date, *, exam: str | None = None
) -> VisitMatch:
    """The visit that an exam acquired on a date belongs to.

    The visit whose window holds the date, else the nearest one; where two are equally
    near, the earlier visit, as a late scan is likelier than one far too early.

    Args:
        plan: the plan.
        anchor: the participant's day 0 (`study.anchor`).
        acquired: the true date of acquisition.
        exam: where given, only visits that make this exam count.
    """
    day = (acquired - anchor).days
    candidates = [
        (name, _outside(day, visit))
        for name, visit in plan.study.visits.items()
        if exam is None or exam in visit.imaging
    ]
    if not candidates:
        return VisitMatch(visit=None, in_window=False, day=day, days_outside=0)
    name, outside = min(candidates, key=lambda c: abs(c[1]))
    if abs(outside) > FARTHEST:
        return VisitMatch(visit=None, in_window=False, day=day, days_outside=0)
    return VisitMatch(visit=name, in_window=outside == 0, day=day, days_outside=outside)
