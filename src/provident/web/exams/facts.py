"""Reading a stored exam: headers from the object store, facts, and a picture of each series."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from provident import dicom
from provident.kernel import InvalidInput
from provident.kernel.ids import sha256
from provident.kernel.ports import ObjectStore


if TYPE_CHECKING:
    from pydicom import Dataset

    from provident.dicom import SeriesFacts

THUMBNAIL = 160  # pixels along the longer side


def headers(store: ObjectStore, keys: Sequence[str]) -> Iterator[tuple[str, Dataset]]:
    """The header of each image; one that does not open any more is left out, and its absence is a finding."""
    for key in keys:
        with store.open(key) as stream:
            try:
                yield key, dicom.read_header(stream)
            except InvalidInput:
                continue


def middle(headers_of_series: Sequence[tuple[str, Dataset]]) -> str | None:
    """The key of the image in the middle of a series, by instance number."""
    if not headers_of_series:
        return None
    ordered = sorted(
        headers_of_series, key=lambda kh: (_number(kh[1].get("InstanceNumber")), kh[0])
    )
    return ordered[len(ordered) // 2][0]


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def series_number(header: Dataset) -> int | None:
    """The series number, where there is one."""
    found = header.get("SeriesNumber")
    return None if found is None else _number(found)


def make_thumbnail(store: ObjectStore, key: str, prefix: str) -> str:
    """Make the small picture of an image and keep it; returns its key, blank where the pixels do not decode."""
    from provident.dicom import pixels

    try:
        picture = pixels.thumbnail(store.read(key), THUMBNAIL)
    except InvalidInput:
        return ""
    name = f"{prefix}/thumbnail-{sha256(picture)[:16]}.png"
    if not store.exists(name):
        # Another run of this job may have made the same picture.
        with contextlib.suppress(FileExistsError):
            store.create(name, picture)
    return name


def scanner_facts(facts: Sequence[SeriesFacts]) -> dict[str, str]:
    """What an exam's series say of the scanner: one value each, that of the first series that has it."""
    found: dict[str, str] = {}
    for series in facts:
        told = {name: series.value(name) for name in ("software", "serial", "station", "coil", "institution")}  # fmt: skip
        for name, value in {**told, "make": series.manufacturer, "model": series.model}.items():  # fmt: skip
            if value and name not in found:
                found[name] = str(value)
    return found
