"""Power and size of a multireader multicase study, from a pilot's variance components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.intervals import f_quantile
from provident.statistics.mrmc.components import ErrorComponents
from provident.statistics.mrmc.results import ReadersAndCases
from provident.statistics.values import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What a pilot of `cases` cases says of the variances (Obuchowski-Rockette)."""

    cases: int
    error: ErrorComponents
    var_treatment_reader: float

    @staticmethod
    def of(result: ReadersAndCases) -> Pilot:
        """From an Obuchowski-Rockette analysis of a crossed pilot. Raises `InvalidInput`."""
        parts = result.components
        if "var_treatment_reader" not in parts:
            raise InvalidInput(
                "Power needs an Obuchowski-Rockette analysis of a pilot with crossed readers."
            )
        names = ("var", "cov1", "cov2", "cov3")
        return Pilot(
            cases=result.headline.n,
            error=ErrorComponents(**{name: parts[name] for name in names}),
            var_treatment_reader=parts["var_treatment_reader"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Power of the F test for a difference `effect` between two treatments."""

    power: float
    readers: int
    cases: int
    effect: float
    alpha: float
    ncp: float
    df2: float
    f_critical: float

    def as_json(self) -> dict[str, Any]:
        """As a mapping of JSON values."""
        return dict(plain(self))


def mrmc_power(
    pilot: Pilot, *, readers: int, cases: int, effect: float, alpha: float = 0.05
) -> Power:
    """Power with so many readers and cases, two treatments, readers and cases random.

    Hillis, Obuchowski & Berbaum, Acad Radiol 2011;18:129: the noncentral F; covariances
    shrink with the number of cases in the pilot's mix of truths. Raises `InvalidInput`.
    """
    if readers < 2 or cases < 4:
        raise InvalidInput(
            f"Power is for 2 readers and 4 cases at least; asked for {readers} and {cases}."
        )
    if not 0 < alpha < 1 or effect == 0:
        raise InvalidInput("Alpha lies between 0 and 1, and the effect is not 0.")
    e, scale = pilot.error, pilot.cases / cases
    between = max(e.cov2 - e.cov3, 0.0)
    var_tr = max(pilot.var_treatment_reader, 0.0)
    squares = var_tr + scale * (e.var - e.cov1 - between)
    noise = squares + scale * readers * between
    if not squares > 0:
        raise InvalidInput(
            "The pilot's variances leave no error between readers: it is too small to plan by."
        )
    df2 = (noise / squares) ** 2 * (readers - 1)
    ncp = readers * effect**2 / 2 / noise
    critical = f_quantile(1, df2, 1 - alpha)
    power = 1 - float(special.ncfdtr(1, df2, ncp, critical))
    return Power(
        power=power,
        readers=readers,
        cases=cases,
        effect=effect,
        alpha=alpha,
        ncp=ncp,
        df2=df2,
        f_critical=critical,
    )


def mrmc_cases(
    pilot: Pilot,
    *,
    readers: int,
    effect: float,
    power: float = 0.8,
    alpha: float = 0.05,
    most: int = 100_000,
) -> Power:
    """The smallest number of cases with that power. Raises `InvalidInput` if none has."""

    def at(cases: int) -> Power:
        return mrmc_power(
            pilot, readers=readers, cases=cases, effect=effect, alpha=alpha
        )

    if at(most).power < power:
        raise InvalidInput(
            f"With {readers} readers not even {most} cases give a power of {power}: it takes more readers."
        )
    low, high = 3, most  # power grows with cases
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle).power >= power else (middle, high)
    return at(high)
