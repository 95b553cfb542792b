"""Whatever is not certain waits for a person, with a reason."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from provident.deid.faces import REASONS, deface_exam
from provident.deid.profile import FaceRemoval
from tests.spec.deid_faces.exams import Scan, classic, edited, slices, stored


title = "Faces: doubt waits"

SCAN = Scan(contrast="T1", slice=6.0, pixel=3.0)
SCREEN, OUTLINES, REPORT = (
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.481.3",
    "1.2.840.10008.5.1.4.1.1.88.33",
)


@pytest.fixture(scope="module")
def files(phantom):
    return classic(slices(phantom("an adult"), SCAN), SCAN)


@pytest.fixture(scope="module")
def done(files):
    """An exam with a captured screen, which a person cleared, and a report."""
    screen = edited(files[0], SOPClassUID=SCREEN)
    report = edited(files[0], SOPClassUID=REPORT, Modality="SR", PixelData=None)
    return (screen, report), deface_exam([screen, report, *files], cleared=[0])


WRONG = [
    # what is the matter                | the file                                       | reason
    ("no position", {"ImagePositionPatient": None}, "face_unplaced"),
    ("no spacing", {"PixelSpacing": None}, "face_unplaced"),
    (
        "rows along columns",
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
        "face_unplaced",
    ),
    ("a mosaic", {"ImageType": ["ORIGINAL", "PRIMARY", "MOSAIC"]}, "face_mosaic"),
    ("a captured screen", {"SOPClassUID": SCREEN}, "face_picture"),
    ("outlines", {"SOPClassUID": OUTLINES, "Modality": "RTSTRUCT"}, "face_outline"),
    ("pixels cut short", {"PixelData": b"\0\0"}, "face_unreadable"),
]


@pytest.mark.parametrize(
    ("what", "changes", "reason"), WRONG, ids=[w[0] for w in WRONG]
)
def test_a_file_that_cannot_be_cleaned_makes_the_exam_wait(
    files, what, changes, reason
):
    broken = edited(files[0], **changes)

    found = deface_exam([broken])

    assert found.verdict == "hold"
    assert found.report.reasons == (reason,)
    assert found.report.waiting[reason] == (0,)
    assert found.files[0] == broken
    assert found.explanation == REASONS[reason]


def test_what_is_no_dicom_waits():
    found = deface_exam([b"not DICOM"])

    assert found.report.reasons == ("face_unreadable",)
    assert found.files == (b"not DICOM",)


def test_a_reason_that_a_person_cleared_lets_the_exam_pass(done):
    _, found = done

    assert found.verdict == "done"
    assert found.report.waiting == {"face_picture": (0,)}


def test_other_objects_go_through_as_they_are(done):
    (screen, report), found = done

    assert found.files[:2] == (screen, report)


@pytest.mark.slow
def test_a_series_of_something_else_is_not_taken_for_a_head(files):
    rng = np.random.default_rng(3)
    blocks = []
    for data in files:
        pixels = rng.integers(0, 30, stored(data).shape).astype("<u2")
        pixels[20:70, 4:70] = 700  # a slab, not a head
        blocks.append(edited(data, PixelData=pixels.tobytes()))

    found = deface_exam(blocks)

    assert found.verdict == "hold"
    assert set(found.report.reasons) & {"face_doubtful", "face_no_head", "face_left"}


def test_an_empty_series_is_no_head(files):
    empty = [edited(f, PixelData=bytes(stored(f).nbytes)) for f in files]

    found = deface_exam(empty)

    assert found.report.reasons == ("face_no_head",)
    assert list(found.files) == empty


@pytest.mark.slow
def test_a_limit_that_is_not_met_makes_the_exam_wait(phantom):
    scan = Scan(contrast="T2", slice=6.0, pixel=3.0)
    files = classic(slices(phantom("a child"), scan), scan)

    found = deface_exam(files, removal=FaceRemoval(left=0.0))

    assert "face_left" in found.report.reasons


@pytest.mark.parametrize(
    "wrong",
    [{"left": -0.1}, {"brain_lost": 1.0}, {"remove": ()}, {"remove": ("hair",)}],
)
def test_what_is_removed_is_a_part_and_a_limit_is_a_share(wrong):
    with pytest.raises(ValueError, match=r"share|removed"):
        FaceRemoval(**wrong)


@pytest.mark.slow
def test_a_head_that_looks_backwards_waits(phantom):
    scan = Scan(contrast="CT", slice=5.0, noise=0.02, turned=(0, 0, 180))
    files = classic(slices(phantom("an adult"), scan), scan)

    found = deface_exam(files)

    assert found.report.reasons[0] == "face_doubtful"
    assert set(found.held) == {"face_doubtful"}


def test_a_brain_that_was_taken_out_of_its_skull_is_left_whole(phantom):
    whole = slices(phantom("an adult"), SCAN)
    bare = [
        replace(s, stored=np.where(s.truth["brain"], s.stored, 4).astype(np.uint16))
        for s in whole
    ]
    files = classic(bare, SCAN)

    found = deface_exam(files)

    assert found.verdict == "nothing_to_do"
    assert "no face" in found.report.series[0].notes[0]
    assert all(
        (stored(a) == stored(b)).all() for a, b in zip(files, found.files, strict=True)
    )


def test_without_imaging_libraries_all_files_wait_and_the_words_say_so(
    files, monkeypatch
):
    monkeypatch.setitem(sys.modules, "provident.deid.faces.exam", None)

    found = deface_exam(files)

    assert set(found.held) == {"face_not_installed"}
    assert "not installed" in found.explanation


def test_no_files_have_no_face():
    assert deface_exam([]).verdict == "nothing_to_do"


def test_the_picture_and_the_report_are_for_people(done):
    _, found = done

    picture = Image.open(BytesIO(found.picture))
    before, after = (np.asarray(picture)[s] for s in (slice(0, 260), slice(266, 526)))
    assert before.shape == after.shape
    assert (before != after).mean() > 0.05
    told = json.loads(json.dumps(found.report.as_json()))
    assert told["series"][0]["left"] <= 0.05
    assert told["series"][0]["depth_change_mm"] > 10
    assert "Doe" not in json.dumps(told)
