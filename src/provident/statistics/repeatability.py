"""How far repeated measurements of the same thing lie apart by error alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.icc import icc_forms
from provident.statistics.intervals import chi2_quantile, z_quantile
from provident.statistics.ratings import column
from provident.statistics.values import Estimate


def repeatability(
    groups: Sequence[Any], *, log: bool = False, level: float = 0.95
) -> Estimate:
    """The repeatability coefficient 1.96 sqrt(2) s_w of repeats, one list for each case.

    s_w is the standard deviation within cases (one-way ANOVA); the interval is that of
    chi-squared. Units of the measurement; with `log` the within-case coefficient of
    variation is in `within_cv` and the estimate is the ratio that two repeats stay
    within. Bland & Altman, BMJ 1996;313:744; Obuchowski & Bullen, Stat Methods Med Res
    2018;27:3126. Raises `InvalidInput`.
    """
    kept = [column(one, "the repeats") for one in groups]
    kept = [one for one in kept if len(one) >= 2]
    if len(kept) < 2:
        raise InvalidInput("Two cases at least must be measured twice or more.")
    if log:
        if any((one <= 0).any() for one in kept):
            raise InvalidInput("Logarithms need measurements above 0.")
        kept = [np.log(one) for one in kept]
    df = sum(len(one) - 1 for one in kept)
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in kept)
    if squares == 0:
        raise InvalidInput("All repeats are the same: no error can be measured.")
    sd = math.sqrt(squares / df)
    times = z_quantile(0.95) * math.sqrt(2)
    low = sd * math.sqrt(df / chi2_quantile(df, (1 + level) / 2))
    high = sd * math.sqrt(df / chi2_quantile(df, (1 - level) / 2))
    details: dict[str, Any] = {"within_sd": sd, "df": df, "log": log}
    ends = [times * sd, times * low, times * high]
    se = times * sd / math.sqrt(2 * df)
    if log:
        details["within_cv"] = math.sqrt(math.expm1(sd * sd))
        ends = [math.exp(one) for one in ends]
        se *= ends[0]
    return Estimate(
        statistic="repeatability",
        method="repeatability coefficient, one-way ANOVA; chi-squared interval",
        estimate=ends[0],
        se=se,
        ci=(ends[1], ends[2]),
        level=level,
        n=len(kept),
        details=details,
    )


def smallest_detectable_change(
    table: Any,
    *,
    kind: Literal["agreement", "consistency"] = "agreement",
    mean_of: int = 1,
    level: float = 0.95,
) -> Estimate:
    """The change that exceeds measurement error: 1.96 sqrt(2) SEM, of cases x readers.

    `agreement` counts the systematic difference between readers as error, `consistency`
    does not; `mean_of` readers or repeats are averaged in practice. The interval is that
    of the error variance (Satterthwaite). De Vet et al., J Clin Epidemiol 2006;59:1033;
    for scores of the two change readings: Bruynesteyn et al., Ann Rheum Dis 2005;64:179.
    Raises `InvalidInput`.
    """
    if mean_of < 1:
        raise InvalidInput("The number of readings that are averaged is 1 or more.")
    check_choice("kind", kind, ("agreement", "consistency"))
    found = icc_forms(table, missing="leave_out")["ICC(A,1)"].details
    error, columns = found["ms_error"], found["ms_readers"]
    n, df = found["df"][0] + 1, found["df"][1]
    variance, dof = error, float(df)
    if kind == "agreement":
        variance, dof = _with_readers(error, columns, n, df)
    if variance <= 0:
        raise InvalidInput("All readers agree exactly: no error can be measured.")
    sem = math.sqrt(variance / mean_of)
    times = z_quantile(0.95) * math.sqrt(2)
    low = math.sqrt(dof / chi2_quantile(dof, (1 + level) / 2))
    high = math.sqrt(dof / chi2_quantile(dof, (1 - level) / 2))
    return Estimate(
        statistic="smallest_detectable_change",
        method=f"1.96 sqrt(2) SEM, {kind}; chi-squared interval",
        estimate=times * sem,
        se=times * sem / math.sqrt(2 * dof),
        ci=(times * sem * low, times * sem * high),
        level=level,
        n=n,
        details={"sem": sem, "mean_of": mean_of, "df": dof},
    )


def _with_readers(error: float, columns: float, n: int, df: int) -> tuple[float, float]:
    """Error plus readers' variance, and its degrees of freedom."""
    if columns <= error:
        return error, float(df)
    readers = df // (n - 1) + 1
    parts = columns / n, error * (n - 1) / n
    variance = sum(parts)
    return variance, variance**2 / (parts[0] ** 2 / (readers - 1) + parts[1] ** 2 / df)
