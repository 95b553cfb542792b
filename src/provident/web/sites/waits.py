"""What waits for a person at the sites."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.sites.selectors import open_changes
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Scanner changes that wait for their bridging check."""
    if not can(membership, "see", Thing.SITE):
        return []
    changes = open_changes(membership)
    href = reverse("scanners:register", kwargs={"study": membership.study.slug})
    newest = changes[0] if changes else None
    detail = (
        f"{newest.scanner.code}: {newest.fact} {newest.old} → {newest.new}"
        if newest
        else ""
    )
    place = "quality" if can(membership, "release", Thing.SCANNER) else "people"
    return [
        Wait(
            place=place,
            count=len(changes),
            words="Scanner changes",
            href=href,
            detail=detail,
            urgency=2,
        )
    ]
