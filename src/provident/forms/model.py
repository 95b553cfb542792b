"""The parts of a compiled form: fields, items, grids, gates, derivations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provident.expressions import Expression, Kind, Of
from provident.kernel import PlanError
from provident.plan.models.form_parts import Measure as Measure
from provident.plan.quantities import Interval


Answer = int | float | str
Answers = Mapping[str, Any]
"""Answers by key (`normal`, `bones.capitate.ero`): numbers, choice codes, missing codes, texts."""

AnswerType = Literal["choice", "integer", "number", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One possible answer of a choice."""

    value: int | str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One place for an answer: an item, or one cell of a grid.

    Attributes:
        key: the name of the answer.
        label: what it is, in words; of a cell, row and column.
        missing: codes that may be given here instead of a value.
        implied_missing: codes that stand here only when the gate question has them.
        grid, row, column: where a cell stands; None for an item.
    """

    key: str
    label: str
    type: AnswerType
    choices: tuple[Choice, ...] = ()
    bounds: Interval | None = None
    decimals: int | None = None
    at_most: int | None = None
    missing: tuple[str, ...] = ()
    implied_missing: tuple[str, ...] = ()
    measure: Measure | None = None
    help: str | None = None
    grid: str | None = None
    row: str | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        if (self.type == "choice") != bool(self.choices):
            raise PlanError(f'"{self.key}": a choice has choices, and nothing else has')
        if (self.type in ("integer", "number")) != (self.bounds is not None):
            raise PlanError(f'"{self.key}": a number has a range, and nothing else has')

    @property
    def unit(self) -> str:
        """The unit of a number; empty for everything else."""
        return self.bounds.unit if self.bounds else ""

    @property
    def expected(self) -> str:
        """What may be answered, in words."""
        if self.choices:
            return " or ".join(f"{c.value} ({c.label})" for c in self.choices)
        if self.bounds:
            whole = "a whole number" if self.type == "integer" else "a number"
            return f"{whole}, {self.bounds}"
        return f"a text of at most {self.at_most} characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The question before a grid: its cells are asked only when `item` is `when`, else filled."""

    item: str
    when: int | str
    fill: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A group that repeats: `item` says how many rows there are, `beyond` stands in the others."""

    item: str
    beyond: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a grid."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A value that is computed from the answers."""

    id: str
    label: str
    expression: Expression
    unit: str = ""
    decimals: int | None = None

    @property
    def type(self) -> AnswerType:
        """The type in exports: a text or a number (a condition is exported as 1 or 0)."""
        kind = self.expression.kind
        return "text" if isinstance(kind, Of) and kind.kind is Kind.TEXT else "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows by columns. `columns` are the fields of one row, without row and key of a cell.

    `each` are columns that are computed row by row, in dependency order.
    """

    id: str
    title: str
    rows: tuple[Row, ...]
    columns: tuple[Field, ...]
    gate: Gate | None = None
    repeat: Repeat | None = None
    each: tuple[Derivation, ...] = ()

    @property
    def asked_first(self) -> str | None:
        """The item that is asked before the cells: the gate question, or how many rows there are."""
        if self.gate:
            return self.gate.item
        return self.repeat.item if self.repeat else None

    def key(self, row: str, column: str) -> str:
        """The key of one cell."""
        return f"{self.id}.{row}.{column}"
