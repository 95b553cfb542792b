"""The only writer of exams and series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from provident.acquisition import Waivable
from provident.kernel import Clock, InvalidInput, NotReady
from provident.plan import Plan
from provident.programme.ionising import IONISING
from provident.recruitment.slots import TRANSITIONS as SLOT_TRANSITIONS
from provident.recruitment.slots import SlotState
from provident.web.exams.arrivals import ArrivedExam, SealedSeries, kind_by_modality
from provident.web.exams.drift import ANOTHER
from provident.web.exams.judging import waivable
from provident.web.exams.models import Exam, Preview, RuleWaiver, Series
from provident.web.exams.workflow import moved
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.participants.actions import move_slot
from provident.web.participants.models import Participant, Slot
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.sites.actions import observe_scanner
from provident.web.sites.models import Scanner
from provident.web.studies.models import PlanVersion
from provident.web.studies.plans import plan_in_force, plan_of


# What may tell of radiation: exposures, and the structured reports that come with them.
DOSED = IONISING | {"SR"}


class SealedMeanwhile(Exception):
    """Another transfer sealed a series first; seal again on top of its manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFound:
    """What reading a series found: its facts, and how people know it."""

    uid: str
    facts: Mapping[str, Any]
    number: int | None
    description: str


def take_in(
    *, participant: Participant, arrived: ArrivedExam, clock: Clock
) -> tuple[Exam, bool]:
    """Make or extend the exam of a transfer, inside the action that records the event.

    Returns the exam and whether it was reopened by late images.

    Raises:
        SealedMeanwhile: a series was sealed by another transfer since it was read.
    """
    exam, made = Exam.objects.get_or_create(
        study=participant.study,
        uid=arrived.uid,
        defaults={
            "participant": participant,
            "first_received_at": clock.now(),
            "visit": arrived.visit,
            "acquired_on": arrived.acquired_on,
            "day": arrived.day,
        },
    )
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    for sealed in arrived.series:
        _seal(exam, sealed, clock)
    totals = exam.series.values_list("instances", "size")
    exam.received = sum(n for n, _ in totals)
    exam.size = sum(size for _, size in totals)
    exam.announced = max(exam.received, arrived.announced)
    reopened = not made and exam.state not in (Exam.State.RECEIVING, Exam.State.COMPLETE)  # fmt: skip
    exam.state = moved(exam.state, Exam.State.COMPLETE)
    exam.complete_at, exam.decided_at = clock.now(), None
    if arrived.deidentified_before:
        exam.labels = list(dict.fromkeys([*exam.labels, ANOTHER]))
    if exam.slot is None:
        exam.slot = _slot_by_modality(exam)
    if exam.slot is not None:
        move_if_allowed(exam.slot, SlotState.RECEIVED, clock)
    exam.save()
    enqueue("provident.web.exams.tasks.judge_exam", exam.pk)
    return exam, reopened


def _seal(exam: Exam, sealed: SealedSeries, clock: Clock) -> None:
    series, _ = Series.objects.get_or_create(
        exam=exam, uid=sealed.uid, defaults={"modality": sealed.modality}
    )
    if series.manifest_version != sealed.before:
        raise SealedMeanwhile
    series.manifest_version = sealed.before + 1
    series.manifest_key = sealed.manifest_key
    series.manifest_sha256 = sealed.manifest_sha256
    series.instances, series.size = sealed.instances, sealed.size
    series.sealed_at = clock.now()
    series.save()


def move_if_allowed(slot: Slot, to: SlotState, clock: Clock) -> None:
    """Move a slot unless it is already further than late images may bring it back."""
    if to in SLOT_TRANSITIONS[SlotState(slot.state)]:
        move_slot(slot=slot, to=to, clock=clock)


def _slot_by_modality(exam: Exam) -> Slot | None:
    plan = plan_in_force(exam.study)
    slots = {s.exam_kind: s for s in exam.participant.slots.filter(visit=exam.visit)}
    kinds = [(kind, modalities_of(plan, kind)) for kind in slots]
    kind = kind_by_modality(exam.series.values_list("modality", flat=True), kinds)
    return slots.get(kind)


def modalities_of(plan: Plan, kind: str) -> tuple[str, ...]:
    """The DICOM modalities that an exam kind of the plan may have."""
    manual = plan.imaging.get(kind)
    found = getattr(manual, "modality", ())
    return (found,) if isinstance(found, str) else tuple(found)


