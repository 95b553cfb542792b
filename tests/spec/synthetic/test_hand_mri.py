"""Synthetic MRI of the hands: what the manual asks for is there, and the truth can be seen."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pytest

from provident.kernel import InvalidInput
from provident.synthetic import HandTruth, hand_mri
from tests.spec.synthetic.conftest import (
    AT,
    ILL,
    PEOPLE,
    SCANNERS,
    by_description,
    mri,
    volume,
)


title = "Synthetic MRI of the hands"


def test_an_exam_is_the_same_bytes_from_the_same_seed():
    one, two, other = (list(mri(seed=s, roles=["cor_t1"]).files()) for s in (5, 5, 6))

    assert one == two
    assert one != other


def test_an_exam_has_two_coronal_series_and_one_axial_with_contrast(ordinary):
    counts = {s[0].SeriesDescription: len(s) for s in ordinary.series.values()}

    assert counts == {"t1_tse_cor_3mm": 16, "t2_tirm_stir_cor_3mm": 16, "t1_tse_fs_tra_KM": 20}  # fmt: skip


@pytest.mark.parametrize("make", ["siemens", "siemens15", "ge", "philips", "canon"])
def test_every_maker_fits_the_imaging_manual(make):
    exam = mri(make)
    found = [s[0] for s in exam.series.values()]
    field = SCANNERS[make].field

    patterns = ("t1.*cor|cor.*t1", "stir", "t1.*(ax|tra)")
    for ds, pattern in zip(found, patterns, strict=True):
        matched = [
            p for p in patterns if re.search(p, ds.SeriesDescription, re.IGNORECASE)
        ]
        assert matched == [pattern]
    t1, stir, post = found
    assert 400 <= t1.RepetitionTime <= 700
    assert abs(t1.EchoTime - 12) <= 3
    assert abs(stir.EchoTime - (68 if make == "ge" else 70)) <= 5
    assert stir.InversionTime == (220 if field == 3 else 150)
    assert t1.SliceThickness == 3
    assert t1.SpacingBetweenSlices - t1.SliceThickness <= 0.3 + 1e-9
    assert t1.PixelSpacing[0] * t1.Rows >= 180
    assert "ContrastBolusAgent" not in t1
    assert 3 <= minutes_after_injection(post) <= 6


def minutes_after_injection(ds):
    start, scan = (
        datetime.strptime(str(t), "%H%M%S.%f")  # noqa: DTZ007  # a time of day
        for t in (ds.ContrastBolusStartTime, ds.AcquisitionTime)
    )
    return (scan - start).total_seconds() / 60


def test_slices_lie_where_the_headers_say(ordinary):
    t1 = by_description(ordinary, "t1_tse_cor")
    row, column = np.reshape([float(v) for v in t1[0].ImageOrientationPatient], (2, 3))
    normal = np.cross(row, column)
    places = [np.dot(normal, [float(v) for v in d.ImagePositionPatient]) for d in t1]

    assert np.allclose(np.abs(np.diff(places)), 3.3)
    assert np.ptp(places) + 3 >= 50  # mm covered from palm to back
    assert [d.InstanceNumber for d in t1] == list(range(1, 17))


def test_fat_is_bright_on_t1_and_dark_on_stir(ordinary):
    t1 = volume(by_description(ordinary, "t1_tse_cor"))
    stir = volume(by_description(ordinary, "stir"))
    fat = t1 > np.percentile(t1, 99)

    assert stir[fat].mean() < 0.35 * t1[fat].mean()


def test_the_background_is_rician_noise(ordinary):
    corner = volume(by_description(ordinary, "t1_tse_cor"))[:, :20, :20]

    # Without signal the modulus is Rayleigh distributed: mean / sd = 1.913.
    assert corner.mean() / corner.std() == pytest.approx(1.913, abs=0.12)


def test_the_right_hand_lies_on_the_left_of_the_image():
    healthy = mri(truth=HandTruth(), other=HandTruth(), roles=["cor_stir"])
    right_ill = mri(truth=ILL, other=HandTruth(), roles=["cor_stir"])
    change = np.abs(
        volume(by_description(right_ill, "stir")) - volume(by_description(healthy, "stir"))
    )  # fmt: skip

    assert change[:, :, :128].mean() > 5 * change[:, :, 128:].mean()


@pytest.mark.parametrize(
    ("truth", "series"),
    [
        (HandTruth(osteitis={"capitate": 3}), "cor_stir"),
        (HandTruth(erosion={"lunate": 6}), "cor_stir"),
        (HandTruth(synovitis={"mcp2": 3}), "ax_t1_post"),
    ],
)
def test_disease_is_bright_where_it_is(truth, series):
    ill, healthy = (
        volume(list(mri(truth=t, other=HandTruth(), roles=[series])))
        for t in (truth, HandTruth())
    )
    change = (ill - healthy) / healthy.max()

    assert (change > 0.25).sum() > 80  # pixels
    assert (change < -0.25).sum() < 0.1 * (change > 0.25).sum()


def test_more_disease_shows_as_more():
    sums = [
        volume(
            by_description(
                mri(truth=HandTruth(synovitis={"mcp3": n}), roles=["ax_t1_post"]),
                "tra_KM",
            )
        ).sum()
        for n in range(4)
    ]

    assert sums == sorted(sums)
    assert len(set(sums)) == 4


def test_a_visit_without_contrast_has_two_series():
    exam = mri(roles=("cor_t1", "cor_stir"))

    assert len(exam.series) == 2
    assert not any("ContrastBolusAgent" in d for d in exam)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"roles": ("cor_t2",)}, "unknown series cor_t2"),
        ({"faults": ["melted"]}, "cannot have the fault melted"),
        ({"faults": ["still_only"]}, "cannot have the fault still_only"),
    ],
)
def test_what_cannot_be_is_refused(options, says):
    with pytest.raises(InvalidInput, match=says):
        mri(**options)


def test_an_mri_needs_an_mr_scanner():
    with pytest.raises(InvalidInput, match="xr_l1 is DX"):
        hand_mri(PEOPLE[0], SCANNERS["dx"], acquired=AT, truth=ILL, rng=np.random.default_rng(1))  # fmt: skip
