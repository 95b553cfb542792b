"""The only writer of participants and slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from provident import programme
from provident.kernel import Clock, InvalidInput, NotReady, Refused
from provident.recruitment.slots import SlotState, moved
from provident.web.ledger.record import Actor, record
from provident.web.participants.booking import pass_enrolment_gates, pass_gates
from provident.web.participants.models import Participant, Slot
from provident.web.sites.models import Site
from provident.web.studies.plans import consent_options, plan_in_force, withdrawals


def next_code(site: Site) -> str:
    """The next free trial number of a site: its prefix and three digits or more."""
    taken = site.participants.count()
    while True:
        taken += 1
        code = f"{site.prefix}-{taken + 100:03d}"
        if not Participant.objects.filter(study=site.study, code=code).exists():
            return code


def _required_consent(site: Site, consent: Mapping[str, bool]) -> None:
    options = consent_options(plan_in_force(site.study))
    unknown = sorted(set(consent) - set(options))
    if unknown:
        raise InvalidInput(f"The plan has no consent option {', '.join(unknown)}.")
    refused = [
        name
        for name, option in options.items()
        if option.required and not consent.get(name)
    ]
    if refused:
        raise Refused(
            f"Without consent to {', '.join(refused)} nobody can be enrolled."
        )


@transaction.atomic
def enrol(
    *,
    site: Site,
    anchor_on: date,
    consent: Mapping[str, bool],
    by: Actor,
    clock: Clock,
    code: str = "",
) -> Participant:
    """Enrol a participant under a trial number and lay out the slots that the plan expects.

    Raises:
        NotReady: the site is not open.
        Refused: a consent that the plan requires is missing, or a gate holds enrolment at the site.
        InvalidInput: the number is taken or not of the site's form; an unknown consent option.
    """
    if site.activated_at is None:
        raise NotReady(
            f"{site.name} is not open yet; a site is opened when its checklist is complete."
        )
    pass_enrolment_gates(site, clock.now().date())
    _required_consent(site, consent)
    code = code or next_code(site)
    if (
        not code.startswith(f"{site.prefix}-")
        or Participant.objects.filter(study=site.study, code=code).exists()
    ):
        raise InvalidInput(
            f'The number "{code}" is taken or does not begin with {site.prefix}-.'
        )
    participant = Participant.objects.create(
        study=site.study,
        site=site,
        code=code,
        anchor_on=anchor_on,
        enrolled_at=clock.now(),
        consent=dict(consent),
    )
    lay_out_slots(participant=participant, clock=clock)
    record(clock=clock, by=by, study=site.study.slug, action="participant.enrolled", thing="participant",
           thing_id=code, site=site.code, participant=code,
           new={"anchor_on": anchor_on.isoformat(), "consent": dict(consent)})  # fmt: skip
    return participant


def lay_out_slots(*, participant: Participant, clock: Clock) -> None:
    """Make the slots that the plan in force expects and that are not there yet."""
    plan = plan_in_force(participant.study)
    rows = []
    for expected in programme.slots_for(plan):
        visit = plan.study.visits[expected.visit]
        opens, closes = programme.window_dates(visit, participant.anchor_on)
        rows.append(
            Slot(
                participant=participant, visit=expected.visit, exam_kind=expected.exam, opens_on=opens,
                closes_on=closes, changed_at=clock.now(),
            )
        )  # fmt: skip
    Slot.objects.bulk_create(rows, ignore_conflicts=True)


def move_slot(*, slot: Slot, to: SlotState, clock: Clock) -> Slot:
    """Move a slot along its table; the action that calls it records the event.

    Raises:
        NotReady: the table has no such transition.
    """
    if slot.state != to:
        slot.state = moved(SlotState(slot.state), to)
        slot.changed_at = clock.now()
        slot.save(update_fields=["state", "changed_at", "booked_on", "reason"])
    return slot


@transaction.atomic
def book(*, slot: Slot, on: date, by: Actor, clock: Clock) -> Slot:
    """Book an exam on a day; outside the window it is refused, since a gate stands before bookings.

    Raises:
        Refused: outside the window, the participant has withdrawn, or another app's gate holds it (`booking`).
    """
    if not slot.opens_on <= on <= slot.closes_on:
        raise Refused(
            f"{on:%-d %B %Y} is outside the window {slot.opens_on:%-d %B} to {slot.closes_on:%-d %B %Y}."
        )
    if slot.participant.status != Participant.Status.ACTIVE:
        raise Refused("The participant has withdrawn; nothing more is booked.")
    pass_gates(slot, on)
    old, slot.booked_on = slot.booked_on, on
    if slot.state == SlotState.BOOKED:
        slot.save(update_fields=["booked_on"])
    move_slot(slot=slot, to=SlotState.BOOKED, clock=clock)
    _slot_event(
        "slot.booked", slot, by, clock, old={"booked_on": old}, new={"booked_on": on}
    )
    return slot


@transaction.atomic
def not_done(*, slot: Slot, reason: str, by: Actor, clock: Clock) -> Slot:
    """Record that an exam was not done, with a reason of the plan's list."""
    reasons = plan_in_force(slot.participant.study).study.not_done
    if reason not in reasons:
        raise InvalidInput(f"Give one of these reasons: {', '.join(reasons)}.")
    old, slot.reason = slot.state, reason
    move_slot(slot=slot, to=SlotState.NOT_DONE, clock=clock)
    _slot_event(
        "slot.not_done",
        slot,
        by,
        clock,
        old={"state": old},
        new={"state": slot.state, "reason": reason},
    )
    return slot


