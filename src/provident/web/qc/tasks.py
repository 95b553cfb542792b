"""Jobs of quality control."""

from __future__ import annotations

from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.qc.actions import ask_about_drift, ask_about_verdict
from provident.web.qc.selectors import exam_by_id


@job
def exam_judged(exam_id: str) -> None:
    """An exam was judged: open the queries that its verdict, and what drifted at its device, call for."""
    ask_about_verdict(exam=exam_by_id(exam_id), clock=clock())
    ask_about_drift(exam=exam_by_id(exam_id), clock=clock())
