"""Estimates with their intervals, one line each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from provident.kernel import InvalidInput
from provident.statistics.figures.axes import Axis, around
from provident.statistics.figures.figure import Figure
from provident.statistics.figures.marks import INK, SOFT, Dot, Line, Mark, Words
from provident.statistics.figures.table import Table, shown
from provident.statistics.values import Estimate


_LEFT, _WIDTH, _STEP, _TOP = 200.0, 280.0, 26.0, 12.0


def forest_figure(
    named: Sequence[tuple[str, Estimate]],
    *,
    title: str,
    of: str,
    reference: float | None = None,
) -> Figure:
    """`reference` is drawn as a line, such as 0 for differences. Raises `InvalidInput`."""
    if not named:
        raise InvalidInput("There is no estimate to draw.")
    ends = [v for _, one in named for v in (one.estimate, *one.ci)]
    axis = around([*ends, *([reference] if reference is not None else [])])
    bottom = _TOP + _STEP * len(named)
    marks: list[Mark] = list(_scale(axis, bottom, of))
    if reference is not None:
        at = _across(axis, reference)
        marks.append(Line(ends=(at, _TOP, at, bottom), ink=SOFT, dashed=True))
    for number, (name, one) in enumerate(named):
        marks += _row(axis, _TOP + _STEP * (number + 0.5), name, one)
    return Figure(
        name="forest",
        title=title,
        description="; ".join(_words(name, one) for name, one in named[:8])
        + ("." if len(named) <= 8 else f"; and {len(named) - 8} more."),
        width=640.0,
        height=bottom + 46,
        marks=tuple(marks),
        table=estimates_table(title, named),
    )


def estimates_table(caption: str, named: Sequence[tuple[str, Estimate]]) -> Table:
    """Estimates, standard errors, intervals and methods as a table."""
    return Table(
        caption=caption,
        columns=("", "estimate", "standard error", "lower", "upper", "n", "method"),
        rows=tuple(
            (name, one.estimate, one.se, *one.ci, one.n, one.method)
            for name, one in named
        ),
    )


def _across(axis: Axis, value: float) -> float:
    return _LEFT + axis.share(value) * _WIDTH


def _scale(axis: Axis, bottom: float, of: str) -> list[Mark]:
    marks: list[Mark] = [
        Line(ends=(_LEFT, bottom, _LEFT + _WIDTH, bottom), ink=SOFT),
        Words(x=_LEFT + _WIDTH / 2, y=bottom + 38, text=of, anchor="middle"),
    ]
    for tick in axis.ticks():
        at = _across(axis, tick)
        marks += [
            Line(ends=(at, bottom, at, bottom + 4), ink=SOFT),
            Words(x=at, y=bottom + 18, text=f"{tick:g}", anchor="middle"),
        ]
    return marks


def _row(axis: Axis, y: float, name: str, one: Estimate) -> list[Mark]:
    marks: list[Mark] = [Words(x=_LEFT - 12, y=y + 4, text=name[:28], anchor="end")]
    if not math.isfinite(one.estimate):
        return [*marks, Words(x=_LEFT + _WIDTH + 12, y=y + 4, text="not defined")]
    low, high = one.ci
    if math.isfinite(low) and math.isfinite(high):
        marks.append(
            Line(ends=(_across(axis, low), y, _across(axis, high), y), width=2)
        )
    text = f"{shown(one.estimate)} ({shown(low)} to {shown(high)})"
    return [
        *marks,
        Dot(x=_across(axis, one.estimate), y=y, shape="square", fill=INK),
        Words(x=_LEFT + _WIDTH + 12, y=y + 4, text=text, size=11.0),
    ]


def _words(name: str, one: Estimate) -> str:
    low, high = one.ci
    return f"{name} {shown(one.estimate)} ({shown(low)} to {shown(high)})"
