"""Images out of DICOM: frames, tiles of a mosaic, CT numbers, and what cannot be decoded."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.acquisition.measures import images_of, measure_series
from provident.acquisition.measures.images import Undecodable
from tests.spec.measures import scenes


title = "Images of a series"
PIXELS = np.arange(48, dtype=np.uint16).reshape(6, 8)


def test_a_classic_image_says_where_it_lies():
    data = scenes.stored(PIXELS, ImagePositionPatient=[1, 2, 30], InstanceNumber=4)

    (one,) = images_of([data])

    assert np.array_equal(one.pixels, PIXELS)
    assert (one.position, one.order, one.phase_axis, one.spacing) == (30, 4, 0, (1, 1))
    assert one.sides == ("anterior", "posterior", "right", "left")


def test_sides_of_a_coronal_image():
    data = scenes.stored(PIXELS, ImageOrientationPatient=[1, 0, 0, 0, 0, -1])

    (one,) = images_of([data])

    assert one.sides == ("head", "feet", "right", "left")


def test_ct_numbers_are_made_by_slope_and_intercept():
    data = scenes.stored(PIXELS, "CT", RescaleSlope=2, RescaleIntercept=-1000)

    (one,) = images_of([data])

    assert (one.slope, one.intercept) == (2, -1000)


def test_rescaling_of_mr_is_left_out_because_it_differs_from_image_to_image():
    data = scenes.stored(PIXELS, "MR", RescaleSlope=2, RescaleIntercept=-1000)

    (one,) = images_of([data])

    assert (one.slope, one.intercept) == (1, 0)


def test_frames_of_a_multiframe_instance_are_images():
    frames = np.stack([PIXELS, PIXELS + 1, PIXELS + 2])

    found = list(images_of([scenes.stored(frames, NumberOfFrames=3)]))

    assert [int(one.pixels[0, 0]) for one in found] == [0, 1, 2]


def test_frames_of_an_enhanced_instance_have_places_of_their_own():
    frames = np.stack([PIXELS, PIXELS + 1])

    def at(z: float) -> Dataset:
        item, place = Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, z]
        item.PlanePositionSequence = Sequence([place])
        return item

    data = scenes.stored(
        frames,
        NumberOfFrames=2,
        PerFrameFunctionalGroupsSequence=Sequence([at(0), at(5)]),
    )

    assert [one.position for one in images_of([data])] == [0, 5]


def test_tiles_of_a_mosaic_are_images_and_empty_ones_are_not():
    mosaic = np.zeros((12, 16), np.uint16)
    mosaic[:6, :8], mosaic[:6, 8:], mosaic[6:, :8] = PIXELS + 1, PIXELS + 2, PIXELS + 3
    ds = {
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        "Manufacturer": "SIEMENS",
    }
    data = scenes.stored(mosaic, **ds)
    from io import BytesIO

    from pydicom import dcmread

    whole = dcmread(BytesIO(data))
    block = whole.private_block(0x19, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0A, "US", 3)

    found = list(images_of([whole]))

    assert [int(one.pixels[0, 0]) for one in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"no dicom at all" * 20, "not_dicom"),
        (scenes.stored(PIXELS)[:-50], "undecodable"),
        (scenes.stored(PIXELS)[:300], "no_pixels"),
    ],
)  # fmt: skip
def test_what_cannot_be_decoded_is_counted_and_stops_nothing(data, why):
    found = list(images_of([data, scenes.stored(PIXELS)]))

    assert isinstance(found[0], Undecodable)
    assert len(found) == 2
    measure = measure_series([data, scenes.stored(PIXELS)], scenes.facts("US"))[0]
    assert (measure.name, measure.value) == ("unreadable_images", 1)


def test_a_file_that_is_gone_is_counted(tmp_path):
    (one,) = images_of([tmp_path / "gone.dcm"])

    assert one == Undecodable(why="not_readable")


def test_a_header_without_pixels_is_counted():
    from io import BytesIO

    from pydicom import dcmread

    ds = dcmread(BytesIO(scenes.stored(PIXELS)))
    del ds.PixelData

    assert list(images_of([ds])) == [Undecodable(why="no_pixels")]
