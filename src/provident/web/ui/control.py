"""A control chart as SVG: values in their order, a centre, limits at each point, and the points outside of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from provident.web.ui.charts import ACT, AMBER, BRAND, RED, SOFT
from provident.web.ui.numbers import plain
from provident.web.ui.sheets import Sheet


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680, 190, 54, 586, 12, 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a chart shows. `lower` is empty where only a rise is looked for; `first` is the number of the first point.

    `points` is what a point is called: read, batch.
    """

    values: Sequence[float]
    upper: Sequence[float]
    lower: Sequence[float] = ()
    centre: Sequence[float] = ()
    signals: Collection[int] = ()
    first: int = 1
    points: str = "read"
    unit: str = ""


class _Sheet(Sheet):
    """A sheet whose lines run through the numbers from 0."""

    __slots__ = ()

    def path(self, values: Sequence[float]) -> str:
        return "M" + " ".join(f"{self.x(n)} {self.y(v)}" for n, v in enumerate(values))  # fmt: skip

    def level(self, values: Sequence[float]) -> str:
        """A limit's line; a short one where there is a single point."""
        if len(values) > 1:
            return self.path(values)
        return (
            f"M{self.x(0) - 6} {self.y(values[0])} {self.x(0) + 6} {self.y(values[0])}"
        )


def control(chart: Control, *, title: str, words: str) -> Markup:
    """The chart, 680 x 190; `words` say what it shows for those who do not see it. Empty without values."""
    if not chart.values:
        return Markup("")
    sheet = _sheet(chart)
    body = Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}"/>').format(LEFT, TOP, BOTTOM, SOFT)  # fmt: skip
    body += _lines(chart, sheet) + _points(chart, sheet) + _numbers(chart, sheet)
    return Markup(
        '<svg class="chart" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" preserveAspectRatio="xMinYMid meet">'
        "<title>{2}</title><desc>{3}</desc>{4}</svg>"
    ).format(WIDTH, HEIGHT, title, words, body)


def _sheet(chart: Control) -> _Sheet:
    values = [*chart.values, *chart.upper, *chart.lower, *chart.centre]
    return _Sheet.of(values, len(chart.values), left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)  # fmt: skip


def _lines(chart: Control, sheet: _Sheet) -> Markup:
    body = Markup("")
    for values, word in ((chart.upper, "upper limit"), (chart.centre, "centre"), (chart.lower, "lower limit")):  # fmt: skip
        if not values:
            continue
        colour, dash = (SOFT, "") if word == "centre" else (AMBER, Markup(' stroke-dasharray="4 3"'))  # fmt: skip
        body += Markup('<path d="{}" fill="none" stroke="{}"{}/>').format(sheet.level(values), colour, dash)  # fmt: skip
        body += Markup('<text x="{}" y="{}">{}</text>').format(RIGHT + 8, sheet.y(values[-1]) + 4, word)  # fmt: skip
    return body + Markup('<path d="{}" fill="none" stroke="{}" stroke-width="2"/>').format(sheet.path(chart.values), ACT)  # fmt: skip


def _points(chart: Control, sheet: _Sheet) -> Markup:
    body = Markup("")
    for n, value in enumerate(chart.values):
        out = n in chart.signals
        body += Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"><title>{}</title></circle>').format(
            sheet.x(n), sheet.y(value), 5 if out else 3, RED if out else BRAND,
            f"{chart.points} {chart.first + n}: {plain(value)} {chart.unit}".strip(),
        )  # fmt: skip
    return body


def _numbers(chart: Control, sheet: _Sheet) -> Markup:
    body = Markup("")
    every = max(1, len(chart.values) // 6)
    for n in range(0, len(chart.values), every):
        body += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(sheet.x(n), BOTTOM + 18, chart.first + n)  # fmt: skip
    body += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(RIGHT, BOTTOM + 34, f"{chart.points} of this reader")  # fmt: skip
    for value in (sheet.low, sheet.high):
        body += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 6, sheet.y(value) + 4, plain(float(f"{value:.3g}")))  # fmt: skip
    return body
