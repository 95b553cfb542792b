"""Checks on the way that data take: from the scanner's store to those who need them, and back."""

from __future__ import annotations

from collections.abc import Iterator

from provident.flows.picture import level_of
from provident.kernel import Severity
from provident.plan.models.flows import Flow, Flows, Store
from provident.plan.places import Path
from provident.programme.checks.flows import FLOWS, crossing, organisation_of
from provident.programme.checks.registry import Flag, PlanUnderCheck, check
from provident.programme.checks.timing import days
from provident.programme.visits import window_days


def images(flows: Flows, names: tuple[str, ...]) -> list[str]:
    """Those of the named data that are images."""
    return [n for n in names if n in flows.data and flows.data[n].kind == "image"]


def at_site(flows: Flows, store: str) -> bool:
    """Whether a store stands at an organisation whose people are a site's."""
    at = flows.stores[store].at
    return at in flows.organisations and "site" in flows.organisations[at].people_of(at)


def of_study(flows: Flows) -> list[tuple[str, Store]]:
    """The stores that are the study's own, not a hospital's."""
    return [(n, s) for n, s in flows.stores.items() if not at_site(flows, n)]


def _reached(flows: Flows, data: str) -> set[str]:
    """The stores that some data reach from the hospitals' stores or people."""
    reached = {
        n for n, s in flows.stores.items() if data in s.holds and at_site(flows, n)
    }
    reached |= {f.from_ for f in flows.flows.values() if f.from_ not in flows.stores}
    while True:
        more = {
            f.to
            for f in flows.flows.values()
            if data in f.what and f.from_ in reached and f.to in flows.stores
        } - reached
        if not more:
            return reached & set(flows.stores)
        reached |= more


