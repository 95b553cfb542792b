"""Whether pixels are all there, by the header's promise and the file's length."""

from __future__ import annotations

from pathlib import Path

import pydicom.data
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from provident.dicom import NotReadable, integrity
from tests.spec.dicom.test_reading import PIXELS, image, written


SYNTAXES = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]


@pytest.mark.parametrize("syntax", [*SYNTAXES, DeflatedExplicitVRLittleEndian])
def test_a_whole_file_is_whole(syntax):
    found = integrity(written(syntax))

    assert (found.state, found.expected, found.found) == ("whole", 512, 512)


@pytest.mark.parametrize("lost", [1, 2, 100, 511, 512])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_file_that_ends_early_is_truncated(syntax, lost):
    found = integrity(written(syntax)[:-lost])

    assert ("truncated", 512, 512 - lost) == (found.state, found.expected, found.found)
    assert "512 bytes are promised" in found.words


def test_a_pixel_element_shorter_than_rows_and_columns_promise_is_truncated():
    ds = image()
    ds.NumberOfFrames = 3

    found = integrity(written(ds=ds))

    assert (found.state, found.expected, found.found) == ("truncated", 1536, 512)


def test_an_image_header_without_pixels_is_truncated():
    whole = written()

    found = integrity(whole[: -len(PIXELS) - 12])

    assert (found.state, found.found) == ("truncated", 0)


def test_what_is_no_image_has_no_pixels():
    ds = image()
    for keyword in ("Rows", "Columns", "PixelData", "BitsAllocated"):
        delattr(ds, keyword)

    assert integrity(written(ds=ds)).state == "no_pixels"


COMPRESSED = [
    "SC_rgb_jpeg.dcm",
    "MR_small_RLE.dcm",
    "JPEG2000.dcm",
    "SC_rgb_rle_2frame.dcm",
]


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed_pixels_are_walked_to_their_end(name):
    data = Path(pydicom.data.get_testdata_file(name, download=False)).read_bytes()
    end = data.rindex(b"\xfe\xff\xdd\xe0")

    assert integrity(data).state == "whole"
    assert integrity(data[:end]).state == "truncated"
    assert integrity(data[: end - 100]).state == "truncated"


def test_a_compressed_file_with_fewer_fragments_than_frames_is_truncated():
    data = Path(
        pydicom.data.get_testdata_file("SC_rgb_rle_2frame.dcm", download=False)
    ).read_bytes()
    more = data.replace(
        b"\x28\x00\x08\x00IS\x02\x002 ", b"\x28\x00\x08\x00IS\x02\x009 "
    )

    assert integrity(more).words == "9 frames are promised, 2 are there."


def test_an_unreadable_header_is_refused():
    with pytest.raises(NotReadable):
        integrity(b"")
