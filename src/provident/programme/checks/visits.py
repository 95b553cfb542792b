"""Checks on visits, milestones and recruitment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import (
    days,
    last_scan,
    months_between,
    per_month,
)
from provident.programme.visits import window_days


STUDY = "study.yaml"


@check(
    code="VISIT.WINDOWS_OVERLAP",
    subdomain="conduct.monitoring",
    finds="Two visits whose windows share a day.",
    why="An exam on such a day belongs to either visit, so that it can be counted twice or for the wrong one.",
    remedy="Move one of the windows so that no day is in both.",
)
def windows_overlap(c: PlanUnderCheck) -> Iterator[Flag]:
    for (a, first), (b, second) in combinations(c.plan.study.visits.items(), 2):
        low = max(window_days(first)[0], window_days(second)[0])
        high = min(window_days(first)[1], window_days(second)[1])
        if low <= high:
            yield Flag(
                file=STUDY,
                path=("visits", b, "window"),
                message=f"the windows of {a} and {b} share days {low} to {high}",
                expected="windows that share no day",
                found=f"{a}: {first.window}; {b}: {second.window}",
            )


@check(
    code="VISIT.ORDER",
    subdomain="conduct.monitoring",
    severity=Severity.WARNING,
    finds="Visits that are not written in the order in which they take place.",
    why="Tables, matrices and read designs show the visits in the plan's order.",
    remedy="Write the visits in the order of their windows.",
)
def visits_in_order(c: PlanUnderCheck) -> Iterator[Flag]:
    for (a, first), (b, second) in pairwise(c.plan.study.visits.items()):
        if window_days(second)[0] < window_days(first)[0]:
            yield Flag(
                file=STUDY,
                path=("visits", b),
                key=True,
                message=f"{b} takes place before {a} but is written after it",
                expected=f"{b} before {a}",
                found=f"{a}: {first.window}; {b}: {second.window}",
            )


@check(
    code="VISIT.EXAM_UNUSED",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="An imaging manual whose exam no visit makes.",
    why="Either a visit forgot it, or sites are trained for what never comes.",
    remedy="Name the exam at a visit, or remove its file.",
)
def exam_unused(c: PlanUnderCheck) -> Iterator[Flag]:
    made = {e for v in c.plan.study.visits.values() for e in v.imaging}
    for exam in c.plan.imaging:
        if exam not in made:
            yield Flag(
                file=c.file("imaging", exam),
                path=("exam",),
                message=f"no visit makes {exam}",
                expected="at least one visit in study.yaml with it",
                found="none",
            )


@check(
    code="MILESTONE.ORDER",
    subdomain="conduct.monitoring",
    finds="Milestones that are not in their order in time.",
    why="Forecasts, agreements and read burden are measured against them.",
    remedy="Correct the dates.",
)
def milestones_in_order(c: PlanUnderCheck) -> Iterator[Flag]:
    stones = c.plan.study.milestones
    order = (
        "first_participant",
        "last_participant",
        "last_visit",
        "data_lock",
        "report",
    )
    dated = [(n, d) for n in order if (d := getattr(stones, n)) is not None]
    for (a, first), (b, second) in pairwise(dated):
        if second <= first:
            yield Flag(
                file=STUDY,
                path=("milestones", b),
                message=f"{b} ({second}) is not after {a} ({first})",
                expected=f"a date after {first}",
                found=str(second),
            )


@check(
    code="MILESTONE.LOCK_BEFORE_LAST_VISIT",
    subdomain="reading.burden",
    finds="A data lock that comes before the last participant's last visit can have taken place.",
    why="The last images would be read after the lock, or never.",
    remedy="Move data_lock, or end recruitment earlier.",
)
def lock_after_last_visit(c: PlanUnderCheck) -> Iterator[Flag]:
    stones, last = c.plan.study.milestones, last_scan(c.plan)
    if stones.data_lock <= last:
        yield Flag(
            file=STUDY,
            path=("milestones", "data_lock"),
            message=f"the last participant's last visit may be on {last}, but data are locked on {stones.data_lock}",
            expected=f"a date after {last}",
            found=str(stones.data_lock),
        )
    elif stones.last_visit and stones.last_visit < last:
        yield Flag(
            file=STUDY,
            path=("milestones", "last_visit"),
            severity=Severity.WARNING,
            message=f"last_visit is {stones.last_visit}, but the windows allow a visit until {last}",
            expected=str(last),
            found=str(stones.last_visit),
        )


@check(
    code="RECRUIT.TARGETS_SHORT",
    subdomain="recruitment.communication",
    finds="Site targets that together are fewer than the participants needed.",
    why="No site answers for the rest.",
    remedy="Raise a site's target, open another site, or lower population.participants.",
)
def targets_short(c: PlanUnderCheck) -> Iterator[Flag]:
    planned = sum(s.target for s in c.plan.sites.sites.values())
    needed = c.plan.study.population.participants
    if planned < needed:
        yield Flag(
            file=STUDY,
            path=("population", "participants"),
            message=f"the sites shall recruit {planned} together, the study needs {needed}",
            expected=f"site targets of {needed} or more",
            found=str(planned),
        )


@check(
    code="RECRUIT.TOO_SLOW",
    subdomain="recruitment.barriers",
    finds="A recruitment rate that does not reach the target between the first and the last participant.",
    why="The study would be extended, and scanners, readers and agreements with it.",
    remedy="Open sites faster, add sites, move last_participant, or plan fewer participants.",
)
def recruitment_too_slow(c: PlanUnderCheck) -> Iterator[Flag]:
    recruitment = c.plan.study.recruitment
    if recruitment is None:
        return
    rate, opening = (
        per_month(recruitment.forecast.rate.mean),
        per_month(recruitment.forecast.sites_open),
    )
    if rate is None or opening is None:
        yield Flag(
            file=STUDY,
            path=("recruitment", "forecast"),
            message="the recruitment rate is not a number by time, so that it cannot be compared with the target",
            expected="such as `1.2 per site and month` and `1 per month`",
            found=f"{recruitment.forecast.rate.mean} and {recruitment.forecast.sites_open}",
        )
        return
    stones = c.plan.study.milestones
    months = months_between(stones.first_participant, stones.last_participant)
    by_site = "site" in recruitment.forecast.rate.mean.per
    sites = len(c.plan.sites.sites) if by_site else 1
    open_months = (
        max(0.0, months - (i / opening if opening else months)) for i in range(sites)
    )
    reached = rate * (sum(open_months) if by_site else months)
    needed = c.plan.study.population.participants
    if reached < needed:
        yield Flag(
            file=STUDY,
            path=("recruitment", "forecast", "rate"),
            message=f"at this rate about {reached:.0f} of {needed} participants join by {stones.last_participant}",
            expected=f"{needed} or more",
            found=f"{reached:.0f} ({sites} site(s), {months:.1f} months)",
        )


@check(
    code="VISIT.REPEAT_IMPOSSIBLE",
    subdomain="reading.qc_responsibility",
    finds="A visit window in which a scan cannot be repeated, even when it was made on the first day.",
    why="Poor images are then found when nobody can make them again (PROVIDENT, example A: quality looked at only at the end).",
    remedy="Collect, check, answer or book faster in quality.yaml and flows.yaml, or widen the window.",
)
def repeat_impossible(c: PlanUnderCheck) -> Iterator[Flag]:
    needed, steps = _days_to_repeat(c)
    for name, visit in c.plan.study.visits.items():
        low, high = window_days(visit)
        recallable = [e for e in visit.imaging if _recalled(c, e)]
        if recallable and high - low < needed:
            yield Flag(
                file=STUDY,
                path=("visits", name, "window"),
                message=f"{name} has {high - low} days, but a repeat takes {needed:.1f}: {steps}",
                expected=f"a window of {needed:.1f} days or more",
                found=f"{visit.window}",
            )


def _recalled(c: PlanUnderCheck, exam: str) -> bool:
    return exam in c.plan.imaging and c.plan.imaging[exam].recall is not None


_CADENCE = {"exam": 0.0, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4}


def _days_to_repeat(c: PlanUnderCheck) -> tuple[float, str]:
    """Days from a scan to its repeat, and the steps in words."""
    quality, steps = c.plan.quality, []
    if c.plan.flows:
        images = {n for n, d in c.plan.flows.data.items() if d.kind == "image"}
        cadences = [
            _CADENCE[f.every]
            for f in c.plan.flows.flows.values()
            if f.every in _CADENCE and images & set(f.what)
        ]
        if cadences:
            steps.append(("collection", max(cadences)))
    steps.append(("judging", days(quality.arrival.within)))
    steps.append(("quality control", days(quality.human.within)))
    steps.append(("answer", days(quality.queries.answer_within)))
    if quality.booking:
        steps.append(("booking", days(quality.booking.lead_time)))
    words = " + ".join(f"{name} {length:.1f} d" for name, length in steps)
    return sum(length for _, length in steps), words
