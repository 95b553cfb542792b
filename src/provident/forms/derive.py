"""Compute a form's derived values; what cannot be computed is not evaluable, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident.expressions import Missing, Value
from provident.forms.expand import expand
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


def _grid_names(
    form: Form,
    grid: Grid,
    values: Mapping[str, Answer],
    items: Names,
    computed: dict[str, Value],
) -> Names:
    rows: dict[str, Names] = {}
    for row in grid.rows:
        cells: Names = {
            str(c.column): _seen(form, values, grid.key(row.id, str(c.column)))
            for c in grid.columns
        }
        for derivation in grid.each:
            value = derivation.expression.evaluate({**items, **cells})
            cells[derivation.id] = computed[grid.key(row.id, derivation.id)] = value
        rows[row.id] = cells
    columns = [*(str(c.column) for c in grid.columns), *(d.id for d in grid.each)]
    whole: Names = {c: tuple(cells[c] for cells in rows.values()) for c in columns}
    return {**whole, **rows}


def _stored(value: Value) -> Answer:
    if isinstance(value, Missing):
        return NOT_EVALUABLE
    if isinstance(value, bool):
        return int(value)
    assert isinstance(value, int | float | str)
    return value
