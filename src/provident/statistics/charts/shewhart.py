"""Shewhart charts: one point at a time against limits; of measurements and of proportions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.charts.false_alarms import FalseAlarms, false_alarms
from provident.statistics.intervals import z_p_value
from provident.statistics.ratings import column
from provident.statistics.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shewhart:
    """A point outside target +- `width` standard deviations is a signal.

    Shewhart, Economic Control of Quality of Manufactured Product, 1931.
    """

    target: float
    sd: float
    width: float = 3.0

    def __post_init__(self) -> None:
        if not self.sd > 0 or not self.width > 0:
            raise InvalidInput("The standard deviation and the width are above 0.")

    @property
    def limits(self) -> tuple[float, float]:
        """Lower and upper, in units of the measurement."""
        reach = self.width * self.sd
        return (self.target - reach, self.target + reach)

    def signals(self, values: Sequence[Any]) -> tuple[int, ...]:
        """The points (from 0) outside the limits."""
        x = column(values, "the measurements")
        low, high = self.limits
        return tuple(np.flatnonzero((x < low) | (x > high)).tolist())

    def false_alarms(self, *, readers: int, reads: int) -> FalseAlarms:
        """Of normal measurements in control."""
        each = z_p_value(self.width)
        return false_alarms(
            -math.expm1(reads * math.log1p(-each)),
            1 / each,
            readers=readers,
            reads=reads,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PChart:
    """Proportions against limits of `width` standard errors about the common rate."""

    rate: float
    proportions: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    signals: tuple[int, ...]
    sizes: tuple[int, ...]

    def false_alarms(self, *, readers: int = 1) -> FalseAlarms:
        """The chart's own points, all at the common rate: exact binomial tails."""
        each = [
            outside(self.rate, n, low, high)
            for n, low, high in zip(self.sizes, self.lower, self.upper, strict=True)
        ]
        per_reader = -math.expm1(sum(math.log1p(-min(p, 1 - 1e-16)) for p in each))
        mean = sum(each) / len(each)
        length = 1 / mean if mean > 0 else math.inf
        return false_alarms(per_reader, length, readers=readers, reads=len(each))


def p_chart(
    events: Sequence[Any],
    sizes: Sequence[Any],
    *,
    width: float = 3.0,
    rate: float | None = None,
) -> PChart:
    """A chart of events out of `sizes` in each period or reader.

    `rate` is the rate in control; without it that of all points together. Montgomery,
    Introduction to Statistical Quality Control, ch. 7. Raises `InvalidInput`.
    """
    x, n = column(events, "events"), column(sizes, "sizes")
    if len(x) != len(n) or not len(x):
        raise InvalidInput("There must be as many counts of events as sizes.")
    if (n < 1).any() or (x < 0).any() or (x > n).any():
        raise InvalidInput("Each count of events lies between 0 and its size.")
    p = float(x.sum() / n.sum()) if rate is None else rate
    if not 0 < p < 1:
        raise InvalidInput("The rate in control lies between 0 and 1, both excluded.")
    reach = width * np.sqrt(p * (1 - p) / n)
    low, high = np.maximum(p - reach, 0.0), np.minimum(p + reach, 1.0)
    share = x / n
    return PChart(
        rate=p,
        proportions=tuple(share.tolist()),
        lower=tuple(low.tolist()),
        upper=tuple(high.tolist()),
        signals=tuple(np.flatnonzero((share < low) | (share > high)).tolist()),
        sizes=tuple(int(one) for one in n),
    )


def outside(rate: float, n: int, low: float, high: float) -> float:
    """The binomial chance that a proportion of n lies outside low to high."""
    under = math.ceil(low * n - 1e-9) - 1
    over = math.floor(high * n + 1e-9)
    below = float(special.bdtr(under, n, rate)) if under >= 0 else 0.0
    above = float(special.bdtrc(over, n, rate)) if over < n else 0.0
    return below + above


def funnel_limits(
    rate: float, sizes: Sequence[int], *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Exact binomial limits of a proportion for each size, for a funnel plot.

    Spiegelhalter, Stat Med 2005;24:1185, with his interpolation between counts.
    """
    if not 0 < rate < 1:
        raise InvalidInput("The rate lies between 0 and 1.")
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (
        np.array([_interpolated(rate, int(n), tail) for n in sizes]) for tail in tails
    )
    return low, high


def _interpolated(rate: float, n: int, tail: float) -> float:
    counts = np.arange(-1, n + 1)
    chances = np.concatenate([[0.0], special.bdtr(counts[1:], n, rate)])
    at = float(np.interp(tail, chances, counts))
    return min(max(at / n, 0.0), 1.0)
