"""What waits for those who look after the readers."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Role, Thing, can
from provident.web.people.models import Membership
from provident.web.readers import presenters, selectors
from provident.web.studies.plans import plan_in_force
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Readers who may begin no case yet, or no more."""
    if not can(membership, "qualify", Thing.READER):
        return []
    rows = selectors.readers(membership)
    lines = presenters.table(plan_in_force(membership.study), rows, now.date())
    open_ones = [line for line in lines if line.word != "may read"]
    first = f"{open_ones[0].name}, {open_ones[0].label}: {open_ones[0].missing[0]}" if open_ones else ""  # fmt: skip
    place = "readers" if membership.role == Role.READING_LEAD else "cases"
    href = reverse("readers:table", kwargs={"study": membership.study.slug})
    return [
        Wait(place=place, count=len(open_ones), words="Readers who may begin no case", href=href, urgency=3, detail=first)
    ]  # fmt: skip
