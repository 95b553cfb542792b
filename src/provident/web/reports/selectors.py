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
from provident.web.reading import analysis
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
    unread = analysis.assignments(study).filter(submitted_at__isnull=True)
    counted = [
        ("reads not signed", unread.filter(role=Assignment.Role.PRIMARY).count()),
        (
            "adjudications not signed",
            unread.filter(role=Assignment.Role.ADJUDICATOR).count(),
        ),
        (
            "cases without a final value",
            analysis.cases(study).exclude(state__in=["final", "locked"]).count(),
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
    """The latest signed version of every read that counts; a hidden repeat is never among them."""
    rows = analysis.reads(study).select_related(
        "assignment__case__participant__site", "assignment__reader"
    )
    last: Read | None = None
    for read in rows.order_by("assignment", "version"):
        if last is not None and last.assignment_id != read.assignment_id:
            yield last
        last = read
    if last is not None:
        yield last


def latest_primary_reads(study: Study, endpoint: str) -> list[Read]:
    """The latest version of each primary read of a design that counts, in the order of first signature."""
    rows = analysis.reads(study).filter(
        assignment__design=endpoint, assignment__role=Assignment.Role.PRIMARY
    )
    return _latest(rows)


def latest_repeats(study: Study, endpoint: str) -> list[Read]:
    """Hidden repeats of a design, by the reader who read the case (`assignment.case.source`) first.

    They say how far a reader agrees with him- or herself, and are no part of the analysis set.
    """
    rows = Read.objects.filter(
        assignment__case__study=study,
        assignment__case__design=endpoint,
        assignment__case__purpose=Case.Purpose.REPEAT,
    ).exclude(assignment__state="cancelled")
    return _latest(rows)


def _latest(rows: QuerySet[Read]) -> list[Read]:
    latest: dict[int, Read] = {}
    rows = rows.select_related("assignment__reader", "assignment__case__source")
    for read in rows.defer("measurements", "implied").order_by("version"):
        latest[read.assignment_id] = read
    return sorted(
        latest.values(), key=lambda r: (r.assignment.submitted_at, r.assignment_id)
    )


def reader_codes(study: Study) -> dict[str, str]:
    """Readers' codes by the key of their membership."""
    rows = Membership.objects.filter(study=study).values_list("pk", "code")
    return {str(pk): code for pk, code in rows}


def final_variables(study: Study, endpoint: str) -> list[str]:
    """The variables of a design that have final values, those without a cell of a grid first."""
    rows = analysis.final_values(study).filter(case__design=endpoint)
    names = set(rows.values_list("variable", flat=True))
    return sorted(names, key=lambda name: ("." in name, name))


def arms(study: Study) -> list[str]:
    """The arms of an unblinded study."""
    rows = Participant.objects.filter(study=study).exclude(arm="")
    return sorted(set(rows.values_list("arm", flat=True)))


def final_values(study: Study) -> QuerySet[FinalValue]:
    """All final values of a study."""
    rows = analysis.final_values(study).select_related("case__participant__site")
    return rows.order_by("case__participant__code", "case__design", "visit", "variable")


def images_received(study: Study) -> int:
    """How many images of a study lie at the centre."""
    counted = Series.objects.filter(exam__study=study).aggregate(n=Sum("instances"))
    return int(counted["n"] or 0)


def reads_signed(study: Study) -> int:
    """How many reads of a study are signed, later versions of a read not counted."""
    rows = analysis.reads(study)
    return rows.values("assignment").distinct().count()
