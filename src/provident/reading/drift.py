"""Readers watched while they read: what is measured of each read, and the control charts of a design's readers.

Only first reads of study cases may be handed in; whoever hands them in sees to that.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from provident.reading.drift_rules import (
    Crowd,
    Kind,
    Of,
    Operating,
    Rule,
    average,
    cusum,
    shares,
)
from provident.statistics.charts import Ewma, p_chart


class LineState(StrEnum):
    """How a reader's line stands."""

    TOO_FEW = "too_few"
    QUIET = "quiet"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRead:
    """What the charts know of a signed read.

    Attributes:
        score: the analysed value as a number; None where it is none, or not evaluable.
        minutes: active minutes; None where nobody counted.
        against: whether the adjudication went against it; None while the case is undecided.
        discordant: whether the case was discordant; None while other reads are missing.
    """

    reader: str
    case: str
    score: float | None = None
    minutes: float | None = None
    evaluable: bool = True
    against: bool | None = None
    discordant: bool | None = None


def adjudicated_against(
    value: float | str, other: float | str, final: float | str, *, mine: bool, others: bool
) -> bool | None:  # fmt: skip
    """Whether an adjudication went against a read.

    `mine` and `others` say whether the final value was made of this read, and of the other primary read. Where both or
    neither were used, the one further from the final value lost; None where they are equally far.
    """
    if mine != others:
        return others
    far, other_far = _distance(value, final), _distance(other, final)
    if math.isclose(far, other_far, rel_tol=1e-9, abs_tol=1e-9) or far == other_far:
        return None
    return far > other_far


