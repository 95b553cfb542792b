"""The plan's indicators as figures: value, number of exams, interval, and what the plan's limits say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

from provident.kernel import Outcome
from provident.plan.models.quality import Indicator
from provident.statistics.intervals import wilson_interval


GOOD = frozenset({Outcome.PASS.value, Outcome.WARN.value})
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What indicators need of one exam. `lag` is in days, None without a true date."""

    outcome: str
    repeat: bool
    lag: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator: `level` is act, warn, "" or few; `low` and `high` the 95 % interval in `unit`."""

    value: float | None
    unit: str
    n: int
    low: float | None
    high: float | None
    level: str


def _share(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    if not n:
        return None, None, None
    low, high = wilson_interval(hits / n, n, LEVEL)
    return 100 * hits / n, 100 * low, 100 * high


def _median(values: Sequence[int]) -> tuple[float | None, float | None, float | None]:
    """The median with its distribution-free interval of order statistics; none below six values."""
    if not values:
        return None, None, None
    ordered, n = sorted(values), len(values)
    below, rank = 0.0, 0
    while below + comb(n, rank) / 2**n <= (1 - LEVEL) / 2:
        below += comb(n, rank) / 2**n
        rank += 1
    middle = float(median(ordered))
    if rank == 0:
        return middle, None, None
    return middle, float(ordered[rank - 1]), float(ordered[n - rank])


def first_time_compliance(exams: Sequence[Arrived]) -> Figure:
    """The share of first exams (no repeats) that are as in the manual or nearly so."""
    first = [e for e in exams if e.outcome and not e.repeat]
    value, low, high = _share(sum(e.outcome in GOOD for e in first), len(first))
    return Figure(value=value, unit="%", n=len(first), low=low, high=high, level="")


def lag_to_arrival(exams: Sequence[Arrived]) -> Figure:
    """The median number of days from scan to arrival."""
    lags = [e.lag for e in exams if e.lag is not None]
    value, low, high = _median(lags)
    return Figure(value=value, unit="d", n=len(lags), low=low, high=high, level="")


def repeats(exams: Sequence[Arrived]) -> Figure:
    """The share of exams that repeat one that came before."""
    value, low, high = _share(sum(e.repeat for e in exams), len(exams))
    return Figure(value=value, unit="%", n=len(exams), low=low, high=high, level="")


KNOWN = {
    "first_time_compliance": first_time_compliance,
    "lag_to_arrival": lag_to_arrival,
    "repeats": repeats,
}


def figure(name: str, limits: Indicator, exams: Sequence[Arrived]) -> Figure | None:
    """An indicator of the plan over some exams; None for one that is not a figure of a group of exams."""
    if name not in KNOWN:
        return None
    found = KNOWN[name](exams)
    return Figure(
        value=found.value, unit=found.unit, n=found.n, low=found.low, high=found.high,
        level=_level(found, limits),
    )  # fmt: skip


def _level(found: Figure, limits: Indicator) -> str:
    if found.value is None or found.n < limits.minimum:
        return "few"
    if limits.act.contains(found.value, found.unit):
        return "act"
    return "warn" if limits.warn.contains(found.value, found.unit) else ""
