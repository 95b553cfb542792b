"""The order in which each reader meets the cases: drawn once, stored, reproducible from its seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provident.kernel import PlanError
from provident.reading.arrange import Slot, arrange
from provident.reading.assign import assign
from provident.reading.cases import Case, Placed, labels_for
from provident.reading.constraints import Unmet, unmet
from provident.reading.design import ReadDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A draw: what it placed, with which seed, and which wishes of the plan it could not meet."""

    seed: int
    placed: tuple[Placed, ...]
    unmet: tuple[Unmet, ...]

    def of(self, reader: str) -> tuple[Placed, ...]:
        """One reader's cases in their order."""
        own = [p for p in self.placed if p.reader == reader]
        return tuple(sorted(own, key=lambda p: p.position))


def draw_order(
    design: ReadDesign, cases: Sequence[Case], readers: Sequence[str], seed: int
) -> Order:
    """Draw the order of all readers over some cases.

    The same arguments give the same order, in whatever order cases and readers are named.

    Raises:
        PlanError: a case twice, a visit that the design does not read, or too few readers.
    """
    return extend_order(design, (), cases, readers, seed)


def extend_order(
    design: ReadDesign,
    existing: Sequence[Placed],
    new_cases: Sequence[Case],
    readers: Sequence[str],
    seed: int,
) -> Order:
    """Append cases that have become readable; nothing that was drawn before changes.

    The result holds the new places alone. `existing` are all places drawn so far.

    Raises:
        PlanError: as `draw_order`, or a case that has a place already.
    """
    _check_cases(new_cases, existing)
    cases = {case.id: case for case in sorted(new_cases, key=lambda c: c.id)}
    seats = assign(design, cases.values(), readers, seed, existing)
    placed: list[Placed] = []
    missed: list[Unmet] = []
    for reader in sorted(readers):
        before = sorted(
            (p for p in existing if p.reader == reader), key=lambda p: p.position
        )
        own = [case for case in cases.values() if reader in seats[case.id]]
        slots = arrange(design, own, before, reader, seed)
        new = [
            _placed(design, cases[slot.case], slot, reader, seats[slot.case], seed)
            for slot in slots
        ]
        placed += new
        missed += unmet(design.order, before, new)
    return Order(seed=seed, placed=tuple(placed), unmet=tuple(missed))


def _check_cases(new_cases: Sequence[Case], existing: Sequence[Placed]) -> None:
    seen = {placed.case for placed in existing}
    for case in new_cases:
        if case.id in seen:
            raise PlanError(f"case {case.id} has a place in the order already")
        seen.add(case.id)


def _placed(
    design: ReadDesign,
    case: Case,
    slot: Slot,
    reader: str,
    seats: tuple[str, ...],
    seed: int,
) -> Placed:
    return Placed(
        case=case.id,
        participant=case.participant,
        reader=reader,
        position=slot.position,
        block=slot.block,
        seat=seats.index(reader) + 1,
        labels=labels_for(design, case, seed),
        strata=tuple((name, case.strata.get(name, "")) for name in design.order.strata),
    )
