"""Reading the header of what landed: which exam a file belongs to, and whether it came before."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from typing import Any

from provident import dicom
from provident.adapters.gateway.holding import hold_back
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.deid.subjects import issuer_in
from provident.kernel import Clock, InvalidInput


BATCH = 200  # files indexed before the loop looks at other work
_TAGS = {
    "issuer": 0x00100021,
    "patient_id": 0x00100020,
    "study_uid": 0x0020000D,
    "series_uid": 0x0020000E,
    "sop_uid": 0x00080018,
    "modality": 0x00080060,
    "number": 0x00200013,
    "acquired": 0x00080022,
    "acquired_at": 0x0008002A,
    "series_date": 0x00080021,
    "study_date": 0x00080020,
    "content_date": 0x00080023,
    "description": 0x0008103E,
    "identity_removed": 0x00120062,
    "method": 0x00120063,
}
_CODES = {"empty": "QUARANTINE.EMPTY", "not_dicom": "QUARANTINE.NOT_DICOM", "truncated_header": "QUARANTINE.TRUNCATED"}  # fmt: skip


def index_new(gateway: SiteGateway, clock: Clock) -> int:
    """Index what landed since the last time, at most one batch; returns how many files were looked at."""
    landed = gateway.spool.arrivals("state = 'landed'", limit=BATCH)
    for arrival in landed:
        _index(gateway, clock, arrival)
    return len(landed)


def _index(gateway: SiteGateway, clock: Clock, arrival: Arrival) -> None:
    try:
        data = gateway.vault.get(arrival.id)
    except InvalidInput:
        hold_back(gateway, clock, [arrival], "QUARANTINE.UNREADABLE")
        return
    try:
        told = read_names(data)
    except InvalidInput as error:
        code = _CODES.get(getattr(error, "reason", ""), "QUARANTINE.UNREADABLE")
        hold_back(gateway, clock, [arrival], code)
        return
    if not (told["study_uid"] and told["series_uid"] and told["sop_uid"]):
        hold_back(gateway, clock, [arrival], "QUARANTINE.UNREADABLE")
        return
    names = {
        "sha256": content_hash(data),
        "exam": gateway.hide("exam", told["study_uid"])[:32],
        "series": gateway.hide("series", told["series_uid"])[:32],
        "instance": gateway.instance_name(told["sop_uid"]),
        "patient": gateway.hide("person", told["issuer"], told["patient_id"])[:32],
        "modality": told["modality"][:16],
    }
    columns = {**names, "note": gateway.note(arrival.id, told)}
    before = _before(gateway, arrival, names["instance"])
    if not before:
        gateway.spool.update([(arrival.id, {**columns, "state": "indexed"})])
    elif any(_same(gateway, old, names["sha256"], data) for old in before):
        gateway.spool.update([(arrival.id, {**columns, "state": "duplicate"})])
    else:
        gateway.spool.update([(arrival.id, columns)])
        hold_back(
            gateway, clock, [arrival], "QUARANTINE.CONFLICT", exam=names["exam"], modality=names["modality"]
        )  # fmt: skip


def _before(gateway: SiteGateway, arrival: Arrival, instance: str) -> list[Arrival]:
    """Files that came under the same SOP Instance UID and were not thrown away."""
    return gateway.spool.arrivals(
        "instance = ? AND id <> ? AND state IN ('indexed', 'prepared', 'sent', 'held')",
        instance,
        arrival.id,
    )


def _same(gateway: SiteGateway, old: Arrival, sha256: str, data: bytes) -> bool:
    if old.sha256 == sha256:
        return True
    try:
        return bool(old.bytes_kept) and same_content(gateway.vault.get(old.id), data)
    except (InvalidInput, FileNotFoundError):
        return False


def _first(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        value = next(iter(value), "")
    return str(value).strip()


def read_names(data: bytes) -> dict[str, str]:
    """What a header says of whose and which image a file is.

    Raises:
        InvalidInput: the bytes are no DICOM, or too damaged to have a header.
    """
    header = dicom.read_header(data, only=_TAGS.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values of a header are no news to the log
        told = {name: _first(header.get(tag).value) if tag in header else "" for name, tag in _TAGS.items()}  # fmt: skip
    # Without a local name the issuer may have a universal one: a bare number would be anybody's.
    return told if told["issuer"] else {**told, "issuer": issuer_in(data)}


def content_hash(data: bytes) -> str:
    """SHA-256 of the data set without preamble and file meta information, which differ by sender."""
    start = 0
    if data[128:132] == b"DICM" and data[132:136] == b"\x02\x00\x00\x00":
        start = 144 + int(struct.unpack_from("<L", data, 140)[0])
    return hashlib.sha256(memoryview(data)[min(start, len(data)) :]).hexdigest()


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two files say the same, though written in different transfer syntaxes.

    Compared element by element with the values decoded; compressed pixels are equal only as bytes.
    """
    from pydicom import dcmread

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first, second = (dcmread(io.BytesIO(d), force=True) for d in (one, other))
            return bool(first == second)
    except Exception:  # noqa: BLE001  # damaged bytes raise anything; what cannot be compared is not the same
        return False