def _distance(a: float | str, b: float | str) -> float:
    if isinstance(a, str) or isinstance(b, str):
        return 0.0 if a == b else math.inf
    return abs(a - b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reader's chart. Values, centre and limits are of the same length; `signals` are places in them (from 0).

    `first` is the number (from 1) of the reader's read, or of the batch, that the first value stands for.
    """

    reader: str
    state: LineState
    reads: int
    first: int = 1
    values: tuple[float, ...] = ()
    centre: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    signals: tuple[int, ...] = ()
    needed: int = 0

    @property
    def at(self) -> int:
        """The number of the read (or batch) at which it signalled first; 0 if it did not."""
        return self.first + self.signals[0] if self.signals else 0

    def as_json(self) -> dict[str, Any]:
        """All that is stored of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Line:
        """What `as_json` stored."""
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}  # fmt: skip
        return cls(**{**known, "state": LineState(told["state"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One rule over all readers: their lines, and how the rule behaves where it could be set.

    `remark` is a sentence that whoever reads the chart has to know; blank where there is none.
    """

    of: Of
    kind: Kind
    lines: tuple[Line, ...]
    operating: Operating | None
    remark: str = ""

    @property
    def flagged(self) -> tuple[str, ...]:
        """The readers whose line signals."""
        return tuple(ln.reader for ln in self.lines if ln.state is LineState.SIGNAL)


_NOT_WHICH = (
    "With two readers this chart shows that they move apart, not which of them moves: both lines are one another's mirror. "
    "Look at the adjudications."
)


def watch(
    rule: Rule, reads: Sequence[WatchedRead], crowd: Crowd, *, seed: int, starts: Mapping[str, int] | None = None
) -> Board:  # fmt: skip
    """The charts of one rule, a line for each reader in the order of their names.

    Args:
        reads: all signed primary reads of the design, each reader's in the order in which they were made.
        crowd: the readers of the design and the reads that each will have made in the end.
        seed: of the simulations; the same seed gives the same limits.
        starts: how many of a reader's reads lie before the chart began anew, such as after an alarm was closed.
    """
    by_reader: dict[str, list[WatchedRead]] = defaultdict(list)
    for read in reads:
        by_reader[read.reader].append(read)
    mine = {r: told[(starts or {}).get(r, 0) :] for r, told in sorted(by_reader.items())}  # fmt: skip
    if rule.of in MEASURES:
        values = {r: MEASURES[rule.of](told, reads) for r, told in mine.items()}
        return _averages(rule, values, crowd, seed)
    events = {r: [e for e in map(EVENTS[rule.of], told) if e is not None] for r, told in mine.items()}  # fmt: skip
    return _rates(rule, events, crowd, seed)


# -- what is measured


def _bias(mine: Sequence[WatchedRead], reads: Iterable[WatchedRead]) -> list[float]:
    """Own score less the mean of the other readers on the same case, where there are both."""
    by_case: dict[str, list[WatchedRead]] = defaultdict(list)
    for read in reads:
        by_case[read.case].append(read)
    found = []
    for read in mine:
        others = [r.score for r in by_case[read.case] if r.reader != read.reader and r.score is not None]  # fmt: skip
        if read.score is not None and others:
            found.append(read.score - math.fsum(others) / len(others))
    return found


def _pace(mine: Sequence[WatchedRead], reads: Iterable[WatchedRead]) -> list[float]:
    return [math.log(r.minutes) for r in mine if r.minutes is not None and r.minutes > 0]  # fmt: skip


MEASURES = {Of.BIAS: _bias, Of.MINUTES: _pace}
EVENTS = {
    Of.ADJUDICATED_AGAINST: lambda r: r.against,
    Of.NOT_EVALUABLE: lambda r: not r.evaluable,
    Of.DISCORDANT: lambda r: r.discordant,
}


# -- averages


def _averages(
    rule: Rule, values: Mapping[str, Sequence[float]], crowd: Crowd, seed: int
) -> Board:
    start = 0 if rule.sd else rule.baseline
    operating = average(rule, crowd, seed)
    ready = {r: v for r, v in values.items() if len(v) >= max(start, 1)}
    spread = rule.sd or _common([v[:start] for v in ready.values()])
    lines = []
    for reader, told in values.items():
        if len(told) <= start or not spread:
            lines.append(Line(reader=reader, state=LineState.TOO_FEW, reads=len(told), needed=start + 1))  # fmt: skip
            continue
        target = float(np.mean(told[:start])) if rule.of is Of.MINUTES and start else 0.0  # fmt: skip
        lines.append(_line(rule, reader, told, start, target, spread, operating.limit))
    return Board(
        of=rule.of, kind=rule.kind, lines=tuple(lines), operating=operating,
        remark=_NOT_WHICH if rule.of is Of.BIAS and crowd.readers == 2 else "",
    )  # fmt: skip


def _common(baselines: Sequence[Sequence[float]]) -> float:
    """The standard deviation within readers, all readers together; 0 where there is none."""
    if not baselines:
        return 0.0
    return math.sqrt(float(np.mean([np.var(b, ddof=1) for b in baselines])))


def _line(
    rule: Rule, reader: str, told: Sequence[float], start: int, target: float, spread: float, width: float
) -> Line:  # fmt: skip
    chart = Ewma(target=target, sd=spread, weight=rule.weight, width=width)
    path = chart.follow(told[start:])
    return Line(
        reader=reader, state=LineState.SIGNAL if path.signals else LineState.QUIET, reads=len(told), first=start + 1,
        values=path.values, centre=(target,) * len(path.values), lower=path.lower, upper=path.upper,
        signals=path.signals,
    )  # fmt: skip


# -- rates


def _rates(
    rule: Rule, events: Mapping[str, Sequence[bool]], crowd: Crowd, seed: int
) -> Board:
    rate = rule.in_control if rule.in_control is not None else _pooled(rule, events)
    if rate is None or not 0 < rate < 1:
        lines = tuple(Line(reader=r, state=LineState.TOO_FEW, reads=len(e), needed=rule.baseline) for r, e in events.items())  # fmt: skip
        return Board(of=rule.of, kind=rule.kind, lines=lines, operating=None, remark=_NO_RATE)  # fmt: skip
    if rule.kind is Kind.P:
        operating = shares(rule, rate, crowd, seed)
        made = [_batches(rule, r, e, rate, operating.limit) for r, e in events.items()]
        return Board(of=rule.of, kind=rule.kind, lines=tuple(made), operating=operating)
    chart, operating = cusum(rule, rate, crowd, seed)
    # The chart cannot signal before so many reads, were each of them an event.
    needed = math.ceil(chart.limit / float(1 - chart.step))
    made = [_sum(chart, r, e, needed) for r, e in events.items()]
    return Board(of=rule.of, kind=rule.kind, lines=tuple(made), operating=operating)


_NO_RATE = (
    "The plan gives no rate for when all is well, and the reads so far are too few to take one from, or have none or nothing "
    "else of it."
)


def _pooled(rule: Rule, events: Mapping[str, Sequence[bool]]) -> float | None:
    """The rate of all readers together, once each has a baseline."""
    if not events or min(map(len, events.values())) < rule.baseline:
        return None
    return sum(map(sum, events.values())) / sum(map(len, events.values()))


def _sum(chart: Any, reader: str, told: Sequence[bool], needed: int) -> Line:
    if len(told) < needed:
        return Line(reader=reader, state=LineState.TOO_FEW, reads=len(told), needed=needed)  # fmt: skip
    path = chart.follow([int(e) for e in told])
    n = len(path.values)
    return Line(
        reader=reader, state=LineState.SIGNAL if path.signals else LineState.QUIET, reads=n, values=path.values,
        centre=(0.0,) * n, lower=(0.0,) * n, upper=(path.limit,) * n, signals=path.signals,
    )  # fmt: skip


def _batches(
    rule: Rule, reader: str, told: Sequence[bool], rate: float, width: float
) -> Line:
    """Shares of whole batches; reads that fill none are not charted yet."""
    count = len(told) // rule.batch
    if not count:
        return Line(reader=reader, state=LineState.TOO_FEW, reads=len(told), needed=rule.batch)  # fmt: skip
    sums = [sum(told[i * rule.batch : (i + 1) * rule.batch]) for i in range(count)]
    chart = p_chart(sums, [rule.batch] * count, width=width, rate=rate)
    return Line(
        reader=reader, state=LineState.SIGNAL if chart.signals else LineState.QUIET, reads=len(told),
        values=chart.proportions, centre=(rate,) * count, lower=chart.lower, upper=chart.upper, signals=chart.signals,
    )  # fmt: skip
