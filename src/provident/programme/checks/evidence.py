"""Checks on claims, markets and economics."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import first_scan


EVIDENCE = "evidence.yaml"


@check(
    code="EVIDENCE.CLAIM_WITHOUT_OUTCOME",
    subdomain="commercial.regulatory",
    finds="A claim that no outcome of the study shows, and no gap is named.",
    why="A regulator will ask where it was shown.",
    remedy="Name the outcome that shows it, or describe the gap.",
)
def claim_without_outcome(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, claim in (c.plan.evidence.claims if c.plan.evidence else {}).items():
        if claim.outcome is None and claim.gap is None:
            yield Flag(
                file=EVIDENCE,
                path=("claims", name),
                key=True,
                message=f"nothing shows the claim {name}",
                expected="outcome, or gap",
                found="neither",
            )


@check(
    code="EVIDENCE.NO_BENEFIT",
    subdomain="commercial.guidelines",
    finds="A claim of non-inferiority without a margin or without a worded benefit.",
    why="Not worse is not a benefit; health technology assessment asks what is better.",
    remedy="Add `margin:` and `benefit:`.",
)
def no_benefit(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, claim in (c.plan.evidence.claims if c.plan.evidence else {}).items():
        if claim.design not in ("non-inferiority", "equivalence"):
            continue
        lacking = [n for n in ("margin", "benefit") if getattr(claim, n) is None]
        if lacking:
            yield Flag(
                file=EVIDENCE,
                path=("claims", name),
                key=True,
                message=f"{name} claims {claim.design} without {' and '.join(lacking)}",
                expected="margin and benefit",
                found="not stated",
            )


@check(
    code="EVIDENCE.MARKET_NEEDS_UNKNOWN_CLAIM",
    subdomain="commercial.regulatory",
    finds="A market that asks for evidence on a claim the plan does not make.",
    why="Either a claim was forgotten, or the need is another's.",
    remedy="Add the claim, or correct its name under `needs:`.",
)
def market_needs_unknown_claim(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    for market_id, market in (evidence.markets if evidence else {}).items():
        for claim in market.needs:
            if evidence and claim not in evidence.claims:
                yield Flag(
                    file=EVIDENCE,
                    path=("markets", market_id, "needs", claim),
                    key=True,
                    message=f"{market_id} asks for evidence on {claim}, which is not a claim of the plan",
                    expected=f"one of: {', '.join(evidence.claims) or 'none'}",
                    found=claim,
                )


@check(
    code="EVIDENCE.NO_MARKET",
    subdomain="commercial.market",
    severity=Severity.WARNING,
    finds="Claims for a product without a market, or without its place in the pathway.",
    why="What must be shown depends on where it shall be used, and on what it replaces.",
    remedy="Add `markets:` and `market_position:`.",
)
def no_market(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if evidence is None or evidence.product == "none":
        return
    lacking = [n for n in ("markets", "market_position") if not getattr(evidence, n)]
    if lacking:
        yield Flag(
            file=EVIDENCE,
            path=("product",),
            key=True,
            message=f"{evidence.product.name} has no {' and no '.join(lacking)}",
            expected="markets, market_position",
            found="not stated",
        )


@check(
    code="EVIDENCE.NO_BARRIER",
    subdomain="commercial.adoption",
    severity=Severity.WARNING,
    finds="A product for which nobody works on what stands in the way of its adoption.",
    why="Old scanners, set-up cost and workload keep good tests out of hospitals.",
    remedy="Add `barriers:` with an owner each.",
)
def no_barrier(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if evidence and evidence.product != "none" and not evidence.barriers:
        yield Flag(
            file=EVIDENCE,
            path=("product",),
            key=True,
            message=f"nobody works on the barriers to {evidence.product.name}",
            expected="barriers: barrier, owner",
            found="none",
        )


@check(
    code="EVIDENCE.PERMISSION_LATE",
    subdomain="commercial.scanner_access",
    finds="A manufacturer's permission that will be there later than the first scan that needs it.",
    why="A sequence that may not be used yet cannot be in the manual.",
    remedy="Ask for it earlier, by its lead time, or start later.",
)
def permission_late(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.evidence is None or c.plan.flows is None:
        return
    permissions = c.plan.evidence.scanner_access.manufacturer_permissions
    first = first_scan(c.plan)
    for i, name in enumerate(permissions if permissions != "none needed" else ()):
        agreement = c.plan.flows.agreements.get(name)
        if agreement and (agreement.ready_by is None or agreement.ready_by > first):
            yield Flag(
                file=EVIDENCE,
                path=("scanner_access", "manufacturer_permissions", i),
                message=f"{name} is ready {agreement.ready_by or 'at no stated time'}, the first scan is on {first}",
                expected=f"ready_by: {first} or earlier",
                found=str(agreement.ready_by or "not stated"),
            )


@check(
    code="EVIDENCE.COMMERCIAL_UNSTATED",
    subdomain="commercial.image_access",
    finds="Images that flow to a commercial use while the plan says that companies get none.",
    why="Participants, ethics committee and data protection were told otherwise.",
    remedy="State the terms under image_access.commercial, or drop the flow.",
)
def commercial_unstated(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if evidence is None or evidence.image_access.commercial not in ("none", "no"):
        return
    for name, flow in (c.plan.flows.flows if c.plan.flows else {}).items():
        if flow.purpose == "commercial":
            yield Flag(
                file="flows.yaml",
                path=("flows", name, "purpose"),
                message=f"{name} brings images to a commercial use, but evidence.yaml says that companies get none",
                expected="image_access.commercial: the terms",
                found=evidence.image_access.commercial,
            )


@check(
    code="ECONOMICS.CURRENCY",
    subdomain="economics.costing",
    severity=Severity.WARNING,
    finds="A decision model in another currency than the study's costs.",
    why="The trial's own costs could not feed it.",
    remedy="Use one currency, or state the rate in the model's source.",
)
def model_currency(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items() if c.plan.costs else ():
        assert c.plan.costs is not None
        if model.perspective.currency != c.plan.costs.currency:
            yield Flag(
                file=c.file("economics", name),
                path=("perspective", "currency"),
                message=f"{name} is in {model.perspective.currency}, costs.yaml in {c.plan.costs.currency}",
                expected=c.plan.costs.currency,
                found=model.perspective.currency,
            )


@check(
    code="ECONOMICS.OUTCOME_UNKNOWN",
    subdomain="economics.outcomes",
    severity=Severity.WARNING,
    finds="A decision model that claims something about an outcome it does not compute.",
    why="The claim could never be shown by it.",
    remedy="Add the outcome to the model, or correct the claim.",
)
def model_outcome_unknown(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, model in c.plan.economics.items():
        known = set(model.outcomes) | {"cost", "effect"}
        for i, claim in enumerate(model.claims):
            if claim.outcome not in known:
                yield Flag(
                    file=c.file("economics", name),
                    path=("claims", i, "outcome"),
                    message=f"{name} claims something about {claim.outcome}, which it does not compute",
                    expected=f"one of: {', '.join(sorted(known))}",
                    found=claim.outcome,
                )
