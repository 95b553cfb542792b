"""The readings of a report: first reads as a table, repeats apart, and what was compared in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from provident.statistics.figures import Table
from provident.statistics.readings import Reading, Readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions:
    """The first reading of each case by each reader and modality, and later ones in pairs with it."""

    first: Readings
    again: tuple[tuple[Reading, Reading], ...]


def occasions(rows: Readings) -> Occasions:
    """A row that comes again is a repeat; only the first can be compared with others."""
    seen: dict[tuple[str, str, str], Reading] = {}
    first: list[Reading] = []
    again: list[tuple[Reading, Reading]] = []
    for row in rows.rows:
        key = (row.case, row.reader, row.modality)
        if key in seen:
            again.append((seen[key], row))
        else:
            seen[key] = row
            first.append(row)
    return Occasions(first=replace(rows, rows=tuple(first)), again=tuple(again))


def counted(rows: Readings, by: Callable[[Reading], str], what: str) -> Table:
    """How many cases each column has, and how many blanks."""
    cases: dict[str, set[str]] = {}
    blanks: dict[str, int] = {}
    for row in rows.rows:
        name = by(row)
        cases.setdefault(name, set()).add(row.case)
        blanks[name] = blanks.get(name, 0) + (row.score is None)
    return Table(
        caption="What was compared",
        columns=(what, "cases", "without a score"),
        rows=tuple((name, len(ids), blanks[name]) for name, ids in cases.items()),
    )
