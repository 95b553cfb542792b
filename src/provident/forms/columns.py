"""The columns that a form gives in exports, and their line in the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provident.forms.derive import NOT_EVALUABLE
from provident.forms.form import Form
from provident.forms.model import AnswerType, Choice, Derivation, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `key` as in answers, `name` as statistics programs accept it.

    `missing` are the codes that may stand in it, with their meaning.
    """

    key: str
    name: str
    label: str
    type: AnswerType
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Choice, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    derived: bool = False
    formula: str = ""
    study_data: bool = True


def columns(form: Form) -> tuple[Column, ...]:
    """All columns in the order of entry; derived ones follow."""
    return (
        *(_answered(form, field) for field in form.fields.values()),
        *_computed_cells(form),
        *(_computed(form, d, d.id, d.label, d.id) for d in form.derivations),
    )


def _answered(form: Form, field: Field) -> Column:
    codes = (*field.missing, *field.implied_missing)
    return Column(
        key=field.key,
        name=_name(field.key),
        label=field.label,
        type=field.type,
        unit=field.unit,
        low=field.bounds.low if field.bounds else None,
        high=field.bounds.high if field.bounds else None,
        choices=field.choices,
        missing=tuple((code, form.missing[code]) for code in codes),
        study_data=_is_study_data(form, field.grid or field.key),
    )


def _computed_cells(form: Form) -> Iterator[Column]:
    for grid in form.grids:
        for row in grid.rows:
            for each in grid.each:
                label = f"{row.label}, {each.label}"
                yield _computed(form, each, grid.key(row.id, each.id), label, grid.id)


def _computed(
    form: Form, derivation: Derivation, key: str, label: str, owner: str
) -> Column:
    return Column(
        key=key,
        name=_name(key),
        label=label,
        type=derivation.type,
        unit=derivation.unit,
        missing=((NOT_EVALUABLE, "Not evaluable"),),
        derived=True,
        formula=derivation.expression.text,
        study_data=_is_study_data(form, owner),
    )


def _name(key: str) -> str:
    return key.replace(".", "_")


def _is_study_data(form: Form, owner: str) -> bool:
    return not form.study_data or owner in form.study_data
