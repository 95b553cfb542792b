"""Units as they are written, and what is no reading."""

from __future__ import annotations

import math

import pytest

from provident.acquisition.dose.codes import ALL, DOSE_CODES
from provident.acquisition.dose.units import canonical, unit_of


DAP, DLP = "dose area product", "dose length product"


@pytest.mark.parametrize(
    ("value", "unit", "measured", "expected"),
    [
        (1, "Gy.m2", DAP, 1e4),
        (1, "dGy.cm2", DAP, 0.1),
        (1, "cGy.cm2", DAP, 0.01),
        (1, "mGy.cm2", DAP, 1e-3),
        (1, "uGy.m2", DAP, 0.01),
        (1, "µGy·m²", DAP, 0.01),
        (1, "Gy*cm^2", DAP, 1),
        (1, "mGycm", DLP, 1),
        (1, "mGy-cm", DLP, 1),
        (1, "Gy.cm", DLP, 1000),
        (1, "Gy", "absorbed dose", 1000),
        (1, "uGy", "absorbed dose", 1e-3),
        (1, "Bq", "activity", 1e-6),
        (1, "mCi", "activity", 37),
        (1, "uSv", "effective dose", 1e-3),
        (2, "min", "time", 120),
        (0, "Gy.m2", DAP, 0),
    ],
)
def test_units_come_to_one(value, unit, measured, expected):
    assert canonical(value, unit, measured).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "unit"),
    [(1, "mGy"), (1, ""), (1, "GY.M2"), (-1, "Gy.m2"), (math.nan, "Gy.m2"), (math.inf, "Gy.m2")],
)  # fmt: skip
def test_no_reading_says_why(value, unit):
    reading = canonical(value, unit, DAP)

    assert reading.value is None
    assert reading.why


def test_canonical_units_are_those_of_the_plan():
    assert [unit_of(m) for m in (DAP, DLP, "activity", "effective dose")] == ["Gy.cm2", "mGy.cm", "MBq", "mSv"]  # fmt: skip


def test_codes_are_not_used_twice_and_say_what_to_do():
    assert len(DOSE_CODES) == len(ALL)
    assert all(code.remedy or code.severity == "note" for code in ALL)
