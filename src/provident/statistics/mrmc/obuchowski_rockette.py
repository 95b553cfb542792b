"""Obuchowski and Rockette's analysis with Hillis' degrees of freedom."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import t_interval, t_p_value
from provident.statistics.mrmc.cells import Covariance, cells_of, covariance
from provident.statistics.mrmc.components import (
    ErrorComponents,
    error_components,
    reader_squares,
    variance_or_none,
)
from provident.statistics.mrmc.data import Metric, ReadStudy
from provident.statistics.mrmc.results import ReadersAndCases, Test, f_test
from provident.statistics.values import Estimate, Floats


def obuchowski_rockette(
    study: ReadStudy,
    *,
    metric: Metric = "auc",
    covariances: Covariance = "jackknife",
    level: float = 0.95,
) -> ReadersAndCases:
    """Compare treatments over random readers and random cases.

    Obuchowski & Rockette, Commun Stat Simul 1995;24:285; degrees of freedom: Hillis, Stat
    Med 2007;26:596; single treatments and fixed readers or cases: Hillis, Stat Med
    2014;33:330. Cells may lack cases (each figure uses what its reader read; covariances
    are over the cases in common). Cases nested in readers or in treatments follow from the
    cells: covariances between cells without common cases are 0. Readers nested in
    treatments: Obuchowski, Acad Radiol 1995;2:S22 and Hillis 2014, with Welch's df where
    treatments have different numbers of readers. Raises `InvalidInput`.
    """
    cells = cells_of(study, metric)
    matrix = covariance(study, cells, covariances)
    shape = (len(study.treatments), len(study.readers))
    figures = cells.figures.reshape(shape)
    _check(study)
    n = study.counted(metric)
    analysis = _Analysis(study, figures, matrix, metric, level, n)
    return analysis.nested() if study.readers_nested else analysis.crossed(covariances)


def _check(study: ReadStudy) -> None:
    read = study.read
    if read.any(axis=1).sum() < len(study.treatments):
        raise InvalidInput("A treatment has no readings.")
    if study.readers_nested:
        few = read.sum(axis=1).min()
    elif read.all():
        few = len(study.readers)
    else:
        t, r = (int(one[0]) for one in np.nonzero(~read))
        raise InvalidInput(
            f"Reader {study.readers[r]} read nothing in {study.treatments[t]}. Readers must read in all treatments, "
            "or each in one alone; leave the reader out or use the U-statistic, which allows it."
        )
    if few < 2:
        raise InvalidInput(
            "Two readers at least are needed to generalise to readers; for one reader use DeLong's comparison."
        )


class _Analysis:
    def __init__(
        self,
        study: ReadStudy,
        figures: Floats,
        matrix: Floats,
        metric: Metric,
        level: float,
        n: int,
    ) -> None:
        self.study, self.figures, self.matrix = study, figures, matrix
        self.metric, self.level, self.n = metric, level, n
        self.error = error_components(matrix, study.read)

    def crossed(self, covariances: str) -> ReadersAndCases:
        """Every reader in every treatment."""
        e, (t, r) = self.error, self.figures.shape
        squares = reader_squares(self.figures)
        between = variance_or_none(r * (e.cov2 - e.cov3))
        noise = squares.interaction + between
        df2 = _hillis(noise, squares.interaction, (t - 1) * (r - 1))
        fixed = variance_or_none(e.var - e.cov1 + (r - 1) * (e.cov2 - e.cov3))
        means = self.figures.mean(axis=1)
        return self._result(
            f"Obuchowski-Rockette, {covariances} covariances, Hillis df",
            [self._treatment(i) for i in range(t)],
            self._pairs(means, math.sqrt(2 / r * noise), df2),
            f_test(_divided(squares.treatment, noise), t - 1, df2) if t > 1 else None,
            {
                "var_reader": (squares.reader - squares.interaction) / t
                - e.cov1
                + e.cov3,
                "var_treatment_reader": squares.interaction
                - (e.var - e.cov1 - e.cov2 + e.cov3),
                "ms_treatment": squares.treatment,
                "ms_reader": squares.reader,
                "ms_treatment_reader": squares.interaction,
            },
            self._fixed(means, squares.treatment, squares.interaction, fixed),
        )

    def _fixed(
        self, means: Floats, treatment: float, interaction: float, fixed: float
    ) -> dict[str, Any]:
        """Inference to these readers alone, and to these cases alone."""
        t, r = self.figures.shape
        if t < 2:
            return {}
        df = (t - 1) * (r - 1)
        chi = f_test(_divided(treatment, fixed), t - 1, math.inf)
        of_readers = math.sqrt(max(2 / r * fixed, 0.0))
        of_cases = math.sqrt(2 / r * interaction)
        return {
            "fixed_readers": {
                "chi2": chi.f * (t - 1),
                "df": t - 1,
                "p": chi.p,
                "differences": self._pairs(means, of_readers, math.inf),
            },
            "fixed_cases": {
                "test": f_test(_divided(treatment, interaction), t - 1, df),
                "differences": self._pairs(means, of_cases, df),
            },
        }

    def nested(self) -> ReadersAndCases:
        """Each reader in one treatment."""
        e, read = self.error, self.study.read
        r = read.sum(axis=1)
        spread = np.array(
            [
                row[there].var(ddof=1)
                for row, there in zip(self.figures, read, strict=True)
            ]
        )
        means = np.array(
            [row[there].mean() for row, there in zip(self.figures, read, strict=True)]
        )
        balanced = bool((r == r[0]).all())
        df1 = len(r) - 1
        between = variance_or_none(e.cov2 - e.cov3)
        pairs = []
        for i, j in combinations(range(len(r)), 2):
            if balanced:  # one mean square of readers, as in the test of all treatments
                noise = float(spread.mean()) + int(r[0]) * between
                variance = 2 * noise / int(r[0])
                df = _hillis(noise, float(spread.mean()), len(r) * (int(r[0]) - 1))
            else:
                parts = spread[[i, j]] / r[[i, j]]
                variance = float(parts.sum()) + 2 * between
                df = variance**2 / float((parts**2 / (r[[i, j]] - 1)).sum())
            pairs.append(self._pair(i, j, means, math.sqrt(variance), df))
        return self._result(
            "Obuchowski-Rockette, readers nested in treatments"
            + ("" if balanced else ", Welch's df"),
            [self._treatment(i) for i in range(len(r))],
            tuple(pairs),
            self._nested_test(means, spread, r, between, df1) if balanced else None,
            {"ms_readers_in_treatment": float(spread.mean())},
            {},
        )

    def _nested_test(
        self, means: Floats, spread: Floats, r: Any, between: float, df1: int
    ) -> Test:
        squares = float(r[0] * means.var(ddof=1))
        noise = float(spread.mean()) + r[0] * between
        df2 = _hillis(noise, float(spread.mean()), len(r) * (r[0] - 1))
        return f_test(_divided(squares, noise), df1, df2)

    def _treatment(self, i: int) -> Estimate:
        """One treatment alone: Hillis 2014, section 5."""
        there = self.study.read[i]
        row, r = self.figures[i, there], int(there.sum())
        cell = np.flatnonzero(there) + i * len(self.study.readers)
        own = error_components(self.matrix[np.ix_(cell, cell)], np.ones((1, r), bool))
        squares = variance_or_none(float(row.var(ddof=1)))
        noise = squares + r * variance_or_none(own.cov2)
        se, df = math.sqrt(noise / r), _hillis(noise, squares, r - 1)
        return Estimate(
            statistic=self.metric,
            method="mean over readers; Obuchowski-Rockette, one treatment",
            estimate=float(row.mean()),
            se=se,
            ci=t_interval(float(row.mean()), se, df, self.level),
            level=self.level,
            n=self.n,
            details={"treatment": self.study.treatments[i], "df": df},
        )

    def _pairs(self, means: Floats, se: float, df: float) -> tuple[Estimate, ...]:
        every = combinations(range(len(means)), 2)
        return tuple(self._pair(i, j, means, se, df) for i, j in every)

    def _pair(self, i: int, j: int, means: Floats, se: float, df: float) -> Estimate:
        difference = float(means[i] - means[j])
        names = self.study.treatments
        return Estimate(
            statistic=f"{self.metric}_difference",
            method="Obuchowski-Rockette",
            estimate=difference,
            se=se,
            ci=t_interval(difference, se, df, self.level),
            level=self.level,
            n=self.n,
            details={
                "of": [names[i], names[j]],
                "df": df,
                "p": t_p_value(difference / se, df) if se > 0 else math.nan,
            },
        )

    def _result(
        self,
        method: str,
        treatments: list[Estimate],
        pairs: tuple[Estimate, ...],
        test: Test | None,
        parts: dict[str, float],
        also: dict[str, Any],
    ) -> ReadersAndCases:
        e: ErrorComponents = self.error
        return ReadersAndCases(
            metric=self.metric,
            method=method,
            design=self.study.design,
            treatments=self.study.treatments,
            readers=self.study.readers,
            figures=self.figures,
            per_treatment=tuple(treatments),
            differences=pairs,
            test=test,
            components={
                "var": e.var,
                "cov1": e.cov1,
                "cov2": e.cov2,
                "cov3": e.cov3,
                **parts,
            },
            also=also,
        )


def _hillis(noise: float, squares: float, df: float) -> float:
    """Hillis 2007: df of a mean square plus a covariance that is taken as known."""
    return (noise / squares) ** 2 * df if squares > 0 else math.inf


def _divided(a: float, b: float) -> float:
    return a / b if b > 0 else math.nan
