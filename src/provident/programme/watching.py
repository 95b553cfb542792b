"""How the plan wants a design's readers watched, as the library's rules."""

from __future__ import annotations

import math

from provident.plan import Plan
from provident.plan.models.reading_watch import Chart, Monitor
from provident.reading.drift_rules import MEASURED, Change, Crowd, Kind, Of, Rule


def fits(chart: Chart) -> bool:
    """Whether a chart can be drawn as the kind that the plan names: averages of measurements, all else of rates."""
    return (chart.kind == "ewma") == (Of(chart.of) in MEASURED)


def watch_rules(plan: Plan, endpoint: str) -> tuple[Rule, ...]:
    """The charts of a read design that can be drawn; none where the plan watches nobody."""
    monitor = plan.reading[endpoint].monitor
    if monitor is None:
        return ()
    return tuple(_rule(monitor, c) for c in monitor.charts if fits(c))


def _rule(monitor: Monitor, chart: Chart) -> Rule:
    found = chart.detect or ("1 sd" if chart.kind == "ewma" else "doubling")
    return Rule(
        of=Of(chart.of),
        kind=Kind(chart.kind),
        in_control=chart.in_control.value / 100 if chart.in_control else None,
        detect=Change.of(found),
        weight=chart.weight or 0.1,
        limit=chart.limit,
        sd=chart.sd,
        baseline=max(monitor.baseline, 2),
        batch=max(monitor.every, 2),
        false_alarm=monitor.false_alarm.value / 100,
    )


def crowd(plan: Plan, endpoint: str, readers: int) -> Crowd:
    """How many reads each of so many readers will have made when the study is done, an equal share each."""
    design = plan.reading[endpoint]
    each = len(design.visits) if design.unit == "visit" else 1
    cases = plan.study.population.participants * each
    primary = design.readers.primary
    readers = max(readers, 1)
    share = 1.0 if design.readers.assignment == "all" else min(1.0, primary / readers)
    return Crowd(
        readers=readers,
        reads=max(1, math.ceil(cases * share)),
        together=share == 1.0 or readers <= primary,
    )
