"""The exposure of an ionising exam: its approval, its people and its constraints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.nearest import did_you_mean
from provident.plan.quantities import Interval, convert, interval
from provident.plan.words import Count, Name, Prose, Share, grammar


# name -> unit in which it is kept
DOSES = {
    "DAP": "Gy.cm2",
    "DLP": "mGy.cm",
    "CTDIvol": "mGy",
    "AGD": "mGy",
    "activity": "MBq",
    "E": "mSv",
}
_LIMIT = re.compile(r"(?P<name>[A-Za-z]+)\s*(?P<bound>(?:<=|<|≤).+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimit:
    """An upper limit of one dose quantity: DAP, DLP, CTDIvol, AGD, activity or effective dose E."""

    name: str
    limit: Interval
    text: str


def dose_limit(value: Any) -> DoseLimit:
    """Read `DAP <= 0.05 Gy.cm2`.

    Raises:
        PlanError: it is not a dose, an upper bound and a fitting unit.
    """
    text = value.strip() if isinstance(value, str) else ""
    match = _LIMIT.fullmatch(text)
    if not match:
        raise PlanError(f'{value!r} is not a dose limit, such as "DAP <= 0.05 Gy.cm2"')
    name = match["name"]
    if name not in DOSES:
        raise PlanError(
            f'unknown dose "{name}"{did_you_mean(name, DOSES)}; {", ".join(DOSES)}'
        )
    limit = interval(match["bound"])
    if convert(limit.high, limit.unit, DOSES[name]) <= 0:
        raise PlanError(f'"{text}" is not above 0')
    return DoseLimit(name=name, limit=limit, text=text)


Dose = Annotated[
    DoseLimit,
    grammar(
        dose_limit,
        expected="a dose and its upper limit",
        examples=["DAP <= 0.05 Gy.cm2", "DLP <= 660 mGy.cm", "E <= 0.2 mSv"],
    ),
]


class DoseConstraint(PlanModel):
    """What one exam and one participant may receive for the study, and how often an exam may be repeated."""

    exam: Dose | None = None
    participant: Dose | None = None
    repeats: Count = 0


class Exposure(PlanModel):
    """Why and how far a participant is exposed to ionising radiation."""

    kind: Literal["research", "routine"]
    approval: Prose | None = None
    justified_by: Name | None = None
    expert: Prose | None = None
    constraint: DoseConstraint | None = None
    expected: Dose | None = None
    k_factors: Name | None = None
    warn_at: Share | None = None
    why: Prose | None = None
