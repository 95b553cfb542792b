"""Checks on flows, agreements and stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from provident.flows.picture import level_of
from provident.kernel import Severity
from provident.plan.models.flows import Agreement, Flow, Flows
from provident.plan.quantities import Quantity
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days, first_case, first_scan, last_scan


FLOWS = "flows.yaml"
_LEVELS = ("anonymous", "pseudonymised", "identifiable")
_OPEN_CHANNELS = ("email", "courier", "paper")


def organisation_of(c: PlanUnderCheck, end: str) -> str | None:
    """The organisation at an end of a flow: of a store, or of a role's people."""
    flows = c.plan.flows
    if flows is None:
        return None
    if end in flows.stores:
        return flows.stores[end].at
    role = c.plan.people.roles.get(end)
    if role is None:
        return None
    return next(
        (n for n, o in flows.organisations.items() if role.at in o.people_of(n)), None
    )


def crossing(c: PlanUnderCheck) -> Iterator[tuple[str, Flow, str, str]]:
    """Flows from one organisation to another: id, flow, from, to."""
    for name, flow in (c.plan.flows.flows if c.plan.flows else {}).items():
        source, target = organisation_of(c, flow.from_), organisation_of(c, flow.to)
        if source and target and source != target:
            yield name, flow, source, target


def _agreements(flows: Flows, a: str, b: str) -> list[tuple[str, Agreement]]:
    return [(n, g) for n, g in flows.agreements.items() if {a, b} <= set(g.between)]


@check(
    code="FLOW.NO_AGREEMENT",
    subdomain="data.flow",
    finds="Data that pass between two organisations without an agreement, or beyond what it allows.",
    why="Data that leave their custodian without an agreement leave unlawfully.",
    remedy="Add the agreement, raise its level with both parties, or send less identifying data.",
)
def no_agreement(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow, source, target in crossing(c):
        assert flows is not None
        agreements, level = _agreements(flows, source, target), level_of(flows, flow)
        if not agreements:
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} goes from {source} to {target} without an agreement",
                expected=f"an agreement between {source} and {target}",
                found="none",
            )
        elif all(_LEVELS.index(a.level) < _LEVELS.index(level) for _, a in agreements):
            yield Flag(
                file=FLOWS,
                path=("flows", name, "level") if flow.level else ("flows", name),
                key=not flow.level,
                message=f"{name} takes {level} data from {source} to {target}; {agreements[0][0]} allows {agreements[0][1].level}",
                expected=f"{agreements[0][1].level} or less",
                found=level,
            )


@check(
    code="FLOW.IDENTIFIABLE_LEAVES",
    subdomain="acquisition.deidentification",
    finds="Identifiable images that leave the hospital.",
    why="De-identification comes before the images leave, by the one profile of the study.",
    remedy="Send them through the gateway that de-identifies.",
)
def identifiable_leaves(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow, source, target in crossing(c):
        assert flows is not None
        if level_of(flows, flow) == "identifiable" and flow.purpose != "care":
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} takes identifiable data from {source} to {target}",
                expected="pseudonymised",
                found="identifiable",
            )


@check(
    code="FLOW.UNTESTED",
    subdomain="data.flow",
    finds="A flow between organisations whose transfer was never tested, or tested only after the first participant.",
    why="What was not tried with test data is tried with a participant's.",
    remedy="Test it and add `tested: {on, evidence}`.",
)
def untested(c: PlanUnderCheck) -> Iterator[Flag]:
    first = c.plan.study.milestones.first_participant
    for name, flow, source, target in crossing(c):
        if flow.tested is None:
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} ({source} to {target}) has not been tested",
                expected=f"tested before {first}",
                found="no test",
            )
        elif flow.tested.on > first:
            yield Flag(
                file=FLOWS,
                path=("flows", name, "tested", "on"),
                message=f"{name} was tested on {flow.tested.on}, after the first participant ({first})",
                expected=f"{first} or earlier",
                found=str(flow.tested.on),
            )


