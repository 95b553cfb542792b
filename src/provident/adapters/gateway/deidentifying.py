"""De-identifying and verifying files of one exam: what may leave, or the code of the reason why it is held.

Everything here reads alone, so that it can run in processes beside the gateway's own (`workers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from provident import deid, dicom
from provident.adapters.gateway.rulings import Rectangle
from provident.adapters.gateway.schedule import Enrolled
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.adapters.gateway.verifying import (
    NOT_VERIFIED,
    PIXELS,
    TAGS,
    file_faults,
    references,
)
from provident.deid.exam_faces import CLEARED
from provident.deid.image import shows_a_face
from provident.deid.instance import read_instance
from provident.deid.looking import (
    SERIES_LOOKED_AT,
    WAITS,
    Member,
    look_for_series,
    standing_for,
)
from provident.deid.pixels import NotDecodable, Region, without_regions
from provident.kernel import InvalidInput
from provident.programme import VisitMatch


UNREADABLE = "DEID.PIXELS_UNREADABLE"
_SAME = {
    "truncated": "QUARANTINE.TRUNCATED",
    "damaged": "QUARANTINE.UNREADABLE",
    "not_dicom": "QUARANTINE.NOT_DICOM",
}
_NOT_LOOKED_AT = frozenset(_SAME.values()) | {"QUARANTINE.UNREADABLE"}
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
    refers: tuple[str, ...] = ()  # the spool's names of the images that it refers to
    face: bool = False  # a face must be removed from its exam


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """One exam at the gateway: whose it is, when it was made, and with what it is de-identified.

    `signed` is the plan's profile, `profile` the same with what people of the site decided, `painted` the regions
    that they marked, by the spool's name of the series. `stand` are the arrivals whose pixels are looked at for their
    series; where it is None each image's are.
    """

    participant: Enrolled
    acquired: date | None
    match: VisitMatch | None
    profile: deid.Profile
    subject: deid.Subject
    signed: deid.Profile
    painted: Mapping[str, tuple[Rectangle, ...]] = field(default_factory=dict)
    stand: frozenset[str] | None = None


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
    try:
        look = as_looked_at(original, exam, arrival)
    except NotDecodable:
        return "DEID.PIXELS_UNREADABLE"
    original, profile = look.data, look.profile
    cleared = look.cleared | CLEARED
    if exam.stand is not None:
        if arrival.id in exam.stand and WAITS not in cleared:
            waits = look_for_series(original, profile)
            if waits:
                return held_code(waits)
        cleared |= {SERIES_LOOKED_AT}
    done = deid.deidentify(
        original, profile=profile, key=gateway.site_key, subject=exam.subject, cleared=cleared,
    )  # fmt: skip
    if done.data is None:
        return held_code(done.reason or "held")
    if deid.verify(
        done.data,
        identifiers=done.identifiers,
        profile=profile,
        subject=exam.subject,
    ):
        return "QUARANTINE.IDENTIFIER_LEFT"
    header = dicom.read_header(done.data, only=TAGS)
    if file_faults(
        original, done, header, profile=profile, subject=exam.subject, key=gateway.site_key,
        noted=gateway.noted(arrival), painted=look.painted,
    ):  # fmt: skip
        return NOT_VERIFIED
    names = {name: str(header[tag].value) for name, tag in _NAMES.items()}
    refers = references(original, done.data, gateway.site_key)
    digest = hashlib.sha256(done.data).hexdigest()
    ready = Ready(
        arrival=arrival.id, modality=arrival.modality, sha256=digest, size=len(done.data), **names,
        refers=tuple(gateway.instance_name(before) for before, _ in refers),
        face=shows_a_face(read_instance(original), profile),
    )  # fmt: skip
    return ready, done.data


@dataclass(frozen=True, slots=True, kw_only=True)
class AsLookedAt:
    """A file as people of the site want it de-identified: painted bytes, the profile, and what needs no second look."""

    data: bytes = field(repr=False)
    profile: deid.Profile
    cleared: frozenset[str]
    painted: bool


def as_looked_at(original: bytes, exam: Exam, arrival: Arrival) -> AsLookedAt:
    """What a person's look at a file means for it.

    Regions that were marked are painted over first. Where the pixels were looked at they are not searched for text
    again; words that nobody approved are taken out instead of waited for, where that was decided.

    Raises:
        NotDecodable: a region is marked and the pixels cannot be painted.
    """
    profile, cleared = exam.profile, frozenset[str]()
    if arrival.released == "DEID.TEXT_NEEDS_REVIEW":
        profile = profile.with_text("clean")
    if arrival.released == "DEID.PIXELS_NEED_REVIEW":
        cleared = frozenset({"pixels_need_review"})
    regions = exam.painted.get(arrival.series, ())
    if not regions:
        return AsLookedAt(data=original, profile=profile, cleared=cleared, painted=False)  # fmt: skip
    return AsLookedAt(
        data=painted_over(original, regions), profile=as_examined(profile, arrival.modality),
        cleared=frozenset({"pixels_need_review"}), painted=True,
    )  # fmt: skip


def painted_over(original: bytes, regions: Sequence[Rectangle]) -> bytes:
    """The file with regions painted over in every frame.

    Raises:
        NotDecodable: the pixels cannot be painted.
    """
    return without_regions(original, [Region(r.left, r.top, r.right, r.bottom) for r in regions])  # fmt: skip


def as_examined(profile: deid.Profile, modality: str) -> deid.Profile:
    """The profile by which such an image counts as examined, so that it says that its pixels were cleaned (113101)."""
    return replace(profile, options=profile.options | {PIXELS}, examine=profile.examine | {modality})  # fmt: skip


def standing(
    gateway: SiteGateway, exam: Exam, arrivals: Sequence[Arrival]
) -> frozenset[str]:
    """The arrivals whose pixels are looked at for their series, where the profile wants that."""
    slices = [a for a in arrivals if a.modality in exam.profile.series_once]
    members = [
        Member(a.id, a.series, gateway.noted(a).get("number", ""), a.instance)
        for a in slices
    ]
    return frozenset(a for those in standing_for(members).values() for a in those)


def by_their_series(
    gateway: SiteGateway,
    exam: Exam,
    arrivals: Sequence[Arrival],
    results: Sequence[Ready | str],
) -> list[Ready | str]:
    """The results, and where an image that stands for its series must wait, the series with it.

    So do late images of a series that waits for a look.
    """
    waiting = {
        a.series: UNREADABLE if r in _NOT_LOOKED_AT else r
        for a, r in zip(arrivals, results, strict=True)
        if isinstance(r, str) and a.id in (exam.stand or ()) and (_of_pixels(r) or r in _NOT_LOOKED_AT)
    } | _waiting(gateway, arrivals)  # fmt: skip
    return [
        waiting[a.series]
        if isinstance(r, Ready) and a.series in waiting and _joins(exam, a)
        else r
        for a, r in zip(arrivals, results, strict=True)
    ]


def _waiting(gateway: SiteGateway, arrivals: Sequence[Arrival]) -> dict[str, str]:
    """By series of the exam, the code under which images of it wait for a look at their pixels."""
    exam = arrivals[0].exam
    codes = {h.id: h.code for h in gateway.spool.holds("exam = ? AND decision = ''", exam)}  # fmt: skip
    held = gateway.spool.arrivals("exam = ? AND state = 'held'", exam)
    return {
        a.series: codes[a.hold]
        for a in held
        if a.hold in codes and _of_pixels(codes[a.hold])
    }


def _joins(exam: Exam, arrival: Arrival) -> bool:
    """Whether an image goes as its series goes: slices, unless a person looked at them."""
    looked = bool(arrival.released) and _of_pixels(arrival.released)
    return arrival.modality in exam.profile.series_once and not looked


def _of_pixels(code: str) -> bool:
    return code.startswith("DEID.PIXELS_")


def held_code(reason: str) -> str:
    """The public code of a reason of de-identification's."""
    if "." in reason:
        return reason
    return _SAME.get(reason, f"DEID.{reason.upper()}")
