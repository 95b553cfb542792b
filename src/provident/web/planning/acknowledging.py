"""What a person may not do before they have acknowledged an amendment, where the plan demands it."""

from __future__ import annotations

from datetime import date

from provident.kernel import NotReady
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.planning.amended import concerns, demanded
from provident.web.planning.models import Acknowledgement, Amendment
from provident.web.studies.models import PlanVersion
from provident.web.studies.plans import version_in_force


def _held_at(amendment: Amendment, site: str) -> date | None:
    """From which day an amendment holds at a site, or anywhere where no site is named."""
    days = {s.site: s.on for s in amendment.starts.all()}
    return days.get(site) if site else min(days.values(), default=None)


def owed(membership: Membership) -> list[Amendment]:
    """Approved amendments that concern a person and that they have not acknowledged, the oldest first."""
    if not can(membership, "acknowledge", Thing.AMENDMENT):
        return []
    states = (Amendment.State.APPROVED, Amendment.State.IN_FORCE)
    rows = (
        Amendment.objects.filter(study=membership.study_id, state__in=states)
        .exclude(pk__in=Acknowledgement.objects.filter(by=membership).values("amendment"))
        .select_related("base", "study")
        .prefetch_related("starts")
        .order_by("made_at", "id")
    )  # fmt: skip
    # Who joined later learnt the plan as it is now.
    return [
        a
        for a in rows
        if (a.in_force is None or membership.since <= a.in_force.in_force_from)
        and concerns(a, membership.role)
    ]


def require_acknowledged(membership: Membership, act: str, on: date) -> None:
    """Refuse an act that waits for an acknowledgement.

    Args:
        act: `booking` or `reading`: what courses of the plan gate. An image that was acquired is never stopped.
        on: today.

    Raises:
        NotReady: the plan demands that this role first acknowledges an amendment that holds at its site.
    """
    for amendment in owed(membership):
        start = _held_at(amendment, membership.site)
        if amendment.state != Amendment.State.IN_FORCE or start is None or start > on:
            continue
        course = demanded(amendment, membership, act)
        if course:
            raise NotReady(
                f"Plan {amendment.version} is in force and changes your work. Read and acknowledge it first "
                f"(Plan, Amendments): the plan demands it for {act} by its course {course.replace('_', ' ')}."
            )


def version_at(study, site: str, on: date) -> PlanVersion:
    """The version by which a site works on a day: the one before, where an amendment starts there later."""
    version = version_in_force(study)
    while True:
        amendment = (
            Amendment.objects.filter(in_force=version).select_related("base").first()
        )
        if amendment is None:
            return version
        start = amendment.starts.filter(site=site).values_list("on", flat=True).first()
        if start is None or start <= on:
            return version
        version = amendment.base
