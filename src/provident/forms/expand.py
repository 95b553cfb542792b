"""What one answer says about a whole grid: a gate question, or how often a group repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provident.forms.fit import misfit
from provident.forms.form import Form
from provident.forms.model import Answer, Answers, Grid
from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """All answers, those that nobody typed marked as implied."""

    values: dict[str, Answer]
    implied: frozenset[str]


def blank(value: object) -> bool:
    """Whether nothing was answered."""
    return value is None or value == ""


def implied_value(form: Form, grid: Grid, answers: Answers) -> Answer | None:
    """What the gate says that every cell holds; None when the cells are asked for.

    A gate question with a missing code copies its code: nobody looked, so 0 would be false.
    """
    if grid.gate is None:
        return None
    said, question = answers.get(grid.gate.item), form.fields[grid.gate.item]
    if blank(said) or misfit(form.missing, question, said) or said == grid.gate.when:
        return None  # a wrong answer decides nothing either
    return str(said) if said in question.missing else grid.gate.fill


def rows_there(form: Form, grid: Grid, answers: Answers) -> int | None:
    """How many rows a group that repeats has; None for other grids, and while nobody has said."""
    if grid.repeat is None:
        return None
    said, question = answers.get(grid.repeat.item), form.fields[grid.repeat.item]
    if blank(said) or misfit(form.missing, question, said) or isinstance(said, str):
        return None
    assert isinstance(said, int)
    return said


def _beyond(form: Form, grid: Grid, answers: Answers) -> tuple[int, Answer] | None:
    """From which row on a group that repeats is filled, and with what."""
    assert grid.repeat is not None
    said, question = answers.get(grid.repeat.item), form.fields[grid.repeat.item]
    if isinstance(said, str) and said in question.missing:
        return 0, said  # nobody could count: no row is known
    there = rows_there(form, grid, answers)
    return None if there is None else (there, grid.repeat.beyond)


def implied_cells(form: Form, answers: Answers) -> Iterator[tuple[str, Answer]]:
    """The cells that gate questions and counts decide, with their values."""
    for grid in form.grids:
        first = 0
        if grid.repeat is not None:
            filled = _beyond(form, grid, answers)
            if filled is None:
                continue
            first, value = filled
        else:
            gate = implied_value(form, grid, answers)
            if gate is None:
                continue
            value = gate
        for row in grid.rows[first:]:
            for column in grid.columns:
                assert column.column is not None
                yield grid.key(row.id, column.column), value


def expand(form: Form, answers: Answers) -> Expanded:
    """The answers with all implied cells filled and marked. Doing it twice changes nothing.

    Raises:
        InvalidInput: a cell holds something other than what its gate question implies
            (`check_answers` says so first, with the cell).
    """
    values: dict[str, Answer] = {
        k: v for k, v in answers.items() if v is not None and v != ""
    }
    implied: set[str] = set()
    for key, value in implied_cells(form, answers):
        if values.get(key, value) != value:
            raise InvalidInput(
                f'"{form.fields[key].label}" contradicts the question before its grid; '
                "check the answers before they are stored"
            )
        values[key] = value
        implied.add(key)
    return Expanded(values=values, implied=frozenset(implied))
