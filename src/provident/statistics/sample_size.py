"""How many cases a study of agreement between two readers needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.intervals import z_quantile
from provident.statistics.values import Floats, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class KappaSize:
    """Cases needed, and what they were calculated from."""

    cases: int
    method: str
    kappa: float
    against: float | None
    power: float | None
    alpha: float

    def as_json(self) -> dict[str, Any]:
        """As a mapping of JSON values."""
        return dict(plain(self))


def kappa_cases(
    *,
    kappa: float,
    against: float,
    margins: Sequence[float],
    second: Sequence[float] | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    two_sided: bool = False,
) -> KappaSize:
    """Cases so that kappa `against` is refused when `kappa` is true, with that power.

    `margins` are the shares of the categories for the first reader, `second` those of the
    other (else the same; two categories only). Unweighted kappa; Cantor, Psychol Methods
    1996;1:150, for more than two categories with common margins as in Flack et al.,
    Psychometrika 1988;53:321, under the model in which agreement beyond chance is the same
    in every category. Raises `InvalidInput`.
    """
    _check(power, alpha)
    if kappa == against:
        raise InvalidInput("The true kappa and the one to refuse are the same.")
    spread_true = _spread(_table(kappa, margins, second))
    spread_null = _spread(_table(against, margins, second))
    z = float(special.ndtri(1 - (alpha / 2 if two_sided else alpha)))
    reach = z * spread_null + float(special.ndtri(power)) * spread_true
    return KappaSize(
        cases=math.ceil((reach / (kappa - against)) ** 2),
        method="Cantor 1996" if len(margins) == 2 else "Flack et al. 1988",
        kappa=kappa,
        against=against,
        power=power,
        alpha=alpha,
    )


def kappa_precision_cases(
    *,
    kappa: float,
    margins: Sequence[float],
    half_width: float,
    second: Sequence[float] | None = None,
    level: float = 0.95,
) -> KappaSize:
    """Cases so that the interval of kappa reaches no further than `half_width` either side.

    Large-sample standard error (Fleiss, Cohen & Everitt 1969). Raises `InvalidInput`.
    """
    if not half_width > 0:
        raise InvalidInput("Half the width of the interval is above 0.")
    spread = _spread(_table(kappa, margins, second))
    return KappaSize(
        cases=math.ceil((z_quantile(level) * spread / half_width) ** 2),
        method="precision; Fleiss-Cohen-Everitt standard error",
        kappa=kappa,
        against=None,
        power=None,
        alpha=1 - level,
    )


def kappa_goodness_of_fit_cases(
    *,
    kappa: float,
    against: float,
    prevalence: float,
    power: float = 0.8,
    alpha: float = 0.05,
) -> KappaSize:
    """Cases by the goodness-of-fit test for a yes/no rating by two alike readers.

    Donner & Eliasziw, Stat Med 1992;11:1511. Two-sided. Raises `InvalidInput`.
    """
    _check(power, alpha)
    if not 0 < prevalence < 1 or kappa == against:
        raise InvalidInput(
            "The prevalence lies between 0 and 1, and the two kappas differ."
        )
    true, null = (
        _common(k, np.array([prevalence, 1 - prevalence])) for k in (kappa, against)
    )
    classes = [np.array([t[0, 0], 2 * t[0, 1], t[1, 1]]) for t in (true, null)]
    per_case = float(((classes[0] - classes[1]) ** 2 / classes[1]).sum())
    return KappaSize(
        cases=math.ceil(_noncentrality(power, alpha) / per_case),
        method="goodness of fit, Donner & Eliasziw 1992",
        kappa=kappa,
        against=against,
        power=power,
        alpha=alpha,
    )


def _noncentrality(power: float, alpha: float) -> float:
    """Of chi-squared with one df."""
    limit = float(special.chdtri(1, alpha))
    return float(special.chndtrinc(limit, 1, 1 - power))


def _check(power: float, alpha: float) -> None:
    if not 0 < power < 1 or not 0 < alpha < 1:
        raise InvalidInput("Power and alpha lie between 0 and 1.")


def _shares(margins: Sequence[float]) -> Floats:
    found = np.asarray(margins, dtype=np.float64)
    if len(found) < 2 or (found <= 0).any() or abs(found.sum() - 1) > 1e-6:
        raise InvalidInput("The margins are shares above 0 that add up to 1.")
    return found


def _table(
    kappa: float, margins: Sequence[float], second: Sequence[float] | None
) -> Floats:
    p = _shares(margins)
    if second is None or np.allclose(p, second):
        return _common(kappa, p)
    q = _shares(second)
    if len(p) != 2 or len(q) != 2:
        raise InvalidInput("Different margins are for two categories only.")
    expected = float(p @ q)
    observed = kappa * (1 - expected) + expected
    both = (observed - 1 + p[0] + q[0]) / 2
    table = np.array([[both, p[0] - both], [q[0] - both, 1 - p[0] - q[0] + both]])
    return _possible(table, kappa)


def _common(kappa: float, p: Floats) -> Floats:
    return _possible((1 - kappa) * np.outer(p, p) + kappa * np.diag(p), kappa)


def _possible(table: Floats, kappa: float) -> Floats:
    if (table < -1e-12).any():
        raise InvalidInput(f"With these margins kappa cannot be {kappa}.")
    return np.maximum(table, 0.0)


def _spread(p: Floats) -> float:
    """sqrt(n) times the large-sample standard error of kappa."""
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = float(rows @ columns)
    observed = float(np.trace(p))
    kappa = (observed - expected) / (1 - expected)
    near = columns[:, None] + rows[None, :]
    terms = (p * (np.eye(len(p)) - near * (1 - kappa)) ** 2).sum()
    terms -= (kappa - expected * (1 - kappa)) ** 2
    return math.sqrt(max(float(terms), 0.0)) / (1 - expected)
