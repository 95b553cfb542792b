"""What waits for a person in quality control."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.qc import selectors
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Exams to decide, answers to read, queries to answer."""
    study = {"study": membership.study.slug}
    found = []
    if can(membership, "review", Thing.REVIEW):
        count = selectors.exams_to_review(membership).count()
        href = reverse("qc:worklist", kwargs=study)
        found.append(
            Wait(
                place="quality",
                count=count,
                words="Exams to decide",
                href=href,
                urgency=2,
            )
        )
    if can(membership, "close", Thing.QUERY):
        rows = selectors.queries(membership, "answered")
        href = reverse("qc:queries", kwargs=study) + "?state=answered"
        found.append(
            Wait(
                place="quality",
                count=rows.count(),
                words="Answers from sites to read",
                href=href,
                urgency=3,
            )
        )
    if can(membership, "answer", Thing.QUERY) and not can(
        membership, "ask", Thing.QUERY
    ):
        rows = selectors.queries(membership, "open")
        late = rows.filter(due_on__lt=now.date()).count()
        href = reverse("qc:queries", kwargs=study) + "?state=open"
        detail = f"{late} past the day they were due" if late else ""
        found.append(
            Wait(
                place="queries",
                count=rows.count(),
                words="Queries to answer",
                href=href,
                detail=detail,
                urgency=1,
            )
        )
    return found
