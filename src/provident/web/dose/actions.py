"""The only writer of the dose ledger and of repeats."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from provident.acquisition import dose
from provident.acquisition.dose import repeats
from provident.kernel import Clock, InvalidInput, NotReady, Refused
from provident.plan import Plan
from provident.plan.models.imaging_dose import DOSES
from provident.programme.exposures import ExamRules, exam_rules
from provident.recruitment.slots import TRANSITIONS as SLOT_TRANSITIONS
from provident.recruitment.slots import SlotState
from provident.web.dose import book
from provident.web.dose.models import (
    DoseSignature,
    EnteredDose,
    ExamDose,
    Repeat,
    RepeatStep,
)
from provident.web.dose.reckoning import Assessed
from provident.web.dose.selectors import dose_of, entered, rows_of
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.participants.actions import move_slot
from provident.web.participants.models import Participant, Slot
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership, Signature
from provident.web.studies.plans import plan_in_force


State = repeats.State
SIGNED = (State.DECIDED, State.JUSTIFIED)  # moves that need a signature
TO_THE_SITE = "provident.web.qc.doses.exam_dose_counted"


def _event(
    action: str, exam: Exam, by: Actor, clock: Clock, *, thing: tuple[str, object] | None = None, **values: Any
) -> None:  # fmt: skip
    name, pk = thing or ("exam", exam.pk)
    participant = exam.participant
    record(
        clock=clock, by=by, study=exam.study.slug, action=action, thing=name, thing_id=str(pk),
        site=participant.site.code, participant=participant.code, **values,
    )  # fmt: skip


def _told(row: ExamDose | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {"dose": _in_words(row.amounts), "not_known": sorted(row.unknown), "research": row.research}  # fmt: skip


def _in_words(amounts: dict[str, float]) -> list[str]:
    return [f"{name} {value:.6g} {DOSES[name]}" for name, value in amounts.items()]


@transaction.atomic
def count_dose(*, exam: Exam, found: Assessed, clock: Clock) -> ExamDose:
    """Keep what an exam gave, in the place of what was known before; the site is asked about what is not known."""
    Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    old = _told(dose_of(exam))
    known, entry = found.known, found.entry
    row, _ = ExamDose.objects.update_or_create(
        exam=exam,
        defaults={
            "research": entry.research,
            "kinds": [str(kind) for kind in entry.kinds],
            "amounts": dict(entry.amounts),
            "expected": dict(entry.expected),
            "totals": dict(known.totals),
            "unknown": dict(known.unknown),
            "events": known.events_json(),
            "findings": [f.as_json() for f in found.findings],
            "factors": found.factors[:200],
            "repeat_of": entry.repeat_of or "",
            "read_from": found.read_from,
            "assessed_at": clock.now(),
        },
    )
    enqueue(TO_THE_SITE, exam.pk)
    if old != _told(row):
        _event("dose.counted", exam, SYSTEM, clock, old=old, new=_told(row))
    return row


@transaction.atomic
def enter(
    *,
    exam: Exam,
    kind: str,
    value: float,
    unit: str,
    reason: str,
    by: Membership,
    clock: Clock,
    number: int = 1,
    region: str = "",
    phantom_cm: int | None = None,
    side: str = "",
    tracer: str = "",
) -> EnteredDose:
    """Enter the dose that a console or a paper shows, for exposures whose dose is not known.

    Raises:
        InvalidInput: it is no dose of this kind, or no reason is given.
        NotReady: the dose is known from what the scanner sent, or the exam is of another kind.
    """
    if not reason.strip():
        raise InvalidInput("Say where the dose was read, and why it is entered.")
    if value == 0:
        raise InvalidInput("Enter a dose above zero; what is not known is not entered.")
    _may_be_entered(exam, kind)
    region, side, tracer = region.strip().lower(), side.strip().lower(), tracer.strip().lower()  # fmt: skip
    dose.entered_event(
        exam.uid, dose.Kind(kind), value, unit, number=number, region=region, phantom_cm=phantom_cm, side=side,
        tracer=tracer,
    )  # fmt: skip
    made = EnteredDose.objects.create(
        exam=exam, by=by, at=clock.now(), kind=kind, number=number, value=value, unit=unit, region=region,
        phantom_cm=phantom_cm, side=side, tracer=tracer, reason=reason.strip(),
    )  # fmt: skip
    enqueue("provident.web.dose.tasks.exam_judged", exam.pk)
    _event(
        "dose.entered", exam, actor(by), clock, new={"kind": kind, "number": number, "value": f"{value:g} {unit}"},
        reason=reason.strip(),
    )  # fmt: skip
    return made


def _may_be_entered(exam: Exam, kind: str) -> None:
    """What the scanner sent is trusted before a person's reading: entering beside it would count twice."""
    row = dose_of(exam)
    if row is None:
        raise NotReady("The dose of this exam has not been looked for yet. Wait until it is judged.")  # fmt: skip
    if kind not in row.kinds:
        raise InvalidInput(f"This exam has no exposure of the kind {kind}; it has {', '.join(row.kinds)}.")  # fmt: skip
    corrects = any(one.kind == kind for one in entered(exam))
    unread = any(e["kind"] == kind and _main_of(e) is None for e in row.events)
    nothing = not any(e["kind"] == kind for e in row.events)
    if not (corrects or unread or nothing):
        raise NotReady(
            "The dose of this exam is known from what the scanner sent; entered beside it, it would count twice."
        )


