"""Checks on information, consent and unexpected findings."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.consent import Option
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


CONSENT = "consent.yaml"

# What an option of this name covers when it does not say so.
_BY_NAME = {
    "store_images": ("archive",),
    "future_research": ("future_research",),
    "share_outside": ("share",),
    "commercial": ("commercial",),
    "ai_development": ("ai",),
    "recontact": ("follow_up",),
}


def covered(options: dict[str, Option]) -> set[str]:
    """The uses that some consent option covers."""
    return {
        use
        for name, o in options.items()
        for use in (o.covers or _BY_NAME.get(name, ()))
    }


@check(
    code="CONSENT.RISKS_MISSING",
    subdomain="ethics.ethics",
    finds="An exam that participants have, without a word on its risks.",
    why="Nobody can agree to a risk that nobody told; `none known` is an answer, silence is not.",
    remedy="Add the exam under information.risks.",
)
def risks_missing(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.consent is None:
        return
    for exam in dict.fromkeys(
        e for v in c.plan.study.visits.values() for e in v.imaging
    ):
        if not c.plan.consent.information.risks.get(exam):
            yield Flag(
                file=CONSENT,
                path=("information", "risks"),
                key=True,
                message=f"participants are not told the risks of {exam}",
                expected=f"{exam} under risks",
                found=", ".join(c.plan.consent.information.risks) or "none",
            )


@check(
    code="CONSENT.PURPOSE_MISSING",
    subdomain="ethics.ethics",
    severity=Severity.WARNING,
    finds="An exam that participants have, without a word on what it is for.",
    why="A risk can be weighed only against a purpose.",
    remedy="Add the exam under information.purpose.",
)
def purpose_missing(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.consent is None:
        return
    purposes = c.plan.consent.information.purpose
    exams = dict.fromkeys(e for v in c.plan.study.visits.values() for e in v.imaging)
    for exam in exams if purposes else ():
        if exam not in purposes:
            yield Flag(
                file=CONSENT,
                path=("information", "purpose"),
                key=True,
                message=f"participants are not told what {exam} is for",
                expected=f"{exam} under purpose",
                found=", ".join(purposes),
            )


@check(
    code="CONSENT.VISIT_UNTOLD",
    subdomain="ethics.information",
    severity=Severity.WARNING,
    finds="A visit with imaging that the information does not describe, where it describes others.",
    why="Participants plan their day by it, and decide by it whether to come.",
    remedy="Add the visit under information.visit.",
)
def visit_untold(c: PlanUnderCheck) -> Iterator[Flag]:
    told = c.plan.consent.information.visit if c.plan.consent else {}
    for name, visit in c.plan.study.visits.items() if told else ():
        if visit.imaging and name not in told:
            yield Flag(
                file=CONSENT,
                path=("information", "visit"),
                key=True,
                message=f"participants are not told what happens at {name}",
                expected=f"{name} under visit",
                found=", ".join(told),
            )


@check(
    code="CONSENT.OPTION_WORDLESS",
    subdomain="ethics.consent",
    severity=Severity.WARNING,
    finds="An optional consent without the words that the participant agrees to.",
    why="Nobody can agree to a name in a file.",
    remedy="Add `words:`.",
)
def option_wordless(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, option in (c.plan.consent.options if c.plan.consent else {}).items():
        if not option.required and not option.words:
            yield Flag(
                file=CONSENT,
                path=("options", name),
                key=True,
                message=f"the consent option {name} has no words",
                expected="words: what the participant agrees to",
                found="none",
            )


@check(
    code="CONSENT.EQUITY_MISSING",
    subdomain="ethics.ethics",
    severity=Severity.WARNING,
    finds="An exclusion for the imaging's sake without a note on whom it leaves out.",
    why="Imaging eligibility can skew who is studied (PROVIDENT, ethics).",
    remedy="Add `equity:` with whom it affects and what is offered to them.",
)
def equity_missing(c: PlanUnderCheck) -> Iterator[Flag]:
    for i, exclusion in enumerate(c.plan.study.population.exclude_by_imaging):
        if not exclusion.equity:
            yield Flag(
                file="study.yaml",
                path=("population", "exclude_by_imaging", i),
                message=f"the exclusion of {exclusion.expected} of people has no equity note",
                expected="equity: whom it leaves out, what is offered",
                found="none",
            )


@check(
    code="CONSENT.USE_UNCOVERED",
    subdomain="ethics.consent",
    finds="A use of images that no consent option covers.",
    why="Images may not be shared, sold or used to train programs beyond what each participant agreed to.",
    remedy="Add an option with `covers:` to consent.yaml, or drop the use.",
)
def use_uncovered(c: PlanUnderCheck) -> Iterator[Flag]:
    have = covered(dict(c.plan.consent.options)) if c.plan.consent else set()
    for file, path, use in _uses(c):
        if use not in have:
            yield Flag(
                file=file,
                path=path,
                message=f"no consent option covers the use `{use}`",
                expected=f"an option that covers {use}",
                found=", ".join(sorted(have)) or "none",
            )


def _uses(c: PlanUnderCheck) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each use beyond the trial and care, and where the plan states it."""
    for name, flow in (c.plan.flows.flows if c.plan.flows else {}).items():
        if flow.purpose not in ("trial", "care"):
            yield "flows.yaml", ("flows", name, "purpose"), flow.purpose
    evidence = c.plan.evidence
    if evidence and evidence.image_access.commercial not in ("none", "no"):
        yield "evidence.yaml", ("image_access", "commercial"), "commercial"
    if evidence and evidence.product != "none" and evidence.product.kind == "software":
        yield "evidence.yaml", ("product", "kind"), "ai"


