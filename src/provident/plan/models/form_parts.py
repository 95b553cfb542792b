"""The parts of a form file: items, grids, gates, derivations."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from provident.expressions import WORDS
from provident.kernel import PlanError
from provident.plan.base import PlanModel
from provident.plan.quantities import UNITS, Interval, interval
from provident.plan.words import Name, Prose, grammar


# What pandas, R, Stata or SPSS read as an empty cell, or as a number or a truth value.
_READ_AS_SOMETHING_ELSE = frozenset(
    {"na", "n/a", "#na", "#n/a", "nan", "-nan", "none", "null", "nil", "empty", "blank"}
    | {"missing", "inf", "-inf", "true", "false", "t", "f", ".", ".a"}
)
_ID = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,11}")
RESERVED = frozenset({"missing", "a", "b", "limits", "lookup", *WORDS})

AnswerType = Literal["choice", "integer", "number", "text"]
Measure = Literal[
    "length", "long_axis", "short_axis", "angle", "area", "mean", "sd", "min", "max",
    "suv_mean", "suv_max", "adc", "count",
]  # fmt: skip
# The dimensions of unit that an answer filled by a measurement may have; any for what is not named.
_DIMENSIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("length", "long_axis", "short_axis"), ("length", "number")),
    "angle": ("angle", "number"),
    "area": ("area", "number"),
    **dict.fromkeys(("suv_mean", "suv_max"), ("standardised uptake", "number")),
    "adc": ("diffusivity",),
    "count": ("number",),
}


def check_id(text: Any) -> str:
    """An id that can be used in expressions, file names and column names.

    Raises:
        ValueError: it cannot.
    """
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError(
            f'"{text}" is no id: use small letters, digits and _, beginning with a letter'
        )
    if text in RESERVED:
        raise ValueError(f'"{text}" has a meaning of its own; choose another id')
    if len(text) > 32:
        # SPSS and Stata cut or refuse longer variable names.
        raise ValueError(f'"{text}" is longer than 32 characters')
    return text


def check_code(code: Any) -> str:
    """A code that every statistics program reads back as itself.

    Raises:
        ValueError: a program would read it as empty, as a number or as a truth value.
    """
    if code is None or str(code).strip().lower() in _READ_AS_SOMETHING_ELSE | {""}:
        shown = "an empty code" if code in (None, "") else f'the code "{code}"'
        raise ValueError(
            f"{shown} is read as an empty cell or a truth value by statistics programs; "
            'choose another, such as "nv" or "nd"'
        )
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValueError(
            f'"{code}" is no code: a letter, then up to 11 letters, digits or _ '
            "(a number would be taken for a score)"
        )
    return code


def _check_choice(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        raise ValueError(
            f'the choice "{value}" is no whole number and no code; put it in quotes'
        )
    return value if isinstance(value, int) else check_code(value)


Id = Annotated[
    str,
    BeforeValidator(check_id),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$", "maxLength": 32}),
]
Code = Annotated[
    str,
    BeforeValidator(check_code),
    WithJsonSchema({"type": "string", "pattern": f"^{_CODE.pattern}$"}),
]
ChoiceValue = Annotated[int | str, BeforeValidator(_check_choice)]
_SCORES = "a range of whole numbers, such as 0..10"
_NUMBERS = "a range of numbers with their unit, such as 0..300 mm"


def _score_range(value: Any) -> Interval:
    span = interval(value if isinstance(value, int | float) else str(value))
    # An infinite end is no integer either: a score has both ends.
    whole = all(float(end).is_integer() for end in (span.low, span.high))
    closed = span.low_included and span.high_included
    if span.unit or not whole or not closed:
        raise PlanError(
            f'"{value}" is not {_SCORES}; for other numbers write number: 0..300 mm'
        )
    return span


def _number_range(value: Any) -> Interval:
    return interval(value if isinstance(value, int | float) else str(value))


ScoreRange = Annotated[
    Interval, grammar(_score_range, expected=_SCORES, examples=["0..10"])
]
NumberRange = Annotated[
    Interval, grammar(_number_range, expected=_NUMBERS, examples=["0..300 mm"])
]


class Answerable(PlanModel):
    """What may be answered: exactly one of choices, range, number or text."""

    choices: dict[ChoiceValue, Name] | None = Field(
        default=None, description="The value that is stored, and its label."
    )
    range: ScoreRange | None = Field(
        default=None, description="Whole numbers, such as 0..10."
    )
    number: NumberRange | None = Field(
        default=None, description="Numbers with their unit, such as 0..300 mm."
    )
    text: Literal[True] | None = Field(
        default=None, description="Free text; needs why, and is never analysed."
    )
    decimals: int | None = Field(
        default=None, ge=0, le=6, description="Decimals that are shown and typed."
    )
    at_most: int | None = Field(
        default=None, ge=1, le=10000, description="Characters of a free text."
    )
    why: Prose | None = Field(
        default=None, description="Why a free text is needed (prose)"
    )
    missing: tuple[Code, ...] = Field(
        default=(), description="Codes of the form that may stand here."
    )
    measure: Measure | None = Field(
        default=None,
        description="A measurement on the image fills it: a length or an angle, the two axes of a lesion, area or statistics of the pixels in a region, body-weight SUV, ADC (its number in mm2/s, um2/ms or um2/s), or the points that were set.",
    )
    help: Prose | None = Field(default=None, description="Shown beside it (prose)")

    @model_validator(mode="after")
    def _one_kind(self) -> Answerable:
        given = [
            k
            for k in ("choices", "range", "number", "text")
            if getattr(self, k) is not None
        ]
        if len(given) != 1:
            raise ValueError(
                "give exactly one of choices, range (whole numbers), number (with unit) or text"
                + (f"; here are {' and '.join(given)}" if given else "")
            )
        self._check_kind()
        return self

    def _check_kind(self) -> None:
        if self.text and not self.why:
            raise ValueError(
                "a free text cannot be analysed; say with why: what it is for, "
                "or use choices"
            )
        if (self.why or self.at_most) and not self.text:
            raise ValueError("why and at_most belong to a text")
        if self.decimals is not None and not self.number:
            raise ValueError("decimals belong to a number")
        self._check_measure()
        if self.choices and len({type(v) for v in self.choices}) > 1:
            raise ValueError("choices are all whole numbers or all codes, not mixed")
        if both := {str(c) for c in self.choices or ()} & set(self.missing):
            raise ValueError(f'"{both.pop()}" is both a choice and a missing code')

    def _check_measure(self) -> None:
        if not self.measure:
            return
        if self.bounds is None:
            raise ValueError("a measurement fills a number or a range only")
        fitting = _DIMENSIONS.get(self.measure)
        if fitting and UNITS[self.bounds.unit][0] not in fitting:
            units = [u or "no unit" for u, (of, _) in UNITS.items() if of in fitting]
            raise ValueError(
                f"what {self.measure} gives is in {' or '.join(units)}, "
                f"not in {self.bounds.unit or 'a number without a unit'}"
            )

    @property
    def type(self) -> AnswerType:
        """The type as the browser and the codebook name it."""
        if self.choices:
            return "choice"
        if self.text:
            return "text"
        return "integer" if self.range else "number"

    @property
    def bounds(self) -> Interval | None:
        """The allowed numbers and their unit; None for choices and texts."""
        return self.range or self.number


class ItemModel(Answerable):
    """One question."""

    ask: Name = Field(description="The question.")


class ColumnModel(Answerable):
    """One column of a grid."""

    label: Name = Field(description="The column's heading.")


class Otherwise(PlanModel):
    """What is stored in every cell when the gate says that nobody needs to look."""

    fill: ChoiceValue = Field(description="What every cell then holds.")
    mark: Literal["implied"] = Field(
        default="implied",
        description="Filled cells are marked as implied, never as seen.",
    )


class GateModel(PlanModel):
    """The question before a grid: the cells are asked only when its answer is `when`."""

    item: Id = Field(description="The item that is asked first.")
    when: ChoiceValue = Field(
        description="The answer with which the cells are asked for."
    )
    otherwise: Otherwise = Field(
        description="What is stored with any other answer; a missing code is copied."
    )


def _rows(value: Any) -> Any:
    """A list of ids is short for a mapping whose labels are the ids."""
    if not isinstance(value, list | tuple):
        return value
    rows = [str(row) for row in value]
    if twice := {row for row in rows if rows.count(row) > 1}:
        raise ValueError(f'row "{min(twice)}" is named twice')
    return {row: row.replace("_", " ") for row in rows}


def _short_derivation(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value


class DerivationModel(PlanModel):
    """A value that is computed, never typed."""

    value: Annotated[str, Field(min_length=1, description="an expression")]
    if_missing: Literal["not evaluable"] = Field(
        default="not evaluable",
        description="What the value is when something it needs is missing.",
    )
    label: Name | None = Field(default=None, description="How people call it.")
    unit: str = Field(default="", description="Its unit, for the codebook.")
    decimals: int | None = Field(
        default=None,
        ge=0,
        le=6,
        description="Decimals that are shown; the stored value is not rounded.",
    )


Derivation = Annotated[
    DerivationModel,
    BeforeValidator(_short_derivation, json_schema_input_type=str | DerivationModel),
]
Derive = dict[Id, Derivation]


class RepeatModel(PlanModel):
    """As many rows as there are things, such as lesions: an item says how many, the rest is not asked."""

    count: Id = Field(
        description="The item, a range of whole numbers from 0, that says how many."
    )
    label: Name = Field(
        description="How a row is called; its number follows: Lesion 1, Lesion 2."
    )
    beyond: Code = Field(
        description="The missing code that stands in rows beyond the count, marked as implied."
    )


class GridModel(PlanModel):
    """Rows by columns, behind a gate question where there is one."""

    title: Name | None = Field(default=None, description="The grid's heading.")
    gate: GateModel | None = Field(
        default=None, description="The question before the grid."
    )
    rows: Id | Annotated[dict[Id, Name], BeforeValidator(_rows)] | None = Field(
        default=None, description="A shipped list by its id, or own rows."
    )
    repeat: RepeatModel | None = Field(
        default=None, description="Or a group that repeats as often as an item says."
    )
    columns: dict[Id, ColumnModel] = Field(
        min_length=1, description="What is asked of each row."
    )
    each: Derive = Field(
        default={}, description="Columns that are computed row by row."
    )

    @model_validator(mode="after")
    def _one_kind_of_rows(self) -> GridModel:
        if (self.rows is None) == (self.repeat is None):
            raise ValueError(
                "give rows, or repeat: for a group that an item counts, and not both"
            )
        if self.repeat and self.gate:
            raise ValueError(
                "a group that repeats has no gate: its count is asked first, and 0 closes it"
            )
        return self


class MachineRule(PlanModel):
    """One rule of a state machine."""

    from_: tuple[Code, ...] = Field(
        alias="from", default=(), description="The states it leaves; any when left out."
    )
    when: Annotated[str, Field(min_length=1)] = Field(
        default="", description="The condition, an expression; always when left out."
    )
    to: Code | None = Field(
        default=None, description="The state that follows; the same when left out."
    )
    emit: str = Field(
        default="",
        description="What is given, an expression; the new state when left out.",
    )


class MachineModel(PlanModel):
    """A state that goes on from time point to time point: the first rule that holds decides.

    At a time point whose conditions cannot be told the state is not evaluable, and the next
    one goes on from the last that was.
    """

    start: Code = Field(description="The state before the first time point.")
    gives: Id | None = Field(
        default=None, description="The derived value that holds what the rules emit."
    )
    rules: tuple[MachineRule, ...] = Field(
        min_length=1,
        description="In their order; without one that holds the state stays.",
    )


class TableModel(PlanModel):
    """A decision table: cells joined by commas, * for anything, the first row that fits wins."""

    key: tuple[Id, ...] = Field(
        min_length=1, description="What the cells of a row stand for."
    )
    rows: dict[str, int | float | str] = Field(
        min_length=1,
        description="Cells joined by commas, * for anything, and the value; the first row that fits wins.",
    )


class ViewsModel(PlanModel):
    """What the series of one exam must show together, so that the form can be filled."""

    planes: tuple[Literal["axial", "coronal", "sagittal"], ...] = Field(
        default=(), description="Planes in which the score is given."
    )
    regions: tuple[Id, ...] = Field(
        default=(),
        description="Parts of the body that are scored, by the names that the manual uses.",
    )

    @model_validator(mode="after")
    def _asks_something(self) -> ViewsModel:
        if not self.planes and not self.regions:
            raise ValueError("views name planes or regions; this one names neither")
        return self


class AccessModel(PlanModel):
    """Which roles fill the form in, and which never see it."""

    enter: tuple[Id, ...] = Field(default=(), description="Roles that fill it in.")
    hidden_from: tuple[Id, ...] = Field(
        default=(), description="Roles that never see it."
    )
