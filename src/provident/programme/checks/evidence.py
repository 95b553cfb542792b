"""Checks on claims, markets and economics."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


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
