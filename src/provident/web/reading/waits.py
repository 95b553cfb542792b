"""What waits for a person in reading, and how far the reads are."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Role, Thing, can
from provident.web.people.models import Membership
from provident.web.reading import at_scan, beside, selectors
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
    href, found = reverse("reading:overview", kwargs=study), _beside(membership, now)
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


def _beside(membership: Membership, now: datetime) -> list[Wait]:
    """Technical causes to look for, exams to look at for what cannot wait, scans to score."""
    study = {"study": membership.study.slug}
    found = []
    if can(membership, "answer", Thing.TECHNICAL):
        count = selectors.technical_queries(membership).filter(outcome="open").count()
        href = reverse("reading:technical", kwargs=study)
        found.append(Wait(place="quality", count=count, words="Do images explain a disagreement of readers?", href=href, urgency=2))  # fmt: skip
    if membership.plan_role and membership.plan_role == beside.role_that_looks(membership.study):  # fmt: skip
        asked = beside.side_reads(membership).filter(read_at__isnull=True).count()
        looks = beside.looks_due(membership, now)
        late = sum(look.late for look in looks)
        detail = f"{late} late" if late else ""
        href = reverse("reading:side", kwargs=study)
        found.append(Wait(place="matrix", count=asked + len(looks), words="Exams to look at for what cannot wait", href=href, detail=detail, urgency=1))  # fmt: skip
    if can(membership, "read", Thing.SCAN_READ) and membership.plan_role:
        href = reverse("reading:scans", kwargs=study)
        found.append(Wait(place="matrix", count=at_scan.due(membership).count(), words="Scans to score", href=href, urgency=2))  # fmt: skip
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
