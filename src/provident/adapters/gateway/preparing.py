"""From identifiable files to a transfer: identity, consent, de-identification, verification, manifest.

What cannot pass is held with its reason; nothing is dropped. The same files give the same transfer, so that a
gateway killed at any point goes on where it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from provident import deid, programme
from provident.adapters.gateway.deidentifying import (
    Exam,
    Ready,
    by_their_series,
    standing,
)
from provident.adapters.gateway.faces import without_faces
from provident.adapters.gateway.holding import hold_back
from provident.adapters.gateway.rulings import by_series
from provident.adapters.gateway.schedule import Enrolled, Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.adapters.gateway.verifying import NOT_VERIFIED, exam_faults
from provident.adapters.gateway.workers import Workers
from provident.deid.identifiers import fold
from provident.deid.vrs import keywords
from provident.kernel import Clock
from provident.kernel.ids import sha256


def prepare(
    gateway: SiteGateway,
    clock: Clock,
    schedule: Schedule,
    exam: str,
    at: float,
    workers: Workers,
) -> str | None:
    """Make a transfer of what an exam has to send; returns its id, or None where everything is held.

    Args:
        exam: the gateway's own name of the exam.
        at: seconds since 1970, for the transfer's row.
        workers: who de-identifies.
    """
    arrivals = gateway.spool.arrivals("exam = ? AND state = 'indexed'", exam)
    found = _participant(gateway, schedule, arrivals)
    if isinstance(found, str):
        hold_back(gateway, clock, arrivals, found)
        return None
    refusal = _consent_refusal(schedule, found)
    if refusal:
        hold_back(gateway, clock, arrivals, refusal, participant=found.code)
        return None
    whole = describe(gateway, schedule, found, arrivals)
    folder = gateway.outbox / f"making-{exam}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    whole = replace(whole, stand=standing(gateway, whole, arrivals))
    cleaned = workers.make(gateway, whole, arrivals, folder)
    cleaned = by_their_series(gateway, whole, arrivals, cleaned)
    cleaned = without_faces(gateway, whole, arrivals, cleaned, folder, workers)
    results = verified(gateway, whole, arrivals, cleaned)
    ready = [made for made in results if isinstance(made, Ready)]
    held: dict[str, list[Arrival]] = {}
    for arrival, made in zip(arrivals, results, strict=True):
        if isinstance(made, str):
            held.setdefault(made, []).append(arrival)
    for code, those in sorted(held.items()):
        hold_back(gateway, clock, those, code, participant=found.code)
    if not ready:
        shutil.rmtree(folder)
        return None
    told = manifest(gateway, schedule, whole, arrivals[0].way, ready)
    if any(r.refers for r in ready):
        told["references"] = resolved(gateway, arrivals, ready)
    if any(_deidentified(gateway.noted(a)) for a in arrivals):
        told["deidentified_before"] = True
    content = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    (folder / "manifest.json").write_bytes(content)
    name = sha256(content)[:32]
    target = gateway.outbox / name
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    gateway.spool.prepare(name, exam, at, {r.arrival: r.sha256 for r in ready})
    return name


def verified(
    gateway: SiteGateway,
    exam: Exam,
    arrivals: Sequence[Arrival],
    results: Sequence[Ready | str],
) -> list[Ready | str]:
    """The results as they are where the exam holds together; where it does not, nothing of it may leave."""
    names = [
        (gateway.noted(a), {"study_uid": r.study_uid, "series_uid": r.series_uid, "sop_uid": r.sop_uid})
        for a, r in zip(arrivals, results, strict=True)
        if isinstance(r, Ready)
    ]  # fmt: skip
    if not exam_faults(names, profile=exam.profile, key=gateway.site_key):
        return list(results)
    return [NOT_VERIFIED if isinstance(r, Ready) else r for r in results]


def resolved(
    gateway: SiteGateway, arrivals: Sequence[Arrival], ready: Sequence[Ready]
) -> dict[str, int]:
    """How many references between the exam's objects lead to what goes or went to the centre, and how many elsewhere."""
    named = {name for r in ready for name in r.refers}
    here = {a.instance for a in arrivals}
    there = named & here | gateway.spool.sent_among(named - here)
    return {"within": len(there), "elsewhere": len(named - there)}


def _deidentified(told: dict[str, str]) -> bool:
    """Whether another program says that it had de-identified the file before it came here (PS3.3 C.7.1.1)."""
    return told.get("identity_removed", "").upper() == "YES" or bool(told.get("method"))  # fmt: skip


def _participant(
    gateway: SiteGateway, schedule: Schedule, arrivals: Sequence[Arrival]
) -> Enrolled | str:
    """Whose the exam is, or the code of the reason why nobody knows."""
    linked = gateway.spool.exam_link(arrivals[0].exam)
    if linked is not None and linked in schedule.participants:
        return schedule.participants[linked]
    numbers = sorted({_number(gateway, a) for a in arrivals if _number(gateway, a)[1]})
    if not numbers:
        return "QUARANTINE.NO_PATIENT_ID"
    codes = {identify(gateway, schedule, *number) for number in numbers}
    if len(codes) > 1:
        return "QUARANTINE.MIXED_IDENTITY"
    code = codes.pop()
    return schedule.participants[code] if code else "QUARANTINE.UNKNOWN_PARTICIPANT"


