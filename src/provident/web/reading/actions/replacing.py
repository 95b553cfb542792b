"""The only writer of replacements: who takes over from a reader who leaves a design. No read is ever removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput, Refused
from provident.kernel.ids import new_seed, new_token
from provident.plan.models.reading_parts import Replace
from provident.reading import CaseState, ReadState
from provident.reading.arrange import arrange
from provident.reading.lots import shuffled
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.readers.selectors import design_names
from provident.web.reading import analysis, outcomes, placing
from provident.web.reading.designs import designs, placed
from provident.web.reading.models import (
    Assignment,
    Case,
    Draw,
    FinalValue,
    Replacement,
)
from provident.web.studies.plans import plan_in_force, version_in_force


BUSY = (CaseState.DISCORDANT, CaseState.TECHNICAL_QUERY, CaseState.ADJUDICATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who leaves a design, who takes over, and why."""

    endpoint: str
    leaving: Membership
    taking: Membership
    reason: str


@transaction.atomic
def replace_reader(
    *, change: Change, password: str, by: Membership, clock: Clock, seed: int | None = None
) -> Replacement:  # fmt: skip
    """Give a leaving reader's cases to another by the plan's rule: the unread ones, or all to be read anew.

    The old reads are kept; where all are read anew they are superseded and count no more. With the plan's bridging
    set the new reader also reads cases that the old one has read, unknowingly, for comparison alone.

    Raises:
        InvalidInput: no reason, the same person, another role, somebody who does not read the design.
        Refused: replaced already, a locked study, a case of both readers, or cases with the adjudicator.
        Denied: not this role's, or a wrong password.
    """
    check(by, "replace", Thing.READER)
    _check(change, by)
    study = by.study
    rule = plan_in_force(study).reading[change.endpoint].replace or Replace()
    anew = rule.reads == "all" and change.leaving.role == "reader"
    own = list(_given(change, signed_too=anew))
    _check_cases(change, own)
    signature = sign(
        membership=by, password=password, meaning="I replace this reader", thing="reader",
        thing_id=str(change.leaving.pk), clock=clock,
        content={"endpoint": change.endpoint, "taking": change.taking.pk, "reads": rule.reads, "reason": change.reason},
    )  # fmt: skip
    seed = new_seed() if seed is None else seed
    _stop_aside(change)
    taken = _hand_over(change, own, seed, clock)
    bridged = 0 if anew or rule.bridging is None else _bridge(change, rule.bridging, seed, clock)  # fmt: skip
    made = Replacement.objects.create(
        study=study, design=change.endpoint, leaving=change.leaving, taking=change.taking, reads=rule.reads,
        reason=change.reason.strip(), signature=signature, at=clock.now(),
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=study.slug, action="reading.reader_replaced", thing="reader",
           thing_id=str(change.leaving.pk), new={"endpoint": change.endpoint, "leaving": change.leaving.user.username,
           "taking": change.taking.user.username, "reads": rule.reads, "cases": taken, "bridging": bridged,
           "seed": str(seed), "signature": signature.pk}, reason=change.reason.strip())  # fmt: skip
    return made


def _check(change: Change, by: Membership) -> None:
    leaving, taking = change.leaving, change.taking
    if not change.reason.strip():
        raise InvalidInput("Say why the reader leaves.")
    if leaving.user_id == taking.user_id or leaving.role != taking.role:
        raise InvalidInput("Another person of the same role takes over.")
    plan = plan_in_force(by.study)
    for one in (leaving, taking):
        if change.endpoint not in design_names(plan, one):
            raise InvalidInput("This person does not read that design by the plan.")
    if by.study.locked_at is not None:
        raise Refused("The study is locked; nobody reads any more.")
    gone = Replacement.objects.filter(design=change.endpoint, leaving__in=(leaving, taking))  # fmt: skip
    if gone.exists():
        raise Refused("One of the two was replaced in this design already.")


def _given(change: Change, *, signed_too: bool) -> Sequence[Assignment]:
    states = [ReadState.ASSIGNED, ReadState.OPEN]
    rows = analysis.assignments(change.leaving.study).filter(
        reader=change.leaving,
        design=change.endpoint,
        state__in=[*states, ReadState.SUBMITTED] if signed_too else states,
    )
    rows = rows.exclude(role=Assignment.Role.CONSENSUS)
    return list(rows.select_related("case__participant__site").order_by("position"))


def _check_cases(change: Change, own: Sequence[Assignment]) -> None:
    of_both = Assignment.objects.filter(reader__user=change.taking.user_id, case__in=[a.case_id for a in own])  # fmt: skip
    if of_both.exists():
        raise Refused(f"{of_both.count()} of these cases were given to the new reader too: nobody reads a case twice as two readers.")  # fmt: skip
    busy = [a for a in own if a.state == ReadState.SUBMITTED and a.case.state in BUSY]
    if busy:
        raise Refused(f"{len(busy)} cases are with the adjudicator; replace the reader when they are decided.")  # fmt: skip


