"""Checks on what the plan costs: totals against the budget, lines, attribution."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan import Plan
from provident.programme.checks.costs import COSTS
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


_SCAN = re.compile(r"scan of (\w+)(?: with (\w+))?")


def scans(plan: Plan, exam: str, role: str | None = None) -> int:
    """How many exams of a kind the visits make, or those of them that acquire a series."""
    manual = plan.imaging.get(exam)
    at = manual.series[role].at if manual and role and role in manual.series else ()
    visits = [
        n
        for n, v in plan.study.visits.items()
        if exam in v.imaging and (not at or n in at)
    ]
    return plan.study.population.participants * len(visits)


def count(plan: Plan, per: str) -> float | None:
    """How many of what an item is counted by the plan implies; None where it cannot be counted."""
    match = _SCAN.fullmatch(per)
    if match:
        return scans(plan, match[1], match[2])
    exams = sum(scans(plan, e) for e in plan.imaging)
    stones = plan.study.milestones
    months = (stones.data_lock - stones.first_participant).days / 30.44
    simple = {
        "exam": exams,
        "participant": plan.study.population.participants,
        "site": len(plan.sites.sites),
        "scanner": len(plan.sites.scanners),
        "month": months,
        "site and month": len(plan.sites.sites) * months,
    }
    if per == "read":
        return sum(
            d.readers.primary * plan.study.population.participants * len(d.visits)
            for d in plan.reading.values()
        )
    return simple.get(per)


@check(
    code="COST.OVER_BUDGET",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="Research costs, of what can be counted from the plan, that are above the budget, or below a twentieth of it.",
    why="The money would run out before the last visit; a budget twenty times the costs has a figure too many.",
    remedy="Correct prices or budget; docs of costs: `provident costs` shows each item.",
)
def over_budget(c: PlanUnderCheck) -> Iterator[Flag]:
    costs = c.plan.costs
    budget = costs.budget.get("research") if costs else None
    if costs is None or budget is None:
        return
    counted = [
        (i.price, count(c.plan, i.per))
        for i in costs.items.values()
        if i.per and i.price and i.attribution == "research"
    ]
    total = sum(price * number for price, number in counted if number)
    if total > budget or total < budget / 20:
        yield Flag(
            file=COSTS,
            path=("budget", "research"),
            message=f"research costs of about {total:,.0f} {costs.currency} can be counted from the plan, the budget is {budget:,.0f}",
            expected=f"{total:,.0f} or more"
            if total > budget
            else "a budget of the costs' size",
            found=f"{budget:,.0f}",
        )


_LINES = {
    "read": ("interpretation",),
    "person trained": ("training",),
    "phantom scan": ("scanners and sequences", "extra expertise"),
    "GB and month": ("de-identification storage access",),
    "GB and year after end": ("archiving",),
}


@check(
    code="COST.WRONG_LINE",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="A cost item on a line that what it is counted by does not belong to.",
    why="Funders compare studies by line; a read booked as archiving is asked back.",
    remedy="Correct `line:` or `per:`.",
)
def wrong_line(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        per = item.per or ""
        if _SCAN.fullmatch(per):
            lines: tuple[str, ...] = (
                "site variation",
                "scanners and sequences",
                "mobile scanners",
            )
        else:
            lines = _LINES.get(per, ())
        archived = item.line == "archiving" and bool(per) and "year" not in per
        if (lines and item.line not in lines) or archived:
            yield Flag(
                file=COSTS,
                path=("items", name, "line"),
                message=f'{name} is counted by "{per}" and booked as {item.line}',
                expected=" or ".join(lines) or "GB and year after end",
                found=item.line,
            )


@check(
    code="COST.RESULT_BREAKS_BLIND",
    subdomain="costs.standard",
    finds="A scan whose result goes to clinicians by its costs, while the clinical team is blind to images.",
    why="Costs follow who uses the result; both cannot be true.",
    remedy="Write `result_to_clinicians: false`, or take the clinical team out of blinded_to.images.",
)
def result_breaks_blind(c: PlanUnderCheck) -> Iterator[Flag]:
    blind = c.plan.study.blinded_to.images
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        if (
            item.result_to_clinicians
            and item.attribution == "research"
            and "clinical_team" in blind
        ):
            yield Flag(
                file=COSTS,
                path=("items", name, "result_to_clinicians"),
                message=f"the result of {name} goes to clinicians, who are blind to it",
                expected="false",
                found="true",
            )


@check(
    code="COST.PRICES_OLD",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="Prices of a year after the study has begun, or more than five years before.",
    why="Prices move; a reference price has a year so that it can be brought up to date.",
    remedy="Bring prices up to date, or correct `price_year:`.",
)
def prices_old(c: PlanUnderCheck) -> Iterator[Flag]:
    costs, begins = c.plan.costs, c.plan.study.milestones.first_participant.year
    if costs and not begins - 5 <= costs.price_year <= begins:
        yield Flag(
            file=COSTS,
            path=("price_year",),
            message=f"prices are of {costs.price_year}, the first participant joins in {begins}",
            expected=f"{begins - 5} to {begins}",
            found=str(costs.price_year),
        )