@transaction.atomic
def ask_for_late(*, site: Site, slots: Sequence[Slot], by: Actor, clock: Clock) -> None:
    """Ask a site for the exams that are past their window; the site's home page shows it.

    Raises:
        InvalidInput: there is nothing to ask for.
    """
    if not slots:
        raise InvalidInput(f"No exam of {site.name} is past its window.")
    late = sorted({slot.participant.code for slot in slots})
    record(clock=clock, by=by, study=site.study.slug, action="slot.asked_for", thing="site", thing_id=site.code,
           site=site.code, new={"exams": len(slots), "participants": late})  # fmt: skip


@transaction.atomic
def withdraw(
    *,
    participant: Participant,
    kind: str,
    on: date,
    by: Actor,
    clock: Clock,
    reason: str = "",
) -> None:
    """Record a withdrawal of the plan's kind; no gate stands before it."""
    kinds = withdrawals(plan_in_force(participant.study))
    if kind not in kinds:
        raise InvalidInput(f"The plan knows these withdrawals: {', '.join(kinds)}.")
    old = participant.status
    participant.status, participant.withdrawal, participant.withdrawn_on = (
        Participant.Status.WITHDRAWN,
        kind,
        on,
    )
    participant.save(update_fields=["status", "withdrawal", "withdrawn_on"])
    for slot in participant.slots.filter(
        state__in=[SlotState.EXPECTED, SlotState.BOOKED]
    ):
        slot.reason = "withdrawn"
        move_slot(slot=slot, to=SlotState.NOT_DONE, clock=clock)
    record(clock=clock, by=by, study=participant.study.slug, action="participant.withdrawn", thing="participant",
           thing_id=participant.code, site=participant.site.code, participant=participant.code,
           old={"status": old}, new={"status": "withdrawn", "kind": kind, "on": on}, reason=reason)  # fmt: skip


@transaction.atomic
def change_consent(
    *,
    participant: Participant,
    consent: Mapping[str, bool],
    by: Actor,
    clock: Clock,
    reason: str,
) -> None:
    """Change what a participant consents to; exports and shares follow it from now on."""
    unknown = sorted(
        set(consent) - set(consent_options(plan_in_force(participant.study)))
    )
    if unknown or not reason.strip():
        raise InvalidInput("Say why, and name only options of the plan.")
    old, participant.consent = (
        dict(participant.consent),
        {**participant.consent, **consent},
    )
    participant.save(update_fields=["consent"])
    record(clock=clock, by=by, study=participant.study.slug, action="participant.consent_changed",
           thing="participant", thing_id=participant.code, site=participant.site.code, participant=participant.code,
           old=old, new=dict(participant.consent), reason=reason)  # fmt: skip


def _slot_event(
    action: str, slot: Slot, by: Actor, clock: Clock, **values: Any
) -> None:
    participant = slot.participant
    record(clock=clock, by=by, study=participant.study.slug, action=action, thing="slot", thing_id=str(slot.pk),
           site=participant.site.code, participant=participant.code, **values)  # fmt: skip
