"""Variance components of cases and readers by restricted maximum likelihood, missing cells allowed.

y_ij = mean + case_i + reader_j + error_ij, all random. Patterson & Thompson, Biometrika
1971;58:545. Cases are absorbed, so that one evaluation costs cases x readers^2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from provident.statistics.values import Floats


# On the scale of log(variance / error variance): what lies below is nothing.
_LOWEST, _HIGHEST = -16.0, 16.0
_NOTHING = -14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Variances, in squared units of the measurement; none is below 0."""

    cases: float
    readers: float
    error: float


class _Likelihood:
    def __init__(self, x: Floats) -> None:
        there = ~np.isnan(x)
        self.y = np.where(there, x - x[there].mean(), 0.0)
        self.incidence = there.astype(np.float64)
        self.each = self.incidence.sum(axis=1)
        self.n = int(self.each.sum())
        self.by_case = np.column_stack([self.each, self.y.sum(axis=1)])
        self.by_reader = np.column_stack(
            [self.incidence.sum(axis=0), self.y.sum(axis=0)]
        )
        total = float(self.y.sum())
        self.cross = np.array([[self.n, total], [total, float((self.y**2).sum())]])

    def reduced(self, cases: float, readers: float) -> tuple[float, Floats]:
        """log|H| and [1, y]' H^-1 [1, y] for variance ratios to the error."""
        shrink = cases / (1 + cases * self.each)
        logdet = float(np.log1p(cases * self.each).sum())
        cross = self.cross - self.by_case.T @ (shrink[:, None] * self.by_case)
        if readers > 0:
            kept = self.incidence * shrink[:, None]
            between = np.diag(self.by_reader[:, 0]) - self.incidence.T @ kept
            side = self.by_reader - kept.T @ self.by_case
            inner = np.eye(len(between)) + readers * between
            logdet += float(np.linalg.slogdet(inner)[1])
            cross = cross - readers * side.T @ np.linalg.solve(inner, side)
        return logdet, cross

    def deviance(self, cases: float, readers: float) -> float:
        """-2 log restricted likelihood, up to a constant, with the error profiled out."""
        logdet, cross = self.reduced(cases, readers)
        return (
            logdet
            + math.log(cross[0, 0])
            + (self.n - 1) * math.log(self.residual(cross))
        )

    def residual(self, cross: Floats) -> float:
        """The residual sum of squares about the generalised mean."""
        rest = float(cross[1, 1] - cross[0, 1] ** 2 / cross[0, 0])
        return max(rest, 1e-12 * float(self.cross[1, 1]) + 1e-300)

    def components(self, cases: float, readers: float) -> Components:
        """The variances at the best ratios."""
        error = self.residual(self.reduced(cases, readers)[1]) / (self.n - 1)
        return Components(cases=cases * error, readers=readers * error, error=error)


def crossed(x: Floats) -> Components:
    """Cases and readers crossed; NaN where there is no measurement."""
    from scipy.optimize import minimize

    likelihood = _Likelihood(x)

    def objective(logs: Floats) -> float:
        return likelihood.deviance(*(_ratio(one) for one in logs))

    starts = [(0.0, -2.0), (2.0, 0.0), (-4.0, -4.0)]
    best = min(
        (
            minimize(
                objective,
                start,
                method="Nelder-Mead",
                bounds=[(_LOWEST, _HIGHEST)] * 2,
                options={"xatol": 1e-8, "fatol": 1e-11, "maxiter": 2000},
            )
            for start in starts
        ),
        key=lambda found: float(found.fun),
    )
    return likelihood.components(*(_ratio(one) for one in best.x))


def _ratio(log: float) -> float:
    return 0.0 if log < _NOTHING else math.exp(log)
