"""What the expression language of a plan can say."""

from __future__ import annotations

import pytest

from provident.expressions import ExpressionError, Kind, compile_expression


title = "The expression language"

NAMES = {
    "wall": 4,
    "length": 2.5,
    "response": "PR",
    "active": True,
    "bones": {
        "ero": (0, 2, 3),
        "ost": (1, 0, 1),
        "lunate": {"ero": 2},
    },
    "a": {"week52": {"change": 3.0}},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("7 // 2 + 7 % 2", 4),
        ("2 ** 10", 1024),
        ("-wall", -4),
        ("wall / 8", 0.5),
        ("abs(1 - wall)", 3),
        ("wall > 3 and length < 3", True),
        ("wall < 3 or not active", False),
        ("1 < wall <= 4", True),
        ("1 < wall < 4", False),
        ('response in ("CR", "PR")', True),
        ('response not in ("CR", "PR")', False),
        ('"i" + response', "iPR"),
        ("10 if wall > 3 else 20", 10),
        ("(wall > 3) + active", 2),
        ("a.week52.change", 3.0),
        ("bones.lunate.ero", 2),
        ("sum(bones.ero)", 5),
        ("sum(bones.ero) + sum(bones.ost)", 7),
        ("mean(bones.ero)", 5 / 3),
        ("min(bones.ero, 1)", 0),
        ("max(wall, length)", 4),
        ("count(bones.ero > 0)", 2),
        ("any(bones.ero == 3)", True),
        ("all(bones.ero > 0)", False),
        ("sum(bones.ero * (2 if wall > 3 else 1))", 10),
        ("sum(1 if bones.ero > 0 else 0)", 2),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(1.005, 2)", 1.01),
    ],
)
def test_an_expression_gives_its_value(text, expected):
    assert expected == compile_expression(text).evaluate(NAMES)


def test_columns_are_combined_row_by_row():
    value = compile_expression("bones.ero + bones.ost > 2").evaluate(NAMES)

    assert value == (False, False, True)


def test_the_branch_not_taken_never_runs():
    value = compile_expression("0 if wall > 3 else 1 / 0").evaluate(NAMES)

    assert value == 0


def test_a_line_may_be_broken_as_yaml_folds_it():
    assert compile_expression("wall +\n   length").evaluate(NAMES) == 6.5


@pytest.mark.parametrize("word", ["global", "class", "from", "pass", "lambda", "for"])
def test_pythons_other_keywords_are_names_like_any_other(word):
    text = f'a.{word} + {word} if "{word}" == t else 0'

    expression = compile_expression(text)

    assert expression.evaluate({"a": {word: 1}, word: 2, "t": word}) == 3
    assert expression.references == {f"a.{word}", word, "t"}


def test_two_expressions_are_equal_when_their_text_is():
    assert compile_expression("wall  + 1") == compile_expression("wall + 1")


def test_an_expression_knows_the_names_it_needs():
    expression = compile_expression(
        "a.week52.change + previous(wall) + baseline(length)"
    )

    assert expression.references == {"a.week52.change", "length"}
    assert expression.earlier == {"wall", "length"}


def test_columns_of_different_lengths_are_refused_when_they_meet():
    expression = compile_expression("x.one + x.two")

    with pytest.raises(ExpressionError, match="different lengths"):
        expression.evaluate({"x": {"one": (1, 2), "two": (1, 2, 3)}})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x + 1", {"x": "a text"}),
        ("x > 1", {"x": "a text"}),
        ("x and True", {"x": 1}),
        ("x + 1", {"x": float("nan")}),
        ("x + 1", {"x": float("inf")}),
        ("x * 1e18", {"x": 1e18}),
        ("x + 1", {"x": {"y": 1}}),
        ("x.y", {"x": 1}),
        ("x ** 0.5", {"x": -1}),
        ("2 ** x", {"x": 17}),
        ("x + x", {"x": "y" * 3000}),
        ("round(1, x)", {"x": 11}),
    ],
)
def test_values_that_do_not_fit_are_an_expression_error(text, names):
    with pytest.raises(ExpressionError):
        compile_expression(text).evaluate(names)


@pytest.mark.parametrize(
    ("text", "kind"), [("wall + 1", Kind.NUMBER), ("wall > 1", Kind.TRUTH)]
)
def test_the_result_may_be_asked_for_by_kind(text, kind):
    assert compile_expression(text, result=kind).evaluate(NAMES) is not None
