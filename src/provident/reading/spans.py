"""Durations of a plan on the calendar: months and years end on the same day of the month, working days are weekdays."""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta

from provident.plan.quantities import Quantity


_LONGEST = 100  # years: what is longer does not end


def after(day: date, span: Quantity) -> date:
    """The day that lies a duration after another: 31 January and 1 month is the last of February."""
    if span.unit in ("month", "year"):
        return _months_after(day, round(span.to("month")))
    return day + timedelta(days=min(math.ceil(_days(span)), _LONGEST * 365))


def before(day: date, span: Quantity) -> date:
    """The day that lies a duration before another."""
    if span.unit in ("month", "year"):
        return _months_after(day, -round(span.to("month")))
    return day - timedelta(days=min(math.ceil(_days(span)), _LONGEST * 365))


def _days(span: Quantity) -> float:
    # Five working days are a week.
    return span.value * 7 / 5 if span.unit == "working day" else span.to("d")


def _months_after(day: date, months: int) -> date:
    months = max(-_LONGEST * 12, min(months, _LONGEST * 12))
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < 1:
        return date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
