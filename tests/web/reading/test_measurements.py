"""What a reader draws is measured again on the stored image, kept with the read, and drawn again."""

from __future__ import annotations

import pytest

from provident.kernel import InvalidInput
from provident.web.reading import actions, measurements
from provident.web.reading.models import Assignment, Read


pytestmark = pytest.mark.django_db


@pytest.fixture
def read_with(drawn, people, answers_for, clock):
    """A function (drawings by value) -> what `submit` gives for ana's read with them."""
    assignment = Assignment.objects.select_related("case__study", "case__participant").get(case=drawn, reader=people["ana"])  # fmt: skip
    actions.open_case(assignment=assignment, by=people["ana"], clock=clock)

    def make(value=3.5, **change):
        row = drawn.series.filter(visit="baseline").first()
        one = {"id": "m1", "kind": "length", "image": f"/read/file/{assignment.token}/{row.copy[0]['name']}.dcm",
               "points": [[1, 1], [4, 5]], "value": value, "unit": "mm", "item": None, **change}  # fmt: skip
        saved = {"answers": answers_for(assignment, {"baseline": 1, "week24": 1}), "measurements": [one], "version": 0, "active_seconds": 60}  # fmt: skip
        made = actions.submit(assignment=assignment, saved=saved, password="correct horse battery", by=people["ana"], clock=clock)  # fmt: skip
        return assignment, one, made

    return make


def test_a_measurement_is_stored_on_the_original_image(read_with, drawn):
    _, _, read = read_with()

    (stored,) = Read.objects.get(pk=read.pk).measurements
    row = drawn.series.filter(visit="baseline").first()
    assert stored["image"]["sop_uid"] == row.copy[0]["sop_uid"]
    assert (stored["visit"], stored["role"]) == ("baseline", row.role)
    assert stored["values"]["length"] == {"value": pytest.approx(3.5), "unit": "mm"}
    assert stored["check"] == "agrees"
    assert len(stored["patient"]) == 2


def test_it_is_drawn_again_exactly(read_with):
    assignment, one, read = read_with()

    (again,) = measurements.shown(assignment, read.measurements)
    assert {k: again[k] for k in ("id", "kind", "image", "points", "value", "unit")} == {k: one[k] for k in ("id", "kind", "image", "points", "value", "unit")}  # fmt: skip


def test_a_value_that_the_pixels_do_not_give_is_not_signed(read_with):
    with pytest.raises(InvalidInput) as refused:
        read_with(value=4.5)

    assert [f.code for f in refused.value.findings] == ["MEAS.DIFFERS"]
    assert not Read.objects.exists()


@pytest.mark.parametrize("image", ["/read/file/x/nothing.dcm", "https://elsewhere.example/1.dcm", "/read/file/x/../x.dcm"])  # fmt: skip
def test_an_image_of_no_case_is_refused(read_with, image):
    with pytest.raises(InvalidInput) as refused:
        read_with(image=image)

    assert [f.code for f in refused.value.findings] == ["MEAS.NOT_THIS_CASE"]


def test_it_leaves_with_the_study_s_export_once_the_study_is_locked(read_with, make_member, clock):  # fmt: skip
    import csv
    import io
    import zipfile

    from provident.adapters.sr_import import measurements_of, read_report
    from provident.reading.measurements import Measurement
    from provident.web.exams.objects import object_store
    from provident.web.reports.actions import make_export
    from provident.web.studies.actions import mark_locked

    _, _, read = read_with()
    stored = Measurement.from_json(read.measurements[0])
    by = make_member("statistician", username="stat")
    assert set(make_export(by=by, clock=clock).files).isdisjoint({"measurements.csv", "structured_reports.zip"})  # fmt: skip
    mark_locked(study=by.study, clock=clock)

    files = make_export(by=by, clock=clock).files

    def content(name):
        return object_store().read(files[name]["key"])

    (row,) = csv.DictReader(io.StringIO(content("measurements.csv").decode()))
    assert (row["part"], row["unit"], row["sop_uid"]) == ("length", "mm", stored.image.sop_uid)  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content("structured_reports.zip"))) as reports:
        names = sorted(n for n in reports.namelist() if "-baseline-primary-" in n)
        report = read_report(reports.read(names[0]))
    # without the image's header at hand its place in the patient is not told again; all else is
    (again,) = measurements_of(report, lambda ref: (stored.image, None))
    assert again.points == stored.points
    assert again.values == stored.values
