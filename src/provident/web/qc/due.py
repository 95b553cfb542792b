"""The plan's days of a query: reminders and escalation."""

from __future__ import annotations

from datetime import date, timedelta

from provident import qc
from provident.plan.models.quality import Quality


EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


def escalates_on(opened: date, quality: Quality) -> date:
    """The last day before the trial manager steps in."""
    return qc.due_on(opened, quality.queries.escalate)


def reminds_on(due: date, reminded: date | None, quality: Quality) -> date | None:
    """The next day on which a site is reminded; None where the plan does not want it."""
    every = EVERY.get(quality.queries.remind)
    return None if every is None else (reminded or due) + every
