"""Accuracy of one reader or marker: area under the ROC curve, sensitivity, specificity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import (
    logit_interval,
    normal_interval,
    wilson_interval,
    z_p_value,
)
from provident.statistics.ratings import column
from provident.statistics.values import Estimate, Floats


def placements(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """Each diseased case's share of non-diseased below it, and each non-diseased case's
    share of diseased above it; ties count half.

    Their means are the area; their variances are DeLong's. Sorted search: n log n.
    """
    down, up = np.sort(negative), np.sort(positive)
    below = np.searchsorted(down, positive, side="left")
    below = below + np.searchsorted(down, positive, side="right")
    above = np.searchsorted(up, negative, side="left")
    above = above + np.searchsorted(up, negative, side="right")
    return below / (2.0 * len(down)), 1 - above / (2.0 * len(up))


def auc(
    truth: Any,
    score: Any,
    *,
    level: float = 0.95,
    interval: Literal["wald", "logit"] = "wald",
) -> Estimate:
    """The area under the empirical ROC curve; `truth` is 1 for diseased, 0 for not.

    DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837; computed as in Sun & Xu, IEEE
    Signal Process Lett 2014;21:1389. Higher scores mean disease. Raises `InvalidInput`.
    """
    check_choice("interval", interval, ("wald", "logit"))
    areas, covariance, n = _delong(truth, {"score": score})
    area, se = float(areas[0]), math.sqrt(float(covariance[0, 0]))
    make = logit_interval if interval == "logit" else normal_interval
    positive = int((column(truth, "truth") == 1).sum())
    return Estimate(
        statistic="auc",
        method=f"empirical area, DeLong variance, {interval} interval",
        estimate=area,
        se=se,
        ci=make(area, se, level),
        level=level,
        n=n,
        details={"diseased": positive, "not_diseased": n - positive},
    )


def compare_auc(truth: Any, a: Any, b: Any, *, level: float = 0.95) -> Estimate:
    """The difference of two areas (a - b) on the same cases: DeLong et al. 1988.

    Raises `InvalidInput`.
    """
    areas, covariance, n = _delong(truth, {"a": a, "b": b})
    difference = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    se = math.sqrt(max(variance, 0.0))
    z = difference / se if se > 0 else math.nan
    return Estimate(
        statistic="auc_difference",
        method="DeLong, paired",
        estimate=difference,
        se=se,
        ci=normal_interval(difference, se, level),
        level=level,
        n=n,
        details={
            "auc": areas.tolist(),
            "z": z,
            "p": z_p_value(z) if se > 0 else math.nan,
        },
    )


def compare_unpaired_auc(a: Estimate, b: Estimate) -> Estimate:
    """The difference of two areas of different cases: independent, so variances add."""
    difference, se = a.estimate - b.estimate, math.hypot(a.se, b.se)
    if not se > 0:
        raise InvalidInput("Both areas have no variance; there is nothing to compare.")
    z = difference / se
    return Estimate(
        statistic="auc_difference",
        method="DeLong, unpaired",
        estimate=difference,
        se=se,
        ci=normal_interval(difference, se, a.level),
        level=a.level,
        n=a.n + b.n,
        details={"auc": [a.estimate, b.estimate], "z": z, "p": z_p_value(z)},
    )


def auc_covariance(truth: Any, scores: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Areas of several markers on the same cases, and DeLong's covariance matrix."""
    return _delong(truth, scores)[:2]


def roc_curve(truth: Any, score: Any) -> tuple[Floats, Floats, Floats]:
    """False and true positive fractions from (0, 0) to (1, 1), and their thresholds.

    A case is positive when its score is the threshold or more.
    """
    y, x = _checked(truth, score)
    order = np.argsort(-x, kind="stable")
    y, x = y[order], x[order]
    last = np.append(np.flatnonzero(np.diff(x)), len(x) - 1)
    true = np.cumsum(y)[last] / y.sum()
    false = np.cumsum(1 - y)[last] / (1 - y).sum()
    return (
        np.concatenate([[0.0], false]),
        np.concatenate([[0.0], true]),
        np.concatenate([[np.inf], x[last]]),
    )


def proportion(
    hits: int, of: int, *, statistic: str = "proportion", level: float = 0.95
) -> Estimate:
    """A share with Wilson's interval (J Am Stat Assoc 1927;22:209). Raises `InvalidInput`."""
    if of < 1 or not 0 <= hits <= of:
        raise InvalidInput(f"{hits} of {of} is no proportion.")
    share = hits / of
    return Estimate(
        statistic=statistic,
        method="proportion, Wilson's interval",
        estimate=share,
        se=math.sqrt(share * (1 - share) / of),
        ci=wilson_interval(share, of, level),
        level=level,
        n=of,
        details={"hits": hits},
    )


def sensitivity(truth: Any, positive: Any, *, level: float = 0.95) -> Estimate:
    """The share of diseased cases that are called positive (1)."""
    y, x = _calls(truth, positive)
    return proportion(
        int(x[y == 1].sum()), int(y.sum()), statistic="sensitivity", level=level
    )


def specificity(truth: Any, positive: Any, *, level: float = 0.95) -> Estimate:
    """The share of cases without disease that are called negative (0)."""
    y, x = _calls(truth, positive)
    clear = int((y == 0).sum())
    return proportion(
        clear - int(x[y == 0].sum()), clear, statistic="specificity", level=level
    )


def _calls(truth: Any, positive: Any) -> tuple[Floats, Floats]:
    y, x = _checked(truth, positive)
    if not np.isin(x, (0, 1)).all():
        raise InvalidInput("Calls are 1 (positive) or 0; give a threshold for scores.")
    return y, x


def _checked(truth: Any, score: Any) -> tuple[Floats, Floats]:
    y, x = column(truth, "truth"), column(score, "score")
    if len(y) != len(x):
        raise InvalidInput(f"There are {len(y)} truths and {len(x)} scores.")
    if not np.isin(y, (0, 1)).all():
        raise InvalidInput("Truth is 1 (diseased) or 0 (not diseased).")
    if min(int(y.sum()), len(y) - int(y.sum())) < 2:
        raise InvalidInput(
            f"Accuracy needs 2 cases with and 2 without disease; there are {int(y.sum())} and {len(y) - int(y.sum())}."
        )
    return y, x


def _delong(truth: Any, scores: Mapping[str, Any]) -> tuple[Floats, Floats, int]:
    ups, downs, n = [], [], 0
    for score in scores.values():
        y, x = _checked(truth, score)
        up, down = placements(x[y == 1], x[y == 0])
        ups.append(up)
        downs.append(down)
        n = len(y)
    v10, v01 = np.stack(ups), np.stack(downs)
    covariance = np.atleast_2d(np.cov(v10)) / v10.shape[1]
    covariance = covariance + np.atleast_2d(np.cov(v01)) / v01.shape[1]
    return v10.mean(axis=1), covariance, n
