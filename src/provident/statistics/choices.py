"""Words that an argument may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provident.kernel import InvalidInput


def check_choice(what: str, value: Any, allowed: Iterable[Any]) -> None:
    """Raise `InvalidInput` that names the argument and all that it may be."""
    words = tuple(allowed)
    if value not in words:
        raise InvalidInput(
            f'There is no {what} "{value}"; there are {", ".join(map(str, words))}.'
        )
