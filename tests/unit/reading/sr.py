"""Reads to be reported, and the headers of the images that they measure."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset

from provident.adapters.sr_export import ReportedRead
from provident.reading.measurements import Measurement
from provident.reading.taking import take
from tests.unit.reading.drawn import CT, form, image
from tests.unit.reading.made import design


_DRAWN = (
    ("length", [[1.123, 1.456], [9.1, 1.456]], "A:long"),
    ("bidirectional", [[1, 1], [9, 1], [5, 1], [5, 6]], "A:short"),
    ("angle", [[1.1, 1.2], [5.3, 1.4], [5.5, 2.6]], None),
    ("ellipse", [[5, 1.1], [5, 6.9], [3, 4], [7, 4]], "A:density"),
    ("rectangle", [[1.333, 1.333], [6.1, 1.333], [1.333, 6.1], [6.1, 6.1]], None),
    ("polygon", [[1.1, 1.1], [8.2, 2.3], [5.3, 7.4]], None),
)  # fmt: skip


def measured(frame: int = 1) -> tuple[Measurement, ...]:
    """One measurement of each kind, some of which give answers."""
    given = [
        {"id": f"m{n}", "kind": kind, "image": "/1", "points": points, "value": 4.0, "unit": "", "item": item}
        for n, (kind, points, item) in enumerate(_DRAWN)
    ]  # fmt: skip
    with_form = dataclasses.replace(design(), form=form())
    found = take(
        with_form,
        (("A", "week12"),),
        {"week12": {"long": 4.0}},
        given,
        lambda _: image(frame=frame),
    )
    return found.measurements


def reported(**changes: object) -> ReportedRead:
    """A read of one visit with them."""
    values = {
        "key": "12/1", "form": form(), "visit": "week12", "answers": {"seen": 1, "long": 4.0, "remark": "none"},
        "derived": {"twice": 8.0}, "measurements": measured(), "observer": "R02",
        "at": datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    }  # fmt: skip
    return ReportedRead(**{**values, **changes})  # type: ignore[arg-type]


def header(frames: int = 1) -> Dataset:
    """The header of the image."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CT, "2.25.31"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.1", "2.25.2"
    ds.Modality, ds.PatientID, ds.PatientName = "CT", "N001", "N001"
    ds.PatientBirthDate, ds.PatientSex, ds.AccessionNumber = "19600101", "F", ""
    ds.StudyID, ds.StudyDate, ds.StudyTime = "", "20250102", "101112"
    ds.ReferringPhysicianName = ""
    if frames > 1:
        ds.NumberOfFrames = frames
    return ds
