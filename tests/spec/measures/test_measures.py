"""Image measures on images whose truth is known: each within its error band, or with its reason."""

from __future__ import annotations

import numpy as np
import pytest

from provident.acquisition.measures import (
    MEASURES,
    Image,
    Measure,
    measure_series,
    reference_markdown,
)
from tests.spec.measures import scenes


title = "Image measures on arrival"


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261124)


def measured(images: list[Image], modality: str = "MR") -> dict[str, Measure]:
    return {m.name: m for m in measure_series(images, scenes.facts(modality))}


def noisy(rng, sigma, *, of=None, many=5, size=256, level=1000) -> list[Image]:
    signal = level * (scenes.two_tissues(size) if of is None else of)
    return scenes.series([scenes.magnitude(signal, sigma, rng) for _ in range(many)])


@pytest.mark.parametrize("sigma", [10, 25, 50, 100])
def test_noise_is_measured_to_five_per_cent(rng, sigma):
    found = measured(noisy(rng, sigma))

    assert found["noise"].value == pytest.approx(sigma, rel=0.05)
    assert found["noise_immerkaer"].value == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize("snr", [5, 10, 40, 100])
def test_signal_to_noise_is_measured_to_six_per_cent_by_each_method(rng, snr):
    flat = scenes.disc(soft=8)
    images = [scenes.magnitude(2000 * flat, 2000 / snr, rng) for _ in range(6)]
    found = measured(scenes.series(images, positions=[0.0, 3.0, 6.0] * 2))

    assert found["snr"].value == pytest.approx(snr, rel=0.06)
    assert found["snr_background"].value == pytest.approx(snr, rel=0.06)
    assert found["snr_difference"].value == pytest.approx(snr, rel=0.06)


def test_contrast_to_noise_is_measured_to_ten_per_cent(rng):
    found = measured(noisy(rng, 20))

    assert found["cnr"].value == pytest.approx(400 / 20, rel=0.1)


def test_a_background_set_to_zero_gives_no_signal_to_noise_against_it(rng):
    signal = 1000 * scenes.disc()
    images = [scenes.magnitude(signal, 20, rng) * (signal > 0) for _ in range(3)]

    found = measured(scenes.series(images))["snr_background"]

    assert (found.value, found.because) == (None, "the background was set to zero")


def test_a_background_of_many_channels_gives_no_signal_to_noise_against_it(rng):
    signal = 1000 * scenes.disc() / np.sqrt(8)
    channels = [scenes.magnitude(signal, 20, rng) ** 2 for _ in range(8)]

    found = measured(scenes.series([np.sqrt(sum(channels))]))["snr_background"]

    assert found.value is None
    assert "several channels" in found.because


def test_a_single_volume_gives_no_difference(rng):
    found = measured(noisy(rng, 20))["snr_difference"]

    assert found.because == "no position was acquired twice in the same way"


@pytest.mark.parametrize("share", [0.01, 0.03, 0.08])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_ghost_at_half_a_field_is_measured_along_phase_encoding(rng, share, axis):
    signal = 1000 * scenes.disc(radius=0.22)
    ghosted = signal + share * np.roll(signal, 128, axis=axis)
    images = scenes.series([scenes.magnitude(ghosted, 5, rng)] * 2, phase_axis=axis)

    found = measured(images)

    assert found["half_field_ghost"].value == pytest.approx(
        100 * share, rel=0.15, abs=0.3
    )
    assert found["ghosting"].value > 0.2 * 100 * share


@pytest.mark.parametrize("axis", [0, 1])
def test_an_image_without_a_ghost_has_none(rng, axis):
    images = scenes.series(
        [scenes.magnitude(1000 * scenes.disc(radius=0.22), 20, rng)], phase_axis=axis
    )

    found = measured(images)

    assert abs(found["ghosting"].value) < 0.1
    assert abs(found["half_field_ghost"].value) < 0.5


