"""Reading the dose ledger: for jobs and gates, which act for the platform, and for people through the access table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from provident.kernel import NotFound
from provident.web.dose.book import ASKED, OPEN, Rows
from provident.web.dose.models import (
    DoseSignature,
    EnteredDose,
    ExamDose,
    Repeat,
    RepeatStep,
)
from provident.web.exams.models import Exam
from provident.web.participants.models import Participant, Slot
from provident.web.people.access import Thing, check, one, scoped
from provident.web.people.models import Membership


# What a ledger needs of a dose: neither its events nor its findings, which are long.
_COUNTED = ("research", "kinds", "amounts", "expected", "unknown", "repeat_of", "exam__uid", "exam__kind", "exam__participant_id")  # fmt: skip
_EXAM = ("study", "participant__site", "slot", "plan")


def _doses() -> QuerySet[ExamDose]:
    return ExamDose.objects.select_related(*(f"exam__{name}" for name in _EXAM))


def _repeats() -> QuerySet[Repeat]:
    rows = Repeat.objects.select_related(*(f"exam__{n}" for n in _EXAM), "by__user", "made")  # fmt: skip
    return rows.prefetch_related("steps__by__user")


def exam_by_id(pk: str | int) -> Exam:
    """One exam, for a job.

    Raises:
        NotFound: there is none.
    """
    exam = Exam.objects.select_related(*_EXAM).filter(pk=pk).first()
    if exam is None:
        raise NotFound("There is no such exam.")
    return exam


def dose_of(exam: Exam) -> ExamDose | None:
    """What is known of an exam's dose; None before it is reckoned, and for exams that do not expose."""
    return _doses().filter(exam=exam).first()


def entered(exam: Exam) -> list[EnteredDose]:
    """What people entered for an exam: the latest of each kind and number."""
    latest: dict[tuple[str, int], EnteredDose] = {}
    for row in exam.entered_doses.select_related("by__user"):
        latest[row.kind, row.number] = row
    return list(latest.values())


def rows_of(participant: Participant, *, booked_beside: int | None = None) -> Rows:
    """The rows of one participant's ledger.

    Args:
        participant: whose.
        booked_beside: the slot about to be booked; the others that are booked then count as well.
    """
    booked: Iterable[Slot] = ()
    if booked_beside is not None:
        booked = participant.slots.filter(state="booked").exclude(pk=booked_beside)
    return Rows(
        code=participant.code,
        doses=list(_doses().filter(exam__participant=participant).order_by("exam__acquired_on", "pk")),
        repeats=list(_repeats().filter(exam__participant=participant)),
        signatures=list(participant.dose_signatures.select_related("by__user")),
        booked=list(booked),
    )  # fmt: skip


def repeat_answered_by(exam: Exam) -> Repeat | None:
    """The repeat that was asked for and that an exam is: of the same kind and visit, and asked before it came."""
    rows = _repeats().filter(
        exam__participant=exam.participant_id, exam__kind=exam.kind, exam__visit=exam.visit, state=ASKED,
        asked_at__lte=exam.first_received_at,
    )  # fmt: skip
    return rows.exclude(exam=exam).order_by("asked_at").first()


def repeat_made_by(exam: Exam) -> Repeat | None:
    """The repeat that an exam was found to be."""
    return Repeat.objects.select_related("exam").filter(made=exam).first()


def exam(by: Membership, pk: int, verb: str = "see", thing: Thing = Thing.DOSE) -> Exam:
    """One exam whose dose (or repeat) a person may see or act on.

    Raises:
        Denied, NotFound: as the access table says.
    """
    check(by, verb, thing)
    rows = Exam.objects.select_related(*_EXAM).prefetch_related("series")
    return one(by, Thing.EXAM, rows, pk=pk)


def participant(by: Membership, code: str, verb: str = "see") -> Participant:
    """One participant whose ledger a person may see or sign for.

    Raises:
        Denied, NotFound: as the access table says.
    """
    check(by, verb, Thing.DOSE)
    rows = Participant.objects.select_related("site", "study")
    return one(by, Thing.PARTICIPANT, rows, code=code)


def everybody(by: Membership) -> list[tuple[Participant, Rows]]:
    """All participants that a person may see with the rows of their ledgers, in five queries however many there are.

    Raises:
        Denied: the role does not see doses.
    """
    doses: dict[int, list[Any]] = defaultdict(list)
    light = ExamDose.objects.select_related("exam").only(*_COUNTED)
    for row in scoped(by, Thing.DOSE, light).order_by("exam__acquired_on", "pk"):
        doses[row.exam.participant_id].append(row)
    asked: dict[int, list[Any]] = defaultdict(list)
    for again in scoped(by, Thing.REPEAT, _repeats().filter(state=ASKED)):
        asked[again.exam.participant_id].append(again)
    people = scoped(by, Thing.PARTICIPANT, Participant.objects.select_related("site"))
    signed: dict[int, list[Any]] = defaultdict(list)
    for one_ in DoseSignature.objects.filter(participant__in=people).select_related("by__user"):  # fmt: skip
        signed[one_.participant_id].append(one_)
    return [
        (p, Rows(code=p.code, doses=doses[p.pk], repeats=asked[p.pk], signatures=signed[p.pk]))
        for p in people
    ]  # fmt: skip


def repeat(by: Membership, pk: int, verb: str = "see") -> Repeat:
    """One repeat.

    Raises:
        Denied, NotFound: as the access table says.
    """
    return one(by, Thing.REPEAT, _repeats(), verb, pk=pk)


def repeats_of(exam_: Exam) -> list[Repeat]:
    """An exam's repeats, the newest first."""
    return list(_repeats().filter(exam=exam_))


def open_repeats(by: Membership) -> list[Repeat]:
    """The repeats that a person may see and that are not at their end."""
    return list(scoped(by, Thing.REPEAT, _repeats().filter(state__in=OPEN)))


def steps(row: Repeat) -> QuerySet[RepeatStep]:
    """The moves of a repeat, in their order."""
    return row.steps.select_related("by__user")
