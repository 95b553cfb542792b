"""What Provident does at run time for each subdomain, said honestly; docs/status.md is written from it.

One row for each subdomain: whether the run-time part is there, partly there or not yet, and one
sentence that says what is, and what is not. Change a row in the commit that changes the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provident.programme.checks import CHECKS
from provident.programme.framework import Subdomain, framework


class Status(StrEnum):
    """How far the run-time part of a subdomain is."""

    THERE = "there"
    PARTLY = "partly"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What happens at run time for one subdomain."""

    subdomain: str
    status: Status
    says: str


FEATURES: dict[str, Feature] = {}
"""The run-time features by subdomain."""


def feature(subdomain: str, status: Status, says: str) -> None:
    """Register what happens at run time for a subdomain.

    Raises:
        ValueError: the subdomain is not of the framework, or has its row already.
    """
    if subdomain not in framework().subdomains:
        raise ValueError(f"{subdomain} is not a subdomain of the framework")
    if subdomain in FEATURES:
        raise ValueError(f"{subdomain} has a feature already")
    FEATURES[subdomain] = Feature(subdomain=subdomain, status=status, says=says)


_ROWS: tuple[tuple[str, Status, str], ...] = (
    ("ethics.ethics", Status.NOT_YET, "No screening log by group yet; risks, exclusions and equity notes are planned and checked."),
    ("ethics.information", Status.PARTLY, "Paragraphs for the information sheet are drafted from the plan; who received which version is not recorded."),
    ("ethics.consent", Status.PARTLY, "Enrolment needs the required options, exports leave out those whose consent or withdrawal forbids the use, images of a withdrawn participant are held back; erasure and withdrawal of shared copies are not carried out."),
    ("recruitment.communication", Status.PARTLY, "Every expected scan is a slot that is booked, done or not done with a coded reason, overdue ones first; there is no hand-over list for the day."),
    ("recruitment.barriers", Status.PARTLY, "Scans that were not done carry a coded reason; burden is not charted."),
    ("setup.site_selection", Status.NOT_YET, "The survey is made as a document; it is not answered and scored on line."),
    ("setup.team", Status.PARTLY, "Roles are given and ended with date and reason; delegation by task is not logged."),
    ("setup.initiation", Status.PARTLY, "A site is opened with its grounds on record and enrols only then; the opening waits for a transfer test with real de-identification that was passed with today's profile and software, or for a waiver with its reason; the other items of the checklist do not gate it."),
    ("training.clinical", Status.NOT_YET, "The training matrix is planned and checked; certificates and expiry are not kept."),
    ("training.technology", Status.NOT_YET, "Courses are tied to manual versions in the plan; nobody is gated by them yet."),
    ("training.safety", Status.NOT_YET, "Yearly safety courses are checked in the plan; expiry is not followed."),
    ("training.interpretation", Status.PARTLY, "Readers' courses and qualification by form version are recorded, expire and stop new cases; those of other roles are planned and checked only."),
    ("training.data_capture", Status.PARTLY, "The form itself teaches and enforces its conventions: no blank without a reason, zeros implied by a question; courses are not recorded."),
    ("training.readers", Status.THERE, "A reader begins no study case before the plan's criteria, gating courses, declaration and qualification are recorded: on a test set in the same room, against reference and readers at work, with limited attempts, or elsewhere with signed certificate. A reader who joins when nobody at work has read the set is compared with the reference alone."),
    ("conduct.engagement", Status.PARTLY, "Questions of the plan are given, discussed, waived and signed by domain; amendments are drafted, reviewed, signed, dated for each site and acknowledged, and booking or reading waits for it where a course of the plan demands it. A site's later day holds for the judging of its exams, not yet for de-identification, visits and forms; newsletters and meetings are not kept."),
    ("conduct.monitoring", Status.PARTLY, "Indicators by site and scanner with intervals and the plan's limits open monitoring visits, actions or queries; visits are not planned by risk."),
    ("conduct.data_monitoring", Status.PARTLY, "What is off protocol or out of window is kept, labelled and queried; a scanner change is seen on the first changed image and holds the reads that its exams are for until the bridging check is signed."),
    ("conduct.safety", Status.PARTLY, "Every exam is looked at by the role of the plan's policy against its clock, apart from the blinded reads; a finding is told and its acknowledgement recorded, and a blinded reader can report one. Adverse events, and the release of images to the site's PACS, are not kept here."),
    ("acquisition.availability", Status.PARTLY, "The scanner register, end of life and capacity are checked in the plan; what images show of each scanner stands beside it, a change holds reads until its bridging check is signed, and what ends is warned of. Use of slots is not counted."),
    ("acquisition.manual", Status.PARTLY, "Every arriving series is identified and judged against the manual in force, with words for a radiographer; order, examples and waivers (of the manual, or signed for one exam) are part of it, and a draft judges stored exams before it is in force. Processing steps that derive data are planned and checked, not run."),
    ("acquisition.dose", Status.THERE, "Each ionising exam is counted once in the participant's ledger as it arrives, from reports, headers or what a person enters; a dose that is not known is a query. At the constraint, research bookings and repeats are held until practitioner and medical physics expert sign. Factors for effective dose that ship must be confirmed by the expert; dose screens are read by a person, except Philips'."),
    ("acquisition.deidentification", Status.PARTLY, "One profile de-identifies and verifies in the gateway before anything reaches the centre; a site shows it in a transfer test with planted identifiers, and drift is flagged on arrival. Where the plan asks for it, face and ears are removed from CT and MR of the head and verified, else the exam waits; measured on phantoms and a few public heads, not on patients."),
    ("qc.programme", Status.PARTLY, "Exams are checked on arrival, measured, drawn for a look and scored; a pilot stage holds bookings, and enrolment where the plan says so, until review or a signed decision, and actions are closed by signature. Phantoms are sent, measured and charted on schedule, and scanners are accredited by signature before bookings. The figures that triggers may name are three."),
    ("reading.burden", Status.PARTLY, "The plan's reads are held against hours and milestones; there is no forecast while the study runs."),
    ("reading.personnel", Status.THERE, "Eligibility with signed evidence, holds by alarm or lead, requalification after idle time or a new form, replacement of unread or all cases with a bridging set, and hidden repeats by share, washout and stratum that close before the lock; control charts watch for drift."),
    ("reading.methods", Status.PARTLY, "Stored random order, blinding by the server, two independent reads, a look for a technical cause, adjudication and the final rule are there; so are locked time points, hybrid reads, panels, a consensus, a choice between two reads, scores given at the scan, hanging protocols, measurements that are taken again from the pixels, structured reports, and output of software as reads. Geometry in another maker's report is not kept, and what is drawn is drawn with a mouse."),
    ("reading.qc_responsibility", Status.THERE, "Quality control scores with one key each and signs; queries have clocks, escalate, and a repeat is asked for only within its window and dose."),
    ("data.flow", Status.PARTLY, "Transfers carry a manifest and are reconciled instance by instance; the diagram with live counts and the summary for the impact assessment are drawn from the plan; a transfer over an untested flow, or one whose agreement has ended, waits at the gateway until the plan is amended or the trial manager lets it pass. Only the flow from the sites to the centre is gated."),
    ("data.storage", Status.PARTLY, "Forms come from the plan, changes stand in an append-only ledger, exports carry hashes; growth against capacity is not followed."),
    ("economics.costing", Status.NOT_YET, "Decision models can be planned; they are not run."),
    ("economics.outcomes", Status.NOT_YET, "Decision models can be planned; they are not run."),
    ("costs.standard", Status.NOT_YET, "Lines and attribution are checked in the plan; no budget is computed."),
    ("costs.delivery", Status.NOT_YET, "Activities without a cost line are found in the plan; cost to date is not counted."),
    ("commercial.scanner_access", Status.NOT_YET, "Late agreements are found in the plan; permissions per scanner are not followed."),
    ("commercial.image_access", Status.NOT_YET, "Uses without consent are found in the plan; the platform has no commercial release yet."),
    ("commercial.regulatory", Status.NOT_YET, "Claims and markets are planned; the evidence matrix is not shown."),
    ("commercial.guidelines", Status.NOT_YET, "Claims of non-inferiority need a margin and a benefit in the plan; the evidence matrix is not shown."),
    ("commercial.market", Status.NOT_YET, "The place in the pathway is planned; the evidence matrix is not shown."),
    ("commercial.adoption", Status.NOT_YET, "Barriers with an owner are planned; the evidence matrix is not shown."),
)  # fmt: skip
for _subdomain, _status, _says in _ROWS:
    feature(_subdomain, _status, _says)


def _row(subdomain: Subdomain) -> str:
    found = FEATURES[subdomain.id]
    checks = sum(c.subdomain == subdomain.id for c in CHECKS.values())
    return f"| `{subdomain.id}` | {subdomain.title} | {len(subdomain.fields)} | {checks} | {found.status} | {found.says} |"


def status_markdown() -> str:
    """docs/status.md: every subdomain with its plan fields, checks and run-time part."""
    counts = {s: sum(f.status is s for f in FEATURES.values()) for s in Status}
    lines = [
        "# Status",
        "",
        "What Provident has for each of the 39 subdomains of the framework, and what it has not.",
        "This page is written from the code (`provident.programme.features`); a test holds it to it.",
        "",
        f"Run-time part: {', '.join(f'{n} {s}' for s, n in counts.items())}.",
        "",
        "*Plan* counts the groups of plan fields that answer the subdomain, *checks* the cross-checks on it",
        "([reference](reference/checks.md)), *run time* what happens while a study runs.",
    ]
    for domain, title in framework().domains.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| id | subdomain | plan | checks | run time | |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            _row(s) for s in framework().subdomains.values() if s.domain == domain
        ]
    return "\n".join(lines) + "\n"
