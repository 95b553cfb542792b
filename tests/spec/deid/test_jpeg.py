"""Baseline JPEG painted by block: what no box touches stays as it was coded, whatever the sampling."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import JPEGBaseline8Bit

from provident.deid.pixels import Region, jpeg
from provident.deid.pixels.frames import frames_of
from provident.deid.pixels.painting import changed_outside, way_of, without_regions
from tests.spec.deid.files import ct_file


title = "Painting JPEG by block"

REGIONS = [Region(10, 20, 100, 40), Region(150, 110, 171, 119)]
ROWS, COLUMNS = 123, 171
WAYS = {
    "plain": {"quality": 75}, "fine": {"quality": 97}, "own tables": {"quality": 90, "optimize": True},
    "restarts by row": {"quality": 85, "restart_marker_rows": 1},
    "restarts by unit": {"quality": 85, "restart_marker_blocks": 3},
}  # fmt: skip


def noise(seed: int = 0, colour: bool = True) -> np.ndarray:
    shape = (ROWS, COLUMNS, 3) if colour else (ROWS, COLUMNS)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype="u1")


def coded(sampling: str, way: str = "plain", seed: int = 0) -> bytes:
    out = BytesIO()
    if sampling == "grey":
        Image.fromarray(noise(seed, colour=False)).save(out, "JPEG", **WAYS[way])
    else:
        told = {"subsampling": sampling} | WAYS[way]
        Image.fromarray(noise(seed)).save(out, "JPEG", **told)
    return out.getvalue()


def shown(stream: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(stream))).astype(int)


def covered(regions: list[Region], edge: int = 0) -> np.ndarray:
    mask = np.zeros((ROWS, COLUMNS), bool)
    for r in (r.grown(edge) for r in regions):
        mask[max(0, r.top) : r.bottom, max(0, r.left) : r.right] = True
    return mask


def file_of(*streams: bytes, photometric: str = "YBR_FULL_422", **more) -> bytes:
    samples = 1 if photometric.startswith("MONO") else 3
    made = pydicom.dcmread(
        BytesIO(
            ct_file(
                Modality="US", Rows=ROWS, Columns=COLUMNS, SamplesPerPixel=samples, BitsAllocated=8,
                BitsStored=8, HighBit=7, PhotometricInterpretation=photometric,
                PlanarConfiguration=0 if samples == 3 else None, NumberOfFrames=len(streams), **more,
            )
        )
    )  # fmt: skip
    made.PixelData = encapsulate(list(streams))
    made["PixelData"].VR = "OB"
    made.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    out = BytesIO()
    made.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sampling", ["grey", "4:4:4", "4:2:2", "4:2:0"])
def test_blocks_that_no_box_touches_are_equal_bit_by_bit(sampling, way):
    stream = coded(sampling, way)
    levels = [0] if sampling == "grey" else [0, 128, 128]
    try:
        after = jpeg.painted(stream, REGIONS, levels)
    except jpeg.Unsupported:
        # Tables made for one image may have no code for the step to black.
        assert way == "own tables"
        return
    blocks = jpeg.blocks_of(stream, REGIONS)
    # A coarser colour plane is spread over two pixels by decoders; its coefficients are the same.
    reach = 2 if sampling in ("4:2:2", "4:2:0") else 0
    before, now = shown(stream), shown(after)

    assert np.array_equal(before[~covered(blocks, reach)], now[~covered(blocks, reach)])
    assert now[covered(blocks, -reach)].max() == 0


def test_without_regions_the_stream_is_the_same():
    stream = coded("4:2:0", "restarts by row")

    assert jpeg.painted(stream, [], [0, 128, 128]) == stream


@pytest.mark.parametrize(
    "broken",
    [
        lambda s: b"no image", lambda s: s[:200], lambda s: s[: len(s) // 2] + b"\xff\xd9",
        lambda s: s.replace(b"\xff\xc0", b"\xff\xc2"), lambda s: s[:2] + b"\0\0" + s[4:],
    ],
    ids=["no JPEG", "no scan", "cut short", "progressive by its name", "no marker"],
)  # fmt: skip
def test_what_cannot_be_edited_by_block_is_refused(broken):
    with pytest.raises(jpeg.Unsupported):
        jpeg.painted(broken(coded("grey")), REGIONS, [0])


def test_every_frame_is_painted_and_the_syntax_stays():
    data = file_of(
        coded("4:2:2", seed=1), coded("4:2:2", seed=2), coded("4:2:2", seed=3)
    )
    done = without_regions(data, [REGIONS[0]])

    out = pydicom.dcmread(BytesIO(done))
    assert (way_of(data, done), out.file_meta.TransferSyntaxUID) == (
        "by JPEG block",
        JPEGBaseline8Bit,
    )
    frames = list(frames_of(done))
    assert [f[20:40, 12:98].max() for f in frames] == [0, 0, 0]
    assert not changed_outside(data, done, [Region(0, 16, 112, 48)])
    assert changed_outside(data, done, [Region(0, 16, 50, 48)])


def test_inverse_grey_is_painted_dark_for_the_eye():
    done = without_regions(
        file_of(coded("grey"), photometric="MONOCHROME1"), [REGIONS[0]]
    )

    assert next(iter(frames_of(done)))[20:40, 12:98].min() >= 254


def test_where_blocks_would_cover_what_may_stay_pixels_are_stored_anew_and_called_lossy():
    data = file_of(coded("grey"), photometric="MONOCHROME2")
    done = without_regions(
        data, [Region(10, 20, 100, 40)], keep=[Region(10, 44, 100, 60)]
    )

    out = pydicom.dcmread(BytesIO(done))
    assert not out.file_meta.TransferSyntaxUID.is_compressed
    assert (out.LossyImageCompression, out.LossyImageCompressionMethod) == (
        "01",
        "ISO_10918_1",
    )
    assert np.array_equal(next(iter(frames_of(data)))[44:], out.pixel_array[44:])
    assert out.SOPInstanceUID == pydicom.dcmread(BytesIO(data)).SOPInstanceUID


def test_frames_stay_whole_streams_with_their_comments():
    told = coded("grey")
    stream = told[:2] + b"\xff\xfe\x00\x0aa remark" + told[2:]
    done = without_regions(file_of(stream, photometric="MONOCHROME2"), [REGIONS[0]])

    dataset = pydicom.dcmread(BytesIO(done))
    (after,) = generate_frames(dataset.PixelData, number_of_frames=1)
    assert b"a remark" in after
