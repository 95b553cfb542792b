"""Reading cases, assignments and reads, always from what a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from provident import reading
from provident.kernel import Denied, NotFound
from provident.web.exams.models import Exam
from provident.web.participants.models import Participant
from provident.web.people.access import Field, Role, Thing, check, one, scoped, visible
from provident.web.people.models import Membership
from provident.web.people.selectors import memberships
from provident.web.reading import analysis, gate
from provident.web.reading.course import course
from provident.web.reading.models import (
    Assignment,
    Case,
    CaseSeries,
    Draw,
    Read,
    TechnicalQuery,
)
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force


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
    """A reader's own assignments in their order; a qualification is a list of its own."""
    return _all_mine(by).exclude(case__purpose=Case.Purpose.QUALIFICATION)


def _all_mine(by: Membership) -> QuerySet[Assignment]:
    check(by, "see", Thing.READ)
    return (
        Assignment.objects.filter(reader=by)
        .select_related("case")
        .order_by("design", "position")
    )


def next_open(by: Membership, after: Assignment | None = None) -> Assignment | None:
    """The next case of a reader's list that is not signed: adjudications first, then in the drawn order.

    `after` names the case that is open, which is left out; those before it come last.
    A qualification has its own list.
    """
    test = Q(case__purpose=Case.Purpose.QUALIFICATION)
    rows = list(
        _all_mine(by)
        .filter(submitted_at__isnull=True)
        .filter(
            Q(case__attempt=after.case.attempt_id)
            if after and after.case.attempt_id
            else ~test
        )
        .order_by("design", "position")
    )
    shut = gate.closed(by, {a.design for a in rows})
    rows = [a for a in rows if a.state != "cancelled" and not gate.waits(a, shut)]
    if after is not None:
        here = (after.design, after.position)
        rows = [a for a in rows if a.pk != after.pk]
        rows.sort(key=lambda a: ((a.design, a.position) <= here, a.design, a.position))
    return rows[0] if rows else None


