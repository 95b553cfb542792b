"""Reading copies: made once per case when its images are accepted, checked, kept under opaque names."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from provident import dicom
from provident.kernel import InvalidInput
from provident.kernel.ids import sha256
from provident.programme.reading_copy import opaque, reading_copy
from provident.reading import Serves
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import instance_keys
from provident.web.reading.models import CaseSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The copies of one series, in the order in which they are shown."""

    pk: int
    manifest_sha256: str
    images: list[dict[str, str]]


def _key() -> bytes:
    return settings.ENVIRONMENT.secret("reading").encode()


def _rank(header: Any) -> tuple[float, int, str]:
    """Along the slice normal where there is one, else by instance number."""
    position, orientation = (
        header.get("ImagePositionPatient"),
        header.get("ImageOrientationPatient"),
    )
    along = 0.0
    if position and orientation and len(position) == 3 and len(orientation) == 6:
        a, b = [float(v) for v in orientation[:3]], [float(v) for v in orientation[3:]]
        normal = (
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        )
        along = round(
            sum(n * float(p) for n, p in zip(normal, position, strict=True)), 3
        )
    return (
        along,
        int(header.get("InstanceNumber") or 0),
        str(header.get("SOPInstanceUID", "")),
    )


def _keys(row: CaseSeries) -> list[str]:
    if row.test_series is not None:
        return [str(image["key"]) for image in row.test_series.images]
    assert row.series is not None  # the database asks for one of the two
    return list(instance_keys(row.series))


def _ordered(row: CaseSeries) -> Iterator[bytes]:
    store = object_store()
    found = []
    for key in _keys(row):
        data = store.read(key)
        header = dicom.read_header(io.BytesIO(data))
        if "Rows" in header:
            found.append((_rank(header), data))
    yield from (data for _, data in sorted(found, key=lambda pair: pair[0]))


def _shared(row: CaseSeries, sha: str) -> list[dict[str, str]]:
    """The copies of the analysis's own case of the same images, for an ancillary or interim read of them.

    Nothing is copied: the objects are the same, under names of this case. Cases of one set of readers
    (study cases and their hidden repeats) never share, or the bytes would tell that they are the same.
    """
    if row.series is None or row.case.serves == Serves.ANALYSIS:
        return []
    rows = CaseSeries.objects.filter(
        series=row.series, manifest_sha256=sha, case__serves=Serves.ANALYSIS,
        case__purpose="study",
    )  # fmt: skip
    other = rows.exclude(copy=[]).order_by("pk").first()
    return [
        {
            **image,
            "name": opaque(_key(), str(row.case_id), str(row.pk), image["sha256"]),
        }
        for image in (other.copy if other else ())
    ]


def make(row: CaseSeries) -> Copy:
    """Make the copies of one series of a case. Running it again writes nothing twice.

    Raises:
        InvalidInput: an image that cannot be decoded, or a series without images.
    """
    store, key = object_store(), _key()
    sha = row.series.manifest_sha256 if row.series else ""
    images = _shared(row, sha)
    if images:
        return Copy(pk=row.pk, manifest_sha256=sha, images=images)
    for number, data in enumerate(_ordered(row), 1):
        made = reading_copy(data, key=key, case=f"{row.case_id}:{sha}", number=number)
        digest = sha256(made)
        name = opaque(key, str(row.case_id), str(row.pk), digest)
        path = f"reading/{row.case_id}/{name}.dcm"
        if not store.exists(path):
            store.create(path, made)
        sop_uid = str(dicom.read_header(io.BytesIO(data)).SOPInstanceUID)
        images.append({"name": name, "key": path, "sop_uid": sop_uid, "sha256": digest})
    if not images:
        raise InvalidInput(
            f"The series {row.role} of this case has no image that can be shown."
        )
    return Copy(pk=row.pk, manifest_sha256=sha, images=images)