@check(
    code="FLOW.AGREEMENT_LATE",
    subdomain="data.flow",
    finds="An agreement that will be ready later than the first data it must cover.",
    why="Scoring platform and contracts came late (PROVIDENT, example A).",
    remedy="Start it earlier by its lead time, or move the first use.",
)
def agreement_late(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, agreement in (flows.agreements if flows else {}).items():
        uses = [
            (_first_use(c, flow), flow_name)
            for flow_name, flow, source, target in crossing(c)
            if {source, target} <= set(agreement.between)
        ]
        if not uses:
            continue
        first, by = min(uses)
        ready = agreement.ready_by
        if ready is None or ready > first:
            yield Flag(
                file=FLOWS,
                path=("agreements", name, "ready_by")
                if ready
                else ("agreements", name),
                key=ready is None,
                severity=None if ready else Severity.WARNING,
                message=f"{name} is ready {f'by {ready}' if ready else 'at no stated time'}, and {by} is first used on {first}",
                expected=f"ready_by: {first} or earlier",
                found=str(ready or "not stated"),
            )


def _first_use(c: PlanUnderCheck, flow: Flow) -> date:
    """When a flow is first used: the first scan, or the first case for readers."""
    roles = {flow.from_, flow.to} & set(c.plan.people.roles)
    designs = [
        d
        for d in c.plan.reading.values()
        if roles & {d.readers.pool, d.readers.adjudicator_pool}
    ]
    if not designs:
        return first_scan(c.plan)
    stated = c.plan.study.milestones.first_read
    return stated or min(first_case(c.plan, d.visits) for d in designs)


@check(
    code="FLOW.AGREEMENT_ENDS",
    subdomain="data.flow",
    finds="An agreement that ends before the last visit, or before data are locked.",
    why="The last data would pass without an agreement.",
    remedy="Extend the agreement.",
)
def agreement_ends(c: PlanUnderCheck) -> Iterator[Flag]:
    needed = max(last_scan(c.plan), c.plan.study.milestones.data_lock)
    for name, agreement in (c.plan.flows.agreements if c.plan.flows else {}).items():
        if agreement.until < needed:
            yield Flag(
                file=FLOWS,
                path=("agreements", name, "until"),
                message=f"{name} ends on {agreement.until}, data still pass until {needed}",
                expected=f"{needed} or later",
                found=str(agreement.until),
            )


@check(
    code="FLOW.ASSESSMENT",
    subdomain="data.flow",
    finds="An impact assessment that is missing, not approved, late, or about another version of the plan.",
    why="An assessment of other flows than those in use protects nobody.",
    remedy="Have it approved for this version before the first participant.",
)
def assessment(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.flows is None:
        return
    dpia, path = c.plan.flows.impact_assessment, ("impact_assessment",)
    if dpia is None:
        yield Flag(
            file=FLOWS,
            path=("organisations",),
            key=True,
            message="there is no data protection impact assessment",
            expected="impact_assessment: id, state, on, covers",
            found="none",
        )
        return
    first = c.plan.study.milestones.first_participant
    problems = [
        ("covers", dpia.covers != c.plan.version, f"covers version {dpia.covers}, the plan is version {c.plan.version}", c.plan.version),
        ("state", dpia.state != "approved", f"is {dpia.state}, not approved", "approved"),
        ("on", dpia.on > first, f"is of {dpia.on}, after the first participant", f"{first} or earlier"),
    ]  # fmt: skip
    for key, wrong, words, expected in problems:
        if wrong:
            yield Flag(
                file=FLOWS,
                path=(*path, key),
                message=f"{dpia.id} {words}",
                expected=expected,
                found=str(getattr(dpia, key)),
            )


@check(
    code="FLOW.NO_BATCH",
    subdomain="data.flow",
    finds="Images that are not collected in regular batches, or only at the end.",
    why="Radiographs were asked for after the end of a trial, when some had been destroyed (PROVIDENT, example A).",
    remedy="Collect daily or weekly: `every: day`.",
)
def no_batch(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        images = any(
            flows.data[w].kind == "image" for w in flow.what if w in flows.data
        )
        between_stores = flow.to in flows.stores
        if not (images and between_stores):
            continue
        if flow.every is None or flow.every in ("end of trial", "on request"):
            yield Flag(
                file=FLOWS,
                path=("flows", name, "every") if flow.every else ("flows", name),
                key=flow.every is None,
                message=f"{name} collects images {flow.every or 'at no stated time'}",
                expected="every: exam, day or week",
                found=flow.every or "none",
            )


@check(
    code="FLOW.SOURCE_DELETES_FIRST",
    subdomain="data.flow",
    finds="A store that deletes images before they are collected.",
    why="Some radiographs no longer existed when they were asked for (PROVIDENT, example A).",
    remedy="Collect more often, or have the store keep them longer.",
)
def source_deletes_first(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    cadence = {"exam": 1.0, "hour": 1.0, "day": 1.0, "week": 7.0, "month": 31.0}
    study = (last_scan(c.plan) - first_scan(c.plan)).days
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        store = flows.stores.get(flow.from_)
        if (
            store is None
            or not isinstance(store.keeps, Quantity)
            or flow.to not in flows.stores
        ):
            continue
        waits = cadence.get(flow.every or "", float(study))
        if days(store.keeps) < waits:
            yield Flag(
                file=FLOWS,
                path=("stores", flow.from_, "keeps"),
                message=f"{flow.from_} keeps images {store.keeps}, {name} collects them {flow.every or 'at no stated time'} (up to {waits:.0f} days later)",
                expected=f"{waits:.0f} d or longer",
                found=str(store.keeps),
            )


@check(
    code="FLOW.OPEN_CHANNEL",
    subdomain="data.flow",
    finds="Images or scores that travel by e-mail, courier or paper.",
    why="Nobody can say who has seen them, or whether all arrived.",
    remedy="Use the gateway, the web or DICOM.",
)
def open_channel(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, flow in (c.plan.flows.flows if c.plan.flows else {}).items():
        if flow.by in _OPEN_CHANNELS:
            yield Flag(
                file=FLOWS,
                path=("flows", name, "by"),
                message=f"{name} goes by {flow.by}",
                expected="dicom, dicomweb, web, upload or sftp",
                found=flow.by,
            )


@check(
    code="FLOW.NO_RETENTION",
    subdomain="data.flow",
    finds="Data without a time for which they are kept, or that no store holds.",
    why="They are then kept for ever, or lost with somebody's laptop.",
    remedy="Add `retain:`, and the data under a store's `holds:`.",
)
def no_retention(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, data in (flows.data if flows else {}).items():
        assert flows is not None
        held = any(name in s.holds for s in flows.stores.values())
        if data.retain is None or not held:
            yield Flag(
                file=FLOWS,
                path=("data", name),
                key=True,
                message=f"{name} {'is held by no store' if not held else 'has no retention'}",
                expected="retain: 25 years, and a store that holds it",
                found="none",
            )


@check(
    code="FLOW.STORE_UNGUARDED",
    subdomain="data.storage",
    severity=Severity.WARNING,
    finds="A store of the study without backup, or whose access only one person can grant.",
    why="A disk or a holiday then stops the study.",
    remedy="Add `backup:`, `granted_by:` and `deputy:`.",
)
def store_unguarded(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, store in (flows.stores if flows else {}).items():
        assert flows is not None
        ours = (
            "site" not in flows.organisations[store.at].people_of(store.at)
            if store.at in flows.organisations
            else False
        )
        if not (ours and store.holds):
            continue
        lacking = [
            n
            for n in ("backup", "granted_by", "deputy")
            if getattr(store, n) in (None, "none")
        ]
        if lacking:
            yield Flag(
                file=FLOWS,
                path=("stores", name),
                key=True,
                message=f"{name} has no {', '.join(lacking)}",
                expected="backup, granted_by and deputy",
                found="not stated",
            )


@check(
    code="FLOW.BLIND_ROLE_REACHES_ALLOCATION",
    subdomain="reading.methods",
    finds="A role that is blind to the arm and has access to data that tell it.",
    why="A blind that somebody can look through is none.",
    remedy="Take the role out of the store's access, or the data out of the store or flow.",
)
def blind_role_reaches_allocation(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    tells = {n for n, d in flows.data.items() if d.unblinding or d.kind == "allocation"}
    blind = set(c.plan.study.blinded_to.arm)
    for name, store in flows.stores.items():
        for i, role in enumerate(store.access):
            if role in blind and tells & set(store.holds):
                yield Flag(
                    file=FLOWS,
                    path=("stores", name, "access", i),
                    message=f"{role} is blind to the arm but has access to {name}, which holds {', '.join(sorted(tells & set(store.holds)))}",
                    expected="roles that may know the arm",
                    found=role,
                )
    for name, flow in flows.flows.items():
        if flow.to in blind and tells & set(flow.what):
            yield Flag(
                file=FLOWS,
                path=("flows", name, "to"),
                message=f"{name} brings {', '.join(sorted(tells & set(flow.what)))} to {flow.to}, who is blind to the arm",
                expected="a role that may know the arm",
                found=flow.to,
            )


@check(
    code="FLOW.READER_WITHOUT_IMAGES",
    subdomain="data.flow",
    finds="Readers or adjudicators to whom no images flow.",
    why="The reads are planned, but nothing brings the images to them.",
    remedy="Add a flow of the images to the role.",
)
def reader_without_images(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    reached = {
        f.to
        for f in flows.flows.values()
        if any(flows.data[w].kind == "image" for w in f.what if w in flows.data)
    }
    reached |= {
        r for s in flows.stores.values() for r in s.access
        if any(flows.data[d].kind == "image" for d in s.holds if d in flows.data)
    }  # fmt: skip
    for endpoint, design in c.plan.reading.items():
        roles = [("pool", design.readers.pool)]
        if design.readers.adjudicator:
            roles.append(("adjudicator", design.readers.adjudicator_pool))
        for key, role in roles:
            if role not in reached:
                yield Flag(
                    file=c.file("reading", endpoint),
                    path=("readers", key),
                    message=f"no images flow to {role}, who reads {endpoint}",
                    expected=f"a flow to {role}, or access to a store of images",
                    found="none",
                )
