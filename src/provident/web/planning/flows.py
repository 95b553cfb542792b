"""Whether a study's images may pass today: the plan's gate, and what the trial manager lets pass."""

from __future__ import annotations

from datetime import date

from provident.kernel import NotReady
from provident.programme.flow_gate import ClosedFlow, closed_flows
from provident.web.planning.models import FlowException
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


class FlowClosed(NotReady):
    """Not now, but later: a gateway that is told so keeps the images and tries again (status 503)."""

    http_status = 503


def closed_for(study: Study, on: date) -> ClosedFlow | None:
    """The first flow that is closed on a day and over which nobody lets images pass; None: they pass."""
    closed = closed_flows(plan_in_force(study), on)
    if not closed:
        return None
    passing = set(
        FlowException.objects.filter(
            study=study, ended_at__isnull=True, until__gte=on
        ).values_list("flow", flat=True)
    )
    return next((c for c in closed if c.flow not in passing), None)
