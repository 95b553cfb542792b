"""A value among those that the same scanner or site gave before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from provident.acquisition.measures.model import MEASURES
from provident.kernel import InvalidInput


FEWEST = 8
MAD_TO_SD = 1.4826
UNUSUAL = 3.0
Level = Literal["usual", "unusual", "too few", "constant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a value lies among `n` earlier ones.

    `percentile` counts ties half; `robust_z` is (value - median) / (1.4826 x median absolute
    deviation), None when too few values are there or more than half of them are equal.
    """

    value: float
    n: int
    percentile: float | None
    median: float | None
    iqr: tuple[float, float] | None
    robust_z: float | None
    level: Level
    words: str

    def as_json(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)


def place(
    value: float, history: Sequence[float], *, measure: str | None = None
) -> Placement:
    """Place a value among earlier ones of the same scanner and sequence.

    Args:
        value: the value in question.
        history: earlier values, without it; those of other sequences do not belong here.
        measure: the name of the registry, for the direction and the unit in the words.

    Raises:
        InvalidInput: a value is not a finite number.
    """
    x = np.asarray(list(history), float)
    if not np.isfinite(value) or not np.isfinite(x).all():
        raise InvalidInput(
            "Only finite numbers can be placed; leave out measures that are not assessable."
        )
    if x.size < FEWEST:
        words = f"{x.size} earlier value{'' if x.size == 1 else 's'}: too few to say what is usual ({FEWEST} are needed)."
        return Placement(value=value, n=x.size, percentile=None, median=float(np.median(x)) if x.size else None, iqr=None, robust_z=None, level="too few", words=words)  # fmt: skip
    median = float(np.median(x))
    low, high = (float(q) for q in np.percentile(x, (25, 75)))
    percentile = 100 * float((x < value).sum() + (x == value).sum() / 2) / x.size
    spread = MAD_TO_SD * float(np.median(np.abs(x - median)))
    z = (value - median) / spread if spread > 0 else None
    level: Level = (
        "constant" if z is None else "unusual" if abs(z) > UNUSUAL else "usual"
    )
    if z is None and value == median:
        level = "usual"
    return Placement(
        value=value,
        n=x.size,
        percentile=percentile,
        median=median,
        iqr=(low, high),
        robust_z=z,
        level=level,
        words=_words(value, median, z, x.size, level, measure),
    )


def _words(
    value: float,
    median: float,
    z: float | None,
    n: int,
    level: Level,
    measure: str | None,
) -> str:
    spec = MEASURES.get(measure) if measure else None
    unit = f" {spec.unit}" if spec and spec.unit else ""
    usual = f"the {n} before it (median {median:.4g}{unit})"
    if level == "constant":
        return f"{value:.4g}{unit}, where more than half of {usual} are equal."
    if level == "usual" or z is None:
        return f"{value:.4g}{unit} is as usual among {usual}."
    side = "above" if z > 0 else "below"
    worse = spec is not None and spec.better == ("lower" if z > 0 else "higher")
    better = spec is not None and spec.better == ("higher" if z > 0 else "lower")
    so = (
        ", which is worse"
        if worse
        else ", which is better, and may mean another setting"
        if better
        else ""
    )
    return f"{value:.4g}{unit} lies far {side} {usual}{so}: look at the images."
