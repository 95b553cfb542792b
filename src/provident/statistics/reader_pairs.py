"""Agreement seen through pairs of readers: Light's kappa, percentage agreement, Fleiss by category."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import (
    normal_interval,
    t_interval,
    wilson_interval,
    z_p_value,
)
from provident.statistics.kappa import kappas_of_shares
from provident.statistics.ratings import (
    Missing,
    Ratings,
    complete,
    numbers,
    ratings,
)
from provident.statistics.resampling import Bootstrap, percentile_interval, spread
from provident.statistics.values import Estimate, Floats
from provident.statistics.weights import Weights, weight_matrix


def light_kappa(
    table: Any,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """Light's kappa: the mean of Cohen's kappas of all pairs of readers.

    A pair is compared on the cases that both rated. The standard error is the jackknife's
    over cases (Light's own formula holds under no agreement only), or the bootstrap's.
    Light, Psychol Bull 1971;76:365. Raises `InvalidInput`.
    """
    rated = ratings(table, categories=categories)
    w = weight_matrix(weights, rated.categories, ordered=rated.ordered)
    everyone = np.ones((1, len(rated.codes)))
    pairs = _pair_kappas(rated, w, everyone)[0]
    if np.isnan(pairs).any():
        raise InvalidInput(
            "For a pair of readers kappa is not defined: no case in common, or one and the same category throughout."
        )
    estimate = float(pairs.mean())
    se, ci, way = _pair_spread(rated, w, estimate, level, bootstrap)
    return Estimate(
        statistic="light",
        method=f"Light's kappa; {way}",
        estimate=estimate,
        se=se,
        ci=ci,
        level=level,
        n=len(rated.codes),
        details={
            "pairs": {
                f"{a + 1}-{b + 1}": float(value)
                for (a, b), value in zip(_pairs(rated), pairs, strict=True)
            },
            "missing": int((rated.codes < 0).sum()),
        },
    )


def percent_agreement(
    table: Any,
    *,
    tolerance: float = 0.0,
    level: float = 0.95,
) -> Estimate:
    """The share of pairs of readers that agree, 0 to 1; `tolerance` for numbers.

    Two readers: a proportion with Wilson's interval. More: the mean over cases, with the
    standard error of that mean and Student's interval. Cases rated once say nothing and
    are left out. Raises `InvalidInput`.
    """
    same, possible = _agreeing(table, tolerance)
    kept = possible > 0
    if kept.sum() < 2:
        raise InvalidInput("Two cases at least must be rated by two readers or more.")
    shares = same[kept] / possible[kept]
    n = len(shares)
    estimate = float(shares.mean())
    if (possible <= 1).all():
        se = math.sqrt(estimate * (1 - estimate) / n)
        ci, way = wilson_interval(estimate, n, level), "Wilson's interval"
    else:
        se = float(shares.std(ddof=1)) / math.sqrt(n)
        low, high = t_interval(estimate, se, n - 1, level)
        ci, way = (max(low, 0.0), min(high, 1.0)), "mean over cases, t interval"
    return Estimate(
        statistic="percent_agreement",
        method=f"agreeing pairs of readers; {way}",
        estimate=estimate,
        se=se,
        ci=ci,
        level=level,
        n=n,
        details={"tolerance": tolerance},
    )


def fleiss_by_category(
    table: Any,
    *,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    missing: Missing = "refuse",
) -> tuple[Estimate, ...]:
    """Fleiss' kappa overall, then of each category against the rest, with the null z.

    The z and p test no agreement beyond chance: Fleiss, Nee & Landis, Psychol Bull
    1979;86:974, whose standard error needs the same number of ratings for every case.
    Raises `InvalidInput`.
    """
    rated = complete(ratings(table, categories=categories), missing=missing)
    counts = rated.counts()
    n, r = len(counts), rated.codes.shape[1]
    p = counts.mean(axis=0) / r
    spread_of = p * (1 - p)
    if spread_of.sum() == 0:
        raise InvalidInput("Every rating is the same category: kappa is not defined.")
    per_case = (counts * (r - counts)).sum(axis=0) / (n * r * (r - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        by = 1 - per_case / spread_of
    overall = 1 - per_case.sum() / spread_of.sum()
    skew = float((p * (1 - p) * (1 - 2 * p)).sum())
    pairs = n * r * (r - 1)
    se = math.sqrt(2 * (spread_of.sum() ** 2 - skew) / pairs) / float(spread_of.sum())
    own = math.sqrt(2 / pairs)
    named = [("overall", float(overall), se)]
    named += [
        (str(c), float(k), own) for c, k in zip(rated.categories, by, strict=True)
    ]
    return tuple(_null_tested(name, value, of, level, n) for name, value, of in named)


def _null_tested(name: str, value: float, se: float, level: float, n: int) -> Estimate:
    return Estimate(
        statistic=f"fleiss[{name}]",
        method="Fleiss' kappa; standard error under no agreement (Fleiss, Nee & Landis 1979)",
        estimate=value,
        se=se,
        ci=normal_interval(value, se, level),
        level=level,
        n=n,
        details={"z": value / se, "p": z_p_value(value / se)},
    )


def _pairs(rated: Ratings) -> list[tuple[int, int]]:
    return list(combinations(range(rated.codes.shape[1]), 2))


def _pair_kappas(rated: Ratings, w: Floats, units: Floats) -> Floats:
    """Kappa of each pair under each weighting of the cases: samples x pairs."""
    return np.stack(
        [
            kappas_of_shares(_shares(units @ _cells(rated, a, b), rated.q), w)
            for a, b in _pairs(rated)
        ],
        axis=1,
    )


def _cells(rated: Ratings, a: int, b: int) -> Floats:
    """1 in the cell of the cross table into which each case falls: cases x q^2."""
    q = rated.q
    first, second = rated.codes[:, a], rated.codes[:, b]
    both = np.flatnonzero((first >= 0) & (second >= 0))
    marks = np.zeros((len(first), q * q))
    marks[both, first[both] * q + second[both]] = 1
    return marks


def _shares(totals: Floats, q: int) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = totals / totals.sum(axis=1, keepdims=True)
    return np.asarray(shares.reshape(-1, q, q))


def _pair_spread(
    rated: Ratings,
    w: Floats,
    estimate: float,
    level: float,
    bootstrap: Bootstrap | None,
) -> tuple[float, tuple[float, float], str]:
    n = len(rated.codes)
    if bootstrap is not None:
        replicates = _pair_kappas(rated, w, bootstrap.counts(n)).mean(axis=1)
        way = f"bootstrap of cases, {bootstrap.samples} samples"
        return spread(replicates), percentile_interval(replicates, level), way
    without = np.stack(
        [
            kappas_of_shares(_shares(cells.sum(axis=0) - cells, rated.q), w)
            for cells in (_cells(rated, a, b) for a, b in _pairs(rated))
        ],
        axis=1,
    ).mean(axis=1)
    se = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    return se, t_interval(estimate, se, n - 1, level), "jackknife over cases"


def _agreeing(table: Any, tolerance: float) -> tuple[Floats, Floats]:
    """Of each case, the pairs of readers that agree, and the pairs there are."""
    if tolerance < 0:
        raise InvalidInput("The tolerance is 0 or more.")
    if tolerance == 0:
        counts = ratings(table, constant=True).counts()
        r = counts.sum(axis=1)
        same = (counts * (counts - 1)).sum(axis=1) / 2
        return np.asarray(same), np.asarray(r * (r - 1) / 2)
    x = numbers(table)
    apart = np.abs(x[:, :, None] - x[:, None, :])
    upper = np.triu(np.ones(apart.shape[1:], dtype=bool), k=1)
    near = (apart <= tolerance) & upper
    there = ~np.isnan(apart) & upper
    return (
        near.sum(axis=(1, 2)).astype(np.float64),
        there.sum(axis=(1, 2)).astype(np.float64),
    )
