"""What follows for a case from the reads that are signed. Called by actions, inside their transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from provident import reading
from provident.kernel import Clock
from provident.kernel.ids import new_token
from provident.reading import CaseState, ReadState
from provident.recruitment.slots import TRANSITIONS, SlotState
from provident.web.participants.actions import move_slot
from provident.web.participants.models import Slot
from provident.web.people.access import Role
from provident.web.reading.designs import designs, labels, read_value
from provident.web.reading.models import Assignment, Case, FinalValue
from provident.web.reading.selectors import readers, reads_of


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
    primaries = [read_value(design, r) for r in reads_of(case)]
    third = [read_value(design, r) for r in reads_of(case, Assignment.Role.ADJUDICATOR)]
    where = reading.standing(design, primaries, third[0] if third else None, limits)
    case.reasons = list(where.reasons)
    if where.state is CaseState.READING:
        move(case, CaseState.READING, clock)
    elif where.state is CaseState.DISCORDANT:
        _discordant(case, design, clock)
    elif where.final is not None:
        _final(case, design, where.final, clock)
    return str(case.state)


def _discordant(case: Case, design: reading.ReadDesign, clock: Clock) -> None:
    move(case, CaseState.DISCORDANT, clock)
    _move_slots(case, design, SlotState.READ, clock)
    if design.technical_query_first:
        move(case, CaseState.TECHNICAL_QUERY, clock)
    else:
        to_adjudicator(case, design, clock)


def to_adjudicator(case: Case, design: reading.ReadDesign, clock: Clock) -> Assignment:
    """Give a discordant case to an adjudicator who has not read it.

    Raises:
        Refused: the case is not discordant.
        NotReady: nobody is left who has not read it.
    """
    move(case, CaseState.ADJUDICATING, clock)
    people = {str(m.pk): m for m in readers(case.study, Role.ADJUDICATOR)}
    given = case.assignments.select_related("draw").order_by("seat")
    read_it = [str(a.reader_id) for a in given]
    waiting = Assignment.objects.filter(
        reader_id__in=list(people), submitted_at__isnull=True
    )
    load = Counter(str(pk) for pk in waiting.values_list("reader_id", flat=True))
    seed = given[0].draw.seed if given[0].draw else 0
    chosen = people[
        reading.adjudicator_for(design, str(case.pk), read_it, list(people), seed, load)
    ]
    last = (
        Assignment.objects.filter(reader=chosen, design=case.design)
        .order_by("-position")
        .first()
    )
    return Assignment.objects.create(
        case=case, design=case.design, reader=chosen, role=Assignment.Role.ADJUDICATOR, seat=0,
        position=last.position + 1 if last else 1, labels=[list(p) for p in labels(given[0])], draw=given[0].draw,
        token=new_token(), state=ReadState.ASSIGNED,
    )  # fmt: skip


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
        participant_id=case.participant_id, visit__in=case.visits, exam_kind=design.exam
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
    done = Case.objects.filter(
        participant_id=case.participant_id,
        design__in=others,
        state__in=[CaseState.FINAL, CaseState.LOCKED],
    )
    return {c.design for c in done if slot.visit in c.visits} != set(others)