def test_a_ghost_along_frequency_encoding_is_not_taken_for_one(rng):
    signal = 1000 * scenes.disc(radius=0.22)
    ghosted = signal + 0.05 * np.roll(signal, 128, axis=1)

    found = measured(scenes.series([scenes.magnitude(ghosted, 5, rng)], phase_axis=0))

    assert found["ghosting"].value < 0


def test_ghosts_are_not_assessable_without_the_direction(rng):
    images = scenes.series([1000 * scenes.disc()], phase_axis=None)

    found = measured(images)

    assert {
        found[n].value for n in ("ghosting", "half_field_ghost", "wrap_around")
    } == {None}
    assert "0018,1312" in found["ghosting"].because


def test_motion_during_the_scan_raises_the_entropy_and_lowers_the_sharpness(rng):
    still = 1000 * scenes.two_tissues()
    moved = 1000 * scenes.two_tissues()
    moved = sum(np.roll(moved, n, axis=0) for n in (-6, -3, 0, 3, 6)) / 5

    calm, blurred = (
        measured(scenes.series([scenes.magnitude(one, 5, rng)]))
        for one in (still, moved)
    )

    assert blurred["gradient_entropy"].value > calm["gradient_entropy"].value
    assert blurred["sharpness"].value < 0.9 * calm["sharpness"].value


@pytest.mark.parametrize(
    ("down", "right"), [(0, 0), (2, 0), (0, -7), (11, 4), (20, -20)]
)
def test_displacement_between_volumes_is_measured_to_half_a_millimetre(
    rng, down, right
):
    still = 1000 * scenes.two_tissues()
    volumes = [still, np.roll(still, (down, right), (0, 1))]
    images = [scenes.magnitude(v, 20, rng) for v in volumes for _ in range(3)]

    found = measured(scenes.series(images, positions=[0.0, 3.0, 6.0] * 2))

    assert found["motion_between_volumes"].value == pytest.approx(
        np.hypot(down, right), abs=0.5
    )


def test_a_dark_slice_is_a_jump(rng):
    levels = [1000, 1000, 1000, 600, 1000, 1000, 1000]
    images = [scenes.magnitude(one * scenes.disc(), 10, rng) for one in levels]

    jump = measured(scenes.series(images))["slice_jumps"]

    assert jump.value == pytest.approx(40, abs=2)
    assert jump.frames == (3,)


def test_a_smooth_stack_has_no_jump(rng):
    images = [
        scenes.magnitude((700 + 40 * n) * scenes.disc(), 10, rng) for n in range(9)
    ]

    assert measured(scenes.series(images))["slice_jumps"].value < 1


def test_slices_at_uneven_positions_are_no_jump(rng):
    positions = [0.0, 1.0, 2.0, 9.0, 10.0, 11.0]
    images = [
        scenes.magnitude((700 + 30 * at) * scenes.disc(), 10, rng) for at in positions
    ]

    found = measured(scenes.series(images, positions=positions))

    assert found["slice_jumps"].value < 2


@pytest.mark.parametrize(
    ("at", "side"),
    [((0.2, 0.5), "anterior"), ((0.8, 0.5), "posterior"), ((0.5, 0.2), "right"), ((0.5, 0.8), "left")],
)  # fmt: skip
def test_a_cut_object_is_found_at_its_side(rng, at, side):
    images = scenes.series([scenes.magnitude(1000 * scenes.disc(at=at), 20, rng)])

    found = measured(images)["field_of_view_cut"]

    assert found.note == f"at the {side}"
    assert found.details[side] == found.value == pytest.approx(52, abs=4)


def test_an_object_inside_the_image_is_not_cut(rng):
    found = measured(noisy(rng, 20))["field_of_view_cut"]

    assert (found.value, found.note) == (0, "the object lies within the image")


