"""Each fault does what its name says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

from provident.kernel import InvalidInput
from provident.synthetic import POSSIBLE, Fault, hand_xray, joint_ultrasound, phantom
from tests.spec.synthetic.conftest import (
    AT,
    ILL,
    PEOPLE,
    SCANNERS,
    by_description,
    mri,
    volume,
)
from tests.spec.synthetic.test_hand_mri import minutes_after_injection


title = "Faults of synthetic scans"


def t1(exam):
    return by_description(exam, "t1_tse_cor")


def stir(exam):
    return by_description(exam, "stir")


def post(exam):
    return by_description(exam, "tra_KM")


HEADER_FAULTS = [
    ("wrong_echo_time", ("cor_t1",), lambda e: t1(e)[0].EchoTime, 25),
    ("wrong_repetition_time", ("cor_t1",), lambda e: t1(e)[0].RepetitionTime, 1100),
    ("wrong_inversion_time", ("cor_stir",), lambda e: stir(e)[0].InversionTime, 90),
    ("missing_slice", ("cor_t1",), lambda e: [d.InstanceNumber for d in t1(e)][7:9], [8, 10]),
    ("ended_early", ("cor_t1",), lambda e: len(t1(e)), 5),
    ("series_missing", ("cor_t1", "cor_stir"), lambda e: len(stir(e)), 0),
    ("thick_slices", ("cor_t1",), lambda e: t1(e)[0].SliceThickness, 4),
    ("wide_gap", ("cor_t1",), lambda e: t1(e)[0].SpacingBetweenSlices, 4),
    ("small_field_of_view", ("cor_t1",), lambda e: round(t1(e)[0].PixelSpacing[0] * 256), 140),
    ("late_contrast", ("ax_t1_post",), lambda e: round(minutes_after_injection(post(e)[0])), 11),
    ("no_contrast", ("ax_t1_post",), lambda e: "ContrastBolusAgent" in post(e)[0], False),
    ("wrong_coil", ("cor_t1",), lambda e: t1(e)[0].ReceiveCoilName, "Knee_18"),
    ("wrong_software", ("cor_t1",), lambda e: t1(e)[0].SoftwareVersions, "XA60-HF02"),
    ("wrong_description", ("cor_t1",), lambda e: next(s[0].SeriesDescription for s in e.series.values()), "localizer"),
    ("foreign_identity", ("cor_stir",), lambda e: {d.PatientID for d in stir(e)}, {"9999999"}),
    ("burned_in_text", ("cor_t1",), lambda e: e[-1].SOPClassUID.name, "Secondary Capture Image Storage"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "roles", "look", "expected"), HEADER_FAULTS)
def test_a_fault_is_seen_in_the_headers(ordinary, fault, roles, look, expected):
    exam = mri(faults=[fault], roles=roles)

    assert look(exam) == expected
    assert look(ordinary) != expected


def test_motion_leaves_ghosts_outside_the_hand(ordinary):
    # Between the fingers of slices in the middle: background that only ghosts can brighten.
    def background(exam):
        image = volume(t1(exam))[6:10]
        return np.percentile(image, 40)

    assert background(mri(faults=["motion"], roles=["cor_t1"])) > 1.15 * background(
        ordinary
    )


def test_low_signal_is_four_times_the_noise(ordinary):
    corner = [volume(t1(e))[:, :20, :20].std() for e in (mri(faults=["low_signal"], roles=["cor_t1"]), ordinary)]  # fmt: skip

    assert corner[0] / corner[1] == pytest.approx(4, abs=0.3)


def test_a_truncated_file_cannot_be_read_whole():
    exam = mri(faults=["truncated"], roles=["cor_t1"])
    *whole, (_, cut) = exam.files()

    assert len(cut) < len(whole[-1][1]) * 0.6
    with pytest.raises((EOFError, ValueError)):
        dcmread(DicomBytesIO(cut)).pixel_array  # noqa: B018  # decoding is the act


def test_a_duplicate_has_the_same_uid_and_other_pixels():
    first, second, *_ = mri(faults=["duplicate"], roles=["cor_t1"])

    assert first.SOPInstanceUID == second.SOPInstanceUID
    assert first.PixelData != second.PixelData


def test_burned_in_text_is_bright_in_the_corner_and_names_the_patient():
    copy = mri(faults=["burned_in_text"], roles=["cor_t1"])[-1]

    assert copy.BurnedInAnnotation == "YES"
    assert (copy.pixel_array[:70, :300] > 200).sum() > 400


def test_radiographs_lose_side_pixels_or_dose():
    def plate(*faults):
        return hand_xray(PEOPLE[1], SCANNERS["dx"], acquired=AT, truth=ILL, rng=np.random.default_rng(2), faults=faults)[0]  # fmt: skip

    good = plate()
    assert good.ImageLaterality == "B"
    assert "ImageLaterality" not in plate("no_laterality")
    assert good.PixelSpacing[0] <= 0.2 < plate("coarse_pixels").PixelSpacing[0]
    dose = [float(p.ImageAndFluoroscopyAreaDoseProduct) for p in (plate("overexposed"), good)]  # fmt: skip
    assert dose[0] == pytest.approx(3 * dose[1], rel=0.02)
    assert plate("burned_in_text").BurnedInAnnotation == "YES"


def test_ultrasound_without_clips_has_single_frames():
    exam = joint_ultrasound(PEOPLE[1], SCANNERS["us"], acquired=AT, truth=ILL, rng=np.random.default_rng(2), faults=["still_only"])  # fmt: skip

    assert all("NumberOfFrames" not in d for d in exam)


def test_a_phantom_shows_what_was_asked_for():
    def uniform_slice(*faults, **values):
        exam = phantom(SCANNERS["siemens"], acquired=AT, rng=np.random.default_rng(4), faults=faults, **values)  # fmt: skip
        return exam[6].pixel_array.astype(float)

    assert measured_uniformity(uniform_slice(uniformity=0.90)) == pytest.approx(0.90, abs=0.015)  # fmt: skip
    assert measured_uniformity(uniform_slice("non_uniform")) < 0.75
    assert measured_ghosting(uniform_slice(ghosting=0.02, noise=0.001)) == pytest.approx(0.02, abs=0.003)  # fmt: skip
    assert measured_ghosting(uniform_slice("ghosting")) > 0.025
    assert diameter(uniform_slice()) == pytest.approx(190, abs=1.1)
    assert diameter(uniform_slice("distorted")) == pytest.approx(194, abs=1.1)


def measured_uniformity(image):
    """Percent integral uniformity: small means of 1 cm2 over a disc of 200 cm2 (ACR 2015)."""
    size = 10
    y, x = np.mgrid[:256, :256] - 127.5
    blocks = [
        image[r : r + size, c : c + size].mean()
        for r in range(40, 216, 4)
        for c in range(40, 216, 4)
        if np.hypot(y[r + size // 2, 0], x[0, c + size // 2]) * 250 / 256 < 75
    ]
    return 1 - (max(blocks) - min(blocks)) / (max(blocks) + min(blocks))


def measured_ghosting(image):
    """|(top + bottom) - (left + right)| / (2 disc), as the ACR manual measures it."""
    top, bottom = image[4:14, 88:168].mean(), image[-14:-4, 88:168].mean()
    left, right = image[88:168, 4:14].mean(), image[88:168, -14:-4].mean()
    return abs(top + bottom - left - right) / (2 * image[88:168, 88:168].mean())


def diameter(image):
    row = image[128]
    return (row > row[100:150].mean() / 2).sum() * 250 / 256


@pytest.mark.parametrize("kind", sorted(POSSIBLE))
def test_every_fault_of_every_kind_gives_an_exam(kind):
    make = {
        "hand_mri": lambda f: mri(faults=f),
        "hand_xray": lambda f: hand_xray(PEOPLE[0], SCANNERS["cr"], acquired=AT, truth=ILL, rng=np.random.default_rng(1), faults=f),
        "joint_ultrasound": lambda f: joint_ultrasound(PEOPLE[0], SCANNERS["us"], acquired=AT, truth=ILL, rng=np.random.default_rng(1), faults=f, frames=2),
        "phantom": lambda f: phantom(SCANNERS["ge"], acquired=AT, rng=np.random.default_rng(1), faults=f),
    }[kind]  # fmt: skip

    assert len(make(POSSIBLE[kind])) >= 1


def test_every_fault_belongs_to_a_kind_of_exam():
    assert set(Fault) == set().union(*POSSIBLE.values())


@pytest.mark.parametrize("values", [{"uniformity": 1.2}, {"ghosting": -0.1}, {"diameter_mm": 300.0}])  # fmt: skip
def test_an_impossible_phantom_is_refused(values):
    with pytest.raises(InvalidInput, match="uniformity"):
        phantom(
            SCANNERS["siemens"], acquired=AT, rng=np.random.default_rng(1), **values
        )
