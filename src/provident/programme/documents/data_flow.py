"""The data flow and the summary for a data protection impact assessment.

The headings follow the seven steps of the Information Commissioner's Office (ICO, "How do we do a DPIA?", UK GDPR
Art. 35): need, processing, consultation, necessity, risks, measures, sign-off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provident.kernel import NotFound, Severity
from provident.plan.models.flows import Flows
from provident.programme.documents.blocks import (
    Block,
    Figure,
    Gap,
    Section,
    bullets,
    section,
    table,
)
from provident.programme.documents.registry import Request, kind
from provident.programme.flow_diagram import flow_picture


@kind(
    "data-flow",
    title="Data flow and impact assessment summary",
    readers="data protection officers, sponsors, hospitals",
)
def data_flow(request: Request) -> Iterator[Section]:
    """Diagram, flows, stores, agreements, and what an impact assessment asks for."""
    flows = request.plan.flows
    if flows is None:
        raise NotFound(
            "The plan has no flows.yaml: write who passes what to whom, then make this document."
        )
    yield section(
        "Data flow",
        Figure(flow_picture(request.loaded, request.findings)),
        _flows(request, flows),
        _stores(flows),
        _agreements(flows),
    )
    yield section("Step 1: the need for an assessment", *_need(request, flows))
    yield section("Step 2: the processing", *_processing(request, flows))
    yield section(
        "Step 3: consultation",
        bullets(
            f"{i.on}: {i.who}; what changed: {i.changed}" for i in involved.involvement
        )
        if (involved := request.plan.study.recruitment)
        else None,
        Gap(
            "whom else you asked (data protection officers, hospitals' information security), and what they said"
        ),
    )
    yield section("Step 4: necessity and proportionality", *_necessity(request, flows))
    yield section("Step 5: risks that the plan's checks see", *_risks(request))
    yield section("Step 6: measures in place", *_measures(request, flows))
    yield section("Step 7: sign-off", *_signed(flows))


def _flows(request: Request, flows: Flows) -> Section:
    picture = flow_picture(request.loaded, request.findings)
    rows = [
        (a.id, ", ".join(a.what), a.source, a.target, a.level, a.by, a.cadence, _tested(flows, a.id))
        for a in picture.arrows
    ]  # fmt: skip
    columns = (
        "Flow",
        "Data",
        "From",
        "To",
        "Level",
        "By",
        "How often",
        "Transfer test",
    )
    return section("Flows", table(columns, rows))


def _tested(flows: Flows, name: str) -> str:
    tested = flows.flows[name].tested
    return f"{tested.on}, {tested.evidence}" if tested else "none"


def _stores(flows: Flows) -> Section:
    rows = [
        (
            name,
            flows.organisations[s.at].name if s.at in flows.organisations else s.at,
            ", ".join(s.holds),
            s.level,
            s.keeps,
            s.backup,
            ", ".join(s.access),
            ", deputy ".join(w for w in (s.granted_by, s.deputy) if w),
        )
        for name, s in flows.stores.items()
    ]
    columns = (
        "Store",
        "Organisation",
        "Holds",
        "Level",
        "Keeps",
        "Backup",
        "Access",
        "Granted by",
    )
    kinds = [(n, d.kind, d.per_exam, d.retain, d.basis) for n, d in flows.data.items()]
    return section(
        "Stores and retention",
        table(columns, rows),
        table(("Data", "Kind", "Size per exam", "Kept for", "Basis"), kinds),
    )


def _agreements(flows: Flows) -> Section:
    rows = [
        (name, " and ".join(a.between), a.level, a.ready_by, a.until, a.lead_time)
        for name, a in flows.agreements.items()
    ]
    columns = ("Agreement", "Between", "Up to the level", "Ready by", "Until", "Takes")
    return section("Agreements", table(columns, rows))


def _need(request: Request, flows: Flows) -> Iterable[Block | Section | str | None]:
    study = request.plan.study
    yield (
        f"{study.title}. {study.population.participants} participants are imaged at "
        f"{len(request.plan.sites.sites)} sites; data concerning health are processed on a large scale, "
        "for which UK GDPR Art. 35(3)(b) asks for an assessment."
    )
    assessment = flows.impact_assessment
    if assessment:
        yield f"Assessment {assessment.id}: {assessment.state} on {assessment.on}, covering plan {assessment.covers}."


def _processing(
    request: Request, flows: Flows
) -> Iterable[Block | Section | str | None]:
    plan = request.plan
    yield section(
        "Nature",
        bullets(a.sentence for a in flow_picture(request.loaded).arrows),
    )
    exams = sorted({e for v in plan.study.visits.values() for e in v.imaging})
    yield section(
        "Scope",
        table(
            ("Visit", "Window", "Imaging"),
            [
                (v.label, v.window, ", ".join(v.imaging))
                for v in plan.study.visits.values()
            ],
        ),
        f"Kinds of exam: {', '.join(exams)}. Countries: {', '.join(sorted({o.country for o in flows.organisations.values()}))}.",
    )
    roles = [
        (o.name, o.kind, o.country, o.role, o.security_contact)
        for o in flows.organisations.values()
    ]
    yield section(
        "Context",
        table(("Organisation", "Kind", "Country", "Role", "Security contact"), roles),
    )
    purposes = sorted({f.purpose for f in flows.flows.values()})
    yield section("Purposes", f"Purposes of the flows: {', '.join(purposes)}.")


def _necessity(
    request: Request, flows: Flows
) -> Iterable[Block | Section | str | None]:
    profile = request.plan.deidentification.deidentification
    yield (
        f"Images leave the hospital only de-identified by one profile for all sites ({profile.id}, version "
        f"{profile.version}, {profile.standard.table}); each exam is verified before it is released."
    )
    reasons = [(o.tag, o.action, o.why) for o in profile.overrides]
    yield table(
        ("Attribute", "What is done", "Why"),
        reasons,
        "Deviations from the standard's basic profile",
    )
    consent = request.plan.consent
    if consent:
        told = [
            (name, "required" if o.required else "free", o.words)
            for name, o in consent.options.items()
        ]
        yield table(("Consent option", "To take part", "Words"), told)
    yield Gap("the lawful basis (UK GDPR Art. 6 and 9), and why less data would not do")


def _risks(request: Request) -> Iterable[Block | Section | str | None]:
    about = [
        f for f in request.findings
        if (f.subdomain or "").startswith("data.") or f.subdomain == "acquisition.deidentification"
    ]  # fmt: skip
    words = {Severity.ERROR: "high", Severity.WARNING: "medium", Severity.NOTE: "low"}
    rows = [(words[f.severity], f.message, f.remedy, f"{f.where}") for f in about]
    if rows:
        yield table(("Severity", "What", "What to do", "Where in the plan"), rows)
    else:
        yield "The checks of flows, stores, agreements and de-identification find nothing wrong in this plan."
    yield Gap(
        "risks that no plan can know: their likelihood and severity for the people concerned"
    )


def _measures(request: Request, flows: Flows) -> Iterable[Block | Section | str | None]:
    blind = set(request.plan.study.blinded_to.arm)
    yield bullets(
        [
            "Identifiable images are held in the site's gateway alone, encrypted (AES-256-GCM), and deleted when the centre has verified them.",
            "The site's key and crosswalk never leave the site; the centre cannot re-identify or test guesses.",
            "Every output is searched for all identifiers of its person before release; what is in doubt waits for a person.",
            "Each change, look-up and export stands in an append-only ledger with a hash chain.",
            f"Access by role, denied by default; roles blind to the arm: {', '.join(sorted(blind))}.",
        ]
    )
    backed = [n for n, s in flows.stores.items() if s.backup and s.backup != "none"]
    yield f"Stores with a backup: {', '.join(backed) or 'none'}."


def _signed(flows: Flows) -> Iterable[Block | Section | str | None]:
    yield table(
        ("What", "Name", "Date", "Signature"),
        [
            (what, "", "", "")
            for what in (
                "Measures approved by",
                "Remaining risks accepted by",
                "Advice of the data protection officer",
                "Kept under review by",
            )
        ],
    )
