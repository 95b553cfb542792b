"""Raise several problems of one plan file at once, each at its own place.

pydantic keeps the line errors of a ValidationError that a validator raises,
so that a rule over a whole file can still point at the key that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


T = TypeVar("T")
Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which path of the file, and what stands there."""

    loc: Loc
    words: str
    found: Any = None


def refuse(
    title: str, problems: Sequence[Problem], also: ValidationError | None = None
) -> None:
    """Raise all problems, after those of `also`; or do nothing when there are none.

    Raises:
        pydantic.ValidationError: one line error for each problem, at its place.
    """
    lines = [*_lines_of(also), *map(_line, problems)]
    if lines:
        raise ValidationError.from_exception_data(title, lines)


def whole(
    title: str,
    value: Any,
    handler: Callable[[Any], T],
    rules: Callable[[T], Sequence[Problem]],
    rules_on_part: Callable[[Any], Sequence[Problem]],
) -> T:
    """Validate a file, then its rules over several keys; where a key is wrong, the rules for the rest.

    `rules_on_part` is given the file as written and says what is wrong apart from what
    `handler` finds.

    Raises:
        pydantic.ValidationError: all problems at once.
    """
    try:
        model = handler(value)
    except ValidationError as error:
        refuse(title, rules_on_part(value), also=error)
        raise
    refuse(title, rules(model))
    return model


def as_far_as_known(rules: Iterable[Iterator[Problem]]) -> list[Problem]:
    """The problems of some rules; a rule ends where it needs a key that is itself wrong."""
    problems: list[Problem] = []
    for rule in rules:
        try:
            problems.extend(rule)
        except AttributeError:
            continue
    return problems


def _line(problem: Problem) -> InitErrorDetails:
    return InitErrorDetails(
        # The words go in as a value: they may hold braces.
        type=PydanticCustomError("value_error", "{words}", {"words": problem.words}),
        loc=problem.loc,
        input=problem.found,
    )


def _lines_of(error: ValidationError | None) -> list[InitErrorDetails]:
    if error is None:
        return []
    return [
        InitErrorDetails(
            type=PydanticCustomError(
                line["type"],
                "{words}",
                {**line.get("ctx", {}), "words": line["msg"]},
            ),
            loc=line["loc"],
            input=line["input"],
        )
        for line in error.errors(include_url=False)
    ]
