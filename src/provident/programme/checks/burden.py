"""Checks on the burden of reading: hours, milestones, sittings, repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from provident.kernel import Severity
from provident.plan.models.reading import ReadDesignFile
from provident.plan.quantities import quantity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days, first_case, per_week


def _last_day(c: PlanUnderCheck, design: ReadDesignFile) -> date | None:
    if design.finish_by is None:
        return c.plan.study.milestones.data_lock
    return c.plan.study.milestones.dates().get(design.finish_by.milestone)


def hours_needed(c: PlanUnderCheck, design: ReadDesignFile) -> float | None:
    """Hours that each primary reader needs for all cases of a design, hidden repeats included."""
    if design.minutes is None:
        return None
    pool = c.plan.people.roles.get(design.readers.pool)
    people = pool.people if pool else design.readers.primary
    share = design.readers.primary / max(people, design.readers.primary)
    points = (
        len(design.visits)
        if design.minutes.per == "time point" or design.unit == "visit"
        else 1
    )
    repeats = design.repeats.share.value / 100 if design.repeats else 0.0
    minutes = c.plan.study.population.participants * points * design.minutes.mean
    return share * minutes * (1 + repeats) / 60


@check(
    code="READ.CANNOT_FINISH",
    subdomain="reading.burden",
    finds="Reads that cannot be done by their milestone at the hours the readers have.",
    why="Reads were not done by the milestone and a single reader finished them (PROVIDENT, example A).",
    remedy="Start reading earlier, give readers more hours, add readers, or move the milestone.",
)
def cannot_finish(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        end, needed = _last_day(c, design), hours_needed(c, design)
        rate = design.hours.get(design.readers.pool)
        weekly = per_week(rate) if rate else None
        if end is None or needed is None or weekly is None:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("minutes",) if needed is None else ("hours",),
                key=True,
                severity=Severity.WARNING,
                message=f"nobody can say whether the reads of {endpoint} finish in time: minutes or hours are not stated",
                expected="minutes: per, mean; hours: 4 h per week",
                found="not stated",
            )
            continue
        start = c.plan.study.milestones.first_read or first_case(c.plan, design.visits)
        weeks = max(0.0, (end - start).days / 7)
        if needed > weekly * weeks:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("hours",),
                message=f"each reader of {endpoint} needs {needed:.0f} h and has {weekly * weeks:.0f} h from {start} to {end}",
                expected=f"{needed:.0f} h or more",
                found=f"{weekly * weeks:.0f} h",
            )


ADJUDICATED = (
    0.2  # share of cases that goes to adjudication where the plan expects no other
)


def _adjudicated(design: ReadDesignFile) -> float:
    """The share of cases that goes to adjudication, by the chart that watches it."""
    charts = design.monitor.charts if design.monitor else ()
    stated = [
        c.in_control.value / 100
        for c in charts
        if c.of == "adjudicated_against" and c.in_control
    ]
    return stated[0] if stated else ADJUDICATED


@check(
    code="READ.ADJUDICATION_CANNOT_FINISH",
    subdomain="reading.burden",
    finds="An adjudicator without stated hours, or with fewer than the cases that readers disagree on will take.",
    why="Reads were not done by the milestone (PROVIDENT, example A); a case is final only when its adjudication is.",
    remedy="Give the adjudicator more hours, add one, or move the milestone.",
)
def adjudication_cannot_finish(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if not design.readers.adjudicator or design.minutes is None:
            continue
        role = design.readers.adjudicator_pool
        rate, end = design.hours.get(role), _last_day(c, design)
        weekly = per_week(rate) if rate else None
        if weekly is None or end is None:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("readers", "adjudicator"),
                severity=Severity.WARNING,
                message=f"{role} has no stated hours for {endpoint}",
                expected=f"hours: {{{role}: 2 h per week}}",
                found="not stated",
            )
            continue
        points = len(design.visits) if design.minutes.per == "time point" else 1
        cases = c.plan.study.population.participants * _adjudicated(design)
        needed = cases * points * design.minutes.mean / 60
        start = c.plan.study.milestones.first_read or first_case(c.plan, design.visits)
        has = weekly * max(0.0, (end - start).days / 7)
        if needed > has:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("hours", role),
                message=f"{role} needs about {needed:.0f} h for {endpoint} and has {has:.0f} h until {end}",
                expected=f"{needed:.0f} h or more",
                found=f"{has:.0f} h",
            )


@check(
    code="READ.NO_TIME_AFTER_LAST_VISIT",
    subdomain="reading.burden",
    finds="Too little time between the last visit and the milestone to read the cases that come last.",
    why="The last cases are complete only at the last visit; reading them cannot begin earlier.",
    remedy="Move the milestone, or give readers more hours at the end.",
)
def no_time_after_last_visit(c: PlanUnderCheck) -> Iterator[Flag]:
    stones = c.plan.study.milestones
    for endpoint, design in c.plan.reading.items():
        end, needed = _last_day(c, design), hours_needed(c, design)
        rate = design.hours.get(design.readers.pool)
        weekly = per_week(rate) if rate else None
        ends = [
            stones.last_participant + timedelta(days=_last_of(c, v))
            for v in design.visits
            if v in c.plan.study.visits
        ]
        if end is None or not needed or not weekly or not ends:
            continue
        one = needed / c.plan.study.population.participants
        left = (end - max(ends)).days
        if left * weekly / 7 < one:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("finish_by",) if design.finish_by else ("endpoint",),
                message=f"the last case of {endpoint} is complete on {max(ends)}, {left} days before {end}; a reader has {max(0.0, left * weekly / 7):.1f} h for it",
                expected=f"{one:.1f} h or more",
                found=f"{max(0.0, left * weekly / 7):.1f} h",
            )


def _last_of(c: PlanUnderCheck, visit: str) -> int:
    window = c.plan.study.visits[visit].window
    return int(quantity(f"{window.high} {window.unit}").to("d"))


_BEFORE = re.compile(r"(.+?)\s+before\s+(\w+)")


@check(
    code="READ.WASHOUT_TOO_LONG",
    subdomain="reading.personnel",
    finds="Hidden repeats whose washout is longer than the time left after the last draw.",
    why="The last repeats would come due after the milestone, so that reliability is known for early reads only.",
    remedy="Draw the last repeats earlier, or shorten the washout.",
)
def washout_too_long(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        repeats = design.repeats
        match = _BEFORE.fullmatch(repeats.last_draw or "") if repeats else None
        if repeats is None or match is None:
            continue
        left = days(quantity(match[1]))
        if days(repeats.washout) > left:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("repeats", "washout"),
                message=f"a repeat waits {repeats.washout}, the last are drawn {match[1]} before {match[2]}",
                expected=f"{match[1]} or less",
                found=str(repeats.washout),
            )


@check(
    code="READ.SESSION_TOO_SHORT",
    subdomain="reading.burden",
    finds="A sitting that is shorter than one case takes.",
    why="No case could ever be finished within the rules.",
    remedy="Allow longer sittings, or split the case.",
)
def session_too_short(c: PlanUnderCheck) -> Iterator[Flag]:
    for endpoint, design in c.plan.reading.items():
        if design.minutes is None or design.sessions.at_most is None:
            continue
        points = (
            len(design.visits)
            if design.minutes.per == "time point" and design.unit == "participant"
            else 1
        )
        needed = points * design.minutes.mean
        if needed > design.sessions.at_most:
            yield Flag(
                file=c.file("reading", endpoint),
                path=("sessions", "at_most"),
                message=f"a case of {endpoint} takes {needed:.0f} min, a sitting at most {design.sessions.at_most:.0f} min",
                expected=f"{needed:.0f} min or more",
                found=f"{design.sessions.at_most:.0f} min",
            )
