"""Phantoms for the pages of scanners."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from provident.rehearsal.phantoms import phantom_image


@pytest.fixture
def images():
    """A function (day, **how) -> the files of one phantom scan."""

    def make(day: date = date(2026, 11, 20), *, seed: int = 1, **how):
        rng = np.random.default_rng(seed)
        return [phantom_image(rng, day=day, number=n + 1, **how) for n in range(2)]

    return make


@pytest.fixture
def scanner(site):
    """mr_l1 at Leeds."""
    return site.scanners.get(code="mr_l1")
