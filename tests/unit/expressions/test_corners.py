"""Corners of the expression language that the behaviour tests do not reach."""

from __future__ import annotations

import pytest

from provident.expressions import (
    ExpressionError,
    Kind,
    Missing,
    Of,
    Record,
    Table,
    compile_expression,
)
from provident.expressions.values import named


def test_a_list_from_json_is_a_column():
    assert compile_expression("sum(x)").evaluate({"x": [1, 2]}) == 3


def test_the_message_names_what_was_found():
    assert [named(v) for v in (Missing(), True, 1, "a", (1,), {})] == [
        "a missing value",
        "a condition",
        "a number",
        "a text",
        "a column",
        "a group of values",
    ]


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        ("sum(x)", {"x": {"y": 1}}, "a group of values cannot be used"),
        ("x * x", {"x": 1e17}, "larger than 1e18"),
        ("x ** -16", {"x": 1e-300}, "larger than 1e18"),
        ("x / 1", {"x": 10**400}, "larger than 1e18"),
        ("x.y > 1", {"x": {"y": {"z": 1}}}, "a number is needed here, not a group"),
    ],
)
def test_the_expression_is_named_in_an_error_that_comes_when_it_runs(
    text, names, words
):
    with pytest.raises(ExpressionError, match=words) as caught:
        compile_expression(text).evaluate(names)

    assert caught.value.text == text
    assert text in str(caught.value)


def test_rounding_to_a_missing_number_of_decimals_is_missing():
    assert compile_expression("round(1.5, n)").evaluate({}) == Missing("not answered")


@pytest.mark.parametrize("text", ["count()", "any()", "abs()", "abs(1, 2)", "round()"])
def test_functions_without_their_values_are_refused(text):
    with pytest.raises(ExpressionError):
        compile_expression(text)


def test_a_choice_between_a_number_and_a_condition_is_a_number():
    expression = compile_expression("x if x > 1 else x > 0", result=Kind.NUMBER)

    assert expression.evaluate({"x": 2}) == 2


def test_a_choice_between_a_text_and_a_number_is_checked_when_it_runs():
    names = Record({"x": Of(Kind.NUMBER)})
    expression = compile_expression('("a" if x > 1 else 2) + 1', names=names)

    assert expression.evaluate({"x": 0}) == 3
    with pytest.raises(ExpressionError):
        expression.evaluate({"x": 2})


def test_a_column_chosen_row_by_row_keeps_what_is_missing():
    expression = compile_expression("x if x > 1 else 0")

    assert expression.evaluate({"x": (1, 2, None)}) == (0, 2, Missing("not answered"))


@pytest.mark.parametrize("value", [True, False])
def test_signs_of_a_condition_are_numbers(value):
    assert compile_expression("+x").evaluate({"x": value}) == int(value)
    assert compile_expression("-x").evaluate({"x": value}) == -int(value)


@pytest.mark.parametrize(
    ("values", "kind"),
    [((1, 2), Kind.NUMBER), (("a", "b"), Kind.TEXT), ((1, "b"), Kind.ANY)],
)
def test_a_table_has_the_kind_of_its_values(values, kind):
    rows = tuple(((str(i),), value) for i, value in enumerate(values))

    assert kind is Table(name="t", keys=("x",), rows=rows).kind


def test_an_expression_prints_as_its_text():
    assert str(compile_expression("x  + 1")) == "x + 1"


def test_a_record_describes_itself():
    assert str(Record()) == "a group of values"
    assert Record().nearest("x") == ""


def test_an_open_result_is_accepted_as_anything():
    assert compile_expression("x", result=Kind.NUMBER).evaluate({"x": 1}) == 1


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ExpressionError):
        compile_expression("'\ud800'")
