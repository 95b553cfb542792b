"""The functions that expressions may call.

Functions that look back in time (`baseline`, `previous`, `nadir`, `best_before`) and `lookup`
are part of the language itself: see `compiler`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from provident.expressions.errors import ExpressionError
from provident.expressions.kinds import NUMBER, TRUTH, Kind, NameType, Of, numeric
from provident.expressions.values import (
    LARGEST,
    Missing,
    Scalar,
    Value,
    lift,
    number,
    truth,
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `check` turns the kinds of its arguments into the kind of its result.

    `check` raises ValueError with words for a wrong argument; `apply` raises ExpressionError.
    """

    name: str
    words: str
    check: Callable[[Sequence[NameType]], NameType]
    apply: Callable[[Sequence[Value]], Value]


def _flat(arguments: Sequence[Value]) -> list[Scalar]:
    if len(arguments) == 1 and isinstance(arguments[0], tuple):
        return list(arguments[0])
    cells: list[Scalar] = []
    for argument in arguments:
        if isinstance(argument, tuple):
            cells.extend(argument)
        elif isinstance(argument, Mapping):
            raise ExpressionError("a group of values cannot be used as a number")
        else:
            cells.append(argument)
    return cells


def _numbers(arguments: Sequence[NameType]) -> NameType:
    if not arguments:
        raise ValueError("needs something to work on, such as a column")
    for argument in arguments:
        if not isinstance(argument, Of) or not numeric(argument.kind):
            raise ValueError(f"works on numbers, not on {argument}")
    return NUMBER


def _aggregate(
    compute: Callable[[list[int | float]], int | float],
) -> Callable[[Sequence[Value]], Value]:
    def apply(arguments: Sequence[Value]) -> Value:
        cells = _flat(arguments)
        kinds = set(map(type, cells))
        if Missing in kinds:
            return next(cell for cell in cells if isinstance(cell, Missing))
        if not cells:
            # The sum of nothing is not 0: nothing was seen.
            return Missing("nothing to work on")
        if kinds == {int}:  # whole scores: nearly all columns
            scores = cast(list[int | float], cells)
            if min(scores) >= -LARGEST and max(scores) <= LARGEST:
                return number(compute(scores))
        return number(compute([number(cell) for cell in cells]))

    return apply


def _sum(values: list[int | float]) -> int | float:
    return sum(values) if set(map(type, values)) == {int} else math.fsum(values)


def _conditions(arguments: Sequence[NameType]) -> NameType:
    if not arguments:
        raise ValueError("needs a condition, such as bones.ero > 0")
    for argument in arguments:
        if not isinstance(argument, Of) or argument.kind not in (Kind.TRUTH, Kind.ANY):
            raise ValueError(
                f"works on a condition such as bones.ero > 0, not on {argument}"
            )
    return TRUTH


def _count(arguments: Sequence[Value]) -> Value:
    cells = _flat(arguments)
    kinds = set(map(type, cells))
    if Missing in kinds:
        return next(cell for cell in cells if isinstance(cell, Missing))
    if kinds == {bool}:
        return sum(cast(list[bool], cells))
    return sum([truth(cell) for cell in cells])


def _any(arguments: Sequence[Value]) -> Value:
    return kleene(_flat(arguments), decides=True)


def _all(arguments: Sequence[Value]) -> Value:
    return kleene(_flat(arguments), decides=False)


def kleene(cells: Sequence[Scalar], *, decides: bool) -> Scalar:
    """Kleene's `or` (decides=True) or `and` (decides=False): one deciding value settles it."""
    gap: Missing | None = None
    for cell in cells:
        if isinstance(cell, Missing):
            gap = cell if gap is None else gap
        elif truth(cell) is decides:
            return decides
    return gap if gap is not None else not decides


def _one_number(arguments: Sequence[NameType]) -> NameType:
    _numbers(arguments)
    if len(arguments) != 1:
        raise ValueError(f"takes 1 value, not {len(arguments)}")
    argument = arguments[0]
    return Of(Kind.NUMBER, column=isinstance(argument, Of) and argument.column)


def _abs(arguments: Sequence[Value]) -> Value:
    return lift(_abs_one, *arguments)


def _abs_one(value: Scalar) -> Scalar:
    return value if isinstance(value, Missing) else abs(number(value))


def _round_check(arguments: Sequence[NameType]) -> NameType:
    if len(arguments) not in (1, 2):
        raise ValueError("takes a value and, if wanted, the number of decimals")
    _numbers(arguments)
    return _one_number(arguments[:1])


def _round(arguments: Sequence[Value]) -> Value:
    decimals = arguments[1] if len(arguments) == 2 else 0
    if isinstance(decimals, Missing):
        return decimals
    if not isinstance(decimals, int | float) or decimals not in range(11):
        raise ExpressionError("round keeps 0 to 10 decimals")
    return lift(lambda value, keep=int(decimals): _round_one(value, keep), arguments[0])


def _round_one(value: Scalar, decimals: int) -> Scalar:
    """Half away from zero, as people round; Python's own round goes to the even neighbour."""
    if isinstance(value, Missing):
        return value
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(number(value))).quantize(step, rounding=ROUND_HALF_UP)
    return float(rounded) if decimals else int(rounded)


def _present_check(arguments: Sequence[NameType]) -> NameType:
    if (
        len(arguments) != 1
        or not isinstance(arguments[0], Of)
        or not (arguments[0].column or arguments[0].kind is Kind.ANY)
    ):
        raise ValueError("takes one column and leaves its missing cells out")
    return Of(arguments[0].kind, column=True)


def _present(arguments: Sequence[Value]) -> Value:
    return tuple(c for c in _flat(arguments) if not isinstance(c, Missing))


STANDARD: Mapping[str, Function] = {
    f.name: f
    for f in (
        Function("sum", "the sum of a column or of values", _numbers, _aggregate(_sum)),
        Function(
            "mean",
            "the mean of a column or of values",
            _numbers,
            _aggregate(lambda v: math.fsum(v) / len(v)),
        ),
        Function("min", "the smallest value", _numbers, _aggregate(min)),
        Function("max", "the largest value", _numbers, _aggregate(max)),
        Function(
            "count",
            "how often a condition holds",
            lambda a: (_conditions(a), NUMBER)[1],
            _count,
        ),
        Function("any", "whether a condition holds anywhere", _conditions, _any),
        Function("all", "whether a condition holds everywhere", _conditions, _all),
        Function("abs", "the value without its sign", _one_number, _abs),
        Function(
            "round", "the value rounded, half away from zero", _round_check, _round
        ),
        Function(
            "present",
            "a column without its missing cells",
            _present_check,
            _present,
        ),
    )
}