@transaction.atomic
def store_facts(*, exam: Exam, found: Sequence[SeriesFound], clock: Clock) -> None:
    """Keep what reading the series of an exam found."""
    for one in found:
        exam.series.filter(uid=one.uid).update(
            facts=dict(one.facts),
            number=one.number,
            description=one.description[:128],
        )
    enqueue("provident.web.exams.tasks.make_thumbnails", exam.pk)
    participant = exam.participant
    record(
        clock=clock, by=SYSTEM, study=exam.study.slug, action="exam.facts_stored", thing="exam",
        thing_id=str(exam.pk), site=participant.site.code, participant=participant.code,
        new={"series": len(found)},
    )  # fmt: skip


@transaction.atomic
def keep_thumbnail(*, series: Series, key: str) -> None:
    """Note where the small picture of a series is; it can be made again at any time, so there is no event."""
    Series.objects.filter(pk=series.pk).update(thumbnail_key=key)


@transaction.atomic
def record_verdict(
    *,
    exam: Exam,
    kind: str,
    verdict: Mapping[str, Any],
    labels: Sequence[str],
    scanner: Scanner | None,
    plan: PlanVersion,
    slot: Slot | None,
    clock: Clock,
) -> Exam:
    """Keep the judgement of an exam by a plan version, label it, and bring its slot to checked.

    Labels are kept with the exam and never hold it back.
    """
    exam = (
        Exam.objects.select_for_update(of=("self",))
        .select_related("participant__site", "study")
        .get(pk=exam.pk)
    )
    old = {
        "state": exam.state,
        "outcome": exam.outcome,
        "plan": exam.plan.version if exam.plan is not None else None,
    }
    exam.state = moved(exam.state, Exam.State.JUDGED)
    exam.kind, exam.verdict, exam.labels = kind, dict(verdict), list(labels)
    exam.outcome = str(verdict["outcome"])
    exam.scanner, exam.plan, exam.judged_at = scanner, plan, clock.now()
    exam.slot = slot
    for one in verdict["series"]:
        exam.series.filter(uid=one["uid"]).update(
            role=one["role"] or "", outcome=one["outcome"]
        )
    if slot is not None:
        move_if_allowed(slot, SlotState.RECEIVED, clock)
        move_if_allowed(slot, SlotState.CHECKED, clock)
    exam.save()
    enqueue("provident.web.qc.tasks.exam_judged", exam.pk)
    if "repeat" in exam.labels or DOSED & set(exam.series.values_list("modality", flat=True)):  # fmt: skip
        enqueue("provident.web.dose.tasks.exam_judged", exam.pk)
    participant = exam.participant
    record(
        clock=clock, by=SYSTEM, study=exam.study.slug, action="exam.judged", thing="exam", thing_id=str(exam.pk),
        site=participant.site.code, participant=participant.code, old=old,
        new={
            "state": exam.state, "outcome": exam.outcome, "exam": kind, "visit": exam.visit, "labels": exam.labels,
            "plan": plan.version,
        },
    )  # fmt: skip
    return exam


@transaction.atomic
def ask_for_preview(
    *, version: str, content: str, files: Mapping[str, str], by: Membership, clock: Clock
) -> Preview:  # fmt: skip
    """Have all stored exams judged by a plan that is not in force. Nothing of the exams changes.

    The same content asked for again is judged again.

    Args:
        content: the hash of the plan's files.
    """
    check(by, "review", Thing.AMENDMENT)
    preview, _ = Preview.objects.update_or_create(
        study=by.study,
        hash=content,
        defaults={
            "version": version,
            "files": dict(files),
            "asked_at": clock.now(),
            "asked_by": by.user.username,
            "judged_at": None,
        },
    )
    enqueue("provident.web.exams.tasks.judge_by_draft", preview.pk)
    record(
        clock=clock, by=actor(by), study=by.study.slug, action="amendment.judged_ahead", thing="amendment",
        thing_id=version, new={"version": version, "hash": content},
    )  # fmt: skip
    return preview


@transaction.atomic
def keep_preview(
    *,
    preview: Preview,
    exams: int,
    groups: Sequence[Mapping[str, Any]],
    effects: Sequence[Mapping[str, Any]],
    seconds: float,
    clock: Clock,
) -> None:
    """Keep what a plan would change. It can be made again at any time, so there is no event."""
    Preview.objects.filter(pk=preview.pk).update(
        exams=exams,
        groups=[dict(g) for g in groups],
        effects=[dict(e) for e in effects],
        seconds=seconds,
        judged_at=clock.now(),
    )


@transaction.atomic
def rejudge(*, exams: Sequence[Exam], by: Membership, clock: Clock) -> int:
    """Have exams that nobody has decided about judged by the version in force; decided ones keep theirs."""
    check(by, "load", Thing.PLAN)
    undecided = [e for e in exams if e.state == Exam.State.JUDGED and e.study_id == by.study_id]  # fmt: skip
    for exam in undecided:
        enqueue("provident.web.exams.tasks.rejudge_exam", exam.pk)
    version = plan_in_force(by.study).version
    record(
        clock=clock, by=actor(by), study=by.study.slug, action="amendment.rejudged", thing="amendment",
        thing_id=version, new={"version": version, "exams": len(undecided)},
    )  # fmt: skip
    return len(undecided)


