"""Control charts: points in their order against limits, signals marked by shape and colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from provident.kernel import InvalidInput
from provident.statistics.charts import BernoulliCusum, EwmaPath, FalseAlarms, PChart
from provident.statistics.charts import Path as CusumPath
from provident.statistics.figures.axes import Axis, Frame, around
from provident.statistics.figures.figure import Figure
from provident.statistics.figures.marks import (
    INK,
    PALETTE,
    SOFT,
    Dot,
    Mark,
    Path,
    Words,
)
from provident.statistics.figures.table import Table, shown


def control_figure(
    values: Sequence[float],
    *,
    centre: float | None,
    lower: Sequence[float] | None,
    upper: Sequence[float],
    signals: Sequence[int],
    of: str,
    title: str,
    labels: Sequence[Any] = (),
    false_alarms: FalseAlarms | None = None,
) -> Figure:
    """Values in their order; `lower` and `upper` as many as there are values.

    The words say how often the chart flags readers who are as planned. Raises
    `InvalidInput`.
    """
    if (
        not len(values)
        or len(values) != len(upper)
        or (lower is not None and len(lower) != len(values))
    ):
        raise InvalidInput("A control chart needs values, and limits for each of them.")
    low = list(lower) if lower is not None else [math.nan] * len(values)
    names = [str(one) for one in labels] or [str(i + 1) for i in range(len(values))]
    inside = [v for v in (*values, *low, *upper, centre) if v is not None]
    frame = Frame(
        x=Axis(low=-0.5, high=max(len(values) - 0.5, 0.5)),
        y=around(inside),
        height=240.0,
        width=480.0,
    )
    marks: list[Mark] = [*frame.drawn("", of, _spread(names))]
    for limit, word in ((upper, "upper"), (low, "lower")):
        marks += _limit(frame, limit, word)
    if centre is not None:
        marks.append(frame.level(centre, ink=SOFT))
    points = [frame.at(float(i), float(v)) for i, v in enumerate(values)]
    marks.append(Path(points=tuple(points), ink=INK, width=1.2))
    marks += [
        Dot(
            x=x,
            y=y,
            fill=PALETTE[1] if i in signals else INK,
            shape="diamond" if i in signals else "disc",
            size=5.0 if i in signals else 3.0,
            words=f"{names[i]}: {shown(float(values[i]))}",
        )
        for i, (x, y) in enumerate(points)
    ]
    said = f"{len(values)} points; " + (
        f"{len(signals)} outside the limits: {', '.join(names[i] for i in signals[:6])}."
        if signals
        else "none outside the limits."
    )
    if false_alarms is not None:
        said = f"{said} {false_alarms.words}"
    return Figure(
        name="control",
        title=title,
        description=said,
        width=640.0,
        height=310.0,
        marks=tuple(marks),
        table=Table(
            caption=title,
            columns=("point", of, "lower", "upper", "signal"),
            rows=tuple(
                (names[i], float(v), float(low[i]), float(upper[i]), int(i in signals))
                for i, v in enumerate(values)
            ),
        ),
    )


def p_chart_figure(
    chart: PChart, *, of: str, title: str, labels: Sequence[Any] = (), readers: int = 1
) -> Figure:
    """A chart of proportions with the limits of each point."""
    return control_figure(
        chart.proportions,
        centre=chart.rate,
        lower=chart.lower,
        upper=chart.upper,
        signals=chart.signals,
        of=of,
        title=title,
        labels=labels,
        false_alarms=chart.false_alarms(readers=readers),
    )


def ewma_figure(
    path: EwmaPath, *, target: float, of: str, title: str, labels: Sequence[Any] = ()
) -> Figure:
    """A moving average with the limits of each point."""
    return control_figure(
        path.values,
        centre=target,
        lower=path.lower,
        upper=path.upper,
        signals=path.signals,
        of=of,
        title=title,
        labels=labels,
    )


def cusum_figure(
    chart: BernoulliCusum,
    path: CusumPath,
    *,
    of: str,
    title: str,
    readers: int = 1,
    labels: Sequence[Any] = (),
) -> Figure:
    """A Bernoulli CUSUM against its limit."""
    return control_figure(
        path.values,
        centre=0.0,
        lower=None,
        upper=[path.limit] * len(path.values),
        signals=path.signals,
        of=of,
        title=title,
        labels=labels,
        false_alarms=chart.false_alarms(readers=readers, reads=len(path.values)),
    )


def _limit(frame: Frame, limit: Sequence[float], word: str) -> list[Mark]:
    """One limit as steps, each as wide as its point."""
    if not all(math.isfinite(v) for v in limit):
        return []
    steps = [
        frame.at(i + side, float(v))
        for i, v in enumerate(limit)
        for side in (-0.5, 0.5)
    ]
    return [
        Path(points=tuple(steps), ink=SOFT, width=1.2, dashed=True),
        Words(
            x=frame.right + 8,
            y=frame.up(float(limit[-1])) + 4,
            text=f"{word} {shown(float(limit[-1]))}",
        ),
    ]


def _spread(names: Sequence[str]) -> list[tuple[float, str]]:
    every = max(1, math.ceil(len(names) / 8))
    return [(float(i), name[:12]) for i, name in enumerate(names) if i % every == 0]
