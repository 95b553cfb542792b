"""What a person hands in with a browser: single files and ZIP archives, straight into the landing store.

No byte touches a disk in clear: a file is encrypted as it streams in, an archive is read from its encrypted form.
Names inside archives are never used to write anything; those that try to climb out mark the whole archive.
What is no image is refused at the door, with words, and only counted.
"""

from __future__ import annotations

import stat
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from provident import dicom, programme
from provident.adapters.gateway.preparing import acquired_on, identify
from provident.adapters.gateway.schedule import Schedule, known_schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import InvalidInput, NotFound, NotReady
from provident.kernel.ids import new_id


PIECE = 2**20
MOST_FILE = 4 * 2**30  # bytes of one image
MOST_ENTRIES = 50_000  # of one archive
MOST_UNPACKED = 32 * 2**30  # bytes of one archive
MOST_RATIO = 100  # unpacked to packed: images reach 10, an archive made to fill disks reaches 1,000
FREE_RATIO = 16 * 2**20  # bytes below which the ratio says nothing
_DIRECTORY = b"UI\x14\x001.2.840.10008.1.3.10"  # Media Storage Directory, as (0002,0002) of a DICOMDIR
_META_BYTES = 512  # the file meta information begins within
_META = (0x00080016, 0x00080018)

LEFT_OUT = {
    "empty": "The file is empty. Export it again.",
    "not_dicom": "It is not a DICOM image, so it was left out.",
    "directory": "It is a DICOMDIR, a list of other files, so it was left out; the images themselves are taken.",
    "too_large": "It is larger than one image may be. Ask the trial team how to send it.",
    "nested": "An archive inside the archive was left out. Unpack it and hand in its images.",
    "encrypted": "It is protected by a password. Unpack it and hand in the images.",
    "link": "It is a link, not a file, so it was left out.",
    "damaged": "It is damaged inside the archive. Pack it again.",
}


class NotTaken(InvalidInput):
    """A file or archive was refused as a whole; the message is for the person."""


@dataclass(slots=True)
class Taken:
    """What became of one handed-in file: how many images, and how many entries were left out, by code."""

    images: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExam:
    """One exam of an upload. No name or hospital number is in it; `participant` is blank while unknown."""

    participant: str
    visit: str
    modality: str
    series: int
    images: int
    waiting: int
    sent: int
    duplicates: int
    held: dict[str, int]
    discarded: int


def begin(gateway: SiteGateway, owner: str) -> str:
    """Begin an upload; `owner` names who may add to it."""
    session = new_id()
    gateway.spool.open_session(session, "upload", owner, time.time())
    return session


def belongs_to(gateway: SiteGateway, session: str, owner: str) -> bool:
    """Whether an open upload is this owner's."""
    found = gateway.spool.session(session)
    return bool(found and found["node"] == owner and found["closed"] is None)


def finish(gateway: SiteGateway, session: str) -> None:
    """Everything is handed in."""
    gateway.spool.close_session(session, time.time())


def take(gateway: SiteGateway, session: str, pieces: Iterable[bytes]) -> Taken:
    """Take one handed-in file, an image or a ZIP archive.

    Raises:
        NotTaken: an archive is no archive, too much, or made to do harm; nothing of it was kept.
    """
    taken = Taken()
    name, size = _keep(gateway, pieces, MOST_UNPACKED)
    try:
        with gateway.vault.open(name) as stream:
            archive = stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
        if not archive:
            code = _land(gateway, session, name, size)
            name = name if code else ""  # landed: it stays
            _note(gateway, session, taken, code)
            return taken
        with gateway.vault.open(name) as stream:
            _unpack(gateway, session, stream, taken)
        return taken
    finally:
        if name:
            gateway.vault.erase(name)


def _note(gateway: SiteGateway, session: str, taken: Taken, code: str) -> None:
    if code:
        taken.left_out[code] += 1
        gateway.spool.leave_out(session, code)
    else:
        taken.images += 1


def _keep(gateway: SiteGateway, pieces: Iterable[bytes], most: int) -> tuple[str, int]:
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            size += len(piece)
            if size > most:
                raise NotTaken(LEFT_OUT["too_large"])
            yield piece

    return gateway.vault.put(counted()), size


def _land(gateway: SiteGateway, session: str, name: str, size: int) -> str:
    """Account for a kept file as an arrival; or the code of why it is left out."""
    if size > MOST_FILE:
        return "too_large"
    with gateway.vault.open(name) as stream:
        code = _no_image(stream)
    if not code:
        gateway.land(name, size, session, "upload")
    return code


def _no_image(stream: BinaryIO) -> str:
    """Why a file is no image; what is an image but damaged passes, and is held with its reason."""
    if _DIRECTORY in stream.read(_META_BYTES):
        return "directory"
    stream.seek(0)
    try:
        dicom.read_header(stream, only=_META)
    except InvalidInput as error:
        reason = getattr(error, "reason", "")
        return reason if reason in ("empty", "not_dicom") else ""
    return ""


