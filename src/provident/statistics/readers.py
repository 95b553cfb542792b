"""Agreement of two or more readers beyond chance, with missing ratings.

One frame holds them all (Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, ch. 4-6):
the observed agreement is the mean over cases of the share of pairs of readers that agree;
the coefficients differ in what they call chance. Standard errors are Gwet's linearised
ones (cases are the sample, readers are fixed), intervals use Student's t with n - 1 df.
A case that only one reader rated counts for the margins, not for the observed agreement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import t_interval, t_p_value
from provident.statistics.ratings import Ratings, ratings
from provident.statistics.resampling import Bootstrap, percentile_interval, spread
from provident.statistics.values import Estimate, Floats
from provident.statistics.weights import Weights, weight_matrix


Coefficient: TypeAlias = Literal["fleiss", "conger", "gwet", "brennan_prediger"]

NAMES = {
    "fleiss": "Fleiss' kappa (Scott's pi for two readers)",
    "conger": "Conger's kappa (Cohen's for two readers)",
    "gwet": "Gwet's AC",
    "brennan_prediger": "Brennan-Prediger",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    rated: Ratings
    w: Floats
    shares: Floats  # cases x q: r_ik / r_i
    paired: Floats  # cases: 1 where two readers or more rated
    agree: Floats  # cases: share of pairs that agree, 0 where unpaired

    @property
    def n(self) -> int:
        return len(self.shares)


def _frame(rated: Ratings, w: Floats) -> _Frame:
    counts = rated.counts()
    readers = counts.sum(axis=1)
    paired = (readers >= 2).astype(np.float64)
    if paired.sum() < 2:
        raise InvalidInput("Two cases at least must be rated by two readers or more.")
    together = (counts * (counts @ w - 1)).sum(axis=1)
    agree = paired * together / np.maximum(readers * (readers - 1), 1)
    return _Frame(
        rated=rated, w=w, shares=counts / readers[:, None], paired=paired, agree=agree
    )


def _who_rated(rated: Ratings) -> Ratings:
    """Without readers who rated nothing: they have no margins, and are nobody to agree with."""
    return replace(rated, codes=rated.codes[:, (rated.codes >= 0).any(axis=0)])


def agreement(
    table: Any,
    coefficient: Coefficient,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    level: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """A chance-corrected coefficient of cases x readers; blanks (None, NaN) are handled.

    `fleiss`: Fleiss, Psychol Bull 1971;76:378. `conger`: Conger, Psychol Bull
    1980;88:322. `gwet`: AC1 (AC2 when weighted), Gwet, Br J Math Stat Psychol 2008;61:29.
    `brennan_prediger`: Educ Psychol Meas 1981;41:687. Raises `InvalidInput`.
    """
    check_choice("coefficient", coefficient, get_args(Coefficient))
    rated = _who_rated(ratings(table, categories=categories))
    w = weight_matrix(weights, rated.categories, ordered=rated.ordered)
    frame = _frame(rated, w)
    everyone = np.ones((1, frame.n))
    observed, expected = (
        _observed(frame, everyone),
        _EXPECTED[coefficient](frame, everyone),
    )
    if expected[0] > 1 - 1e-12:
        raise InvalidInput(
            "Every rating is the same category: agreement beyond chance is not defined."
        )
    estimate = float((observed[0] - expected[0]) / (1 - expected[0]))
    se = _linearised(frame, coefficient, estimate, float(expected[0]))
    ci = t_interval(estimate, se, frame.n - 1, level)
    way = "linearised standard error, t interval"
    if bootstrap is not None:
        drawn = bootstrap.counts(frame.n)
        expected_b = _EXPECTED[coefficient](frame, drawn)
        with np.errstate(invalid="ignore", divide="ignore"):
            replicates = (_observed(frame, drawn) - expected_b) / (1 - expected_b)
        se, ci = spread(replicates), percentile_interval(replicates, level)
        way = f"bootstrap of cases, {bootstrap.samples} samples"
    kind = "unweighted" if np.array_equal(w, np.eye(len(w))) else "weighted"
    return Estimate(
        statistic=coefficient,
        method=f"{NAMES[coefficient]}, {kind}; {way}",
        estimate=estimate,
        se=se,
        ci=ci,
        level=level,
        n=frame.n,
        details={
            "observed": float(observed[0]),
            "expected": float(expected[0]),
            "readers": rated.codes.shape[1],
            "missing": int((rated.codes < 0).sum()),
            "p": t_p_value(estimate / se, frame.n - 1) if se > 0 else math.nan,
        },
    )


def fleiss_kappa(table: Any, **how: Any) -> Estimate:
    """Fleiss' kappa; see `agreement`. Each category's own kappa: `fleiss_by_category`."""
    return agreement(table, "fleiss", **how)


def conger_kappa(table: Any, **how: Any) -> Estimate:
    """Conger's kappa, which keeps each reader's own margins; see `agreement`."""
    return agreement(table, "conger", **how)


def gwet_ac(table: Any, **how: Any) -> Estimate:
    """Gwet's AC1, or AC2 with weights; see `agreement`."""
    return agreement(table, "gwet", **how)


