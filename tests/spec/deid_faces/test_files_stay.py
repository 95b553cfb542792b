"""What is not the face stays as it was, and the header says what was done."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from provident.deid.faces import deface_exam
from provident.deid.faces.painting import SAYS, paint, written
from provident.deid.faces.reading import image_of
from tests.spec.deid_faces.exams import Scan, classic, edited, slices, stored


title = "What a face's removal leaves alone"

SCAN = Scan(contrast="CT", slice=6.0, pixel=3.0, noise=0.01)
MAY_DIFFER = {
    "PixelData",
    "ImageType",
    "DerivationDescription",
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


def test_a_file_without_a_face_is_the_same_bytes(files, found):
    same = [a == b for a, b in zip(files, found.files, strict=True)]

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


def test_the_header_says_that_the_image_is_derived(files, found):
    changed = [b for a, b in zip(files, found.files, strict=True) if a != b]
    ds = dcmread(BytesIO(changed[0]))

    assert ds.ImageType == ["DERIVED", "PRIMARY", "AXIAL"]
    assert ds.DerivationDescription == SAYS
    assert ds.SmallestImagePixelValue == stored(changed[0]).min()
    assert "LossyImageCompression" not in ds
    assert found.report.option == "113102"


def test_an_earlier_derivation_and_padding_stay(files):
    told = []
    for data in files:
        pixels = stored(data).copy()
        pixels[:4] = 0
        more = {"PixelPaddingValue": 0, "DerivationDescription": "MPR"}
        told.append(edited(data, PixelData=pixels.tobytes(), **more))

    found = deface_exam(told)

    changed = [b for a, b in zip(told, found.files, strict=True) if a != b]
    assert dcmread(BytesIO(changed[0])).DerivationDescription == f"MPR; {SAYS}"
    assert all((stored(f)[:4] == 0).all() for f in found.files)


def _painted(data):
    """A file as written when its first pixels are painted."""
    image = image_of(data, 0)
    mask = np.zeros(stored(data).shape, dtype=bool)
    mask[:3, :3] = True
    paint(image, image.frames[0], mask, -900.0)
    return written(image)


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
    assert notes == ("re-encoded from RLE Lossless, without further loss",)


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
    assert notes == ("re-encoded from big endian",)