def test_a_body_cut_by_the_circle_of_ct_is_found(rng):
    padded = scenes.body(at=(0.5, 0.66)) + rng.normal(0, 10, (512, 512))
    padded[scenes.disc(512, radius=0.5) < 0.5] = -1024

    found = measured(scenes.ct([padded]), "CT")["field_of_view_cut"]

    assert found.note == "at the left"
    assert found.value == pytest.approx(90, abs=3)


def test_a_body_inside_the_circle_of_ct_is_not_cut(rng):
    padded = scenes.body() + rng.normal(0, 10, (512, 512))
    padded[scenes.disc(512, radius=0.5) < 0.5] = -1024

    assert measured(scenes.ct([padded]), "CT")["field_of_view_cut"].value == 0


@pytest.mark.parametrize("sigma", [5, 12, 30])
def test_ct_noise_is_measured_to_eight_per_cent(rng, sigma):
    images = [scenes.body() + rng.normal(0, sigma, (512, 512)) for _ in range(3)]
    # Stored from -1024: values below are cut off, so air is set where its noise fits.
    images = [np.where(scenes.body() < -990, one + 40, one) for one in images]

    found = measured(scenes.ct(images), "CT")

    assert found["ct_noise"].value == pytest.approx(sigma, rel=0.08)


def test_the_ct_number_of_air_is_measured(rng):
    images = [scenes.body() + rng.normal(0, 6, (512, 512)) for _ in range(2)]

    found = measured(scenes.ct(images), "CT")

    assert found["ct_air"].value == pytest.approx(-1000, abs=2)
    assert found["ct_noise_air"].value == pytest.approx(6, rel=0.1)


def test_a_head_without_soft_tissue_has_no_ct_noise(rng):
    bone = scenes.ct([-1000 + 2000 * scenes.disc(512)])

    found = measured(bone, "CT")["ct_noise"]

    assert found.because == "no homogeneous soft tissue (0 to 100 HU) in the sample"


def test_an_object_that_wraps_around_is_correlated_at_both_edges(rng):
    object_ = 1000 * scenes.two_tissues() * (1 + 0.5 * np.sin(np.arange(256) / 9))
    wrapped = scenes.series([scenes.magnitude(np.roll(object_, 128, 0), 10, rng)])
    # As long at both edges, and nothing else in common.
    through = 1000 * (
        np.abs(np.arange(256)[None, :] - 80 - np.arange(256)[:, None] / 3) < 40.0
    )
    passing = scenes.series([scenes.magnitude(through, 10, rng)])

    assert measured(wrapped)["wrap_around"].value > 0.8
    assert measured(passing)["wrap_around"].value < 0.3


@pytest.mark.parametrize(
    ("slope", "band"), [(0.0, (0, 2)), (0.3, (12, 20)), (0.6, (25, 42))]
)
def test_a_slope_of_intensity_is_inhomogeneity(rng, slope, band):
    tilt = 1 + slope * (np.arange(256) - 128)[None, :] / 84.5
    images = noisy(rng, 10, of=scenes.disc() * tilt)

    # A slope of s over a disc has an SD of s / 2.
    low, high = band
    assert low <= measured(images)["inhomogeneity"].value <= high


def test_constant_and_duplicate_images_are_named(rng):
    images = [scenes.magnitude(1000 * scenes.disc(), 20, rng) for _ in range(6)]
    images[2] = np.zeros((256, 256))
    images[5] = images[1]

    found = measured(scenes.series(images))

    assert (found["constant_images"].value, found["constant_images"].frames) == (
        1,
        (2,),
    )
    assert (found["duplicate_images"].value, found["duplicate_images"].frames) == (
        1,
        (5,),
    )


def test_an_image_of_noise_alone_counts_as_blank(rng):
    images = [scenes.magnitude(3000 * scenes.disc(), 4, rng) for _ in range(6)]
    images[4] = scenes.magnitude(np.zeros((256, 256)), 4, rng)

    assert measured(scenes.series(images))["constant_images"].frames == (4,)


