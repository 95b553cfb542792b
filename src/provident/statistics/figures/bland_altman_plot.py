"""Bland and Altman's plot: difference against mean, with the limits and their intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from provident.kernel import InvalidInput
from provident.statistics.figures.axes import Frame, around
from provident.statistics.figures.figure import Figure
from provident.statistics.figures.marks import INK, PALE, SOFT, Box, Dot, Mark, Words
from provident.statistics.figures.table import Table, shown
from provident.statistics.limits import LimitsOfAgreement


def bland_altman_figure(
    a: Sequence[float],
    b: Sequence[float],
    limits: LimitsOfAgreement,
    *,
    names: tuple[str, str] = ("first", "second"),
    unit: str = "",
    title: str = "",
    cases: Sequence[str] = (),
) -> Figure:
    """Each case's difference (on logarithms: ratio) against its mean, by `limits`.

    `a` and `b` are one value a case (means where there are replicates). Points that fall
    together are drawn larger. Raises `InvalidInput`.
    """
    if len(a) != len(b) or len(a) < 3:
        raise InvalidInput("A Bland-Altman plot needs 3 pairs of measurements.")
    if limits.log and min(*a, *b) <= 0:
        raise InvalidInput("Logarithms need measurements above 0.")
    means = [_middle(x, y, limits.log) for x, y in zip(a, b, strict=True)]
    apart = [x / y if limits.log else x - y for x, y in zip(a, b, strict=True)]
    ends = [v for ci in (limits.lower_ci, limits.upper_ci) for v in ci]
    zero = 1.0 if limits.log else 0.0
    frame = Frame(
        x=around(means, log=limits.log),
        y=around([*apart, *ends, limits.lower, limits.upper, zero], log=limits.log),
    )
    of = f" ({unit})" if unit else ""
    what = "Ratio" if limits.log else "Difference"
    dash = "/" if limits.log else "-"
    marks: list[Mark] = [
        *_bands(frame, limits),
        *frame.drawn(
            f"Mean of {names[0]} and {names[1]}{of}",
            f"{what} {names[0]} {dash} {names[1]}{'' if limits.log else of}",
        ),
        frame.level(zero, ink=SOFT, width=1),
        *_points(frame, means, apart),
        *_lines(frame, limits),
    ]
    return Figure(
        name="bland-altman",
        title=title or f"{names[0]} against {names[1]}: limits of agreement",
        description=_words(limits, names, unit),
        width=640.0,
        height=390.0,
        marks=tuple(marks),
        table=Table(
            caption=f"{what} and mean of each case",
            columns=("case", *names, "mean", what.lower()),
            rows=tuple(
                zip(
                    cases or range(1, len(a) + 1),
                    map(float, a),
                    map(float, b),
                    means,
                    apart,
                    strict=True,
                )
            ),
        ),
    )


def _middle(x: float, y: float, log: bool) -> float:
    return math.sqrt(x * y) if log else (x + y) / 2


def _bands(frame: Frame, limits: LimitsOfAgreement) -> list[Mark]:
    """The intervals of the two limits and of the bias."""
    named = (
        (limits.upper_ci, "interval of the upper limit"),
        (limits.bias_ci, "interval of the bias"),
        (limits.lower_ci, "interval of the lower limit"),
    )
    return [
        Box(
            x=frame.left,
            y=frame.up(high),
            width=frame.width,
            height=max(frame.up(low) - frame.up(high), 0.5),
            fill=PALE,
            words=words,
        )
        for (low, high), words in named
        if math.isfinite(low) and math.isfinite(high)
    ]


def _points(frame: Frame, means: list[float], apart: list[float]) -> list[Mark]:
    together = Counter(zip(means, apart, strict=True))
    return [
        Dot(
            x=frame.across(x),
            y=frame.up(y),
            size=min(2.6 * math.sqrt(count) + 0.6, 12.0),
            words=f"{shown(x)}: {shown(y)}" + (f", {count} cases" if count > 1 else ""),
        )
        for (x, y), count in together.items()
    ]


def _lines(frame: Frame, limits: LimitsOfAgreement) -> list[Mark]:
    marks: list[Mark] = []
    named = ((limits.upper, "upper"), (limits.bias, "bias"), (limits.lower, "lower"))
    for value, name in named:
        marks += [
            frame.level(value, dashed=name != "bias"),
            Words(
                x=frame.right + 8,
                y=frame.up(value) + 4,
                text=f"{name} {shown(value)}",
                ink=INK,
            ),
        ]
    return marks


def _words(limits: LimitsOfAgreement, names: tuple[str, str], unit: str) -> str:
    of = f" {unit}" if unit and not limits.log else ""
    what = "ratio" if limits.log else "difference"
    return (
        f"Of {limits.n} cases the mean {what} of {names[0]} and {names[1]} is {shown(limits.bias)}{of}; "
        f"95 % of {what}s are expected between {shown(limits.lower)} and {shown(limits.upper)}{of}."
    )
