"""The only writer of phantom scans, evidence and accreditations; releases what a scanner change holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from provident.acquisition.phantoms import (
    Accreditation,
    Engine,
    Evidence,
    PhantomRule,
    Submission,
    Value,
    judge_submission,
)
from provident.acquisition.phantoms import accreditation as steps
from provident.kernel import Clock, Denied, InvalidInput, NotReady, Outcome, Refused
from provident.plan import Plan
from provident.web.exams.objects import object_store
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.participants.models import Slot
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.scanners import charting, holds, models, selectors
from provident.web.scanners.gates import refusal
from provident.web.scanners.measuring import BY_HAND, Measured
from provident.web.scanners.models import Measurement, PhantomScan
from provident.web.scanners.standing import (
    accreditation,
    evidence_for,
    needs,
    protocols,
    rule_of,
    rules_of,
    steps_as_json,
)
from provident.web.scanners.taking import Taken, by_hand
from provident.web.sites.actions import accept_changes
from provident.web.sites.models import Scanner, ScannerChange
from provident.web.studies.plans import plan_in_force


# -- phantoms


def send(
    *, scanner: Scanner, phantom: str, protocol: str, taken: Sequence[Taken], by: Membership, clock: Clock
) -> list[PhantomScan]:  # fmt: skip
    """Keep scans of a phantom that a site sent; each series is a scan of its own, and is measured at once.

    Raises:
        InvalidInput: the plan has no such phantom on this scanner, or the images do not fit it.
        Refused: these images were sent before.
    """
    plan = plan_in_force(scanner.site.study)
    _rule(plan, scanner, phantom, protocol)
    for one in taken:
        _fits(scanner, one, clock.now().date())
    keys = [_keep(scanner, one) for one in taken]
    return _send(scanner, phantom, protocol, list(zip(taken, keys, strict=True)), by, clock)  # fmt: skip


def _keep(scanner: Scanner, taken: Taken) -> list[str]:
    """Write the images durably, before any row names them. The same images have the same key."""
    prefix = f"{scanner.site.study.slug}/phantoms/{scanner.pk}/{taken.content}"
    keys = []
    for number, data in enumerate(taken.images, start=1):
        key = f"{prefix}/{number:04}.dcm"
        with contextlib.suppress(FileExistsError):
            object_store().create(key, data)
        keys.append(key)
    return keys


@transaction.atomic
def _send(
    scanner: Scanner, phantom: str, protocol: str, taken: Sequence[tuple[Taken, list[str]]], by: Membership, clock: Clock
) -> list[PhantomScan]:  # fmt: skip
    made = []
    for one, keys in taken:
        _new(scanner, phantom, protocol, one.content)
        scan = PhantomScan.objects.create(
            study=scanner.site.study, scanner=scanner, phantom=phantom, protocol=protocol, acquired_on=one.acquired_on,
            content=one.content, images=keys, seen={k: v for k, v in one.seen.items() if k != "institution"},
            remarks=_remarks(scanner, one), sent_at=clock.now(), sent_by=by.user.username,
            change=_answered(scanner, one),
        )  # fmt: skip
        enqueue("provident.web.scanners.tasks.measure_phantom", scan.pk)
        made.append(scan)
    days = ", ".join(sorted({f"{s.acquired_on:%Y-%m-%d}" for s in made}))
    _event("phantom.sent", scanner, actor(by), clock, thing="phantom", thing_id=str(made[0].pk),
           new={"phantom": phantom, "protocol": protocol, "scans": len(made), "acquired_on": days})  # fmt: skip
    return made


def _rule(plan: Plan, scanner: Scanner, phantom: str, protocol: str) -> PhantomRule:
    for rule in rules_of(plan, scanner.code):
        if rule.id == phantom and protocol in rule.protocols:
            return rule
    raise InvalidInput(f"The plan does not ask for the phantom {phantom} on {scanner.code}; choose one that it lists.")  # fmt: skip


def _fits(scanner: Scanner, taken: Taken, today: date) -> None:
    if taken.modality != scanner.modality:
        raise InvalidInput(f"The images are {taken.modality or 'of no modality'}, and {scanner.code} is a scanner for {scanner.modality}.")  # fmt: skip
    if taken.acquired_on > today:
        raise InvalidInput(f"The images say that they were made on {taken.acquired_on}, which lies after today. Check the scanner's clock.")  # fmt: skip
    serial = taken.seen.get("serial", "").strip().upper()
    beside = scanner.site.scanners.exclude(pk=scanner.pk).exclude(serial="")
    other = next((s for s in beside if serial and s.serial.strip().upper() == serial), None)  # fmt: skip
    if other is not None:
        raise InvalidInput(f"The images were made on {other.code}, not on {scanner.code}: their serial number says so.")  # fmt: skip


def _new(scanner: Scanner, phantom: str, protocol: str, content: str) -> None:
    sent = PhantomScan.objects.filter(scanner=scanner, phantom=phantom, protocol=protocol, content=content)  # fmt: skip
    if sent.exists():
        raise Refused("These images, or values, were sent before: the same scan counts once.")  # fmt: skip


def _remarks(scanner: Scanner, taken: Taken) -> list[str]:
    serial = taken.seen.get("serial", "")
    if serial and scanner.serial and serial.strip().upper() != scanner.serial.strip().upper():  # fmt: skip
        return [f"Its serial number is not that of {scanner.code} in the plan."]
    return []


def _answered(scanner: Scanner, taken: Taken) -> ScannerChange | None:
    """The open change that a scan shows: its headers say the new value already."""
    open_ones = scanner.changes.filter(closed_at__isnull=True).order_by("-seen_at")
    return next((c for c in open_ones if taken.seen.get(c.fact) == c.new), None)


@transaction.atomic
def enter_values(
    *, scanner: Scanner, phantom: str, protocol: str, acquired_on: date, values: Mapping[str, Value], version: str,
    by: Membership, clock: Clock,
) -> PhantomScan:  # fmt: skip
    """Keep values that a person measured; they are the engine "by hand" and never join those of a program.

    Raises:
        InvalidInput: no value, no word on how it was measured, a day to come, or no such phantom.
        Refused: these values were entered before.
    """
    plan = plan_in_force(scanner.site.study)
    rule = _rule(plan, scanner, phantom, protocol)
    if not values:
        raise InvalidInput("Enter one value at least.")
    if not version.strip():
        raise InvalidInput("Say with what it was measured, and in which version: values of another way are charted apart.")  # fmt: skip
    if acquired_on > clock.now().date():
        raise InvalidInput("The day of the scan lies after today.")
    content = by_hand([("day", acquired_on), ("version", version), *((n, v.value) for n, v in values.items())])  # fmt: skip
    _new(scanner, phantom, protocol, content)
    scan = PhantomScan.objects.create(
        study=scanner.site.study, scanner=scanner, phantom=phantom, protocol=protocol, acquired_on=acquired_on,
        content=content, state=PhantomScan.State.MEASURED, sent_at=clock.now(), sent_by=by.user.username,
    )  # fmt: skip
    made = Measured(engine=Engine(name=BY_HAND, version=version.strip()[:60]), values=dict(values))  # fmt: skip
    _measurement(scan, made, rule, plan, by.user.username, clock)
    _flag(scan, plan)
    _event("phantom.entered", scanner, actor(by), clock, thing="phantom", thing_id=str(scan.pk),
           new={"phantom": phantom, "protocol": protocol, "values": {n: v.value for n, v in values.items()},
                "engine": str(made.engine), "acquired_on": acquired_on})  # fmt: skip
    return scan


@transaction.atomic
def keep_measurements(
    *, scan: PhantomScan, measured: Sequence[Measured], clock: Clock
) -> None:
    """Keep what engines measured of a scan, judged against the plan's limits; a run that is repeated changes nothing."""
    scan = PhantomScan.objects.select_for_update().get(pk=scan.pk)
    plan = plan_in_force(scan.study)
    rule = rule_of(plan, scan.phantom)
    if rule is None or scan.state != PhantomScan.State.MEASURING:
        return
    kept = [_measurement(scan, m, rule, plan, "system", clock) for m in measured]
    scan.state = PhantomScan.State.MEASURED
    scan.save(update_fields=["state"])
    _flag(scan, plan)
    _event("phantom.measured", scan.scanner, SYSTEM, clock, thing="phantom", thing_id=str(scan.pk),
           new={"outcomes": {f"{m.engine} {m.version}": m.outcome for m in kept}})  # fmt: skip


