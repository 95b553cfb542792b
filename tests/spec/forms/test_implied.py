"""One answer before a grid says what every cell holds: marked zeros, or the reason why nobody looked."""

from __future__ import annotations

import pytest

from provident.forms import expand
from provident.kernel import InvalidInput
from tests.unit.forms.made import compiled, full


title = "Gates: implied zeros and copied reasons"


def test_all_normal_stores_a_marked_zero_in_every_cell():
    expanded = expand(compiled(), {"normal": 1})

    cells = {k: v for k, v in expanded.values.items() if k != "normal"}
    assert len(cells) == 2 * 2 + 7
    assert set(cells.values()) == {0}
    assert expanded.implied == set(cells)


@pytest.mark.parametrize("code", ["nd", "nq"])
def test_a_missing_gate_copies_its_code_and_never_a_zero(code):
    expanded = expand(compiled(), {"normal": code})

    assert set(expanded.values.values()) == {code}
    assert len(expanded.implied) == 11


def test_an_open_gate_implies_nothing():
    answers = full(bones__lunate__ero=3)

    expanded = expand(compiled(), answers)

    assert expanded.values == answers
    assert expanded.implied == frozenset()


@pytest.mark.parametrize("said", [None, "", 7, True, "nv", [1], 1.0])
def test_a_blank_or_wrong_answer_implies_nothing(said):
    assert expand(compiled(), {"normal": said}).implied == frozenset()


def test_expanding_twice_changes_nothing():
    once = expand(compiled(), {"normal": 1})

    assert expand(compiled(), once.values) == once


def test_a_contradiction_is_refused_and_never_overwritten():
    with pytest.raises(InvalidInput, match="contradicts the question before its grid"):
        expand(compiled(), {"normal": 1, "bones.lunate.ero": 3})
