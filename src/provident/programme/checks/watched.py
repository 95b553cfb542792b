"""Checks that readers are tested, rested and watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from provident.kernel import Severity
from provident.plan.models.reading import ReadDesignFile
from provident.plan.models.reading_watch import Chart
from provident.plan.places import Path
from provident.plan.quantities import quantity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days, first_case


def _design(
    c: PlanUnderCheck,
    endpoint: str,
    path: Path,
    message: str,
    expected: str,
    found: str = "not stated",
) -> Flag:
    there = path[0] in c.loaded.documents[c.file("reading", endpoint)]
    return Flag(
        file=c.file("reading", endpoint),
        path=path if there else ("endpoint",),
        key=True,
        message=message,
        expected=expected,
        found=found,
    )


_DRAW = re.compile(r"(.+?)\s+before\s+(\w+)")


@check(
    code="READ.REPEATS",
    subdomain="reading.personnel",
    severity=Severity.WARNING,
    finds="Readers who read nothing twice, so few cases that it shows nothing, or whose last repeat is drawn at no time or before reading begins.",
    why="Without hidden repeats nobody knows how well a reader agrees with themselves, early and late in the study.",
    remedy="Add `repeats: {share: 10 %, washout: 28 d, last_draw: 84 d before data_lock}`.",
)
def repeats(c: PlanUnderCheck) -> Iterator[Flag]:
    stones = c.plan.study.milestones
    for endpoint, design in c.plan.reading.items():
        asked = design.repeats
        if asked is None:
            if design.readers.primary > 1:
                yield _design(
                    c,
                    endpoint,
                    ("repeats",),
                    f"readers of {endpoint} read nothing twice",
                    "repeats: share, washout, last_draw",
                )
            continue
        cases = c.plan.study.population.participants * (
            len(design.visits) if design.unit == "visit" else 1
        )
        repeated = cases * asked.share.value / 100
        if repeated < 2 or asked.share.value > 50:
            yield _design(
                c,
                endpoint,
                ("repeats",),
                f"{asked.share} of {cases} cases of {endpoint} are read twice",
                "5 % to 20 %, and two cases or more",
                str(asked.share),
            )
        match = _DRAW.fullmatch(asked.last_draw or "")
        if match is None:
            yield _design(
                c,
                endpoint,
                ("repeats",),
                f"nothing says when the last repeat of {endpoint} is drawn",
                "last_draw: 84 d before data_lock",
            )
            continue
        end = stones.dates().get(match[2])
        start = stones.first_read or first_case(c.plan, design.visits)
        if end and end - timedelta(
            days=min(days(quantity(match[1])), 1e6)
        ) < start + timedelta(days=min(days(asked.washout), 1e5)):
            yield _design(
                c,
                endpoint,
                ("repeats",),
                f"the last repeat of {endpoint} is drawn {asked.last_draw}, before any is due",
                f"a time after {start}",
                str(asked.last_draw),
            )


@check(
    code="READ.FATIGUE",
    subdomain="reading.burden",
    severity=Severity.WARNING,
    finds="Sittings without a limit or over three hours, or readers who all meet the cases in one order.",
    why="Tired readers miss more; an order that all share makes the first cases differ from the last for everybody.",
    remedy="Add `sessions: {at_most: 90 min}` and `order: {random: per reader}`.",
)
def fatigue(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        longest = design.sessions.at_most
        if longest is None and design.sessions.reads is None:
            yield _design(
                c,
                endpoint,
                ("sessions",),
                f"a sitting of {endpoint} may last for ever",
                "sessions: {at_most: 90 min}",
            )
        elif longest is not None and longest > 180:
            yield _design(
                c,
                endpoint,
                ("sessions",),
                f"a sitting of {endpoint} may last {longest / 60:.0f} h",
                "3 h or less",
                f"{longest:.0f} min",
            )
        if design.order.random != "per reader" and design.readers.primary > 1:
            yield _design(
                c,
                endpoint,
                ("order",),
                f"all readers of {endpoint} meet the cases in one order",
                "random: per reader",
                design.order.random,
            )
        if (
            design.unit == "visit"
            and len(design.visits) > 1
            and design.order.same_participant_gap < 1
        ):
            yield _design(
                c,
                endpoint,
                ("order",),
                f"two visits of one participant may follow each other in {endpoint}",
                "same_participant_gap: 10",
                str(design.order.same_participant_gap),
            )
        if design.order.blocks > c.plan.study.population.participants * len(
            design.visits
        ):
            yield _design(
                c,
                endpoint,
                ("order",),
                f"a block of {endpoint} has more cases than the study",
                f"fewer than {c.plan.study.population.participants}",
                str(design.order.blocks),
            )


@check(
    code="READ.SITE_SEEN",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="Readers of a study at several sites who can see the site.",
    why="Sites differ in scanners, patients and, by chance, in arms; who knows the site expects its results.",
    remedy="Add `site` under `hide:`.",
)
def site_seen(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        both = (
            len({n.partition(".")[0] for n in c.plan.forms[design.form].needs}) > 1
            if design.form in c.plan.forms
            else False
        )
        if (
            len(c.plan.sites.sites) > 1
            and "site" not in design.hide
            and (len(c.plan.study.arms) > 1 or design.readers.primary > 1)
            and not both
        ):
            yield _design(
                c,
                endpoint,
                ("hide",),
                f"readers of {endpoint} see the site",
                "site under hide",
                ", ".join(design.hide),
            )


_FITS = {
    "adjudicated_against": ("cusum", "p"),
    "not_evaluable": ("cusum", "p"),
    "discordant": ("cusum", "p"),
    "bias": ("ewma",),
    "minutes": ("ewma",),
}


@check(
    code="READ.DRIFT_UNSEEN",
    subdomain="reading.personnel",
    severity=Severity.WARNING,
    finds="Readers whose charts are drawn too late, cannot show what they are of, have no limits, or whose alarm stops nothing.",
    why="A reader who drifts looks like an effect of treatment; it must be seen while cases can be read again.",
    remedy="Add `monitor: {every: 25 reads, charts, on_alarm: [hold, retrain, requalify]}`, with in_control and detect for a cusum.",
)
def drift_unseen(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.monitor is None:
            continue
        for words, expected in _drift(c, design):
            yield _design(c, endpoint, ("monitor",), f"{endpoint}: {words}", expected)


def _drift(c: PlanUnderCheck, design: ReadDesignFile) -> Iterator[tuple[str, str]]:
    monitor = design.monitor
    assert monitor is not None
    reads = c.plan.study.population.participants * (
        len(design.visits) if design.unit == "visit" else 1
    )
    if monitor.every > 1.5 * reads:
        yield (
            f"charts are drawn every {monitor.every} reads, a reader has about {reads}",
            "every: 25 reads",
        )
    yield from _after_alarm(set(monitor.on_alarm))
    for chart in monitor.charts:
        yield from _chart(chart, bool(design.readers.adjudicator))


def _after_alarm(actions: set[str]) -> Iterator[tuple[str, str]]:
    if not actions:
        yield "an alarm stops nothing", "on_alarm: [hold, retrain, requalify]"
    elif "hold" in actions and not actions & {"retrain", "requalify"}:
        yield "a held reader never comes back", "on_alarm: retrain, requalify"
    elif "requalify" in actions and "retrain" not in actions:
        yield (
            "a reader who drifts is tested again without having been taught",
            "on_alarm: retrain",
        )


def _chart(chart: Chart, adjudicated: bool) -> Iterator[tuple[str, str]]:
    if chart.kind not in _FITS[chart.of]:
        yield (
            f"{chart.of} cannot be drawn as a {chart.kind} chart",
            f"kind: {' or '.join(_FITS[chart.of])}",
        )
    if chart.of == "adjudicated_against" and not adjudicated:
        yield (
            "adjudications are charted, and nobody adjudicates",
            "charts of bias, minutes or not_evaluable",
        )
    if chart.kind == "cusum" and (chart.in_control is None or chart.detect is None):
        yield (
            f"the cusum of {chart.of} has no in_control or detect",
            "in_control: 18 %, detect: doubling",
        )
    if chart.in_control and not 1 <= chart.in_control.value <= 60:
        yield f"{chart.of} is expected at {chart.in_control}", "between 1 % and 60 %"


@check(
    code="READ.QUALIFIED_LIGHTLY",
    subdomain="training.readers",
    severity=Severity.WARNING,
    finds="A test of readers on fewer than ten cases, with many attempts, or without agreement with the reference.",
    why="Ten cases give an interval that holds almost any reader; who may try until it fits has learnt the cases.",
    remedy="Use 20 cases or more, two attempts, and a limit against `reference`.",
)
def qualified_lightly(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        test = design.qualify
        if test is None or design.readers.primary == 1:
            continue
        problems = [
            (test.set < 10, f"on {test.set} cases", "set: 20 cases"),
            (test.attempts > 3, f"with {test.attempts} attempts", "attempts: 2"),
            (
                not any("reference" in p for p in test.passing),
                "without agreement with the reference",
                "a condition on reference",
            ),
        ]
        for wrong, words, expected in problems:
            if wrong:
                yield _design(
                    c,
                    endpoint,
                    ("qualify",),
                    f"readers of {endpoint} qualify {words}",
                    expected,
                )
        if design.finish_by and design.finish_by.probability.value < 80:
            yield _design(
                c,
                endpoint,
                ("finish_by",),
                f"reads of {endpoint} shall be final with {design.finish_by.probability}",
                "95 %",
                str(design.finish_by.probability),
            )
