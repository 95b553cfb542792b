"""The functions that look at a participant's earlier time points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provident.expressions.values import Missing, Value, number


Names = Mapping[str, Any]
History = tuple[Names | None, ...]
At = Callable[[Names], Value]
Look = Callable[[At, Names, History], Value]


def _baseline(at: At, now: Names, history: History) -> Value:
    """The value at the first time point; at the first time point itself, the value now."""
    if not history:
        return at(now)
    first = history[0]
    return Missing("the baseline has no answers") if first is None else at(first)


def _previous(at: At, now: Names, history: History) -> Value:
    """The value at the time point before this one."""
    if not history:
        return Missing("there is no earlier time point")
    last = history[-1]
    return Missing("the time point before has no answers") if last is None else at(last)


def _latest_before(at: At, now: Names, history: History) -> Value:
    """The value at the last earlier time point that has one, over visits that were missed."""
    for names in reversed(history):
        value = Missing() if names is None else at(names)
        if not isinstance(value, Missing):
            return value
    return Missing("there is no earlier value")


def _best_before(at: At, now: Names, history: History) -> Value:
    """The smallest value of all earlier time points that have one."""
    return _smallest(at, history)


def _nadir(at: At, now: Names, history: History) -> Value:
    """The smallest value so far, this time point included (RECIST 1.1, 4.3.1)."""
    return _smallest(at, (*history, now))


def _smallest(at: At, points: History) -> Value:
    values = [at(names) for names in points if names is not None]
    known = [number(v) for v in values if not isinstance(v, Missing)]
    return min(known) if known else Missing("there is no earlier value")


# name -> how it looks, whether it never needs the value now, whether it works on numbers only
LOOKING_BACK: dict[str, tuple[Look, bool, bool]] = {
    "baseline": (_baseline, False, False),
    "previous": (_previous, True, False),
    "latest_before": (_latest_before, True, False),
    "nadir": (_nadir, False, True),
    "best_before": (_best_before, True, True),
}