def _unpack(gateway: SiteGateway, session: str, stream: BinaryIO, taken: Taken) -> None:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        raise NotTaken("The archive cannot be opened. Pack it again as ZIP.") from None
    with archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        _check(entries)
        left = MOST_UNPACKED
        for entry in entries:
            code = _entry_refused(entry)
            if code:
                _note(gateway, session, taken, code)
                continue
            left -= _take_entry(gateway, session, archive, entry, taken, left)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive as a whole that is made to do harm, by what it says of itself."""
    if len(entries) > MOST_ENTRIES:
        raise NotTaken(f"The archive holds more than {MOST_ENTRIES:,} files. Hand it in in parts.")  # fmt: skip
    if any(_climbs_out(e.orig_filename) for e in entries):
        raise NotTaken("The archive holds names that lead out of it (such as ../). Nothing was taken. Pack it again.")  # fmt: skip
    unpacked = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries)
    if unpacked > MOST_UNPACKED:
        raise NotTaken("The archive unpacks to more than 32 GB. Hand it in in parts.")
    if unpacked > FREE_RATIO and unpacked > MOST_RATIO * max(packed, 1):
        raise NotTaken(_BOMB)


_BOMB = "The archive unpacks to far more than images do, as if made to fill a disk. Nothing was taken."


def _climbs_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def _entry_refused(entry: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "link"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if entry.file_size > MOST_FILE:
        return "too_large"
    return ""


def _take_entry(
    gateway: SiteGateway,
    session: str,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    taken: Taken,
    left: int,
) -> int:
    """Take one entry; returns its size. What it unpacks to is counted, whatever the archive says of it."""
    most = min(left, MOST_FILE, max(FREE_RATIO, MOST_RATIO * max(entry.compress_size, 1)))  # fmt: skip
    try:
        with archive.open(entry) as source:
            name, size = _keep(gateway, iter(lambda: source.read(PIECE), b""), most)
    except NotTaken:
        raise NotTaken(_BOMB) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):  # fmt: skip
        _note(gateway, session, taken, "damaged")
        return 0
    with gateway.vault.open(name) as stream:
        nested = stream.read(4) == b"PK\x03\x04"
    code = "nested" if nested else _land(gateway, session, name, size)
    if code:
        gateway.vault.erase(name)
    _note(gateway, session, taken, code)
    return size


def report(gateway: SiteGateway, session: str) -> list[FoundExam]:
    """What was found in an upload, exam by exam, and how far each has come.

    Raises:
        NotFound: there is no such upload.
    """
    if gateway.spool.session(session) is None:
        raise NotFound("There is no such upload.")
    arrivals = gateway.spool.arrivals("session = ?", session)
    try:
        schedule = known_schedule(gateway.root)
    except NotReady:
        schedule = None
    exams: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        exams.setdefault(arrival.exam, []).append(arrival)
    return [_found(gateway, schedule, those) for those in exams.values()]


def _found(
    gateway: SiteGateway, schedule: Schedule | None, arrivals: list[Arrival]
) -> FoundExam:
    states = Counter(a.state for a in arrivals)
    participant, visit = _whose(gateway, schedule, arrivals[0])
    return FoundExam(
        participant=participant,
        visit=visit,
        modality="/".join(sorted({a.modality for a in arrivals if a.modality})),
        series=len({a.series for a in arrivals if a.series}),
        images=len(arrivals),
        waiting=states["landed"] + states["indexed"] + states["prepared"],
        sent=states["sent"],
        duplicates=states["duplicate"],
        held=_held(gateway, arrivals),
        discarded=states["discarded"],
    )


def _held(gateway: SiteGateway, arrivals: list[Arrival]) -> dict[str, int]:
    counts = Counter(a.hold for a in arrivals if a.state == "held" and a.hold)
    codes: Counter[str] = Counter()
    for hold_id, files in counts.items():
        for hold in gateway.spool.holds("id = ?", hold_id):
            codes[hold.code] += files
    return dict(codes)


def _whose(
    gateway: SiteGateway, schedule: Schedule | None, arrival: Arrival
) -> tuple[str, str]:
    """Participant and visit of an exam, as far as they are known."""
    told = gateway.noted(arrival)
    if schedule is None or not told:
        return "", ""
    code = gateway.spool.exam_link(arrival.exam) or identify(
        gateway, schedule, told.get("issuer", ""), told.get("patient_id", "")
    )
    acquired = acquired_on(told)
    if code is None or code not in schedule.participants or acquired is None:
        return code or "", ""
    anchor = schedule.participants[code].anchor
    return code, programme.visit_for(schedule.plan, anchor, acquired).visit or ""
