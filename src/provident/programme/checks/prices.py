"""Checks on prices and counts of cost items, and on whose work nobody pays for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.costs import Item
from provident.programme.checks.costs import COSTS
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


_SCAN = re.compile(r"scan of (\w+)(?: with \w+)?")
COUNTS = (
    "read", "exam", "participant", "visit", "site", "scanner", "month", "year", "site and month", "site and year",
    "person trained", "phantom scan", "GB and month", "GB and year", "GB and year after end", "study", "hour",
    "monitoring visit", "early answer", "travelling volunteer",
)  # fmt: skip
# What is paid for one of each in a hospital or a university, with much room on both sides, in pounds, euros or dollars.
USUAL = {
    "read": (1, 1500), "exam": (0.2, 500), "person trained": (5, 5000), "phantom scan": (5, 2000),
    "GB and month": (0.001, 1), "GB and year": (0.005, 10), "GB and year after end": (0.005, 2),
    "scanner": (50, 30000), "site and month": (5, 5000), "site": (50, 50000),
}  # fmt: skip
SCANS = {"MR": (40, 3000), "CT": (20, 2000), "PT": (150, 6000), "NM": (50, 3000), "US": (10, 800)}  # fmt: skip
XRAY = (3, 500)
POUNDS = frozenset({"GBP", "EUR", "USD"})


@check(
    code="COST.COUNT_UNKNOWN",
    subdomain="costs.standard",
    finds="A cost item that is counted by something which the plan does not have.",
    why="The number of them could not be taken from the plan, so that the total leaves it out.",
    remedy="Count it by `scan of <exam>`, read, exam, participant, site, scanner, month, person trained, GB and month, ...",
)
def count_unknown(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        if item.per and item.per not in COUNTS and not _SCAN.fullmatch(item.per):
            yield Flag(
                file=COSTS,
                path=("items", name, "per"),
                message=f'{name} is counted by "{item.per}"',
                expected=f"scan of <exam>, or one of: {', '.join(COUNTS)}",
                found=item.per,
            )


def _usual(c: PlanUnderCheck, item: Item) -> tuple[float, float] | None:
    match = _SCAN.fullmatch(item.per or "")
    if match is None or " with " in (item.per or ""):
        return USUAL.get(item.per or "")
    manual = c.plan.imaging.get(match[1])
    if manual is None:
        return None
    ranges = [SCANS.get(m, XRAY) for m in manual.modality]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


@check(
    code="COST.PRICE_IMPLAUSIBLE",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="A price that is far from what anybody pays for such a thing: pence for pounds, a year for a month, nothing without a reason.",
    why="One slip of the decimal hides or makes a deficit.",
    remedy="Correct the price, or say under `why:` why it is 0 or unusual.",
)
def price_implausible(c: PlanUnderCheck) -> Iterator[Flag]:
    costs = c.plan.costs
    if costs is None or costs.currency not in POUNDS:
        return
    for name, item in costs.items.items():
        usual = _usual(c, item)
        if usual is None or item.price is None or item.why:
            continue
        if not usual[0] <= item.price <= usual[1]:
            yield Flag(
                file=COSTS,
                path=("items", name, "price"),
                message=f"{name} costs {item.price:g} {costs.currency} for one {item.per}",
                expected=f"{usual[0]:g} to {usual[1]:g}, or the reason under why",
                found=f"{item.price:g}",
            )


@check(
    code="COST.EXPERT_UNPAID",
    subdomain="costs.delivery",
    severity=Severity.WARNING,
    finds="Experts whose work the plan uses, such as who looks at images or for findings, and fewer cost items for them than there are.",
    why="Physicists and radiologists then work for the study on another's budget, until they stop (PROVIDENT, costs: extra expertise).",
    remedy="Add an item on the line extra expertise for each, with `pays:` and the role.",
)
def expert_unpaid(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.costs is None:
        return
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    experts = [c.plan.quality.human.by]
    if policy and policy.looked_for:
        experts.append(policy.who)
    paid = {
        n: i for n, i in c.plan.costs.items.items() if i.line == "extra expertise" and not i.waived
    }  # fmt: skip
    named = [
        e for e in dict.fromkeys(experts) if any(i.pays == e for i in paid.values())
    ]
    others = [n for n, i in paid.items() if i.pays is None or i.pays not in c.plan.people.roles]  # fmt: skip
    lacking = [e for e in dict.fromkeys(experts) if e not in named]
    if len(lacking) > len(others):
        yield Flag(
            file=COSTS,
            path=("items",),
            key=True,
            message=f"{' and '.join(lacking)} work for the study, and {len(others)} items pay for extra expertise",
            expected="an item with line: extra expertise for each",
            found=", ".join(paid) or "none",
        )


@check(
    code="COST.RESULT_UNSTATED",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="A scan whose item does not say whether its result goes to clinicians, or whose use and attribution do not fit.",
    why="Who uses the result decides who pays for the scan (AcoRD), and whether readers stay the only ones who know it.",
    remedy="Write `result_to_clinicians: true` or `false`; where true and charged to research, the basis.",
)
def result_unstated(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        match = _SCAN.fullmatch(item.per or "")
        if match is None or " with " in (item.per or ""):
            continue
        routine = bool(item.usual_care) or item.attribution == "treatment"
        if item.result_to_clinicians is None and not item.basis:
            words, expected = "does not say whether its result goes to clinicians", "result_to_clinicians: true or false"  # fmt: skip
        elif (
            item.result_to_clinicians
            and item.attribution == "research"
            and not item.basis
        ):
            words, expected = "goes to clinicians and is charged to research alone, without a word on why", "a basis, or result_to_clinicians: false"  # fmt: skip
        elif item.result_to_clinicians is False and routine:
            words, expected = "is usual care, and clinicians do not get its result", "result_to_clinicians: true"  # fmt: skip
        else:
            continue
        yield Flag(
            file=COSTS,
            path=("items", name),
            key=True,
            message=f"{name} {words}",
            expected=expected,
            found=str(item.result_to_clinicians),
        )


@check(
    code="COST.ROUTINE_AS_RESEARCH",
    subdomain="costs.standard",
    severity=Severity.WARNING,
    finds="A scan that the manual calls routine, and a cost item that charges to research.",
    why="Care has paid for it already; the funder will ask the money back.",
    remedy="Attribute it to treatment with `usual_care:` and its basis, or make the exposure research.",
)
def routine_as_research(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, item in (c.plan.costs.items if c.plan.costs else {}).items():
        match = _SCAN.fullmatch(item.per or "")
        manual = c.plan.imaging.get(match[1]) if match else None
        routine = bool(manual and manual.exposure and manual.exposure.kind == "routine")
        if routine and item.attribution in ("research", "service support"):
            yield Flag(
                file=COSTS,
                path=("items", name, "attribution"),
                message=f"{name} is booked as {item.attribution}, and its exposure is routine",
                expected="treatment, with usual_care and basis",
                found=str(item.attribution),
            )