def _flag(scan: PhantomScan, plan: Plan) -> None:
    """Note on the newest scan of a line which charts are flagged now; scans may be measured in any order."""
    rows = [
        row
        for row in selectors.scans_of(scan.scanner_id, scan.phantom, scan.protocol)
        if row.state in (PhantomScan.State.MEASURED, PhantomScan.State.ACCEPTED)
    ]
    if rows:
        lines = charting.of_scans(plan, rows, selectors.known_of(scan.scanner))
        rule = rule_of(plan, scan.phantom)
        rows[-1].flags = charting.flags(lines, rule.limits if rule else ())
        rows[-1].save(update_fields=["flags"])


def _measurement(
    scan: PhantomScan, made: Measured, rule: PhantomRule, plan: Plan, by: str, clock: Clock
) -> Measurement:  # fmt: skip
    told = plan.sites.scanners.get(scan.scanner.code)
    outcome, findings = judge_submission(
        Submission(
            id=str(scan.pk), phantom=scan.phantom, scanner=scan.scanner.code, protocol=scan.protocol,
            acquired=scan.acquired_on, engine=made.engine, values=made.values, unknown=made.unknown,
        ),
        rule,
        field=told.field.to("T") if told and told.field else None,
    )  # fmt: skip
    return Measurement.objects.create(
        scan=scan, engine=made.engine.name, version=made.engine.version, unknown=dict(made.unknown), at=clock.now(), by=by,
        values={n: {"value": v.value, "unit": v.unit, "method": v.method} for n, v in made.values.items()},
        outcome=str(outcome), findings=[f.as_json() for f in findings],
    )  # fmt: skip