def brennan_prediger(table: Any, **how: Any) -> Estimate:
    """Brennan-Prediger: every category equally likely by chance; see `agreement`."""
    return agreement(table, "brennan_prediger", **how)


def _observed(frame: _Frame, units: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((units @ frame.agree) / (units @ frame.paired))


def _margins(frame: _Frame, units: Floats) -> Floats:
    return np.asarray((units @ frame.shares) / units.sum(axis=1, keepdims=True))


def _fleiss(frame: _Frame, units: Floats) -> Floats:
    pi = _margins(frame, units)
    return np.asarray(((pi @ frame.w) * pi).sum(axis=1))


def _gwet(frame: _Frame, units: Floats) -> Floats:
    pi = _margins(frame, units)
    q = frame.rated.q
    return np.asarray(frame.w.sum() / (q * (q - 1)) * (pi * (1 - pi)).sum(axis=1))


def _uniform(frame: _Frame, units: Floats) -> Floats:
    return np.full(len(units), frame.w.sum() / frame.rated.q**2)


def _reader_margins(frame: _Frame, units: Floats) -> Floats:
    marks = frame.rated.indicators()
    n, readers, q = marks.shape
    totals = (units @ marks.reshape(n, readers * q)).reshape(-1, readers, q)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(totals / totals.sum(axis=2, keepdims=True))


def _conger(frame: _Frame, units: Floats) -> Floats:
    p = _reader_margins(frame, units)
    readers = p.shape[1]
    total = p.sum(axis=1)
    of_all = ((total @ frame.w) * total).sum(axis=1)
    of_same = ((p @ frame.w) * p).sum(axis=(1, 2))
    return np.asarray((of_all - of_same) / (readers * (readers - 1)))


_EXPECTED = {
    "fleiss": _fleiss,
    "conger": _conger,
    "gwet": _gwet,
    "brennan_prediger": _uniform,
}


def _linearised(
    frame: _Frame, coefficient: Coefficient, estimate: float, expected: float
) -> float:
    n = frame.n
    own = n / frame.paired.sum() * (frame.agree - expected * frame.paired)
    own /= 1 - expected
    shift = _influence(frame, coefficient, expected)
    z = own - (1 - estimate) * shift / (1 - expected) - estimate
    return math.sqrt(float(z @ z) / (n * (n - 1)))


def _influence(frame: _Frame, coefficient: Coefficient, expected: float) -> Floats:
    """What each case adds to the agreement expected by chance (first order)."""
    pi = frame.shares.mean(axis=0)
    q = frame.rated.q
    if coefficient == "fleiss":
        return np.asarray(2 * (frame.shares @ (frame.w @ pi) - expected))
    if coefficient == "gwet":
        scale = frame.w.sum() / (q * (q - 1))
        return np.asarray(2 * (scale * frame.shares @ (1 - pi) - expected))
    if coefficient == "conger":
        return _influence_of_readers(frame)
    return np.zeros(frame.n)


def _influence_of_readers(frame: _Frame) -> Floats:
    marks = frame.rated.indicators()
    n, readers, _ = marks.shape
    rated = marks.sum(axis=2)
    p = _reader_margins(frame, np.ones((1, n)))[0]
    slope = 2 * (p.sum(axis=0) - p) @ frame.w / (readers * (readers - 1))
    moved = marks - rated[:, :, None] * p
    scale = n / rated.sum(axis=0)
    return np.asarray(np.einsum("irq,rq,r->i", moved, slope, scale))
