"""Due dates: working days are Monday to Friday; a country's holidays are not known here."""

from __future__ import annotations

from datetime import date, timedelta

from provident.plan.quantities import Quantity


SATURDAY = 5


def working_days_after(day: date, count: int) -> date:
    """The day that lies `count` working days after another."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def due_on(day: date, within: Quantity) -> date:
    """The last day of a plan's duration that begins on a day."""
    if within.unit == "working day":
        return working_days_after(day, round(within.value))
    if within.unit in {"month", "year"}:
        months = round(within.to("month"))
        return day + timedelta(days=round(months * 30.44))
    return day + timedelta(seconds=within.to("s"))