@check(
    code="CONSENT.RECALL_NOT_TOLD",
    subdomain="ethics.information",
    finds="A manual that recalls participants for poor images, and information that does not say so.",
    why="A participant who was not told may refuse, or feel that something was found.",
    remedy="Add `recall:` to the information.",
)
def recall_not_told(c: PlanUnderCheck) -> Iterator[Flag]:
    recalled = [e for e, m in c.plan.imaging.items() if m.recall]
    if c.plan.consent and recalled and not c.plan.consent.information.recall:
        yield Flag(
            file=CONSENT,
            path=("information",),
            key=True,
            message=f"participants may be recalled for {', '.join(recalled)} but are not told",
            expected="information.recall",
            found="none",
        )


@check(
    code="CONSENT.NO_WITHDRAWAL",
    subdomain="ethics.consent",
    finds="No rule for what withdrawal does to images, or none that stops their use.",
    why="Images, reads, derived data and backups outlive a withdrawal unless somebody decided otherwise.",
    remedy="Add levels under `withdrawal:`, one of which stops the use of images.",
)
def no_withdrawal(c: PlanUnderCheck) -> Iterator[Flag]:
    consent = c.plan.consent
    if consent and not any(w.images != "keep" for w in consent.withdrawal.values()):
        yield Flag(
            file=CONSENT,
            path=("withdrawal",),
            key=True,
            message="no level of withdrawal stops the use of images",
            expected="a level with images: quarantine or erase",
            found=", ".join(consent.withdrawal) or "no levels",
        )


@check(
    code="SAFETY.NO_POLICY",
    subdomain="conduct.safety",
    finds="Images of people, and no policy on unexpected findings.",
    why="Somebody will see something; who looks, by when and who tells must be known before.",
    remedy="Add information.unexpected_findings with who, within and told_by (or looked_for: no, with why).",
)
def safety_policy(c: PlanUnderCheck) -> Iterator[Flag]:
    consent = c.plan.consent
    if consent is None:
        return
    policy = consent.information.unexpected_findings
    if policy is None or (not policy.looked_for and not policy.why):
        yield Flag(
            file=CONSENT,
            path=("information",)
            if policy is None
            else ("information", "unexpected_findings"),
            key=True,
            message="there is no policy on unexpected findings"
            if policy is None
            else "nobody looks for unexpected findings, and no reason is given",
            expected="who, within, told_by",
            found="none",
        )


@check(
    code="SAFETY.READ_WITHOUT_FLOW",
    subdomain="conduct.safety",
    finds="A promised safety read to whose reader no images flow, or not in time.",
    why="The information promises a look that nobody can take.",
    remedy="Add a flow of the images to the role, within the promised time.",
)
def safety_read_flow(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.consent is None or c.plan.flows is None:
        return
    policy = c.plan.consent.information.unexpected_findings
    if policy is None or not policy.looked_for:
        return
    flows = {n: f for n, f in c.plan.flows.flows.items() if f.to == policy.who}
    path = ("information", "unexpected_findings", "who")
    if not flows:
        yield Flag(
            file=CONSENT,
            path=path,
            message=f"{policy.who} looks for unexpected findings, but no flow brings the images",
            expected=f"a flow to {policy.who} in flows.yaml",
            found="none",
        )
    for name, flow in flows.items():
        if flow.within is None or flow.within.to("d") > policy.within.to("d"):
            yield Flag(
                file="flows.yaml",
                path=("flows", name, "within") if flow.within else ("flows", name),
                key=flow.within is None,
                message=f"participants are promised a look within {policy.within}, the flow {name} takes {flow.within or 'any time'}",
                expected=f"within: {policy.within} or less",
                found=str(flow.within or "no time"),
            )


@check(
    code="SAFETY.READ_WITHOUT_COST",
    subdomain="conduct.safety",
    finds="A promised safety read that no cost item pays for.",
    why="What is not paid is not done.",
    remedy="Add an item such as safety_read, `per: exam`, or name the role under `pays:`.",
)
def safety_read_cost(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.consent is None or c.plan.costs is None:
        return
    policy = c.plan.consent.information.unexpected_findings
    if policy is None or not policy.looked_for:
        return
    who = policy.who
    paid = any(
        item.pays == who or (item.pays is None and who.startswith(name))
        for name, item in c.plan.costs.items.items()
    )
    if not paid:
        yield Flag(
            file="costs.yaml",
            path=("items",),
            key=True,
            message=f"no cost item pays {who} for looking at every exam",
            expected=f"an item with pays: {who}",
            found="none",
        )
