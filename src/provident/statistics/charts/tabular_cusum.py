"""The tabular CUSUM of a measurement: has its mean moved up or down?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from provident.kernel import InvalidInput
from provident.statistics.charts.false_alarms import FalseAlarms, false_alarms
from provident.statistics.ratings import column
from provident.statistics.values import Floats


_STATES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSidedPath:
    """Both sums point by point, and the points (from 0) at which either passed the limit."""

    upper: tuple[float, ...]
    lower: tuple[float, ...]
    limit: float
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TabularCusum:
    """C+ = max(0, C+ + x - target - slack), C- likewise; a signal above `limit`.

    Page, Biometrika 1954;41:100; Montgomery, Introduction to Statistical Quality Control,
    ch. 9. All in units of the measurement; the slack is half the shift to be found.
    """

    target: float
    slack: float
    limit: float

    def __post_init__(self) -> None:
        if self.slack < 0 or not self.limit > 0:
            raise InvalidInput("The slack is 0 or more and the limit above 0.")

    def follow(self, values: Sequence[Any]) -> TwoSidedPath:
        """The chart of measurements in their order; the sums go on after a signal."""
        x = column(values, "the measurements")
        up = down = 0.0
        upper, lower, signals = [], [], []
        for number, value in enumerate(x.tolist()):
            up = max(0.0, up + value - self.target - self.slack)
            down = max(0.0, down + self.target - self.slack - value)
            upper.append(up)
            lower.append(down)
            if max(up, down) > self.limit:
                signals.append(number)
        return TwoSidedPath(
            upper=tuple(upper),
            lower=tuple(lower),
            limit=self.limit,
            signals=tuple(signals),
        )

    def run_length(self, *, sd: float, shift: float = 0.0) -> float:
        """Mean number of points until a signal for normal measurements, mean off by `shift`.

        Markov chain of 200 states (Brook & Evans, Biometrika 1972;59:539); both sides by
        1 / ARL = 1 / ARL+ + 1 / ARL-.
        """
        sides = [self._moves(sd, sign * shift) for sign in (1, -1)]
        ones = np.ones(_STATES)
        lengths = [np.linalg.solve(np.eye(_STATES) - m, ones)[0] for m in sides]
        return float(1 / sum(1 / length for length in lengths))

    def false_alarms(self, *, sd: float, readers: int, reads: int) -> FalseAlarms:
        """Of readers or scanners in control, the two sides taken as independent."""
        moves = self._moves(sd, 0.0)
        at = np.zeros(_STATES)
        at[0] = 1.0
        for _ in range(reads):
            at = at @ moves
        either = 1 - float(at.sum()) ** 2
        return false_alarms(
            either, self.run_length(sd=sd), readers=readers, reads=reads
        )

    def _moves(self, sd: float, shift: float) -> Floats:
        if not sd > 0:
            raise InvalidInput("The standard deviation is above 0.")
        width = 2 * self.limit / (2 * _STATES - 1)
        at = width * np.arange(_STATES)
        edges = np.concatenate([[-np.inf], at + width / 2])
        below = special.ndtr((edges[None, :] - at[:, None] + self.slack - shift) / sd)
        return np.asarray(np.diff(below, axis=1))
