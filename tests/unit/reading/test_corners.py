"""Corners of the reading domain that the behaviour tests do not reach."""

from __future__ import annotations

from collections import Counter

import pytest

from provident.forms import compile_form
from provident.kernel import PlanError
from provident.plan.models.forms import FormFile
from provident.reading import OrderRule, draw_order, evaluate_read, lot, value_at
from tests.unit.reading.made import by_visit, case, single


def test_a_block_and_a_gap_have_their_limits():
    with pytest.raises(PlanError, match="a block has at least 1 case"):
        OrderRule(block=0)
    with pytest.raises(PlanError, match="not below 0"):
        OrderRule(gap=-1)


def test_lots_tell_words_apart_by_where_they_end():
    assert lot(1, "ab", "c") != lot(1, "a", "bc")
    assert lot(1, "a") != lot(2, "a")
    assert 0 <= lot(1, "a") < 2**256


def test_lots_are_spread_evenly():
    tenths = Counter(lot(7, str(n)) * 10 // 2**256 for n in range(5000))

    assert all(400 < n < 600 for n in tenths.values())
    assert len(tenths) == 10


def test_every_case_is_equally_likely_to_come_first():
    cases = [case(n) for n in range(4)]
    first = Counter(
        draw_order(single(), cases, ["R1"], seed).of("R1")[0].case
        for seed in range(400)
    )

    assert set(first) == {c.id for c in cases}
    assert min(first.values()) > 70


def test_a_condition_among_the_values_is_given_as_1_or_0():
    with_condition = compile_form(
        FormFile.model_validate(
            {
                "form": "f",
                "version": 1,
                "title": "F",
                "record": ["visit"],
                "items": {"x": {"ask": "X", "range": "0..9"}},
                "derive": {"active": "x > 5"},
            }
        )
    )
    plan = by_visit(form=with_condition, value="active")
    read = evaluate_read(
        plan, {"week24": {"x": 7}}, read_id="r", case="c", reader="R1", seat=1
    )

    assert value_at(plan, read, "active") == 1
    assert type(value_at(plan, read, "active")) is int


def test_a_read_without_answers_has_no_value():
    plan = by_visit()
    read = evaluate_read(plan, {}, read_id="r", case="c", reader="R1", seat=1)

    assert value_at(plan, read, "total") == "not evaluable"
