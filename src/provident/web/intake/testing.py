"""Judging a site's transfer test: what came is held against what was planted. Nothing of it is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provident import deid, dicom
from provident.adapters.gateway import acceptance
from provident.kernel import InvalidInput
from provident.kernel.ids import sha256
from provident.web.intake.verification import BASIC_PROFILE


if TYPE_CHECKING:
    from pydicom import Dataset

MOST_FILES = 100
_ORIGINAL_UIDS = acceptance.uid_of(1, 1).rsplit(".", 3)[0].encode()


def findings(
    told: Mapping[str, Any], arrived: Mapping[str, bytes], profile: deid.Profile
) -> list[str]:
    """What is wrong, in words; empty when the test is passed."""
    rows = {str(row["name"]): row for row in told["files"]}
    found = []
    if told["profile"]["hash"] != profile.hash:
        found.append("The gateway de-identified by another profile, or with other tables, than the study's. Update the gateway.")  # fmt: skip
    headers: dict[str, Dataset] = {}
    for planted in acceptance.files():
        row = rows.get(planted.name)
        if row is None:
            found.append(f"{planted.name}: it is not accounted for.")
        elif row["state"] == "held":
            if row["code"] not in acceptance.HELD.get(planted.name, ()):
                found.append(f"{planted.name}: held back ({row['code']}), but it should pass.")  # fmt: skip
        elif row["sha256"] not in arrived:
            found.append(f"{planted.name}: it was sent and did not arrive.")
        else:
            data = arrived[row["sha256"]]
            found += [f"{planted.name}: {words}" for words in _file(data, profile)]
            headers[planted.name] = dicom.read_header(data)
    return [*found, *_together(headers)]


def _file(data: bytes, profile: deid.Profile) -> Iterator[str]:
    leaks = deid.verify(data, identifiers=acceptance.IDENTIFIERS, profile=profile)
    for kind in sorted({leak.kind for leak in leaks}):
        yield f"a planted identifier is left ({kind})."
    if _ORIGINAL_UIDS in data:
        yield "an original UID is left."
    header = dicom.read_header(data)
    codes = {str(item.get("CodeValue")) for item in header.get("DeidentificationMethodCodeSequence") or ()}  # fmt: skip
    if header.get("PatientIdentityRemoved") != "YES" or BASIC_PROFILE not in codes:
        yield "it does not say how it was de-identified (0012,0062 and 0012,0064)."
    if header.get("Modality") == "MR":
        for name, value in acceptance.KEPT.items():
            if header.get(name) is None or float(header.get(name)) != value:
                yield f"{name} was lost."


def _together(headers: Mapping[str, Dataset]) -> Iterator[str]:
    """What only several files can show: intervals, series that stay together, references that resolve."""
    days = [_day(headers.get(name)) for name in ("mr-first-1", "mr-second-1")]
    first, second = days
    if first is not None and second is not None and (second - first).days != acceptance.INTERVAL:  # fmt: skip
        yield "The interval between two exams was lost."
    if first is not None and first.date() == acceptance.FIRST:
        yield "An original date is left."
    series = {str(h.get("SeriesInstanceUID")) for n, h in headers.items() if n.startswith("mr-first")}  # fmt: skip
    if len(series) > 1:
        yield "Images of one series came as several."
    report, image = headers.get("report"), headers.get("mr-first-1")
    if report is not None and image is not None:
        content = report.get("ContentSequence") or ()
        pointed = {str(r.get("ReferencedSOPInstanceUID")) for item in content for r in item.get("ReferencedSOPSequence") or ()}  # fmt: skip
        if str(image.get("SOPInstanceUID")) not in pointed:
            yield "The report does not point to its image any more."


def _day(header: Dataset | None) -> datetime | None:
    value = str(header.get("StudyDate") or "") if header is not None else ""
    return datetime.strptime(value, "%Y%m%d") if value else None  # noqa: DTZ007  # a date has no zone


def checked(told: Any) -> Mapping[str, Any]:
    """The manifest of a test, of its form.

    Raises:
        InvalidInput: a field is missing.
    """
    try:
        rows = told["files"]
        fits = all({"name", "state", "code", "sha256"} <= set(row) for row in rows)
        fits = fits and len(rows) <= MOST_FILES and "hash" in told["profile"]
        fits = fits and all(isinstance(told[k], str) for k in ("study", "site", "software"))  # fmt: skip
    except (KeyError, TypeError):
        fits = False
    if not fits:
        raise InvalidInput("The manifest of the transfer test is not of its form. Update the gateway.")  # fmt: skip
    return dict(told)


def named(data: bytes) -> str:
    """The name of a file that arrived: its hash."""
    return sha256(data)


def joined(pieces: Iterator[bytes], most: int) -> bytes:
    """A part of the request as bytes.

    Raises:
        InvalidInput: it is larger than any file of the test.
    """
    out = io.BytesIO()
    for piece in pieces:
        if out.tell() + len(piece) > most:
            raise InvalidInput("A file of the transfer test is too large.")
        out.write(piece)
    return out.getvalue()
