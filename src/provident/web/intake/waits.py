"""What waits for a person in the intake, and how long images take to arrive."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.intake import selectors
from provident.web.people.access import Thing, can
from provident.web.people.selectors import Membership
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Images held back, for those who see the quarantine; those who decide are asked first."""
    if not can(membership, "see", Thing.QUARANTINE):
        return []
    rows = selectors.quarantines(membership).filter(state="open")
    oldest = rows.order_by("received_at").values_list("received_at", flat=True).first()
    days = (now - oldest).days if oldest else 0
    decides = can(membership, "resolve", Thing.QUARANTINE)
    return [
        Wait(
            place="transfers", count=rows.count(), words="Images held back: decide" if decides else "Images held back at a site",
            href=reverse("intake:quarantine", kwargs={"study": membership.study.slug}),
            detail=f"oldest {days} d" if days else "", urgency=1 if decides else 4,
        )
    ]  # fmt: skip
