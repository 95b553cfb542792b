"""Units of dose as reports, headers and dose screens write them, brought to one unit each."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """A number in its canonical unit, or why there is none. An unread value is never zero."""

    value: float | None
    why: str = ""


ABSENT = Reading(None, "it is not stated")

# what is measured -> canonical unit, and the factor from each spelling of a unit (dots, stars, blanks removed)
_FACTORS: dict[str, tuple[str, dict[str, float]]] = {
    "dose length product": ("mGy.cm", {"mGycm": 1.0, "Gycm": 1e3, "uGym": 0.1, "mGym": 100.0}),
    "dose area product": (
        "Gy.cm2",
        {
            "Gym2": 1e4, "mGym2": 10.0, "uGym2": 1e-2, "Gycm2": 1.0, "dGycm2": 0.1, "cGycm2": 1e-2,
            "mGycm2": 1e-3, "uGycm2": 1e-6,
        },
    ),
    "absorbed dose": ("mGy", {"Gy": 1e3, "dGy": 100.0, "cGy": 10.0, "mGy": 1.0, "uGy": 1e-3}),
    "activity": (
        "MBq",
        {"GBq": 1e3, "MBq": 1.0, "kBq": 1e-3, "Bq": 1e-6, "mCi": 37.0, "uCi": 0.037},
    ),
    "effective dose": ("mSv", {"Sv": 1e3, "mSv": 1.0, "uSv": 1e-3}),
    "time": ("s", {"s": 1.0, "ms": 1e-3, "min": 60.0}),
}  # fmt: skip


def unit_of(measured: str) -> str:
    """The canonical unit of what is measured."""
    return _FACTORS[measured][0]


def canonical(value: float, unit: str, measured: str) -> Reading:
    """The value in the canonical unit of what is measured (UCUM codes and vendors' spellings).

    A negative number, an unknown unit and the unit of something else are no reading.
    """
    if not math.isfinite(value):
        return Reading(None, "it is not a number")
    if value < 0:
        return Reading(None, "it is below zero")
    factor = _FACTORS[measured][1].get(_spelled(unit))
    if factor is None:
        # A unit may have been typed by hand: it is not repeated here.
        return Reading(None, f"its unit is not one of a {measured}")
    return Reading(value * factor)


def _spelled(unit: str) -> str:
    plain = unit.replace("µ", "u").replace("μ", "u").replace("²", "2")
    return re.sub(r"[\s.*·⋅^\-]", "", plain)
