"""What waits for a person in quality control."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from provident import qc
from provident.kernel import PlanError
from provident.plan.models.quality import Quality
from provident.web.people.access import Thing, can
from provident.web.people.models import Membership
from provident.web.qc import selectors
from provident.web.qc.due import escalates_on
from provident.web.qc.presenters import span
from provident.web.studies.plans import plan_in_force
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Exams to decide, queries to answer or step in, answers to read, actions; what is late is said."""
    return [
        *_reviews(membership, now),
        *_answers(membership),
        *_queries(membership, now),
        *_actions(membership, now),
    ]


def _address(membership: Membership, name: str, query: str = "") -> str:
    return reverse(name, kwargs={"study": membership.study.slug}) + query


def _late(count: int, words: str = "past the day they were due") -> str:
    return f"{count} {words}" if count else ""


def _quality(membership: Membership) -> Quality | None:
    """The plan's rules; None where the stored plan does not load any more, which no page may fail of."""
    try:
        return plan_in_force(membership.study).quality
    except PlanError:
        return None


def _reviews(membership: Membership, now: datetime) -> Iterator[Wait]:
    if not can(membership, "review", Thing.REVIEW):
        return
    rows = selectors.exams_to_review(membership)
    quality = _quality(membership)
    judged = rows.values_list("judged_at", flat=True)
    detail = ""
    if quality is not None:
        within = quality.human.within
        late = sum(at is not None and qc.due_on(at.date(), within) < now.date() for at in judged)  # fmt: skip
        detail = _late(late, f"waiting for more than {span(within)}")
    yield Wait(
        place="quality", count=len(judged), words="Exams to decide", href=_address(membership, "qc:worklist"),
        detail=detail, urgency=2,
    )  # fmt: skip


def _answers(membership: Membership) -> Iterator[Wait]:
    if not can(membership, "close", Thing.QUERY):
        return
    yield Wait(
        place="quality", count=selectors.queries(membership, "answered").count(), words="Answers from sites to read",
        href=_address(membership, "qc:queries", "?state=answered"), urgency=3,
    )  # fmt: skip


def _queries(membership: Membership, now: datetime) -> Iterator[Wait]:
    if can(membership, "answer", Thing.QUERY) and not can(membership, "ask", Thing.QUERY):  # fmt: skip
        rows = selectors.queries(membership, "open")
        late = rows.filter(due_on__lt=now.date()).count()
        yield Wait(
            place="queries", count=rows.count(), words="Queries to answer",
            href=_address(membership, "qc:queries", "?state=open"), detail=_late(late), urgency=1,
        )  # fmt: skip
    if can(membership, "ask", Thing.QUERY):
        rows = selectors.queries(membership, "open").filter(due_on__lt=now.date())
        quality = _quality(membership)
        opened = rows.values_list("opened_at", flat=True)
        stepping_in = sum(escalates_on(at.date(), quality) < now.date() for at in opened) if quality else 0  # fmt: skip
        yield Wait(
            place="quality", count=len(opened), words="Queries that sites have not answered in time",
            href=_address(membership, "qc:queries", "?state=late"), detail=_late(stepping_in, "escalated by the plan"),
            urgency=1 if stepping_in else 3,
        )  # fmt: skip


def _actions(membership: Membership, now: datetime) -> Iterator[Wait]:
    if not can(membership, "do", Thing.ACTION):
        return
    site = not can(membership, "check", Thing.ACTION)
    late = selectors.overdue_actions(membership, now.date()).count()
    rows = selectors.corrective_actions(membership, "open")
    owned = rows.count() if site else rows.filter(owner=membership).count()
    yield Wait(
        place="queries" if site else "quality", count=max(owned, late), words="Corrective and preventive actions to do",
        href=_address(membership, "qc:actions", "?state=open"), detail=_late(late), urgency=1 if late else 4,
    )  # fmt: skip
    if site:
        return
    unowned = rows.filter(owner=None).count()
    done = selectors.corrective_actions(membership, "done").count()
    yield Wait(
        place="quality", count=unowned, words="Actions without an owner", urgency=3,
        href=_address(membership, "qc:actions", "?state=open"),
    )  # fmt: skip
    yield Wait(
        place="quality", count=done, words="Actions whose effect is to be checked", urgency=4,
        href=_address(membership, "qc:actions", "?state=done"),
    )  # fmt: skip
