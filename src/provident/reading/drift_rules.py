"""How a rule that watches readers is set, and what it costs: false alarms and delay, before a read is charted.

Each limit that the plan leaves open is the lowest with which a trial of equal readers flags one of them in at most
`false_alarm` of trials. Rates by the exact Markov chain of a Bernoulli CUSUM (Reynolds & Stoumbos, J Qual Technol
1999;31:87; the change as an odds ratio as in Steiner et al., Biostatistics 2000;1:441), shares of batches by exact
binomial tails, averages by simulation with a seeded generator, since their target and spread are themselves estimated
from few reads (Lucas & Saccucci, Technometrics 1990;32:1; Jones, Champ & Rigdon, Technometrics 2001;43:156).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.charts import (
    BernoulliCusum,
    Ewma,
    FalseAlarms,
    design_bernoulli_cusum,
    mean_plus_sd_false_alarm,
    p_chart,
)
from provident.statistics.charts.shewhart import outside
from provident.statistics.values import Floats


SAMPLES = 10_000
LONGEST = 2_000  # reads; what is found later is not found
WIDEST = 40.0  # standard errors; a p-chart's limits lie at 0 and 1 long before


class Of(StrEnum):
    """What is charted of a reader."""

    ADJUDICATED_AGAINST = "adjudicated_against"
    BIAS = "bias"
    MINUTES = "minutes"
    NOT_EVALUABLE = "not_evaluable"
    DISCORDANT = "discordant"


class Kind(StrEnum):
    """The kind of chart."""

    CUSUM = "cusum"
    EWMA = "ewma"
    P = "p"


MEASURED = frozenset({Of.BIAS, Of.MINUTES})
_SPREAD = re.compile(r"(\d+(?:\.\d+)?) sd")
_RATE = re.compile(r"(\d+(?:\.\d+)?) %")
_TIMES = {"doubling": 2.0, "tripling": 3.0}


@dataclass(frozen=True, slots=True)
class Change:
    """The change that a chart has to find: a factor of the odds, a rate, or a shift in standard deviations."""

    words: str
    odds: float = 0.0
    rate: float = 0.0
    shift: float = 0.0

    @classmethod
    def of(cls, words: str) -> Change:
        """From the plan's words: `doubling`, `tripling` (of the odds), `30 %`, `1 sd`.

        Raises:
            InvalidInput: other words.
        """
        if words in _TIMES:
            return cls(words, odds=_TIMES[words])
        if found := _RATE.fullmatch(words):
            return cls(words, rate=float(found[1]) / 100)
        if found := _SPREAD.fullmatch(words):
            return cls(words, shift=float(found[1]))
        raise InvalidInput(f'"{words}" is no change that a chart can look for.')

    def from_rate(self, rate: float) -> float:
        """The rate to find, from the rate in control."""
        if self.rate:
            return self.rate
        odds = (self.odds or 2.0) * rate / (1 - rate)
        return odds / (1 + odds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One chart of the plan.

    Attributes:
        in_control: the rate when all is well; from the reads themselves when it is not given.
        detect: the change that must be found.
        weight: of the newest value in an average.
        limit: of a CUSUM in events, of an average in standard deviations of it, of shares in standard errors; set by
            `false_alarm` when it is not given.
        sd: standard deviation of one value when all is well, where the qualification gave it.
        baseline: reads of a reader from which target and spread are taken where they are not given.
        batch: reads in one share of a p-chart.
        false_alarm: the share of trials of equal readers in which one of them may be flagged.
    """

    of: Of
    kind: Kind
    in_control: float | None = None
    detect: Change = Change("doubling", odds=2.0)
    weight: float = 0.1
    limit: float | None = None
    sd: float | None = None
    baseline: int = 20
    batch: int = 25
    false_alarm: float = 0.05

    def __post_init__(self) -> None:
        if (self.kind is Kind.EWMA) != (self.of in MEASURED):
            raise InvalidInput(f"{self.of} cannot be charted as {self.kind}.")
        if self.baseline < 2 or self.batch < 2 or not 0 < self.false_alarm < 1:
            raise InvalidInput("A baseline and a batch have 2 reads at least.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Whom a rule watches: how many readers, how many reads each by the end, whether all read every case."""

    readers: int
    reads: int
    together: bool = True

    def __post_init__(self) -> None:
        if self.readers < 1 or self.reads < 1:
            raise InvalidInput("There is one reader at least, and one read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """How a rule behaves: its limit, its false alarms, how many reads until it finds the change.

    Attributes:
        delay: reads within which it finds the change half of the time, counted from the change; infinite if never.
        plain_rule: what "mean + 1 SD of the readers" would do in its place; None where it has no meaning.
    """

    limit: float
    false_alarms: FalseAlarms
    delay: float
    change: str
    simulated: bool
    plain_rule: float | None = None

    @property
    def words(self) -> str:
        """What the page says under the chart."""
        told, how = self.false_alarms, "simulated" if self.simulated else "exact"
        readers = "reader who is" if told.readers == 1 else "readers who are all alike and"  # fmt: skip
        found = (
            f"within {self.delay:.0f} reads half of the time"
            if math.isfinite(self.delay)
            else "hardly ever"
        )
        return (
            f"With {told.readers} {readers} as planned, this rule flags one of them in {_percent(told.any_reader)} of trials of "
            f"{told.reads} reads each ({how}). It finds {self.change} {found}."
        )

    @property
    def plain_words(self) -> str:
        """What the published rule would do; blank where it has no meaning."""
        if self.plain_rule is None:
            return ""
        if self.false_alarms.readers == 2:
            return 'The published rule "above mean + 1 SD of the readers" can never flag one of two readers; it is not used.'
        return (
            f'The published rule "above mean + 1 SD of the readers" would flag one of these equal readers in '
            f"{_percent(self.plain_rule)} of such trials (Sharma et al., J Clin Oncol 2019); it is not used."
        )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "less than 1 %"


def cusum(
    rule: Rule, rate: float, crowd: Crowd, seed: int
) -> tuple[BernoulliCusum, Operating]:
    """The CUSUM of a rate in control, exact.

    Raises:
        InvalidInput: no change to find above the rate.
    """
    found = rule.detect.from_rate(rate)
    made = (
        BernoulliCusum(in_control=rate, out_of_control=found, limit=rule.limit)
        if rule.limit
        else design_bernoulli_cusum(
            in_control=rate, out_of_control=found, readers=crowd.readers, reads=crowd.reads,
            false_alarm=rule.false_alarm,
        )
    )  # fmt: skip
    return made, Operating(
        limit=made.limit, simulated=False, delay=_half(made, found),
        false_alarms=made.false_alarms(readers=crowd.readers, reads=crowd.reads),
        change=f"a rise from {100 * rate:.0f} % to {100 * found:.0f} %", plain_rule=_plain(rate, crowd, seed),
    )  # fmt: skip


def _half(chart: BernoulliCusum, rate: float) -> float:
    """The first read by which half of the charts have signalled at a rate."""
    low, high = 0, 16
    while chart.signal_probability(rate, high) < 0.5:
        low, high = high, high * 2
        if high > LONGEST:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        late = chart.signal_probability(rate, middle) < 0.5
        low, high = (middle, high) if late else (low, middle)
    return high


def _plain(rate: float, crowd: Crowd, seed: int) -> float | None:
    if crowd.readers < 2:
        return None
    return mean_plus_sd_false_alarm(
        readers=crowd.readers, reads=crowd.reads, rate=rate, rng=np.random.default_rng(seed)
    )  # fmt: skip


def shares(rule: Rule, rate: float, crowd: Crowd, seed: int) -> Operating:
    """The limits of shares in batches of `rule.batch` reads, in standard errors; by exact binomial tails."""
    batches = max(1, crowd.reads // rule.batch)
    width = rule.limit or _share_width(rule, rate, crowd.readers * batches)
    chart = p_chart([0], [rule.batch], width=width, rate=rate)
    each = outside(rate, rule.batch, chart.lower[0], chart.upper[0])
    changed = rule.detect.from_rate(rate)
    caught = outside(changed, rule.batch, chart.lower[0], chart.upper[0])
    per_reader = _once(each, batches)
    return Operating(
        limit=width, simulated=False, delay=rule.batch * _batches(caught),
        false_alarms=FalseAlarms(
            per_reader=per_reader, any_reader=_once(per_reader, crowd.readers),
            run_length=rule.batch / each if each > 0 else math.inf, readers=crowd.readers, reads=batches * rule.batch,
        ),
        change=f"a rise from {100 * rate:.0f} % to {100 * changed:.0f} %", plain_rule=_plain(rate, crowd, seed),
    )  # fmt: skip


def _once(each: float, times: int) -> float:
    return -math.expm1(times * math.log1p(-min(each, 1 - 1e-16)))


def _batches(caught: float) -> float:
    """Batches until half of the charts have signalled, each with the same chance."""
    if caught <= 0:
        return math.inf
    return math.ceil(math.log(0.5) / math.log1p(-min(caught, 1 - 1e-12)))


def _share_width(rule: Rule, rate: float, points: int) -> float:
    """The narrowest limits that the false alarms allow, in tenths of a standard error."""
    for tenths in range(10, int(10 * WIDEST)):
        chart = p_chart([0], [rule.batch], width=tenths / 10, rate=rate)
        each = outside(rate, rule.batch, chart.lower[0], chart.upper[0])
        if _once(each, points) <= rule.false_alarm:
            return tenths / 10
    return WIDEST


def average(rule: Rule, crowd: Crowd, seed: int) -> Operating:
    """The limits of an average, in standard deviations of it; simulated as it is charted, baseline and all."""
    baseline = 0 if rule.sd else rule.baseline
    own = rule.of is Of.MINUTES
    linked = crowd.together and not own
    highest = _highest(crowd.readers, crowd.reads, baseline, rule.weight, own, linked, seed)  # fmt: skip
    worst = highest.max(axis=1)
    width = rule.limit or float(np.quantile(worst, 1 - rule.false_alarm))
    shift = rule.detect.shift or 1.0
    return Operating(
        limit=width, simulated=True, delay=_found(crowd.readers, baseline, rule.weight, own, width, shift, seed),
        false_alarms=FalseAlarms(
            per_reader=float((highest > width).mean()), any_reader=float((worst > width).mean()),
            run_length=Ewma(target=0.0, sd=1.0, weight=rule.weight, width=width).run_length(),
            readers=crowd.readers, reads=crowd.reads,
        ),
        change=f"a shift of {shift:g} SD",
    )  # fmt: skip


@lru_cache(maxsize=64)
def _highest(
    readers: int, reads: int, baseline: int, weight: float, own: bool, linked: bool, seed: int
) -> Floats:  # fmt: skip
    """How far the averages of equal readers go, in standard deviations of the average: samples x readers."""
    rng = np.random.default_rng(seed)
    shape = (SAMPLES, readers)
    target, sd = _baseline(rng, shape, baseline, own, linked)
    z, highest = np.zeros(shape), np.zeros(shape)
    for point in range(1, max(reads - baseline, 1) + 1):
        z = weight * (_values(rng, shape, linked) - target) / sd + (1 - weight) * z
        highest = np.maximum(highest, np.abs(z) / _spread(weight, point))
    return highest


def _spread(weight: float, point: int) -> float:
    """The standard deviation of an average after so many points (from 1), each with a spread of 1."""
    return math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * point)))


def _values(rng: np.random.Generator, shape: tuple[int, int], linked: bool) -> Floats:
    """One value of each reader; linked: against the mean of the others on the same case."""
    x = rng.standard_normal(shape)
    if not linked or shape[1] < 2:
        return x
    others = (x.sum(axis=1, keepdims=True) - x) / (shape[1] - 1)
    return np.asarray((x - others) / math.sqrt(1 + 1 / (shape[1] - 1)))


def _baseline(
    rng: np.random.Generator, shape: tuple[int, int], reads: int, own: bool, linked: bool
) -> tuple[Floats, Floats]:  # fmt: skip
    """Target and spread as they are taken from the first reads: each reader's own mean or 0, and a common spread."""
    if not reads:
        return np.zeros(shape), np.ones(shape)
    x = np.stack([_values(rng, shape, linked) for _ in range(reads)])
    common = np.sqrt(x.var(axis=0, ddof=1).mean(axis=1, keepdims=True))
    return (x.mean(axis=0) if own else np.zeros(shape)), np.asarray(common)


@lru_cache(maxsize=64)
def _found(
    readers: int, baseline: int, weight: float, own: bool, width: float, shift: float, seed: int
) -> float:  # fmt: skip
    """Points until half of the readers who have shifted are flagged."""
    rng = np.random.default_rng(seed)
    shape = (SAMPLES // 5, readers)
    target, sd = (x[:, 0] * np.ones(shape[0]) for x in _baseline(rng, shape, baseline, own, linked=False))  # fmt: skip
    z, flagged = np.zeros(shape[0]), np.zeros(shape[0], dtype=bool)
    for point in range(1, LONGEST + 1):
        x = rng.standard_normal(shape[0]) + shift
        z = weight * (x - target) / sd + (1 - weight) * z
        flagged |= np.abs(z) > width * _spread(weight, point)
        if flagged.mean() >= 0.5:
            return point
    return math.inf
