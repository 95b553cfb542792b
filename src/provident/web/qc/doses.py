"""The job of quality control on dose: ask the site about a dose that is not known, and stop asking once it is."""

from __future__ import annotations

from provident.web.dose import reckoning
from provident.web.dose.selectors import dose_of, entered
from provident.web.jobs.queue import job
from provident.web.ledger.clock import clock
from provident.web.qc.actions.doses import ask_about_dose, close_known_dose
from provident.web.qc.selectors import exam_by_id


@job
def exam_dose_counted(exam_id: str) -> None:
    """An exam's dose was reckoned: a dose that is not known, or not right, is a question to the site."""
    exam = exam_by_id(exam_id)
    row = dose_of(exam)
    if row is None:
        return
    findings = reckoning.asks_the_site(row.findings, row.unknown)
    close_known_dose(
        exam=exam, still=findings, by_hand=bool(entered(exam)), clock=clock()
    )
    if findings:
        ask_about_dose(exam=exam, findings=findings, clock=clock())
