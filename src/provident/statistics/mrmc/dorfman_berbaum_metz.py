"""Dorfman, Berbaum and Metz: analysis of variance of the jackknife's pseudovalues."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import t_interval, t_p_value
from provident.statistics.mrmc.cells import cells_of
from provident.statistics.mrmc.components import variance_or_none
from provident.statistics.mrmc.data import ReadStudy
from provident.statistics.mrmc.results import ReadersAndCases, f_test
from provident.statistics.values import Estimate, Floats


def dorfman_berbaum_metz(study: ReadStudy, *, level: float = 0.95) -> ReadersAndCases:
    """Compare areas of treatments by pseudovalues, readers and cases random.

    Dorfman, Berbaum & Metz, Invest Radiol 1992;27:723, with the model simplification and
    degrees of freedom of Hillis, Berbaum & Metz, Acad Radiol 2008;15:647, by which it
    equals Obuchowski-Rockette with jackknife covariances. Every reader must have read every
    case in every treatment. Raises `InvalidInput`.
    """
    if not study.complete:
        raise InvalidInput(
            f"DBM needs every reader to read every case in every treatment; this design is: {study.design}. "
            "Use Obuchowski-Rockette or the U-statistic."
        )
    t, r = len(study.treatments), len(study.readers)
    if t < 2 or r < 2:
        raise InvalidInput(
            "DBM compares 2 treatments at least, with 2 readers or more."
        )
    values = pseudovalues(study)
    squares = _squares(values)
    n = len(study.cases)
    noise = squares["tr"] + n * variance_or_none((squares["tc"] - squares["trc"]) / n)
    df = (t - 1) * (r - 1)
    df2 = (noise / squares["tr"]) ** 2 * df if squares["tr"] > 0 else math.inf
    figures = values.mean(axis=2)
    means = figures.mean(axis=1)
    se = math.sqrt(2 / (r * n) * noise)
    differences = []
    for i, j in combinations(range(t), 2):
        gap = float(means[i] - means[j])
        differences.append(
            Estimate(
                statistic="auc_difference",
                method="DBM",
                estimate=gap,
                se=se,
                ci=t_interval(gap, se, df2, level),
                level=level,
                n=n,
                details={
                    "of": [study.treatments[i], study.treatments[j]],
                    "df": df2,
                    "p": t_p_value(gap / se, df2) if se > 0 else math.nan,
                },
            )
        )
    return ReadersAndCases(
        metric="auc",
        method="DBM, jackknife pseudovalues, Hillis df",
        design=study.design,
        treatments=study.treatments,
        readers=study.readers,
        figures=figures,
        per_treatment=_treatments(study, values, level),
        differences=tuple(differences),
        test=f_test(squares["t"] / noise if noise > 0 else math.nan, t - 1, df2),
        components={f"ms_{name}": value for name, value in squares.items()},
    )


def pseudovalues(study: ReadStudy) -> Floats:
    """Treatments x readers x cases, in mean equal to the areas (normalised)."""
    cells = cells_of(study)
    n = len(study.cases)
    sick = study.truth == 1
    without = np.empty((len(cells.figures), n))
    for shares, where in ((cells.diseased, sick), (cells.healthy, ~sick)):
        gone = (cells.figures[:, None] - shares) / (where.sum() - 1)
        without[:, where] = cells.figures[:, None] + gone
    raw = n * cells.figures[:, None] - (n - 1) * without
    return np.asarray(raw.reshape(len(study.treatments), len(study.readers), n))


def _squares(y: Floats) -> dict[str, float]:
    """Mean squares of treatment, reader, and the interactions with case."""
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
    found = {
        "t": r * c * float(((of_t - grand) ** 2).sum()) / (t - 1),
        "r": t * c * float(((of_r - grand) ** 2).sum()) / (r - 1),
        "tr": c * float((d_tr**2).sum()) / ((t - 1) * (r - 1)),
        "tc": r * float((d_tc**2).sum()) / ((t - 1) * (c - 1)),
        "trc": float((rest**2).sum()) / ((t - 1) * (r - 1) * (c - 1)),
    }
    return {name: c * variance_or_none(value / c) for name, value in found.items()}


def _treatments(study: ReadStudy, values: Floats, level: float) -> tuple[Estimate, ...]:
    """Each treatment alone: readers x cases."""
    found = []
    _, r, c = values.shape
    for name, y in zip(study.treatments, values, strict=True):
        by_r, by_c, grand = y.mean(axis=1), y.mean(axis=0), float(y.mean())
        of_r = c * variance_or_none(float(((by_r - grand) ** 2).sum()) / (r - 1))
        of_c = r * float(((by_c - grand) ** 2).sum()) / (c - 1)
        rest = y - by_r[:, None] - by_c[None, :] + grand
        of_rc = float((rest**2).sum()) / ((r - 1) * (c - 1))
        noise = of_r + c * variance_or_none((of_c - of_rc) / c)
        df = (noise / of_r) ** 2 * (r - 1) if of_r > 0 else math.inf
        se = math.sqrt(noise / (r * c))
        found.append(
            Estimate(
                statistic="auc",
                method="mean over readers; DBM, one treatment",
                estimate=grand,
                se=se,
                ci=t_interval(grand, se, df, level),
                level=level,
                n=c,
                details={"treatment": name, "df": df},
            )
        )
    return tuple(found)
