"""What an export and a lock need to know; every row goes through the access table's field classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from provident.web.exams.models import Series
from provident.web.participants.models import Participant
from provident.web.people.access import Field, Thing, one, scoped, visible
from provident.web.people.models import Membership
from provident.web.qc.models import Query
from provident.web.reading.models import Assignment, Case, FinalValue, Read
from provident.web.reports.models import Export, Lock
from provident.web.studies.models import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is not finished in a study, by kind, in words with its number."""

    what: str
    count: int


def open_work(study: Study) -> list[Open]:
    """What stands between a study and its lock."""
    unread = Assignment.objects.filter(case__study=study, submitted_at__isnull=True)
    counted = [
        ("reads not signed", unread.filter(role=Assignment.Role.PRIMARY).count()),
        (
            "adjudications not signed",
            unread.filter(role=Assignment.Role.ADJUDICATOR).count(),
        ),
        (
            "cases without a final value",
            Case.objects.filter(study=study)
            .exclude(state__in=["final", "locked"])
            .count(),
        ),
        (
            "queries not closed",
            Query.objects.filter(exam__study=study)
            .exclude(state=Query.State.CLOSED)
            .count(),
        ),
    ]
    return [Open(what=what, count=count) for what, count in counted if count]


def exports(by: Membership) -> QuerySet[Export]:
    """Exports that a person may see, the newest first."""
    return scoped(by, Thing.EXPORT, Export.objects.select_related("by__user"))


def export(by: Membership, pk: int, verb: str = "make") -> Export:
    """One export to be fetched."""
    return one(by, Thing.EXPORT, Export.objects.all(), verb, pk=pk)


def locks(study: Study) -> QuerySet[Lock]:
    """A study's lock and unblinding."""
    return Lock.objects.filter(study=study).select_related("by__user").order_by("at")


def fields(by: Membership) -> frozenset[Field]:
    """The classes of fields that this person's export may hold now."""
    return visible(by, Thing.EXPORT)


def participants(study: Study) -> QuerySet[Participant]:
    """All participants of a study."""
    return (
        Participant.objects.filter(study=study).select_related("site").order_by("code")
    )


def latest_reads(study: Study) -> Iterator[Read]:
    """The latest signed version of every read of the first occasion; a hidden repeat is never among them."""
    rows = Read.objects.filter(assignment__case__study=study, assignment__occasion=1)
    rows = rows.select_related(
        "assignment__case__participant__site", "assignment__reader"
    )
    last: Read | None = None
    for read in rows.order_by("assignment", "version"):
        if last is not None and last.assignment_id != read.assignment_id:
            yield last
        last = read
    if last is not None:
        yield last


def final_values(study: Study) -> QuerySet[FinalValue]:
    """All final values of a study."""
    rows = FinalValue.objects.filter(case__study=study).select_related(
        "case__participant__site"
    )
    return rows.order_by("case__participant__code", "case__design", "visit", "variable")


def images_received(study: Study) -> int:
    """How many images of a study lie at the centre."""
    counted = Series.objects.filter(exam__study=study).aggregate(n=Sum("instances"))
    return int(counted["n"] or 0)


def reads_signed(study: Study) -> int:
    """How many reads of a study are signed, later versions of a read not counted."""
    rows = Read.objects.filter(assignment__case__study=study)
    return rows.values("assignment").distinct().count()
