"""Reading reviews and queries, and what waits for them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from provident.web.exams.models import Exam
from provident.web.people.access import Thing, one, scoped
from provident.web.people.models import Membership
from provident.web.qc.models import Query, Review


def _full(rows: QuerySet[Query]) -> QuerySet[Query]:
    return rows.select_related(
        "exam__participant__site", "exam__slot"
    ).prefetch_related("messages__by__user")


def queries(by: Membership, state: str = "") -> QuerySet[Query]:
    """The queries that a person may see, those due first on top."""
    rows = _full(scoped(by, Thing.QUERY, Query.objects.all()))
    return rows.filter(state=state) if state else rows


def query(by: Membership, pk: int, verb: str = "see") -> Query:
    """One query.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(by, Thing.QUERY, _full(Query.objects.all()), verb, pk=pk)


def exams_to_review(by: Membership) -> QuerySet[Exam]:
    """Judged exams without a decision, oldest first."""
    undecided = scoped(by, Thing.EXAM, Exam.objects.filter(state=Exam.State.JUDGED))
    open_query = Query.objects.filter(exam=OuterRef("pk")).exclude(
        state=Query.State.CLOSED
    )
    rows = undecided.annotate(has_open_query=Exists(open_query))
    return rows.select_related("participant__site", "slot", "scanner").order_by(
        "judged_at"
    )


def exam(by: Membership, pk: int, verb: str = "see") -> Exam:
    """One exam with what the review page shows."""
    rows = Exam.objects.select_related(
        "participant__site", "slot", "plan", "study", "scanner"
    )
    return one(by, Thing.EXAM, rows, verb, pk=pk)


def reviews(of: Exam) -> QuerySet[Review]:
    """An exam's reviews, the newest first."""
    return of.reviews.select_related("by__user", "signature")


def open_queries(of: Exam) -> QuerySet[Query]:
    """An exam's queries that are not closed."""
    return of.queries.exclude(state=Query.State.CLOSED)


def exam_by_id(pk: str) -> Exam:
    """One exam for a job, which acts for the platform and not for a person."""
    return Exam.objects.select_related(
        "participant__site", "slot", "plan", "study"
    ).get(pk=pk)
