"""Raise several problems of one plan file at once, each at its own place.

pydantic keeps the line errors of a ValidationError that a validator raises,
so that a rule over a whole file can still point at the key that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which path of the file, and what stands there."""

    loc: Loc
    words: str
    found: Any = None


def refuse(title: str, problems: Sequence[Problem]) -> None:
    """Raise all problems, or do nothing when there are none.

    Raises:
        pydantic.ValidationError: one line error for each problem, at its place.
    """
    if not problems:
        return
    raise ValidationError.from_exception_data(
        title,
        [
            InitErrorDetails(
                # The words go in as a value: they may hold braces.
                type=PydanticCustomError(
                    "value_error", "{words}", {"words": problem.words}
                ),
                loc=problem.loc,
                input=problem.found,
            )
            for problem in problems
        ],
    )
