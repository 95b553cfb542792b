"""Chance by seed, for tests: choices among values of any kind."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import TypeVar

import numpy as np


T = TypeVar("T")


class Chance:
    """A numpy Generator that chooses values rather than arrays."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def randrange(self, start: int, stop: int | None = None) -> int:
        """A whole number from `start` (or 0) to below the end."""
        low, high = (0, start) if stop is None else (start, stop)
        return int(self._rng.integers(low, high))

    def random(self) -> float:
        """A number from 0 to below 1."""
        return float(self._rng.random())

    def choice(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.randrange(len(values))]

    def sample(self, values: Sequence[T], count: int) -> list[T]:
        """So many different ones."""
        return [values[int(i)] for i in self._rng.permutation(len(values))[:count]]

    def shuffle(self, values: MutableSequence[T]) -> None:
        """Another order, in place."""
        values[:] = self.sample(values, len(values))
