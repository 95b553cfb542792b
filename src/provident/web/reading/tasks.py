"""Jobs of reading."""

from __future__ import annotations

from provident.web.exams.selectors import exam_by_id
from provident.web.jobs.queue import enqueue, job
from provident.web.ledger.clock import clock
from provident.web.readers.actions import record_attempt
from provident.web.reading import actions, copies, selectors, set_selectors
from provident.web.studies.plans import plan_in_force


@job
def exam_accepted(exam_id: str) -> None:
    """An exam was accepted: make the cases that it completes."""
    exam = exam_by_id(exam_id)
    actions.attach_clips(exam=exam, clock=clock())
    actions.prepare_cases(exam=exam, clock=clock())


@job
def draw_repeats(study_id: str) -> None:
    """Draw the hidden repeats that are due in all designs of a study."""
    study = selectors.study_by_id(study_id)
    for endpoint in plan_in_force(study).reading:
        actions.draw_repeats(study=study, endpoint=endpoint, clock=clock())


@job
def reading_clocks(when: str) -> None:
    """What follows from the passing of time, every day: washouts that are over."""
    for pk in selectors.studies_at_work():
        enqueue("provident.web.reading.tasks.draw_repeats", pk)


@job
def end_attempt(attempt_id: str) -> None:
    """Judge an attempt at a test set when its last case is signed."""
    attempt = set_selectors.attempt_by_id(attempt_id)
    actions.end_attempt(attempt=attempt, clock=clock())


@job
def tell_attempt(attempt_id: str) -> None:
    """Tell what an attempt yielded to those who keep the readers' standing; once."""
    attempt = set_selectors.attempt_by_id(attempt_id)
    if attempt.ended_at is not None:
        record_attempt(
            reader=attempt.reader, design=attempt.design, passed=attempt.state == "passed", form=attempt.test_set.form,
            result={**attempt.result, "attempt": attempt.pk}, clock=clock(),
        )  # fmt: skip


@job
def make_copies(case_id: str) -> None:
    """Make the reading copies of a case; they are decoded and verified here, outside any transaction."""
    case = selectors.case_by_id(case_id)
    made = [copies.make(row) for row in selectors.case_series(case)]
    actions.store_copies(case=case, copies=made, clock=clock())
