"""The only writer of decisions on exams."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from provident import qc
from provident.kernel import Clock, InvalidInput, NotReady, Outcome
from provident.recruitment.slots import SlotState
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import record
from provident.web.participants.actions import move_slot
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.qc.models import Query, Review, Selection
from provident.web.studies.plans import plan_of, version_in_force


def need_not_be_scored(exam: Exam) -> bool:
    """Whether chance left this exam out and its verdict is a pass: it may be accepted on the verdict alone."""
    left_out = Selection.objects.filter(exam=exam, looked_at=False).exists()
    return left_out and exam.outcome == Outcome.PASS


def _may_decide(
    exam: Exam, decision: str, scores: Mapping[str, Mapping[str, str]], reason: str
) -> None:
    if exam.state != Exam.State.JUDGED:
        raise NotReady(
            "Only an exam that is judged and not yet decided can be decided."
        )
    human = plan_of(exam.plan or version_in_force(exam.study)).quality.human
    roles = [s.role for s in exam.series.all() if s.role]
    missing = (
        qc.missing_scores(human.score, roles, scores)
        if decision == Review.Decision.ACCEPT and not need_not_be_scored(exam)
        else []
    )
    if missing:
        raise InvalidInput("Not everything is scored: " + "; ".join(missing) + ".")
    if (
        decision == Review.Decision.ACCEPT
        and exam.queries.exclude(state=Query.State.CLOSED).exists()
    ):
        raise NotReady("A query is open. Close it before the exam is accepted.")
    needs_reason = decision == Review.Decision.REJECT or exam.outcome in {
        Outcome.FAIL,
        Outcome.NOT_ASSESSABLE,
    }
    if needs_reason and not reason.strip():
        raise InvalidInput(
            "Say why: the exam is rejected, or accepted although it is not as the manual asks."
        )


@transaction.atomic
def review(
    *,
    exam: Exam,
    decision: str,
    scores: Mapping[str, Mapping[str, str]],
    reason: str,
    password: str,
    by: Membership,
    clock: Clock,
) -> Review:
    """Accept or reject an exam, signed.

    Accepting lets the exam be read. Rejecting expects it again: a repeat, if the window allows one.

    Raises:
        NotReady: not judged, decided already, or a query is open.
        InvalidInput: scores or the reason are missing.
        Denied: the password is wrong.
    """
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    _may_decide(exam, decision, scores, reason)
    content = {
        "exam": exam.uid,
        "decision": decision,
        "scores": dict(scores),
        "reason": reason,
        "verdict": exam.verdict,
    }
    signature = sign(
        membership=by, password=password, meaning=f"I {decision} this exam", thing="exam", thing_id=str(exam.pk),
        content=content, clock=clock,
    )  # fmt: skip
    made = Review.objects.create(
        exam=exam,
        by=by,
        at=clock.now(),
        decision=decision,
        scores=dict(scores),
        reason=reason,
        signature=signature,
    )
    old = exam.state
    exam.state = (
        Exam.State.ACCEPTED
        if decision == Review.Decision.ACCEPT
        else Exam.State.REJECTED
    )
    exam.decided_at = clock.now()
    exam.save(update_fields=["state", "decided_at"])
    _move_slot(exam, decision, clock)
    if decision == Review.Decision.ACCEPT:
        enqueue("provident.web.reading.tasks.exam_accepted", exam.pk)
    participant = exam.participant
    record(
        clock=clock, by=actor(by), study=exam.study.slug, action=f"exam.{decision}ed", thing="exam",
        thing_id=str(exam.pk), site=participant.site.code, participant=participant.code, old={"state": old},
        new={"state": exam.state, "scores": dict(scores), "signature": signature.pk}, reason=reason,
    )  # fmt: skip
    return made


def _move_slot(exam: Exam, decision: str, clock: Clock) -> None:
    slot = exam.slot
    if slot is None:
        return
    if decision == Review.Decision.ACCEPT:
        move_slot(slot=slot, to=SlotState.ACCEPTED, clock=clock)
    elif not slot.exams.filter(state=Exam.State.ACCEPTED).exists():
        move_slot(slot=slot, to=SlotState.EXPECTED, clock=clock)
