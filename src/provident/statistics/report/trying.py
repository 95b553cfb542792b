"""Several statistics of the same readings: one that is not defined is told in words, and hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from provident.kernel import InvalidInput
from provident.statistics.values import Estimate


Asked = tuple[str, Callable[[], Estimate]]


@dataclass(slots=True)
class Tried:
    """What could be estimated, and why the rest could not."""

    found: list[tuple[str, Estimate]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def tried(asked: Iterable[Asked]) -> Tried:
    """Ask each; a refusal becomes a sentence with its name."""
    answer = Tried()
    for name, ask in asked:
        try:
            answer.found.append((name, ask()))
        except InvalidInput as error:
            answer.refused.append(f"{name}: {error}")
    return answer
