"""Heat maps: agreement of every pair of readers, and the cross table of two readers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from provident.kernel import InvalidInput
from provident.statistics.figures.figure import Figure
from provident.statistics.figures.marks import INK, Box, Mark, Words
from provident.statistics.figures.table import Table, shown
from provident.statistics.values import Floats


_WHITE, _FULL = (255, 255, 255), (11, 88, 84)
_LONGEST = 14


def agreement_figure(
    matrix: Floats,
    readers: Sequence[Any],
    *,
    statistic: str,
    title: str = "Agreement of each pair of readers",
) -> Figure:
    """A square of readers by readers, NaN where there is nothing; the scale is 0 to 1."""
    names = [str(one) for one in readers]
    if matrix.shape != (len(names), len(names)) or len(names) < 2:
        raise InvalidInput("The matrix of pairs is readers by readers, 2 at least.")
    pairs = [
        (matrix[i, j], names[i], names[j])
        for i in range(len(names))
        for j in range(i)
        if math.isfinite(matrix[i, j])
    ]
    said = "There is no pair."
    if pairs:
        low, high = min(pairs), max(pairs)
        said = (
            f"{statistic} of pairs of readers runs from {shown(float(low[0]))} ({low[1]} and {low[2]}) "
            f"to {shown(float(high[0]))} ({high[1]} and {high[2]})."
        )
    rows = tuple(
        (names[i], names[j], float(matrix[i, j]))
        for i in range(len(names))
        for j in range(i)
    )
    return _heat(
        name="agreement",
        title=title,
        said=said,
        rows=names,
        columns=names,
        values=matrix,
        top=1.0,
        labels=("", ""),
        table=Table(
            caption=title, columns=("reader", "other reader", statistic), rows=rows
        ),
        decimals=True,
    )


def cross_table_figure(
    counts: Floats,
    categories: Sequence[Any],
    *,
    names: tuple[str, str],
    title: str = "",
) -> Figure:
    """How often one reader said this (rows) where the other said that (columns)."""
    scale = [str(one) for one in categories]
    if counts.shape != (len(scale), len(scale)):
        raise InvalidInput("The cross table is categories by categories.")
    total, same = float(counts.sum()), float(counts.trace())
    return _heat(
        name="cross-table",
        title=title or f"{names[0]} against {names[1]}",
        said=f"{names[0]} and {names[1]} gave the same category in {same:g} of {total:g} cases.",
        rows=scale,
        columns=scale,
        values=counts,
        top=max(float(counts.max()), 1.0),
        labels=names,
        table=Table(
            caption=f"Cases by category: rows {names[0]}, columns {names[1]}",
            columns=(f"{names[0]} \\ {names[1]}", *scale),
            rows=tuple(
                (word, *(float(c) for c in row))
                for word, row in zip(scale, counts, strict=True)
            ),
        ),
        decimals=False,
    )


def _heat(
    *,
    name: str,
    title: str,
    said: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Floats,
    top: float,
    labels: tuple[str, str],
    table: Table,
    decimals: bool,
) -> Figure:
    side = max(22.0, min(56.0, 420.0 / len(rows)))
    left, up = 128.0, 56.0
    marks: list[Mark] = []
    for i, row in enumerate(rows):
        y = up + i * side
        marks.append(
            Words(
                x=left - 8,
                y=y + side / 2 + 4,
                text=_short(row, _LONGEST),
                anchor="end",
            )
        )
        for j in range(len(columns)):
            marks += _square(
                left + j * side, y, side, float(values[i, j]), top, decimals=decimals
            )
    fits = max(3, int(side / 6.6))
    for j, column in enumerate(columns):
        marks.append(
            Words(
                x=left + (j + 0.5) * side,
                y=up - 8,
                text=_short(column, fits),
                anchor="middle",
            )
        )
    below = up + side * len(rows)
    marks += [
        Words(
            x=left + side * len(columns) / 2,
            y=up - 30,
            text=labels[1],
            anchor="middle",
            bold=True,
        ),
        Words(
            x=14,
            y=(up + below) / 2,
            text=labels[0],
            anchor="middle",
            bold=True,
            turned=True,
        ),
    ]
    return Figure(
        name=name,
        title=title,
        description=said,
        width=left + side * len(columns) + 24,
        height=below + 16,
        marks=tuple(m for m in marks if not isinstance(m, Words) or m.text),
        table=table,
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _square(
    x: float, y: float, side: float, value: float, top: float, *, decimals: bool
) -> list[Mark]:
    known = math.isfinite(value)
    share = min(max(value / top, 0.0), 1.0) if known else 0.0
    text = (f"{value:.2f}" if decimals else f"{value:g}") if known else ""
    return [
        Box(
            x=x + 1,
            y=y + 1,
            width=side - 2,
            height=side - 2,
            fill=_shade(share) if known else "#e4e7ea",
        ),
        Words(
            x=x + side / 2,
            y=y + side / 2 + 4,
            text=text,
            anchor="middle",
            ink="#ffffff" if share > 0.55 else INK,
            size=11.0 if side >= 34 else 8.0,
        ),
    ]


def _shade(share: float) -> str:
    mixed = (round(w + (f - w) * share) for w, f in zip(_WHITE, _FULL, strict=True))
    return "#" + "".join(f"{one:02x}" for one in mixed)
