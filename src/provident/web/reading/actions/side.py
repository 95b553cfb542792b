"""The only writer of reads beside the blinded ones: looks for what cannot wait, and scores given at the scan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from provident.kernel import Clock, Denied, InvalidInput, NotReady
from provident.web.exams.models import Exam
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.reading.beside import due_at, policy, role_that_looks
from provident.web.reading.designs import design_of, designs, labels
from provident.web.reading.models import Assignment, SideRead


Kind = SideRead.Kind


@transaction.atomic
def report(
    *, assignment: Assignment, told: Mapping[str, Any], by: Membership, clock: Clock
) -> SideRead:
    """A blinded reader tells of something unexpected; it goes to the role of the plan's policy.

    Nothing of it comes back to the reader, and nothing of the case changes.

    Raises:
        NotReady: the plan has no such side channel for this design.
        InvalidInput: no text, or no such time point.
    """
    case = assignment.case
    allowed = design_of(case).on_the_side
    if told["kind"] != Kind.UNEXPECTED or Kind.UNEXPECTED not in allowed or case.test_case_id:  # fmt: skip
        raise NotReady("The plan has no such side channel for this read.")
    pairs = dict(labels(assignment))
    visit = pairs.get(told["label"] or next(iter(pairs)))
    if visit is None or not told["text"].strip():
        raise InvalidInput("Say at which time point, and what you have seen.")
    row = case.series.filter(visit=visit, series__isnull=False).select_related("series__exam")[:1]  # fmt: skip
    if not row or row[0].series is None:
        raise InvalidInput("This case shows no images of that time point.")
    return _ask(row[0].series.exam, Kind.UNEXPECTED, told["text"], by, clock)


@transaction.atomic
def ask_side_read(
    *, exam: Exam, kind: str, reason: str, by: Membership, clock: Clock
) -> SideRead:
    """Ask for a look at one exam outside the blind, where a read design of the plan allows it.

    Raises:
        InvalidInput: no reason.
        NotReady: no design of this exam has such a side channel, or such a look is open already.
    """
    check(by, "ask", Thing.SIDE)
    allowed = {k for d in designs(exam.study).values() if d.exam == exam.kind for k in d.on_the_side}  # fmt: skip
    if kind not in (Kind.UNEXPECTED, Kind.EARLY_RELEASE) or kind not in allowed:
        raise NotReady("No read design of the plan has such a side channel for this exam.")  # fmt: skip
    if not reason.strip():
        raise InvalidInput("Say why somebody has to look now.")
    if exam.side_reads.filter(kind=kind, read_at__isnull=True).exists():
        raise NotReady("Somebody has been asked to look at this exam already.")
    return _ask(exam, kind, reason, by, clock)


def _ask(
    exam: Exam, kind: str, reason: str, by: Membership, clock: Clock
) -> SideRead:  # fmt: skip
    made = SideRead.objects.create(
        study=exam.study, exam=exam, kind=kind, reason=reason.strip(), asked_by=by, asked_at=clock.now(),
        due_at=due_at(exam.study, clock.now()),
    )  # fmt: skip
    _record("side.asked", made, by, clock, {"kind": kind}, made.reason)
    return made


def _record(
    action: str, row: SideRead, by: Membership, clock: Clock, new: Mapping[str, Any], reason: str = ""
) -> None:  # fmt: skip
    exam = row.exam
    participant, site = exam.participant.code, exam.participant.site.code
    record(clock=clock, by=actor(by), study=row.study.slug, action=action, thing="exam", thing_id=str(exam.pk),
           participant=participant, site=site, new={"side_read": row.pk, **new}, reason=reason)  # fmt: skip


@transaction.atomic
def read_for_safety(
    *, exam: Exam, found: str, urgent: bool, password: str, by: Membership, clock: Clock, asked: SideRead | None = None
) -> SideRead:  # fmt: skip
    """Sign the look at one exam: what was found, or that nothing was. Its time runs from the exam's arrival.

    Raises:
        Denied: not the role of the plan's policy, or a wrong password.
        InvalidInput: urgent, and nothing found.
        NotReady: it is signed already, the exam has not come whole, or the plan has no such look.
    """
    check(by, "read", Thing.SIDE)
    _only_who_looks(by, exam)
    if urgent and not found.strip():
        raise InvalidInput("What is urgent is said in words.")
    row = asked or _safety_read(exam, clock)
    row = SideRead.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.read_at is not None:
        raise NotReady("This look is signed already.")
    row.found, row.urgent, row.read_by, row.read_at = found.strip(), urgent, by, clock.now()  # fmt: skip
    row.signature = sign(
        membership=by, password=password, meaning="I have looked at this exam", thing="side read", thing_id=str(row.pk),
        content={"found": row.found, "urgent": urgent}, clock=clock,
    )  # fmt: skip
    row.save()
    late = row.due_at is not None and row.read_at > row.due_at
    new = {"kind": row.kind, "late": late, "urgent": urgent, "something_found": bool(row.found)}  # fmt: skip
    _record("side.read", row, by, clock, new)
    return row


def _safety_read(exam: Exam, clock: Clock) -> SideRead:
    if exam.complete_at is None or policy(exam.study) is None:
        raise NotReady("The exam has not come whole, or the plan has nobody look at it.")  # fmt: skip
    row, _ = SideRead.objects.get_or_create(
        exam=exam, kind=Kind.SAFETY,
        defaults={"study": exam.study, "asked_at": exam.complete_at, "due_at": due_at(exam.study, exam.complete_at)},
    )  # fmt: skip
    return row


def _only_who_looks(by: Membership, exam: Exam) -> None:
    who = role_that_looks(exam.study)
    if by.plan_role != who:
        raise Denied(f"By the plan the role {who.replace('_', ' ') or 'nobody'} looks at exams for what cannot wait.")  # fmt: skip
    if by.site and by.site != exam.participant.site.code:
        raise Denied("This exam is not your site's.")


@transaction.atomic
def tell_clinician(
    *, row: SideRead, whom: str, by: Membership, clock: Clock
) -> SideRead:
    """Record which clinician was told of a finding. Their acknowledgement is recorded apart.

    Raises:
        InvalidInput: nobody is named.
        NotReady: nothing was found, or somebody was told already.
    """
    check(by, "tell", Thing.SIDE)
    row = SideRead.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.found or row.read_at is None or row.told_at is not None:
        raise NotReady("There is nothing to be told here: nothing was found, or it was told already.")  # fmt: skip
    if not whom.strip():
        raise InvalidInput("Name the clinician who was told, by role.")
    row.told_whom, row.told_by, row.told_at = whom.strip(), by, clock.now()
    row.save()
    _record("side.told", row, by, clock, {"hours": _hours(row.read_at, clock.now())})
    return row


@transaction.atomic
def acknowledge_finding(*, row: SideRead, by: Membership, clock: Clock) -> SideRead:
    """Record that the clinician has acknowledged.

    Raises:
        NotReady: nobody was told, or it is acknowledged.
    """
    check(by, "tell", Thing.SIDE)
    row = SideRead.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.told_at is None or row.acknowledged_at is not None:
        raise NotReady("Nobody was told yet, or it is acknowledged already.")
    row.acknowledged_at = clock.now()
    row.save(update_fields=["acknowledged_at"])
    _record("side.acknowledged", row, by, clock, {"hours": _hours(row.told_at, clock.now())})  # fmt: skip
    return row


def _hours(since: datetime, until: datetime) -> float:
    return round((until - since) / timedelta(hours=1), 1)
