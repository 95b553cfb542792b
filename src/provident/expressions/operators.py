"""The operators, each on single values; what is missing passes through with its reason."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from provident.expressions.errors import ExpressionError
from provident.expressions.functions import kleene
from provident.expressions.values import (
    Missing,
    Scalar,
    Value,
    first_missing,
    lift,
    named,
    number,
    truth,
)


MAX_EXPONENT = 16
MAX_TEXT = 4000  # characters that joining texts may give

Binary = Callable[[Scalar, Scalar], Scalar]


def _arithmetic(compute: Callable[[float, float], float]) -> Binary:
    def apply(a: Scalar, b: Scalar) -> Scalar:
        if (gap := first_missing(a, b)) is not None:
            return gap
        try:
            return number(compute(number(a), number(b)))
        except ZeroDivisionError:
            return Missing("division by zero")
        except OverflowError:
            raise ExpressionError("a number here is larger than 1e18") from None

    return apply


def _power(a: float, b: float) -> float:
    if abs(b) > MAX_EXPONENT:
        raise ExpressionError(f"an exponent may be at most {MAX_EXPONENT}")
    result = a**b
    if isinstance(result, complex):
        raise ExpressionError("a root of a negative number does not exist")
    return float(result) if isinstance(result, float) else int(result)


_add_numbers = _arithmetic(operator.add)


def _add(a: Scalar, b: Scalar) -> Scalar:
    if isinstance(a, str) and isinstance(b, str):
        if len(a) + len(b) > MAX_TEXT:
            raise ExpressionError(f"a text may have at most {MAX_TEXT} characters")
        return a + b
    return _add_numbers(a, b)


ARITHMETIC: dict[type[ast.operator], Binary] = {
    ast.Add: _add,
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.FloorDiv: _arithmetic(operator.floordiv),
    ast.Mod: _arithmetic(operator.mod),
    ast.Pow: _arithmetic(_power),
}

SIGNS: dict[type[ast.unaryop], Callable[[Scalar], Scalar]] = {
    ast.USub: lambda a: a if isinstance(a, Missing) else -number(a),
    ast.UAdd: lambda a: a if isinstance(a, Missing) else number(a),
}


def negate(value: Scalar) -> Scalar:
    """Kleene's `not`: what is missing stays missing."""
    return value if isinstance(value, Missing) else not truth(value)


def both(*values: Scalar) -> Scalar:
    """Kleene's `and`: false as soon as one is false, else missing if one is."""
    return kleene(values, decides=False)


def either(*values: Scalar) -> Scalar:
    """Kleene's `or`: true as soon as one is true, else missing if one is."""
    return kleene(values, decides=True)


def choose(test: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    """`yes if test else no` for one row of a column."""
    if isinstance(test, Missing):
        return test
    return yes if truth(test) else no


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Value, Value], Value]:
    def one(a: Scalar, b: Scalar) -> Scalar:
        if (gap := first_missing(a, b)) is not None:
            return gap
        if isinstance(a, str) != isinstance(b, str):
            raise ExpressionError(f"{named(a)} is compared with {named(b)}")
        if not isinstance(a, str):
            a, b = number(a), number(b)
        return compare(a, b)

    def apply(a: Value, b: Value) -> Value:
        # Whole scores against a whole number: nearly all comparisons of columns.
        if type(a) is tuple and type(b) is int and set(map(type, a)) == {int}:
            return tuple([compare(cell, b) for cell in a])
        return lift(one, a, b)

    return apply


COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Eq: _comparison(operator.eq),
    ast.NotEq: _comparison(operator.ne),
    ast.Lt: _comparison(operator.lt),
    ast.LtE: _comparison(operator.le),
    ast.Gt: _comparison(operator.gt),
    ast.GtE: _comparison(operator.ge),
}


def member(members: tuple[Scalar, ...], wanted: bool) -> Callable[[Scalar], Scalar]:
    """`in` (wanted) or `not in` a list of plain values."""

    def apply(value: Scalar) -> Scalar:
        if isinstance(value, Missing):
            return value
        return (value in members) is wanted

    return apply