@transaction.atomic
def waive_rule(
    *,
    exam: Exam,
    rule: str,
    reason: str,
    until: date | None,
    password: str,
    by: Membership,
    clock: Clock,
) -> RuleWaiver:
    """Let one broken rule go for one exam, signed; it is judged again, and the finding stays as waived.

    Raises:
        Denied: the role may not accept exams, or the password is wrong.
        NotReady: the exam is not judged or decided already.
        InvalidInput: the rule is not broken, cannot be let go, or the reason or the day does not hold.
    """
    check(by, "accept", Thing.EXAM)
    exam = Exam.objects.select_for_update(of=("self",)).select_related("participant__site", "study", "plan").get(pk=exam.pk)  # fmt: skip
    if exam.state != Exam.State.JUDGED:
        raise NotReady("A rule is let go while the exam is judged and nobody has decided yet.")  # fmt: skip
    chosen = {w.rule: w for w in _waivable(exam)}.get(rule)
    if chosen is None:
        raise InvalidInput("Choose a rule that is broken. What cannot be read, and what the manual calls critical, is not let go for one exam.")  # fmt: skip
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("Say why the exam may stand without it.")
    if until is not None and until < clock.now().date():
        raise InvalidInput("The last day on which the waiver holds is over.")
    content = {"exam": exam.uid, "rule": rule, "found": chosen.words, "reason": reason, "until": str(until or "")}  # fmt: skip
    signature = sign(membership=by, password=password, meaning="I let this rule go for this exam", thing="exam",
                     thing_id=str(exam.pk), content=content, clock=clock)  # fmt: skip
    made = RuleWaiver.objects.create(
        exam=exam, rule=rule, words=chosen.words[:300], reason=reason, until=until, by=by, at=clock.now(), signature=signature,
    )  # fmt: skip
    enqueue("provident.web.exams.tasks.rejudge_exam", exam.pk)
    _waiver_event("exam.rule_waived", made, actor(by), clock, new={"rule": rule, "found": chosen.words, "until": str(until or ""), "signature": signature.pk}, reason=reason)  # fmt: skip
    return made


def _waivable(exam: Exam) -> list[Waivable]:
    return waivable(exam, plan_of(exam.plan)) if exam.plan is not None else []


@transaction.atomic
def end_waiver(
    *, waiver: RuleWaiver, reason: str, by: Membership, clock: Clock
) -> None:
    """Take a waiver back; the exam is judged again unless somebody has decided about it.

    Raises:
        Denied: the role may not accept exams.
        InvalidInput: no reason.
    """
    check(by, "accept", Thing.EXAM)
    if not reason.strip():
        raise InvalidInput("Say why the rule holds again.")
    _end(waiver, " ".join(reason.split()), clock)
    _waiver_event("exam.waiver_ended", waiver, actor(by), clock, old={"rule": waiver.rule}, reason=waiver.end_reason)  # fmt: skip


@transaction.atomic
def expire_waiver(*, waiver: RuleWaiver, clock: Clock) -> None:
    """End a waiver whose last day is over."""
    _end(waiver, f"Its last day was {waiver.until}.", clock)
    _waiver_event("exam.waiver_ended", waiver, SYSTEM, clock, old={"rule": waiver.rule}, reason=waiver.end_reason)  # fmt: skip


def _end(waiver: RuleWaiver, reason: str, clock: Clock) -> None:
    waiver.ended_at, waiver.end_reason = clock.now(), reason
    waiver.save(update_fields=["ended_at", "end_reason"])
    if waiver.exam.state == Exam.State.JUDGED:
        enqueue("provident.web.exams.tasks.rejudge_exam", waiver.exam_id)


def _waiver_event(
    action: str, waiver: RuleWaiver, by: Actor, clock: Clock, **told: Any
) -> None:
    participant = waiver.exam.participant
    record(
        clock=clock, by=by, study=waiver.exam.study.slug, action=action, thing="exam", thing_id=str(waiver.exam_id),
        site=participant.site.code, participant=participant.code, **told,
    )  # fmt: skip


def note_scanner(
    *, exam: Exam, scanner: Scanner, seen: Mapping[str, str], clock: Clock
) -> None:
    """Hand on what an exam's headers say of its scanner; a change is opened where a watched fact differs."""
    observe_scanner(
        scanner=scanner, observed=dict(seen), exam_uid=exam.uid, by=SYSTEM, clock=clock
    )
