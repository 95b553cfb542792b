"""Checks on what takes time to agree and on who must reach data, or be taught: lead times, access, holders, courses, waivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from provident.kernel import Severity
from provident.plan.quantities import Quantity
from provident.programme.checks.duties import _kind
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days


FLOWS = "flows.yaml"


def _lead(asked: Quantity | None) -> str | None:
    if asked is None:
        return "does not say how long it takes to get"
    if not 7 <= days(asked) <= 731:
        return f"takes {asked} to get"
    return None


@check(
    code="FLOW.LEAD_TIME",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="An agreement or an impact assessment that does not say how long it takes to get, or takes days, or years.",
    why="Contracts came late because nobody counted backwards from the day they were needed (PROVIDENT, example A).",
    remedy="Ask the contracts office, and write `lead_time: 12 weeks`.",
)
def lead_time(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    asked: list[tuple[tuple[str, ...], Quantity | None, str]] = [
        (("agreements", n), a.lead_time, n) for n, a in (flows.agreements if flows else {}).items()
    ]  # fmt: skip
    if flows and flows.impact_assessment:
        asked.append((("impact_assessment",), flows.impact_assessment.lead_time, "the impact assessment"))  # fmt: skip
    for path, time, name in asked:
        words = _lead(time)
        if words:
            yield Flag(
                file=FLOWS,
                path=path,
                key=True,
                message=f"{name} {words}",
                expected="lead_time: 12 weeks",
                found=str(time or "not stated"),
            )


@check(
    code="FLOW.WORKS_WITHOUT_ACCESS",
    subdomain="data.storage",
    finds="Somebody whose work needs images or scores, and no store lets them in: who checks images, manages data, or analyses.",
    why="They will be sent copies, by mail or on a disk, which nobody planned.",
    remedy="Name the role under `access:` of the store that holds what it works on.",
)
def works_without_access(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    roles = c.plan.people.roles
    reached = {f.to for f in flows.flows.values()}
    needs = [(c.plan.quality.human.by, "image", "checks images")]
    analysts = [n for n, r in roles.items() if r.on_platform(n) == "statistician"]
    inside = {r for s in flows.stores.values() for r in s.access}
    if analysts and not inside & set(analysts):
        needs.append((analysts[0], "derived", "analyses scores"))
    needs += [(n, "derived", "manages data") for n in roles if n == "data_manager"]
    for role, kind, work in needs:
        held = {d for d, told in flows.data.items() if told.kind == kind}
        stores = [n for n, s in flows.stores.items() if set(s.holds) & held and s.level != "identifiable"]  # fmt: skip
        let_in = any(role in flows.stores[n].access for n in stores)
        if stores and role in roles and not let_in and role not in reached:
            yield Flag(
                file=FLOWS,
                path=("stores", stores[0]),
                key=True,
                message=f"{role} {work}, and may enter none of {', '.join(stores)}",
                expected=f"access: {role}",
                found=", ".join(flows.stores[stores[0]].access) or "nobody",
            )


@check(
    code="FLOW.HOLDER",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="Images from care, with names, held by what is no hospital; or what tells the arm held so that it fits nobody.",
    why="Only who treats a person may hold the record with the name; an allocation without numbers can be given to nobody.",
    remedy="Correct `kind:` of the organisation, or `level:` of the store.",
)
def holder(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    images = {n for n, d in flows.data.items() if d.kind == "image"}
    telling = {n for n, d in flows.data.items() if d.unblinding}
    for name, store in flows.stores.items():
        at = flows.organisations.get(store.at)
        if at and store.level == "identifiable" and set(store.holds) & images and at.kind in ("university", "company", "charity"):  # fmt: skip
            yield Flag(
                file=FLOWS,
                path=("organisations", store.at, "kind"),
                message=f"{name} holds images with names at {at.name}, which is a {at.kind}",
                expected="nhs or public body",
                found=at.kind,
            )
        if set(store.holds) & telling and store.level in ("anonymous", "identifiable"):
            yield Flag(
                file=FLOWS,
                path=("stores", name, "level"),
                message=f"{name} holds what tells the arm, {store.level}",
                expected="pseudonymised",
                found=store.level,
            )


@check(
    code="STUDY.NOBODY_INCLUDED",
    subdomain="ethics.ethics",
    severity=Severity.WARNING,
    finds="A study that does not say who may join.",
    why="Whom the result is about follows from who was asked.",
    remedy="Add `population: {include: [...]}`.",
)
def nobody_included(c: PlanUnderCheck) -> Iterator[Flag]:
    if not c.plan.study.population.include:
        yield Flag(
            file="study.yaml",
            path=("population",),
            key=True,
            message="nothing says who may join",
            expected="include",
            found="not stated",
        )


@check(
    code="OPEN.WAIVER_DATE",
    subdomain="conduct.engagement",
    severity=Severity.WARNING,
    finds="A waiver that was signed years before the study began, or after its data are locked.",
    why="Whoever waived it then knew neither this plan nor its reasons.",
    remedy="Let the person who answers for it look again, and write the day.",
)
def waiver_date(c: PlanUnderCheck) -> Iterator[Flag]:
    stones = c.plan.study.milestones
    first, last = stones.first_participant - timedelta(days=4 * 365), stones.data_lock
    for i, waiver in enumerate(c.plan.study.waived):
        if not first <= waiver.on <= last:
            yield Flag(
                file="study.yaml",
                path=("waived", i, "on"),
                message=f"{waiver.finding or waiver.subdomain} was waived on {waiver.on}",
                expected=f"a day between {first} and {last}",
                found=str(waiver.on),
            )


@check(
    code="TRAIN.SCORER_UNTAUGHT",
    subdomain="training.interpretation",
    severity=Severity.WARNING,
    finds="A reader or adjudicator without a course on interpreting, or left out where other readers have one for who joins later.",
    why="Two people who were never shown the score in the same way use the same numbers for different things (PROVIDENT, training).",
    remedy="Name the role under `for:` of a course of kind interpretation, and of kind readers.",
)
def scorer_untaught(c: PlanUnderCheck) -> Iterator[Flag]:
    courses = c.plan.people.training
    taught = {kind: {r for n, t in courses.items() if _kind(n, t) == kind for r in t.for_} for kind in ("interpretation", "readers")}  # fmt: skip
    adjudicators = {d.readers.adjudicator_pool for d in c.plan.reading.values() if d.readers.adjudicator}  # fmt: skip
    pools = {d.readers.pool for d in c.plan.reading.values()}
    scorers = pools | adjudicators
    tested = {d.readers.pool for d in c.plan.reading.values() if d.qualify and d.readers.primary > 1}  # fmt: skip
    wanted = [(r, "interpretation") for r in scorers]
    wanted += [(r, "readers") for r in tested | adjudicators if taught["readers"]]
    for role, kind in sorted(wanted):
        if role in c.plan.people.roles and role not in taught[kind]:
            yield Flag(
                file="people.yaml",
                path=("roles", role),
                key=True,
                message=f"{role} scores images without a course of kind {kind}",
                expected=f"a course with kind: {kind} for {role}",
                found=", ".join(n for n, t in courses.items() if role in t.for_)
                or "no course",
            )


@check(
    code="SAFETY.SEES_PART",
    subdomain="conduct.safety",
    severity=Severity.WARNING,
    finds="A look for unexpected findings to which some kinds of images never come.",
    why="Participants are told that somebody looks at their scans, not at some of them.",
    remedy="Name every kind of image under `what:` of the flow to whoever looks.",
)
def sees_part(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    policy = c.plan.consent.information.unexpected_findings if c.plan.consent else None
    if flows is None or policy is None or not policy.looked_for:
        return
    to = {n: f for n, f in flows.flows.items() if f.to == policy.who}
    seen = {w for f in to.values() for w in f.what}
    images = [n for n, d in flows.data.items() if d.kind == "image"]
    unseen = [n for n in images if n not in seen]
    if to and unseen:
        yield Flag(
            file=FLOWS,
            path=("flows", next(iter(to)), "what"),
            key=True,
            message=f"{policy.who} never sees {', '.join(unseen)}",
            expected=", ".join(images),
            found=", ".join(sorted(seen)),
        )
