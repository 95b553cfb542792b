"""Checks that readers are tested against a standard, watched, replaced, and read to a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.reading import ReadDesignFile
from provident.plan.models.reading_parts import Qualify
from provident.plan.models.reading_watch import Monitor
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days, first_case


_LIMIT = re.compile(
    r"(kappa|icc|ccc|spearman|pearson)\(.*\)(?:\.lower)?\s*>=?\s*([\d.]+)"
)
LONG = 540  # days of reading after which somebody has left, or paused


def _at(
    c: PlanUnderCheck, endpoint: str, key: str, words: str, expected: str, found: str
) -> Flag:
    """A finding at a key of a design, or at its name where the key is not there."""
    file = c.file("reading", endpoint)
    return Flag(
        file=file,
        path=(key,) if key in c.loaded.documents[file] else ("endpoint",),
        key=True,
        message=f"{endpoint}: {words}",
        expected=expected,
        found=found,
    )


def _watched(monitor: Monitor, adjudicated: bool) -> Iterator[tuple[str, str]]:
    charted = {chart.of for chart in monitor.charts}
    if not charted & {"adjudicated_against", "bias", "not_evaluable", "discordant"}:
        yield (
            "nothing charts what readers answer",
            "a chart of adjudicated_against, bias or not_evaluable",
        )
    if adjudicated and not charted & {"adjudicated_against", "bias", "discordant"}:
        yield (
            "cases are adjudicated, and nobody charts against whom",
            "a chart of adjudicated_against",
        )
    if "minutes" not in charted:
        yield "nothing charts how long readers take", "a chart of minutes"
    actions = set(monitor.on_alarm)
    if "requalify" in actions and not actions & {"hold", "notify"}:
        yield "a reader in alarm goes on reading", "on_alarm: hold"
    if "hold" in actions and "requalify" not in actions:
        yield (
            "a held reader comes back without having shown it again",
            "on_alarm: requalify",
        )


@check(
    code="READ.UNWATCHED",
    subdomain="reading.personnel",
    severity=Severity.WARNING,
    finds="Readers whom nothing watches, of whom only pace or only answers are charted, or whose alarm lets them go on or come back untested.",
    why="A reader who drifts looks like an effect of treatment; pace is the first thing that changes (PROVIDENT, reading).",
    remedy="Add `monitor:` with charts of answers and of minutes, and `on_alarm: [hold, retrain, requalify]`.",
)
def unwatched(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.monitor is None:
            yield _at(c, endpoint, "monitor", "nothing watches its readers", "monitor: every, charts, on_alarm", "not stated")  # fmt: skip
            continue
        for words, expected in _watched(
            design.monitor, bool(design.readers.adjudicator)
        ):
            yield _at(c, endpoint, "monitor", words, expected, "not stated")


def _loose(test: Qualify) -> Iterator[tuple[str, str]]:
    for condition in test.passing:
        match = _LIMIT.search(condition)
        if match and not 0.2 < float(match[2]) < 1:
            yield (
                f'"{condition}" is passed by {"nobody" if float(match[2]) >= 1 else "anybody"}',
                "a limit between 0.2 and 1",
            )
    if not any(p.replace(" ", "").startswith("blanks==0") for p in test.passing):
        yield "who leaves blanks qualifies all the same", "pass: blanks == 0"
    if "attempts" not in test.model_fields_set:
        yield "nothing says how often the test may be tried", "attempts: 2"


@check(
    code="READ.TEST_UNFIT",
    subdomain="training.readers",
    severity=Severity.WARNING,
    finds="A test of readers that nobody or everybody passes, that allows blanks, or that may be tried for ever.",
    why="A limit of agreement above 1 keeps everybody out, one near 0 keeps nobody; a blank is not an answer (PROVIDENT, training).",
    remedy="Set limits between 0.2 and 1, `blanks == 0`, and `attempts:`.",
)
def test_unfit(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        for words, expected in _loose(design.qualify) if design.qualify else ():
            yield _at(c, endpoint, "qualify", words, expected, "not so")


@check(
    code="READ.NO_DEADLINE",
    subdomain="reading.burden",
    severity=Severity.WARNING,
    finds="A read design that does not say by when its reads are final, or is content with a toss-up.",
    why="Reads were not done by the milestone (PROVIDENT, example A): each design is held to a date of its own.",
    remedy="Add `finish_by: {milestone: data_lock, probability: 95 %}`.",
)
def no_deadline(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.finish_by is None:
            yield _at(c, endpoint, "finish_by", "nothing says by when its reads are final", "finish_by: milestone, probability", "not stated")  # fmt: skip
        elif design.finish_by.probability.value < 80:
            yield _at(c, endpoint, "finish_by", f"its reads shall be final with {design.finish_by.probability}", "95 %", str(design.finish_by.probability))  # fmt: skip


@check(
    code="READ.ORDER_IMPOSSIBLE",
    subdomain="reading.methods",
    finds="More cases between two of one participant than there are cases.",
    why="No order meets it, so that each would be drawn without it.",
    remedy="Lower `same_participant_gap:`.",
)
def order_impossible(c: PlanUnderCheck) -> Iterator[Flag]:
    people = c.plan.study.population.participants
    for endpoint, design in c.plan.reading.items():
        points = len(design.visits) if design.unit == "visit" else 1
        gap = design.order.same_participant_gap
        if gap >= max(1, people * points - points):
            yield _at(c, endpoint, "order", f"{gap} cases shall lie between two of one participant, and there are {people * points}", f"fewer than {people * points - points}", str(gap))  # fmt: skip


def _reading_days(c: PlanUnderCheck, design: ReadDesignFile) -> int:
    stones = c.plan.study.milestones
    ends = design.finish_by and stones.dates().get(design.finish_by.milestone)
    start = stones.first_read or first_case(c.plan, design.visits)
    return ((ends or stones.data_lock) - start).days


def _left_open(
    c: PlanUnderCheck, design: ReadDesignFile
) -> Iterator[tuple[str, str, str]]:
    replace, again = design.replace, design.requalify
    cases = c.plan.study.population.participants
    if replace is None:
        yield (
            "replace",
            "nothing says what happens when a reader leaves",
            "replace: {reads: unread only, bridging: 20 cases}",
        )
    elif design.readers.primary > 1 and not 5 <= (replace.bridging or 0) <= cases:
        yield (
            "replace",
            f"old and new reader share {replace.bridging or 'no'} cases of {cases}",
            "bridging: 20 cases",
        )
    if again is None or again.after_idle is None:
        yield (
            "requalify",
            "nothing says after which pause a reader is tested again",
            "requalify: {after_idle: 90 d, on: [form version, alarm]}",
        )
    elif not 7 <= days(again.after_idle) <= 366:
        yield (
            "requalify",
            f"a reader is tested again after a pause of {again.after_idle}",
            "after_idle: 90 d",
        )
    lacking = {"form version", "alarm"} - set(again.on if again else ())
    if again and lacking:
        yield (
            "requalify",
            f"a reader is not tested again after: {', '.join(sorted(lacking))}",
            "on: [form version, alarm]",
        )


@check(
    code="READ.NOBODY_FOLLOWS",
    subdomain="reading.personnel",
    severity=Severity.WARNING,
    finds="Reading that lasts over 18 months, with two readers or more, and no rule for a reader who leaves, pauses or is in alarm.",
    why="A single reader was left when the others had gone (PROVIDENT, example A); who joins later must agree with those at work.",
    remedy="Add `replace:` with bridging cases and `requalify:`.",
)
def nobody_follows(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        needed = design.readers.primary > 1 and _reading_days(c, design) >= LONG
        for key, words, expected in _left_open(c, design):
            # What is not needed and not said is no fault; what is said must make sense.
            if not needed and getattr(design, key) is None:
                continue
            yield _at(c, endpoint, key, words, expected, "not stated")
