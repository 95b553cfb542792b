"""A funnel: each reader's rate against how many cases it rests on, within exact limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.charts import funnel_limits
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
from provident.statistics.figures.table import Table, listed, shown


def funnel_figure(
    names: Sequence[Any],
    events: Sequence[int],
    sizes: Sequence[int],
    *,
    of: str,
    per: str = "reads",
    title: str = "",
) -> Figure:
    """Rates of `of` with 95 % and 99.8 % limits about the common rate.

    Spiegelhalter, Stat Med 2005;24:1185. A point outside the outer limit is told in words:
    of ten equal readers one lies outside it in 2 % of trials. Raises `InvalidInput`.
    """
    n, x = np.asarray(sizes, dtype=int), np.asarray(events, dtype=int)
    if (
        not len(n)
        or len(n) != len(x)
        or (n < 1).any()
        or (x < 0).any()
        or (x > n).any()
    ):
        raise InvalidInput("Each count of events lies between 0 and its number.")
    rate, share = float(x.sum() / n.sum()), x / n
    grid = np.unique(np.linspace(1, int(n.max() * 1.15) + 1, 120).astype(int))
    bands = (
        {
            level: funnel_limits(rate, grid.tolist(), level=level)
            for level in (0.95, 0.998)
        }
        if 0 < rate < 1
        else {}
    )
    here = funnel_limits(rate, n.tolist(), level=0.998) if bands else (share, share)
    outside = np.flatnonzero((share < here[0]) | (share > here[1])).tolist()
    top = max(float(share.max()), float(here[1].max()), 0.05)
    frame = Frame(
        x=around([0, *grid.tolist()], pad=0.02),
        y=Axis(low=0, high=min(1.0, top * 1.15)),
    )
    marks: list[Mark] = [*frame.drawn(f"Number of {per}", f"Rate of {of}")]
    for level, (low, high) in bands.items():
        for limit in (low, high):
            points = [
                frame.at(float(a), min(float(b), frame.y.high))
                for a, b in zip(grid, limit, strict=True)
            ]
            marks.append(
                Path(points=tuple(points), ink=SOFT, width=1.2, dashed=level < 0.99)
            )
    marks.append(frame.level(rate))
    for number, name in enumerate(names):
        flagged = number in outside
        ink = PALETTE[1] if flagged else INK
        at = frame.at(float(n[number]), float(share[number]))
        marks += [
            Dot(
                x=at[0],
                y=at[1],
                fill=ink,
                shape="diamond" if flagged else "disc",
                words=f"{name}: {x[number]} of {n[number]}",
            ),
            Words(x=at[0] + 8, y=at[1] - 6, text=str(name)[:16], ink=ink, size=11.0),
        ]
    marks += [
        Words(x=frame.right + 8, y=frame.up(rate) + 4, text=f"all {100 * rate:.3g} %"),
    ]
    return Figure(
        name="funnel",
        title=title or f"{of.capitalize()} of each reader",
        description=_words([names[i] for i in outside], of, rate, len(n)),
        width=600.0,
        height=390.0,
        marks=tuple(marks),
        table=Table(
            caption=f"{of.capitalize()} of {per}",
            columns=("reader", "events", per, "rate", "lower 99.8 %", "upper 99.8 %"),
            rows=tuple(
                (str(name), int(e), int(m), float(s), float(low), float(high))
                for name, e, m, s, low, high in zip(
                    names, x, n, share, here[0], here[1], strict=True
                )
            ),
        ),
    )


def _words(outside: list[Any], of: str, rate: float, readers: int) -> str:
    whom = (
        f"Outside the outer limits: {listed(outside)}."
        if outside
        else "None lies outside the outer limits."
    )
    return f"{of.capitalize()} of {readers} readers about the common rate {shown(rate)}. {whom}"
