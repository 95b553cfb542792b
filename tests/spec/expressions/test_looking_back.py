"""Expressions may look at a participant's earlier time points."""

from __future__ import annotations

import pytest

from provident.expressions import ExpressionError, Missing, compile_expression


title = "Looking back at earlier time points"

#             baseline    week 12     week 24 was not done
HISTORY = [{"sod": 50}, {"sod": 30}, None]
NOW = {"sod": 36}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sod - baseline(sod)", -14),
        ("nadir(sod)", 30),
        ("best_before(sod)", 30),
        ("previous(sod)", Missing("the time point before has no answers")),
        ("latest_before(sod)", 30),
        ("baseline(sod * 2)", 100),
    ],
)
def test_a_later_time_point_sees_those_before_it(text, expected):
    assert expected == compile_expression(text).evaluate(NOW, HISTORY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sod - baseline(sod)", 0),
        ("nadir(sod)", 36),
        ("best_before(sod)", Missing("there is no earlier value")),
        ("previous(sod)", Missing("there is no earlier time point")),
        ("latest_before(sod)", Missing("there is no earlier value")),
    ],
)
def test_the_baseline_is_its_own_baseline_and_has_nothing_before(text, expected):
    assert expected == compile_expression(text).evaluate(NOW)


def test_week_12_never_stands_in_for_a_baseline_that_was_not_read():
    change = compile_expression("sod - baseline(sod)").evaluate(
        NOW, [None, {"sod": 30}]
    )

    assert change == Missing("the baseline has no answers")


def test_a_value_that_is_not_evaluable_does_not_hide_the_nadir():
    history = [{"sod": 50}, {"sod": Missing("Not visible")}]

    assert compile_expression("nadir(sod)").evaluate(NOW, history) == 36


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("baseline(previous(sod))", "cannot stand inside another look back"),
        ("baseline()", "takes one value"),
        ("baseline(1, 2)", "takes one value"),
        ('nadir("a")', "works on one number"),
    ],
)
def test_a_wrong_look_back_is_refused(text, words):
    with pytest.raises(ExpressionError, match=words):
        compile_expression(text)
