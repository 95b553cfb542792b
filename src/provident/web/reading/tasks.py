"""Jobs of reading."""

from __future__ import annotations

from provident.web.exams.selectors import exam_by_id
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.reading import actions, copies, selectors


@job
def exam_accepted(exam_id: str) -> None:
    """An exam was accepted: make the cases that it completes."""
    actions.prepare_cases(exam=exam_by_id(exam_id), clock=clock())


@job
def make_copies(case_id: str) -> None:
    """Make the reading copies of a case; they are decoded and verified here, outside any transaction."""
    case = selectors.case_by_id(case_id)
    made = [copies.make(row) for row in selectors.case_series(case)]
    actions.store_copies(case=case, copies=made, clock=clock())
