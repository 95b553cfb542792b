"""Reading cases, assignments and reads, always from what a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from provident.kernel import Denied, NotFound
from provident.web.exams.models import Exam
from provident.web.people.access import Field, Role, Thing, check, one, scoped, visible
from provident.web.people.models import Membership
from provident.web.people.selectors import memberships
from provident.web.reading.models import Assignment, Case, CaseSeries, Draw, Read
from provident.web.studies.models import Study


READING = (Role.READER.value, Role.ADJUDICATOR.value)


def assignment_of(user: object, token: str) -> Assignment:
    """The assignment that a token names, if it is this person's.

    Another reader's token and one that does not exist look the same.

    Raises:
        NotFound: no such token, or not this person's.
    """
    mine = [m.pk for m in memberships(user) if m.role in READING]
    rows = Assignment.objects.filter(token=token, reader_id__in=mine)
    rows = rows.select_related(
        "case__study", "case__participant__site", "reader__user", "draft"
    )
    found = rows.first()
    if found is None:
        raise NotFound("There is no such case, or it is not yours.")
    return found


def mine(by: Membership) -> QuerySet[Assignment]:
    """A reader's own assignments in their order."""
    check(by, "see", Thing.READ)
    return (
        Assignment.objects.filter(reader=by)
        .select_related("case")
        .order_by("design", "position")
    )


def next_open(by: Membership, after: Assignment | None = None) -> Assignment | None:
    """The next case of a reader's list that is not signed: adjudications first, then in the drawn order.

    `after` names the case that is open, which is left out; those before it come last.
    """
    rows = list(
        mine(by).filter(submitted_at__isnull=True).order_by("design", "position")
    )
    rows = [a for a in rows if a.state != "cancelled"]
    if after is not None:
        here = (after.design, after.position)
        rows = [a for a in rows if a.pk != after.pk]
        rows.sort(key=lambda a: ((a.design, a.position) <= here, a.design, a.position))
    return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: this is case `number` of `of`, `left` are not signed."""

    number: int
    of: int
    left: int


def place(assignment: Assignment) -> Place:
    """Where a case stands in its reader's list, over all designs."""
    rows = Assignment.objects.filter(reader_id=assignment.reader_id).exclude(
        state="cancelled"
    )
    before = Q(design__lt=assignment.design) | Q(
        design=assignment.design, position__lte=assignment.position
    )
    counted = rows.aggregate(
        number=Count("pk", filter=before),
        of=Count("pk"),
        left=Count("pk", filter=Q(submitted_at__isnull=True)),
    )
    return Place(**counted)


def case_series(case: Case) -> list[CaseSeries]:
    """The series of a case under their labels."""
    return list(case.series.select_related("series").order_by("visit", "id"))


def image(assignment: Assignment, name: str) -> dict[str, str]:
    """The stored copy that an opaque name of this case stands for.

    Raises:
        NotFound: the case has no such image.
    """
    for row in assignment.case.series.all():
        for entry in row.copy:
            if entry["name"] == name:
                return dict(entry)
    raise NotFound("There is no such image in this case.")


def reads_of(case: Case, role: str = Assignment.Role.PRIMARY) -> list[Read]:
    """The latest signed read of each assignment of a role, by seat."""
    rows = Read.objects.filter(
        assignment__case=case, assignment__role=role, assignment__occasion=1
    )
    latest: dict[int, Read] = {}
    for read in rows.select_related("assignment__reader", "assignment__case").order_by(
        "assignment__seat", "version"
    ):
        latest[read.assignment_id] = read
    return list(latest.values())


