"""The diagram of a plan's data flows, with what the checks find in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provident.flows import Diagram, Picture, diagram, picture_of
from provident.kernel import Finding, NotFound
from provident.plan import Loaded, place_of
from provident.programme.checks import PlanUnderCheck
from provident.programme.checks.flows import FLOWS, organisation_of


def flow_picture(
    loaded: Loaded,
    findings: Iterable[Finding] = (),
    counts: Mapping[str, str] | None = None,
) -> Picture:
    """The picture of the flows of a plan; `counts` says by flow what the running system saw.

    Raises:
        PlanError: the plan does not load.
        NotFound: it has no flows.yaml.
    """
    under = PlanUnderCheck.of(loaded)
    flows = under.plan.flows
    if flows is None:
        raise NotFound(
            "The plan has no flows.yaml. Write who passes what to whom, and run the command again."
        )
    ends = {end for flow in flows.flows.values() for end in (flow.from_, flow.to)}
    homes = {end: organisation_of(under, end) or "" for end in ends - set(flows.stores)}
    study = under.plan.study
    return picture_of(
        flows,
        title=f"Data flow of {study.id}, plan {study.version}",
        homes=homes,
        faults=faults_by_entry(loaded, findings),
        counts=counts,
    )


def flow_diagram(
    loaded: Loaded,
    findings: Iterable[Finding] = (),
    counts: Mapping[str, str] | None = None,
) -> Diagram:
    """The same, drawn. Raises as `flow_picture` does."""
    return diagram(flow_picture(loaded, findings, counts))


def faults_by_entry(
    loaded: Loaded, findings: Iterable[Finding]
) -> dict[str, tuple[str, ...]]:
    """Messages of findings in flows.yaml by `flows.ID` or `stores.ID`; those of neither under ""."""
    flows = loaded.require().flows
    assert flows is not None
    starts = [
        (place_of(loaded, FLOWS, (group, name)).line or 0, f"{group}.{name}")
        for group, names in (
            ("organisations", flows.organisations),
            ("agreements", flows.agreements),
            ("data", flows.data),
            ("stores", flows.stores),
            ("flows", flows.flows),
        )
        for name in names
    ]
    found: dict[str, tuple[str, ...]] = {}
    for finding in findings:
        if finding.where.file != FLOWS:
            continue
        line = finding.where.line or 0
        at = max((s for s in starts if s[0] <= line), default=(0, ""))[1]
        entry = at if at.startswith(("flows.", "stores.")) else ""
        told = found.get(entry, ())
        if finding.message not in told:
            found[entry] = (*told, finding.message)
    return found
