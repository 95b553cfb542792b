"""A uniform phantom is found and measured; what is none is refused with its reason."""

from __future__ import annotations

import numpy as np
import pytest

from provident.acquisition.measures import Image
from provident.acquisition.phantoms import measure_uniform
from tests.spec.phantoms import scans


title = "Measures of uniform phantoms"


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def mr(rng, **values):
    return measure_uniform(
        [scans.mr(rng, **values)], modality="MR", diameter=170
    ).values


@pytest.mark.parametrize("snr", [20, 80, 200])
def test_signal_to_noise_of_one_image_within_six_per_cent(rng, snr):
    assert mr(rng, snr=snr)["snr"].value == pytest.approx(snr, rel=0.06)


@pytest.mark.parametrize("snr", [20, 80, 200])
def test_signal_to_noise_of_two_images_within_two_per_cent(rng, snr):
    first, second = (scans.mr(rng, snr=snr) for _ in range(2))

    found = measure_uniform([first], modality="MR", again=[second])

    assert found.values["snr_difference"].value == pytest.approx(snr, rel=0.02)


@pytest.mark.parametrize("lost", [0.0, 0.05, 0.12, 0.2])
def test_uniformity_within_one_and_a_half_per_cent(rng, lost):
    found = mr(rng, tilt=lost, snr=200)["uniformity"]

    # Means over 1 cm2 do not reach the ends of the slope.
    assert found.value == pytest.approx(100 * (1 - lost * (71.6 - 5.6) / 71.6), abs=1.5)


@pytest.mark.parametrize("ghost", [0.0, 0.01, 0.025, 0.05])
def test_ghosting_above_the_noise_within_two_tenths_of_a_per_cent(rng, ghost):
    assert mr(rng, ghost=ghost, snr=2000)["ghosting"].value == pytest.approx(
        100 * ghost, abs=0.2
    )


@pytest.mark.parametrize("diameter", [120.0, 150.3, 170.0, 189.9])
@pytest.mark.parametrize("at", [(0, 0), (7.3, -11.8)])
def test_the_diameter_within_a_third_of_a_pixel(rng, diameter, at):
    image = scans.disc_mm(diameter, at=at)

    found = measure_uniform([scans.mr(rng, image=image)], modality="MR").values

    assert found["diameter"].value == pytest.approx(diameter, abs=0.3)


def test_geometry_is_the_largest_difference_from_the_true_diameter(rng):
    image = scans.disc_mm(170, stretch=1.02)

    found = mr(rng, image=image)

    assert found["geometry"].value == pytest.approx(3.4, abs=0.4)
    assert found["distortion"].value == pytest.approx(2, abs=0.3)


def test_pixels_that_are_not_square_are_measured_in_millimetres(rng):
    disc = scans.disc_mm(170)
    half = (disc[::2] + disc[1::2]) / 2
    image = Image(pixels=np.round(1000 * half).astype(np.int16), spacing=(2.0, 1.0))

    found = measure_uniform([image], modality="MR").values

    assert found["diameter"].value == pytest.approx(170, abs=0.6)
    assert found["distortion"].value < 1


@pytest.mark.parametrize(("hu", "noise", "cup"), [(0, 4, 0), (-6, 8, 3), (3, 2, -5)])
def test_ct_of_water(rng, hu, noise, cup):
    found = measure_uniform(
        [scans.water(rng, hu=hu, noise=noise, cup=cup)], modality="CT", diameter=200
    ).values

    assert found["water"].value == pytest.approx(hu + cup * 0.12, abs=0.5)
    assert found["noise"].value == pytest.approx(noise, rel=0.05, abs=0.2)
    assert found["ct_uniformity"].value == pytest.approx(cup, abs=1.2)
    assert found["geometry"].value == pytest.approx(0, abs=0.4)


def test_the_uniform_image_nearest_to_the_middle_is_measured(rng):
    grid = scans.disc_mm(170) * (1 - 0.8 * (np.arange(256)[None, :] % 20 < 4))
    series = [scans.mr(rng, image=grid) if n == 2 else scans.mr(rng) for n in range(5)]

    assert measure_uniform(series, modality="MR").image == 1


