"""Which wishes of a plan an order does not meet: looked up in the order, however it was drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from provident.reading.cases import Placed
from provident.reading.design import OrderRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """One wish that could not be met, at one position of one reader's order."""

    kind: Literal["same_participant_gap", "strata"]
    reader: str
    position: int
    words: str


def unmet(
    rule: OrderRule, before: Sequence[Placed], new: Sequence[Placed]
) -> list[Unmet]:
    """What one reader's new places do not meet, given the places before them in order."""
    return [*_gaps(rule, before, new), *_strata(new)]


def _gaps(
    rule: OrderRule, before: Sequence[Placed], new: Sequence[Placed]
) -> Iterator[Unmet]:
    last = {placed.participant: placed.position for placed in before}
    for placed in sorted(new, key=lambda p: p.position):
        seen = last.get(placed.participant)
        between = None if seen is None else placed.position - seen - 1
        if between is not None and between < rule.gap:
            yield Unmet(
                kind="same_participant_gap",
                reader=placed.reader,
                position=placed.position,
                words=f"{between} cases between two of one participant, the plan asks for {rule.gap}",
            )
        last[placed.participant] = placed.position


def _strata(new: Sequence[Placed]) -> Iterator[Unmet]:
    """A stratum is spread evenly when no two blocks differ by more than one of its cases."""
    blocks: dict[int, Counter[tuple[tuple[str, str], ...]]] = {}
    first: dict[int, Placed] = {}
    for placed in sorted(new, key=lambda p: p.position):
        blocks.setdefault(placed.block, Counter())[placed.strata] += 1
        first.setdefault(placed.block, placed)
    for stratum in sorted({s for counts in blocks.values() for s in counts}):
        counts = {block: counts[stratum] for block, counts in blocks.items()}
        least = min(counts.values())
        for block, count in counts.items():
            if count > least + 1:
                named = ", ".join(f"{name} {value}" for name, value in stratum)
                yield Unmet(
                    kind="strata",
                    reader=first[block].reader,
                    position=first[block].position,
                    words=f"block {block} has {count} cases of {named}, another block {least}",
                )
