"""Compute a form's derived values; what cannot be computed is not evaluable, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident.expressions import Missing, Value
from provident.forms.expand import expand, rows_there
from provident.forms.form import Form
from provident.forms.model import Answer, Answers, Grid


NOT_EVALUABLE = "not evaluable"

Names = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One time point: answers with what they imply, derived values, and names for expressions.

    Attributes:
        answers: typed and implied answers by key.
        implied: the keys that nobody typed.
        derived: computed values by id (cells of computed columns by key), or `not evaluable`.
        reasons: why, for each value that is not evaluable.
        names: what expressions see (grids as columns and rows, missing values with their reason).
    """

    answers: Mapping[str, Answer]
    implied: frozenset[str]
    derived: Mapping[str, Answer]
    reasons: Mapping[str, str]
    names: Mapping[str, Any]


def derive(
    form: Form, answers: Answers, history: Sequence[Answers | None] = ()
) -> dict[str, Answer]:
    """The derived values of one time point.

    `history` holds the answers of the earlier time points, the first being the baseline;
    None stands for one without answers.

    Raises:
        InvalidInput: a cell contradicts its gate question.
    """
    last = evaluate_series(form, [*history, answers])[-1]
    assert last is not None
    return dict(last.derived)


def evaluate_series(
    form: Form, points: Sequence[Answers | None]
) -> list[Evaluated | None]:
    """Evaluate the time points of one participant and reader in order, the baseline first.

    Raises:
        InvalidInput: a cell contradicts its gate question.
    """
    done: list[Evaluated | None] = []
    history: list[Mapping[str, Any] | None] = []
    for answers in points:
        evaluated = None if answers is None else _evaluate(form, answers, history)
        done.append(evaluated)
        history.append(evaluated.names if evaluated else None)
    return done


def _evaluate(
    form: Form, answers: Answers, history: Sequence[Mapping[str, Any] | None]
) -> Evaluated:
    expanded = expand(form, answers)
    names: Names = {f.key: _seen(form, expanded.values, f.key) for f in form.items}
    computed: dict[str, Value] = {}
    for grid in form.grids:
        names[grid.id] = _grid_names(form, grid, expanded.values, names, computed)
    for derivation in form.derivations:
        value = derivation.expression.evaluate(names, history)
        names[derivation.id] = computed[derivation.id] = value
    return Evaluated(
        answers=expanded.values,
        implied=expanded.implied,
        derived={name: _stored(value) for name, value in computed.items()},
        reasons={n: v.reason for n, v in computed.items() if isinstance(v, Missing)},
        names=names,
    )


def _seen(form: Form, values: Mapping[str, Answer], key: str) -> Answer | Missing:
    """An answer as expressions see it: a missing code becomes a missing value."""
    field = form.fields[key]
    value = values.get(key)
    if value is None:
        return Missing(f"{field.label}: no answer")
    if value in field.missing or value in field.implied_missing:
        return Missing(f"{field.label}: {form.missing[str(value)]}")
    return value


class _Cells(Mapping[str, Any]):
    """A grid's columns, and its rows made when an expression asks for one."""

    def __init__(self, columns: Mapping[str, tuple[Any, ...]], rows: Sequence[str]):
        self.columns, self.rows = columns, rows

    def __getitem__(self, name: str) -> Any:
        if name in self.columns:
            return self.columns[name]
        try:
            at = self.rows.index(name)
        except ValueError:
            raise KeyError(name) from None
        return {column: cells[at] for column, cells in self.columns.items()}

    def __iter__(self) -> Iterator[str]:
        return iter((*self.columns, *self.rows))

    def __len__(self) -> int:
        return len(self.columns) + len(self.rows)


def _grid_names(
    form: Form,
    grid: Grid,
    values: Mapping[str, Answer],
    items: Names,
    computed: dict[str, Value],
) -> Mapping[str, Any]:
    keys, get = form.keys[grid.id], values.get
    # A group that repeats has the rows that were counted, and no others.
    there = rows_there(form, grid, values)
    # A number stands for itself: only texts and gaps can be codes.
    whole: dict[str, tuple[Any, ...]] = {
        column: tuple(
            [
                v
                if (v := get(key)) is not None and type(v) is not str
                else _seen(form, values, key)
                for key in cells[:there]
            ]
        )
        for column, cells in keys.columns
    }
    for derivation in grid.each:
        run, found, names = derivation.expression.evaluate, [], dict(items)
        for at, row in enumerate(keys.rows[:there]):
            for column, cells in whole.items():
                names[column] = cells[at]
            value = run(names)
            computed[grid.key(row, derivation.id)] = value
            found.append(value)
        whole[derivation.id] = tuple(found)
    return _Cells(whole, keys.rows[:there])


def _stored(value: Value) -> Answer:
    if isinstance(value, Missing):
        return NOT_EVALUABLE
    if isinstance(value, bool):
        return int(value)
    assert isinstance(value, int | float | str)
    return value
