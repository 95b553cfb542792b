"""The plan's clocks of queries: who is late today is reminded, and escalated."""

from __future__ import annotations

from provident.kernel import Clock
from provident.web.qc import actions, selectors
from provident.web.qc.due import escalates_on, reminds_on
from provident.web.studies.plans import plan_in_force
from provident.web.studies.selectors import Study


def tick(study: Study, clock: Clock) -> None:
    """Remind of and escalate what is late in a study today."""
    quality, today = plan_in_force(study).quality, clock.now().date()
    for query in selectors.late_queries(study, today):
        again = reminds_on(query.due_on, query.reminded_on, quality)
        if again is not None and again <= today:
            actions.remind(query=query, clock=clock)
        if escalates_on(query.opened_at.date(), quality) < today:
            actions.escalate(query=query, clock=clock)
