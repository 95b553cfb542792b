"""An algorithm's output as answers: structured reports and segmentations, as the plan maps them."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset

from provident import dicom
from provident.adapters import segments
from provident.adapters.ai_reads import AI_CODES, of_another_version, read_output
from provident.adapters.sr_export import Algorithm as Reporter
from provident.adapters.sr_export import structured_report
from provident.plan.models.reading_software import Algorithm
from tests.unit.reading.drawn import form
from tests.unit.reading.sr import header, reported


title = "Output of an algorithm"


def algorithm(**mapped):
    return Algorithm.model_validate({"name": "Seg", "version": "2.0", **mapped})


def outputs(data, mapping, images=None):
    found = read_output("out.dcm", data, mapping, form(), lambda who, uid: (images or {}).get)  # fmt: skip
    return found.outputs, [(f.code, f.message) for f in found.findings]


# -- structured reports


def report():
    """Three numbers: a length of 3.9885 mm twice told, as length and as answer, and what follows from it."""
    return structured_report(reported(observer=Reporter(name="Seg", version="2.0")), [header()])  # fmt: skip


def test_a_value_of_a_report_is_found_by_its_code_and_put_in_the_answer_s_unit():
    mapping = algorithm(sr={"long": "99PROVIDENT twice", "short": "99PROVIDENT twice"})
    (made,), wrong = outputs(report(), mapping)

    assert wrong == []
    assert made.answers == {"long": 8.0, "short": 0.8}  # mm, and cm
    assert (made.case.participant, made.case.study_uid) == ("N001", "2.25.1")
    assert made.version == ("Seg", "2.0")
    assert of_another_version(made, mapping) is None


@pytest.mark.parametrize(
    ("value", "gives"),
    [
        ({"code": "DCM 112031", "take": "count"}, 12),
        ({"code": "NOT THERE", "absent": 3}, 3),
        ({"code": "NOT THERE", "take": "count"}, 0),
    ],
)
def test_which_of_several_values_counts(value, gives):
    (made,), wrong = outputs(report(), algorithm(sr={"nodes": value}))

    assert (wrong, made.answers["nodes"]) == ([], gives)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("NOT THERE", "long: the report has no value NOT THERE"),
        ("DCM 112031", "long: the report has 12 values DCM 112031"),
    ],
)
def test_a_value_that_is_not_clear_is_refused(value, says):
    assert outputs(report(), algorithm(sr={"long": value})) == ((), [("AI.VALUE", says)])  # fmt: skip


def test_an_answer_that_the_form_does_not_have_is_refused():
    _made, wrong = outputs(report(), algorithm(sr={"nowhere": "99PROVIDENT twice"}))

    assert wrong == [("AI.VALUE", 'the form lesion@2 has no answer "nowhere"')]


# -- segmentations


def segmentation(labels=("Node",), masks=None, **changes):
    """Two slices 5 mm apart, pixels of 0.5 x 2 mm; two parts that do not touch on the first, one of them on both."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.SOPClassUID, ds.SOPInstanceUID = segments.SEG, "2.25.99"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.PatientID = "2.25.1", "2.25.98", "N001"  # fmt: skip
    ds.Modality, ds.SegmentationType, ds.SoftwareVersions = "SEG", "BINARY", "2.0"
    items = []
    for number, label in enumerate(labels, 1):
        item = Dataset()
        item.SegmentNumber, item.SegmentLabel, item.SegmentAlgorithmName = number, label, "Seg"  # fmt: skip
        items.append(item)
    ds.SegmentSequence = items
    if masks is None:
        masks = np.zeros((2, 8, 10), dtype=np.uint8)
        masks[0, 0:2, 0:2] = masks[1, 1, 1] = masks[0, 6, 8] = 1
    ds.Rows, ds.Columns, ds.NumberOfFrames = 8, 10, len(masks)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = masks.tobytes()
    shared, measures, lies = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness, measures.SpacingBetweenSlices = [2.0, 0.5], 4.0, 5.0  # fmt: skip
    lies.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [lies]
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [frame(n) for n in range(len(masks))]
    for name, value in changes.items():
        setattr(ds, name, value)
    return dicom.write(ds)


def frame(number):
    group, which, at, derived, source = (Dataset() for _ in range(5))
    which.ReferencedSegmentNumber = 1
    at.ImagePositionPatient = [0, 0, 5.0 * number]
    source.ReferencedSOPInstanceUID = f"2.25.7{number}"
    derived.SourceImageSequence = [source]
    group.SegmentIdentificationSequence, group.PlanePositionSequence = [which], [at]
    group.DerivationImageSequence = [derived]
    return group


def slice_of(value):
    ds = header()
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 8, 10, 1, "MONOCHROME2"  # fmt: skip
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1000
    ds.PixelData = np.full((8, 10), value, dtype="<u2").tobytes()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    return ds


def test_parts_that_touch_also_across_slices_are_one():
    found = segments.read_segmentation(segmentation())

    assert segments.count(found, "Node") == 2
    # 6 pixels of 1 mm2, slices 5 mm apart
    assert segments.volume_ml(found, "Node") == pytest.approx(0.03)


def test_the_mean_is_of_the_image_under_the_segment():
    images = {"2.25.70": slice_of(1040), "2.25.71": slice_of(1100)}
    (made,), wrong = outputs(segmentation(), algorithm(seg={"density": {"of": "mean", "segment": "Node"}, "nodes": {"of": "count", "segment": "Node"}}), images)  # fmt: skip

    assert wrong == []
    assert made.answers == {"density": pytest.approx((5 * 40 + 100) / 6), "nodes": 2}
    assert made.version == ("Seg", "2.0")


def test_a_segment_that_is_absent_is_refused_unless_the_plan_says_what_it_means():
    refused = outputs(segmentation(), algorithm(seg={"nodes": {"of": "count", "segment": "Liver"}}))  # fmt: skip
    meant = outputs(segmentation(), algorithm(seg={"nodes": {"of": "count", "segment": "Liver", "absent": 0}}))  # fmt: skip

    assert refused == ((), [("AI.VALUE", 'nodes: the file has no segment "Liver"')])
    assert meant[0][0].answers == {"nodes": 0}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SegmentationType": "FRACTIONAL"}, "not binary"),
        ({"PerFrameFunctionalGroupsSequence": []}, "does not say of which segment"),
    ],
)
def test_a_segmentation_that_says_too_little_is_refused(changes, says):
    _, ((code, message),) = outputs(segmentation(**changes), algorithm(seg={"nodes": {"of": "count", "segment": "Node"}}))  # fmt: skip

    assert code == "AI.FILE"
    assert says in message


def test_an_image_of_another_exam_gives_no_mean():
    _, wrong = outputs(segmentation(), algorithm(seg={"density": {"of": "mean", "segment": "Node"}}))  # fmt: skip

    assert wrong == [("AI.VALUE", "density: A frame of the segmentation names no image of this exam.")]  # fmt: skip


@pytest.mark.parametrize("mapped", [{"csv": {"long": "x"}}, {"sr": {"long": "A B"}}])
def test_a_kind_of_file_that_the_plan_does_not_map_is_refused(mapped):
    _, ((code, message),) = outputs(segmentation(), algorithm(**mapped))

    assert (code, "maps no segmentation" in message) == ("AI.FILE", True)


def test_another_dicom_file_is_refused():
    made = dicom.write(slice_of(1))

    assert outputs(made, algorithm(sr={"long": "A B"}))[1][0][0] == "AI.FILE"


def test_the_codes_are_documented():
    assert all(words.endswith(".") for words in AI_CODES.values())
