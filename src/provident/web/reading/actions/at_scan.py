"""The only writer of scores given at the scan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from provident import forms
from provident.kernel import Clock, Denied, InvalidInput, NotReady
from provident.programme.reads import form
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, record
from provident.web.participants.models import Slot
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.reading.at_scan import locks_before, others_have_begun, rules
from provident.web.reading.models import ScanRead
from provident.web.studies.plans import plan_in_force


@transaction.atomic
def sign_scan_read(
    *, slot: Slot, answers: Mapping[str, Any], password: str, by: Membership, clock: Clock
) -> ScanRead:  # fmt: skip
    """Sign the score that was given at the scan; it is locked from now on, and exams that waited for it are read.

    Raises:
        Denied: another role or site, or a wrong password.
        InvalidInput: answers are missing or do not fit, all of them in `findings`.
        NotReady: it is locked already, an exam that was to wait has been read, or the operator has no code.
    """
    check(by, "read", Thing.SCAN_READ)
    plan, participant = plan_in_force(by.study), slot.participant
    rule = rules(plan).get(slot.exam_kind)
    if rule is None or by.plan_role != rule.by or by.site != participant.site.code:
        raise Denied("By the plan another role scores this scan, or it is not your site's.")  # fmt: skip
    if not by.code:
        raise NotReady("Operators are coded: have the trial manager give you a code first.")  # fmt: skip
    Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if ScanRead.objects.filter(slot=slot).exists():
        raise NotReady("This scan is scored, and its score is locked.")
    if others_have_begun(slot):
        raise NotReady("Another exam of this visit has been read already: a score given now would not be blind to it.")  # fmt: skip
    compiled = form(plan, rule.form)
    findings = forms.check_answers(compiled, answers, complete=True)
    if findings:
        raise InvalidInput("The score is not complete; nothing was signed.", findings)
    exam = slot.exams.exclude(state=Exam.State.REJECTED).order_by("-first_received_at").first()  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning="I scored this scan while I made it", thing="scan read",
        thing_id=str(slot.pk), content={"answers": dict(answers), "form": compiled.key}, clock=clock,
    )  # fmt: skip
    made = ScanRead.objects.create(
        slot=slot, form=compiled.key, plan_version=plan.version, operator=by, operator_code=by.code,
        answers=dict(forms.expand(compiled, answers).values), derived=dict(forms.derive(compiled, answers)),
        after_arrival=exam is not None, exam=exam, signature=signature, at=clock.now(),
    )  # fmt: skip
    if exam is not None:
        made.clips.set(exam.series.all())
    _let_wait_no_longer(slot, locks_before(plan, slot.exam_kind))
    record(clock=clock, by=actor(by), study=by.study.slug, action="scan_read.signed", thing="slot", thing_id=str(slot.pk),
           participant=participant.code, site=participant.site.code,
           new={"form": made.form, "operator": made.operator_code, "after_arrival": made.after_arrival,
                "answers": made.answers, "signature": signature.pk})  # fmt: skip
    return made


def _let_wait_no_longer(slot: Slot, kinds: frozenset[str]) -> None:
    waiting = Exam.objects.filter(
        participant=slot.participant, kind__in=kinds, state=Exam.State.ACCEPTED
    )
    for pk in waiting.values_list("pk", flat=True):
        enqueue("provident.web.reading.tasks.exam_accepted", pk)


@transaction.atomic
def attach_clips(*, exam: Exam, clock: Clock) -> None:
    """Attach the images of an exam to the score that was given when they were made. Running it again is harmless."""
    made = ScanRead.objects.filter(slot=exam.slot_id).first() if exam.slot_id else None
    series = set(exam.series.all())
    if made is None or (made.exam_id == exam.pk and set(made.clips.all()) == series):
        return
    ScanRead.objects.filter(pk=made.pk).update(exam=exam)
    made.clips.set(series)
    record(clock=clock, by=SYSTEM, study=exam.study.slug, action="scan_read.clips_attached", thing="slot",
           thing_id=str(made.slot_id), participant=exam.participant.code, site=exam.participant.site.code,
           new={"exam": exam.pk, "series": len(series)})  # fmt: skip