def shut(by: Membership) -> dict[str, str]:
    """The designs of which this reader has cases and may begin none now, with what is missing."""
    rows = mine(by).filter(state="assigned")
    rows = rows.exclude(case__purpose=Case.Purpose.QUALIFICATION)
    return gate.closed(by, rows.order_by().values_list("design", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: this is case `number` of `of`, `left` are not signed."""

    number: int
    of: int
    left: int


def place(assignment: Assignment) -> Place:
    """Where a case stands in its reader's list, over all designs; a qualification is a list of its own."""
    rows = Assignment.objects.filter(
        reader_id=assignment.reader_id, case__attempt=assignment.case.attempt_id
    ).exclude(state="cancelled")
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
    """The stored copy that an opaque name of this case stands for, if it may be seen now.

    An image of a later stage and one that does not exist look the same.

    Raises:
        NotFound: the case has no such image, or it is not shown now.
    """
    visits = course(assignment).visits
    for row in assignment.case.series.filter(visit__in=visits):
        for entry in row.copy:
            if entry["name"] == name:
                return dict(entry)
    raise NotFound("There is no such image in this case.")


def reads_of(case: Case, role: str = Assignment.Role.PRIMARY) -> list[Read]:
    """The latest signed read of each assignment of a role, by seat."""
    rows = analysis.reads_of(case).filter(assignment__role=role)
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
    rows = scoped(
        by,
        Thing.CASE,
        analysis.cases(by.study).select_related("participant__site"),
    )
    return rows.annotate(
        given=Count("assignments", distinct=True), signed=signed
    ).order_by("design", "pk")


def readers(study: Study, role: Role) -> list[Membership]:
    """Who reads or adjudicates in a study now."""
    rows = Membership.objects.filter(
        study=study, role=role.value, until__isnull=True, user__is_active=True
    )
    return list(rows.select_related("user").order_by("code", "pk"))


def pool_of(
    study: Study, design: reading.ReadDesign, role: Role = Role.READER
) -> list[Membership]:
    """Who may read or adjudicate a design by their role in the plan, and has not read a design kept apart from it.

    A person without the plan's word for their role counts where only one role of the plan could be meant.
    """
    pool = design.adjudicator_pool if role is Role.ADJUDICATOR else design.pool
    roles = plan_in_force(study).people.roles.items()
    meant = [name for name, r in roles if r.on_platform(name) == role.value]
    rows = [
        m
        for m in readers(study, role)
        if m.plan_role == pool or (not m.plan_role and meant in ([pool], []))
    ]
    return [m for m in rows if not reads_apart(m, design)]


def reads_apart(person: Membership, design: reading.ReadDesign) -> bool:
    """Whether this person, under whatever role, has had a case of a design that is kept apart from this one."""
    rows = Assignment.objects.filter(
        reader__user=person.user_id,
        case__study=person.study_id,
        design__in=design.apart_from,
    )
    return rows.exclude(state="cancelled", opened_at__isnull=True).exists()


def co_signers(assignment: Assignment) -> list[Membership]:
    """Who signs a consensus beside the reader who holds the pen; nobody where it is none."""
    if assignment.role != Assignment.Role.CONSENSUS:
        return []
    rows = analysis.assignments(assignment.case.study).filter(
        case=assignment.case, role=Assignment.Role.PRIMARY
    )
    rows = rows.exclude(reader=assignment.reader).select_related("reader__user")
    return [a.reader for a in rows.order_by("seat")]


def reader_name(reader: Membership) -> str:
    """The code under which readers go among themselves."""
    return reader.code or str(reader.pk)


def shown_reads(assignment: Assignment) -> list[Read]:
    """The two reads that an adjudicator chooses between, in the order drawn for the case."""
    found = {read.pk: read for read in reads_of(assignment.case)}
    return [found[pk] for pk in assignment.shown_reads.reads if pk in found]


def prior_answers(
    assignment: Assignment, design: reading.ReadDesign
) -> list[dict[str, Any]]:
    """A reader's own signed answers at earlier visits of the same participant, the oldest first.

    Only where each visit is a case of its own and the design shows own locked answers.
    """
    case = assignment.case
    shown = shown_participant(case)  # of a repeat the same, or it could be told
    if design.per_participant or not design.own_prior_answers or shown is None:
        return []
    rank = {visit: i for i, visit in enumerate(design.visits)}
    here = rank[case.visits[0]]
    rows = analysis.reads(case.study, serves=None).filter(
        assignment__reader=assignment.reader_id,
        assignment__design=case.design,
        assignment__case__participant=shown,
    )
    found: dict[int, dict[str, Any]] = {}
    for read in rows.order_by("version"):
        for visit, answers in read.answers.items():
            if rank.get(visit, here) < here:
                found[rank[visit]] = answers
    return [found[i] for i in sorted(found)]


def technical_queries(by: Membership) -> QuerySet[TechnicalQuery]:
    """The questions about technical causes that a person may see, the open ones first."""
    rows = TechnicalQuery.objects.select_related("case__participant__site", "asked_by__user", "answered_by__user")  # fmt: skip
    found = scoped(by, Thing.TECHNICAL, rows)
    return found.order_by("answered_at", "-asked_at")


def technical_queries_of(case: Case) -> list[TechnicalQuery]:
    """The questions about the reads of a case that count now, the newest first."""
    since = [read.at for read in reads_of(case)]
    rows = case.technical_queries.filter(asked_at__gte=max(since)) if since else ()
    return list(rows)


def technical_query(by: Membership, pk: int) -> TechnicalQuery:
    """One of them.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = TechnicalQuery.objects.select_related("case__participant__site", "case__study")  # fmt: skip
    return one(by, Thing.TECHNICAL, rows, pk=pk)


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


def study_by_id(pk: str | int) -> Study:
    """One study for a job."""
    return Study.objects.get(pk=pk)


def studies_at_work() -> list[int]:
    """The keys of the studies that are not locked."""
    return list(Study.objects.filter(locked_at__isnull=True).values_list("pk", flat=True))  # fmt: skip


def case_by_id(pk: str | int) -> Case:
    """One case for a job, which acts for the platform."""
    rows = Case.objects.select_related("study", "participant__site")
    return rows.get(pk=pk)


def case(by: Membership, pk: int) -> Case:
    """One case.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = analysis.cases(by.study).select_related("participant__site", "study")
    return one(by, Thing.CASE, rows, pk=pk)


def shown_participant(case: Case) -> Participant | None:
    """Whose images a case shows; None for a case of a test set, whose people are not of the study."""
    return case.participant or (case.source.participant if case.source else None)


def accepted_dates(case: Case) -> list[date]:
    """The true dates of the scans of whom a case shows, which its readers must not see."""
    shown = shown_participant(case)
    rows = Exam.objects.filter(participant=shown, acquired_on__isnull=False)
    if shown is None:
        return []
    return [
        day for day in rows.values_list("acquired_on", flat=True) if day is not None
    ]


def pace(reader_id: int) -> float | None:
    """A reader's median minutes a case over the last 20 signed; None until five are."""
    rows = (
        Read.objects.filter(assignment__reader_id=reader_id, version=1)
        .exclude(assignment__case__purpose=Case.Purpose.QUALIFICATION)
        .order_by("-at")
    )
    seconds = sorted(rows.values_list("active_seconds", flat=True)[:20])
    return seconds[len(seconds) // 2] / 60 if len(seconds) >= 5 else None


def draws(study: Study, endpoint: str) -> list[Draw]:
    """The draws of a design's study cases, the newest first."""
    rows = Draw.objects.filter(study=study, design=endpoint, kind=Draw.Kind.ORDER)
    return list(rows.order_by("-at"))


def counts(study: Study, endpoint: str) -> dict[str, int]:
    """How many cases of a design are in each state."""
    rows = (
        analysis.cases(study)
        .filter(design=endpoint)
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    return dict(rows.order_by("state"))


def ready(study: Study, endpoint: str) -> int:
    """How many cases of a design wait for a place in the readers' order."""
    rows = analysis.cases(study).filter(
        design=endpoint, state="open", assignments__isnull=True
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
    rows = analysis.assignments(study)
    days = sorted(
        d for d in rows.values_list("submitted_at", flat=True) if d is not None
    )
    weeks: dict[tuple[int, int], int] = {}
    for number, at in enumerate(days, 1):
        weeks[at.isocalendar()[:2]] = number
    return len(days), rows.count(), list(weeks.values())
