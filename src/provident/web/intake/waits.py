"""What waits for a person in the intake, and how long images take to arrive."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.exams.selectors import drifted
from provident.web.intake import selectors
from provident.web.people.access import Thing, can
from provident.web.people.selectors import Membership
from provident.web.sites.standing import standing
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Images held back, for those who see the quarantine; those who decide are asked first."""
    if not can(membership, "see", Thing.QUARANTINE):
        return []
    found = [*_drift(membership), *_untested(membership)]
    rows = selectors.quarantines(membership).filter(state="open")
    oldest = rows.order_by("received_at").values_list("received_at", flat=True).first()
    days = (now - oldest).days if oldest else 0
    decides = can(membership, "resolve", Thing.QUARANTINE)
    return [
        Wait(
            place="transfers", count=rows.count(), words="Images held back: decide" if decides else "Images held back at a site",
            href=reverse("intake:quarantine", kwargs={"study": membership.study.slug}),
            detail=f"oldest {days} d" if days else "", urgency=1 if decides else 4,
        ),
        *found,
    ]  # fmt: skip


def _drift(membership: Membership) -> list[Wait]:
    """Exams whose headers have changed, for those who decide about exams or sites."""
    if not (can(membership, "accept", Thing.EXAM) or can(membership, "activate", Thing.SITE)):  # fmt: skip
        return []
    exams = drifted(membership)
    sites = sorted({exam.participant.site.name for exam in exams})
    return [
        Wait(
            place="transfers", count=len(exams), words="Exams whose headers have changed: look",
            href=reverse("intake:drift", kwargs={"study": membership.study.slug}), detail=", ".join(sites), urgency=3,
        )
    ] if exams else []  # fmt: skip


def _untested(membership: Membership) -> list[Wait]:
    """Sites whose transfer test failed or, while they are open, holds no longer; for who opens sites."""
    if not can(membership, "activate", Thing.SITE):
        return []
    tested = [(site, standing(site)) for site, test in selectors.transfer_tests(membership) if test]  # fmt: skip
    failed = [s.name for s, t in tested if t.state == "failed" or (s.activated_at and not t.holds)]  # fmt: skip
    return [
        Wait(
            place="transfers", count=len(failed), words="Sites whose transfer test does not hold",
            href=reverse("intake:tests", kwargs={"study": membership.study.slug}), detail=", ".join(failed), urgency=1,
        )
    ] if failed else []  # fmt: skip