def _main_of(event: dict[str, Any]) -> float | None:
    from provident.acquisition.dose.model import MAIN

    found: float | None = event.get(MAIN[dose.Kind(event["kind"])])
    return found


@transaction.atomic
def sign_for(
    *,
    participant: Participant,
    rules: ExamRules,
    up_to: float,
    reason: str,
    password: str,
    by: Membership,
    clock: Clock,
) -> DoseSignature:
    """Sign that a participant may receive up to a higher dose; it holds once all whom the plan names have signed.

    Args:
        participant: whose.
        rules: of the exam whose constraint it is about (`programme.exposures.exam_rules`).
        up_to: in the unit of the constraint.
        reason: why the exposure is worth it.
        password: of the person who signs.
        by: the person, in the plan's role of practitioner or medical physics expert.
        clock: when.

    Raises:
        Refused: this role does not sign, there is no constraint, or the dose is not above it.
        InvalidInput: no reason.
        Denied: the password is wrong.
    """
    limit = rules.constraint.participant
    needed = book.signers(rules)
    if limit is None:
        raise Refused("The plan has no constraint for a participant, so that nothing is held and nothing to sign.")  # fmt: skip
    if role_of(by) not in needed:
        raise Refused(f"Only the {_roles(needed)} may sign for a higher dose.")
    if not up_to > limit.high:
        raise Refused(f"Sign for a dose above the constraint ({limit}).")
    if not reason.strip():
        raise InvalidInput("Say why the exposure is worth the dose.")
    content = {"participant": participant.code, "quantity": limit.quantity, "up_to": up_to, "reason": reason}  # fmt: skip
    unit = DOSES[limit.quantity]
    signature = sign(
        membership=by, password=password, meaning=f"{participant.code} may receive up to {up_to:g} {unit}",
        thing="participant", thing_id=participant.code, content=content, clock=clock,
    )  # fmt: skip
    made = DoseSignature.objects.create(
        participant=participant, by=by, at=clock.now(), role=role_of(by), quantity=limit.quantity, up_to=up_to,
        reason=reason.strip(), signature=signature,
    )  # fmt: skip
    record(
        clock=clock, by=actor(by), study=participant.study.slug, action="dose.signed", thing="participant",
        thing_id=participant.code, site=participant.site.code, participant=participant.code,
        new={"up_to": f"{limit.quantity} {up_to:g} {unit}", "signature": signature.pk}, reason=reason.strip(),
    )  # fmt: skip
    return made


def role_of(by: Membership) -> str:
    """The plan's role in which a person acts, else the platform's."""
    return by.plan_role or by.role


def _roles(names: tuple[str, ...]) -> str:
    return " and the ".join(n.replace("_", " ") for n in names) or "people whom the plan names (it names none)"  # fmt: skip


@transaction.atomic
def propose(*, exam: Exam, reason: str, by: Membership, clock: Clock) -> Repeat:
    """Propose to have an exam again. Nothing is asked of the site yet.

    Raises:
        InvalidInput: no reason, or an exam of no kind that the plan knows.
        NotReady: a repeat of this exam is under way already.
        PlanError: the exam is ionising and the plan names nobody who justifies it.
    """
    if not reason.strip():
        raise InvalidInput("Say why the exam should be repeated.")
    if not exam.kind:
        raise InvalidInput("This exam is of no kind that the plan knows; it cannot be repeated as one.")  # fmt: skip
    Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    if exam.repeats.filter(state__in=book.OPEN).exists():
        raise NotReady("A repeat of this exam is under way already.")
    made = Repeat.objects.create(exam=exam, opened_at=clock.now(), by=by, reason=reason.strip())  # fmt: skip
    book.repeat(made, _plan(exam))
    _event("repeat.proposed", exam, actor(by), clock, reason=reason.strip())
    return made


def _plan(exam: Exam) -> Plan:
    return plan_in_force(exam.study)


