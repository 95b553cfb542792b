"""From a form file of the plan to a compiled form."""

from __future__ import annotations

from collections.abc import Mapping

from provident.expressions import Expression, NameType
from provident.forms.form import Form
from provident.forms.model import (
    Choice,
    Derivation,
    Field,
    Gate,
    Grid,
    Repeat,
    Row,
)
from provident.kernel import PlanError
from provident.plan.models.form_names import (
    FormParts,
    answer_names,
    compile_derivations,
    row_names,
    rows_of,
    tables_of,
)
from provident.plan.models.forms import (
    Answerable,
    DerivationModel,
    FormFile,
    GateModel,
    GridModel,
    RepeatModel,
)


LONGEST_TEXT = 1000


def compile_form(model: FormFile) -> Form:
    """Compile a form file that has passed its own checks.

    Raises:
        PlanError: an expression does not fit (loading the plan says so with its place).
    """
    parts = model.parts
    return Form(
        id=model.form,
        version=model.version,
        title=model.title,
        source=model.source,
        record=model.record,
        needs=model.needs,
        missing=dict(model.missing),
        items=tuple(_field(name, item.ask, item) for name, item in model.items.items()),
        grids=tuple(_grid(parts, name, grid) for name, grid in model.grids.items()),
        derivations=_compiled(parts, parts.derived, answer_names(parts)),
        study_data=frozenset(parts.study_data),
        enter=model.access.enter,
        hidden_from=model.access.hidden_from,
        accepted_by=model.accepted_by,
    )


def _field(key: str, label: str, answer: Answerable) -> Field:
    return Field(
        key=key,
        label=label,
        type=answer.type,
        choices=tuple(
            Choice(value=value, label=words)
            for value, words in (answer.choices or {}).items()
        ),
        bounds=answer.bounds,
        decimals=answer.decimals,
        at_most=(answer.at_most or LONGEST_TEXT) if answer.text else None,
        missing=answer.missing,
        measure=answer.measure,
        help=answer.help,
    )


def _grid(parts: FormParts, name: str, grid: GridModel) -> Grid:
    asked_before = _codes_before(parts, grid)
    each = _compiled(parts, grid.each, row_names(parts, grid))
    return Grid(
        id=name,
        title=grid.title or name.replace("_", " ").capitalize(),
        rows=tuple(
            Row(id=row, label=words)
            for row, words in rows_of(grid, parts.items).items()
        ),
        columns=tuple(
            _column(name, key, column.label, column, asked_before)
            for key, column in grid.columns.items()
        ),
        gate=_gate(grid.gate),
        repeat=_repeat(grid.repeat),
        each=each,
    )


def _codes_before(parts: FormParts, grid: GridModel) -> tuple[str, ...]:
    """Codes that the question before a grid can put into its cells."""
    if grid.gate:
        return parts.items[grid.gate.item].missing
    if grid.repeat:
        return (*parts.items[grid.repeat.count].missing, grid.repeat.beyond)
    return ()


def _column(
    grid: str, key: str, label: str, answer: Answerable, gate_codes: tuple[str, ...]
) -> Field:
    plain = _field(f"{grid}.{key}", label, answer)
    return Field(
        **{name: getattr(plain, name) for name in _KEPT},
        implied_missing=tuple(c for c in gate_codes if c not in plain.missing),
        grid=grid,
        column=key,
    )


_KEPT = (
    "key", "label", "type", "choices", "bounds", "decimals", "at_most",
    "missing", "measure", "help",
)  # fmt: skip


def _gate(gate: GateModel | None) -> Gate | None:
    if gate is None:
        return None
    return Gate(item=gate.item, when=gate.when, fill=gate.otherwise.fill)


def _repeat(repeat: RepeatModel | None) -> Repeat | None:
    if repeat is None:
        return None
    return Repeat(item=repeat.count, beyond=repeat.beyond)


def _compiled(
    parts: FormParts,
    derive: Mapping[str, DerivationModel],
    names: Mapping[str, NameType],
) -> tuple[Derivation, ...]:
    compiled, problems = compile_derivations(derive, names, tables_of(parts), ())
    if problems:
        raise PlanError("; ".join(problem.words for problem in problems))
    return tuple(_derivation(n, derive[n], e) for n, e in compiled.items())


def _derivation(
    name: str, model: DerivationModel, expression: Expression
) -> Derivation:
    return Derivation(
        id=name,
        label=model.label or name.replace("_", " ").capitalize(),
        expression=expression,
        unit=model.unit,
        decimals=model.decimals,
    )
