"""A read as a structured report: TID 1500, readable by others, and read again to the last bit."""

from __future__ import annotations

import io
import warnings
from datetime import UTC, datetime

import pytest
from pydicom import Dataset, dcmread

from provident.adapters.sr_export import Algorithm, ReportedRead, structured_report
from provident.adapters.sr_import import measurements_of, read_report
from provident.kernel import InvalidInput
from tests.unit.reading.drawn import CT, PLANE, form, image
from tests.unit.reading.sr import header, measured, reported


title = "Structured reports"


def known(ref):
    return (image(ref.sop_uid[6:], frame=ref.frame).ref, PLANE)


def test_a_report_names_reader_images_and_values_by_code():
    report = read_report(structured_report(reported(), [header()]))

    assert report.root.name.key == "DCM 126000"
    assert report.patient == "N001"
    assert report.study_uid == "2.25.1"
    assert report.images == {"2.25.31"}
    (person,) = report.root.named("DCM 121008")
    assert person.text == "R02^"
    numbers = {(i.name.key, i.unit): i.value for i in report.root.every() if i.kind == "NUM"}  # fmt: skip
    assert numbers["SCT 410668003", "mm"] == pytest.approx(3.9885, abs=1e-4)
    assert numbers["DCM 112031", "[hnsf'U]"] is not None
    assert numbers["99PROVIDENT twice", "mm"] == 8.0
    choices = {i.name.value: i.code.meaning for i in report.root.every() if i.kind == "CODE"}  # fmt: skip
    assert choices["seen"] == "Yes"


def test_highdicom_reads_it_as_a_measurement_report():
    import highdicom as hd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = hd.sr.srread(io.BytesIO(structured_report(reported(), [header()])))

        content = report.content
        regions = content.get_planar_roi_measurement_groups()
        others = content.get_image_measurement_groups()

    assert {str(g.roi.graphic_type.value) for g in regions} == {"ELLIPSE", "POLYLINE"}
    assert len(others) == 5  # three lines, and the answers and what follows from them
    assert content.get_observer_contexts()[0].observer_identifying_attributes.name == "R02^"  # fmt: skip


def test_our_own_report_gives_the_same_measurements_bit_for_bit():
    read = reported()
    again = measurements_of(read_report(structured_report(read, [header()])), known)

    assert again == tuple(read.measurements)


def test_a_frame_of_a_clip_is_named():
    clip = header(frames=30)
    (line, *_) = measured(frame=7)
    read = reported(measurements=(line,))

    (again,) = measurements_of(read_report(structured_report(read, [clip])), known)

    assert again.image.frame == 7
    assert again == line


def test_the_same_read_gives_the_same_bytes_and_another_version_another_report():
    first = structured_report(reported(), [header()])

    assert first == structured_report(reported(), [header()])
    uids = {read_report(structured_report(reported(key=k), [header()])).uid for k in ("12/1", "12/2")}  # fmt: skip
    assert len(uids) == 2


def test_an_algorithm_is_named_with_its_version():
    read = reported(observer=Algorithm(name="Nodule software", version="1.0.0"))
    report = read_report(structured_report(read, [header()]))

    assert report.algorithms == (("Nodule software", "1.0.0"),)


def test_no_free_text_and_no_name_leaves():
    read = reported(answers={"remark": "Mrs Miller", "long": 4.0})
    data = structured_report(read, [header()])

    assert b"Miller" not in data
    assert b"Dr Reader" not in data


def test_a_missing_code_is_a_code():
    read = reported(answers={"long": "nv"}, measurements=())
    report = read_report(structured_report(read, [header()]))

    assert [(i.code.value, i.code.meaning) for i in report.root.named("99PROVIDENT long")] == [("nv", "Not visible")]  # fmt: skip


def test_an_image_that_was_measured_must_be_there():
    other = header()
    other.SOPInstanceUID = "2.25.77"

    with pytest.raises(InvalidInput, match="measured is not there"):
        structured_report(reported(), [other])
    with pytest.raises(InvalidInput, match="needs the exam"):
        structured_report(reported(), [])


def test_images_with_few_words_about_the_patient_do():
    bare = Dataset()
    bare.SOPClassUID, bare.SOPInstanceUID = CT, "2.25.31"
    bare.StudyInstanceUID, bare.SeriesInstanceUID = "2.25.1", "2.25.2"
    bare.PatientSex = "X"
    data = structured_report(reported(), [bare])

    assert dcmread(io.BytesIO(data)).PatientSex == ""


def test_what_is_no_report_is_refused():
    from provident import dicom

    ds = header()
    ds.Modality = "CT"

    with pytest.raises(InvalidInput, match="no structured report"):
        read_report(dicom.write(ds))
    with pytest.raises(InvalidInput):
        read_report(b"no DICOM")


def test_an_image_that_is_not_there_any_more_is_refused():
    report = read_report(structured_report(reported(), [header()]))

    with pytest.raises(InvalidInput, match="an image that is not there"):
        measurements_of(report, lambda ref: None)


def test_the_time_is_that_of_the_signature():
    ds = dcmread(io.BytesIO(structured_report(reported(at=datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)), [header()])))  # fmt: skip

    assert (ds.ContentDate, str(ds.ContentTime), ds.InstanceCreationDate) == ("20270304", "050607", "20270304")  # fmt: skip
    assert ds.TimezoneOffsetFromUTC == "+0000"


def test_a_long_question_is_cut_in_the_report_alone():
    read: ReportedRead = reported()
    assert len(form().fields["long"].label) < 64
    from provident.adapters.sr_codes import ours

    assert len(ours("x", "word " * 30).meaning) == 64
    assert read.form.key == "lesion@2"
