"""Where the values of a chart lie on its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


INSET = 8  # of the first value from the left edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Values between `low` and `high`, numbered from 0, in pixels of a drawing; `bottom` is below `top`."""

    low: float
    high: float
    step: float
    left: float
    top: float
    bottom: float

    @classmethod
    def of(
        cls, values: Sequence[float], numbers: int, *, left: float, right: float, top: float, bottom: float
    ) -> Self:  # fmt: skip
        """A sheet that holds all values, with a little room; `numbers` are how many stand side by side."""
        low, high = min(values), max(values)
        pad = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
        step = (right - left - 2 * INSET) / max(numbers - 1, 1)
        return cls(low=low - pad, high=high + pad, step=step, left=left, top=top, bottom=bottom)  # fmt: skip

    def x(self, number: float) -> float:
        """Where the value of a number stands."""
        return round(self.left + INSET + number * self.step, 1)

    def y(self, value: float) -> float:
        """How high a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 1)
