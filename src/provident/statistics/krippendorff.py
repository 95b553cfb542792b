"""Krippendorff's alpha: any number of readers, any scale, missing ratings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import t_interval
from provident.statistics.ratings import Ratings, ratings
from provident.statistics.resampling import Bootstrap, percentile_interval, spread
from provident.statistics.values import Estimate, Floats
from provident.statistics.weights import Weights, weight_matrix


Metric: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff(
    table: Any,
    *,
    metric: Metric = "nominal",
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """Krippendorff's alpha of cases x readers; blanks are handled, lone ratings left out.

    `weights` (Gwet's kinds, or a matrix) replaces the metric's differences by 1 - weight.
    The interval is the percentile of resampled cases with `bootstrap`, else jackknife over
    cases with Student's t. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011;
    Content Analysis, 4th ed. 2018, ch. 12. Raises `InvalidInput`.
    """
    check_choice("metric", metric, get_args(Metric))
    rated = ratings(table, categories=categories)
    counts = _paired(rated)
    n = len(counts)
    if n < 2:
        raise InvalidInput("Two cases at least must be rated by two readers or more.")
    difference = _Difference(rated, metric, weights)
    # Cases with the same answers are counted together.
    kinds, times = _alike(counts)
    coincidences = _coincidences(kinds)
    total = np.einsum("k,kij->ij", times, coincidences)
    estimate = float(_alphas(total[None], difference)[0])
    if math.isnan(estimate):
        raise InvalidInput("All paired ratings are the same: alpha is not defined.")
    if bootstrap is not None:
        q = rated.q
        drawn = bootstrap.counts(n) @ _coincidences(counts).reshape(n, q * q)
        replicates = _alphas(drawn.reshape(-1, q, q), difference)
        se, ci = spread(replicates), percentile_interval(replicates, level)
        way = f"bootstrap of cases, {bootstrap.samples} samples"
    else:
        without = _alphas(total - coincidences, difference)
        gap = without - float(without @ times) / n
        se = math.sqrt((n - 1) / n * float((gap * gap) @ times))
        ci, way = t_interval(estimate, se, n - 1, level), "jackknife over cases"
    return Estimate(
        statistic="krippendorff",
        method=f"Krippendorff's alpha, {difference.name}; {way}",
        estimate=estimate,
        se=se,
        ci=ci,
        level=level,
        n=n,
        details={
            "readers": rated.codes.shape[1],
            "missing": int((rated.codes < 0).sum()),
            "pairable": float(total.sum()),
        },
    )


class _Difference:
    """Squared differences between categories; the ordinal ones depend on the margins."""

    def __init__(self, rated: Ratings, metric: Metric, weights: Weights) -> None:
        self.metric = metric
        self.name: str = metric if weights is None else "weighted"
        self.fixed: Floats | None = None
        if weights is not None:
            w = weight_matrix(weights, rated.categories, ordered=rated.ordered)
            self.fixed = np.asarray(1 - w)
        elif metric == "nominal":
            self.fixed = 1 - np.eye(rated.q)
        elif not rated.ordered:
            raise InvalidInput(
                f"The {metric} metric needs the order of the scale: give `categories` from lowest to highest."
            )
        elif metric != "ordinal":
            self.fixed = _of_values(rated, metric)

    def __call__(self, margins: Floats) -> Floats:
        """samples x q -> samples x q x q, or q x q."""
        if self.fixed is not None:
            return self.fixed
        upto = margins.cumsum(axis=-1)
        middle = upto - margins / 2
        return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)


def _of_values(rated: Ratings, metric: str) -> Floats:
    try:
        v = np.asarray(rated.categories, dtype=np.float64)
    except ValueError:
        raise InvalidInput(f"The {metric} metric needs numbers.") from None
    apart = v[:, None] - v[None, :]
    if metric == "interval":
        return np.asarray(apart**2)
    if (v < 0).any():
        raise InvalidInput("The ratio metric needs values of 0 or more.")
    total = v[:, None] + v[None, :]
    share = np.divide(apart, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(share**2)


def _paired(rated: Ratings) -> Floats:
    """Each case's counts by category, of cases rated twice or more: cases x q."""
    counts = rated.counts()
    return np.asarray(counts[counts.sum(axis=1) >= 2])


def _coincidences(counts: Floats) -> Floats:
    """Each case's pairs of values, by its number of ratings less one: cases x q x q."""
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    return np.asarray(pairs / (counts.sum(axis=1) - 1)[:, None, None])


def _alike(counts: Floats) -> tuple[Floats, Floats]:
    """The different rows of counts, and how many cases have each."""
    base = counts.max() + 1
    if base ** counts.shape[1] < 2**53:  # then a row is a number, exactly
        packed = counts @ base ** np.arange(counts.shape[1])
        _, first, times = np.unique(packed, return_index=True, return_counts=True)
        return counts[first], times.astype(np.float64)
    kinds, times = np.unique(counts, axis=0, return_counts=True)
    return kinds, times.astype(np.float64)


def _alphas(totals: Floats, difference: _Difference) -> Floats:
    margins = totals.sum(axis=-1)
    n = margins.sum(axis=-1)
    delta = difference(margins)
    observed = (totals * delta).sum(axis=(-1, -2))
    expected = np.einsum(
        "...k,...kl,...l->...", margins, np.broadcast_to(delta, totals.shape), margins
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 1 - (n - 1) * observed / expected
    return np.where(expected > 0, found, np.nan)
