"""The bootstrap: units are drawn with replacement, chance is handed in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.intervals import check_level
from provident.statistics.values import Floats, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How to resample: `rng` is a seeded generator, `samples` the number of replicates.

    Efron & Tibshirani, An Introduction to the Bootstrap, 1993.
    """

    rng: np.random.Generator
    samples: int = 2000

    def __post_init__(self) -> None:
        if self.samples < 50:
            raise InvalidInput(
                f"A bootstrap needs 50 samples at least, and 2000 for an interval; asked for {self.samples}."
            )

    def counts(self, n: int) -> Floats:
        """How often each of n units is in each replicate: samples x n; each row sums to n."""
        drawn = self.rng.integers(0, n, size=(self.samples, n), dtype=np.int64)
        drawn += np.arange(self.samples, dtype=np.int64)[:, None] * n
        counted = np.bincount(drawn.ravel(), minlength=self.samples * n)
        return counted.reshape(self.samples, n).astype(np.float64)


def percentile_interval(replicates: Floats, level: float) -> Interval:
    """The percentile interval; replicates in which the statistic is not defined are left out."""
    check_level(level)
    low, high = np.nanquantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return (float(low), float(high))


def spread(replicates: Floats) -> float:
    """The bootstrap's standard error."""
    return float(np.nanstd(replicates, ddof=1))
