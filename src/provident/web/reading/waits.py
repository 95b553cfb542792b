"""What waits for a person in reading, and how far the reads are."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Role, Thing, can
from provident.web.people.models import Membership
from provident.web.reading import selectors
from provident.web.ui.waits import Figure, Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Cases to read; disagreements to look at; cases to hand out."""
    study = {"study": membership.study.slug}
    if membership.role in selectors.READING:
        left = (
            selectors.mine(membership)
            .filter(submitted_at__isnull=True)
            .exclude(state="cancelled")
            .count()
        )
        words = (
            "Cases to adjudicate"
            if membership.role == Role.ADJUDICATOR
            else "Cases to read"
        )
        href = reverse("reading:worklist", kwargs=study)
        return [Wait(place="reading", count=left, words=words, href=href, urgency=1)]
    href, found = reverse("reading:overview", kwargs=study), []
    if can(membership, "release", Thing.ADJUDICATION):
        rows = selectors.cases(membership)
        for state, words, urgency in (
            ("technical_query", "Disagreements between readers to look at", 2),
            ("adjudicating", "Adjudications open", 4),
        ):
            found.append(
                Wait(
                    place="cases",
                    count=rows.filter(state=state).count(),
                    words=words,
                    href=href,
                    urgency=urgency,
                )
            )
        undrawn = rows.filter(state="open", assignments__isnull=True).count()
        found.append(
            Wait(
                place="cases",
                count=undrawn,
                words="Cases to give to readers",
                href=href,
                urgency=4,
            )
        )
    return found


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """Reads signed of those given out."""
    if not can(membership, "see", Thing.READ) or membership.role in selectors.READING:
        return []
    signed, given, trend = selectors.reads_done(membership.study)
    return [
        Figure(
            label="Reads signed",
            value=f"{signed} / {given}",
            href=reverse("reading:overview", kwargs={"study": membership.study.slug}),
            trend=trend,
            order=4,
        )
    ]
