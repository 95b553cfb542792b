"""A compiled form: a frozen value from which entry, checks, derivations and exports follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provident.forms.client import form_json
from provident.forms.model import Derivation, Field, Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A grid's rows, and of each column the keys of its cells in their order."""

    rows: tuple[str, ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form at one version.

    Attributes:
        missing: what each missing code means.
        items: the single questions, in order.
        derivations: computed values, in the order in which they depend on each other.
        needs: series roles (`exam.series`) without which it cannot be filled.
        study_data: ids of items, grids and derived values that are study data; empty for all.
        fields: every place for an answer by key, in the order of entry.
        keys: of each grid its rows, and the keys of its cells by column.
    """

    id: str
    version: int
    title: str
    source: str | None
    record: tuple[str, ...]
    needs: tuple[str, ...]
    missing: Mapping[str, str]
    items: tuple[Field, ...]
    grids: tuple[Grid, ...]
    derivations: tuple[Derivation, ...]
    study_data: frozenset[str]
    enter: tuple[str, ...]
    hidden_from: tuple[str, ...]
    accepted_by: tuple[str, ...]
    fields: Mapping[str, Field] = field(init=False, repr=False, compare=False)
    keys: Mapping[str, Keys] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = [*self.items, *(c for grid in self.grids for c in _cells(grid))]
        object.__setattr__(self, "fields", {f.key: f for f in every})
        object.__setattr__(self, "keys", {g.id: _keys(g) for g in self.grids})

    @property
    def key(self) -> str:
        """Its name in the plan, such as `ramris@2`."""
        return f"{self.id}@{self.version}"

    def as_client(self) -> dict[str, Any]:
        """What the browser draws, as docs/explanation/architecture.md has it."""
        return form_json(self.key, self.title, self.missing, self.items, self.grids)


def _keys(grid: Grid) -> Keys:
    rows = tuple(row.id for row in grid.rows)
    names = [str(column.column) for column in grid.columns]
    return Keys(
        rows=rows,
        columns=tuple(
            (name, tuple(grid.key(row, name) for row in rows)) for name in names
        ),
    )


def _cells(grid: Grid) -> Iterator[Field]:
    for row in grid.rows:
        for column in grid.columns:
            assert column.column is not None
            yield replace(
                column,
                key=grid.key(row.id, column.column),
                label=f"{row.label}, {column.label}",
                row=row.id,
            )