def _stop_aside(change: Change) -> None:
    """Hidden repeats and bridging reads that the leaving reader has not signed are not read any more."""
    waiting = (ReadState.ASSIGNED, ReadState.OPEN)
    Assignment.objects.filter(
        reader=change.leaving, design=change.endpoint, state__in=waiting, case__purpose__in=placing.AGAIN
    ).update(state=ReadState.CANCELLED)  # fmt: skip


def _hand_over(
    change: Change, own: Sequence[Assignment], seed: int, clock: Clock
) -> int:
    """New assignments at places drawn by lot after those that the new reader has; returns how many."""
    if not own:
        return 0
    design = designs(change.leaving.study)[change.endpoint]
    before = [placed(a) for a in _places(change.taking, change.endpoint)]
    cases = {
        str(a.case_id): reading.Case(
            id=str(a.case_id), participant=a.case.code, visits=tuple(a.case.visits),
            strata={"site": a.case.site_code, "visit": a.case.visits[0]},
        )
        for a in own
    }  # fmt: skip
    slots = arrange(design, list(cases.values()), before, str(change.taking.pk), seed)
    drawn = Draw.objects.create(
        study=change.leaving.study, design=change.endpoint, kind=Draw.Kind.REPLACEMENT, seed=seed, at=clock.now(),
        plan_version=version_in_force(change.leaving.study).version,
        placed=[{"case": int(s.case), "reader": change.taking.pk, "position": s.position, "block": s.block} for s in slots],
    )  # fmt: skip
    by_case = {str(a.case_id): a for a in own}
    for slot in slots:
        old = by_case[slot.case]
        _leave(old, design, clock)
        Assignment.objects.create(
            case=old.case, design=old.design, reader=change.taking, role=old.role, seat=old.seat, position=slot.position,
            block=slot.block, labels=old.labels, draw=drawn, token=new_token(), state=ReadState.ASSIGNED,
        )  # fmt: skip
    return len(slots)


def _places(of: Membership, endpoint: str) -> Sequence[Assignment]:
    rows = Assignment.objects.filter(reader=of, design=endpoint)
    rows = rows.select_related("case__participant", "case__source__participant")
    return list(rows.order_by("position"))


def _leave(old: Assignment, design: reading.ReadDesign, clock: Clock) -> None:
    """End an old assignment: an unread one is cancelled, a signed one is superseded and its case read again."""
    signed = old.state == ReadState.SUBMITTED
    to = ReadState.SUPERSEDED if signed else ReadState.CANCELLED
    reading.READ.check_move(ReadState(old.state), to)
    old.state = to
    old.save(update_fields=["state"])
    if not signed or old.case.state != CaseState.FINAL:
        return
    FinalValue.objects.filter(case=old.case).delete()
    outcomes.move(old.case, CaseState.READING, clock)
    if design.adjudicator_chooses or design.consensus:
        # What was chosen between, or agreed on, is no longer there.
        old.case.assignments.filter(seat=0, state=ReadState.SUBMITTED).update(state=ReadState.SUPERSEDED)  # fmt: skip


def _bridge(change: Change, cases: int, seed: int, clock: Clock) -> int:
    """Draw the bridging set among what the old reader has signed and the new one has not been given."""
    if change.leaving.role != "reader":
        return 0
    seen = Assignment.objects.filter(reader__user=change.taking.user_id).values("case")
    rows = analysis.assignments(change.leaving.study).filter(
        reader=change.leaving, design=change.endpoint, state=ReadState.SUBMITTED, role=Assignment.Role.PRIMARY
    )  # fmt: skip
    rows = rows.exclude(case__in=seen).exclude(case__participant__status="withdrawn")
    signed = {str(a.case_id): a for a in rows.select_related("case")}
    made = []
    for pk in shuffled(seed, (change.endpoint, "bridging"), signed)[:cases]:
        old = signed[pk]
        again = placing.show_again(old.case, Case.Purpose.BRIDGING, change.taking, clock)  # fmt: skip
        made.append({"again": again.pk, "case": old.case_id, "reader": change.taking.pk, "seat": old.seat})  # fmt: skip
    if made:
        Draw.objects.create(
            study=change.leaving.study, design=change.endpoint, kind=Draw.Kind.BRIDGING, seed=seed, placed=made,
            plan_version=version_in_force(change.leaving.study).version, at=clock.now(),
        )  # fmt: skip
    for row in made:
        enqueue("provident.web.reading.tasks.make_copies", row["again"])
    return len(made)
