"""Where a diagram's boxes and arrows stand: organisations are lanes, the way of the data goes to the right.

Layered drawing after Sugiyama, Tagawa and Toda (IEEE Trans Syst Man Cybern 1981;11:109): arrows that go
back are turned for the layout, long ones pass through places of their own, so that none crosses a box.
All lengths are in SVG user units (pixels at 100 %).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from provident.flows.picture import Arrow, Picture, Stop


BOX_WIDTH, LABEL_WIDTH, TRACK, LANE_HEAD = 168, 190, 12, 132
_LINE, _PAD, _PITCH, _SPACE = 15, 10, 46, 16


@dataclass(slots=True, eq=False)
class Slot:
    """A box, or the place that a long arrow passes through (`stop` is None)."""

    lane: str
    rank: int
    height: int
    stop: Stop | None = None
    x: int = 0
    y: int = 0
    entering: list[Leg] = field(default_factory=list)
    leaving: list[Leg] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Leg:
    """A part of an arrow, from the right side of a slot to the left side of one in the next rank."""

    arrow: Arrow
    start: Slot
    end: Slot
    track: int = 0

    @property
    def from_y(self) -> int:
        """Where it leaves."""
        return _port(self.start, self.start.leaving, self)

    @property
    def to_y(self) -> int:
        """Where it arrives."""
        return _port(self.end, self.end.entering, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The legs of an arrow in order; `turned` when it is drawn against the layout's direction."""

    arrow: Arrow
    legs: tuple[Leg, ...]
    turned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Boxes, ways, and lanes as (top, height)."""

    width: int
    height: int
    lanes: Mapping[str, tuple[int, int]]
    boxes: tuple[Slot, ...]
    ways: tuple[Way, ...]


def _port(slot: Slot, legs: list[Leg], leg: Leg) -> int:
    if slot.stop is None:
        return slot.y + slot.height // 2
    at = legs.index(leg)
    return slot.y + round(slot.height * (at + 0.5) / len(legs))


def layout(picture: Picture) -> Layout:
    """Place everything of a picture."""
    turned = _turned(picture)
    ranks = _ranks(picture, turned)
    slots = {s.id: Slot(s.lane, ranks[s.id], 0, s) for s in picture.stops}
    ways, passing = [], []
    for arrow in picture.arrows:
        start, end = slots[arrow.source], slots[arrow.target]
        if arrow in turned:
            start, end = end, start
        chain = [start]
        chain += [
            Slot(end.lane, rank, _PITCH) for rank in range(start.rank + 1, end.rank)
        ]
        chain.append(end)
        passing += chain[1:-1]
        legs = tuple(Leg(arrow, a, b) for a, b in pairwise(chain))
        for leg in legs:
            leg.start.leaving.append(leg)
            leg.end.entering.append(leg)
        ways.append(Way(arrow=arrow, legs=legs, turned=arrow in turned))
    boxes = tuple(slots.values())
    for box in boxes:
        assert box.stop is not None
        ports = max(len(box.entering), len(box.leaving))
        box.height = max(2 * _PAD + _LINE * len(box.stop.lines), _PITCH * ports)
    lanes, height = _stack(picture, [*boxes, *passing])
    _order_ports([*boxes, *passing])
    width = _columns([*boxes, *passing])
    return Layout(
        width=width, height=height, lanes=lanes, boxes=boxes, ways=tuple(ways)
    )


def _turned(picture: Picture) -> set[Arrow]:
    """The arrows that close a circle, found in the order of the plan."""
    after: dict[str, list[Arrow]] = {}
    for arrow in picture.arrows:
        after.setdefault(arrow.source, []).append(arrow)
    turned: set[Arrow] = set()
    state: dict[str, str] = {}

    def visit(stop: str) -> None:
        state[stop] = "open"
        for arrow in after.get(stop, ()):
            if state.get(arrow.target) == "open":
                turned.add(arrow)
            elif arrow.target not in state:
                visit(arrow.target)
        state[stop] = "done"

    for stop in picture.stops:
        if stop.id not in state:
            visit(stop.id)
    return turned


def _ranks(picture: Picture, turned: set[Arrow]) -> dict[str, int]:
    """Each stop one further right than the furthest of those before it."""
    pairs = [
        (a.target, a.source) if a in turned else (a.source, a.target)
        for a in picture.arrows
        if a.source != a.target
    ]
    ranks = {s.id: 0 for s in picture.stops}
    for _ in ranks:
        for before, behind in pairs:
            ranks[behind] = max(ranks[behind], ranks[before] + 1)
    return ranks


def _stack(
    picture: Picture, slots: Iterable[Slot]
) -> tuple[dict[str, tuple[int, int]], int]:
    lanes, top = {}, 0
    every = list(slots)
    for lane in picture.lanes:
        tallest = 0
        for rank in sorted({s.rank for s in every}):
            y = top + _SPACE
            for slot in (s for s in every if s.lane == lane and s.rank == rank):
                slot.y = y
                y += slot.height + _SPACE
            tallest = max(tallest, y - top)
        lanes[lane] = (top, max(tallest, 56))
        top += lanes[lane][1]
    return lanes, top


def _order_ports(slots: list[Slot]) -> None:
    """Upper ports for what comes from above, so that fewer arrows cross."""
    for slot in slots:
        slot.entering.sort(key=lambda leg: leg.start.y)
        slot.leaving.sort(key=lambda leg: leg.end.y)


def _columns(slots: list[Slot]) -> int:
    """Give each rank its x and each bent leg a track of its own; the whole width."""
    x = LANE_HEAD + _SPACE
    for rank in range(max((s.rank for s in slots), default=0) + 1):
        here = [s for s in slots if s.rank == rank]
        for slot in here:
            slot.x = x
        legs = [leg for slot in here for leg in slot.leaving]
        # Arrows that rise turn early when they start high, arrows that fall when they start low.
        bent = sorted(
            legs,
            key=lambda g: (
                g.to_y > g.from_y,
                -g.from_y if g.to_y > g.from_y else g.from_y,
            ),
        )
        for at, leg in enumerate(bent):
            leg.track = x + BOX_WIDTH + TRACK * (at + 1)
        x += BOX_WIDTH + (TRACK * (len(legs) + 1) + LABEL_WIDTH if legs else _SPACE)
    return x