def _locked(repeat: Repeat) -> Repeat:
    return Repeat.objects.select_for_update(of=("self",)).select_related("exam__study", "exam__participant__site").get(pk=repeat.pk)  # fmt: skip


@transaction.atomic
def move(
    *,
    repeat: Repeat,
    to: str,
    note: str,
    by: Membership,
    clock: Clock,
    password: str = "",
) -> Repeat:
    """Give advice, decide, justify or withdraw, as the plan's roles may.

    Raises:
        Refused: the state may not follow, the role may not decide it, or words are missing.
        Denied: the decision or justification is signed with a wrong password.
    """
    row = _locked(repeat)
    exam, plan, old = row.exam, _plan(row.exam), row.state
    if to not in set(State):
        raise InvalidInput("Choose one of the steps that may follow.")
    repeats.move(book.repeat(row, plan), State(to), by=by.user.username, role=role_of(by), note=note)  # fmt: skip
    signature = None
    if to in SIGNED:
        meaning = "I want this exam repeated" if to == State.DECIDED else "I justify this exposure"  # fmt: skip
        signature = sign(
            membership=by, password=password, meaning=meaning, thing="exam", thing_id=str(exam.pk),
            content={"exam": exam.uid, "repeat": row.pk, "to": to, "note": note}, clock=clock,
        )  # fmt: skip
    _step(row, to, by, note, clock, signature)
    _event("repeat.moved", exam, actor(by), clock, old={"state": old}, new={"state": to}, reason=note.strip())  # fmt: skip
    return row


def _step(
    row: Repeat, to: str, by: Membership | None, note: str, clock: Clock, signature: Signature | None = None
) -> None:  # fmt: skip
    RepeatStep.objects.create(
        repeat=row, at=clock.now(), by=by, role=role_of(by) if by else "system", state=to, note=note.strip(),
        signature=signature,
    )  # fmt: skip
    row.state = to
    row.save(update_fields=["state", "asked_at", "made"])


@transaction.atomic
def ask(*, repeat: Repeat, by: Membership, clock: Clock) -> Repeat:
    """Ask the site for a repeat: its expected dose is counted first, and the exam is expected again.

    Raises:
        Refused: not decided or justified, the recall window is over, one too many, or above the constraint.
    """
    row = _locked(repeat)
    exam, plan = row.exam, _plan(row.exam)
    rules = exam_rules(plan, exam.kind)
    until = book.recall_until(exam, plan)
    repeats.ask(
        book.repeat(row, plan),
        by=by.user.username,
        role=role_of(by),
        ledger=book.ledger(rows_of(exam.participant), plan, rules),
        constraint=rules.constraint,
        in_window=until is not None and clock.now().date() <= until,
    )
    row.asked_at = clock.now()
    _step(row, State.ASKED, by, "", clock)
    _expect_again(exam.slot, clock)
    counted = [f"{q} {v:.6g} {DOSES[q]}" for q, v in rules.expected.items()] if rules.ionising else []  # fmt: skip
    _event(
        "repeat.asked", exam, actor(by), clock, new={"until": until, "counted_beforehand": counted}
    )  # fmt: skip
    return row


def _expect_again(slot: Slot | None, clock: Clock) -> None:
    if slot is not None and SlotState.EXPECTED in SLOT_TRANSITIONS[SlotState(slot.state)]:  # fmt: skip
        move_slot(slot=slot, to=SlotState.EXPECTED, clock=clock)


@transaction.atomic
def give_up(*, repeat: Repeat, note: str, by: Membership, clock: Clock) -> Repeat:
    """Record that a repeat was not made: its expected dose is taken off again.

    Raises:
        Refused: it was not asked for, or no reason is given.
    """
    row = _locked(repeat)
    exam, plan = row.exam, _plan(row.exam)
    rules = exam_rules(plan, exam.kind)
    repeats.not_done(
        book.repeat(row, plan), by=by.user.username, role=role_of(by), note=note,
        ledger=book.ledger(rows_of(exam.participant), plan, rules),
    )  # fmt: skip
    _step(row, State.NOT_DONE, by, note, clock)
    _event(
        "repeat.moved", exam, actor(by), clock, old={"state": State.ASKED}, new={"state": State.NOT_DONE}, reason=note
    )  # fmt: skip
    return row


@transaction.atomic
def note_repeat_made(*, repeat: Repeat, exam: Exam, clock: Clock) -> Repeat:
    """Note that an exam is the repeat that was asked for; what it gave stands where its expected dose stood."""
    row = _locked(repeat)
    if row.state != State.ASKED:
        return row
    row.made = exam
    _step(row, State.DONE, None, "", clock)
    _event("repeat.done", row.exam, SYSTEM, clock, new={"made": exam.pk})
    return row