def ruling(scan: PhantomScan, engine: str) -> Measurement | None:
    """The measurement that a decision rests on: that of the plan's engine, else the latest."""
    rows = list(scan.measurements.all())
    return next((m for m in reversed(rows) if m.engine == engine), rows[-1] if rows else None)  # fmt: skip


@transaction.atomic
def decide(
    *, scans: Sequence[PhantomScan], decision: str, reason: str, password: str, by: Membership, clock: Clock
) -> list[PhantomScan]:  # fmt: skip
    """Accept or reject phantom scans with one signature over all their values.

    Raises:
        NotReady: one is not measured yet, or decided already.
        InvalidInput: none is chosen; no reason where one is rejected or accepted outside its limits.
        Denied: the plan gives the decision to another role, or the password is wrong.
    """
    rows = list(PhantomScan.objects.select_for_update(of=("self",)).select_related("scanner__site").filter(pk__in=[s.pk for s in scans]).order_by("pk"))  # fmt: skip
    if not rows:
        raise InvalidInput("Choose the scans that you decide about.")
    plan = plan_in_force(by.study)
    content = [_deciding(plan, row, decision, reason, by) for row in rows]
    word = "accept" if decision == "accepted" else "reject"
    signature = sign(
        membership=by, password=password, meaning=f"I {word} {'these phantom scans' if len(rows) > 1 else 'this phantom scan'}",
        thing="phantom", thing_id=",".join(str(r.pk) for r in rows)[:80], content=content, clock=clock,
    )  # fmt: skip
    for row in rows:
        row.state, row.decided_at, row.decided_by = decision, clock.now(), by.user.username  # fmt: skip
        row.reason, row.signature = reason, signature
        row.save()
    sites = {r.scanner.site.code for r in rows}
    record(clock=clock, by=actor(by), study=by.study.slug, action=f"phantom.{decision}", thing="phantom",
           thing_id=str(rows[0].pk), site=sites.pop() if len(sites) == 1 else "", reason=reason,
           new={"scans": [r.pk for r in rows], "signature": signature.pk})  # fmt: skip
    return rows


