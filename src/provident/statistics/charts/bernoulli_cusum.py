"""The Bernoulli CUSUM: does a reader's rate of some event rise from one value to another?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.charts.false_alarms import FalseAlarms, false_alarms
from provident.statistics.values import Floats


# The step is rounded to a fraction with this denominator at most, so that the chart has
# few states and its run lengths are exact: less than 1 % of the step is lost.
_FINEST = 40
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A chart's values read by read, and the reads (from 0) at which it signalled."""

    values: tuple[float, ...]
    limit: float
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BernoulliCusum:
    """S = max(0, S + event - step); a signal at `limit` or above, then it starts again.

    Reynolds & Stoumbos, J Qual Technol 1999;31:87. The step lies between the rate in
    control and the rate to detect (the likelihood ratio's zero); the limit is in events.
    Run lengths are exact, by the Markov chain of its values.
    """

    in_control: float
    out_of_control: float
    limit: float

    def __post_init__(self) -> None:
        if not 0 < self.in_control < self.out_of_control < 1:
            raise InvalidInput(
                f"The rates satisfy 0 < in control < to detect < 1; they are {self.in_control} and {self.out_of_control}."
            )
        if not self.limit > 0:
            raise InvalidInput("The limit is above 0.")
        if self._states > _LONGEST:
            raise InvalidInput("The limit is so high that the chart never signals.")

    @property
    def step(self) -> Fraction:
        """What each read takes off: the reference value."""
        p0, p1 = self.in_control, self.out_of_control
        fall = math.log((1 - p0) / (1 - p1))
        exact = fall / (fall + math.log(p1 / p0))
        finest = max(_FINEST, math.ceil(4 / exact))
        return Fraction(exact).limit_denominator(finest)

    @property
    def _states(self) -> int:
        """Values below the limit, in steps of 1 / denominator."""
        return math.ceil(self.limit * self.step.denominator - 1e-9)

    def follow(self, events: Sequence[Any]) -> Path:
        """The chart of a reader's events (1 or 0) in the order of the reads."""
        down, size, top = self.step.numerator, self.step.denominator, self._states
        at, values, signals = 0, [], []
        for number, event in enumerate(events):
            if event not in (0, 1):
                raise InvalidInput(f"Read {number + 1}: an event is 1 or 0.")
            at = max(0, at + (size - down if event else -down))
            values.append(at / size)
            if at >= top:
                signals.append(number)
                at = 0
        return Path(values=tuple(values), limit=self.limit, signals=tuple(signals))

    def run_length(self, rate: float) -> float:
        """The mean number of reads until a signal when events come at that rate."""
        n = self._states
        moves = np.stack([self._after_read(one, rate) for one in np.eye(n)])
        return float(np.linalg.solve(np.eye(n) - moves, np.ones(n))[0])

    def signal_probability(self, rate: float, reads: int) -> float:
        """The chance of a signal within so many reads."""
        at = np.zeros(self._states)
        at[0] = 1.0
        for _ in range(reads):
            at = self._after_read(at, rate)
        return float(1 - at.sum())

    def false_alarms(self, *, readers: int, reads: int) -> FalseAlarms:
        """Of so many readers in control, each with so many reads."""
        rate = self.in_control
        return false_alarms(
            self.signal_probability(rate, reads),
            self.run_length(rate),
            readers=readers,
            reads=reads,
        )

    def _after_read(self, at: Floats, rate: float) -> Floats:
        """Chances of the values below the limit one read later."""
        if not 0 < rate < 1:
            raise InvalidInput("A rate lies between 0 and 1.")
        down, up = self.step.numerator, self.step.denominator - self.step.numerator
        after = np.zeros_like(at)
        after[0] = (1 - rate) * at[: down + 1].sum()
        after[1 : len(at) - down] = (1 - rate) * at[down + 1 :]
        after[up:] += rate * at[: max(len(at) - up, 0)]
        return after


def design_bernoulli_cusum(
    *,
    in_control: float,
    out_of_control: float,
    readers: int,
    reads: int,
    false_alarm: float = 0.05,
) -> BernoulliCusum:
    """The chart with the lowest limit that flags one of equal readers in at most that share
    of trials. Raises `InvalidInput`.
    """
    if not 0 < false_alarm < 1:
        raise InvalidInput("The share of false alarms lies between 0 and 1.")
    unit = BernoulliCusum(
        in_control=in_control, out_of_control=out_of_control, limit=1.0
    ).step.denominator

    def at(states: int) -> BernoulliCusum:
        return BernoulliCusum(
            in_control=in_control, out_of_control=out_of_control, limit=states / unit
        )

    def quiet(states: int) -> bool:
        one = at(states).signal_probability(in_control, reads)
        return (
            false_alarms(one, 0.0, readers=readers, reads=reads).any_reader
            <= false_alarm
        )

    high = unit
    while not quiet(high):
        high *= 2  # BernoulliCusum refuses at the end
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if quiet(middle) else (middle, high)
    return at(high)
