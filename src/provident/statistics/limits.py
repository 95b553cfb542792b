"""Bland and Altman's limits of agreement between two methods or readers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.choices import check_choice
from provident.statistics.intervals import (
    chi2_quantile,
    t_interval,
    t_quantile,
    z_quantile,
)
from provident.statistics.ratings import column
from provident.statistics.values import Floats, Interval, plain


LimitInterval: TypeAlias = Literal["approximate", "exact"]
Replicates: TypeAlias = Literal["constant", "varying"]
_SHOWN = (
    "level",
    "n",
    "bias",
    "sd",
    "lower",
    "upper",
    "bias_ci",
    "lower_ci",
    "upper_ci",
    "log",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsOfAgreement:
    """The bias (a - b) and the limits between which 95 % of differences are expected.

    Units of the measurement; with `log` the figures are ratios a / b and `sd` is on the
    log scale. `variances` holds the parts of the variance where there are replicates.
    """

    method: str
    bias: float
    sd: float
    lower: float
    upper: float
    bias_ci: Interval
    lower_ci: Interval
    upper_ci: Interval
    se_bias: float
    level: float
    n: int
    log: bool
    variances: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The contract of `provident agreement`: the bias is the estimate."""
        return {
            "statistic": "bland_altman",
            "method": self.method,
            "estimate": plain(self.bias),
            "se": plain(self.se_bias),
            "ci": plain(self.bias_ci),
            **{key: plain(getattr(self, key)) for key in _SHOWN},
            **plain(self.variances),
        }


def limits_of_agreement(
    a: Any,
    b: Any,
    *,
    multiplier: float | None = None,
    log: bool = False,
    interval: LimitInterval = "approximate",
    level: float = 0.95,
) -> LimitsOfAgreement:
    """Bland & Altman, Lancet 1986;i:307: one pair of measurements a case.

    `multiplier` of the standard deviation: 1.96 by default, 2 in the paper. Intervals of
    the limits: the paper's se = sqrt(3 sd^2 / n) with Student's t, or exact (Carkeet,
    Optom Vis Sci 2015;92:e71). `log` compares logarithms and answers in ratios.
    Raises `InvalidInput`.
    """
    check_choice("interval", interval, get_args(LimitInterval))
    first, second = _both(a, b, log=log)
    difference = first - second
    n = len(difference)
    times = _multiplier(multiplier)
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    if interval == "exact":
        reach = _exact(times, n, level)
        lower = (bias - reach[1] * sd, bias - reach[0] * sd)
        upper = (bias + reach[0] * sd, bias + reach[1] * sd)
        how = "exact intervals (Carkeet 2015)"
    else:
        half = t_quantile(n - 1, level) * sd * math.sqrt(3 / n)
        lower = (bias - times * sd - half, bias - times * sd + half)
        upper = (bias + times * sd - half, bias + times * sd + half)
        how = "intervals of Bland & Altman 1986"
    se = sd / math.sqrt(n)
    return _limits(
        f"limits of agreement, one pair a case; {how}",
        bias,
        sd,
        times,
        t_interval(bias, se, n - 1, level),
        (lower, upper),
        se=se,
        level=level,
        n=n,
        log=log,
    )


