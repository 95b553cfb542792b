"""From identifiable files to a transfer: identity, consent, de-identification, verification, manifest.

What cannot pass is held with its reason; nothing is dropped. The same files give the same transfer, so that a
gateway killed at any point goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from provident import deid, dicom, programme
from provident.adapters.gateway.holding import hold_back
from provident.adapters.gateway.schedule import Enrolled, Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import Clock, InvalidInput
from provident.kernel.ids import sha256
from provident.programme import VisitMatch


_SAME = {
    "truncated": "QUARANTINE.TRUNCATED",
    "damaged": "QUARANTINE.UNREADABLE",
    "not_dicom": "QUARANTINE.NOT_DICOM",
}
KEEPS_DEVICE = 113109
_DEVICE = (0x00181000, 0x00081010, 0x0018700A, 0x00181003, 0x00181005, 0x00181007)
_NAMES = {"study_uid": 0x0020000D, "series_uid": 0x0020000E, "sop_uid": 0x00080018}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One instance that may leave: its names at the centre, and the hash and size of its bytes."""

    arrival: str
    study_uid: str
    series_uid: str
    sop_uid: str
    modality: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """One exam at the gateway: whose it is, when it was made, and with what it is de-identified."""

    participant: Enrolled
    acquired: date | None
    match: VisitMatch | None
    profile: deid.Profile
    subject: deid.Subject


def prepare(
    gateway: SiteGateway, clock: Clock, schedule: Schedule, exam: str, at: float
) -> str | None:
    """Make a transfer of what an exam has to send; returns its id, or None where everything is held.

    Args:
        exam: the gateway's own name of the exam.
        at: seconds since 1970, for the transfer's row.
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
    ready: list[Ready] = []
    held: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        result = _one(gateway, whole, arrival)
        if isinstance(result, str):
            held.setdefault(result, []).append(arrival)
        else:
            (folder / result[0].sha256).write_bytes(result[1])
            ready.append(result[0])
    for code, those in sorted(held.items()):
        hold_back(gateway, clock, those, code, participant=found.code)
    if not ready:
        shutil.rmtree(folder)
        return None
    told = manifest(gateway, schedule, whole, arrivals[0].way, ready)
    content = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    (folder / "manifest.json").write_bytes(content)
    name = sha256(content)[:32]
    target = gateway.outbox / name
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    gateway.spool.prepare(name, exam, at, {r.arrival: r.sha256 for r in ready})
    return name


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
        profile=profile,
        subject=subject,
    )


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


def _one(
    gateway: SiteGateway, exam: Exam, arrival: Arrival
) -> tuple[Ready, bytes] | str:
    """De-identify and verify one file: what may leave, or the code of the reason why it may not."""
    try:
        original = gateway.vault.get(arrival.id)
    except (InvalidInput, FileNotFoundError):
        return "QUARANTINE.UNREADABLE"
    return make_ready(original, gateway=gateway, exam=exam, arrival=arrival)


def make_ready(
    original: bytes, *, gateway: SiteGateway, exam: Exam, arrival: Arrival
) -> tuple[Ready, bytes] | str:
    """The de-identified bytes of one file with their names; or the code of the reason why it is held."""
    exam = replace(exam, profile=after_look(exam.profile, arrival.released))
    done = deid.deidentify(
        original, profile=exam.profile, key=gateway.site_key, subject=exam.subject
    )
    if done.data is None:
        return held_code(done.reason or "held")
    if deid.verify(
        done.data,
        identifiers=_secret(original, exam),
        profile=exam.profile,
        shifted_by=exam.subject.date_shift_days,
    ):
        return "QUARANTINE.IDENTIFIER_LEFT"
    header = dicom.read_header(done.data, only=_NAMES.values())
    names = {name: str(header[tag].value) for name, tag in _NAMES.items()}
    digest = hashlib.sha256(done.data).hexdigest()
    ready = Ready(
        arrival=arrival.id, modality=arrival.modality, sha256=digest, size=len(done.data), **names
    )  # fmt: skip
    return ready, done.data


def after_look(profile: deid.Profile, released: str) -> deid.Profile:
    """The profile for a file that a person of the site let go after a look; its hash tells the difference.

    Where the pixels were looked at by a person, they are not searched for text again; words that nobody approved are
    taken out instead of waited for. Every other reason is tried again by the same profile.
    """
    match released:
        case "DEID.PIXELS_NEED_REVIEW":
            return replace(profile, examine=frozenset(), series_once=frozenset())
        case "DEID.TEXT_NEEDS_REVIEW":
            return profile.with_text("clean")
        case _:
            return profile


def _secret(original: bytes, exam: Exam) -> deid.Identifiers:
    """What must not be found after de-identification: all that identifies, but what the study itself writes or keeps.

    That is the trial's number, which a scanner may have been given as patient number, a scanner's own numbers
    where the profile keeps device identity (PS3.15 option 113109), and the words of the Clinical Trial module:
    a site called Leeds lies in Leeds, and the study says so itself.
    """
    found = deid.gather(original)
    open_values = {exam.participant.code}
    if KEEPS_DEVICE in exam.profile.options:
        header = dicom.read_header(original, only=_DEVICE)
        open_values |= {str(header[tag].value).strip() for tag in _DEVICE if tag in header}  # fmt: skip
    open_values |= _written(exam.profile.trial)
    return replace(
        found,
        numbers=found.numbers - open_values,
        places=found.places - open_values,
        names=found.names - open_values,
    )


def _written(trial: deid.Trial) -> set[str]:
    """The texts that the study writes into every file, and their words, as a header may spell them."""
    texts = (
        trial.sponsor,
        trial.protocol,
        trial.protocol_name,
        trial.site,
        trial.site_name,
    )
    words = {word for text in texts for word in text.split()}
    return {
        spelt
        for w in {*texts, *words}
        if w
        for spelt in (w, w.title(), w.upper(), w.lower())
    }


def held_code(reason: str) -> str:
    """The public code of a reason of de-identification's."""
    if "." in reason:
        return reason
    return _SAME.get(reason, f"DEID.{reason.upper()}")


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
            "id": exam.profile.id,
            "version": exam.profile.version,
            "hash": exam.profile.hash,
        },
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


def outbox_files(gateway: SiteGateway, transfer: str) -> Iterator[str]:
    """The SHA-256 of every file that waits in a transfer's outbox."""
    folder = gateway.outbox / transfer
    if folder.is_dir():
        yield from sorted(p.name for p in folder.iterdir() if len(p.name) == 64)
