"""Hidden repeats: which first reads a reader reads again, when, and where in the order.

A repeat is drawn from reads whose washout has passed, so that it can never be read too early, up to a closing day
that leaves time to read it before the milestone. Draws follow the share as reads are signed, spread over the strata.
All chance comes from lots of a stored seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from provident.plan.models.reading_parts import Repeats
from provident.plan.quantities import Quantity, quantity
from provident.reading.lots import lot
from provident.reading.spans import after, before


UNTOUCHED = (
    2  # unopened cases at the head of a list that stay: the room has fetched them ahead
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatRule:
    """The plan's rule for one design, with the day of its milestone.

    Attributes:
        share: of a reader's first reads, 0 to 1.
        washout: the least time between a read and its repeat.
        closes: the last day on which a repeat is drawn; None: no limit.
    """

    share: float
    washout: Quantity
    closes: date | None = None


def rule_of(told: Repeats, milestones: Mapping[str, date]) -> RepeatRule:
    """The rule of a plan: `84 d before data_lock` on the calendar; a milestone without a date closes nothing."""
    closes = None
    if told.last_draw:
        span, _, milestone = told.last_draw.rpartition(" before ")
        day = milestones.get(milestone.strip())
        closes = before(day, quantity(span.strip())) if day else None
    return RepeatRule(share=told.share.value / 100, washout=told.washout, closes=closes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRead:
    """One signed first read of a reader: its case, its day, and the stratum that its repeat counts for."""

    case: str
    on: date
    stratum: tuple[str, ...] = ()


def due(
    rule: RepeatRule,
    reads: Sequence[FirstRead],
    repeated: Collection[str],
    today: date,
    *,
    seed: int,
    reader: str,
) -> list[FirstRead]:
    """The reads of one reader to be repeated from now on; empty after the closing day.

    Args:
        reads: all first reads that the reader has signed.
        repeated: cases of which a repeat was drawn already.
    """
    if rule.closes is not None and today > rule.closes:
        return []
    wanted = floor(rule.share * len(reads) + 0.5) - len(repeated)
    ready = [
        r
        for r in reads
        if r.case not in repeated and after(r.on, rule.washout) <= today
    ]
    ready.sort(key=lambda r: lot(seed, "repeat", reader, r.case))
    owed = _owed(rule, reads, repeated)
    chosen: list[FirstRead] = []
    while ready and len(chosen) < wanted:
        best = max(
            ready, key=lambda r: owed[r.stratum]
        )  # the first by lot among equals
        ready.remove(best)
        owed[best.stratum] -= 1
        chosen.append(best)
    return chosen


def _owed(
    rule: RepeatRule, reads: Sequence[FirstRead], repeated: Collection[str]
) -> dict[tuple[str, ...], float]:
    """By how much each stratum is behind its share."""
    all_ = Counter(r.stratum for r in reads)
    drawn = Counter(r.stratum for r in reads if r.case in repeated)
    return {s: rule.share * n - drawn[s] for s, n in all_.items()}


def tertiles(values: Mapping[str, float | None]) -> dict[str, str]:
    """Which third of a reader's values each case lies in: low, middle, high; `none` where it has no value."""
    known = sorted((v, case) for case, v in values.items() if v is not None)
    third = {case: min(2, 3 * i // len(known)) for i, (_, case) in enumerate(known)}
    words = ("low", "middle", "high")
    return {case: words[third[case]] if case in third else "none" for case in values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One case of a reader's list that nobody has opened, with its block and whose images it shows."""

    key: str
    block: int
    participant: str


def place(
    waiting: Sequence[Waiting],
    participant: str,
    *,
    block: int,
    gap: int,
    seed: int,
    purpose: tuple[str, ...],
) -> int:
    """Where a repeat goes among the unopened cases of a list: before the case at this index, or at its end.

    It goes into a block after the present one if there is one, never among the first `UNTOUCHED`, and as far as it
    can `gap` cases away from another case of its participant.

    Args:
        block: the present block: of the last case that was opened.
    """
    first = next((i for i, w in enumerate(waiting) if w.block > block), len(waiting))
    start = max(first, min(UNTOUCHED, len(waiting)))
    places = list(range(start, len(waiting) + 1))
    own = [i for i, w in enumerate(waiting) if w.participant == participant]

    def near(index: int) -> int:
        # The case before index i is i - 1; between it and the repeat lie none.
        return min(
            (index - i - 1 if i < index else i - index for i in own), default=gap
        )

    far = [p for p in places if near(p) >= gap]
    if not far:
        most = max(near(p) for p in places)
        far = [p for p in places if near(p) == most]
    return far[lot(seed, "place", *purpose) % len(far)]
