"""Checks that claims, markets and the product fit together and are dated."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.evidence import Claim, Evidence, Market
from provident.plan.places import Path
from provident.programme.checks.evidence import EVIDENCE
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


# By which words a market's route is known; a market with another name may have any.
ROUTES = {
    "uk": ("UKCA", "MHRA", "CE", "NICE", "UK"),
    "gb": ("UKCA", "MHRA", "CE", "NICE", "UK"),
    "eu": ("CE", "MDR", "EMA", "IVDR"),
    "us": ("FDA", "510", "De Novo", "PMA", "NDA", "BLA"),
}
_OF_DRUGS = ("NDA", "BLA", "EMA", "marketing authorisation")
_OF_DEVICES = ("UKCA", "CE ", "MDR", "510", "De Novo", "PMA")


def _claims(c: PlanUnderCheck) -> dict[str, Claim]:
    return c.plan.evidence.claims if c.plan.evidence else {}


def _flag(path: Path, words: str, expected: str, found: str) -> Flag:
    return Flag(file=EVIDENCE, path=path, key=True, message=words, expected=expected, found=found)  # fmt: skip


@check(
    code="EVIDENCE.CLAIM_UNWANTED",
    subdomain="commercial.regulatory",
    severity=Severity.WARNING,
    finds="A claim that an outcome shows, and no market asks for; or a market that asks for nothing.",
    why="Markets differ in what they ask for; a claim nobody asks for costs a trial, one that was forgotten costs the market.",
    remedy="Name the claim under `needs:` of the markets, with what each asks.",
)
def claim_unwanted(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if evidence is None or not evidence.markets:
        return
    wanted = {n for market in evidence.markets.values() for n in market.needs}
    for name, claim in evidence.claims.items():
        if claim.outcome and claim.design != "descriptive" and name not in wanted:
            yield _flag(("claims", name), f"no market asks for {name}", "needs of a market", ", ".join(sorted(wanted)) or "none")  # fmt: skip
    for name, market in evidence.markets.items():
        if not market.needs or not all(market.needs.values()):
            yield _flag(("markets", name), f"{name} asks for no evidence", "needs: {claim: [what]}", "none")  # fmt: skip


@check(
    code="EVIDENCE.PRIMARY_UNCLAIMED",
    subdomain="commercial.regulatory",
    severity=Severity.WARNING,
    finds="A product whose claims rest on no primary outcome, or two claims of one design that rest on the same outcome.",
    why="The study was sized for its primary outcome; what is claimed must be what it shows.",
    remedy="Name the primary outcome under `outcome:` of a claim.",
)
def primary_unclaimed(c: PlanUnderCheck) -> Iterator[Flag]:
    claims = _claims(c)
    shown = [claim.outcome for claim in claims.values() if claim.outcome]
    primary = [n for n, o in c.plan.study.outcomes.items() if o.role == "primary"]
    if shown and primary and not set(primary) & set(shown):
        yield _flag(("claims",), f"no claim rests on the primary outcome {' or '.join(primary)}", ", ".join(primary), ", ".join(shown))  # fmt: skip
    seen: dict[tuple[str | None, str], str] = {}
    for name, claim in claims.items():
        key = (claim.outcome, claim.design)
        if claim.outcome and key in seen:
            yield _flag(("claims", name), f"{name} and {seen[key]} both rest on {claim.outcome}", "an outcome of its own", str(claim.outcome))  # fmt: skip
        seen.setdefault(key, name)


@check(
    code="EVIDENCE.DESIGN_UNSTATED",
    subdomain="commercial.guidelines",
    severity=Severity.WARNING,
    finds="A claim that does not say how it is shown, a margin that gives a fifth away, or one where none belongs.",
    why="Superiority and non-inferiority need other numbers of people; a margin of half would let anything pass.",
    remedy="Write `design:`, and a `margin:` below 0.2 for non-inferiority and equivalence alone.",
)
def design_unstated(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, claim in _claims(c).items():
        bounded = claim.design in ("non-inferiority", "equivalence")
        problems = (
            ("design" not in claim.model_fields_set, "does not say how it is shown", "design"),
            (bool(claim.margin) and not bounded, f"is shown by {claim.design} and has a margin", "design: non-inferiority, or no margin"),
            (bounded and not 0.001 <= (claim.margin or 0.05) <= 0.2, f"has a margin of {claim.margin}", "margin: 0.05"),
            (bool(claim.outcome) and bool(claim.benefit) and not bounded, f"words a benefit, which a claim of {claim.design} is itself", "design: non-inferiority"),
        )  # fmt: skip
        for wrong, words, expected in problems:
            if wrong:
                yield _flag(("claims", name), f"{name} {words}", expected, claim.design)


def _route_faults(name: str, market: Market, kind: str) -> Iterator[tuple[str, str]]:
    wanted = ROUTES.get(name.lower(), ())
    if wanted and not any(w.lower() in market.route.lower() for w in wanted):
        yield (
            f"{name} is entered by {market.route}",
            f"a route with {', '.join(wanted)}",
        )
    device = kind in ("software", "device")
    if device and any(w in market.route for w in _OF_DRUGS):
        yield f"{kind} enters {name} by {market.route}, which is for drugs", "a route for devices"  # fmt: skip
    if kind == "drug" and any(w in market.route for w in _OF_DEVICES):
        yield f"a drug enters {name} by {market.route}, which is for devices", "a marketing authorisation"  # fmt: skip


@check(
    code="EVIDENCE.ROUTE",
    subdomain="commercial.regulatory",
    finds="A market with a route of another market, or of another kind of product.",
    why="What must be shown follows from the route; a drug is not certified as a device.",
    remedy="Correct `route:`, or `product.kind:`.",
)
def route(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if evidence is None or evidence.product == "none":
        return
    for name, market in evidence.markets.items():
        for words, expected in _route_faults(name, market, evidence.product.kind):
            yield _flag(("markets", name, "route"), words, expected, market.route)


def _undated(evidence: Evidence, c: PlanUnderCheck) -> Iterator[tuple[str, str, str]]:
    stones = c.plan.study.milestones
    for name, market in evidence.markets.items():
        lacking = [k for k in ("source", "on") if getattr(market, k) is None]
        if lacking:
            yield name, f"{name} has no {' and no '.join(lacking)}", "source, on"
        elif market.on and not stones.first_participant.year - 4 <= market.on.year <= stones.data_lock.year:  # fmt: skip
            yield name, f"what {name} asks was looked up on {market.on}", f"a day within 4 years of {stones.first_participant}"  # fmt: skip


@check(
    code="EVIDENCE.UNDATED",
    subdomain="commercial.regulatory",
    severity=Severity.WARNING,
    finds="What a market asks for, without a source or a day, or as of a day years before the study.",
    why="Regulators change what they ask for while a trial runs; what was true when, and where it stands, must be known.",
    remedy="Add `source:` and `on:`, and look again before the report.",
)
def undated(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.evidence:
        for name, words, expected in _undated(c.plan.evidence, c):
            yield _flag(("markets", name), words, expected, "not so")


@check(
    code="EVIDENCE.VERSION_UNKNOWN",
    subdomain="commercial.regulatory",
    severity=Severity.WARNING,
    finds="A product of software or hardware without a version, or a form that records other versions than the product has.",
    why="Evidence belongs to one version; another is another product.",
    remedy="Add `version:`, and the same version to the choices of the form that takes the output in.",
)
def version_unknown(c: PlanUnderCheck) -> Iterator[Flag]:
    evidence = c.plan.evidence
    if (
        evidence is None
        or evidence.product == "none"
        or evidence.product.kind == "drug"
    ):
        return
    version = evidence.product.version
    if version is None:
        yield _flag(("product",), f"{evidence.product.name} has no version", 'version: "1.0"', "not stated")  # fmt: skip
        return
    for key, form in c.plan.forms.items():
        item = form.items.get("version")
        told = (
            {str(label) for label in (item.choices or {}).values()} if item else set()
        )
        if told and not any(version in label for label in told):
            yield _flag(("product", "version"), f"{key} records version {' or '.join(sorted(told))}, the product is {version}", version, ", ".join(sorted(told)))  # fmt: skip
