"""The plan's policy on what cannot wait: who looks at exams outside the blind, by when, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from provident.plan.models.consent import UnexpectedFindings
from provident.web.exams.models import Exam
from provident.web.people.access import Thing, can, check, one, scoped
from provident.web.people.models import Membership
from provident.web.reading.models import SideRead
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


def policy(study: Study) -> UnexpectedFindings | None:
    """The policy of the plan in force; None where nobody looks."""
    consent = plan_in_force(study).consent
    found = consent.information.unexpected_findings if consent else None
    return found if found and found.looked_for else None


def role_that_looks(study: Study) -> str:
    """The plan's role that looks; blank where nobody does."""
    found = policy(study)
    return found.who if found else ""


def due_at(study: Study, since: datetime) -> datetime | None:
    """By when a look that was asked for at `since` has to be signed; None without a policy."""
    found = policy(study)
    return since + timedelta(days=found.within.to("d")) if found else None


def side_reads(by: Membership) -> QuerySet[SideRead]:
    """The looks outside the blind that a person may see, the open ones first."""
    rows = SideRead.objects.select_related("exam__participant__site", "asked_by__user", "read_by__user")  # fmt: skip
    return scoped(by, Thing.SIDE, rows).order_by("read_at", "due_at", "pk")


def side_read(by: Membership, pk: int) -> SideRead:
    """One of them.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = SideRead.objects.select_related("exam__participant__site", "study")
    return one(by, Thing.SIDE, rows, pk=pk)


def exam_to_look_at(by: Membership, pk: int) -> Exam:
    """One exam that somebody looks at outside the blind.

    Raises:
        Denied, NotFound: as the access table says.
    """
    check(by, "see", Thing.SIDE)
    rows = Exam.objects.select_related("participant__site", "study")
    return one(by, Thing.EXAM, rows, pk=pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An exam that has come whole and that nobody has looked at for what cannot wait."""

    exam: Exam
    due: datetime | None
    late: bool


def looks_due(by: Membership, now: datetime) -> list[Look]:
    """The exams that the plan's role still has to look at, the most urgent first."""
    if policy(by.study) is None or not can(by, "see", Thing.SIDE):
        return []
    rows = Exam.objects.filter(complete_at__isnull=False).exclude(side_reads__kind=SideRead.Kind.SAFETY)  # fmt: skip
    rows = scoped(by, Thing.EXAM, rows).select_related("participant__site", "study")
    found = []
    for exam in rows.order_by("complete_at"):
        assert exam.complete_at is not None
        due = due_at(by.study, exam.complete_at)
        found.append(Look(exam=exam, due=due, late=due is not None and now > due))
    return found
