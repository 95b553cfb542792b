"""Did you mean: the nearest of the names that would have fitted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: object, names: Iterable[object]) -> str | None:
    """The name most like the word, or None when none is near."""
    lowered = {str(n).lower(): str(n) for n in names}
    text = str(word).lower()
    found = difflib.get_close_matches(text, lowered, 1, cutoff=0.6)
    if found:
        return lowered[found[0]]
    swapped = text.replace("-", "_")
    return lowered.get(swapped)


def did_you_mean(word: object, names: Iterable[object]) -> str:
    """` (did you mean "x"?)`, or nothing."""
    near = nearest(word, names)
    return f' (did you mean "{near}"?)' if near else ""


def listed(names: Iterable[object], most: int = 12) -> str:
    """Names in a row, cut after `most`."""
    texts = [str(n) for n in names]
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more} more" if more > 0 else "")
