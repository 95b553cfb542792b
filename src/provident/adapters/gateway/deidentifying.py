"""De-identifying and verifying files of one exam: what may leave, or the code of the reason why it is held.

Everything here reads alone, so that it can run in processes beside the gateway's own (`workers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from provident import deid, dicom
from provident.adapters.gateway.schedule import Enrolled
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import InvalidInput
from provident.programme import VisitMatch


_SAME = {
    "truncated": "QUARANTINE.TRUNCATED",
    "damaged": "QUARANTINE.UNREADABLE",
    "not_dicom": "QUARANTINE.NOT_DICOM",
}
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


def make_files(
    gateway: SiteGateway, exam: Exam, arrivals: Sequence[Arrival], folder: Path
) -> list[Ready | str]:
    """De-identify files into a folder, each under its SHA-256; what became of each, in order."""
    results: list[Ready | str] = []
    for arrival in arrivals:
        made = one(gateway, exam, arrival)
        if isinstance(made, str):
            results.append(made)
        else:
            (folder / made[0].sha256).write_bytes(made[1])
            results.append(made[0])
    return results


def one(
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
        identifiers=_but(done.identifiers, exam.participant.code),
        profile=exam.profile,
        subject=exam.subject,
    ):
        return "QUARANTINE.IDENTIFIER_LEFT"
    header = dicom.read_header(done.data, only=_NAMES.values())
    names = {name: str(header[tag].value) for name, tag in _NAMES.items()}
    digest = hashlib.sha256(done.data).hexdigest()
    ready = Ready(
        arrival=arrival.id, modality=arrival.modality, sha256=digest, size=len(done.data), **names
    )  # fmt: skip
    return ready, done.data


def _but(identifiers: deid.Identifiers, code: str) -> deid.Identifiers:
    """The identifiers without the trial's own number, which stands in every output.

    Scanners are often given it as patient number or name. `deid.verify` would find it, and find out by a second and
    much slower look (10 ms for half a megabyte) that it is no leak.
    """
    written = {code, code.casefold()}
    return replace(
        identifiers,
        names=identifiers.names - written,
        numbers=identifiers.numbers - written,
    )


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


def held_code(reason: str) -> str:
    """The public code of a reason of de-identification's."""
    if "." in reason:
        return reason
    return _SAME.get(reason, f"DEID.{reason.upper()}")
