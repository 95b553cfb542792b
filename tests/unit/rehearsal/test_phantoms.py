"""Phantoms of the rehearsal: scanned in the plan's rhythm, measured as drawn, and one scanner drifts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from provident import plan
from provident.acquisition.phantoms import measure_uniform
from provident.rehearsal.happenings import PhantomsDecided, PhantomsSent
from provident.rehearsal.phantoms import phantom_days, phantom_scan, used


@pytest.fixture(scope="module")
def demo_plan():
    return plan.load(plan.shipped() / "arthritis-demo").plan


def test_each_scanner_in_use_is_scanned_and_the_slow_site_drifts(demo_plan):
    made = list(phantom_days(demo_plan, date(2026, 1, 20), date(2026, 11, 24)))
    sent = [h for h in made if isinstance(h, PhantomsSent)]

    assert {h.scanner for h in sent} == {
        "mr_l1",
        "mr_b1",
        "mr_y1",
    }  # mr_b2 comes in 2027
    assert {h.scanner for h in sent if any(h.drift)} == {"mr_y1"}
    assert all(h.at.date() < date(2026, 11, 24) for h in made)
    assert any(isinstance(h, PhantomsDecided) for h in made)


def test_a_scanner_that_comes_later_is_not_used(demo_plan):
    assert "mr_b2" not in used(demo_plan, "acr_mri", date(2026, 1, 1))
    assert "mr_b2" in used(demo_plan, "acr_mri", date(2027, 9, 1))


@pytest.mark.parametrize(("drift", "expected"), [(0.0, 96.5), (0.012, 95.3)])
def test_what_is_drawn_is_measured(demo_plan, drift, expected):
    rng = np.random.default_rng(1)
    found = [
        measure_uniform([phantom_scan(demo_plan, "mr_y1", date(2026, 3, 2), rng, drift)], modality="MR", diameter=190).values["uniformity"].value
        for _ in range(6)
    ]  # fmt: skip

    assert np.mean(found) == pytest.approx(expected, abs=0.6)