@pytest.mark.parametrize(("top", "low", "high"), [(900, 20, 40), (4000, 0, 0.01)])
def test_saturation_is_the_plateau_at_the_top(rng, top, low, high):
    image = np.minimum(scenes.magnitude(1000 * scenes.disc(), 20, rng), top)

    found = measured(scenes.series([image]))["saturation"]

    assert low <= found.value <= high


def test_the_floor_is_the_plateau_at_the_bottom(rng):
    signal = 1000 * scenes.disc()
    image = scenes.magnitude(signal, 20, rng) * (signal > 0)

    found = measured(scenes.series([image]))["floor"]

    assert found.value == pytest.approx(100 * (1 - np.pi * 0.33**2), abs=1)


def test_nothing_that_stands_out_is_said_and_no_number_given():
    found = measured(scenes.series([np.zeros((64, 64))] * 2))

    assert found["snr"].because == "nothing stands out from the background"
    assert found["constant_images"].value == 2


@pytest.mark.parametrize("modality", ["US", "DX", "XA", "NM"])
def test_other_modalities_have_what_fits_any_image(rng, modality):
    found = measured(noisy(rng, 20), modality)

    assert set(found) == {n for n, s in MEASURES.items() if not s.modalities}


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 300), (300, 1), (2, 2), (7, 9), (97, 97), (200, 33)]
)
@pytest.mark.parametrize("modality", ["MR", "CT"])
def test_images_of_any_shape_are_measured_without_an_error(rng, shape, modality):
    image = Image(pixels=rng.integers(0, 4000, shape), phase_axis=0, position=0.0)

    found = measured([image], modality)

    assert len(found) == sum(
        not s.modalities or modality in s.modalities for s in MEASURES.values()
    )


def test_a_series_without_images_is_not_assessable():
    found = measured([])

    assert found["snr"].because == "no image of the series can be decoded"
    assert found["unreadable_images"].value == 0


def test_a_measure_is_the_same_after_json(rng):
    for one in measure_series(noisy(rng, 20), scenes.facts()):
        assert Measure.from_json(one.as_json()) == one


def test_a_measure_says_its_method_and_source(rng):
    written = measured(noisy(rng, 20))["snr_background"].as_json()

    assert written["unit"] == ""
    assert "0.655" in written["method"]
    assert "NEMA MS 1" in written["citation"]
    assert written["words"].startswith("Signal to noise against the background: ")


def test_every_measure_is_in_the_table_of_the_documentation():
    table = reference_markdown()

    assert all(f"| `{name}` |" in table for name in MEASURES)


def test_a_measure_without_value_and_reason_cannot_be_made():
    with pytest.raises(ValueError, match="has a value, or a reason"):
        Measure(name="snr", value=None)


def test_what_headers_say_against_noise_is_a_note(rng):
    from dataclasses import replace

    from provident.dicom.facts import Fact

    def fact(value: float) -> Fact:
        return Fact(value=value, unit="", source="", derivation="")

    known = replace(
        scenes.facts(),
        facts={"rows": fact(256), "columns": fact(256), "phase_steps": fact(128), "acceleration": fact(2)},
    )  # fmt: skip
    found = {m.name: m for m in measure_series(noisy(rng, 20), known)}

    assert "interpolated" in found["noise"].note
    assert "parallel imaging" in found["snr"].note


@pytest.mark.parametrize("direction", [(0, 20), (20, 0)])
def test_coarse_images_say_that_structure_counts_as_noise(rng, direction):
    from dataclasses import replace

    from provident.dicom.facts import Fact

    known = replace(
        scenes.facts(),
        facts={"rows": Fact(value=64, unit="", source="", derivation="")},
    )
    image = np.roll(1000 * scenes.two_tissues(64), direction, (0, 1))
    found = {
        m.name: m
        for m in measure_series(
            scenes.series([scenes.magnitude(image, 20, rng)] * 2), known
        )
    }

    assert "coarse" in found["noise"].note
