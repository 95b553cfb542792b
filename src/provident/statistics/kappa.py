"""Cohen's kappa of two readers, unweighted and weighted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import normal_interval, z_p_value
from provident.statistics.ratings import Missing, Ratings, pair
from provident.statistics.resampling import Bootstrap, percentile_interval, spread
from provident.statistics.values import Estimate, Floats
from provident.statistics.weights import Weights, weight_matrix


def kappa(
    a: Any,
    b: Any,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    missing: Missing = "refuse",
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """Cohen's kappa of the ratings `a` and `b` of the same cases.

    `weights`: None, a kind of `weights.weight_matrix` (linear, quadratic, ...), or a matrix. A
    case with a blank is refused, or left out with `missing="leave_out"`. With `bootstrap` the standard
    error and percentile interval come from resampled cases, else from the large-sample
    formula. Cohen, Educ Psychol Meas 1960;20:37 and Psychol Bull 1968;70:213; standard
    errors: Fleiss, Cohen & Everitt, Psychol Bull 1969;72:323. Raises `InvalidInput`.
    """
    rated = pair(a, b, categories=categories, missing=missing)
    w = weight_matrix(weights, rated.categories, ordered=rated.ordered)
    return _kappa(cross_table(rated), w, _name(weights), level, bootstrap)


def kappa_of_table(
    table: Any,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """Cohen's kappa of a square table of counts (rows: one reader, columns: the other).

    Formulas and arguments as in `kappa`. Raises `InvalidInput`.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
        raise InvalidInput("The table of counts must be square, 2 x 2 at least.")
    if not np.isfinite(counts).all() or (counts < 0).any() or counts.sum() < 2:
        raise InvalidInput("The table holds counts of 0 or more, 2 cases at least.")
    scale = categories if categories is not None else range(1, len(counts) + 1)
    w = weight_matrix(weights, list(scale))
    if len(w) != len(counts):
        raise InvalidInput("The categories and the table do not have the same size.")
    return _kappa(counts, w, _name(weights), level, bootstrap)


def cross_table(rated: Ratings) -> Floats:
    """The q x q table of counts of two readers' complete ratings."""
    q = rated.q
    cell = rated.codes[:, 0] * q + rated.codes[:, 1]
    return np.bincount(cell, minlength=q * q).reshape(q, q).astype(np.float64)


def kappas_of_shares(shares: Floats, w: Floats) -> Floats:
    """Kappa of each of a stack of tables of shares: any shape, then q x q.

    NaN where chance alone would agree always.
    """
    observed = np.einsum("...kl,kl->...", shares, w)
    rows, columns = shares.sum(axis=-1), shares.sum(axis=-2)
    expected = np.einsum("...k,kl,...l->...", rows, w, columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (observed - expected) / (1 - expected)
    return np.where(expected < 1 - 1e-12, found, np.nan)


def _name(weights: Weights) -> str:
    if weights is None:
        return "unweighted"
    return weights if isinstance(weights, str) else "custom weights"


def _kappa(
    counts: Floats, w: Floats, name: str, level: float, bootstrap: Bootstrap | None
) -> Estimate:
    n = float(counts.sum())
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = float(rows @ w @ columns)
    if expected > 1 - 1e-12:
        raise InvalidInput(
            "Both readers gave one and the same category to every case: kappa is not defined."
        )
    observed = float((p * w).sum())
    estimate = (observed - expected) / (1 - expected)
    se, se0 = _standard_errors(p, w, estimate, expected, n)
    ci = normal_interval(estimate, se, level)
    method = f"Cohen, {name}; Fleiss-Cohen-Everitt standard error"
    if bootstrap is not None:
        drawn = bootstrap.rng.multinomial(int(n), p.ravel(), size=bootstrap.samples)
        replicates = kappas_of_shares(drawn.reshape(-1, *p.shape) / int(n), w)
        se, ci = spread(replicates), percentile_interval(replicates, level)
        method = f"Cohen, {name}; bootstrap of cases, {bootstrap.samples} samples"
    z = estimate / se0 if se0 > 0 else math.nan
    return Estimate(
        statistic="kappa",
        method=method,
        estimate=estimate,
        se=se,
        ci=ci,
        level=level,
        n=int(n),
        details={
            "observed": observed,
            "expected": expected,
            "se_null": se0,
            "z": z,
            "p": z_p_value(z) if se0 > 0 else math.nan,
            "largest_possible": _largest(rows, columns, expected, w),
        },
    )


def _standard_errors(
    p: Floats, w: Floats, estimate: float, expected: float, n: float
) -> tuple[float, float]:
    """Of the estimate, and under no agreement beyond chance."""
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    near = (w @ columns)[:, None] + (w.T @ rows)[None, :]
    of_it = (p * (w - near * (1 - estimate)) ** 2).sum()
    of_it -= (estimate - expected * (1 - estimate)) ** 2
    null = (np.outer(rows, columns) * (w - near) ** 2).sum() - expected**2
    scale = n * (1 - expected) ** 2
    return math.sqrt(max(of_it, 0) / scale), math.sqrt(max(null, 0) / scale)


def _largest(rows: Floats, columns: Floats, expected: float, w: Floats) -> float:
    """The largest unweighted kappa that these margins allow; NaN for weighted ones."""
    if not np.array_equal(w, np.eye(len(w))):
        return math.nan
    return float((np.minimum(rows, columns).sum() - expected) / (1 - expected))
