"""The annotated types of plan values: each string of a plan has one grammar, or is prose.

Prose is for people: no rule reads it and it never satisfies a check. The JSON Schema marks
it with `x-prose`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from provident.kernel import PlanError
from provident.plan import quantities as q


T = TypeVar("T")


def grammar(
    read: Callable[[Any], T],
    *,
    expected: str,
    examples: list[Any],
    kind: str | list[str] = "string",
) -> Any:
    """The pydantic annotation of a grammar: its reader, its words for an error, its schema.

    `read` raises PlanError; the error that a person sees names `expected` and keeps its place.
    """

    def validate(value: Any) -> T:
        try:
            return read(value)
        except PlanError as error:
            raise PydanticCustomError(
                "grammar",
                "{message}",
                {"message": str(error), "wanted": expected},
            ) from None

    schema = {
        "type": kind,
        "description": expected,
        "x-takes": expected,
        "examples": [str(e) if kind == "string" else e for e in examples],
    }
    return _Grammar(validate, schema)


class _Grammar:
    """What pydantic asks of a grammar: how to read, to write, and to describe it."""

    def __init__(self, validate: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.validate, self.schema = validate, schema

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Any
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: Any
    ) -> dict[str, Any]:
        return dict(self.schema)


def _dimension(unit: str) -> str:
    return q.UNITS[unit][0]


def _text(value: Any, expected: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PlanError(f"{value!r} is not {expected}")
    return str(value)


def _quantity(expected: str, *dimensions: str) -> Callable[[Any], q.Quantity]:
    def read(value: Any) -> q.Quantity:
        found = q.quantity(_text(value, expected))
        if _dimension(found.unit) not in dimensions:
            raise PlanError(f'"{value}" is not {expected}')
        return found

    return read


def _interval(expected: str, *dimensions: str) -> Callable[[Any], q.Interval]:
    def read(value: Any) -> q.Interval:
        found = q.interval(_text(value, expected))
        if _dimension(found.unit) not in dimensions:
            raise PlanError(f'"{value}" is not {expected}')
        return found

    return read


def _rate(expected: str, *dimensions: str) -> Callable[[Any], q.Rate]:
    def read(value: Any) -> q.Rate:
        found = q.rate(_text(value, expected))
        if _dimension(found.unit) not in dimensions:
            raise PlanError(f'"{value}" is not {expected}')
        return found

    return read


# -- words -------------------------------------------------------------------

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A name that other parts refer to: small letters, digits and underscores."""

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A proper name or a term that is shown as it is."""

Prose = Annotated[
    str,
    StringConstraints(min_length=1),
    Field(json_schema_extra={"x-prose": True}),
]
"""Words for people; no rule reads them."""

Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]


def _yes_no(value: Any) -> Any:
    return (
        {"yes": True, "no": False}.get(value, value)
        if isinstance(value, str)
        else value
    )


YesNo = Annotated[
    bool,
    BeforeValidator(_yes_no),
    WithJsonSchema({"enum": [True, False, "yes", "no"], "x-takes": "yes or no"}),
]

# -- quantities ---------------------------------------------------------------

_DURATION = "a duration with its unit"
Duration = Annotated[
    q.Quantity,
    grammar(
        _quantity(_DURATION, "time", "working time", "calendar"),
        expected=_DURATION,
        examples=["10 d", "3 working days", "12 weeks", "25 years"],
    ),
]
_MINUTES = "a number of minutes, or a duration with its unit"


def _read_minutes(value: Any) -> float:
    found = q.quantity(_text(value, _MINUTES))
    minutes = found.value if found.unit == "" else found.to("min")
    if minutes < 0:
        raise PlanError(f'"{value}" is below 0')
    return minutes


Minutes = Annotated[
    float,
    grammar(
        _read_minutes,
        expected=_MINUTES,
        examples=[35, "35 min"],
        kind=["number", "string"],
    ),
]
_SHARE = "a share in percent"


def _read_share(value: Any) -> q.Quantity:
    found = _quantity(_SHARE, "share")(value)
    if not 0 <= found.value <= 100:
        raise PlanError(f'"{value}" is not between 0 % and 100 %')
    return found


Share = Annotated[q.Quantity, grammar(_read_share, expected=_SHARE, examples=["4 %"])]
_SHARE_LIMIT = "a bound in percent"
ShareLimit = Annotated[
    q.Interval,
    grammar(
        _interval(_SHARE_LIMIT, "share"), expected=_SHARE_LIMIT, examples=["< 85 %"]
    ),
]
_TIME_LIMIT = "a bound on a duration"
TimeLimit = Annotated[
    q.Interval,
    grammar(
        _interval(_TIME_LIMIT, "time", "working time"),
        expected=_TIME_LIMIT,
        examples=["> 3 d"],
    ),
]
Limit = Annotated[
    q.Interval,
    grammar(
        q.interval,
        expected="a bound, a range or one quantity",
        examples=["< 85 %", "> 3 d"],
    ),
]
_WINDOW = "a range of days"


def _read_window(value: Any) -> q.Interval:
    found = _interval(_WINDOW, "time")(value)
    if found.low == float("-inf") or found.high == float("inf"):
        raise PlanError(
            f'"{value}" is open at one end; a window has two, such as "-14..0 d"'
        )
    return found


Window = Annotated[
    q.Interval, grammar(_read_window, expected=_WINDOW, examples=["77..91 d"])
]
_SLOTS = "a number per week or month"
Frequency = Annotated[
    q.Rate, grammar(_rate(_SLOTS, "number"), expected=_SLOTS, examples=["6 per week"])
]
_HOURS = "hours per week"
Hours = Annotated[
    q.Rate, grammar(_rate(_HOURS, "time"), expected=_HOURS, examples=["4 h per week"])
]
_SHARE_RATE = "a share per year"
ShareRate = Annotated[
    q.Rate,
    grammar(
        _rate(_SHARE_RATE, "share"), expected=_SHARE_RATE, examples=["8 % per year"]
    ),
]
_ACCRUAL = "a number per something"
Accrual = Annotated[
    q.Rate,
    grammar(
        _rate(_ACCRUAL, "number"),
        expected=_ACCRUAL,
        examples=["1 per month", "1.2 per site and month"],
    ),
]
_FIELD = "a field strength in tesla"
FieldStrength = Annotated[
    q.Quantity,
    grammar(_quantity(_FIELD, "magnetic field"), expected=_FIELD, examples=["3 T"]),
]
_VOLUME = "an amount of data with its unit"
DataSize = Annotated[
    q.Quantity,
    grammar(_quantity(_VOLUME, "size"), expected=_VOLUME, examples=["900 MB"]),
]
_SPEED = "a bit rate with its unit"
BitRate = Annotated[
    q.Quantity,
    grammar(_quantity(_SPEED, "bit rate"), expected=_SPEED, examples=["20 Mbit/s"]),
]

# -- dates --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or a month that stands for its first and last day."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first:%Y-%m}"


_DAY = "a date (2026-03-01) or a month (2026-03)"
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def day(value: Any) -> Day:
    """Read a date or a month.

    Raises:
        PlanError: it is neither.
    """
    if isinstance(value, Day):
        return value
    text = _text(value, _DAY)
    try:
        if match := _MONTH.fullmatch(text):
            year, month = int(match[1]), int(match[2])
            end = calendar.monthrange(year, month)[1]
            return Day(date(year, month, 1), date(year, month, end))
        exact = date.fromisoformat(text)
    except (ValueError, calendar.IllegalMonthError):
        raise PlanError(f'"{text}" is not {_DAY}') from None
    return Day(exact, exact)


DayOrMonth = Annotated[
    Day, grammar(day, expected=_DAY, examples=["2026-03-01", "2031-12"])
]
_DATE = "a date (2026-03-01)"


def _read_date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text(value, _DATE))
    except ValueError:
        raise PlanError(f'"{value}" is not {_DATE}') from None


Date = Annotated[date, grammar(_read_date, expected=_DATE, examples=["2026-03-01"])]