def _deciding(
    plan: Plan, row: PhantomScan, decision: str, reason: str, by: Membership
) -> dict[str, Any]:
    """What is signed of one scan, if it may be decided so."""
    if decision not in ("accepted", "rejected"):
        raise InvalidInput("Choose to accept or to reject.")
    if row.state != PhantomScan.State.MEASURED:
        raise NotReady("A scan is being measured, or was decided already. Open the page again.")  # fmt: skip
    told = plan.phantoms.phantoms.get(row.phantom) if plan.phantoms else None
    _check_role(plan, told.accepted_by if told else None, by)
    rests = ruling(row, told.engine if told else "provident")
    good = rests is not None and rests.outcome in (Outcome.PASS, Outcome.WARN)
    if not reason.strip() and (decision == "rejected" or not good):
        raise InvalidInput(
            f"Say why: the scan of {row.acquired_on} on {row.scanner.code} "
            + ("is rejected." if decision == "rejected" else "is not within its limits, or not assessable.")
        )  # fmt: skip
    return {"scan": row.pk, "content": row.content, "decision": decision, "reason": reason,
            "values": rests.values if rests else {}, "engine": f"{rests.engine} {rests.version}" if rests else ""}  # fmt: skip


def _check_role(plan: Plan, role: str | None, by: Membership) -> None:
    """The plan's own role, where it names one."""
    told = plan.people.roles.get(role) if role else None
    if role is None or told is None:
        return
    mine = not by.plan_role or by.plan_role == role
    if not mine or told.on_platform(role) != by.role:
        raise Denied(f"The plan gives this decision to the role {role.replace('_', ' ')}.")  # fmt: skip


# -- what a change holds


@transaction.atomic
def release(
    *, changes: Sequence[ScannerChange], outcome: str, password: str, by: Membership, clock: Clock
) -> int:  # fmt: skip
    """Release what changes of one scanner hold, signed with what the bridging check showed; returns the exams that go on.

    Raises:
        NotReady: the phantom that the plan names was not accepted after the change.
        InvalidInput: no word on what the check showed.
        Denied: the password is wrong.
    """
    scanner = changes[0].scanner
    plan, known = plan_in_force(by.study), selectors.known_of(scanner)
    mine = [c for c in known.changes if c.pk in {one.pk for one in changes}]
    since = max(c.day for c in mine)
    missing = holds.lacking(plan, known, since)
    if missing:
        raise NotReady(
            f"{' and '.join(missing)} has to be scanned after {since:%-d %B %Y} and accepted before this is released."
        )
    signature = sign(
        membership=by, password=password, meaning="I release this scanner after its bridging check", thing="scanner",
        thing_id=scanner.code, content={"changes": [[c.fact, c.old, c.new] for c in mine], "outcome": outcome}, clock=clock,
    )  # fmt: skip
    exams = selectors.held_exams(scanner, min(c.day for c in mine))
    for exam in exams:
        enqueue("provident.web.reading.tasks.exam_accepted", exam.pk)
    accept_changes(changes=changes, outcome=outcome, signature=signature.pk, by=actor(by), clock=clock)  # fmt: skip
    return len(exams)


# -- accreditation


@transaction.atomic
def record_evidence(
    *, scanner: Scanner, need: str, day: date, words: str, by: Membership, clock: Clock
) -> None:
    """Record something else that was accepted for a scanner, such as a volunteer's scan.

    Raises:
        InvalidInput: the plan needs no such thing, no words, or a day to come.
    """
    plan = plan_in_force(scanner.site.study)
    allowed = [n for n in needs(plan, scanner.code) if n not in ("phantom", "transfer_test")]  # fmt: skip
    if need not in allowed:
        raise InvalidInput(f"The plan needs of {scanner.code}: {', '.join(allowed).replace('_', ' ') or 'nothing of the kind'}.")  # fmt: skip
    if not words.strip():
        raise InvalidInput("Say what was looked at, and what it showed.")
    if day > clock.now().date():
        raise InvalidInput("The day lies after today.")
    models.Evidence.objects.create(scanner=scanner, need=need, day=day, words=words, at=clock.now(), by=by.user.username)  # fmt: skip
    _event("scanner.evidence", scanner, actor(by), clock, new={"need": need, "on": day, "words": words})  # fmt: skip


