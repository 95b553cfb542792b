"""Which images cannot be shown now."""

from __future__ import annotations

from provident.kernel import NotReady
from provident.web.exams.models import Exam
from provident.web.reading.at_scan import waits_for
from provident.web.reading.models import Case


def images_hold(case: Case) -> None:
    """Refuse to show images that are being looked at again, whose copy is of an older manifest, or that wait for a
    score that is given at the scan of another exam.
    """
    rows = case.series.filter(series__isnull=False).select_related("series__exam")
    exams = {}
    for row in rows:
        assert row.series is not None
        exams[row.series.exam_id] = row.series.exam
        if (
            row.series.exam.state != Exam.State.ACCEPTED
            or row.manifest_sha256 != row.series.manifest_sha256
        ):
            raise NotReady(
                "The images of this case are being looked at again. It comes back to your list by itself."
            )
    if any(waits_for(exam) for exam in exams.values()):
        raise NotReady("This case waits for something that must be locked first. It comes back to your list by itself.")  # fmt: skip
