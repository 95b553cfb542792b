"""Checks on who keeps data: controllers, keys, retention, size, and what scores need."""

from __future__ import annotations

from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.places import Path
from provident.plan.quantities import Quantity
from provident.programme.checks.flows import FLOWS, crossing
from provident.programme.checks.journeys import at_site, images, of_study, readers
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import DAYS_PER_MONTH, days, first_scan


def _flag(
    path: Path,
    message: str,
    expected: str,
    found: str = "not stated",
    severity: Severity | None = None,
) -> Flag:
    return Flag(
        file=FLOWS,
        path=path,
        key=True,
        message=message,
        expected=expected,
        found=found,
        severity=severity,
    )


@check(
    code="FLOW.NO_CONTROLLER",
    subdomain="data.flow",
    finds="Organisations of which none is the controller, or whose roles in data protection law do not fit together.",
    why="Participants, regulators and processors must know who answers for the data.",
    remedy="Name one controller, or two or more joint controllers, under `role:`.",
)
def no_controller(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.flows is None:
        return
    roles = [o.role for o in c.plan.flows.organisations.values()]
    joint = roles.count("joint controller")
    if joint == 1:
        problem = "one organisation is a joint controller with nobody"
    elif joint and "controller" in roles:
        problem = "one organisation is the controller and others are joint controllers"
    elif not joint and "controller" not in roles:
        problem = "no organisation is the controller"
    else:
        return
    yield _flag(
        ("organisations",),
        problem,
        "one controller, or joint controllers",
        ", ".join(roles),
    )


@check(
    code="FLOW.NO_SECURITY_CONTACT",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="An organisation that takes part in flows and need not name a security contact.",
    why="A breach has to be reported within 72 hours (GDPR, article 33); somebody must be there to be told.",
    remedy="Write `security_contact: required`.",
)
def no_security_contact(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, organisation in (
        c.plan.flows.organisations if c.plan.flows else {}
    ).items():
        if organisation.security_contact == "not required":
            yield _flag(
                ("organisations", name),
                f"{name} need not name a security contact",
                "security_contact: required",
                "not required",
            )


@check(
    code="FLOW.CROSSWALK",
    subdomain="acquisition.deidentification",
    finds="Pseudonymised images without a store that holds the list of codes and names, or a list that lies outside the hospitals.",
    why="Without it no unexpected finding can be told and no withdrawal carried out; at the centre it undoes the de-identification.",
    remedy="Write `holds_crosswalk: true` at one store of the site, and at no other.",
)
def crosswalk(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    holders = [n for n, s in flows.stores.items() if s.holds_crosswalk]
    pseudonymised = [
        n
        for n, f in flows.flows.items()
        if f.level == "pseudonymised" and images(flows, f.what)
    ]
    if pseudonymised and not holders:
        yield _flag(
            ("stores",),
            "no store holds the list of codes and names",
            "holds_crosswalk: true at a store of the site",
            "none",
        )
    for name in holders:
        if not at_site(flows, name) and of_study(flows) != list(flows.stores.items()):
            yield _flag(
                ("stores", name),
                f"{name} holds the list of codes and names outside the hospitals",
                "a store of the site",
                flows.stores[name].at,
            )


@check(
    code="FLOW.KEEPS_UNSTATED",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="A hospital's store from which images are collected and which does not say how long it keeps them.",
    why="Some radiographs no longer existed when they were asked for (PROVIDENT, example A); each hospital has its own date of disposal.",
    remedy="Ask the hospital and add `keeps:`.",
)
def keeps_unstated(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, store in (flows.stores if flows else {}).items():
        assert flows is not None
        collected = any(
            f.from_ == name and images(flows, f.what) for f in flows.flows.values()
        )
        if at_site(flows, name) and collected and store.keeps is None:
            yield _flag(
                ("stores", name),
                f"{name} does not say how long it keeps images",
                "keeps: 8 years, or until verified",
            )


@check(
    code="FLOW.RETENTION",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="Data that are kept shorter than the study needs them, longer than participants agreed to, or for no stated reason.",
    why="Data may be kept as long as their purpose needs them (GDPR, article 5), and participants were told how long.",
    remedy="Correct `retain:` and give its `basis:`, or change the years in consent.yaml.",
)
def retention(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    needed = (c.plan.study.milestones.data_lock - first_scan(c.plan)).days
    promised = _promised_years(c)
    for name, data in (flows.data if flows else {}).items():
        path: Path = ("data", name)
        if data.retain is None:
            continue  # FLOW.NO_RETENTION
        if data.basis is None:
            yield _flag(
                path,
                f"{name} does not say why it is kept {data.retain}",
                "basis: source data",
            )
        if days(data.retain) < needed:
            yield _flag(
                path,
                f"{name} is kept {data.retain}, the study needs it for {needed} days",
                f"{needed} d or longer",
                str(data.retain),
                Severity.ERROR,
            )
        longest = 12 * (promised or 100)
        if (
            data.kind == "image"
            and days(data.retain) > longest * DAYS_PER_MONTH * 1.001
        ) or data.retain.to("month") > 1200:
            yield _flag(
                path,
                f"{name} is kept {data.retain}, participants agree to {promised or 'at most 100'} years",
                f"{longest / 12:g} years or less",
                str(data.retain),
                Severity.ERROR,
            )
        if (
            data.kind == "image"
            and promised
            and days(data.retain) < promised * 12 * DAYS_PER_MONTH * 0.999
        ):
            yield _flag(
                path,
                f"{name} is kept {data.retain}, participants were told {promised} years",
                f"{promised} years",
                str(data.retain),
            )


def _promised_years(c: PlanUnderCheck) -> int | None:
    options = c.plan.consent.options.values() if c.plan.consent else ()
    return max((o.years for o in options if o.years), default=None)


@check(
    code="FLOW.LINE_UNPLANNED",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="Images of unknown size, or that take over an hour for each exam on the line between two organisations.",
    why="An exam that is still on its way cannot be judged while the participant can still come back; nor can storage be bought for it.",
    remedy="State `per_exam:` and `speed:`, send over night, or get a faster line.",
)
def line_unplanned(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    for name in images(flows, tuple(flows.data)):
        if flows.data[name].per_exam is None:
            yield _flag(
                ("data", name),
                f"{name} does not say how large an exam is",
                "per_exam: 900 MB",
            )
    for name, flow, _, _ in crossing(c):
        sizes = [flows.data[w].per_exam for w in images(flows, flow.what)]
        if not sizes or flow.to not in flows.stores:
            continue
        if flow.speed is None:
            yield _flag(
                ("flows", name),
                f"{name} does not say how fast its line is",
                "speed: 20 Mbit/s",
            )
            continue
        largest = max((s.to("MB") for s in sizes if s), default=0.0)
        hours = largest * 8 / max(flow.speed.to("Mbit/s"), 1e-9) / 3600
        if hours > 1:
            yield _flag(
                ("flows", name),
                f"an exam takes {hours:.1f} h over {name}",
                "1 h or less",
                f"{largest:g} MB at {flow.speed}",
            )


@check(
    code="FLOW.STORE_FULL",
    subdomain="data.storage",
    finds="A store that cannot hold the exams that the visits make.",
    why="It would be full in the middle of the study, and the next exam would not be kept.",
    remedy="Plan more `capacity:`.",
)
def store_full(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    scans = c.plan.study.population.participants * sum(
        bool(v.imaging) for v in c.plan.study.visits.values()
    )
    for name, store in (flows.stores if flows else {}).items():
        assert flows is not None
        sizes = [flows.data[d].per_exam for d in images(flows, store.holds)]
        needed = scans * sum(s.to("GB") for s in sizes if s)
        if store.capacity and needed > store.capacity.to("GB"):
            yield _flag(
                ("stores", name),
                f"{name} holds {store.capacity}, the planned exams take {needed:.0f} GB",
                f"{needed:.0f} GB or more",
                str(store.capacity),
            )


@check(
    code="FLOW.SCORES_NOWHERE",
    subdomain="data.flow",
    finds="Readers or adjudicators whose answers no flow takes to a store, or scores that no statistician can reach.",
    why="Scores that have no place of their own end in a spreadsheet that nobody can import (PROVIDENT, example A).",
    remedy="Add the flow of the scores from the role to the database, and the statistician under its `access:`.",
)
def scores_nowhere(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None or not c.plan.reading:
        return
    scores = {n for n, d in flows.data.items() if d.kind in ("derived", "form")}
    pools = {d.readers.pool for d in c.plan.reading.values()}
    for role in readers(c):
        if not any(
            f.from_ == role and f.to in flows.stores and scores & set(f.what)
            for f in flows.flows.values()
        ):
            yield _flag(
                ("flows",),
                f"no flow takes the scores of {role} to a store",
                f"a flow from {role} to a store that holds scores",
                "none",
                None if role in pools else Severity.WARNING,
            )
    roles = c.plan.people.roles
    reach = {
        r for s in flows.stores.values() if scores & set(s.holds) for r in s.access
    }
    if not any(roles[r].on_platform(r) == "statistician" for r in reach if r in roles):
        yield _flag(
            ("stores",),
            "no statistician has access to a store of scores",
            "a statistician under access",
            ", ".join(sorted(reach)) or "nobody",
        )


@check(
    code="FLOW.STORE_FOR_NOBODY",
    subdomain="data.storage",
    finds="A store of the study that nobody has access to, or whose access one person grants and the same stands in for.",
    why="What nobody may open is analysed by nobody, or opened by somebody who may not.",
    remedy="Name roles under `access:`, and two different ones as `granted_by:` and `deputy:`.",
)
def store_for_nobody(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, store in of_study(c.plan.flows) if c.plan.flows else ():
        if store.holds and not store.access:
            yield _flag(
                ("stores", name),
                f"nobody has access to {name}",
                "roles under access",
                "nobody",
            )
        if store.granted_by and store.granted_by == store.deputy:
            yield _flag(
                ("stores", name),
                f"{store.deputy} stands in for itself at {name}",
                "another role as deputy",
                store.deputy,
            )


@check(
    code="FLOW.ALLOCATION_NOWHERE",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A blinded trial whose list of arms lies in no store, or is not marked as telling the arm.",
    why="The one list that breaks the blind must have a place, a keeper and a mark.",
    remedy="Add data of `kind: allocation` with `unblinding: true`, and the store that holds them.",
)
def allocation_nowhere(c: PlanUnderCheck) -> Iterator[Flag]:
    flows, study = c.plan.flows, c.plan.study
    if flows is None or len(study.arms) < 2 or not study.blinded_to.arm:
        return
    lists = {n: d for n, d in flows.data.items() if d.kind == "allocation"}
    if not lists:
        yield _flag(
            ("data",),
            "no data of the plan are the allocation",
            "kind: allocation",
            ", ".join(flows.data),
        )
    for name, data in lists.items():
        if not data.unblinding:
            yield _flag(
                ("data", name),
                f"{name} is not marked as telling the arm",
                "unblinding: true",
            )


@check(
    code="FLOW.NEVER_TRIED",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="A flow of images inside one organisation that has not been tested, or only after the first participant.",
    why="The step from the scanner's store to the gateway fails as often as the line to the centre.",
    remedy="Test it and add `tested: {on, evidence}`.",
)
def never_tried(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    first, crossed = (
        c.plan.study.milestones.first_participant,
        {n for n, *_ in crossing(c)},
    )
    for name, flow in flows.flows.items():
        if name in crossed or not images(flows, flow.what):
            continue
        if flow.tested is None or flow.tested.on > first:
            yield _flag(
                ("flows", name),
                f"{name} has not been tested before the first participant",
                f"tested before {first}",
                str(flow.tested.on) if flow.tested else "no test",
            )


@check(
    code="FLOW.TEST_OUTDATED",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="A transfer test more than two years before the first participant, or a store that keeps images for longer than a life.",
    why="Software, certificates and people change; a test shows that a flow works then, not now.",
    remedy="Repeat the test; correct the date.",
)
def test_outdated(c: PlanUnderCheck) -> Iterator[Flag]:
    flows, first = c.plan.flows, c.plan.study.milestones.first_participant
    for name, flow in (flows.flows if flows else {}).items():
        if flow.tested and (first - flow.tested.on).days > 730:
            yield _flag(
                ("flows", name),
                f"{name} was tested on {flow.tested.on}, {(first - flow.tested.on).days // 365} years before the first participant",
                "a test within two years",
                str(flow.tested.on),
            )
    for name, store in (flows.stores if flows else {}).items():
        if isinstance(store.keeps, Quantity) and days(store.keeps) > 36525:
            yield _flag(
                ("stores", name),
                f"{name} keeps images {store.keeps}",
                "100 years or less",
                str(store.keeps),
            )
