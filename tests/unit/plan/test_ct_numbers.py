"""Limits of CT phantoms are in Hounsfield units."""

from __future__ import annotations

import pytest

from provident.kernel import PlanError
from provident.plan.models.phantom_limits import phantom_limit
from provident.plan.quantities import convert, interval


title = "CT numbers"


@pytest.mark.parametrize(
    ("text", "value", "allowed"),
    [
        ("± 7 HU", -6.9, True),
        ("± 7 HU", 7.1, False),
        ("-7..7 HU", 0.0, True),
        ("<= 5 HU", 5.5, False),
    ],
)
def test_a_limit_of_a_ct_phantom_is_held_against_the_value_measured(
    text, value, allowed
):
    within = phantom_limit(text).at(None)

    assert within is not None
    assert within.contains(value, "HU") is allowed


def test_a_ct_number_is_no_length():
    with pytest.raises(PlanError, match="HU"):
        convert(interval("7 HU").high, "HU", "mm")
