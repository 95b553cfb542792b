"""The measurements of a read on this platform: found on the stored images, measured again, and drawn again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from provident import reading
from provident.adapters import measured_images
from provident.kernel import InvalidInput
from provident.reading.measurements import CaseImage, ImageRef, Measurement
from provident.reading.taking import Taken, Tolerance, take
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import manifest
from provident.web.reading.course import course, own_measurements
from provident.web.reading.designs import labels
from provident.web.reading.models import Assignment, CaseSeries
from provident.web.studies.plans import plan_in_force


_ADDRESS = re.compile(
    r"/read/file/[\w-]+/(?P<name>[\w-]+)\.dcm(?:\?frame=(?P<frame>[1-9]\d{0,5}))?"
)


def taken(assignment: Assignment, saved: Mapping[str, Any]) -> Taken:
    """What was drawn in a read, measured on the stored images. Decodes pixels: call it outside any transaction.

    Raises:
        InvalidInput: answers or drawings of what is locked, as `course` has it.
    """
    now = course(assignment)
    own = own_measurements(assignment, now, saved["measurements"])
    given = [*now.measurements, *own]
    if not given:
        return Taken(measurements=(), findings=())
    answers = reading.to_visits(now.labels, now.whole(saved["answers"]))
    images = CaseImages(assignment.case)
    return take(
        now.design, now.labels, answers, given, images.find, tolerance_of(assignment)
    )


def tolerance_of(assignment: Assignment) -> Tolerance:
    """How far what was shown may be off, by the plan in force."""
    case = assignment.case
    said = plan_in_force(case.study).reading[case.design].measurements
    share = said.tolerance.to("%") / 100 if said.tolerance else None
    refuse = said.beyond == "refuse"
    return Tolerance(refuse=refuse) if share is None else Tolerance(share=share, refuse=refuse)  # fmt: skip


class CaseImages:
    """The stored images behind a case's reading copies; each file is read once."""

    def __init__(self, case: Any) -> None:
        self._rows: dict[str, tuple[CaseSeries, str]] = {}
        self._keys: dict[int, dict[str, str]] = {}
        self._files: dict[str, Any] = {}
        for row in case.series.select_related("series", "test_series"):
            for entry in row.copy:
                self._rows[entry["name"]] = (row, entry["sop_uid"])

    def find(self, address: str) -> CaseImage | None:
        """The image that the room's address names; None when it is none of the case.

        Raises:
            InvalidInput: it cannot be read, or has no such frame.
        """
        found = _ADDRESS.fullmatch(address)
        if not found or found["name"] not in self._rows:
            return None
        row, sop_uid = self._rows[found["name"]]
        ds, frame = self._file(row, sop_uid), int(found["frame"] or 1)
        return CaseImage(
            visit=row.visit,
            role=row.role,
            ref=measured_images.reference(ds, frame),
            raster=measured_images.raster(ds, frame),
            plane=measured_images.plane(ds, frame),
        )

    def _file(self, row: CaseSeries, sop_uid: str) -> Any:
        if row.pk not in self._keys:
            self._keys[row.pk] = _stored(row)
        key = self._keys[row.pk].get(sop_uid)
        if key is None:
            raise InvalidInput("The image is not stored any more.")
        if key not in self._files:
            self._files[key] = measured_images.whole(object_store().read(key))
        return self._files[key]


def _stored(row: CaseSeries) -> dict[str, str]:
    """The object key of each image of a series by its SOP Instance UID."""
    if row.test_series is not None:
        images: Iterable[Mapping[str, Any]] = row.test_series.images
    elif row.series is not None:
        images = manifest(row.series)["instances"]
    else:
        images = ()
    return {str(image["sop_uid"]): str(image["key"]) for image in images}


def shown(
    assignment: Assignment, stored: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Stored measurements as the room draws them again for this reader; what is on no image of the case is left out.

    What a draft or a lock holds is as the room sent it, and goes back as it is.
    """
    names = {
        entry["sop_uid"]: entry["name"]
        for row in assignment.case.series.all()
        for entry in row.copy
    }
    pairs = labels(assignment)
    of_visit = {visit: f"{label}:" if len(pairs) > 1 else "" for label, visit in pairs}
    drawn = []
    for one in stored:
        if "schema" not in one:
            drawn.append(dict(one))
            continue
        made = Measurement.from_json(one)
        if made.image.sop_uid in names and made.visit in of_visit:
            address = _address(assignment, names[made.image.sop_uid], made.image)
            drawn.append(made.as_client(address, of_visit[made.visit]))
    return drawn


def _address(assignment: Assignment, name: str, image: ImageRef) -> str:
    frame = f"?frame={image.frame}" if image.frames > 1 else ""
    return f"/read/file/{assignment.token}/{name}.dcm{frame}"
