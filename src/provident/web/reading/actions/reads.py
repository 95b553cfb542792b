"""The only writer of drafts and reads. What follows from a signed read is in `outcomes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock, Denied, InvalidInput, NotReady
from provident.kernel.ids import sha256
from provident.reading import CaseState, ReadState
from provident.reading.taking import Taken
from provident.web.jobs.queue import enqueue
from provident.web.ledger.chain import canonical
from provident.web.ledger.record import record
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.planning.acknowledging import require_acknowledged
from provident.web.reading import measurements, outcomes
from provident.web.reading.course import Course, course, own_measurements
from provident.web.reading.designs import design_of, fixed_limits, read_value
from provident.web.reading.gate import require_standing
from provident.web.reading.image_holds import images_hold
from provident.web.reading.models import (
    Assignment,
    CoSignature,
    Draft,
    Read,
    StageLock,
)
from provident.web.reading.selectors import co_signers, reader_name, reads_apart
from provident.web.studies.plans import version_in_force


@transaction.atomic
def open_case(*, assignment: Assignment, by: Membership, clock: Clock) -> Assignment:
    """A reader opens a case: from now on time counts and answers are kept."""
    if assignment.state != ReadState.ASSIGNED:
        return assignment
    images_hold(assignment.case)
    require_acknowledged(by, "reading", clock.now().date())
    require_standing(assignment, by, clock.now().date())
    if reads_apart(by, design_of(assignment.case)):
        raise NotReady("You have read these participants in an arm of reading that is kept apart from this one.")  # fmt: skip
    reading.READ.check_move(ReadState(assignment.state), ReadState.OPEN)
    assignment.state, assignment.opened_at = ReadState.OPEN, clock.now()
    assignment.save(update_fields=["state", "opened_at"])
    Draft.objects.get_or_create(
        assignment=assignment, defaults={"saved_at": clock.now()}
    )
    case = assignment.case
    if case.state == CaseState.OPEN:
        outcomes.move(case, CaseState.READING, clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="read.opened", thing="read",
           thing_id=str(assignment.pk), new={"case": case.pk})  # fmt: skip
    return assignment


class Stale(NotReady):
    """The answers were saved from another window since; the current ones come with the refusal."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            "This case was saved from another window. Look at both before you go on."
        )
        self.draft = draft


@transaction.atomic
def save_draft(
    *, assignment: Assignment, saved: Mapping[str, Any], clock: Clock
) -> Draft:
    """Keep what a reader has typed. A draft is no study data yet, so it is no event.

    Raises:
        Stale: another window saved a newer version.
        NotReady: the read is signed.
    """
    draft = current_draft(assignment, saved)
    fill(draft, _of_this_stage(assignment, course(assignment), saved), clock)
    draft.save()
    return draft


