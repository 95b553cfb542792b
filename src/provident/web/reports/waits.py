"""What waits for a person in the study's data."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.reports.selectors import open_work
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """A study that is ready to be locked; a locked one that waits for its unblinding."""
    study, href = (
        membership.study,
        reverse("reports:data", kwargs={"study": membership.study.slug}),
    )
    if study.locked_at is None and can(membership, "lock", Thing.LOCK):
        ready = study.cases.filter(purpose="study").exists() and not open_work(study)
        return [
            Wait(
                place="data",
                count=int(ready),
                words="The data can be locked",
                href=href,
                urgency=4,
            )
        ]
    if (
        study.locked_at
        and study.unblinded_at is None
        and can(membership, "unblind", Thing.LOCK)
    ):
        return [
            Wait(
                place="data",
                count=1,
                words="Locked, not unblinded",
                href=href,
                urgency=4,
            )
        ]
    return []
