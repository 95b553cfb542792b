"""Quantiles, and the intervals that are made of an estimate and its standard error.

scipy.special is used rather than scipy.stats: it is there in a fifth of the time.
"""

from __future__ import annotations

import math

from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.values import NO_INTERVAL, Interval


def check_level(level: float) -> None:
    """Raise `InvalidInput` unless 0 < level < 1."""
    if not 0 < level < 1:
        raise InvalidInput(
            f"The level of an interval lies between 0 and 1, such as 0.95; it is {level}."
        )


def z_quantile(level: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for 0.95."""
    check_level(level)
    return float(special.ndtri((1 + level) / 2))


def t_quantile(df: float, level: float) -> float:
    """Student's quantile of a two-sided interval; normal when df is infinite."""
    check_level(level)
    if math.isinf(df):
        return z_quantile(level)
    return float(special.stdtrit(df, (1 + level) / 2))


def t_p_value(t: float, df: float) -> float:
    """Two-sided p of Student's t."""
    if math.isinf(df):
        return z_p_value(t)
    return float(2 * special.stdtr(df, -abs(t)))


def z_p_value(z: float) -> float:
    """Two-sided p of a standard normal deviate."""
    return float(2 * special.ndtr(-abs(z)))


def f_p_value(f: float, df1: float, df2: float) -> float:
    """Upper tail of Fisher's F; chi-squared over df1 when df2 is infinite."""
    if math.isinf(df2):
        return float(special.chdtrc(df1, f * df1))
    return float(special.fdtrc(df1, df2, f))


def f_quantile(df1: float, df2: float, probability: float) -> float:
    """The quantile of Fisher's F."""
    return float(special.fdtri(df1, df2, probability))


def chi2_quantile(df: float, probability: float) -> float:
    """The quantile of chi-squared."""
    return float(special.chdtri(df, 1 - probability))


def normal_interval(estimate: float, se: float, level: float) -> Interval:
    """Estimate plus and minus z standard errors (Wald)."""
    reach = z_quantile(level) * se
    return (estimate - reach, estimate + reach)


def t_interval(estimate: float, se: float, df: float, level: float) -> Interval:
    """Estimate plus and minus t standard errors."""
    if not df > 0:
        return NO_INTERVAL
    reach = t_quantile(df, level) * se
    return (estimate - reach, estimate + reach)


def logit_interval(estimate: float, se: float, level: float) -> Interval:
    """Wald's interval on the logit scale, inside 0 to 1 by construction."""
    if not 0 < estimate < 1:
        return normal_interval(estimate, se, level)
    at = math.log(estimate / (1 - estimate))
    reach = z_quantile(level) * se / (estimate * (1 - estimate))
    return (float(special.expit(at - reach)), float(special.expit(at + reach)))


def wilson_interval(share: float, n: float, level: float) -> Interval:
    """Wilson's score interval of a proportion (J Am Stat Assoc 1927;22:209).

    `n` may be an effective size that is not whole. Holds its level where Wald's does not:
    few observations, shares near 0 or 1.
    """
    z = z_quantile(level)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    reach /= 1 + z * z / n
    return (max(0.0, centre - reach), min(1.0, centre + reach))
