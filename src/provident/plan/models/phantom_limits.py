"""What a phantom must show: limits by field strength, read once.

">= 87.5 % at 1.5 T, >= 82 % at 3 T"    one for each field strength
<= 2.5 %                                one for all
± 2 mm                                  a deviation either way
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from provident.kernel import PlanError
from provident.plan.quantities import Interval, interval, quantity
from provident.plan.words import grammar


NEAR = 0.05  # a 3 T magnet has 2.89 T
_EITHER_WAY = re.compile(r"(?:±|\+-|\+/-)\s*(?P<by>.+)")


@dataclass(frozen=True, slots=True)
class Case:
    """A limit, and the field strength in tesla that it is for; None for all."""

    within: Interval
    field: float | None = None

    def fits(self, field: float | None) -> bool:
        """Whether a scanner of this field strength is meant (within 5 %)."""
        if self.field is None:
            return True
        return field is not None and abs(field - self.field) <= NEAR * self.field


@dataclass(frozen=True, slots=True)
class PhantomLimit:
    """The limits of one measure."""

    cases: tuple[Case, ...]
    text: str

    def at(self, field: float | None) -> Interval | None:
        """The limit for a field strength in tesla; None when none is stated for it."""
        exact = [c for c in self.cases if c.field is not None and c.fits(field)]
        general = [c for c in self.cases if c.field is None]
        return next((c.within for c in (*exact, *general)), None)

    def __str__(self) -> str:
        return self.text


def phantom_limit(value: Any) -> PhantomLimit:
    """Read the limits of one measure.

    Raises:
        PlanError: a part is not a limit, or two parts are for the same field strength.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PlanError(f"{value!r} is not a limit")
    text = str(value).strip()
    cases = tuple(_case(part) for part in text.split(","))
    fields = [case.field for case in cases]
    if len(set(fields)) < len(fields):
        raise PlanError(f'"{text}" has two limits for one field strength')
    if len({case.within.unit for case in cases}) > 1:
        raise PlanError(f'"{text}" has limits in different units')
    return PhantomLimit(cases=cases, text=text)


def _case(part: str) -> Case:
    limit, at, where = part.strip().partition(" at ")
    field = None
    if at:
        strength = quantity(where)
        if strength.unit not in ("T", "mT") or strength.value <= 0:
            raise PlanError(f'"{where}" is not a field strength, such as 3 T')
        field = strength.to("T")
    if match := _EITHER_WAY.fullmatch(limit.strip()):
        by = quantity(match["by"])
        within = Interval(-abs(by.value), abs(by.value), by.unit, text=limit.strip())
    else:
        within = interval(limit)
    return Case(within=within, field=field)


AcceptedWithin = Annotated[
    PhantomLimit,
    grammar(
        phantom_limit,
        expected="a limit, by field strength if need be",
        examples=["<= 2.5 %", ">= 87.5 % at 1.5 T, >= 82 % at 3 T", "± 2 mm"],
        kind=["string", "number"],
    ),
]
