"""Pixels: decoded as stored, copied for readers, shown as thumbnails."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pydicom.data
import pytest
from PIL import Image
from pydicom import dcmread

from provident.dicom import NotReadable, pixels
from provident.dicom.pixels import PixelFault
from tests.spec.dicom.test_reading import PIXELS, image, written


def file(name: str) -> bytes:
    with open(pydicom.data.get_testdata_file(name, download=False), "rb") as opened:
        return opened.read()


def test_pixels_are_decoded_as_they_are_stored():
    expected = np.frombuffer(PIXELS, "<u2").reshape(16, 16)

    assert np.array_equal(expected, pixels.decode(written()))


@pytest.mark.parametrize(
    ("frame", "shape"), [(None, (2, 100, 100, 3)), (1, (100, 100, 3))]
)
def test_one_frame_or_all_are_decoded(frame, shape):
    assert shape == pixels.decode(file("SC_rgb_rle_2frame.dcm"), frame).shape


SAME = [
    ("MR_small.dcm", "MR_small_RLE.dcm"),
    ("MR_small.dcm", "MR_small_jp2klossless.dcm"),
    ("MR_small.dcm", "MR_small_jpeg_ls_lossless.dcm"),
    ("MR_small.dcm", "MR_small_bigendian.dcm"),
    ("MR_small.dcm", "MR_small_implicit.dcm"),
]


@pytest.mark.parametrize(("plain", "other"), SAME)
def test_a_normalised_copy_holds_the_same_pixels_whatever_the_stream_was(plain, other):
    copy = dcmread(BytesIO(pixels.normalised(file(other))))

    assert copy.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert np.array_equal(pixels.decode(file(plain)), copy.pixel_array)
    assert (copy.BitsAllocated, copy.BitsStored) == (16, 16)


def test_a_normalised_colour_image_is_rgb_by_pixel():
    copy = dcmread(BytesIO(pixels.normalised(file("SC_rgb_jpeg.dcm"))))

    assert (
        copy.PhotometricInterpretation,
        copy.PlanarConfiguration,
        copy.BitsAllocated,
    ) == ("RGB", 0, 8)
    assert len(copy.PixelData) == 256 * 256 * 3


def test_a_value_that_dicom_does_not_allow_does_not_reach_the_copy():
    data = (
        written()
        .replace(b"SIEMENS ", b"SIE\x00ENS ")
        .replace(b"\x08\x00\x60\x00CS\x02\x00MR", b"\x08\x00\x60\x00CS\x02\x00mr")
    )

    copy = dcmread(BytesIO(pixels.normalised(data)))

    assert "Modality" not in copy


FAULTS = [
    ("no_pixels", written()[: -len(PIXELS) - 12]),
    ("undecodable", written()[:-100]),
    ("undecodable", file("MR_truncated.dcm")),
]


@pytest.mark.parametrize(("reason", "data"), FAULTS)
def test_pixels_that_cannot_be_used_are_refused_with_a_reason(reason, data):
    for use in (pixels.decode, pixels.normalised, pixels.thumbnail):
        with pytest.raises(PixelFault) as refused:
            use(data)

        assert reason == refused.value.reason


def test_an_image_that_promises_more_than_memory_is_refused_before_it_is_decoded():
    ds = image()
    ds.Rows = ds.Columns = 65535

    with pytest.raises(PixelFault) as refused:
        pixels.decode(written(ds=ds))

    assert refused.value.reason == "too_large"


def test_what_is_no_dicom_is_refused():
    with pytest.raises(NotReadable):
        pixels.thumbnail(b"hello, this is a letter")


@pytest.mark.parametrize(
    "name",
    ["CT_small.dcm", "SC_rgb_rle_2frame.dcm", "examples_palette.dcm", "MR_small.dcm"],
)
def test_a_thumbnail_is_a_png_no_larger_than_asked(name):
    shown = Image.open(BytesIO(pixels.thumbnail(file(name), 50)))

    assert (shown.format, max(shown.size)) == ("PNG", 50)


def test_a_thumbnail_follows_the_window_and_the_meaning_of_white():
    ds = image()
    ds.add_new(0x7FE00010, "OW", np.tile(np.array([100, 900], "<u2"), 128).tobytes())
    ds.WindowCenter, ds.WindowWidth = 500, 400
    plain = np.asarray(Image.open(BytesIO(pixels.thumbnail(written(ds=ds), 16))))
    ds.PhotometricInterpretation = "MONOCHROME1"
    inverse = np.asarray(Image.open(BytesIO(pixels.thumbnail(written(ds=ds), 16))))

    assert (plain[0, :2].tolist(), inverse[0, :2].tolist()) == ([0, 255], [255, 0])


def test_a_flat_image_has_a_thumbnail_too():
    ds = image()
    ds.add_new(0x7FE00010, "OW", bytes(512))

    assert pixels.thumbnail(written(ds=ds)).startswith(b"\x89PNG")
