"""Jobs of the dose ledger. Each may run again at any time: the same images give the same row."""

from __future__ import annotations

from provident.web.dose import actions, selectors
from provident.web.dose.reckoning import assessed, fingerprint
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.studies.plans import plan_of, version_in_force


@job
def exam_judged(exam_id: str) -> None:
    """An exam was judged, or a dose entered: reckon what it gave, and see whether it is a repeat that was asked for."""
    count(exam_id)


def count(exam_id: str) -> None:
    """Reckon an exam's dose from whatever is there now; nothing happens when that has not changed."""
    exam = selectors.exam_by_id(exam_id)
    plan = plan_of(exam.plan or version_in_force(exam.study))
    made = selectors.repeat_made_by(exam) or selectors.repeat_answered_by(exam)
    first = made.exam.uid if made else ""
    entered, before = selectors.entered(exam), selectors.dose_of(exam)
    now = fingerprint(exam, plan, entered, first)
    if before is not None and before.read_from == now:
        return
    found = assessed(exam, plan, entered, first)
    if found is not None:
        actions.count_dose(exam=exam, found=found, clock=clock())
    if made is not None and made.made_id is None:
        actions.note_repeat_made(repeat=made, exam=exam, clock=clock())
