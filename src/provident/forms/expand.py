"""What one answer to a gate question says about a whole grid."""

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


def implied_cells(form: Form, answers: Answers) -> Iterator[tuple[str, Answer]]:
    """The cells that the gate questions decide, with their values."""
    for grid in form.grids:
        value = implied_value(form, grid, answers)
        if value is None:
            continue
        for row in grid.rows:
            for column in grid.columns:
                assert column.column is not None
                yield grid.key(row.id, column.column), value


def expand(form: Form, answers: Answers) -> Expanded:
    """The answers with all implied cells filled and marked. Doing it twice changes nothing.

    Raises:
        InvalidInput: a cell holds something other than what its gate question implies
            (`check_answers` says so first, with the cell).
    """
    values: dict[str, Answer] = {k: v for k, v in answers.items() if not blank(v)}
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
