"""Control charts of phantom values as SVG: points, phases, limits, averages, and the false-alarm rate in words.

A change of the scanner begins a new phase with limits of its own. Values of two engines are two charts; two versions of
one engine are joined where five scans were measured by both, and the chart says by how much.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from provident.acquisition.phantoms import (
    Bridge,
    Chart,
    Engine,
    Point,
    Submission,
    Trend,
    bridge,
    chart,
    trends,
)
from provident.kernel import Refused
from provident.plan import Plan
from provident.web.scanners.standing import DECIDED, Known, measured, rule_of
from provident.web.ui.sheets import Sheet


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680, 210, 54, 566, 12, 170
INK, SOFT, RED, AMBER, ACT = "#1d3a56", "#aab7c1", "#8c1d0d", "#b45309", "#0b6e69"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The points between two changes of the scanner, with their charts; `start` is the number of its first point."""

    start: int
    chart: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One line: a measure of one phantom, scanner and protocol by one engine."""

    measure: str
    unit: str
    engine: str
    points: tuple[Point, ...]
    phases: tuple[Phase, ...]
    bridges: tuple[str, ...]
    changes: tuple[tuple[date, str], ...]

    @property
    def now(self) -> Chart:
        """The chart of the phase we are in."""
        return self.phases[-1].chart

    @property
    def drifts(self) -> bool:
        """Whether the average lies outside its limits now; one that came back is told in words alone."""
        return len(self.now.trend.points) - 1 in self.now.drift

    @property
    def jumps(self) -> bool:
        """Whether the latest scan lies outside 3 SD."""
        return len(self.now.trend.points) - 1 in self.now.jumps


def of_scans(plan: Plan, scans: Sequence[Any], known: Known) -> list[Drawn]:
    """The lines of scans (rows with their measurements) of one phantom on one scanner with one protocol."""
    rule = rule_of(plan, scans[0].phantom) if scans else None
    changes = [(c.day, c.fact) for c in known.changes]
    return draw(_submissions(scans), changes, baseline=rule.baseline if rule else 10)


def _submissions(scans: Sequence[Any]) -> list[Submission]:
    """One for each engine that measured a scan."""
    return [
        Submission(
            id=str(row.pk), phantom=row.phantom, scanner=str(row.scanner_id), protocol=row.protocol,
            acquired=row.acquired_on, engine=Engine(name=m.engine, version=m.version), values=measured(m.values),
            accepted=DECIDED.get(row.state),
        )
        for row in scans
        for m in row.measurements.all()
    ]  # fmt: skip


def flags(lines: Sequence[Drawn], limited: Collection[str]) -> list[dict[str, str]]:
    """What is kept of flagged lines with the newest scan: of the measures that the plan has a limit for, else of all.

    Each further chart raises the chance of a false alarm, so what nobody asked for is drawn and calls nobody.
    """
    asked = [d for d in lines if not limited or d.measure in limited]
    return [{"measure": d.measure, "words": d.now.words} for d in asked if d.drifts or d.jumps]  # fmt: skip


def draw(
    submissions: Sequence[Submission], changes: Iterable[tuple[date, str]], *, baseline: int
) -> list[Drawn]:  # fmt: skip
    """The lines of submissions of one phantom, scanner and protocol, those that are flagged first.

    Args:
        changes: the day from which on the scanner was different, and what changed.
        baseline: how many scans set the limits.
    """
    known = tuple(sorted(changes))
    made = [
        _drawn(t, known, baseline)
        for t in trends(submissions, bridges=bridges(submissions))
    ]
    return sorted(made, key=lambda d: (not (d.drifts or d.jumps), d.measure, d.engine))


def bridges(submissions: Sequence[Submission]) -> list[Bridge]:
    """From each version of an engine to its next one, where enough scans were measured by both."""
    by_name: dict[str, list] = {}
    for one in sorted(submissions, key=lambda s: (s.acquired, s.id)):
        versions = by_name.setdefault(one.engine.name, [])
        if one.engine not in versions:
            versions.append(one.engine)
    measures = sorted({name for s in submissions for name in s.values})
    found = []
    for versions in by_name.values():
        for old, new in pairwise(versions):
            for measure in measures:
                try:
                    found.append(bridge(
                        [s for s in submissions if s.engine == old], [s for s in submissions if s.engine == new], measure
                    ))  # fmt: skip
                except Refused:
                    continue
    return found


def _drawn(trend: Trend, changes: tuple[tuple[date, str], ...], baseline: int) -> Drawn:
    starts = [0]
    for day, _ in changes:
        at = sum(p.day < day for p in trend.points)
        if starts[-1] < at:
            starts.append(at)
    starts = [s for s in starts if s < len(trend.points)] or [0]
    ends = [*starts[1:], len(trend.points)]
    phases = tuple(
        Phase(
            start=s,
            chart=chart(replace(trend, points=trend.points[s:e]), baseline=baseline),
        )
        for s, e in zip(starts, ends, strict=True)
    )
    return Drawn(
        measure=trend.line.measure, unit=trend.line.unit, engine=str(trend.line.engine), points=trend.points,
        phases=phases, bridges=tuple(b.words for b in trend.bridges), changes=changes,
    )  # fmt: skip


def _sheet(drawn: Drawn) -> Sheet:
    values = [p.value for p in drawn.points]
    for phase in drawn.phases:
        values += phase.chart.limits or ()
    return Sheet.of(values, len(drawn.points), left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)  # fmt: skip


def svg(drawn: Drawn, *, title: str) -> Markup:
    """The line as a chart, 680 x 210; empty without points."""
    if not drawn.points:
        return Markup("")
    sheet = _sheet(drawn)
    body = Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}"/>').format(
        LEFT, TOP, BOTTOM, SOFT
    )
    for phase in drawn.phases:
        body += _limits(phase, sheet)
    body += _marks(drawn, sheet)
    for phase in drawn.phases:
        body += _average(phase, sheet) + _points(phase, sheet)
    last = drawn.points[-1]
    body += _days(drawn, sheet)
    words = (
        f"{len(drawn.points)} scans from {drawn.points[0].day} to {last.day}; the last gave {last.value:.4g} {drawn.unit}".strip()
        + f". {drawn.now.words}"
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" width="{}" height="{}" role="img" preserveAspectRatio="xMinYMid meet">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(WIDTH, HEIGHT, WIDTH, HEIGHT, title, words, body)


def _limits(phase: Phase, sheet: Sheet) -> Markup:
    found = phase.chart
    if found.limits is None or found.target is None:
        return Markup("")
    x1 = sheet.x(phase.start) - 6
    x2 = sheet.x(phase.start + len(found.trend.points) - 1) + 6
    body = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="#eef4f1"/>'
    ).format(x1, sheet.y(found.limits[1]), round(x2 - x1, 1), round(sheet.y(found.limits[0]) - sheet.y(found.limits[1]), 1))  # fmt: skip
    named = ((found.limits[1], "+3 SD"), (found.target, "mean"), (found.limits[0], "-3 SD"))  # fmt: skip
    for value, word in named:
        body += Markup(
            '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"{}/>'
        ).format(x1, x2, sheet.y(value), sheet.y(value), SOFT, "" if word == "mean" else Markup(' stroke-dasharray="4 3"'))  # fmt: skip
        body += Markup('<text x="{}" y="{}">{} {}</text>').format(RIGHT + 8, sheet.y(value) + 4, word, f"{value:.4g}") if phase.chart is found and x2 >= RIGHT - 16 else Markup("")  # fmt: skip
    if found.trend.points and phase.chart.baseline <= len(found.trend.points):
        at = sheet.x(phase.start + found.baseline - 0.5)
        body += Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}" stroke-dasharray="2 4"/>').format(at, TOP, BOTTOM, SOFT)  # fmt: skip
    return body


def _marks(drawn: Drawn, sheet: Sheet) -> Markup:
    body = Markup("")
    days = {p.start: drawn.points[p.start].day for p in drawn.phases[1:]}
    for start, day in days.items():
        what = ", ".join(dict.fromkeys(w for d, w in drawn.changes if d <= day))
        x = sheet.x(start - 0.5)
        body += Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}" stroke-width="2"><title>{4}</title></line>').format(x, TOP, BOTTOM + 6, AMBER, f"The scanner changed: {what}")  # fmt: skip
    return body


def _average(phase: Phase, sheet: Sheet) -> Markup:
    found = phase.chart
    if found.ewma is None or not found.ewma.values:
        return Markup("")
    first = phase.start + found.baseline
    body = Markup("")
    for values, stroke, dash in (
        (found.ewma.upper, AMBER, True),
        (found.ewma.lower, AMBER, True),
        (found.ewma.values, ACT, False),
    ):
        path = " ".join(f"{sheet.x(first + n)} {sheet.y(v)}" for n, v in enumerate(values))  # fmt: skip
        body += Markup(
            '<path d="M{}" fill="none" stroke="{}" stroke-width="{}"{}/>'
        ).format(path, stroke, 1 if dash else 2.5, Markup(' stroke-dasharray="3 3"') if dash else "")  # fmt: skip
    return body


def _points(phase: Phase, sheet: Sheet) -> Markup:
    found, body = phase.chart, Markup("")
    flagged = {*found.drift, *found.jumps}
    for number, point in enumerate(found.trend.points):
        body += Markup(
            '<circle cx="{}" cy="{}" r="{}" fill="{}"><title>{}</title></circle>'
        ).format(
            sheet.x(phase.start + number), sheet.y(point.value), 5 if number in flagged else 3.5,
            RED if number in flagged else INK, f"{point.day}: {point.value:.4g} {found.trend.line.unit}".strip(),
        )  # fmt: skip
    return body


def _days(drawn: Drawn, sheet: Sheet) -> Markup:
    body = Markup("")
    every = max(1, len(drawn.points) // 5)
    for number, point in enumerate(drawn.points):
        if number % every == 0:
            body += Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
                sheet.x(number), BOTTOM + 22, "start" if number == 0 else "middle", f"{point.day:%-d %b %y}"
            )  # fmt: skip
    for value in (sheet.low, sheet.high):
        body += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 6, sheet.y(value) + 4, f"{value:.4g}")  # fmt: skip
    return body