def cases(by: Membership) -> QuerySet[Case]:
    """The cases that a person may see with their participants, and how far their reads are.

    Raises:
        Denied: the role may not know whose cases they are.
    """
    if Field.PARTICIPANT not in visible(by, Thing.CASE):
        raise Denied("Whose cases they are is hidden from your role.")
    signed = Count(
        "assignments", filter=Q(assignments__submitted_at__isnull=False), distinct=True
    )
    rows = scoped(by, Thing.CASE, Case.objects.select_related("participant__site"))
    return rows.annotate(
        given=Count("assignments", distinct=True), signed=signed
    ).order_by("design", "pk")


def readers(study: Study, role: Role) -> list[Membership]:
    """Who reads or adjudicates in a study now."""
    rows = Membership.objects.filter(
        study=study, role=role.value, until__isnull=True, user__is_active=True
    )
    return list(rows.select_related("user").order_by("code", "pk"))


def accepted_exams(participant_id: int, kind: str) -> dict[str, Exam]:
    """A participant's accepted exams of a kind by visit; the newest where there are two."""
    rows = Exam.objects.filter(
        participant_id=participant_id, kind=kind, state=Exam.State.ACCEPTED
    ).exclude(visit="")
    return {e.visit: e for e in rows.order_by("decided_at").prefetch_related("series")}


def reader_membership(user: object, assignment: Assignment) -> Membership:
    """The membership under which this person reads.

    Raises:
        Denied: it has ended.
    """
    for membership in memberships(user):
        if membership.pk == assignment.reader_id:
            return membership
    raise Denied("Your role in this study has ended.")


def case_by_id(pk: str | int) -> Case:
    """One case for a job, which acts for the platform."""
    return Case.objects.select_related("study", "participant__site").get(pk=pk)


def case(by: Membership, pk: int) -> Case:
    """One case.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(
        by, Thing.CASE, Case.objects.select_related("participant__site", "study"), pk=pk
    )


def accepted_dates(case: Case) -> list[date]:
    """The true dates of a case's scans, which its readers must not see."""
    rows = Exam.objects.filter(
        participant_id=case.participant_id, acquired_on__isnull=False
    )
    return [
        day for day in rows.values_list("acquired_on", flat=True) if day is not None
    ]


def pace(reader_id: int) -> float | None:
    """A reader's median minutes a case over the last 20 signed; None until five are."""
    rows = Read.objects.filter(assignment__reader_id=reader_id, version=1).order_by(
        "-at"
    )
    seconds = sorted(rows.values_list("active_seconds", flat=True)[:20])
    return seconds[len(seconds) // 2] / 60 if len(seconds) >= 5 else None


def draws(study: Study, endpoint: str) -> list[Draw]:
    """The draws of a design, the newest first."""
    return list(Draw.objects.filter(study=study, design=endpoint).order_by("-at"))


def counts(study: Study, endpoint: str) -> dict[str, int]:
    """How many cases of a design are in each state."""
    rows = (
        Case.objects.filter(study=study, design=endpoint)
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    return dict(rows.order_by("state"))


def ready(study: Study, endpoint: str) -> int:
    """How many cases of a design wait for a place in the readers' order."""
    rows = Case.objects.filter(
        study=study, design=endpoint, state="open", assignments__isnull=True
    )
    return rows.count()


def exams_of(case: Case) -> list[Exam]:
    """The exams of a case, in the order of the plan's visits."""
    pks = case.series.values_list("series__exam", flat=True)
    rows = {
        e.visit: e for e in Exam.objects.filter(pk__in=pks).prefetch_related("series")
    }
    return [rows[visit] for visit in case.visits if visit in rows]


def reads_done(study: Study) -> tuple[int, int, list[int]]:
    """Reads signed, reads given out, and the signed ones as a running total by week."""
    rows = Assignment.objects.filter(case__study=study).exclude(state="cancelled")
    days = sorted(
        d for d in rows.values_list("submitted_at", flat=True) if d is not None
    )
    weeks: dict[tuple[int, int], int] = {}
    for number, at in enumerate(days, 1):
        weeks[at.isocalendar()[:2]] = number
    return len(days), rows.count(), list(weeks.values())