def _number(gateway: SiteGateway, arrival: Arrival) -> tuple[str, str]:
    told = gateway.noted(arrival)
    return told.get("issuer", ""), told.get("patient_id", "")


def identify(
    gateway: SiteGateway, schedule: Schedule, issuer: str, patient_id: str
) -> str | None:
    """The participant of a hospital number, by the crosswalk, or of a trial number of this site itself."""
    code = gateway.crosswalk.lookup(issuer, patient_id)
    if code is not None and code in schedule.participants:
        return code
    return patient_id if patient_id in schedule.participants else None


def _consent_refusal(schedule: Schedule, participant: Enrolled) -> str:
    if not participant.active:
        return "QUARANTINE.WITHDRAWN"
    if schedule.missing_consents(participant):
        return "QUARANTINE.NO_CONSENT"
    return ""


def describe(
    gateway: SiteGateway,
    schedule: Schedule,
    participant: Enrolled,
    arrivals: Sequence[Arrival],
) -> Exam:
    """When the exam was made, which visit that is, and what is written into its files."""
    exam = arrivals[0].exam
    # Of all the exam's files, not of these alone: late images get what the first ones got.
    every = gateway.spool.arrivals("exam = ? AND note IS NOT NULL", exam)
    dates = sorted(d for d in (acquired_on(gateway.noted(a)) for a in every) if d)
    acquired = dates[0] if dates else None
    match = (
        programme.visit_for(schedule.plan, participant.anchor, acquired)
        if acquired
        else None
    )
    profile = programme.deid_profile(schedule.plan, gateway.registration.site)
    visit = match.visit if match and match.visit else ""
    known = schedule.plan.study.visits.get(visit)
    subject = deid.Subject(
        participant=participant.code,
        date_shift_days=deid.date_shift(gateway.site_key, participant.code, profile),
        timepoint_id=programme.timepoint_id(schedule.plan, visit) if known else "",
        timepoint_description=(known.label or visit) if known else "",
        day_offset=match.day if match else None,
        anchor=schedule.plan.study.anchor.upper(),
    )
    return Exam(
        participant=participant,
        acquired=acquired,
        match=match,
        profile=ruled(profile, gateway, exam),
        subject=subject,
        signed=profile,
        painted=by_series(gateway.rulings.painted(exam)),
    )


def ruled(profile: deid.Profile, gateway: SiteGateway, exam: str) -> deid.Profile:
    """The profile with what people of the site decided: values that may stay, attributes of this exam that must go."""
    approved = gateway.rulings.approved()
    removed = gateway.rulings.removed(exam)
    if not (approved or removed):
        return profile
    tags = [(tag_of(keyword), why) for keyword, why in removed.items()]
    gone = tuple(deid.Override(tag=tag, action=deid.Action.REMOVE, why=why) for tag, why in tags if tag is not None)  # fmt: skip
    those = {override.tag for override in gone}
    return replace(
        profile,
        approved=profile.approved | {fold(a.value.strip()) for a in approved},
        overrides=(*(o for o in profile.overrides if o.tag not in those), *gone),
    )


def tag_of(keyword: str) -> int | None:
    """The tag of a keyword or of a tag written (gggg,eeee)."""
    if keyword.startswith("("):
        return int(keyword.strip("()").replace(",", ""), 16)
    return keywords().get(keyword)


def acquired_on(told: dict[str, str]) -> date | None:
    """The true date of acquisition of one file: of the image, else the series, else the exam."""
    for name in (
        "acquired",
        "acquired_at",
        "series_date",
        "study_date",
        "content_date",
    ):
        digits = told.get(name, "").replace(".", "")[:8]
        try:
            return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            continue
    return None


def manifest(
    gateway: SiteGateway,
    schedule: Schedule,
    exam: Exam,
    way: str,
    ready: Sequence[Ready],
) -> dict[str, Any]:
    """What the centre is told of a transfer; `acquired_on` is the true date, a restricted field."""
    match = exam.match
    return {
        "study": gateway.registration.study,
        "site": gateway.registration.site,
        "participant": exam.participant.code,
        "exam_uid": ready[0].study_uid,
        "timepoint": match.visit if match else None,
        "in_window": match.in_window if match else None,
        "day": match.day if match else None,
        "acquired_on": exam.acquired.isoformat() if exam.acquired else None,
        "way": way,
        "plan": {"version": schedule.plan.version, "hash": schedule.plan.hash},
        "profile": {
            "id": exam.signed.id,
            "version": exam.signed.version,
            "hash": exam.signed.hash,
        },
        **({"ruled_at_site": exam.profile.hash} if exam.profile != exam.signed else {}),
        "instances": [
            {
                "sop_uid": r.sop_uid,
                "series_uid": r.series_uid,
                "modality": r.modality,
                "sha256": r.sha256,
                "size": r.size,
            }
            for r in sorted(ready, key=lambda r: (r.series_uid, r.sop_uid))
        ],
    }