def _of_this_stage(
    assignment: Assignment, now: Course, saved: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed and drawn, as far as the open stage may say it; a draft never holds what is locked."""
    if now.chooses:
        return _of_a_choice(saved)
    if now.stage.of == 1:
        return dict(saved)
    return {
        **saved,
        "answers": now.own(saved["answers"]),
        "measurements": own_measurements(assignment, now, saved["measurements"]),
    }


def _of_a_choice(saved: Mapping[str, Any]) -> dict[str, Any]:
    """A choice in the making: which read, and why, and nothing else."""
    answers = saved["answers"]
    if set(answers) - {"choice", "reason"} or saved["measurements"]:
        raise InvalidInput("An adjudicator who sees both reads chooses one of them and changes nothing.")  # fmt: skip
    return dict(saved)


@transaction.atomic
def lock_stage(
    *, assignment: Assignment, saved: Mapping[str, Any], by: Membership, clock: Clock
) -> int:
    """Lock the stage that is open, for good; returns the number of the stage that opens.

    The signature at the end covers every lock.

    Raises:
        InvalidInput: answers of this stage are missing or do not fit, all of them in `findings`.
        LastStage: there is nothing after it; the read is signed instead.
        Stale, NotReady: as `save_draft`.
    """
    draft = current_draft(assignment, saved)
    images_hold(assignment.case)
    now = course(assignment)
    if now.stage.last:
        raise LastStage
    saved = _of_this_stage(assignment, now, saved)
    answers = reading.of_stage(now.labels, now.stage, now.whole(saved["answers"]))
    findings = reading.check_stage(now.design, now.labels, now.stage, answers)
    if findings:
        raise InvalidInput("This time point is not complete; nothing was locked.", findings)  # fmt: skip
    fill(draft, {**saved, "answers": {}, "measurements": []}, clock)
    draft.save()
    by_visit = {v: a for v, a in reading.to_visits(now.labels, answers).items() if a}
    content = {"answers": by_visit, "measurements": saved["measurements"]}
    made = StageLock.objects.create(
        assignment=assignment, stage=now.stage.number, active_seconds=draft.active_seconds,
        sha256=sha256(canonical(content)), at=clock.now(), **content,
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=assignment.case.study.slug, action="read.stage_locked", thing="read",
           thing_id=str(assignment.pk), new={"case": assignment.case_id, "stage": made.stage, "answers": by_visit,
                                             "sha256": made.sha256})  # fmt: skip
    return now.stage.number + 1


class LastStage(NotReady):
    """The stage that is open is the last: nothing is locked, the read is signed."""

    def __init__(self) -> None:
        super().__init__("This is the last step of the case: sign it.")


def current_draft(assignment: Assignment, saved: Mapping[str, Any]) -> Draft:
    draft = (
        Draft.objects.select_for_update()
        .select_related("assignment")
        .filter(assignment=assignment)
        .first()
    )
    if draft is None or draft.assignment.state != ReadState.OPEN:
        raise NotReady(
            "This read is signed, or the case was not opened; nothing of it can be changed."
        )
    if saved["version"] != draft.version:
        raise Stale(draft)
    return draft


def fill(draft: Draft, saved: Mapping[str, Any], clock: Clock) -> None:
    draft.answers, draft.measurements = (
        dict(saved["answers"]),
        list(saved["measurements"]),
    )
    draft.active_seconds = max(
        draft.active_seconds, int(saved.get("active_seconds") or 0)
    )
    draft.display = dict(saved.get("display") or draft.display)
    draft.version, draft.saved_at = draft.version + 1, clock.now()


def submit(
    *,
    assignment: Assignment,
    saved: Mapping[str, Any],
    password: str,
    by: Membership,
    clock: Clock,
    signers: Sequence[Mapping[str, str]] = (),
) -> Read:
    """Sign a read: from now on it is immutable; what follows for the case follows here.

    Raises:
        InvalidInput: answers are missing or do not fit, all of them in `findings`.
        Denied: a wrong password, or one of those who sign a consensus is missing.
        Stale, NotReady: as `save_draft`.
    """
    measured = measurements.taken(assignment, saved)  # long: before the transaction
    return _submit(assignment, saved, measured, password, by, clock, signers)


@transaction.atomic
def _submit(
    assignment: Assignment, saved: Mapping[str, Any], measured: Taken, password: str, by: Membership, clock: Clock,
    signers: Sequence[Mapping[str, str]],
) -> Read:  # fmt: skip
    draft = current_draft(assignment, saved)
    images_hold(assignment.case)
    design = design_of(assignment.case)
    now = course(assignment, design)
    if now.chooses:
        raise NotReady("An adjudicator who sees both reads chooses one of them; nothing else can be signed.")  # fmt: skip
    if not now.stage.last:
        raise NotReady("Lock the time point that is open first; a read is signed when all are locked.")  # fmt: skip
    answers = now.whole(saved["answers"])
    findings = reading.check_read(design, now.labels, answers, complete=True)
    findings += measured.findings
    if findings:
        raise InvalidInput("The read is not complete; nothing was signed.", findings)
    fill(draft, _of_this_stage(assignment, now, saved), clock)
    draft.save()
    by_visit = reading.to_visits(now.labels, answers)
    drawn = [m.as_json() for m in measured.measurements]
    signature = sign(
        membership=by, password=password, meaning="I sign this read", thing="read", thing_id=str(assignment.pk),
        content={"answers": by_visit, "measurements": drawn, "form": design.form.key, **_locks(assignment)},
        clock=clock,
    )  # fmt: skip
    made = _signed(assignment, draft, design, by_visit, drawn, signature.pk, clock)
    _co_sign(assignment, made, signers, {"answers": by_visit, "measurements": drawn, "form": design.form.key}, clock)  # fmt: skip
    follows = conclude(assignment, made, design, clock)
    record(clock=clock, by=actor(by), study=assignment.case.study.slug, action="read.signed", thing="read",
           thing_id=str(assignment.pk),
           new={"case": assignment.case_id, "version": made.version, "signature": signature.pk,
                "answers": by_visit, "follows": follows, **_changed(now, answers)})  # fmt: skip
    return made


def conclude(
    assignment: Assignment, made: Read, design: reading.ReadDesign, clock: Clock
) -> str:
    """What follows from a signed read, for the reader's list and the case; returns the case's state."""
    reading.READ.check_move(ReadState(assignment.state), ReadState.SUBMITTED)
    assignment.state, assignment.submitted_at = ReadState.SUBMITTED, clock.now()
    assignment.save(update_fields=["state", "submitted_at"])
    limits = fixed_limits(assignment.case.study, design.endpoint)
    follows = outcomes.follow(assignment.case, design, limits, clock)
    enqueue("provident.web.drift.tasks.read_signed", made.pk)
    return follows


def _co_sign(
    assignment: Assignment, read: Read, signers: Sequence[Mapping[str, str]], content: Mapping[str, Any], clock: Clock
) -> None:  # fmt: skip
    """Under a consensus each of its readers signs; nothing is signed while one is missing."""
    told = {str(s.get("code")): s for s in signers}
    for reader in co_signers(assignment):
        one, name = told.get(reader_name(reader), {}), reader_name(reader)
        if one.get("username") != reader.user.username:
            raise Denied(f"The signature of reader {name} is missing. Nothing was signed.")  # fmt: skip
        try:
            signature = sign(
                membership=reader, password=str(one.get("password") or ""), meaning="I sign this read", thing="read",
                thing_id=str(assignment.pk), content=content, clock=clock,
            )  # fmt: skip
        except Denied:
            raise Denied(f"That is not the password of reader {name}. Nothing was signed.") from None  # fmt: skip
        CoSignature.objects.create(read=read, reader=reader, signature=signature)


def _locks(assignment: Assignment) -> dict[str, list[str]]:
    """The locks of a read with stages, for its signature to cover; nothing where there are none."""
    locks = [lock.sha256 for lock in assignment.locks.order_by("stage")]
    return {"locks": locks} if locks else {}


def _changed(now: Course, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the global read of a hybrid design has changed, for the ledger."""
    if now.stage.kind is not reading.StageKind.GLOBAL:
        return {}
    return {"changed": reading.changed(now.locked, answers)}


def _signed(
    assignment: Assignment, draft: Draft, design: reading.ReadDesign, by_visit: Mapping[str, Any], drawn: list[Any],
    signature: int, clock: Clock,
) -> Read:  # fmt: skip
    read = Read(
        assignment=assignment, version=assignment.reads.count() + 1, answers={}, measurements=drawn,
        form=design.form.key, plan_version=version_in_force(assignment.case.study).version,
        active_seconds=draft.active_seconds, display=draft.display, signature_id=signature, at=clock.now(),
    )  # fmt: skip
    value = read_value(design, read, by_visit)
    read.answers = {visit: dict(e.answers) for visit, e in value.visits.items()}
    read.implied = {visit: sorted(e.implied) for visit, e in value.visits.items()}
    read.derived = {visit: dict(e.derived) for visit, e in value.visits.items()}
    read.save(force_insert=True)
    return read
