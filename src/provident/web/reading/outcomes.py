"""What follows for a case from the reads that are signed. Called by actions, inside their transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from provident import reading
from provident.kernel import Clock
from provident.kernel.ids import new_seed, new_token
from provident.reading import CaseState, ReadState
from provident.recruitment.slots import TRANSITIONS, SlotState
from provident.web.jobs.queue import enqueue
from provident.web.participants.actions import move_slot
from provident.web.participants.models import Slot
from provident.web.people.access import Role
from provident.web.people.models import Membership
from provident.web.readers.selectors import able
from provident.web.reading import analysis
from provident.web.reading.designs import designs, labels, read_value
from provident.web.reading.models import (
    Assignment,
    Case,
    Choice,
    FinalValue,
    ShownReads,
)
from provident.web.reading.selectors import pool_of, reads_of


def move(case: Case, to: CaseState, clock: Clock) -> None:
    """Move a case along its table.

    Raises:
        Refused: the table has no such move.
    """
    if case.state == to:
        return
    reading.CASE.check_move(CaseState(case.state), to)
    case.state, case.changed_at = to, clock.now()
    case.save(update_fields=["state", "changed_at", "reasons"])


def follow(
    case: Case, design: reading.ReadDesign, limits: Mapping[str, float], clock: Clock
) -> str:
    """Bring a case to where its signed reads put it; returns its state."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.of_study:
        return _read_aside(case, clock)
    primaries = [read_value(design, r) for r in reads_of(case)]
    where = reading.standing(design, primaries, third_of(case, design), limits)
    case.reasons = list(where.reasons)
    if where.state is CaseState.READING:
        move(case, CaseState.READING, clock)
    elif where.state is CaseState.DISCORDANT:
        _discordant(case, design, clock)
    elif where.final is not None:
        _final(case, design, where.final, clock)
    return str(case.state)


def third_of(
    case: Case, design: reading.ReadDesign
) -> reading.Read | reading.Chosen | None:
    """What decided between the two reads of a case: a choice, a blind third read, a consensus; None before."""
    choice = (
        Choice.objects.filter(assignment__case=case)
        .exclude(assignment__state__in=("cancelled", "superseded"))
        .first()
    )
    if choice is not None:
        return reading.Chosen(
            read=str(choice.read_id),
            by=str(choice.assignment.reader_id),
            why=choice.reason,
        )
    for role in (Assignment.Role.ADJUDICATOR, Assignment.Role.CONSENSUS):
        for read in reads_of(case, role):
            return read_value(design, read)
    return None


def _read_aside(case: Case, clock: Clock) -> str:
    """A repeat, a bridging read or a test case is read once and yields no final value."""
    move(case, CaseState.READING, clock)
    move(case, CaseState.FINAL, clock)
    if case.attempt_id:
        enqueue("provident.web.reading.tasks.end_attempt", case.attempt_id)
    return str(case.state)


def _discordant(case: Case, design: reading.ReadDesign, clock: Clock) -> None:
    move(case, CaseState.DISCORDANT, clock)
    _move_slots(case, design, SlotState.READ, clock)
    if design.technical_query_first:
        move(case, CaseState.TECHNICAL_QUERY, clock)
    else:
        to_third(case, design, clock)


def to_third(case: Case, design: reading.ReadDesign, clock: Clock) -> Assignment:
    """Give a discordant case to whoever decides: an adjudicator, or its two readers together.

    Raises:
        Refused: the case is not discordant.
        NotReady: nobody is left who has not read it.
    """
    if design.consensus:
        return _to_consensus(case, clock)
    return to_adjudicator(case, design, clock)


def _to_consensus(case: Case, clock: Clock) -> Assignment:
    move(case, CaseState.ADJUDICATING, clock)
    first = _given(case)[0]
    return _last_place(case, first.reader, Assignment.Role.CONSENSUS, first)


def _given(case: Case) -> list[Assignment]:
    """The primary assignments that count, by seat."""
    rows = analysis.assignments(case.study).filter(
        case=case, role=Assignment.Role.PRIMARY
    )
    return list(rows.select_related("draw", "reader").order_by("seat"))


