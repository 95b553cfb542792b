"""What waits for those who watch the readers; and a reader's own speed, where the plan lets them know it."""

from __future__ import annotations

from datetime import datetime
from statistics import median

from django.urls import reverse

from provident.kernel import PlanError
from provident.web.drift import selectors
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.studies.plans import plan_in_force
from provident.web.ui.waits import Figure, Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Alarms that nobody has taken on, and those that are not closed."""
    if not can(membership, "act", Thing.DRIFT):
        return []
    rows = [a for a in selectors.alarms(membership) if a.state != "closed"]
    raised = sum(a.state == "raised" for a in rows)
    place = "readers" if can(membership, "chart", Thing.DRIFT) else "cases"
    return [
        Wait(
            place=place, count=len(rows), words="Alarms on readers", urgency=1 if raised else 4,
            href=reverse("drift:readers", kwargs={"study": membership.study.slug}),
            detail=f"{raised} that nobody has taken on" if raised else "",
        )
    ]  # fmt: skip


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """A reader's own minutes a read: nothing, unless the plan shows them in every design that it watches."""
    if membership.role not in selectors.READING or not _shown(membership):
        return []
    minutes = selectors.pace(membership)
    if len(minutes) < 5:
        return []
    return [
        Figure(label="Your minutes a read", value=f"{median(minutes[-20:]):.0f}", note="the middle of your last reads", trend=minutes[-20:])
    ]  # fmt: skip


def _shown(membership: Membership) -> bool:
    try:
        reading = plan_in_force(membership.study).reading
    except PlanError:
        return False
    watched = [d.monitor for d in reading.values() if d.monitor]
    return bool(watched) and all(m.own_speed == "shown" for m in watched)