Move = Callable[[Accreditation, Sequence[Evidence], date, str, str], Accreditation]
MOVES: Mapping[str, tuple[str, Move]] = {
    "accredited": ("I accredit this scanner", lambda a, found, day, by, why: steps.grant(a, found, day=day, by=by)),
    "suspended": ("I suspend this accreditation", lambda a, found, day, by, why: steps.suspend(a, day=day, by=by, why=why)),
    "withdrawn": ("I withdraw this accreditation", lambda a, found, day, by, why: steps.withdraw(a, day=day, by=by, why=why)),
    "applied": ("I apply for this accreditation again", lambda a, found, day, by, why: steps.apply_again(a, day=day, by=by)),
}  # fmt: skip
"""What an accreditation can be moved to: the meaning of the signature, and the step."""


@transaction.atomic
def move_accreditation(
    *, scanner: Scanner, protocol: str, to: str, reason: str, password: str, by: Membership, clock: Clock
) -> Accreditation:  # fmt: skip
    """Grant, renew, suspend, withdraw or apply again, signed.

    Raises:
        InvalidInput: no such step or protocol.
        Refused: evidence is missing or too old, or the table has no such step.
        Denied: the password is wrong.
    """
    plan = plan_in_force(scanner.site.study)
    if to not in MOVES or protocol not in protocols(plan, scanner.code):
        raise InvalidInput("Choose a step and a protocol of this scanner.")
    if not needs(plan, scanner.code):
        raise Refused(f"The plan needs nothing of {scanner.code}, so there is nothing to accredit.")  # fmt: skip
    row, _ = models.Accreditation.objects.select_for_update().get_or_create(
        scanner=scanner, protocol=protocol, defaults={"changed_at": clock.now()}
    )
    known = selectors.known_of(scanner)
    old = accreditation(plan, known, protocol)
    meaning, move = MOVES[to]
    found = evidence_for(plan, known, protocol)
    new = move(old, found, clock.now().date(), by.user.username, reason)
    told = steps_as_json(new.steps)
    signature = sign(membership=by, password=password, meaning=meaning, thing="scanner", thing_id=scanner.code,
                     content={"protocol": protocol, "steps": told}, clock=clock)  # fmt: skip
    row.steps, row.changed_at = told, clock.now()
    row.save(update_fields=["steps", "changed_at"])
    _event(f"scanner.{to}", scanner, actor(by), clock, reason=reason, old={"state": str(old.state)},
           new={"state": str(new.state), "protocol": protocol, "until": new.until, "signature": signature.pk})  # fmt: skip
    return new


# -- bookings


@transaction.atomic
def overrule_booking(
    *, slot: Slot, on: date, reason: str, by: Membership, clock: Clock
) -> None:
    """Let a slot be booked on a day although no scanner of its site is accredited for it.

    Raises:
        InvalidInput: no reason, or nothing stands in the way of it.
    """
    if not reason.strip():
        raise InvalidInput("Say why it is booked although no scanner is accredited.")
    if not refusal(slot, on):
        raise InvalidInput("Nothing has to be overruled: a scanner of the site is accredited on that day.")  # fmt: skip
    models.BookingOverrule.objects.get_or_create(
        slot=slot, on=on, defaults={"reason": reason, "at": clock.now(), "by": by.user.username}
    )  # fmt: skip
    participant = slot.participant
    record(clock=clock, by=actor(by), study=participant.study.slug, action="slot.gate_overruled", thing="slot",
           thing_id=str(slot.pk), site=participant.site.code, participant=participant.code, new={"booked_on": on},
           reason=reason)  # fmt: skip


def _event(
    action: str, scanner: Scanner, by: Actor, clock: Clock, *, thing: str = "scanner", thing_id: str = "", **told: Any
) -> None:  # fmt: skip
    site = scanner.site
    record(clock=clock, by=by, study=site.study.slug, action=action, thing=thing, thing_id=thing_id or scanner.code,
           site=site.code, **told)  # fmt: skip
