"""The one grammar of numbers with units in a plan.

    70 ms          a quantity            35 minutes
    400..700 ms    a range, both ends included
    3 ± 0.2 mm     a target with its tolerance (also 3 +- 0.2 mm)
    <= 0.3 mm      a bound (<, <=, >, >=)
    6 per week     a rate                6 h per week, 1.2 per site and month

Units are those of `UNITS`; each belongs to a dimension and converts within it.
A number without a unit has the unit "" and fits only where none is asked for.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass

from provident.kernel import PlanError


# unit -> (dimension, factor to the dimension's base unit)
UNITS: dict[str, tuple[str, float]] = {
    "": ("number", 1.0),
    "%": ("share", 0.01),
    "ms": ("time", 1e-3),
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "d": ("time", 86400.0),
    "week": ("time", 7 * 86400.0),
    "working day": ("working time", 1.0),
    "month": ("calendar", 1.0),
    "year": ("calendar", 12.0),
    "um": ("length", 1e-6),
    "mm": ("length", 1e-3),
    "cm": ("length", 1e-2),
    "m": ("length", 1.0),
    "mm2": ("area", 1e-6),
    "cm2": ("area", 1e-4),
    "T": ("magnetic field", 1.0),
    "mT": ("magnetic field", 1e-3),
    "deg": ("angle", 1.0),
    "Hz": ("frequency", 1.0),
    "kHz": ("frequency", 1e3),
    "MHz": ("frequency", 1e6),
    "Hz/px": ("bandwidth", 1.0),
    "s/mm2": ("diffusion weighting", 1.0),
    "mGy": ("absorbed dose", 1e-3),
    "Gy": ("absorbed dose", 1.0),
    "mGy.cm": ("dose length product", 1.0),
    "Gy.cm2": ("dose area product", 1.0),
    "dGy.cm2": ("dose area product", 0.1),
    "cGy.cm2": ("dose area product", 0.01),
    "mGy.cm2": ("dose area product", 1e-3),
    "uGy.m2": ("dose area product", 0.01),
    "mSv": ("effective dose", 1e-3),
    "Sv": ("effective dose", 1.0),
    "kV": ("voltage", 1.0),
    "mA": ("current", 1.0),
    "mAs": ("charge", 1.0),
    "uAs": ("charge", 1e-3),
    "HU": ("CT number", 1.0),
    "SUV": ("standardised uptake", 1.0),
    "mm2/s": ("diffusivity", 1.0),
    "um2/ms": ("diffusivity", 1e-3),
    "um2/s": ("diffusivity", 1e-6),
    "MBq": ("activity", 1e6),
    "Bq": ("activity", 1.0),
    "ml": ("volume", 1.0),
    "ml/s": ("flow", 1.0),
    "mmol/kg": ("dose by weight", 1.0),
    "ml/kg": ("volume by weight", 1.0),
    "MB": ("size", 1e6),
    "GB": ("size", 1e9),
    "TB": ("size", 1e12),
    "Mbit/s": ("bit rate", 1e6),
    "px": ("pixel", 1.0),
    "GBP": ("money GBP", 1.0),
    "EUR": ("money EUR", 1.0),
}

_SAME = {
    "milliseconds": "ms", "sec": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min",
    "hour": "h", "hours": "h", "day": "d", "days": "d", "weeks": "week", "months": "month", "years": "year",
    "working days": "working day", "µm": "um", "mm²": "mm2", "cm²": "cm2", "°": "deg", "degrees": "deg",
    "s/mm²": "s/mm2", "tesla": "T", "Gy.cm²": "Gy.cm2", "Gy·cm2": "Gy.cm2", "mGy·cm": "mGy.cm", "mL": "ml",
    "Hz/pixel": "Hz/px", "£": "GBP", "kVp": "kV",
}  # fmt: skip

_NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?"
_UNIT = r"(?P<unit>[^\d\s.][^\s]*(?: days?)?|)"
_QUANTITY = re.compile(rf"(?P<value>{_NUMBER})\s*{_UNIT}", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})\s*{_UNIT}", re.IGNORECASE
)
_TOLERANCE = re.compile(
    rf"(?P<target>{_NUMBER})\s*(?:±|\+-|\+/-)\s*(?P<by>{_NUMBER})\s*{_UNIT}",
    re.IGNORECASE,
)
_BOUND = re.compile(
    rf"(?P<sign><=|>=|<|>|≤|≥)\s*(?P<value>{_NUMBER})\s*{_UNIT}", re.IGNORECASE
)
_RATE = re.compile(
    rf"(?P<value>{_NUMBER})\s*(?P<unit>[^\d\s.][^\s]*|)\s+per\s+(?P<per>[a-z ]+)",
    re.IGNORECASE,
)


def unit(text: str) -> str:
    """The canonical name of a unit.

    Raises:
        PlanError: the unit is not known; the message names the nearest one.
    """
    name = _SAME.get(text.strip(), text.strip())
    if name in UNITS:
        return name
    near = difflib.get_close_matches(name, [*UNITS, *_SAME], 1)
    raise PlanError(
        f'unknown unit "{text}"' + (f' (did you mean "{near[0]}"?)' if near else "")
    )


def convert(value: float, unit_from: str, unit_to: str) -> float:
    """The value in another unit of the same dimension.

    Raises:
        PlanError: the units are of different dimensions.
    """
    if unit_from == unit_to:
        return value
    (dim_from, factor_from), (dim_to, factor_to) = (
        UNITS[unit(unit_from)],
        UNITS[unit(unit_to)],
    )
    if dim_from != dim_to:
        raise PlanError(
            f"{unit_from or 'a bare number'} is a {dim_from}, {unit_to or 'a bare number'} is a {dim_to}"
        )
    return value * (factor_from / factor_to)


def _number(value: float) -> str:
    return f"{value:.6g}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit."""

    value: float
    unit: str

    def to(self, unit_to: str) -> float:
        """The value in another unit of the same dimension."""
        return convert(self.value, self.unit, unit_to)

    def __str__(self) -> str:
        return f"{_number(self.value)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that are allowed, in one unit; an open side is infinite or excluded."""

    low: float
    high: float
    unit: str
    low_included: bool = True
    high_included: bool = True
    text: str = ""

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise PlanError(
                f'"{self.text or self}": the lower end is above the upper end'
            )

    def contains(self, value: float, unit_of_value: str) -> bool:
        """Whether a value lies inside; a relative slack of 1e-6 covers float32 headers."""
        v = convert(value, unit_of_value, self.unit)
        slack = 1e-6 * max(
            abs(v), abs(self.low if math.isfinite(self.low) else 0), 1e-9
        )
        above = v >= self.low - slack if self.low_included else v > self.low
        below = v <= self.high + slack if self.high_included else v < self.high
        return above and below

    def __str__(self) -> str:
        if self.text:
            return self.text
        if math.isinf(self.high):
            return f"{'>=' if self.low_included else '>'} {_number(self.low)} {self.unit}".rstrip()
        if math.isinf(self.low):
            return f"{'<=' if self.high_included else '<'} {_number(self.high)} {self.unit}".rstrip()
        return f"{_number(self.low)}..{_number(self.high)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Rate:
    """So much per something: `6 per week`, `1.2 per site and month`."""

    value: float
    unit: str
    per: tuple[str, ...]


