"""Charts as SVG made on the server: pure functions of numbers, each with a title and a description in words.

Attributes only, never a style: the pages' policy forbids inline styles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


ACT, SOFT, RED, AMBER, GREEN, BRAND = (
    "#0b6e69",
    "#aab7c1",
    "#8c1d0d",
    "#b45309",
    "#0a5532",
    "#1d3a56",
)
IN_RANGE = "#bfe0cd"
TRACK = "#e6ecf0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at a point of a line: an upgrade, a failed check."""

    index: float
    words: str


def _svg(
    width: int,
    height: int,
    title: str,
    description: str,
    body: Markup,
    css: str = "chart",
) -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" preserveAspectRatio="xMinYMid meet">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(css, width, height, width, height, title, description, body)


def _scale(
    values: Sequence[float], low: float, high: float, margin: float = 0.12
) -> tuple[float, float]:
    lowest, highest = min([*values, low]), max([*values, high])
    pad = (highest - lowest) * margin or abs(highest) * 0.1 or 1.0
    return lowest - pad, highest + pad


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


def spark(
    values: Sequence[float],
    *,
    title: str,
    target: Sequence[float] = (),
    bad: bool = False,
) -> Markup:
    """A small trend without axes, 150 x 34; `target` is the planned trend, dashed."""
    if len(values) < 2:
        return Markup("")
    low, high = _scale([*values, *target], min(values), max(values), 0.08)
    height = 34.0

    def line(series: Sequence[float]) -> str:
        step = 150 / (len(series) - 1)
        return _path(
            [
                (i * step, height - (v - low) / (high - low) * height)
                for i, v in enumerate(series)
            ]
        )

    body = Markup("")
    if len(target) > 1:
        body += Markup(
            '<path d="{}" fill="none" stroke="{}" stroke-width="1.5" stroke-dasharray="3 3"/>'
        ).format(line(target), SOFT)
    body += Markup('<path d="{}" fill="none" stroke="{}" stroke-width="2"/>').format(
        line(values), AMBER if bad else ACT
    )
    words = f"From {values[0]:g} to {values[-1]:g} in {len(values)} steps."
    return _svg(150, 34, title, words, body, "spark")


def _limits(
    low: float | None, high: float | None, value: float | None
) -> tuple[float, float]:
    """The ends of a measure's bar: room around what is asked and what was found."""
    known = [x for x in (low, high, value) if x is not None]
    lowest, highest = min(known), max(known)
    width = (high - low) if low is not None and high is not None else 0.0
    pad = max(width * 0.8, (highest - lowest) * 0.25, abs(highest) * 0.02, 1e-9)
    return lowest - pad, highest + pad


def measure(
    *,
    label: str,
    value: float | None,
    low: float | None,
    high: float | None,
    ok: bool,
    title: str,
) -> Markup:
    """What was found against what is asked: a track, the range asked, a mark where the value lies."""
    if value is None or (low is None and high is None):
        return Markup("")
    start, end = _limits(low, high, value)

    def x(v: float) -> float:
        return round(170 * (v - start) / (end - start), 1)

    left = x(low) if low is not None else 0.0
    right = x(high) if high is not None else 170.0
    body = Markup(
        '<rect x="0" y="3" width="170" height="10" rx="5" fill="{}"/>'
    ).format(TRACK)
    body += Markup(
        '<rect x="{}" y="3" width="{}" height="10" rx="{}" fill="{}"/>'
    ).format(left, max(right - left, 3), 5 if right - left > 10 else 1, IN_RANGE)
    body += Markup(
        '<rect x="{}" y="0" width="3" height="16" rx="1.5" fill="{}"/>'
    ).format(min(max(x(value) - 1.5, 0), 167), GREEN if ok else RED)
    return _svg(
        170,
        16,
        title,
        f"{label}: the mark is {'inside' if ok else 'outside'} the range asked.",
        body,
        "measure",
    )


def cover(answered: int, contradicted: int, whole: int, *, title: str) -> Markup:
    """How much of a domain is answered (green) or contradicted (red)."""
    if not whole:
        return Markup("")
    good, bad = 200 * answered / whole, 200 * contradicted / whole
    return Markup(
        '<svg viewBox="0 0 200 12" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<rect width="200" height="12" fill="#dfe6eb"/>'
        '<rect width="{:.1f}" height="12" fill="#2f9e6e"/>'
        '<rect x="{:.1f}" width="{:.1f}" height="12" fill="#c2321c"/></svg>'
    ).format(title, good, good, bad)


