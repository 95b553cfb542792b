"""What waits for a person at the scanners: phantoms overdue and to be decided, drifts, what ends soon."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.scanners import selectors, standing
from provident.web.studies.plans import plan_in_force
from provident.web.ui.waits import Wait


PRESSING = ("overdue", "bridging", "repeat")


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Phantoms that a site owes, scans to be decided, charts that are flagged, and what ends soon."""
    if not can(membership, "see", Thing.PHANTOM):
        return []
    study = {"study": membership.study.slug}
    phantoms, register = reverse("scanners:phantoms", kwargs=study), reverse("scanners:register", kwargs=study)  # fmt: skip
    plan, today = plan_in_force(membership.study), now.date()
    known = list(selectors.known(list(selectors.scanners(membership))).values())
    owed = [d for d in standing.due(plan, known, today) if d.standing in PRESSING]
    ending = standing.expiries(plan, known, today)
    place = "quality" if can(membership, "see", Thing.REVIEW) else "home"
    found = [
        Wait(place=place, count=len(owed), words="Phantoms overdue or asked for", href=phantoms, urgency=3,
             detail=f"{owed[0].scanner}: {owed[0].words}" if owed else ""),
    ]  # fmt: skip
    if can(membership, "accept", Thing.PHANTOM):
        open_ones = selectors.phantom_scans(membership).filter(state="measured").count()
        found.append(Wait(place=place, count=open_ones, words="Phantom scans to accept or reject", href=phantoms, urgency=3))  # fmt: skip
    if not can(membership, "send", Thing.PHANTOM) or can(membership, "accept", Thing.PHANTOM):  # fmt: skip
        flagged = selectors.flagged(membership)
        first = f"{flagged[0].scanner.code}: {flagged[0].flags[0]['measure'].replace('_', ' ')}" if flagged else ""  # fmt: skip
        found.append(Wait(place=place, count=len(flagged), words="Phantom charts that are flagged", href=phantoms, detail=first, urgency=2))  # fmt: skip
        detail = f"{ending[0].scanner}: {ending[0].words} {ending[0].on:%-d %b %Y}" if ending else ""  # fmt: skip
        found.append(Wait(place=place, count=len(ending), words="Scanners or accreditations that end", href=register, detail=detail, urgency=4))  # fmt: skip
    return found
