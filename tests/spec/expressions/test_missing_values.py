"""A missing value is carried through with its reason; it is never 0, false or empty."""

from __future__ import annotations

import pytest

from provident.expressions import MISSING, Missing, compile_expression


title = "Missing values in expressions"

HIDDEN = Missing("Not visible")
NAMES = {"x": HIDDEN, "y": 2, "no": False, "yes": True, "column": (1, HIDDEN, 3)}


def value_of(text):
    return compile_expression(text).evaluate(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x + 1",
        "1 - x",
        "-x",
        "abs(x)",
        "round(x, 1)",
        "x > 0",
        "x == x",
        "0 < y < x",
        'x in ("a", "b")',
        "not x",
        "yes and x",
        "no or x",
        "1 if x else 2",
        "sum(column)",
        "mean(column)",
        "max(y, x)",
        "count(column > 0)",
        "all(column > 0)",
    ],
)
def test_what_depends_on_a_missing_value_is_missing_for_its_reason(text):
    assert value_of(text) == HIDDEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no and x", False),
        ("x and no", False),
        ("yes or x", True),
        ("x or yes", True),
        ("any(column > 2)", True),
        ("all(column > 1)", False),
        ("y if yes else x", 2),
        ("0 < x < y < 1", False),
    ],
)
def test_what_is_settled_without_the_missing_value_has_its_value(text, expected):
    assert expected == value_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x is missing", True),
        ("y is missing", False),
        ("x is not missing", False),
        ("unanswered is missing", True),
        ("count(column is missing)", 1),
        ("sum(present(column))", 4),
        ("0 if x is missing else x", 0),
    ],
)
def test_a_plan_can_ask_whether_a_value_is_missing(text, expected):
    assert expected == value_of(text)


def test_dividing_by_zero_is_missing_with_its_reason():
    assert value_of("y / 0") == Missing("division by zero")
    assert value_of("0 ** -1") == Missing("division by zero")


def test_the_sum_of_nothing_is_not_0():
    nothing_seen = compile_expression("sum(present(column))").evaluate(
        {"column": (MISSING, MISSING)}
    )

    assert nothing_seen == Missing("nothing to work on")


def test_none_stands_for_an_answer_that_was_not_given():
    assert compile_expression("z + 1").evaluate({"z": None}) == Missing("not answered")


def test_a_missing_value_has_no_truth():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(MISSING)