def repeated_limits(
    a: Sequence[Any],
    b: Sequence[Any],
    *,
    replicates: Replicates = "constant",
    multiplier: float | None = None,
    log: bool = False,
    level: float = 0.95,
) -> LimitsOfAgreement:
    """Limits of agreement with several measurements of a case by each method.

    `a` and `b` hold one list of measurements for each case. `constant`: the true value
    stays the same while they are made, numbers may differ (Bland & Altman, Stat Methods
    Med Res 1999;8:135, section 5.1 and 5.2). `varying`: measurements come in pairs and the
    true value may change between them (section 5.3). Intervals by the method of variance
    estimates recovery (Zou, Stat Methods Med Res 2013;22:630). Raises `InvalidInput`.
    """
    check_choice("kind of replicates", replicates, get_args(Replicates))
    if len(a) != len(b) or len(a) < 3:
        raise InvalidInput(
            f"Both methods must have measured the same cases, 3 at least; there are {len(a)} and {len(b)}."
        )
    first = [_logged(column(one, "the measurements"), log) for one in a]
    second = [_logged(column(one, "the measurements"), log) for one in b]
    if any(len(one) == 0 for one in [*first, *second]):
        raise InvalidInput("A case has no measurement by one of the methods.")
    if replicates == "varying":
        parts = _varying(first, second)
    else:
        parts = _constant(first, second)
    times = _multiplier(multiplier)
    bias, se, sd = parts.bias, parts.se, math.sqrt(parts.total)
    bias_ci = t_interval(bias, se, parts.n - 1, level)
    sd_low, sd_high = (math.sqrt(max(v, 0.0)) for v in _recovered(parts, level))
    near = math.hypot(bias - bias_ci[0], times * (sd - sd_low))
    far = math.hypot(bias - bias_ci[0], times * (sd_high - sd))
    lower, upper = bias - times * sd, bias + times * sd
    return _limits(
        f"limits of agreement, replicates, true value {replicates}; Zou's intervals",
        bias,
        sd,
        times,
        bias_ci,
        ((lower - far, lower + near), (upper - near, upper + far)),
        se=se,
        level=level,
        n=parts.n,
        log=log,
        variances={**parts.named, "total_var": parts.total},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Bias and the variances that add up to that of a difference of single measurements."""

    bias: float
    se: float
    n: int
    total: float
    terms: tuple[tuple[float, float, int], ...]  # factor, variance, df
    named: dict[str, float]


def _constant(first: list[Floats], second: list[Floats]) -> _Parts:
    n = len(first)
    means = np.array([x.mean() - y.mean() for x, y in zip(first, second, strict=True)])
    of_means = float(means.var(ddof=1))
    within_a, df_a, short_a = _within(first)
    within_b, df_b, short_b = _within(second)
    terms = (
        (1.0, of_means, n - 1),
        (short_a, within_a, df_a),
        (short_b, within_b, df_b),
    )
    return _Parts(
        bias=float(means.mean()),
        se=math.sqrt(of_means / n),
        n=n,
        total=sum(factor * variance for factor, variance, _ in terms),
        terms=terms,
        named={
            "var_of_mean_diffs": of_means,
            "within_a": within_a,
            "within_b": within_b,
        },
    )


def _varying(first: list[Floats], second: list[Floats]) -> _Parts:
    if any(len(x) != len(y) for x, y in zip(first, second, strict=True)):
        raise InvalidInput(
            "Where the true value varies, measurements come in pairs: a case has as many by one method as by the other."
        )
    pairs = [x - y for x, y in zip(first, second, strict=True)]
    n, each = len(pairs), np.array([len(one) for one in pairs])
    total_n = int(each.sum())
    within, df, short = _within(pairs)
    grand = float(np.concatenate(pairs).mean())
    means = np.array([one.mean() for one in pairs])
    between = float((each * (means - grand) ** 2).sum()) / (n - 1)
    size = (total_n**2 - float((each**2).sum())) / ((n - 1) * total_n)
    component = max((between - within) / size, 0.0)
    of_means = float(means.var(ddof=1))
    return _Parts(
        bias=grand,
        se=math.sqrt(between / total_n),
        n=n,
        total=component + within,
        terms=((1.0, of_means, n - 1), (short, within, df)),
        named={"between_cases": component, "within": within},
    )


def _within(groups: list[Floats]) -> tuple[float, int, float]:
    """Pooled variance within cases, its df, and 1 less the mean of 1 / replicates."""
    df = sum(len(one) - 1 for one in groups)
    short = 1 - sum(1 / len(one) for one in groups) / len(groups)
    if df == 0:
        return 0.0, 0, 0.0
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in groups)
    return squares / df, df, short


def _recovered(parts: _Parts, level: float) -> Interval:
    """Interval of the total variance from those of its terms."""
    below = above = 0.0
    for factor, variance, df in parts.terms:
        if df == 0:
            continue
        high = df / chi2_quantile(df, (1 - level) / 2)
        low = df / chi2_quantile(df, (1 + level) / 2)
        below += (factor * variance * (1 - low)) ** 2
        above += (factor * variance * (high - 1)) ** 2
    return parts.total - math.sqrt(below), parts.total + math.sqrt(above)


def _exact(times: float, n: int, level: float) -> Interval:
    """Factors k: bias + k sd bounds the limit, by the noncentral t distribution."""
    shift, root = times * math.sqrt(n), math.sqrt(n)
    low = special.nctdtrit(n - 1, shift, (1 - level) / 2) / root
    high = special.nctdtrit(n - 1, shift, (1 + level) / 2) / root
    return float(low), float(high)


def _multiplier(multiplier: float | None) -> float:
    times = z_quantile(0.95) if multiplier is None else multiplier
    if not times > 0:
        raise InvalidInput("The multiplier of the standard deviation is above 0.")
    return times


def _both(a: Any, b: Any, *, log: bool) -> tuple[Floats, Floats]:
    first, second = column(a, "the first method"), column(b, "the second method")
    if len(first) != len(second):
        raise InvalidInput(
            f"The methods measured {len(first)} and {len(second)} cases; pairs are needed."
        )
    if len(first) < 3:
        raise InvalidInput(f"Limits of agreement need 3 cases; there are {len(first)}.")
    return _logged(first, log), _logged(second, log)


def _logged(values: Floats, log: bool) -> Floats:
    if not log:
        return values
    if (values <= 0).any():
        raise InvalidInput("Logarithms need measurements above 0.")
    return np.log(values)


def _limits(
    method: str,
    bias: float,
    sd: float,
    times: float,
    bias_ci: Interval,
    cis: tuple[Interval, Interval],
    *,
    se: float,
    level: float,
    n: int,
    log: bool,
    variances: dict[str, float] | None = None,
) -> LimitsOfAgreement:
    def back(value: float) -> float:
        return math.exp(value) if log else value

    def both(ci: Interval) -> Interval:
        return back(ci[0]), back(ci[1])

    return LimitsOfAgreement(
        method=f"{method}, ratios" if log else method,
        bias=back(bias),
        sd=sd,
        lower=back(bias - times * sd),
        upper=back(bias + times * sd),
        bias_ci=both(bias_ci),
        lower_ci=both(cis[0]),
        upper_ci=both(cis[1]),
        se_bias=se,
        level=level,
        n=n,
        log=log,
        variances=variances or {},
    )
