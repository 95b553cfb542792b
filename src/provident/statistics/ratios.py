"""Ratios per lesion, where lesions of one participant are alike: clusters are the sample."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import (
    normal_interval,
    wilson_interval,
    z_p_value,
)
from provident.statistics.ratings import column
from provident.statistics.values import Estimate, Floats


def clustered_ratio(
    hits: Any,
    of: Any,
    *,
    interval: Literal["wilson", "wald"] = "wilson",
    level: float = 0.95,
) -> Estimate:
    """The ratio sum(hits) / sum(of) with one entry a participant: lesions found of lesions
    there, such as per-lesion sensitivity.

    Variance of a ratio estimator (Taylor, clusters with replacement): Rao & Scott,
    Biometrics 1992;48:577. `wilson` puts the effective number of lesions, total / design
    effect, into Wilson's interval (a share never leaves 0 to 1); `wald` is plain, and also
    right for ratios that are no shares, such as false marks a participant. Raises
    `InvalidInput`.
    """
    check_choice("interval", interval, ("wilson", "wald"))
    x, m = _clusters(hits, of)
    ratio = float(x.sum() / m.sum())
    se = math.sqrt(float(_variance(x - ratio * m, m)))
    share = bool((x <= m).all())
    if interval == "wilson" and not share:
        raise InvalidInput(
            'A ratio with more hits than lesions is no share: say interval="wald".'
        )
    binomial = ratio * (1 - ratio) / float(m.sum()) if share else math.nan
    effect = se**2 / binomial if share and binomial > 0 else math.nan
    effective = float(m.sum()) / effect if effect > 0 else float(len(m))
    if interval == "wilson":
        ci = wilson_interval(ratio, effective, level)
    else:
        ci = normal_interval(ratio, se, level)
    return Estimate(
        statistic="clustered_ratio",
        method=f"ratio estimator, clusters; Rao-Scott, {interval} interval",
        estimate=ratio,
        se=se,
        ci=ci,
        level=level,
        n=len(m),
        details={
            "hits": float(x.sum()),
            "of": float(m.sum()),
            "design_effect": effect,
            "effective_size": effective,
        },
    )


def compare_clustered_ratios(
    hits_a: Any, of_a: Any, hits_b: Any, of_b: Any, *, level: float = 0.95
) -> Estimate:
    """The difference of two ratios (a - b) on the same participants, entry by entry.

    Delta method with the covariance between the two ratios: Obuchowski, Stat Med
    1998;17:1495. Raises `InvalidInput`.
    """
    xa, ma = _clusters(hits_a, of_a)
    xb, mb = _clusters(hits_b, of_b)
    if len(xa) != len(xb):
        raise InvalidInput(
            f"The two ratios are of {len(xa)} and {len(xb)} participants; the same are needed."
        )
    ra, rb = float(xa.sum() / ma.sum()), float(xb.sum() / mb.sum())
    n = len(xa)
    moved = (xa - ra * ma) / ma.sum() - (xb - rb * mb) / mb.sum()
    se = math.sqrt(n / (n - 1) * float(moved @ moved))
    z = (ra - rb) / se if se > 0 else math.nan
    return Estimate(
        statistic="clustered_ratio_difference",
        method="ratio estimators on the same clusters, delta method",
        estimate=ra - rb,
        se=se,
        ci=normal_interval(ra - rb, se, level),
        level=level,
        n=n,
        details={
            "ratios": [ra, rb],
            "z": z,
            "p": z_p_value(z) if se > 0 else math.nan,
        },
    )


def _variance(residuals: Floats, m: Floats) -> float:
    n = len(m)
    return n / (n - 1) * float(residuals @ residuals) / float(m.sum()) ** 2


def _clusters(hits: Any, of: Any) -> tuple[Floats, Floats]:
    x, m = column(hits, "hits"), column(of, "lesions")
    if len(x) != len(m):
        raise InvalidInput(
            f"There are {len(x)} counts of hits and {len(m)} of lesions."
        )
    if (x < 0).any() or (m < 0).any():
        raise InvalidInput("Counts are 0 or more.")
    kept = m > 0
    if (x[~kept] > 0).any():
        raise InvalidInput("A participant without lesions cannot have hits.")
    if np.count_nonzero(kept) < 2:
        raise InvalidInput("Two participants with lesions are needed at least.")
    return x[kept], m[kept]
