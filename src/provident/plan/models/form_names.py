"""The names that a form's expressions may use, and their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from provident.expressions import (
    Expression,
    ExpressionError,
    Kind,
    NameType,
    Of,
    Record,
    Table,
    compile_expression,
)
from provident.plan.models.form_machines import derivations_of
from provident.plan.models.form_parts import (
    Answerable,
    Code,
    DerivationModel,
    GridModel,
    Id,
    ItemModel,
    MachineModel,
    TableModel,
)
from provident.plan.models.problems import Loc, Problem
from provident.plan.models.row_lists import ROW_LISTS


@dataclass(frozen=True, slots=True, kw_only=True)
class FormParts:
    """The parts of a form that refer to each other.

    `broken` are the names of parts that are there but wrong in themselves; they hold anything.
    """

    items: Mapping[Id, ItemModel]
    grids: Mapping[Id, GridModel]
    derive: Mapping[Id, DerivationModel]
    tables: Mapping[Id, TableModel]
    missing: Mapping[Code, str]
    machines: Mapping[Id, MachineModel] = field(default_factory=dict)
    study_data: tuple[Id, ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def derived(self) -> dict[Id, DerivationModel]:
        """All derivations: those that are written, and those that machines stand for."""
        return {**derivations_of(self.machines), **self.derive}


def rows_of(
    grid: GridModel, items: Mapping[Id, ItemModel] | None = None
) -> Mapping[str, str]:
    """The rows of a grid by id, with their labels; empty when the list is not known.

    Of a group that repeats these are as many as its item may say (`items` of the form).
    """
    if grid.repeat is not None:
        item = (items or {}).get(grid.repeat.count)
        most = int(item.range.high) if item and item.range else 0
        return {f"n{n}": f"{grid.repeat.label} {n}" for n in range(1, most + 1)}
    if isinstance(grid.rows, str):
        found = ROW_LISTS.get(grid.rows)
        return dict(found.rows) if found else {}
    return grid.rows or {}


def tables_of(parts: FormParts) -> dict[str, Table]:
    """The decision tables, ready for `lookup`.

    Raises:
        ExpressionError: a row has another number of cells than the table has keys.
    """
    return {
        name: Table(
            name=name,
            keys=table.key,
            rows=tuple(
                (tuple(cell.strip() for cell in cells.split(",")), value)
                for cells, value in table.rows.items()
            ),
        )
        for name, table in parts.tables.items()
    }


def kind_of(answer: Answerable) -> Kind:
    """What an answer is in an expression: a number, or a text for codes and free text."""
    if answer.type == "text":
        return Kind.TEXT
    if answer.choices and isinstance(next(iter(answer.choices)), str):
        return Kind.TEXT
    return Kind.NUMBER


def answer_names(parts: FormParts) -> dict[str, NameType]:
    """All items and grids; a grid holds its columns whole, and its rows cell by cell."""
    names: dict[str, NameType] = {
        name: Of(kind_of(item)) for name, item in parts.items.items()
    }
    for name, grid in parts.grids.items():
        names[name] = _grid_names(grid, parts.items)
    return names | dict.fromkeys(parts.broken, Record(open=True))


def _grid_names(grid: GridModel, items: Mapping[Id, ItemModel]) -> Record:
    kinds = {name: kind_of(column) for name, column in grid.columns.items()}
    kinds |= dict.fromkeys(grid.each, Kind.ANY)
    columns: dict[str, NameType] = {n: Of(k, column=True) for n, k in kinds.items()}
    row = Record({name: Of(kind) for name, kind in kinds.items()})
    rows = rows_of(grid, items)
    # Where the list of rows is not known, that is the problem, and not each name of a row.
    return Record({**columns, **dict.fromkeys(rows, row)}, open=not rows)


def row_names(parts: FormParts, grid: GridModel) -> dict[str, NameType]:
    """What a column that is computed row by row may use: the row's own cells and the items."""
    names: dict[str, NameType] = {n: Of(kind_of(i)) for n, i in parts.items.items()}
    names |= dict.fromkeys(parts.broken, Record(open=True))
    return names | {n: Of(kind_of(c)) for n, c in grid.columns.items()}


Compiled = dict[str, Expression]


def compile_derivations(
    derive: Mapping[str, DerivationModel],
    names: Mapping[str, NameType],
    tables: Mapping[str, Table],
    loc: Loc,
) -> tuple[Compiled, list[Problem]]:
    """The derivations in the order in which they depend on each other, and what is wrong.

    A derivation may use itself only through an earlier time point (`previous(...)`).
    """
    unknown = dict.fromkeys(derive, Of(Kind.ANY))
    first, problems = _compile_all(derive, {**names, **unknown}, tables, loc)
    if problems:
        return {}, problems
    uses = {
        name: {r.split(".")[0] for r in expression.references} & set(derive)
        for name, expression in first.items()
    }
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        ring = " -> ".join(reversed(error.args[1]))
        name = error.args[1][0]
        return {}, [
            Problem((*loc, name), f"these values need each other: {ring}", name)
        ]
    known: dict[str, NameType] = {**names, **unknown}
    done: Compiled = {}
    for name in order:
        one, wrong = _compile_all({name: derive[name]}, known, tables, loc)
        problems += wrong
        for key, expression in one.items():
            done[key] = expression
            known[key] = expression.kind
    return done, problems


def _compile_all(
    derive: Mapping[str, DerivationModel],
    names: Mapping[str, NameType],
    tables: Mapping[str, Table],
    loc: Loc,
) -> tuple[Compiled, list[Problem]]:
    done: Compiled = {}
    problems: list[Problem] = []
    for name, derivation in derive.items():
        try:
            done[name] = compile_expression(
                derivation.value, names=Record(names), tables=tables, result=Kind.ANY
            )
        except ExpressionError as error:
            problems.append(
                Problem((*loc, name, "value"), str(error), derivation.value)
            )
    return done, problems
