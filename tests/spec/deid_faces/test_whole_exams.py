"""An exam from the plan's rule to its files: what is named goes through the removal, the rest as ever."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Profile, SiteKey
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile
from provident.deid.image import shows_a_face
from provident.deid.instance import read_instance
from tests.spec.deid_faces.exams import Scan, classic, edited, slices, stored


title = "Faces of whole exams"

SCAN = Scan(contrast="T1", slice=6.0, pixel=3.0)
PROFILE = Profile(faces=frozenset({"HEAD", "BRAIN"}), options=frozenset({113107}))


@pytest.fixture(scope="module")
def exam(phantom):
    told = {"PatientID": "K7", "StudyDate": "20260302", "BodyPartExamined": "BRAIN"}
    return [edited(f, **told) for f in classic(slices(phantom("an adult"), SCAN), SCAN)]


def _run(tmp_path: Path, files: dict[str, bytes], profile: Profile = PROFILE):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    places = Places.beside(tmp_path / "out")
    job = Job(profile=profile, key=SiteKey(bytes(range(32))), places=places)
    outcomes = run(folder, job=job, crosswalk=CrosswalkFile(), enrol=True)
    return places, outcomes


def _out(places: Places, outcome) -> Dataset:
    return dcmread(BytesIO((places.out / outcome.out).read_bytes()))


def test_an_exam_of_the_head_leaves_without_its_face(exam, tmp_path):
    files = {f"{i:03}.dcm": data for i, data in enumerate(exam)}

    places, outcomes = _run(tmp_path, files)

    assert {o.reason for o in outcomes} == {None}
    made = [_out(places, o) for o in outcomes]
    for ds in made:
        codes = [c.CodeValue for c in ds.DeidentificationMethodCodeSequence]
        assert codes == ["113100", "113107", "113102"]
        assert ds.RecognizableVisualFeatures == "NO"
        assert ds.PatientID != "K7"
    changed = [
        (stored(a) != b.pixel_array).sum() for a, b in zip(exam, made, strict=True)
    ]
    assert sum(changed) > 10_000
    [picture] = places.faces.glob("*.png")
    [report] = places.faces.glob("*.json")
    assert (picture.stat().st_mode & 0o077, picture.read_bytes()[:4]) == (0, b"\x89PNG")
    assert json.loads(report.read_text())["verdict"] == "done"
    assert places.faces.parent == places.out.parent, "beside the output, never in it"


def test_what_cannot_be_verified_waits_and_the_report_says_why(exam, tmp_path):
    few = {f"{i}.dcm": data for i, data in enumerate(exam[:3])}
    report = edited(
        exam[0],
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33",
        SOPInstanceUID="1.2.9",
        Modality="SR",
        PixelData=None,
    )

    places, outcomes = _run(tmp_path, few | {"report.dcm": report})

    found = {o.name: o.reason for o in outcomes}
    assert found.pop("report.dcm") is None
    assert set(found.values()) == {"face_needs_removal"}
    assert (places.quarantine / "0.dcm").read_bytes() == exam[0]
    [told] = places.faces.glob("*.json")
    assert "too few images" in " ".join(json.loads(told.read_text())["words"].values())


def test_an_exam_of_another_body_part_is_left_alone(exam, tmp_path):
    files = {
        f"{i}.dcm": edited(data, BodyPartExamined="KNEE")
        for i, data in enumerate(exam[:3])
    }

    places, outcomes = _run(tmp_path, files)

    assert {o.reason for o in outcomes} == {None}
    assert not places.faces.exists()
    assert "RecognizableVisualFeatures" not in _out(places, outcomes[0])


def _anatomy(code: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, "SCT", "x"
    return Sequence([item])


NAMED = [
    # what an image says                           | whether the plan's rule names it
    ({"BodyPartExamined": "HEAD"}, True),
    ({"BodyPartExamined": "KNEE", "StudyDescription": "MR brain"}, False),
    ({"StudyDescription": "MR brain with contrast"}, True),
    ({"ProtocolName": "t1_mprage_sag_HEAD"}, True),
    ({"SeriesDescription": "forehead"}, False),
    ({"AnatomicRegionSequence": _anatomy("69536005")}, True),
    ({"AnatomicRegionSequence": _anatomy("72696002")}, False),
    ({"BodyPartExamined": "HEAD", "Modality": "US"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("says", "named"), NAMED)
def test_which_images_the_rule_names(exam, says, named):
    data = edited(edited(exam[0], BodyPartExamined=None), **says)

    assert shows_a_face(read_instance(data), PROFILE) is named
    assert not shows_a_face(read_instance(data), Profile())
