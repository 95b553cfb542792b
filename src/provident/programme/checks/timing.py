"""The study's calendar as the checks count it."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from provident.plan import Plan
from provident.plan.quantities import Quantity, Rate
from provident.programme.visits import window_days


DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_WORKING_DAY = 7 / 5


def days(duration: Quantity) -> float:
    """A duration in calendar days; five working days are seven days, a month 30.4 days."""
    if duration.unit == "working day":
        return duration.value * DAYS_PER_WORKING_DAY
    if duration.unit in ("month", "year"):
        return duration.to("month") * DAYS_PER_MONTH
    return duration.to("d")


def per_week(rate: Rate) -> float | None:
    """How many, or how many of the rate's unit, in a week; None when it is not by time."""
    weeks = {"day": 1 / 7, "week": 1.0, "month": DAYS_PER_MONTH / 7, "year": 365.25 / 7}
    times = [weeks[p.rstrip("s")] for p in rate.per if p.rstrip("s") in weeks]
    return rate.value / times[0] if len(times) == 1 else None


def per_month(rate: Rate) -> float | None:
    """How many in a month; None when the rate is not by time."""
    weekly = per_week(rate)
    return None if weekly is None else weekly * DAYS_PER_MONTH / 7


def first_scan(plan: Plan) -> date:
    """The earliest date on which a participant may be scanned."""
    first = min(window_days(v)[0] for v in plan.study.visits.values())
    return plan.study.milestones.first_participant + timedelta(days=min(first, 0))


def last_scan(plan: Plan) -> date:
    """The last date on which a participant may be scanned by the plan's windows."""
    last = max(window_days(v)[1] for v in plan.study.visits.values())
    return plan.study.milestones.last_participant + timedelta(days=last)


def first_case(plan: Plan, visits: tuple[str, ...]) -> date:
    """The earliest date on which a first participant has all these visits."""
    starts = [
        window_days(plan.study.visits[v])[0] for v in visits if v in plan.study.visits
    ]
    return plan.study.milestones.first_participant + timedelta(
        days=max(starts, default=0)
    )


def months_between(start: date, end: date) -> float:
    """Months from one date to another, with the part of a month as its share of days."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    in_month = calendar.monthrange(end.year, end.month)[1]
    return whole + (end.day - start.day) / in_month
