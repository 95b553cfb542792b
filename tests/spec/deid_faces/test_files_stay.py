"""What is not the face stays as it was, and the header says what was done."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from provident.deid.elements import Damaged
from provident.deid.faces import deface_exam
from provident.deid.faces.painting import only_the_face_differs, paint, written
from provident.deid.faces.reading import image_of
from tests.spec.deid_faces.exams import Scan, classic, edited, slices, stored


title = "What a face's removal leaves alone"

SCAN = Scan(contrast="CT", slice=6.0, pixel=3.0, noise=0.01)
MAY_DIFFER = {
    "PixelData",
    "DeidentificationMethodCodeSequence",
    "RecognizableVisualFeatures",
    "SmallestImagePixelValue",
}


@pytest.fixture(scope="module")
def made(phantom):
    return slices(phantom("an adult"), SCAN)


@pytest.fixture(scope="module")
def files(made):
    return classic(made, SCAN)


@pytest.fixture(scope="module")
def found(files):
    return deface_exam(files)


def test_a_slice_without_a_face_keeps_its_pixels(files, found):
    same = [
        (stored(a) == stored(b)).all() for a, b in zip(files, found.files, strict=True)
    ]

    assert any(same)
    assert found.report.series[0].files_changed == len(files) - sum(same)


def test_only_pixels_and_what_says_so_differ(files, found):
    for before, after in zip(files, found.files, strict=True):
        old, new = dcmread(BytesIO(before)), dcmread(BytesIO(after))
        differ = {
            e.keyword or str(e.tag)
            for e in new
            if e.tag not in old or old[e.tag].value != e.value
        }

        assert differ <= MAY_DIFFER
        assert {e.tag for e in old} <= {e.tag for e in new}
        assert old.file_meta == new.file_meta


def test_pixels_become_air_or_stay(files, found):
    for before, after in zip(files, found.files, strict=True):
        old, new = stored(before), stored(after)

        assert set(np.unique(new[old != new])) <= {24}  # -1000 HU, stored


def test_every_image_says_that_no_face_can_be_recognised(found):
    for data in found.files:
        ds = dcmread(BytesIO(data))

        codes = [c.CodeValue for c in ds.DeidentificationMethodCodeSequence]
        assert (codes, ds.RecognizableVisualFeatures) == (["113102"], "NO")
        assert ds.ImageType == ["ORIGINAL", "PRIMARY", "AXIAL"]
        assert ds.SmallestImagePixelValue == ds.pixel_array.min()
        assert "BurnedInAnnotation" not in ds


def test_codes_of_other_methods_stay_and_none_comes_twice(files):
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = "113100", "DCM"
    code.CodeMeaning = "Basic Application Confidentiality Profile"
    data = edited(files[20], DeidentificationMethodCodeSequence=Sequence([code]))

    once, _ = written(data, None)
    twice, _ = written(once, None)

    told = dcmread(BytesIO(twice)).DeidentificationMethodCodeSequence
    assert once == twice
    assert [c.CodeValue for c in told] == ["113100", "113102"]


@pytest.mark.slow
def test_padding_stays(files):
    told = []
    for data in files:
        pixels = stored(data).copy()
        pixels[:4] = 0
        told.append(edited(data, PixelData=pixels.tobytes(), PixelPaddingValue=0))

    found = deface_exam(told)

    assert all((stored(f)[:4] == 0).all() for f in found.files)


def test_another_change_of_the_header_is_seen(files):
    before = files[20]
    after, _ = written(before, None)

    assert only_the_face_differs(before, after)
    assert not only_the_face_differs(before, before), "the method is not told"
    assert not only_the_face_differs(before, edited(after, PatientName="A^B"))
    assert not only_the_face_differs(before, edited(after, StudyID="7"))
    assert not only_the_face_differs(before, b"not DICOM")


def test_what_cannot_be_taken_apart_is_not_written():
    with pytest.raises(Damaged):
        written(b"not DICOM", None)


def _painted(data):
    """A file as written when its first pixels are painted."""
    image = image_of(data, 0)
    mask = np.zeros(stored(data).shape, dtype=bool)
    mask[:3, :3] = True
    paint(image, image.frames[0], mask, -900.0)
    return written(data, image.stored)


def test_a_compressed_file_comes_out_native_with_the_same_other_pixels(files):
    ds = dcmread(BytesIO(files[20]))
    ds.compress(RLELossless)
    out = BytesIO()
    ds.save_as(out)

    after, notes = _painted(out.getvalue())

    plain, _ = _painted(files[20])
    assert (stored(after) == stored(plain)).all()
    assert (stored(after)[:3, :3] == 124).all()
    assert dcmread(BytesIO(after)).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert "LossyImageCompression" not in dcmread(BytesIO(after))
    assert notes == ("compressed pixels written as explicit VR little endian",)


def test_a_big_endian_file_comes_out_little(files):
    ds = dcmread(BytesIO(files[20]))
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    ds.PixelData = stored(files[20]).astype(">u2").tobytes()
    out = BytesIO()
    dcmwrite(out, ds, implicit_vr=False, little_endian=False)

    after, notes = _painted(out.getvalue())

    plain, _ = _painted(files[20])
    assert (stored(after) == stored(plain)).all()
    assert dcmread(BytesIO(after)).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert notes == ()
