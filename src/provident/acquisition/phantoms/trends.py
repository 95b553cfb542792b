"""Values over time: one line for each scanner, protocol, measure, and engine with its version.

Values of two engines, or of two versions of one, never share a line unless they were
bridged: both measured the same scans, and the mean difference is taken off and shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import mean, stdev

from provident.acquisition.phantoms.model import Engine, Submission
from provident.kernel import Refused


FEWEST_PAIRS = 5
T_95 = {5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What may be trended together."""

    phantom: str
    scanner: str
    protocol: str
    measure: str
    unit: str
    engine: Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value; `measured_by` differs from the line's engine when it was bridged."""

    day: date
    value: float
    submission: str
    measured_by: Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The points of one line in the order of their days, and the bridges that were crossed."""

    line: Line
    points: tuple[Point, ...]
    bridges: tuple[Bridge, ...] = ()

    @property
    def values(self) -> tuple[float, ...]:
        """The values in order."""
        return tuple(point.value for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """From an old engine to a new one, for one measure: new = old + offset.

    `pairs` scans were measured by both; `half_width` is half the 95 % confidence interval
    of the offset.
    """

    measure: str
    unit: str
    old: Engine
    new: Engine
    offset: float
    half_width: float
    pairs: int

    @property
    def words(self) -> str:
        """One sentence for the chart."""
        return (
            f"{self.measure}: {self.old} values are shown {self.offset:+.3g} {self.unit} ".rstrip()
            + f" (± {self.half_width:.2g}, {self.pairs} scans measured by both) as {self.new} would give them."
        )


def bridge(
    old: Sequence[Submission], new: Sequence[Submission], measure: str
) -> Bridge:
    """The bridge between two engines for one measure, from scans that both measured.

    Scans pair by phantom, scanner, protocol and day.

    Raises:
        Refused: fewer than 5 pairs, several engines on one side, or different units.
    """
    before, after = _by_scan(old, measure), _by_scan(new, measure)
    common = sorted(before.keys() & after.keys())
    if len(common) < FEWEST_PAIRS:
        raise Refused(
            f"{len(common)} scans were measured by both engines; a bridge needs {FEWEST_PAIRS}."
        )
    engines = {before[k].engine for k in common}, {after[k].engine for k in common}
    if any(len(side) != 1 for side in engines) or engines[0] == engines[1]:
        raise Refused("A bridge leads from one engine and version to one other.")
    units = {s.values[measure].unit for k in common for s in (before[k], after[k])}
    if len(units) != 1:
        raise Refused(f"The two engines give {measure} in different units.")
    differences = [
        after[k].values[measure].value - before[k].values[measure].value for k in common
    ]
    spread = stdev(differences) / math.sqrt(len(common))
    return Bridge(
        measure=measure,
        unit=units.pop(),
        old=engines[0].pop(),
        new=engines[1].pop(),
        offset=mean(differences),
        half_width=T_95.get(len(common), 2.23) * spread,
        pairs=len(common),
    )


def _by_scan(
    submissions: Iterable[Submission], measure: str
) -> dict[tuple[str, ...], Submission]:
    return {
        (s.phantom, s.scanner, s.protocol, s.acquired.isoformat()): s
        for s in submissions
        if measure in s.values
    }


def trends(
    submissions: Iterable[Submission], *, bridges: Sequence[Bridge] = ()
) -> tuple[Trend, ...]:
    """The lines of all submissions that were not rejected.

    A rejected scan is no measurement of the scanner: its set-up was wrong.
    """
    building: dict[Line, _Building] = {}
    for one in sorted(submissions, key=lambda s: (s.acquired, s.id)):
        if one.accepted is False:
            continue
        for name, value in one.values.items():
            engine, number, crossed = _crossed(
                name, value.unit, one.engine, value.value, bridges
            )
            line = Line(
                phantom=one.phantom,
                scanner=one.scanner,
                protocol=one.protocol,
                measure=name,
                unit=value.unit,
                engine=engine,
            )
            point = Point(
                day=one.acquired,
                value=number,
                submission=one.id,
                measured_by=one.engine,
            )
            building.setdefault(line, _Building()).add(point, crossed)
    return tuple(
        Trend(line=line, points=tuple(one.points), bridges=tuple(one.bridges))
        for line, one in building.items()
    )


@dataclass(slots=True)
class _Building:
    """A line while its points come."""

    points: list[Point] = field(default_factory=list)
    bridges: list[Bridge] = field(default_factory=list)

    def add(self, point: Point, crossed: Sequence[Bridge]) -> None:
        """A scan that both engines measured is one point: that of the newer engine."""
        same = [
            p
            for p in self.points
            if p.day == point.day and p.measured_by != point.measured_by
        ]
        if crossed and same:
            return
        for twin in same:
            self.points.remove(twin)
        self.points.append(point)
        self.bridges += [b for b in crossed if b not in self.bridges]


def _crossed(
    measure: str, unit: str, engine: Engine, value: float, bridges: Sequence[Bridge]
) -> tuple[Engine, float, tuple[Bridge, ...]]:
    """The value as the newest engine that a chain of bridges leads to would give it."""
    crossed: list[Bridge] = []
    while True:
        following = next(
            (
                b
                for b in bridges
                if (b.measure, b.unit, b.old) == (measure, unit, engine)
                and b not in crossed
            ),
            None,
        )
        if following is None:
            return engine, value, tuple(crossed)
        crossed.append(following)
        engine, value = following.new, value + following.offset
