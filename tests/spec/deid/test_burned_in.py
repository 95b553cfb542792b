"""Text that is hard to see: held by its look where no reader is installed, painted or held where one is."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from provident.deid import Profile, pixels
from provident.deid.image import is_a_screen, is_a_slice, must_be_looked_at
from provident.deid.instance import read_instance
from provident.deid.pixels import Line, Region, look
from provident.deid.pixels.frames import extremes
from provident.deid.pixels.regions import apart
from tests.conftest import missing
from tests.spec.deid import burned_in, files
from tests.spec.deid.test_redaction import stays


title = "Burned-in text that is hard to see"

PAINTING = replace(Profile(), burned_in="redact")
BY_LOOK = [
    "plain on slab", "spaced on brain", "turned by 90 on sector", "turned by 270 on hand", "turned by 20 on slab",
    "turned by 45 on banner", "turned by 180 on bright", "96 pixels on sector", "12 pixels on hand", "Cyrillic on brain",
    "Greek on sector", "outlined on bright", "MONOCHROME1 on slab", "half transparent on sector", "red on green",
    "yellow on white", "yellow on white, in planes", "green on red of one grey, YBR", "palette in any order",
    "at the highest value", "a narrow band of values", "below the window", "beside one hot pixel",
    "in one frame, beside the body", "in two frames, beside the body", "in all frames, on the body",
]  # fmt: skip


@pytest.fixture
def without_reader(monkeypatch):
    monkeypatch.setattr(pixels, "installed_reader", lambda: None)


@pytest.fixture
def with_reader():
    if find_spec("rapidocr_onnxruntime") is None:
        missing("rapidocr-onnxruntime (requirements/ocr.txt)")


@pytest.mark.parametrize("name", BY_LOOK)
def test_text_waits_by_its_look_alone(name, without_reader):
    data = burned_in.traps()[name].data

    assert pixels.look(data, reader=None, may_stay=lambda _: False).reason == "pixels_need_review"  # fmt: skip


def test_of_a_device_that_burns_in_nothing_only_long_lines_wait(without_reader):
    traps = burned_in.traps()

    assert files.run(traps["plain on slab"].data, files.PLAIN).reason == "pixels_need_review"  # fmt: skip
    assert files.run(traps["spaced on brain"].data, files.PLAIN).reason is None


@pytest.mark.parametrize("kind", burned_in.GROUNDS)
@pytest.mark.parametrize("seed", [31, 32])
def test_images_without_text_pass(kind, seed, without_reader):
    data = burned_in.grey_file(burned_in.GROUNDS[kind](seed))

    assert files.run(data, files.PLAIN).reason is None


@pytest.mark.parametrize("kind", burned_in.GROUNDS)
def test_without_a_reader_and_a_word_of_the_plan_no_image_but_slices_passes(
    kind, without_reader
):
    done = files.run(burned_in.grey_file(burned_in.GROUNDS[kind](31)))

    assert done.reason == "pixels_need_review"
    assert any("no reader" in note for note in done.report.notes)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({}, "pixels_need_review"),
        ({"Modality": "CT"}, "pixels_need_review"),  # 8 bits: a screen
        ({"ManufacturerModelName": files.MODEL}, None),
        ({"ManufacturerModelName": files.MODEL.upper(), "Manufacturer": "Siemens"}, None),
        ({"ManufacturerModelName": files.MODEL, "Manufacturer": "SIEMENS NX"}, "pixels_need_review"),
        ({"ManufacturerModelName": files.MODEL, "Manufacturer": ""}, "pixels_need_review"),
        ({"NumberOfFrames": 7}, "pixels_unreadable"),
    ],
    ids=str,
)  # fmt: skip
def test_the_plan_names_the_devices_that_burn_in_nothing(
    attributes, reason, without_reader
):
    told = {"ManufacturerModelName": "Another"} | attributes
    data = files.ct_file(**(burned_in._told(np.zeros((96, 96), "u1"), "US", 8) | told))

    assert files.run(data, files.PLAIN).reason == reason


@pytest.mark.ocr
@pytest.mark.parametrize("name", sorted(burned_in.traps())[::3])
def test_with_a_reader_no_trap_is_seen_afterwards(name, with_reader):
    trap = burned_in.traps()[name]
    done = files.run(trap.data, PAINTING)

    assert done.data is None or burned_in.seen_after(trap, done.data) < 0.25


@pytest.mark.ocr
def test_side_markers_stay(with_reader):
    ink = burned_in.written("L", 30, 40, size=24)
    data = burned_in.grey_file(
        burned_in.inked(burned_in.hand(5), ink, 1.0), modality="DX"
    )
    done = files.run(data, PAINTING)

    assert (
        burned_in.seen_after(burned_in.Trap(name="L", data=data, ink=ink), done.data)
        == 1
    )


class Finds:
    """A reader that finds one line, the same in each picture until it is painted over."""

    def __init__(self, text: str, region: Region, sure: bool = True) -> None:
        self.line = Line(text, region, sure)

    def __call__(self, picture):
        r = self.line.region
        flat = np.ptp(picture[r.top : r.bottom, r.left : r.right]) < 3
        return [] if flat else [self.line]

    def word(self, picture) -> str:
        return ""


@pytest.mark.parametrize(
    ("text", "region", "sure", "painted"),
    [
        ("mnon3gs", Region(60, 195, 200, 222), False, True),
        ("", Region(60, 195, 200, 222), False, True),
        ("I", Region(60, 195, 200, 222), True, True),  # a line for one letter: another script
        ("12 cm", Region(60, 195, 130, 222), True, False),
        ("O", Region(100, 60, 300, 280), True, False),  # a skull
        ("", Region(100, 60, 300, 280), False, False),
    ],
)  # fmt: skip
def test_what_a_reader_finds_and_cannot_read_may_not_stay(text, region, sure, painted):
    data = burned_in.grey_file(burned_in.bright(3))
    looked = look(data, reader=Finds(text, region, sure), may_stay=stays)

    assert (looked.data is not None) is painted


def test_a_slice_is_never_painted_and_guesses_do_not_make_it_wait():
    data = burned_in.grey_file(burned_in.brain(2))
    place = Region(60, 195, 130, 222)

    def reason(text: str, sure: bool) -> str | None:
        reader = Finds(text, place, sure)
        return look(
            data, reader=reader, may_stay=stays, painting=False, guessing=False
        ).reason

    assert reason("Finch", True) == "pixels_need_review"
    assert reason("GeS", False) is None


def test_a_reader_s_eyes_count_where_nothing_is_painted():
    data = burned_in.grey_file(burned_in.bright(3))
    reader = Finds("12 cm", Region(60, 195, 130, 222))

    assert (
        look(data, reader=reader, may_stay=stays, painting=False).reason
        == "pixels_need_review"
    )


def test_a_place_that_was_to_be_painted_and_is_not_flat_makes_the_file_wait(
    monkeypatch,
):
    """The reader alone found it; the search for marks would not miss it afterwards."""
    from provident.deid.pixels import redaction

    monkeypatch.setattr(redaction, "without_regions", lambda data, regions, **how: data)
    data = burned_in.grey_file(burned_in.bright(3))
    reader = Finds("Finch", Region(60, 195, 130, 222))

    assert look(data, reader=reader, may_stay=stays).reason == "pixels_need_review"


@pytest.mark.parametrize(
    ("seen", "read", "left"),
    [
        (Region(0, 0, 200, 20), [Region(0, 0, 200, 20)], []),
        (Region(0, 0, 200, 20), [Region(0, 0, 80, 20)], [Region(80, 0, 200, 20)]),
        (Region(0, 0, 200, 20), [Region(0, 0, 80, 20), Region(90, 0, 199, 20)], []),
        (Region(0, 0, 20, 200), [Region(0, 100, 20, 200)], [Region(0, 0, 20, 100)]),
        (Region(0, 0, 200, 20), [Region(0, 50, 200, 70)], [Region(0, 0, 200, 20)]),
    ],
    ids=["all of it", "a part", "two parts", "upright", "another line"],
)  # fmt: skip
def test_a_line_that_was_read_in_part_is_not_read(seen, read, left):
    assert apart([seen], read) == left


@pytest.mark.parametrize(
    ("attributes", "screen", "looked"),
    [
        ({}, False, False),
        ({"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}, True, True),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, True, True),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, True, True),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, True, True),
        ({"SOPClassUID": "1.3.12.2.1107.5.9.1"}, True, True),
        ({"ConversionType": "WSD"}, True, True),
        ({"BurnedInAnnotation": "YES"}, True, True),
        ({"BurnedInAnnotation": "NO"}, False, False),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "SCREEN SAVE"]}, True, True),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, False, True),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, False, True),
        ({"ImageType": ["ORIGINAL", "SECONDARY"]}, False, True),
    ],
    ids=str,
)
@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_what_is_looked_at_is_told_by_values_not_by_modality(
    modality, attributes, screen, looked
):
    instance = read_instance(files.ct_file(Modality=modality, **attributes))

    assert must_be_looked_at(instance, Profile()) is looked
    assert is_a_screen(instance) is screen
    assert is_a_slice(instance) is not screen


def test_all_frames_of_a_clip_are_in_the_extremes():
    trap = burned_in.traps()["in one frame, beside the body"]
    seen = extremes(trap.data)

    assert seen.highest[trap.ink > 0.9].min() > 200
    assert len(seen.single) <= 4
