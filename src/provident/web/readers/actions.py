"""The only writer of evidence, declarations, qualifications and holds of readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from provident.kernel import Clock, InvalidInput, NotReady, Refused
from provident.reading.admission import demands
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.people.access import Role, Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.readers.models import Declaration, Evidence, Hold, Qualification
from provident.web.readers.selectors import (
    declaration,
    design_names,
    open_holds,
    plan_role,
)
from provident.web.readers.ticks import Tick as Tick
from provident.web.studies.plans import plan_in_force


def _not_oneself(by: Membership, reader: Membership) -> None:
    if by.user_id == reader.user_id:
        raise Refused("Nobody signs for themselves: another person records this.")


def _known_design(reader: Membership, design: str) -> Any:
    plan = plan_in_force(reader.study)
    if design not in design_names(plan, reader):
        raise InvalidInput("This person does not read that design by the plan.")
    return plan


@transaction.atomic
def tick(
    *,
    reader: Membership,
    design: str,
    ticks: Sequence[Tick],
    password: str,
    by: Membership,
    clock: Clock,
) -> list[Evidence]:
    """Record evidence of criteria and courses, signed.

    Raises:
        InvalidInput: nothing ticked, something that the plan does not ask, a blank certificate, a day to come.
        Refused: one's own evidence. Denied: not this role's, or a wrong password.
    """
    check(by, "qualify", Thing.READER)
    _not_oneself(by, reader)
    plan = _known_design(reader, design)
    form = plan.reading[design].form
    role = plan_role(plan, design, reader)
    asked = {(str(d.kind), d.name) for d in demands(plan.reading[design], plan.people, role, form)}  # fmt: skip
    _check_ticks(ticks, asked, clock.now().date())
    told = [
        {"kind": t.kind, "name": t.name, "says": t.says, "on": t.on.isoformat(),
         "until": t.until.isoformat() if t.until else None}
        for t in ticks
    ]  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning="I have seen the evidence", thing="reader", thing_id=str(reader.pk),
        content={"design": design, "ticks": told}, clock=clock,
    )  # fmt: skip
    made = [
        Evidence.objects.create(
            reader=reader, design=design, kind=t.kind, name=t.name, says=t.says.strip(), on=t.on, until=t.until,
            form=form, by=by, signature=signature, at=clock.now(),
        )
        for t in ticks
    ]  # fmt: skip
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.evidence", thing="reader",
           thing_id=str(reader.pk), new={"reader": reader.user.username, "endpoint": design, "evidence": told,
                                         "signature": signature.pk})  # fmt: skip
    return made


def _check_ticks(
    ticks: Sequence[Tick], asked: set[tuple[str, str]], today: date
) -> None:
    if not ticks:
        raise InvalidInput("Tick what you have seen the evidence of.")
    for t in ticks:
        if (t.kind, t.name) not in asked:
            raise InvalidInput(f'The plan does not ask for "{t.name}" here.')
        if not t.says.strip():
            raise InvalidInput(f"{t.name}: say what the certificate is.")
        if t.on > today:
            raise InvalidInput(f"{t.name}: its day is still to come.")
        if t.until and t.until < t.on:
            raise InvalidInput(f"{t.name}: it would end before it begins.")


@transaction.atomic
def declare(*, says: str, password: str, by: Membership, clock: Clock) -> Declaration:
    """A reader declares conflicts of interest; blank: none.

    Raises:
        Denied: the role declares nothing, or a wrong password.
    """
    check(by, "declare", Thing.READER)
    said = says.strip()
    signature = sign(
        membership=by, password=password, meaning="This is all that could influence how I read", thing="reader",
        thing_id=str(by.pk), content={"conflicts": said}, clock=clock,
    )  # fmt: skip
    made = Declaration.objects.create(
        reader=by, says=said, signature=signature, at=clock.now()
    )
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.declared", thing="reader",
           thing_id=str(by.pk), new={"conflicts": bool(said), "signature": signature.pk})  # fmt: skip
    return made


@transaction.atomic
def decide_conflict(
    *, reader: Membership, accepted: bool, reason: str, by: Membership, clock: Clock
) -> Declaration:
    """Accept a declared conflict, or not, with the reason.

    Raises:
        NotReady: nothing waits. InvalidInput: no reason. Refused: one's own. Denied: not this role's.
    """
    check(by, "qualify", Thing.READER)
    _not_oneself(by, reader)
    told = declaration(reader)
    if told is None or not told.says or told.accepted is not None:
        raise NotReady("No declared conflict waits for a decision.")
    if not reason.strip():
        raise InvalidInput("Say why the conflict does or does not matter.")
    told.accepted, told.decision = accepted, reason.strip()
    told.decided_by, told.decided_at = by, clock.now()
    told.save(update_fields=["accepted", "decision", "decided_by", "decided_at"])
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.conflict_decided", thing="reader",
           thing_id=str(reader.pk), new={"reader": reader.user.username, "accepted": accepted},
           reason=reason.strip())  # fmt: skip
    return told


@transaction.atomic
def qualified_elsewhere(
    *,
    whom: Mapping[Membership, Sequence[str]],
    certificate: str,
    on: date,
    reason: str,
    password: str,
    by: Membership,
    clock: Clock,
) -> list[Qualification]:
    """Record, signed, that readers qualified elsewhere: whom, in which designs, with the certificate and the reason.

    Raises:
        InvalidInput: nobody, no certificate or reason, a day to come, a design they do not read.
        Refused: for oneself. Denied: not this role's, or a wrong password.
    """
    check(by, "qualify", Thing.READER)
    if not whom or not any(whom.values()):
        raise InvalidInput("Choose who qualified elsewhere, and in what.")
    if not certificate.strip() or not reason.strip():
        raise InvalidInput("Give the certificate, and say why it stands for the test set.")  # fmt: skip
    if on > clock.now().date():
        raise InvalidInput("The day of the certificate is still to come.")
    for reader, designs in whom.items():
        _not_oneself(by, reader)
        for design in designs:
            _known_design(reader, design)
    told = {m.user.username: list(designs) for m, designs in whom.items()}
    signature = sign(
        membership=by, password=password, meaning="These readers qualified elsewhere", thing="reader",
        thing_id=str(by.study_id), content={"whom": told, "certificate": certificate, "on": on.isoformat(),
                                            "reason": reason}, clock=clock,
    )  # fmt: skip
    plan = plan_in_force(by.study)
    made = [
        Qualification.objects.create(
            reader=reader, design=design, way=Qualification.Way.ELSEWHERE, passed=True, form=plan.reading[design].form,
            on=on, certificate=certificate.strip(), reason=reason.strip(), by=by, signature=signature, at=clock.now(),
        )
        for reader, designs in whom.items()
        for design in designs
    ]  # fmt: skip
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.qualified_elsewhere", thing="reader",
           thing_id="", new={"whom": told, "certificate": certificate, "on": on.isoformat(),
                             "signature": signature.pk}, reason=reason)  # fmt: skip
    return made


@transaction.atomic
def record_attempt(
    *,
    reader: Membership,
    design: str,
    passed: bool,
    form: str,
    result: Mapping[str, Any],
    clock: Clock,
) -> Qualification:
    """Record what an attempt at a test set yielded; passed, it lifts the holds that asked for it.

    `result["attempt"]` names the attempt: the same one twice is recorded once.
    """
    same = Qualification.objects.filter(
        reader=reader, design=design, result__attempt=result.get("attempt", 0)
    ).first()
    if same is not None:
        return same
    made = Qualification.objects.create(
        reader=reader, design=design, way=Qualification.Way.TEST_SET, passed=passed, form=form,
        on=clock.now().date(), result=dict(result), at=clock.now(),
    )  # fmt: skip
    lifted = 0
    if passed:
        lifted = open_holds(reader, design).filter(requalify=True).update(
            lifted_at=clock.now(), lifted_why="qualified again on the test set"
        )  # fmt: skip
    record(clock=clock, by=SYSTEM, study=reader.study.slug, action="reader.tested", thing="reader",
           thing_id=str(reader.pk), new={"reader": reader.user.username, "endpoint": design, "passed": passed,
                                         "holds_lifted": lifted, "conditions": list(result.get("conditions", ()))})  # fmt: skip
    return made


@transaction.atomic
def hold(
    *,
    reader: Membership,
    design: str,
    why: str,
    by: Actor,
    clock: Clock,
    cause: str = Hold.Cause.ALARM,
    requalify: bool = False,
) -> Hold:
    """Give a reader no new case of a design until the hold is lifted. The same hold twice is one.

    Args:
        why: in words that the reader may see; nothing of cases or answers.
        by: the platform for an alarm (`ledger.record.SYSTEM`), or who decided.
        requalify: a passed test set lifts it.

    Raises:
        InvalidInput: no reason, or a person who reads nothing.
    """
    if not why.strip():
        raise InvalidInput("Say why the reader is held.")
    if reader.role not in (Role.READER, Role.ADJUDICATOR):
        raise InvalidInput("Only readers and adjudicators are held.")
    same = open_holds(reader, design).filter(cause=cause, why=why.strip()).first()
    if same:
        return same
    made = Hold.objects.create(
        reader=reader, design=design, cause=cause, why=why.strip(), requalify=requalify, at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=by, study=reader.study.slug, action="reader.held", thing="reader", thing_id=str(reader.pk),
           new={"reader": reader.user.username, "endpoint": design, "cause": str(cause), "requalify": requalify},
           reason=why.strip())  # fmt: skip
    return made


@transaction.atomic
def hold_by_hand(
    *, reader: Membership, design: str, why: str, requalify: bool, by: Membership, clock: Clock
) -> Hold:  # fmt: skip
    """The lead holds a reader.

    Raises:
        Denied: not this role's. InvalidInput: as `hold`.
    """
    check(by, "hold", Thing.READER)
    _known_design(reader, design)
    return hold(reader=reader, design=design, why=why, by=actor(by), clock=clock, cause=Hold.Cause.LEAD,
                requalify=requalify)  # fmt: skip


@transaction.atomic
def lift(*, hold: Hold, reason: str, by: Membership, clock: Clock) -> Hold:
    """Let a held reader read again, with the reason (what was done: talked through, trained, tested).

    Raises:
        InvalidInput: no reason. NotReady: it was lifted. Refused: one's own. Denied: not this role's.
    """
    check(by, "hold", Thing.READER)
    _not_oneself(by, hold.reader)
    if not reason.strip():
        raise InvalidInput("Say what was done before the reader goes on.")
    row = Hold.objects.select_for_update().get(pk=hold.pk)
    if row.lifted_at is not None:
        raise NotReady("This hold was lifted already.")
    row.lifted_at, row.lifted_by, row.lifted_why = clock.now(), by.user.username, reason.strip()  # fmt: skip
    row.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    record(clock=clock, by=actor(by), study=by.study.slug, action="reader.hold_lifted", thing="reader",
           thing_id=str(row.reader_id), new={"reader": row.reader.user.username, "endpoint": row.design},
           reason=reason.strip())  # fmt: skip
    return row