def _readable(text: object, example: str) -> None:
    """Lists, mappings, nothing and yes or no are no numbers.

    Raises:
        PlanError: it is neither a text nor a number.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        shown = "nothing" if text is None else f'"{text}"'
        raise PlanError(f"{shown} is not a number with its unit, such as {example}")


def quantity(text: str | float) -> Quantity:
    """Read `70 ms` or a bare number.

    Raises:
        PlanError: it is not a number with a known unit.
    """
    _readable(text, '"70 ms"')
    if isinstance(text, int | float):
        return Quantity(float(text), "")
    match = _QUANTITY.fullmatch(text.strip())
    if not match:
        raise PlanError(
            f'"{text}" is not a quantity; write a number and its unit, such as "70 ms"'
        )
    return Quantity(float(match["value"]), unit(match["unit"]))


def interval(text: str | float) -> Interval:
    """Read a range, a target with tolerance, a bound or one exact quantity.

    Raises:
        PlanError: it is none of these.
    """
    _readable(text, '"400..700 ms"')
    if isinstance(text, int | float):
        return Interval(float(text), float(text), "", text=_number(float(text)))
    clean = text.strip()
    if m := _RANGE.fullmatch(clean):
        return Interval(float(m["low"]), float(m["high"]), unit(m["unit"]), text=clean)
    if m := _TOLERANCE.fullmatch(clean):
        target, by = float(m["target"]), abs(float(m["by"]))
        return Interval(target - by, target + by, unit(m["unit"]), text=clean)
    if m := _BOUND.fullmatch(clean):
        value, sign, of = (
            float(m["value"]),
            m["sign"].replace("≤", "<=").replace("≥", ">="),
            unit(m["unit"]),
        )
        if sign.startswith("<"):
            return Interval(
                -math.inf, value, of, high_included=sign == "<=", text=clean
            )
        return Interval(value, math.inf, of, low_included=sign == ">=", text=clean)
    if m := _QUANTITY.fullmatch(clean):
        value = float(m["value"])
        return Interval(value, value, unit(m["unit"]), text=clean)
    raise PlanError(
        f'"{text}" is not a range; write "400..700 ms", "3 ± 0.2 mm", "<= 0.3 mm" or "70 ms"'
    )


def rate(text: str) -> Rate:
    """Read `6 per week` or `6 h per week`.

    Raises:
        PlanError: it is not a rate.
    """
    _readable(text, '"6 per week"')
    match = _RATE.fullmatch(str(text).strip())
    if not match:
        raise PlanError(f'"{text}" is not a rate; write "6 per week" or "6 h per week"')
    per = tuple(
        part.strip() for part in re.split(r"\band\b", match["per"]) if part.strip()
    )
    return Rate(float(match["value"]), unit(match["unit"]), per)
