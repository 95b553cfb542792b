"""Jobs of quality control. Each may run again at any time."""

from __future__ import annotations

from provident.web.exams.objects import object_store
from provident.web.jobs.queue import enqueue, job
from provident.web.ledger.clock import clock
from provident.web.qc import actions, outbox, selectors, triggers
from provident.web.qc.clocks import tick
from provident.web.qc.drawing import draw
from provident.web.qc.measuring import measured
from provident.web.studies.plans import plan_of, version_in_force


@job
def exam_judged(exam_id: str) -> None:
    """An exam was judged: what its verdict, what drifted and what the plan's indicators call for."""
    exam = selectors.exam_by_id(exam_id)
    version = exam.plan or version_in_force(exam.study)
    of = plan_of(version)
    actions.ask_about_verdict(exam=exam, clock=clock())
    actions.ask_about_drift(exam=selectors.exam_by_id(exam_id), clock=clock())
    drawn = draw(
        of.quality, seed=version.hash, uid=exam.uid, outcome=exam.outcome, in_pilot=selectors.in_pilot(exam, of)
    )  # fmt: skip
    actions.choose(exam=exam, draw=drawn, clock=clock())
    note = outbox.verdict(exam.pk, exam.outcome, exam.received, exam.study.slug)
    site = exam.participant.site
    actions.tell_verdict(note=note, site=site, clock=clock())
    triggers.open_what_they_say(site, of, exam, clock())
    enqueue("provident.web.qc.tasks.measure_exam", exam.pk)


@job
def measure_exam(exam_id: str) -> None:
    """Measure the images of an exam, each version of a series once; no verdict reads what is found."""
    exam = selectors.exam_by_id(exam_id)
    for series in selectors.unmeasured(exam):
        rows, seconds = measured(
            object_store(), list(selectors.instance_keys(series)), series.facts
        )
        actions.keep_measures(series=series, measures=rows, cpu_seconds=seconds, clock=clock())  # fmt: skip


@job
def send_messages(study_id: str) -> None:
    """Send what waits for each person of a study, as one mail each, where mail is set up."""
    if not actions.mail_is_set_up():
        return
    for to, waiting in selectors.unsent(study_id):
        if selectors.due_now(waiting, clock().now()):
            actions.send(to=to, messages=waiting, clock=clock())


@job
def quality_clocks(_: str) -> None:
    """Every hour: reminders and escalations of queries, waivers that are over, and the day's collected messages."""
    enqueue("provident.web.exams.tasks.expire_waivers", "")
    for study in selectors.studies():
        tick(study, clock())
        enqueue("provident.web.qc.tasks.send_messages", study.pk)
