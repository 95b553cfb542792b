"""The only writer of cases and of what their copies are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from provident import reading
from provident.kernel import Clock
from provident.reading import CaseState
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, record
from provident.web.reading import outcomes, placing
from provident.web.reading.at_scan import waits_for
from provident.web.reading.copies import Copy
from provident.web.reading.designs import (
    designs,
)
from provident.web.reading.models import (
    Case,
    CaseSeries,
)
from provident.web.reading.selectors import accepted_exams
from provident.web.scanners.holds import held
from provident.web.studies.plans import version_in_force


@transaction.atomic
def prepare_cases(*, exam: Exam, clock: Clock) -> list[Case]:
    """Make or renew the cases that an accepted exam completes, unless a change of its scanner holds one of its exams.

    Releasing the scanner runs this again for each exam that was held; so does a score at the scan that was waited for.
    """
    made = []
    for design in designs(exam.study).values():
        if design.exam != exam.kind or exam.visit not in design.visits:
            continue
        visits = design.visits if design.per_participant else (exam.visit,)
        exams = accepted_exams(exam.participant_id, exam.kind)
        if all(visit in exams and _free(exams[visit]) for visit in visits):
            made.append(_case(design, {v: exams[v] for v in visits}, clock))
    return made


def _free(exam: Exam) -> bool:
    """Whether nothing holds an accepted exam back from being read."""
    return not held(exam) and not waits_for(exam)


def _case(design: reading.ReadDesign, exams: Mapping[str, Exam], clock: Clock) -> Case:
    first = next(iter(exams.values()))
    participant, study = first.participant, first.study
    key = (
        participant.code
        if design.per_participant
        else f"{participant.code} {next(iter(exams))}"
    )
    case, new = Case.objects.get_or_create(
        study=study, design=design.endpoint, key=key,
        defaults={
            "plan_version": version_in_force(study).version, "participant": participant, "visits": list(exams),
            "serves": design.serves, "state": CaseState.WAITING, "created_at": clock.now(), "changed_at": clock.now(),
        },
    )  # fmt: skip
    for visit, exam in exams.items():
        for series in exam.series.filter(
            role__in=design.show or [s.role for s in exam.series.all() if s.role]
        ):
            CaseSeries.objects.update_or_create(
                case=case, visit=visit, role=series.role, defaults={"series": series}
            )
    for one in (case, *placing.renew(case)):
        enqueue("provident.web.reading.tasks.make_copies", one.pk)
    if new:
        record(clock=clock, by=SYSTEM, study=study.slug, action="case.prepared", thing="case", thing_id=str(case.pk),
               participant=case.code, site=case.site_code,
               new={"endpoint": design.endpoint, "visits": list(exams)})  # fmt: skip
    return case


@transaction.atomic
def store_copies(*, case: Case, copies: Sequence[Copy], clock: Clock) -> Case:
    """Keep what the copies of a case are called; the case is open when all are there."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    for made in copies:
        CaseSeries.objects.filter(pk=made.pk).update(
            copy=made.images, manifest_sha256=made.manifest_sha256
        )
    if case.state == CaseState.WAITING:
        outcomes.move(case, CaseState.OPEN, clock)
        if case.purpose in placing.AGAIN:
            placing.place_again(case, clock)
        record(clock=clock, by=SYSTEM, study=case.study.slug, action="case.opened", thing="case",
               thing_id=str(case.pk), participant=case.code, site=case.site_code, new={"images": sum(len(c.images) for c in copies)})  # fmt: skip
    return case
