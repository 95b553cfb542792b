"""The values of expressions: numbers, texts, truth values, columns of them, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provident.expressions.errors import ExpressionError


# Beyond this a number in a study is a mistake; it also keeps integer arithmetic short.
LARGEST = 1e18


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why. It is neither true nor false, neither 0 nor empty."""

    reason: str = "missing"

    def __bool__(self) -> bool:
        raise TypeError("a missing value is neither true nor false")


MISSING = Missing()

Scalar = int | float | str | bool | Missing
Value = Scalar | tuple[Scalar, ...] | Mapping[str, Any]


def number(value: Value) -> int | float:
    """The value as a finite number; a truth value counts as 1 or 0.

    Raises:
        ExpressionError: it is no number, not finite, or larger than 1e18.
    """
    if type(value) is int and -LARGEST <= value <= LARGEST:
        return value  # nearly all of them
    if type(value) is bool:
        return int(value)
    if not isinstance(value, int | float):
        raise ExpressionError(f"a number is needed here, not {named(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("a number here is not finite")
    if abs(value) > LARGEST:
        raise ExpressionError("a number here is larger than 1e18")
    return value


def truth(value: Value) -> bool:
    """The value as true or false.

    Raises:
        ExpressionError: it is a number, a text or a column.
    """
    if type(value) is not bool:
        raise ExpressionError(f"a condition is needed here, not {named(value)}")
    return value


def named(value: Value) -> str:
    """What kind of thing a value is, in words."""
    if isinstance(value, Missing):
        return "a missing value"
    if isinstance(value, bool):
        return "a condition"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a column" if isinstance(value, tuple) else "a group of values"


def lift(function: Callable[..., Scalar], *arguments: Value) -> Value:
    """Apply a function of single values to columns, row by row.

    Raises:
        ExpressionError: columns of different lengths meet.
    """
    if len(arguments) == 2:  # a column with one value, the common case, without ado
        a, b = arguments
        if type(a) is tuple and type(b) is not tuple:
            return tuple([function(cell, b) for cell in a])
    lengths = {len(a) for a in arguments if isinstance(a, tuple)}
    if not lengths:
        return function(*arguments)
    if len(lengths) > 1:
        raise ExpressionError("two columns of different lengths cannot be combined")
    rows = range(lengths.pop())
    return tuple(
        function(*(a[i] if isinstance(a, tuple) else a for a in arguments))
        for i in rows
    )


def first_missing(*values: Value) -> Missing | None:
    """The first missing value among some, whose reason is the reason of the result."""
    return next((v for v in values if isinstance(v, Missing)), None)
