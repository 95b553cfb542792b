"""A wrong expression is refused when the plan is loaded, with the place and what would fit."""

from __future__ import annotations

import pytest

from provident.expressions import (
    ExpressionError,
    Kind,
    Of,
    Record,
    compile_expression,
)
from provident.kernel import PlanError


title = "Wrong expressions"

NAMES = Record(
    {
        "total": Of(Kind.NUMBER),
        "response": Of(Kind.TEXT),
        "bones": Record(
            {"ero": Of(Kind.NUMBER, column=True), "ost": Of(Kind.NUMBER, column=True)}
        ),
    }
)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("totl + 1", 1, 'unknown name "totl" (did you mean "total"?)'),
        ("1 + bones.erosion", 5, 'unknown name "bones.erosion" (did you mean "ero"?)'),
        ("zzz", 1, "known here: total, response, bones"),
        ("total.x", 1, '"total" has nothing inside it'),
        ("bones + 1", 1, "this is a group of values; add a dot and one of: ero, ost"),
        ("total = 1", 7, 'one "=" does not compare; write "=="'),
        ("total >", None, "this is not an expression"),
        ("(total", 1, "this is not an expression"),
        ("summ(bones.ero)", 1, 'unknown function "summ" (did you mean "sum"?)'),
        ("sum", 1, '"sum" is a function; write sum(...)'),
        ("sum()", 1, "sum(...) needs something to work on"),
        ("sum(response)", 1, "sum(...) works on numbers, not on a text"),
        ("count(bones.ero)", 1, "count(...) works on a condition"),
        ("present(total)", 1, "takes one column"),
        ("round(total, 1, 2)", 1, "takes a value and"),
        ("response + 1", 1, "arithmetic needs numbers on both sides"),
        ("response * 2", 1, "arithmetic needs numbers on both sides"),
        ("-response", 1, "this operator works on numbers only"),
        ("~total", 1, "this operator works on numbers only"),
        ("total | 1", 1, "this operator is not part of the expression language"),
        ("response > 1", 1, "a text is compared with a number"),
        ("total and True", 1, "a condition is needed here, this gives a number"),
        ("1 if total else 2", 6, "a condition is needed here"),
        ("total in response", 10, 'after "in" a list is needed'),
        ('total in ("a", "b")', 11, "a number is compared with a text"),
        ("total in (total, 1)", 11, "the list holds plain numbers or texts only"),
        ("total is None", 10, 'after "is" only "missing" may stand'),
        ("total == None", 10, '"None" is not used here; write "is missing"'),
        ("missing == 1", 1, '"missing" stands only after "is" or "is not"'),
        ("bones.ero[0]", 1, "an index in square brackets is not part"),
        ("lambda: 1", 7, "this is not an expression"),
        ("[x for x in bones]", None, "this is not an expression"),
        ("class + totl", 1, 'unknown name "class"'),
        ("'from' == totl", 11, "did you mean"),
        ('f"{total}"', 1, "a formatted text is not part"),
        ("(total := 1)", 2, 'an assignment ":=" is not part'),
        ("[1, 2]", 1, 'a list outside "in" is not part'),
        ("{1: 2}", 1, "a dictionary is not part"),
        ("sum(*bones.ero)", 5, "a star is not part"),
        ("sum(total, key=1)", 1, "a call is a function's name"),
        ("total.sum()", 1, "a call is a function's name"),
        ("1j", 1, "this kind of constant is not part"),
        ('b"x"', 1, "this kind of constant is not part"),
        ("9" * 30, 1, "larger than 1e18"),
        ("'\\x41'", 2, "a backslash has no meaning here"),
        ("", None, "the expression is empty"),
        ("   ", None, "the expression is empty"),
        ("total\0", None, "this is not an expression"),
        ("('é', total) + totl", 1, 'a list outside "in" is not part'),
        ("'é' == totl", 8, "did you mean"),
    ],
)
def test_the_message_says_what_is_wrong_and_where(text, position, words):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, names=NAMES)

    assert words in str(caught.value)
    if position is not None:
        assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1+" * 1500 + "1", "3001 characters; at most 2000"),
        ("(" * 60 + "1" + ")" * 60, "more than 50 nested brackets"),
        ("-" * 1500 + "1", "more than 100 nested operations"),
        ("not " * 400 + "x", "more than 100 nested operations"),
        ("sum(" + ",".join("1" * 1 for _ in range(700)) + ")", "too many parts"),
    ],
)
def test_no_expression_is_long_or_deep_enough_to_hang_anything(text, words):
    with pytest.raises(ExpressionError, match=words):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "result", "words"),
    [
        ("total", Kind.TRUTH, "a condition is needed here, this gives a number"),
        ("response", Kind.NUMBER, "a number is needed here, this gives a text"),
        ("bones.ero", Kind.NUMBER, "this gives a column, each cell a number"),
        ("bones", Kind.ANY, "one value is needed here, this gives a group of values"),
    ],
)
def test_the_result_must_be_of_the_kind_asked_for(text, result, words):
    with pytest.raises(ExpressionError, match=words):
        compile_expression(text, names=NAMES, result=result)


def test_a_condition_may_stand_where_a_number_is_asked_for():
    expression = compile_expression("total > 3", names=NAMES, result=Kind.NUMBER)

    assert expression.evaluate({"total": 4}) is True


def test_a_wrong_expression_is_an_error_of_the_plan():
    with pytest.raises(PlanError) as caught:
        compile_expression("totl", names=NAMES)

    assert caught.value.exit_code == 3


def test_something_that_is_no_text_is_refused():
    with pytest.raises(ExpressionError, match="an expression is a text"):
        compile_expression(5)


def test_functions_of_a_part_may_give_groups_of_values():
    from provident.expressions import STANDARD, Function

    estimate = Record({"lower": Of(Kind.NUMBER)})
    icc = Function("icc", "", lambda kinds: estimate, lambda values: {"lower": 0.7})
    functions = {**STANDARD, "icc": icc}

    passes = compile_expression("icc(total).lower >= 0.6", functions=functions)

    assert passes.evaluate({"total": 1}) is True
    with pytest.raises(ExpressionError, match='unknown name "lowr"'):
        compile_expression("icc(total).lowr >= 0.6", functions=functions)
    with pytest.raises(ExpressionError, match='"x" does not exist here'):
        compile_expression("sum(total).x", functions=functions)
