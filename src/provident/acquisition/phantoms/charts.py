"""Control charts of one line: phase I sets the limits, phase II is watched.

An EWMA chart for a lasting drift and a Shewhart chart for a single jump, both with the
chance of a false alarm beside them: that of the limits as if they were known, and that of
limits estimated from so few scans (Jones, Champ & Rigdon, Technometrics 2001;43:156, whose
warning is that few points make many false alarms).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from provident.acquisition.phantoms.trends import Trend
from provident.kernel import InvalidInput
from provident.statistics.charts import Ewma, EwmaPath, Shewhart


WEIGHT, WIDTH = 0.1, 2.5
FEWEST, WATCHED, DRIFT = 5, 10, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a drift chart does within `points` scans: chances, and mean numbers of scans."""

    points: int
    false_alarm: float
    false_alarm_as_estimated: float
    detected: float
    detected_as_estimated: float
    scans_to_false_alarm: float
    scans_to_detection: float

    @property
    def words(self) -> str:
        """One sentence for beside the chart."""
        return (
            f"A lasting drift of 1 SD is flagged within {self.points} scans with a chance of {100 * self.detected:.0f} % "
            f"(on average after {self.scans_to_detection:.0f}); a scanner in control is flagged within {self.points} scans "
            f"with a chance of {100 * self.false_alarm:.0f} % (every {self.scans_to_false_alarm:.0f} scans on average). "
            f"As the limits come from few scans themselves, the chances are {100 * self.detected_as_estimated:.0f} % "
            f"and {100 * self.false_alarm_as_estimated:.0f} %."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One line with its charts. Signals are numbers of points of the trend, from 0.

    While phase I is not full, `target` and all that follows from it is None or empty.
    """

    trend: Trend
    baseline: int
    target: float | None = None
    sd: float | None = None
    limits: tuple[float, float] | None = None
    ewma: EwmaPath | None = None
    drift: tuple[int, ...] = ()
    jumps: tuple[int, ...] = ()
    runs: tuple[tuple[int, str], ...] = ()
    unsettled: tuple[int, ...] = ()
    performance: Performance | None = None
    words: str = ""


def chart(trend: Trend, *, baseline: int = 10, western_electric: bool = False) -> Chart:
    """The charts of a line.

    Args:
        trend: its points; start it anew after a change of the scanner.
        baseline: how many first points set the limits (5 or more).
        western_electric: also the run rules of the Western Electric Handbook (1956), which
            find more and raise more false alarms.

    Raises:
        InvalidInput: fewer than 5 points are to set the limits.
    """
    if baseline < FEWEST:
        raise InvalidInput(f"Limits need {FEWEST} scans at least, not {baseline}.")
    x = np.array(trend.values)
    if x.size < baseline:
        words = f"{x.size} of the {baseline} scans that set the limits are there."
        return Chart(trend=trend, baseline=baseline, words=words)
    first = x[:baseline]
    target, sd = float(first.mean()), float(first.std(ddof=1)) / c4(baseline)
    if sd <= 1e-12 * max(1.0, abs(target)):
        words = (
            f"The first {baseline} values are equal: no limits can be set from them."
        )
        return Chart(trend=trend, baseline=baseline, target=target, words=words)
    path = Ewma(target=target, sd=sd, weight=WEIGHT, width=WIDTH).follow(
        trend.values[baseline:]
    )
    shewhart = Shewhart(target=target, sd=sd)
    outside = shewhart.signals(trend.values)
    return Chart(
        trend=trend,
        baseline=baseline,
        target=target,
        sd=sd,
        limits=shewhart.limits,
        ewma=path,
        drift=tuple(baseline + n for n in path.signals),
        jumps=tuple(n for n in outside if n >= baseline),
        runs=_western_electric(x, target, sd, baseline) if western_electric else (),
        unsettled=_unsettled(first),
        performance=performance(baseline),
        words=_words(baseline, x.size, path, outside, _unsettled(first)),
    )


def c4(n: int) -> float:
    """The mean of the sample SD of n normal values of SD 1."""
    return math.sqrt(2 / (n - 1)) * math.exp(
        math.lgamma(n / 2) - math.lgamma((n - 1) / 2)
    )


def _unsettled(first: np.ndarray) -> tuple[int, ...]:
    """Phase I points outside limits from moving ranges: look before trusting the limits."""
    spread = float(np.abs(np.diff(first)).mean()) / 1.128
    if spread == 0:
        return ()
    return tuple(np.flatnonzero(np.abs(first - np.median(first)) > 3 * spread).tolist())


def _words(
    baseline: int,
    n: int,
    path: EwmaPath,
    outside: tuple[int, ...],
    unsettled: tuple[int, ...],
) -> str:
    said = []
    if unsettled:
        said.append(
            "The scans that set the limits are not settled: look at them first."
        )
    if path.signals:
        said.append(
            f"A drift was flagged at scan {path.signals[0] + 1} after the first {baseline}."
        )
    if any(at >= baseline for at in outside):
        said.append("A single scan lies outside 3 SD.")
    if n == baseline:
        said.append("The limits are set; no later scan is there yet.")
    return " ".join(said) or "No drift and no jump."


def _western_electric(
    x: np.ndarray, target: float, sd: float, baseline: int
) -> tuple[tuple[int, str], ...]:
    z = (x - target) / sd
    found = []
    for at in range(baseline, z.size):
        for size, needed, beyond, words in (
            (3, 2, 2.0, "2 of 3 beyond 2 SD on one side"),
            (5, 4, 1.0, "4 of 5 beyond 1 SD on one side"),
            (8, 8, 0.0, "8 on one side"),
        ):
            window = z[max(baseline, at - size + 1) : at + 1]
            most = max(
                np.count_nonzero(window > beyond), np.count_nonzero(window < -beyond)
            )
            if window.size == size and most >= needed:
                found.append((at, words))
                break
    return tuple(found)


@lru_cache(maxsize=64)
def performance(baseline: int, points: int = WATCHED) -> Performance:
    """What the drift chart does with limits from so many scans, for normal values.

    Estimation is taken in by quadrature: the target's error is normal with SD 1 / sqrt(n),
    the squared SD chi-squared with n - 1 degrees of freedom.
    """
    known = Ewma(target=0, sd=1, weight=WEIGHT, width=WIDTH)
    return Performance(
        points=points,
        false_alarm=known.signal_probability(points),
        detected=known.signal_probability(points, shift=DRIFT),
        false_alarm_as_estimated=_estimated(baseline, points, 0.0),
        detected_as_estimated=_estimated(baseline, points, DRIFT),
        scans_to_false_alarm=known.run_length(),
        scans_to_detection=known.run_length(shift=DRIFT),
    )


def _estimated(n: int, points: int, shift: float) -> float:
    errors, weights = np.polynomial.hermite_e.hermegauss(7)
    quantiles = (np.arange(7) + 0.5) / 7
    spreads = np.sqrt(stats.chi2.ppf(quantiles, n - 1) / (n - 1)) / c4(n)
    chance = sum(
        weight
        * Ewma(target=0, sd=1, weight=WEIGHT, width=WIDTH * spread).signal_probability(
            points, shift=shift - error / math.sqrt(n)
        )
        for error, weight in zip(errors, weights, strict=True)
        for spread in spreads
    )
    return float(chance / (weights.sum() * len(spreads)))
