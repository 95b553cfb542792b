"""The demo plan's profile on its own scanners: clean radiographs and clips pass, burned-in identity never does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from provident import plan
from provident.deid import Profile, deidentify
from provident.programme import deid_profile
from provident.synthetic import (
    HandTruth,
    Scanner,
    hand_xray,
    joint_ultrasound,
    patients,
)
from tests.spec.deid.files import KEY, SUBJECT


title = "Radiographs and clips by the demo plan"

PLAN = Path(__file__).resolve().parents[3] / "plans" / "arthritis-demo"
AT = datetime(2026, 3, 4, 9, 30)  # noqa: DTZ001  # a scanner's own clock
RADIOGRAPHS = {
    "Carestream": Scanner(id="xr_l1", modality="DX", make="Carestream", model="DRX"),
    "Philips": Scanner(id="xr_b1", modality="DX", make="Philips", model="DigitalDiagnost"),
    "Agfa": Scanner(id="xr_y1", modality="CR", make="Agfa", model="CR 30"),
}  # fmt: skip
CLIPS = {
    "GE": Scanner(id="us_l1", modality="US", make="GE MEDICAL SYSTEMS", model="LOGIQ E10"),
    "Philips": Scanner(id="us_b1", modality="US", make="Philips", model="EPIQ"),
    "Canon": Scanner(id="us_y1", modality="US", make="Canon", model="Aplio"),
}  # fmt: skip


@pytest.fixture(scope="module")
def profile() -> Profile:
    return deid_profile(plan.load(PLAN).require(), "leeds")


def radiograph(scanner: Scanner, faults: set[str], separate: bool) -> list[bytes]:
    person = patients(3, 12)[5]
    made = hand_xray(
        person, scanner, acquired=AT, truth=HandTruth(erosion={"capitate": 2}),
        rng=np.random.default_rng(4), faults=faults, separate=separate,
    )  # fmt: skip
    return [data for _, data in made.files()]


def clip(scanner: Scanner, faults: set[str]) -> bytes:
    made = joint_ultrasound(
        patients(3, 12)[5], scanner, acquired=AT, truth=HandTruth(), rng=np.random.default_rng(4),
        faults=faults, joints=("mcp2",), frames=3,
    )  # fmt: skip
    return next(data for _, data in made.files())


def reason(data: bytes, profile: Profile) -> str | None:
    return deidentify(data, profile=profile, key=KEY, subject=SUBJECT).reason


SOME_CLIPS = ["GE", *(pytest.param(m, marks=pytest.mark.slow) for m in ("Philips", "Canon"))]  # fmt: skip
SOME = ["Philips", *(pytest.param(m, marks=pytest.mark.slow) for m in ("Carestream", "Agfa"))]  # fmt: skip


@pytest.mark.parametrize(
    "separate",
    [pytest.param(False, marks=pytest.mark.slow), True],
    ids=["both hands", "one hand"],
)
@pytest.mark.parametrize("make", SOME)
def test_a_radiograph_with_side_markers_passes(make, separate, profile):
    found = {
        reason(data, profile) for data in radiograph(RADIOGRAPHS[make], set(), separate)
    }

    assert found == {None}


@pytest.mark.parametrize("make", SOME)
def test_a_radiograph_with_burned_in_identity_waits(make, profile):
    found = {
        reason(data, profile)
        for data in radiograph(RADIOGRAPHS[make], {"burned_in_text"}, False)
    }

    assert found == {"pixels_need_review"}


@pytest.mark.parametrize("make", SOME_CLIPS)
def test_a_clip_with_settings_alone_passes(make, profile):
    assert reason(clip(CLIPS[make], set()), profile) is None


@pytest.mark.parametrize("make", SOME_CLIPS)
def test_a_clip_with_burned_in_identity_waits(make, profile):
    assert (
        reason(clip(CLIPS[make], {"burned_in_text"}), profile) == "pixels_need_review"
    )
