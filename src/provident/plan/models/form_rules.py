"""Rules over a whole form: its parts must fit each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from provident.expressions import STANDARD, ExpressionError
from provident.plan.models.form_machines import machine_of, names_taken
from provident.plan.models.form_names import (
    FormParts as FormParts,
)
from provident.plan.models.form_names import (
    answer_names,
    compile_derivations,
    row_names,
    rows_of,
    tables_of,
)
from provident.plan.models.form_parts import (
    Answerable,
    GateModel,
    GridModel,
    ItemModel,
    RepeatModel,
)
from provident.plan.models.problems import Loc, Problem
from provident.plan.models.row_lists import ROW_LISTS
from provident.plan.nearest import did_you_mean, listed


def form_problems(parts: FormParts) -> list[Problem]:
    """All that does not fit together in a form."""
    if not parts.items and not parts.grids and not parts.broken:
        return [Problem((), "a form asks something: give items or grids")]
    return [
        *_names_twice(parts),
        *names_taken(parts.machines, _own_names(parts)),
        *_missing_codes(parts),
        *(p for name, grid in parts.grids.items() for p in _grid(parts, name, grid)),
        *_export_names(parts),
        *_study_data(parts),
        *_derivations(parts),
    ]


def _own_names(parts: FormParts) -> dict[str, object]:
    """What the form names itself, machines apart."""
    return {**parts.items, **parts.grids, **parts.derive}


def _names_twice(parts: FormParts) -> Iterator[Problem]:
    groups = {"items": parts.items, "grids": parts.grids, "derive": parts.derive}
    counts = Counter(name for group in groups.values() for name in group)
    for key, group in groups.items():
        for name in group:
            if counts[name] > 1:
                yield Problem(
                    (key, name),
                    f'"{name}" is used twice; items, grids and derived values share one set of names',
                    name,
                )
            if name in STANDARD:
                yield Problem(
                    (key, name), f'"{name}" is a function; choose another id', name
                )


def _answerables(parts: FormParts) -> Iterator[tuple[Loc, Answerable]]:
    for name, item in parts.items.items():
        yield ("items", name), item
    for grid_name, grid in parts.grids.items():
        for name, column in grid.columns.items():
            yield ("grids", grid_name, "columns", name), column


def _missing_codes(parts: FormParts) -> Iterator[Problem]:
    for loc, answer in _answerables(parts):
        for index, code in enumerate(answer.missing):
            if code not in parts.missing:
                yield Problem(
                    (*loc, "missing", index),
                    f'"{code}" is not among the missing codes of the form'
                    f"{did_you_mean(code, parts.missing)} (known: {listed(parts.missing)})",
                    code,
                )


def _grid(parts: FormParts, name: str, grid: GridModel) -> Iterator[Problem]:
    loc: Loc = ("grids", name)
    if isinstance(grid.rows, str) and grid.rows not in ROW_LISTS:
        yield Problem(
            (*loc, "rows"),
            f'no list of rows is called "{grid.rows}"{did_you_mean(grid.rows, ROW_LISTS)} '
            f"(shipped: {listed(ROW_LISTS)}); or give the rows here",
            grid.rows,
        )
    elif grid.repeat:
        yield from _repeat(parts, grid, grid.repeat, (*loc, "repeat"))
    elif not rows_of(grid):
        yield Problem((*loc, "rows"), "a grid needs at least one row")
    columns = [*grid.columns, *grid.each]
    for column in columns:
        if column in rows_of(grid, parts.items) or columns.count(column) > 1:
            yield Problem(
                (*loc, "columns", column),
                f'"{column}" is both a column and something else of this grid',
                column,
            )
    if grid.gate:
        yield from _gate(parts, grid, grid.gate, (*loc, "gate"))


_MOST_ROWS = 100


def _repeat(
    parts: FormParts, grid: GridModel, repeat: RepeatModel, loc: Loc
) -> Iterator[Problem]:
    item = parts.items.get(repeat.count)
    if item is None and repeat.count not in parts.broken:
        yield Problem(
            (*loc, "count"),
            f'the form has no item "{repeat.count}"{did_you_mean(repeat.count, parts.items)}',
            repeat.count,
        )
    elif item is not None and not _counts(item):
        yield Problem(
            (*loc, "count"),
            f'"{repeat.count}" must be a range of whole numbers from 0 to {_MOST_ROWS} at most, such as 0..10',
            repeat.count,
        )
    if repeat.beyond not in parts.missing:
        yield Problem(
            (*loc, "beyond"),
            f'"{repeat.beyond}" is not among the missing codes of the form'
            f"{did_you_mean(repeat.beyond, parts.missing)} (known: {listed(parts.missing)})",
            repeat.beyond,
        )
    for name, column in grid.columns.items():
        if repeat.beyond in column.missing:
            yield Problem(
                ("grids", *loc[1:2], "columns", name, "missing"),
                f'"{repeat.beyond}" stands for rows that there are not, and cannot be given in a row that there is',
                repeat.beyond,
            )


def _counts(item: ItemModel) -> bool:
    span = item.range
    return span is not None and span.low == 0 and 1 <= span.high <= _MOST_ROWS


def _gate(
    parts: FormParts, grid: GridModel, gate: GateModel, loc: Loc
) -> Iterator[Problem]:
    item = parts.items.get(gate.item)
    if item is None and gate.item in parts.broken:
        pass
    elif item is None:
        yield Problem(
            (*loc, "item"),
            f'the form has no item "{gate.item}"{did_you_mean(gate.item, parts.items)}',
            gate.item,
        )
    elif not _possible(item, gate.when):
        yield Problem(
            (*loc, "when"),
            f'"{gate.item}" can never be {gate.when!r}, so the grid would never be asked',
            gate.when,
        )
    fill = gate.otherwise.fill
    for name, column in grid.columns.items():
        if not _possible(column, fill):
            yield Problem(
                (*loc, "otherwise", "fill"),
                f'{fill!r} is no possible answer of column "{name}"',
                fill,
            )


def _possible(answer: Answerable, value: int | str) -> bool:
    if answer.choices:
        return value in answer.choices
    bounds = answer.bounds
    if bounds is None or isinstance(value, str):
        return False
    return bounds.contains(value, bounds.unit)


def _export_names(parts: FormParts) -> Iterator[Problem]:
    """Two columns of an export must not share a name once dots have become underscores."""
    seen: dict[str, str] = {name: name for name in (*parts.items, *parts.derived)}
    for name, grid in parts.grids.items():
        for row in rows_of(grid, parts.items):
            for column in (*grid.columns, *grid.each):
                key = f"{name}.{row}.{column}"
                flat = key.replace(".", "_")
                if flat in seen:
                    yield Problem(
                        ("grids", name),
                        f'"{key}" and "{seen[flat]}" would both be exported as {flat}',
                        name,
                    )
                seen[flat] = key


def _study_data(parts: FormParts) -> Iterator[Problem]:
    known = [*parts.items, *parts.grids, *parts.derived, *parts.broken]
    for index, name in enumerate(parts.study_data):
        if name not in known:
            yield Problem(
                ("study_data", index),
                f'"{name}" is no item, grid or derived value{did_you_mean(name, known)}',
                name,
            )


def _derivations(parts: FormParts) -> list[Problem]:
    try:
        tables = tables_of(parts)
    except ExpressionError as error:
        return [Problem(("tables",), str(error))]
    problems: list[Problem] = []
    for name, grid in parts.grids.items():
        problems += compile_derivations(
            grid.each, row_names(parts, grid), tables, ("grids", name, "each")
        )[1]
    found = compile_derivations(parts.derived, answer_names(parts), tables, ("derive",))
    return problems + [_in_machine(parts, problem) for problem in found[1]]


def _in_machine(parts: FormParts, problem: Problem) -> Problem:
    """A problem of a value that a machine gives stands at the machine, which is what was written."""
    machine = machine_of(parts.machines, str(problem.loc[1]))
    if machine is None:
        return problem
    words = f'in the machine "{machine}": {problem.words}'
    return Problem(("machines", machine, "rules"), words, problem.found)
