"""Put one reader's cases in order: by lot, in blocks that mix the strata, with gaps."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provident.reading.cases import Case, Placed
from provident.reading.design import ReadDesign
from provident.reading.lots import lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A case at a position, from 1, and in a block, from 1, of a reader's order."""

    case: str
    position: int
    block: int


def arrange(
    design: ReadDesign,
    cases: Sequence[Case],
    before: Sequence[Placed],
    reader: str,
    seed: int,
) -> list[Slot]:
    """The new cases of one reader, following the places `before`.

    Cases are dealt to blocks so that each stratum is spread evenly, then drawn by lot within
    their block. The gap between cases of one participant comes first: a case is taken from
    another block where its own has none that fits, and where lots lead into a corner the
    participants with most cases left are taken first, which finds an order if there is one.
    """
    if not cases:
        return []
    whose = reader if design.order.per_reader else ""

    def chance(*words: str) -> int:
        return lot(seed, design.endpoint, "order", whose, *words)

    blocks = deal(design, cases, chance)
    by_lot = _Filling(design, blocks, before, chance)
    order = by_lot.fill(_drawn)
    if by_lot.too_near:
        by_need = _Filling(design, blocks, before, chance)
        other = by_need.fill(_most_left)
        order = other if by_need.too_near < by_lot.too_near else order
    return _slots(order, [len(block) for block in blocks], before)


def deal(
    design: ReadDesign, cases: Sequence[Case], chance: Callable[..., int]
) -> list[list[Case]]:
    """Deal cases to blocks like cards, stratum after stratum: no stratum differs by more than one."""
    count = math.ceil(len(cases) / design.order.block)

    def place(case: Case) -> tuple[tuple[str, ...], int, int]:
        strata = tuple(case.strata.get(name, "") for name in design.order.strata)
        # A participant's cases lie side by side, so that they go to different blocks.
        return strata, chance("participant", case.participant), chance("case", case.id)

    blocks: list[list[Case]] = [[] for _ in range(count)]
    start = chance("start") % count
    for index, case in enumerate(sorted(cases, key=place)):
        blocks[(start + index) % count].append(case)
    return blocks


def _slots(
    order: Sequence[Case], sizes: Sequence[int], before: Sequence[Placed]
) -> list[Slot]:
    position = before[-1].position if before else 0
    block = before[-1].block if before else 0
    blocks = [block + 1 + i for i, size in enumerate(sizes) for _ in range(size)]
    return [
        Slot(case=case.id, position=position + 1 + i, block=blocks[i])
        for i, case in enumerate(order)
    ]


@dataclass(slots=True)
class _Filling:
    """Positions being filled one after the other; `waiting` holds the blocks' cases by id."""

    design: ReadDesign
    blocks: Sequence[Sequence[Case]]
    before: Sequence[Placed]
    chance: Callable[..., int]
    too_near: int = 0
    position: int = field(init=False)
    last: dict[str, int] = field(init=False)
    left: Counter[str] = field(init=False)
    waiting: list[dict[str, Case]] = field(init=False)
    remaining: int = field(init=False)

    def __post_init__(self) -> None:
        self.position = self.before[-1].position if self.before else 0
        self.last = {p.participant: p.position for p in self.before}
        self.left = Counter(c.participant for block in self.blocks for c in block)
        self.waiting = [
            {c.id: c for c in sorted(block, key=self._by_lot)} for block in self.blocks
        ]
        self.remaining = sum(map(len, self.blocks))

    def _by_lot(self, case: Case) -> tuple[int, str]:
        return self.chance("case", case.id), case.id

    def fill(self, choose: Callable[[_Filling], Case | None]) -> list[Case]:
        order: list[Case] = []
        while self.remaining:
            self.position += 1
            case = choose(self)
            if case is None:
                case = max(self.all(), key=self.distance)
                self.too_near += 1
            self._take(case)
            order.append(case)
        return order

    def _take(self, case: Case) -> None:
        for block in self.waiting:
            block.pop(case.id, None)
        self.waiting = [block for block in self.waiting if block]
        self.left[case.participant] -= 1
        self.last[case.participant] = self.position
        self.remaining -= 1

    def all(self) -> list[Case]:
        return [case for block in self.waiting for case in block.values()]

    def distance(self, case: Case) -> float:
        seen = self.last.get(case.participant)
        return math.inf if seen is None else self.position - seen - 1

    def fits(self, case: Case) -> bool:
        return self.distance(case) >= self.design.order.gap

    def urgent(self) -> set[str]:
        """Participants whose cases need every position that is left, from this one on."""
        gap = self.design.order.gap
        most = max(self.left.values())
        if most < 2 or (most - 1) * (gap + 1) + 1 < self.remaining:
            return set()
        return {p for p, left in self.left.items() if left == most}


def _drawn(filling: _Filling) -> Case | None:
    """The next case by lot in the current block; before it, whoever cannot wait any longer."""
    urgent = filling.urgent()
    if urgent:
        for case in filling.all():
            if case.participant in urgent and filling.fits(case):
                return case
    for block in filling.waiting:
        for case in block.values():
            if filling.fits(case):
                return case
    return None


def _most_left(filling: _Filling) -> Case | None:
    """The case whose participant has most cases left: the choice that avoids corners."""
    fitting = [c for c in filling.all() if filling.fits(c)]
    return max(fitting, key=lambda c: filling.left[c.participant], default=None)