def history(
    values: Sequence[float | None],
    *,
    title: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    marks: Sequence[Mark] = (),
) -> Markup:
    """One fact of one scanner over its last exams, with the limits asked and what changed on the way."""
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return Markup("")
    numbers = [v for _, v in known]
    bottom, top = _scale(
        [*numbers, *(x for x in (low, high) if x is not None)],
        min(numbers),
        max(numbers),
    )

    def y(v: float) -> float:
        return round(78 - (v - bottom) / (top - bottom) * 74, 1)

    step = 380 / max(len(values) - 1, 1)
    body = Markup("")
    for limit in (low, high):
        if limit is not None:
            body += Markup(
                '<line x1="10" x2="400" y1="{0}" y2="{0}" stroke="{1}" stroke-dasharray="4 3"/>'
                '<text x="404" y="{2}">{3:g}</text>'
            ).format(y(limit), SOFT, y(limit) + 4, limit)
    body += Markup('<path d="{}" fill="none" stroke="{}" stroke-width="2"/>').format(
        _path([(10 + i * step, y(v)) for i, v in known]), BRAND
    )
    last, value = known[-1]
    outside = (low is not None and value < low) or (high is not None and value > high)
    body += Markup('<circle cx="{:.1f}" cy="{}" r="5" fill="{}"/>').format(
        10 + last * step, y(value), RED if outside else GREEN
    )
    for mark in marks:
        x = 10 + mark.index * step
        body += Markup(
            '<line x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="82" stroke="{1}"/>'
            '<text x="{2:.1f}" y="95" text-anchor="{3}">{4}</text>'
        ).format(x, AMBER, min(x, 430), "end" if x > 200 else "start", mark.words)
    words = f"{len(known)} values from {min(numbers):g} to {max(numbers):g} {unit}; the last is {value:g} {unit}".strip()
    return _svg(
        440, 100, title, f"{words}{', outside what is asked' if outside else ''}.", body
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart over a common axis."""

    words: str
    values: Sequence[float]
    dashed: bool = False
    colour: str = ACT


def lines(
    series: Sequence[Line], labels: Sequence[str], *, title: str, unit: str = ""
) -> Markup:
    """Lines over common labels (months, sites), 640 x 220, the last value written beside each."""
    values = [v for line in series for v in line.values]
    if len(labels) < 2 or not values:
        return Markup("")
    bottom, top = _scale([*values, 0.0], 0.0, max(values))
    bottom = max(bottom, 0.0) if min(values) >= 0 else bottom
    step = 520 / (len(labels) - 1)

    def y(v: float) -> float:
        return round(190 - (v - bottom) / (top - bottom) * 176, 1)

    body = Markup('<line x1="44" x2="564" y1="190" y2="190" stroke="{}"/>').format(SOFT)
    for i, label in enumerate(labels):
        if i % max(1, len(labels) // 6) == 0:
            body += Markup(
                '<text x="{:.0f}" y="208" text-anchor="middle">{}</text>'
            ).format(44 + i * step, label)
    for line in series:
        points = [(44 + i * step, y(v)) for i, v in enumerate(line.values)]
        body += Markup(
            '<path d="{}" fill="none" stroke="{}" stroke-width="2"{}/>'
        ).format(
            _path(points),
            line.colour,
            Markup(' stroke-dasharray="4 3"') if line.dashed else "",
        )
        body += Markup('<text x="{:.0f}" y="{}">{} {:g}</text>').format(
            points[-1][0] + 6, points[-1][1] + 4, line.words, line.values[-1]
        )
    said = "; ".join(
        f"{line.words} from {line.values[0]:g} to {line.values[-1]:g}"
        for line in series
    )
    return _svg(640, 220, title, f"{said} {escape(unit)}.", body)


def parts(named: Sequence[tuple[str, int, str]], *, title: str) -> Markup:
    """One bar split into named parts (words, count, colour of the palette), widest scale 640."""
    whole = sum(count for _, count, _ in named)
    if not whole:
        return Markup("")
    inks = {
        "grey": "#c3ccd3", "blue": "#7fb0e0", "amber": "#f0bc4a", "red": "#cf5f4b", "green": "#4fae7f", "purple": "#a48ad0",
    }  # fmt: skip
    x, body = 0.0, Markup("")
    for words, count, colour in named:
        width = 640 * count / whole
        body += Markup(
            '<rect x="{:.1f}" width="{:.1f}" height="18" fill="{}"><title>{}: {}</title></rect>'
        ).format(x, max(width - 1, 0), inks.get(colour, SOFT), words, count)
        x += width
    said = ", ".join(f"{words} {count}" for words, count, _ in named)
    return _svg(640, 18, title, said, body)
