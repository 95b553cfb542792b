"""Checks on costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from provident.kernel import Severity
from provident.plan.models.costs import Item, Line, SplitAttribution
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


COSTS = "costs.yaml"
_SCAN = re.compile(r"scan of (\w+)(?: with \w+)?")


def _priced_exams(c: PlanUnderCheck) -> set[str]:
    items = c.plan.costs.items.values() if c.plan.costs else ()
    return {
        m[1]
        for i in items
        if i.per and (m := _SCAN.fullmatch(i.per)) and " with " not in i.per
    }


@check(
    code="COST.EXAM_UNPRICED",
    subdomain="costs.delivery",
    finds="An exam that the visits make and no cost item pays for.",
    why="Departments scan what is paid for.",
    remedy="Add an item `per: scan of <exam>`.",
)
def exam_unpriced(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.costs is None:
        return
    priced = _priced_exams(c)
    for exam in dict.fromkeys(
        e for v in c.plan.study.visits.values() for e in v.imaging
    ):
        if exam in c.plan.imaging and exam not in priced:
            yield Flag(
                file=COSTS,
                path=("items",),
                key=True,
                message=f"no item pays for {exam}",
                expected=f"an item with per: scan of {exam}",
                found=", ".join(sorted(priced)) or "none",
            )


# What the plan implies, the word by which an item counts it, and the words for a person.
_ACTIVITIES = (
    ("read", "the reads"),
    ("exam", "work on each exam, such as de-identification"),
    ("person trained", "training"),
    ("GB and month", "storage"),
    ("phantom scan", "phantom scans"),
    ("scanner", "setting up the manual on each scanner"),
)


def _implied(c: PlanUnderCheck, activity: str) -> bool:
    plan = c.plan
    if activity == "read":
        return bool(plan.reading)
    if activity == "person trained":
        return bool(plan.people.training)
    if activity == "phantom scan":
        return bool(plan.phantoms and plan.phantoms.phantoms)
    return True


def _looks_for_findings(c: PlanUnderCheck) -> str:
    """The item that pays for the look for unexpected findings, which is no work on data."""
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    names = c.plan.costs.items if c.plan.costs else {}
    if policy is None:
        return ""
    paid = [n for n, i in names.items() if i.pays == policy.who]
    return next(iter(paid), next((n for n in names if policy.who.startswith(n)), ""))


@check(
    code="COST.ACTIVITY_UNPRICED",
    subdomain="costs.delivery",
    severity=Severity.WARNING,
    finds="Reads, training, storage, phantoms or work on each exam that no item pays for.",
    why="Every activity that the plan implies costs somebody something.",
    remedy="Add an item that is counted by it, or waive it with the reason.",
)
def activity_unpriced(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.costs is None:
        return
    looks = _looks_for_findings(c)
    counted = {
        i.per
        for n, i in c.plan.costs.items.items()
        if i.per and not (i.per == "exam" and looks in (i.pays, n))
    }
    for per, words in _ACTIVITIES:
        if _implied(c, per) and per not in counted:
            yield Flag(
                file=COSTS,
                path=("items",),
                key=True,
                severity=Severity.ERROR if per == "read" else None,
                message=f"no item pays for {words}",
                expected=f"an item with per: {per}",
                found="none",
            )


@check(
    code="COST.LINE_MISSING",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="A cost line of the framework that the plan neither prices nor waives.",
    why="Forgotten lines are paid by the department, or not at all.",
    remedy="Add an item with the line, or one with `waived:` and the reason.",
)
def line_missing(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.costs is None:
        return
    have = {i.line for i in c.plan.costs.items.values()}
    for line in get_args(Line):
        if line not in have:
            yield Flag(
                file=COSTS,
                path=("items",),
                key=True,
                message=f'no item is on the line "{line}"',
                expected=f"an item with line: {line}",
                found=", ".join(sorted(have)),
            )


@check(
    code="COST.NO_ATTRIBUTION",
    subdomain="costs.standard",
    finds="A cost item without a price, a count or an attribution.",
    why="Who pays must be agreed before the first scan, not at the first invoice.",
    remedy="Add per, price and attribution, or `waived:` with the reason.",
)
def no_attribution(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        lacking = [
            n for n in ("per", "price", "attribution") if getattr(item, n) is None
        ]
        if item.price == 0 and lacking == ["attribution"]:
            continue  # nobody needs to pay nothing
        if lacking and not item.waived:
            yield Flag(
                file=COSTS,
                path=("items", name),
                key=True,
                message=f"{name} has no {', '.join(lacking)}",
                expected="per, price, attribution",
                found="not stated",
            )


@check(
    code="COST.RESEARCH_AS_TREATMENT",
    subdomain="costs.standard",
    finds="A research scan that is booked as a treatment cost.",
    why="A funder made a trial book research imaging as treatment cost; hospitals then stopped recruiting (PROVIDENT, example C).",
    remedy="Attribute it to research, or state the usual care that it replaces and that results go to clinicians.",
)
def research_as_treatment(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        scan = bool(item.per and _SCAN.fullmatch(item.per))
        if scan and item.attribution == "service support" and not item.basis:
            yield Flag(
                file=COSTS,
                path=("items", name, "attribution"),
                severity=Severity.WARNING,
                message=f"{name} is a scan that is booked as service support, without a word on why",
                expected="research, or a basis",
                found="service support",
            )
        if _treatment(item) and not _usual(item):
            yield Flag(
                file=COSTS,
                path=("items", name, "attribution"),
                message=f"{name} is booked as treatment, but the {'scan is made' if scan else 'work is done'} for the study: hospitals may refuse to recruit",
                expected="research, or usual_care and its basis",
                found="treatment",
            )


def _treatment(item: Item) -> bool:
    if isinstance(item.attribution, SplitAttribution):
        return item.attribution.beyond == "treatment"
    return item.attribution == "treatment"


def _usual(item: Item) -> bool:
    """Whether the plan states, with its basis, that the scan is usual care and its result is used in care."""
    split = isinstance(item.attribution, SplitAttribution)
    stated = bool(item.usual_care) and bool(item.basis)
    return stated and item.result_to_clinicians is not False and not split


@check(
    code="COST.NO_BUDGET",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="Costs without a budget to hold them against.",
    why="Nobody would see that the money runs out.",
    remedy="Add `budget: {research: ...}`.",
)
def no_budget(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.costs and not c.plan.costs.budget:
        yield Flag(
            file=COSTS,
            path=("currency",),
            key=True,
            message="there is no budget",
            expected="budget: {research: 160000}",
            found="none",
        )
