"""Trends for figures: a series of values cut into equal steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


STEPS = 8


def in_steps(values: Sequence[float], steps: int = STEPS) -> list[list[float]]:
    """The values in order, cut into at most `steps` groups of about the same size; fewer than 4 give none."""
    if len(values) < 4:
        return []
    count = min(steps, len(values) // 2)
    edges = [round(len(values) * i / count) for i in range(count + 1)]
    return [list(values[a:b]) for a, b in pairwise(edges)]