def test_an_image_can_be_chosen(rng):
    assert (
        measure_uniform([scans.mr(rng) for _ in range(3)], modality="MR", image=2).image
        == 2
    )


REFUSED = {
    "the object is not round": lambda: scans.disc_mm(150, square=True),
    "the object is round and has structure within": lambda: (
        scans.disc_mm(170) * (1 - 0.35 * (np.arange(256)[None, :] % 20 < 4))
    ),
    "runs out of the image": lambda: scans.disc_mm(170, at=(80, 0)),
    "nothing stands out": lambda: np.zeros((256, 256)),
    "is not round": lambda: scans.disc_mm(150, stretch=1.3),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_uniform_phantom_is_refused(why):
    image = Image(pixels=(1000 * REFUSED[why]()).astype(np.int16), spacing=(1.0, 1.0))

    found = measure_uniform([image], modality="MR")

    assert why in found.refused
    assert found.values == {}
    assert set(found.unknown) >= {"snr", "uniformity", "ghosting"}


def test_a_head_is_no_phantom(rng):
    from tests.spec.measures import scenes

    head = Image(
        pixels=(1000 * scenes.two_tissues()).astype(np.int16), spacing=(1.0, 1.0)
    )

    assert "structure within" in measure_uniform([head], modality="MR").refused


@pytest.mark.parametrize(
    ("images", "why"),
    [
        ([], "no image can be decoded"),
        ([b"no dicom"], "no image can be decoded"),
        ([Image(pixels=np.ones((64, 64)))], "the size of a pixel is not known"),
    ],
)
def test_what_cannot_be_read_is_refused(images, why):
    assert measure_uniform(images, modality="MR").refused == why


def test_a_number_that_is_no_image_is_refused(rng):
    found = measure_uniform([scans.mr(rng)], modality="MR", image=4)

    assert found.refused == "there is no image 4; there are 1"


def test_values_that_cannot_be_had_say_why(rng):
    masked = scans.mr(rng).pixels * (scans.disc_mm(170) > 0)
    found = measure_uniform([Image(pixels=masked, spacing=(1.0, 1.0))], modality="MR")

    assert found.unknown == {
        "snr": "the background was set to zero",
        "snr_difference": "the series was not acquired twice",
        "geometry": "the plan does not state the phantom's diameter",
    }


@pytest.mark.parametrize(
    ("again", "why"),
    [
        (1, "the two images are the same"),
        (2, "the second series is not like the first"),
    ],
)
def test_a_second_series_has_to_be_one(rng, again, why):
    one = scans.mr(rng)

    found = measure_uniform([one], modality="MR", again=[one] * again)

    assert found.unknown["snr_difference"] == why


def test_a_phantom_that_fills_the_image_has_no_ghosting(rng):
    found = measure_uniform([scans.mr(rng, diameter=245.0)], modality="MR")

    assert (
        found.unknown["ghosting"]
        == "the phantom leaves too little background beside it"
    )


def test_a_small_phantom_has_no_ct_uniformity():
    image = Image(
        pixels=np.round(-1000 + 1000 * scans.disc_mm(30)).astype(np.int16),
        spacing=(1.0, 1.0),
    )

    found = measure_uniform([image], modality="CT")

    assert "too small" in found.unknown["ct_uniformity"]


def test_each_value_says_its_method(rng):
    assert all(value.method for value in mr(rng).values())


def test_the_synthetic_acr_phantom_measures_as_it_was_drawn():
    from datetime import UTC, datetime

    from provident.synthetic import Scanner
    from provident.synthetic.phantom import phantom

    scanner = Scanner(id="a", modality="MR", make="SIEMENS", model="Prisma", field=3.0)
    exam = phantom(
        scanner,
        acquired=datetime(2026, 3, 2, 9, tzinfo=UTC),
        rng=np.random.default_rng(4),
    )

    found = measure_uniform(list(exam), modality="MR", diameter=190)

    assert found.values["uniformity"].value == pytest.approx(93, abs=1)
    assert found.values["diameter"].value == pytest.approx(190, abs=0.3)
    assert found.values["snr"].value == pytest.approx(1 / 0.008, rel=0.07)
