"""What waits for a person about dose and repeats."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.dose import actions, presenters, repeat_pages, selectors
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.studies.plans import plan_in_force
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Held participants, doses that are not known, and repeats whose next step is this person's."""
    if not can(membership, "see", Thing.DOSE):
        return []
    plan = plan_in_force(membership.study)
    people = selectors.everybody(membership)
    lines = [presenters.participant_line(p, rows, plan) for p, rows in people]
    held = sum(line.level in ("held", "not_assessable") for line in lines)
    near = sum(line.level == "near" for line in lines)
    unknown = sum(line.unknown for line in lines)
    href = reverse("dose:list", kwargs={"study": membership.study.slug})
    mine = repeat_pages.waiting_for(
        selectors.open_repeats(membership), plan, actions.role_of(membership)
    )
    place = "quality" if can(membership, "ask", Thing.QUERY) else "queries"
    return [
        Wait(
            place=place, count=held, words="Participants whose research exposures are held", href=href,
            detail="a practitioner and the medical physics expert can sign for more", urgency=2,
        ),
        Wait(place=place, count=near, words="Participants near the dose constraint", href=href, urgency=4),
        Wait(
            place=place, count=unknown, words="Exams whose dose is not known", href=f"{href}?sort=-unknown",
            detail="send the dose report, or enter what the console shows", urgency=3,
        ),
        Wait(place=place, count=len(mine), words="Repeats that wait for your decision", href=f"{href}#repeats", urgency=1),
    ]  # fmt: skip
