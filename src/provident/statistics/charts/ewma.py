"""The exponentially weighted moving average: small, lasting drifts of a measurement."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.charts.false_alarms import FalseAlarms, false_alarms
from provident.statistics.ratings import column
from provident.statistics.values import Floats


_NODES = 61
_SETTLED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class EwmaPath:
    """Averages, the limits at each point, and the points (from 0) that lie outside."""

    values: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ewma:
    """z = weight x + (1 - weight) z, from `target`; limits `width` standard deviations of z.

    Roberts, Technometrics 1959;1:239; Lucas & Saccucci, Technometrics 1990;32:1. Limits
    are those of each point (narrow at first); with `steady` the final ones throughout.
    Run lengths by numerical integration for normal measurements.
    """

    target: float
    sd: float
    weight: float = 0.1
    width: float = 2.814
    steady: bool = False

    def __post_init__(self) -> None:
        if not self.sd > 0 or not 0 < self.weight <= 1 or not self.width > 0:
            raise InvalidInput(
                "The standard deviation and width are above 0, the weight lies between 0 and 1."
            )

    def reach(self, point: int) -> float:
        """Half the distance of the limits at a point (from 1), in units of the measurement."""
        part = self.weight / (2 - self.weight)
        if not self.steady:
            part *= 1 - (1 - self.weight) ** (2 * point)
        return self.width * self.sd * math.sqrt(part)

    def follow(self, values: Sequence[Any]) -> EwmaPath:
        """The chart of measurements in their order."""
        z, averages, signals = self.target, [], []
        reaches = [self.reach(i + 1) for i in range(len(values))]
        for number, x in enumerate(column(values, "the measurements").tolist()):
            z = self.weight * x + (1 - self.weight) * z
            averages.append(z)
            if abs(z - self.target) > reaches[number]:
                signals.append(number)
        return EwmaPath(
            values=tuple(averages),
            lower=tuple(self.target - one for one in reaches),
            upper=tuple(self.target + one for one in reaches),
            signals=tuple(signals),
        )

    def run_length(self, *, shift: float = 0.0) -> float:
        """Mean number of points until a signal when the mean is off by `shift`."""
        total = 1.0
        for point, step in enumerate(self._steps(shift), start=1):
            survived, density, nodes, weights = step
            if self._settled(point):
                break
            total += survived
        kernel = self._kernel(nodes, nodes, shift) * weights[None, :]
        later = np.linalg.solve(np.eye(len(nodes)) - kernel, np.ones(len(nodes)))
        return total + float((density * weights) @ later)

    def signal_probability(self, points: int, *, shift: float = 0.0) -> float:
        """The chance of a signal within so many points (1 or more)."""
        if points < 1:
            raise InvalidInput("There is one point at least.")
        return 1 - next(islice(self._steps(shift), points - 1, None))[0]

    def false_alarms(self, *, readers: int, reads: int) -> FalseAlarms:
        """Of so many readers in control, each with so many points."""
        return false_alarms(
            self.signal_probability(reads),
            self.run_length(),
            readers=readers,
            reads=reads,
        )

    def _settled(self, point: int) -> bool:
        return self.steady or (1 - self.weight) ** (2 * point) < _SETTLED

    def _steps(self, shift: float) -> Iterator[tuple[float, Floats, Floats, Floats]]:
        """Survival, and the density of z inside the limits at Gauss-Legendre nodes."""
        unit, unit_weights = np.polynomial.legendre.leggauss(_NODES)
        point, before, density_weights = 0, np.zeros(1), np.ones(1)
        while True:
            point += 1
            reach = self.reach(point)
            nodes, weights = unit * reach, unit_weights * reach
            density = density_weights @ self._kernel(before, nodes, shift)
            yield float(density @ weights), density, nodes, weights
            before, density_weights = nodes, density * weights

    def _kernel(self, start: Floats, end: Floats, shift: float) -> Floats:
        """Density of the next z (less target) given this one."""
        spread = self.weight * self.sd
        mean = (1 - self.weight) * start[:, None] + self.weight * shift
        standard = (end[None, :] - mean) / spread
        scale = spread * math.sqrt(2 * math.pi)
        return np.asarray(np.exp(-standard * standard / 2) / scale)
