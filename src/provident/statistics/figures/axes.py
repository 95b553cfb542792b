"""Two axes with round numbers: where a value lies on the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provident.kernel import InvalidInput
from provident.statistics.figures.marks import INK, SOFT, Line, Mark, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From `low` to `high`, on a logarithmic scale where `log` says so."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high one."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> tuple[float, ...]:
        """Round numbers inside the axis."""
        return _log_ticks(self) if self.log else _ticks(self.low, self.high)


def around(values: Iterable[float], *, pad: float = 0.06, log: bool = False) -> Axis:
    """An axis with room around the finite values. Raises `InvalidInput` where there are none."""
    known = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
    if not known:
        raise InvalidInput("There is no value to draw.")
    low, high = min(known), max(known)
    if log:
        room = max((high / low) ** pad, 1.02)
        return Axis(low=low / room, high=high * room, log=True)
    room = (high - low) * pad or abs(high) * 0.05 or 1.0
    return Axis(low=low - room, high=high + room)


def _ticks(low: float, high: float, wanted: int = 6) -> tuple[float, ...]:
    rough = (high - low) / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 2.5, 5, 10) if f * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(n * step, 12) for n in range(first, last + 1))


def _log_ticks(axis: Axis) -> tuple[float, ...]:
    powers = range(
        math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1
    )
    found = tuple(
        f * 10.0**p
        for p in powers
        for f in (1, 2, 5)
        if axis.low <= f * 10.0**p <= axis.high
    )
    return found if len(found) >= 2 else _ticks(axis.low, axis.high, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of the sheet between the axes."""

    x: Axis
    y: Axis
    left: float = 62.0
    top: float = 16.0
    width: float = 420.0
    height: float = 320.0

    @property
    def right(self) -> float:
        """Where the plot ends."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Where the plot stands."""
        return self.top + self.height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point on the sheet."""
        return self.across(x), self.up(y)

    def across(self, x: float) -> float:
        """The place of an x."""
        return self.left + self.x.share(x) * self.width

    def up(self, y: float) -> float:
        """The place of a y."""
        return self.bottom - self.y.share(y) * self.height

    def level(
        self, y: float, *, dashed: bool = False, ink: str = INK, width: float = 1.5
    ) -> Line:
        """A line across the plot."""
        at = self.up(y)
        return Line(
            ends=(self.left, at, self.right, at), ink=ink, dashed=dashed, width=width
        )

    def drawn(
        self, x_words: str, y_words: str, x_labels: Iterable[tuple[float, str]] = ()
    ) -> Iterator[Mark]:
        """Axes with ticks and their names; `x_labels` instead of numbers."""
        corners = ((self.left, self.top), (self.right, self.bottom))
        (x1, y1), (x2, y2) = corners
        yield Line(ends=(x1, y2, x2, y2), ink=SOFT)
        yield Line(ends=(x1, y1, x1, y2), ink=SOFT)
        for value, label in x_labels or ((t, f"{t:g}") for t in self.x.ticks()):
            at = self.across(value)
            yield Line(ends=(at, y2, at, y2 + 4), ink=SOFT)
            yield Words(x=at, y=y2 + 18, text=label, anchor="middle")
        for value in self.y.ticks():
            at = self.up(value)
            yield Line(ends=(x1 - 4, at, x1, at), ink=SOFT)
            yield Words(x=x1 - 8, y=at + 4, text=f"{value:g}", anchor="end")
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        yield Words(x=middle[0], y=y2 + 38, text=x_words, anchor="middle")
        yield Words(x=16, y=middle[1], text=y_words, anchor="middle", turned=True)
