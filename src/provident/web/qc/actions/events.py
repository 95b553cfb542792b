"""Recording what is done about an exam's quality."""

from __future__ import annotations

from provident.kernel import Clock
from provident.web.exams.models import Exam
from provident.web.ledger.record import Actor, record


def exam_event(
    action: str,
    exam: Exam,
    by: Actor,
    clock: Clock,
    thing: str,
    thing_id: object,
    reason: str = "",
    **new: object,
) -> None:
    """Record one event about an exam, as the last statement of an action."""
    participant = exam.participant
    record(
        clock=clock, by=by, study=exam.study.slug, action=action, thing=thing, thing_id=str(thing_id),
        site=participant.site.code, participant=participant.code, new=new, reason=reason,
    )  # fmt: skip
