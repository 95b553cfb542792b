"""Dorfman, Berbaum and Metz: analysis of variance of the jackknife's pseudovalues."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import t_interval, t_p_value
from provident.statistics.mrmc.cells import cells_of
from provident.statistics.mrmc.components import variance_or_none
from provident.statistics.mrmc.data import Metric, ReadStudy
from provident.statistics.mrmc.results import ReadersAndCases, f_test
from provident.statistics.values import Estimate, Floats


def dorfman_berbaum_metz(
    study: ReadStudy, *, metric: Metric = "auc", level: float = 0.95
) -> ReadersAndCases:
    """Compare figures of treatments by pseudovalues, readers and cases random.

    Dorfman, Berbaum & Metz, Invest Radiol 1992;27:723, with the model simplification and
    degrees of freedom of Hillis, Berbaum & Metz, Acad Radiol 2008;15:647, by which it
    equals Obuchowski-Rockette with jackknife covariances. A case that a reader did not read
    has the reader's figure as its pseudovalue, since leaving it out changes nothing: so
    missing cells and cases nested in readers or treatments keep that equality. Readers must
    read in all treatments, or each in one alone with as many in each. Raises
    `InvalidInput`.
    """
    _check(study)
    values = pseudovalues(study, metric)
    analysis = _nested if study.readers_nested else _crossed
    squares, between, df = analysis(values)
    n = values[0].shape[1]
    t, r = len(values), values[0].shape[0]
    noise = between + n * variance_or_none((squares["tc"] - squares["trc"]) / n)
    df2 = (noise / between) ** 2 * df if between > 0 else math.inf
    means = [float(y.mean()) for y in values]
    se = math.sqrt(2 / (r * n) * noise)
    return ReadersAndCases(
        metric=metric,
        method="DBM, jackknife pseudovalues, Hillis df"
        + (", readers nested in treatments" if study.readers_nested else ""),
        design=study.design,
        treatments=study.treatments,
        readers=study.readers,
        figures=cells_of(study, metric).figures.reshape(len(study.treatments), -1),
        per_treatment=tuple(
            _treatment(name, y, metric, level)
            for name, y in zip(study.treatments, values, strict=True)
        ),
        differences=_differences(study, means, se, df2, metric, n, level),
        test=f_test(squares["t"] / noise if noise > 0 else math.nan, t - 1, df2),
        components={f"ms_{name}": value for name, value in squares.items()},
    )


def _check(study: ReadStudy) -> None:
    by_treatment = study.read.sum(axis=1)
    if len(study.treatments) < 2 or by_treatment.min() < 2:
        raise InvalidInput(
            "DBM compares 2 treatments at least, with 2 readers or more in each."
        )
    if study.readers_nested:
        if (by_treatment != by_treatment[0]).any():
            raise InvalidInput(
                "DBM with readers nested in treatments needs as many readers in each. Use Obuchowski-Rockette."
            )
    elif not study.read.all():
        raise InvalidInput(
            "DBM needs every reader in every treatment, or each reader in one alone. Use the U-statistic."
        )


def pseudovalues(study: ReadStudy, metric: Metric = "auc") -> list[Floats]:
    """Of each treatment: readers x cases, in mean equal to the figures (normalised).

    The cases are those that the metric rests on: of both truths, or of one.
    """
    cells = cells_of(study, metric)
    n = study.counted(metric)
    parts = [
        (cells.diseased, cells.read_diseased, metric != "specificity"),
        (cells.healthy, cells.read_healthy, metric != "sensitivity"),
    ]
    figures = np.nan_to_num(cells.figures)[:, None]
    moved = [
        (figures - shares) * there / np.maximum(there.sum(axis=1) - 1, 1)[:, None]
        for shares, there, used in parts
        if used
    ]
    raw = figures - (n - 1) * np.concatenate(moved, axis=1)
    whole = raw.reshape(len(study.treatments), len(study.readers), n)
    return [y[read] for y, read in zip(whole, study.read, strict=True)]


Squares = tuple[dict[str, float], float, int]


def _crossed(values: list[Floats]) -> Squares:
    """Mean squares, the one between readers, and its df: every reader in every treatment."""
    y = np.stack(values)
    t, r, c = y.shape
    grand = y.mean()
    of_t, of_r, of_c = y.mean(axis=(1, 2)), y.mean(axis=(0, 2)), y.mean(axis=(0, 1))
    tr, tc, rc = y.mean(axis=2), y.mean(axis=1), y.mean(axis=0)
    d_tr = tr - of_t[:, None] - of_r[None, :] + grand
    d_tc = tc - of_t[:, None] - of_c[None, :] + grand
    rest = y - tr[:, :, None] - tc[:, None, :] - rc[None, :, :]
    rest = (
        rest + of_t[:, None, None] + of_r[None, :, None] + of_c[None, None, :] - grand
    )
    df = (t - 1) * (r - 1)
    found = _rounded(
        {
            "t": r * c * float(((of_t - grand) ** 2).sum()) / (t - 1),
            "r": t * c * float(((of_r - grand) ** 2).sum()) / (r - 1),
            "tr": c * float((d_tr**2).sum()) / df,
            "tc": r * float((d_tc**2).sum()) / ((t - 1) * (c - 1)),
            "trc": float((rest**2).sum()) / (df * (c - 1)),
        },
        c,
    )
    return found, found["tr"], df


def _nested(values: list[Floats]) -> Squares:
    """The same with each reader in one treatment: readers within treatments are the noise."""
    y = np.stack(values)
    t, r, c = y.shape
    grand, of_t, of_c = y.mean(), y.mean(axis=(1, 2)), y.mean(axis=(0, 1))
    tr, tc = y.mean(axis=2), y.mean(axis=1)
    d_tc = tc - of_t[:, None] - of_c[None, :] + grand
    rest = y - tr[:, :, None] - tc[:, None, :] + of_t[:, None, None]
    df = t * (r - 1)
    found = _rounded(
        {
            "t": r * c * float(((of_t - grand) ** 2).sum()) / (t - 1),
            "r": c * float(((tr - of_t[:, None]) ** 2).sum()) / df,
            "tc": r * float((d_tc**2).sum()) / ((t - 1) * (c - 1)),
            "trc": float((rest**2).sum()) / (df * (c - 1)),
        },
        c,
    )
    return found, found["r"], df


def _rounded(squares: dict[str, float], c: int) -> dict[str, float]:
    return {name: c * variance_or_none(value / c) for name, value in squares.items()}


def _differences(
    study: ReadStudy,
    means: Sequence[float],
    se: float,
    df: float,
    metric: Metric,
    n: int,
    level: float,
) -> tuple[Estimate, ...]:
    found = []
    for i, j in combinations(range(len(means)), 2):
        gap = means[i] - means[j]
        found.append(
            Estimate(
                statistic=f"{metric}_difference",
                method="DBM",
                estimate=gap,
                se=se,
                ci=t_interval(gap, se, df, level),
                level=level,
                n=n,
                details={
                    "of": [study.treatments[i], study.treatments[j]],
                    "df": df,
                    "p": t_p_value(gap / se, df) if se > 0 else math.nan,
                },
            )
        )
    return tuple(found)


def _treatment(name: object, y: Floats, metric: Metric, level: float) -> Estimate:
    """One treatment alone: readers x cases."""
    r, c = y.shape
    by_r, by_c, grand = y.mean(axis=1), y.mean(axis=0), float(y.mean())
    of_r = c * variance_or_none(float(((by_r - grand) ** 2).sum()) / (r - 1))
    of_c = r * float(((by_c - grand) ** 2).sum()) / (c - 1)
    rest = y - by_r[:, None] - by_c[None, :] + grand
    of_rc = float((rest**2).sum()) / ((r - 1) * (c - 1))
    noise = of_r + c * variance_or_none((of_c - of_rc) / c)
    df = (noise / of_r) ** 2 * (r - 1) if of_r > 0 else math.inf
    se = math.sqrt(noise / (r * c))
    return Estimate(
        statistic=metric,
        method="mean over readers; DBM, one treatment",
        estimate=grand,
        se=se,
        ci=t_interval(grand, se, df, level),
        level=level,
        n=c,
        details={"treatment": name, "df": df},
    )