@check(
    code="FLOW.NEVER_COLLECTED",
    subdomain="data.flow",
    finds="Images that no chain of flows brings from the hospitals to a store of the study.",
    why="Radiographs that nobody collected were asked for after the end of a trial, when some no longer existed (PROVIDENT, example A).",
    remedy="Name the images under `what:` of each flow on the way, and under `holds:` of the store at its end.",
)
def never_collected(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None or not of_study(flows):
        return
    for name in images(flows, tuple(flows.data)):
        ends = [
            n
            for n in _reached(flows, name)
            if not at_site(flows, n) and name in flows.stores[n].holds
        ]
        if not ends:
            yield Flag(
                file=FLOWS,
                path=("data", name),
                key=True,
                message=f"no chain of flows brings {name} from a hospital to a store of the study that holds them",
                expected=f"flows from the hospital's store to one of: {', '.join(n for n, _ in of_study(flows))}",
                found=", ".join(n for n, f in flows.flows.items() if name in f.what)
                or "no flow",
            )


@check(
    code="FLOW.NOT_THERE",
    subdomain="data.flow",
    finds="A flow that takes data from a store which does not hold them, or to a store that does not keep them.",
    why="The transfer would be planned and tested for something else than what is sent.",
    remedy="Correct `what:` of the flow, or `holds:` of the store.",
)
def not_there(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        for end, store_id in (("from", flow.from_), ("to", flow.to)):
            store = flows.stores.get(store_id)
            if store is None or (not store.holds and store.does):
                continue  # what only passes through is held nowhere
            lost = [w for w in flow.what if w not in store.holds]
            if lost:
                yield Flag(
                    file=FLOWS,
                    path=("flows", name, end),
                    message=f"{name} takes {', '.join(lost)} {end} {store_id}, which does not hold that",
                    expected=f"{', '.join(lost)} under holds of {store_id}",
                    found=", ".join(store.holds) or "nothing",
                )


@check(
    code="FLOW.NOT_DEIDENTIFIED",
    subdomain="acquisition.deidentification",
    finds="Images that change from identifiable to pseudonymised or anonymous without passing a store that de-identifies them.",
    why="A level that is only written down removes no name.",
    remedy="Send them through a store with `does: deidentify` at the site.",
)
def not_deidentified(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        store = flows.stores.get(flow.from_)
        if (
            store is None
            or not images(flows, flow.what)
            or level_of(flows, flow) == "identifiable"
        ):
            continue
        before = _level_before(flows, flow.from_)
        if before == "identifiable" and store.does != "deidentify":
            yield Flag(
                file=FLOWS,
                path=("flows", name, "from"),
                message=f"{name} takes images out of {flow.from_} as {level_of(flows, flow)}, but they come there identifiable and nothing de-identifies them",
                expected="does: deidentify at a store on the way",
                found=store.does or "nothing",
            )


def _level_before(flows: Flows, store: str) -> str | None:
    """How identifying images are in a store: as stated, else as they come there."""
    stated = flows.stores[store].level
    come = [
        level_of(flows, f)
        for f in flows.flows.values()
        if f.to == store and images(flows, f.what)
    ]
    return stated or (
        "identifiable" if "identifiable" in come else next(iter(come), None)
    )


@check(
    code="FLOW.LEVEL_RISES",
    subdomain="data.flow",
    finds="Data that arrive in a store more identifying than it may hold, or leave it more identifying than they lie there.",
    why="A store for pseudonymised data that receives names is a breach; names that come out of it tell that they were in it.",
    remedy="Correct `level:` of the flow or the store, or de-identify before.",
)
def level_rises(c: PlanUnderCheck) -> Iterator[Flag]:
    flows, order = c.plan.flows, ("anonymous", "pseudonymised", "identifiable")
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        level = level_of(flows, flow)
        for end in (flow.from_, flow.to):
            store = flows.stores.get(end)
            if store is None or store.level is None or store.holds_crosswalk:
                continue
            if order.index(level) > order.index(store.level):
                yield Flag(
                    file=FLOWS,
                    path=("flows", name, "level") if flow.level else ("flows", name),
                    key=flow.level is None,
                    message=f"{name} is {level}, {end} is for {store.level} data",
                    expected=f"{store.level} or less",
                    found=level,
                )


@check(
    code="FLOW.LEVEL_UNSTATED",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="A flow, or a store that holds data, without a word on how far the data still name a person.",
    why="Agreements, impact assessment and the check of a breach all start from the level.",
    remedy="Add `level: identifiable`, `pseudonymised` or `anonymous`.",
)
def level_unstated(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    unstated = [
        (("flows", n), f"{n} does not say how identifying its data are")
        for n, f in flows.flows.items()
        if f.level is None
    ]
    unstated += [
        (("stores", n), f"{n} does not say how identifying what it holds is")
        for n, s in flows.stores.items()
        if s.holds and s.level is None
    ]
    for path, words in unstated:
        yield Flag(
            file=FLOWS,
            path=path,
            key=True,
            message=words,
            expected="level: pseudonymised",
            found="not stated",
        )


@check(
    code="FLOW.READER_SEES_IDENTITY",
    subdomain="reading.methods",
    finds="Images that reach endpoint readers under names, or readers with access to a store of identifiable data.",
    why="Readers of a pathway were shown images under study numbers only (PROVIDENT, example C); a name leads to the other pathway's report.",
    remedy="Bring readers pseudonymised images from the study's store.",
)
def reader_sees_identity(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    for role in readers(c):
        for name, flow in flows.flows.items():
            if flow.to == role and level_of(flows, flow) == "identifiable":
                yield Flag(
                    file=FLOWS,
                    path=("flows", name, "level") if flow.level else ("flows", name),
                    key=flow.level is None,
                    message=f"{name} brings identifiable data to {role}, who reads for the study",
                    expected="pseudonymised",
                    found="identifiable",
                )
        for name, store in flows.stores.items():
            if role in store.access and _level_before(flows, name) == "identifiable":
                yield Flag(
                    file=FLOWS,
                    path=("stores", name, "access", store.access.index(role)),
                    message=f"{role} reads for the study and has access to {name}, which holds identifiable data",
                    expected="access to pseudonymised data only",
                    found=role,
                )


def readers(c: PlanUnderCheck) -> list[str]:
    """The roles that read for endpoints or adjudicate."""
    roles: dict[str, None] = {}
    for design in c.plan.reading.values():
        roles[design.readers.pool] = None
        if design.readers.adjudicator:
            roles[design.readers.adjudicator_pool] = None
    return list(roles)


# -- back to the hospital ------------------------------------------------------------


def returning(c: PlanUnderCheck) -> Iterator[tuple[str, Flow]]:
    """Flows of images from elsewhere back into a store of a hospital."""
    flows = c.plan.flows
    for name, flow, _, _ in crossing(c):
        if (
            flows
            and flow.to in flows.stores
            and at_site(flows, flow.to)
            and images(flows, flow.what)
        ):
            yield name, flow


@check(
    code="FLOW.RETURN_BYPASSES_GATEWAY",
    subdomain="conduct.safety",
    finds="Images that go back to a hospital without passing the store that holds its list of codes and names, or that stop there.",
    why="Images and report belong back in the hospital's PACS under the patient's name (PROVIDENT, example C); only the site's gateway knows the name.",
    remedy="Send them to the gateway, and add a flow from the gateway to the PACS with `purpose: care`.",
)
def return_bypasses_gateway(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, flow in returning(c):
        assert flows is not None
        onwards = [
            f
            for f in flows.flows.values()
            if f.from_ == flow.to
            and f.purpose == "care"
            and f.to in flows.stores
            and at_site(flows, f.to)
        ]
        through = flows.stores[flow.to].holds_crosswalk
        if through and onwards:
            continue
        yield Flag(
            file=FLOWS,
            path=("flows", name, "to"),
            message=f"{name} brings images back to {flow.to}, "
            + (
                "from where no flow for care takes them to the hospital's store"
                if through
                else "which does not know whose they are"
            ),
            expected="the store with holds_crosswalk, and a flow for care from there",
            found=flow.to,
        )


@check(
    code="FLOW.RETURN_WITHOUT_TIME",
    subdomain="conduct.safety",
    finds="Images that go back to a hospital at no stated time.",
    why="They must be there when care needs them, and not before the decision that the study compares (PROVIDENT, example C).",
    remedy="Add `within:` to the flow.",
)
def return_without_time(c: PlanUnderCheck) -> Iterator[Flag]:
    for name, flow in returning(c):
        if flow.within is None or flow.every in ("end of trial", "on request"):
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} brings images back {flow.every or 'at no stated time'}"
                + ("" if flow.within else ", without a time by when"),
                expected="within: 14 d, and sent by itself",
                found=str(flow.within or "no time"),
            )


@check(
    code="FLOW.RETURN_BREAKS_BLIND",
    subdomain="conduct.safety",
    finds="Images that go back to a hospital whose clinical team is blind to them, while participants still have visits.",
    why="What lies in the PACS is seen; the blind is then a promise that the system breaks.",
    remedy="Return them after the last visit, or do not promise that the clinical team is blind to images.",
)
def return_breaks_blind(c: PlanUnderCheck) -> Iterator[Flag]:
    if "clinical_team" not in c.plan.study.blinded_to.images:
        return
    bounds = [window_days(v) for v in c.plan.study.visits.values()]
    course = max(b[1] for b in bounds) - min(b[0] for b in bounds)
    for name, flow in returning(c):
        if flow.within is None or days(flow.within) < course:
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} brings images back while the clinical team must not see them",
                expected=f"{course} d or later, or no blind of the clinical team to images",
                found=str(flow.within or "no time"),
            )


@check(
    code="FLOW.NOTHING_RETURNED",
    subdomain="conduct.safety",
    severity=Severity.WARNING,
    finds="A study of pathways whose images are made for care and never come back to the hospital.",
    why="Images and report went back to the PACS after the decision, by themselves (PROVIDENT, example C).",
    remedy="Add the flow back through the gateway, or waive this with the reason.",
)
def nothing_returned(c: PlanUnderCheck) -> Iterator[Flag]:
    if c.plan.study.kind == "pathway" and c.plan.flows and not list(returning(c)):
        path: Path = ("flows",)
        yield Flag(
            file=FLOWS,
            path=path,
            key=True,
            message="no flow brings images back to the hospitals whose pathway is studied",
            expected="a flow to the gateway, and one for care from there",
            found="none",
        )


@check(
    code="FLOW.COPY_OF_IMAGES",
    subdomain="data.flow",
    finds="Images that are copied from one store of the study to another.",
    why="An agreement study needs no copies: it reads the same images (PROVIDENT, example C); withdrawal and erasure do not reach what was copied.",
    remedy="Let the readers read from the store that holds them; archiving has `purpose: archive`.",
)
def copy_of_images(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    if flows is None:
        return
    ours = dict(of_study(flows))
    for name, flow in flows.flows.items():
        copied = images(flows, flow.what)
        if (
            copied
            and flow.from_ in ours
            and flow.to in ours
            and flow.purpose not in ("archive", "share", "commercial")
            and ours[flow.from_].does is None
        ):
            yield Flag(
                file=FLOWS,
                path=("flows", name),
                key=True,
                message=f"{name} copies {', '.join(copied)} from {flow.from_} to {flow.to}",
                expected=f"a flow from {flow.from_} to the readers",
                found=flow.to,
            )


@check(
    code="FLOW.ACCESS_WITHOUT_FLOW",
    subdomain="data.flow",
    severity=Severity.WARNING,
    finds="A role of one organisation with access to a store of another, and no flow that says so.",
    why="Access is a transfer: it needs its agreement, its test and its place in the impact assessment.",
    remedy="Add the flow from the store to the role, or take the role out of `access:`.",
)
def access_without_flow(c: PlanUnderCheck) -> Iterator[Flag]:
    flows = c.plan.flows
    for name, store in (flows.stores if flows else {}).items():
        assert flows is not None
        for i, role in enumerate(store.access):
            works_at = organisation_of(c, role)
            told = any(f.from_ == name and f.to == role for f in flows.flows.values())
            if works_at and works_at != store.at and not told:
                yield Flag(
                    file=FLOWS,
                    path=("stores", name, "access", i),
                    message=f"{role} ({works_at}) has access to {name} ({store.at}), but no flow goes there",
                    expected=f"a flow from {name} to {role}",
                    found="none",
                )
    for name, flow in (flows.flows if flows else {}).items():
        assert flows is not None
        granted = flows.stores[flow.from_].access if flow.from_ in flows.stores else ()
        if (
            flow.to in c.plan.people.roles
            and images(flows, flow.what)
            and not at_site_or_none(flows, flow.from_)
            and flow.to not in granted
        ):
            yield Flag(
                file=FLOWS,
                path=("flows", name, "to"),
                message=f"{name} brings data to {flow.to}, who has no access to {flow.from_}",
                expected=f"{flow.to} under access of {flow.from_}",
                found=", ".join(granted) or "nobody",
            )


def at_site_or_none(flows: Flows, end: str) -> bool:
    """Whether an end of a flow is a hospital's store, or no store at all."""
    return end not in flows.stores or at_site(flows, end)
