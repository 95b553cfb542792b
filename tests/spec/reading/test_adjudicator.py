"""Nobody adjudicates a case that they have read."""

from __future__ import annotations

import pytest

from provident.kernel import NotReady
from provident.reading import adjudicator_for
from tests.unit.reading.made import design


title = "Choosing an adjudicator"


def test_a_reader_of_the_case_is_never_chosen():
    chosen = {
        adjudicator_for(design(), f"case{n}", ["R1", "R2"], ["R1", "R2", "R9"], seed=1)
        for n in range(30)
    }

    assert chosen == {"R9"}


def test_the_least_busy_is_chosen_then_by_lot():
    people = ["R8", "R9"]
    busy = adjudicator_for(design(), "c", ["R1"], people, 1, load={"R8": 3, "R9": 1})
    by_lot = {adjudicator_for(design(), f"c{n}", ["R1"], people, 1) for n in range(30)}

    assert busy == "R9"
    assert by_lot == {"R8", "R9"}


def test_where_nobody_is_left_it_is_said():
    with pytest.raises(NotReady, match="name another person for the role adjudicator"):
        adjudicator_for(design(), "c", ["R1", "R2"], ["R1"], seed=1)