def to_adjudicator(case: Case, design: reading.ReadDesign, clock: Clock) -> Assignment:
    """Give a discordant case to an adjudicator who has not read it.

    Raises:
        Refused: the case is not discordant.
        NotReady: nobody is left who has not read it.
    """
    move(case, CaseState.ADJUDICATING, clock)
    pool = pool_of(case.study, design, Role.ADJUDICATOR)
    pool = able(pool, design.endpoint, clock.now().date()) or pool
    people = {str(m.pk): m for m in pool}
    given = _given(case)
    # Whoever ever opened it is out, even where their read was superseded.
    read_it = [str(a.reader_id) for a in case.assignments.all()]
    waiting = analysis.assignments(case.study).filter(
        reader_id__in=list(people), submitted_at__isnull=True
    )
    load = Counter(str(pk) for pk in waiting.values_list("reader_id", flat=True))
    seed = given[0].draw.seed if given[0].draw else 0
    chosen = people[
        reading.adjudicator_for(design, str(case.pk), read_it, list(people), seed, load)
    ]
    made = _last_place(case, chosen, Assignment.Role.ADJUDICATOR, given[0])
    if design.adjudicator_chooses:
        _show_reads(made, clock)
    return made


def _last_place(
    case: Case, reader: Membership, role: str, like: Assignment
) -> Assignment:
    """A place after all others of a reader, with the labels of a primary read."""
    last = (
        Assignment.objects.filter(reader=reader, design=case.design)
        .order_by("-position")
        .first()
    )
    return Assignment.objects.create(
        case=case, design=case.design, reader=reader, role=role, seat=0, position=last.position + 1 if last else 1,
        labels=[list(p) for p in labels(like)], draw=like.draw, token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip


def _show_reads(assignment: Assignment, clock: Clock) -> None:
    """Draw which of the two reads is shown as 1, and keep it."""
    seed = new_seed()
    reads = [str(r.pk) for r in reads_of(assignment.case)]
    order = sorted(
        reads, key=lambda pk: reading.lot(seed, "shown", str(assignment.case_id), pk)
    )
    ShownReads.objects.create(
        assignment=assignment,
        seed=seed,
        reads=[int(pk) for pk in order],
        at=clock.now(),
    )


def _final(
    case: Case, design: reading.ReadDesign, final: reading.FinalValue, clock: Clock
) -> None:
    if case.state == CaseState.OPEN:  # one reader alone: opened and signed in one go
        move(case, CaseState.READING, clock)
    move(case, CaseState.FINAL, clock)
    FinalValue.objects.filter(case=case).delete()
    rows = []
    for name, value in final.values.items():
        visit, _, variable = (
            name.rpartition(".")
            if design.per_participant
            else (case.visits[0], ".", name)
        )
        if visit not in design.visits:  # a computed cell: week24.bones.capitate.x
            visit, _, variable = name.partition(".")
        missing = value if value == "not evaluable" else ""
        rows.append(
            FinalValue(
                case=case, visit=visit, variable=variable, value=None if missing else value, missing=missing,
                rule=final.rule[:120], reads=[int(r) for r in final.reads], at=clock.now(),
            )
        )  # fmt: skip
    FinalValue.objects.bulk_create(rows)
    _move_slots(case, design, SlotState.FINAL, clock)


def _move_slots(
    case: Case, design: reading.ReadDesign, to: SlotState, clock: Clock
) -> None:
    """Mark the slots of a case as read; as final once every design that reads them is final."""
    for slot in Slot.objects.filter(
        participant=case.participant, visit__in=case.visits, exam_kind=design.exam
    ).select_related("participant"):
        reached = (
            SlotState.READ
            if to is SlotState.FINAL and _read_further(case, slot)
            else to
        )
        for step in (SlotState.READ, SlotState.FINAL):
            if step in TRANSITIONS[SlotState(slot.state)]:
                move_slot(slot=slot, to=step, clock=clock)
            if step is reached:
                break


def _read_further(case: Case, slot: Slot) -> bool:
    """Whether another read design still has to read this slot."""
    others = [
        d.endpoint
        for d in designs(case.study).values()
        if d.exam == slot.exam_kind
        and slot.visit in d.visits
        and d.endpoint != case.design
    ]
    done = analysis.cases(case.study).filter(
        participant=case.participant,
        design__in=others,
        state__in=[CaseState.FINAL, CaseState.LOCKED],
    )
    return {c.design for c in done if slot.visit in c.visits} != set(others)
