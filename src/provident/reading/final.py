"""The final value of a case: made out of its reads by the plan's rule, and made again at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from provident.forms import NOT_EVALUABLE, Answer
from provident.kernel import NotReady, Refused
from provident.reading.design import Adjudicated, Agreed, NoMajority, ReadDesign, Tie
from provident.reading.reads import Read, named_values, value_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An adjudicator who saw both answers has chosen one of the two reads."""

    read: str
    by: str
    why: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise Refused("say why this read was chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalValue:
    """What stands for a case.

    Attributes:
        value: the analysed value, or `not evaluable`.
        values: all derived values by dotted name, made of the same reads.
        reads: the ids of the reads that it was made of.
        rule: the rule of the plan, and how it was applied, in words.
        adjudicated: whether a third person looked.
    """

    case: str
    value: Answer
    values: Mapping[str, Answer]
    reads: tuple[str, ...]
    rule: str
    adjudicated: bool

    @property
    def evaluable(self) -> bool:
        """Whether there is a value."""
        return self.value != NOT_EVALUABLE

    def as_json(self) -> dict[str, Any]:
        """All that is stored of it."""
        return {
            "case": self.case,
            "value": self.value,
            "values": dict(self.values),
            "reads": list(self.reads),
            "rule": self.rule,
            "adjudicated": self.adjudicated,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FinalValue:
        """What `as_json` stored."""
        return cls(**{**value, "reads": tuple(value["reads"])})


def final_value(
    design: ReadDesign,
    reads: Sequence[Read],
    adjudication: Read | Chosen | None = None,
) -> FinalValue:
    """Make the final value of a case.

    `reads` are the first reads of the primary readers; a hidden repeat is refused.

    Raises:
        NotReady: a primary read is missing.
        Refused: reads of different cases, a repeat, a reader twice, or an adjudication
            that the design does not have.
    """
    primaries = _checked(design, reads, adjudication)
    if adjudication is None:
        return _agreed(design, primaries)
    if isinstance(adjudication, Chosen):
        return _chosen(design, primaries, adjudication)
    rule = {
        Adjudicated.NEAREST: _nearest,
        Adjudicated.ADJUDICATOR: _adjudicator,
        Adjudicated.MAJORITY: _majority,
        Adjudicated.CONSENSUS: _consensus,
    }[design.final.adjudicated or Adjudicated.ADJUDICATOR]
    return rule(design, primaries, adjudication)


def _checked(
    design: ReadDesign, reads: Sequence[Read], adjudication: Read | Chosen | None
) -> list[Read]:
    primaries = sorted(reads, key=lambda r: r.seat)
    if len(primaries) != design.primaries:
        raise NotReady(
            f"{design.endpoint}: the final value needs {design.primaries} primary reads, "
            f"there are {len(primaries)}"
        )
    if [r.seat for r in primaries] != list(range(1, design.primaries + 1)):
        raise Refused(f"{design.endpoint}: each primary reader has one read of a case")
    everyone = [*primaries, adjudication] if isinstance(adjudication, Read) else reads
    if len({read.case for read in everyone}) > 1:
        raise Refused("these reads are of different cases")
    if any(read.occasion != 1 for read in everyone):
        raise Refused(
            "a repeated read never enters the analysis; the first read is final"
        )
    if len({read.reader for read in everyone}) < len(everyone):
        raise Refused("nobody reads a case twice, or adjudicates a case they have read")
    _check_adjudication(design, adjudication)
    return primaries


def _check_adjudication(design: ReadDesign, adjudication: Read | Chosen | None) -> None:
    if adjudication is None:
        return
    if design.adjudicator_pool is None and not design.consensus:
        raise Refused(f"{design.endpoint} has no adjudication")
    if isinstance(adjudication, Chosen) != design.adjudicator_chooses:
        how = (
            "chooses one of the two reads"
            if design.adjudicator_chooses
            else "reads the case blind, as a third reader"
        )
        raise Refused(f"{design.endpoint}: the adjudicator {how}")
    if isinstance(adjudication, Read) and not adjudication.by_adjudicator:
        raise Refused("the third read is not an adjudicator's")


# -- rules


def _agreed(design: ReadDesign, reads: list[Read]) -> FinalValue:
    rule = design.final.agreed
    if design.primaries > 2:
        return _panel(design, reads)
    if rule is Agreed.MEAN:
        usable = [r for r in reads if _evaluable(design, r)]
        if design.final.the_other_stands and len(usable) == 1:
            return _made(
                design,
                usable,
                f"{rule}; only {usable[0].name} could evaluate it",
                False,
            )
        return _made(design, reads, str(rule), False)
    if rule is Agreed.SAME and not _same(*(_value(design, r) for r in reads)):
        raise NotReady(
            f"{design.endpoint}: the two reads differ; an adjudication decides"
        )
    return _made(design, reads[:1], str(rule), False)


def _panel(design: ReadDesign, reads: list[Read]) -> FinalValue:
    """Three readers or more: a reader who cannot evaluate is left out, unless half or more cannot."""
    rule, usable = design.final.agreed, [r for r in reads if _evaluable(design, r)]
    if 2 * len(usable) <= len(reads):
        cannot = [r for r in reads if not _evaluable(design, r)]
        return _made(
            design, cannot[:1], f"{rule}; half or more could not evaluate it", False
        )
    if rule is Agreed.MAJORITY:
        return _by_majority(design, reads, usable)
    if rule is Agreed.MEDIAN:
        return _median(design, usable, str(rule))
    return _made(design, usable, str(rule), False)


def _by_majority(
    design: ReadDesign, reads: list[Read], usable: list[Read]
) -> FinalValue:
    for one in usable:
        same = [r for r in usable if _same(_value(design, one), _value(design, r))]
        if 2 * len(same) > len(reads):
            words = f"majority ({len(same)} of {len(reads)})"
            return _made(design, same[:1], words, False, [r.id for r in same])
    rule = design.final.no_majority
    if rule is NoMajority.MEDIAN:
        return _median(design, usable, "no majority; median")
    final = _made(design, usable, f"no majority; {rule}", False)
    values = dict.fromkeys(final.values, NOT_EVALUABLE)
    return replace(final, value=NOT_EVALUABLE, values=values)


def _median(design: ReadDesign, usable: list[Read], rule: str) -> FinalValue:
    """The read in the middle, or the mean of the two in the middle; all its values come from them."""
    numbers = [
        (number, r) for r in usable if (number := _number(design, r)) is not None
    ]
    ordered = [r for _, r in sorted(numbers, key=lambda pair: (pair[0], pair[1].seat))]
    half, odd = divmod(len(ordered), 2)
    middle = ordered[half : half + 1] if odd else ordered[half - 1 : half + 1]
    return _made(design, middle, rule, False)


def _consensus(design: ReadDesign, reads: list[Read], third: Read) -> FinalValue:
    return _made(design, [third], str(Adjudicated.CONSENSUS), True)


def _chosen(design: ReadDesign, reads: list[Read], choice: Chosen) -> FinalValue:
    taken = [r for r in reads if r.id == choice.read]
    if not taken:
        raise Refused("the adjudicator may only choose one of the two primary reads")
    if choice.by in {r.reader for r in reads}:
        raise Refused("nobody adjudicates a case they have read")
    return _made(design, taken, f"adjudicator chose {taken[0].name}", True)


def _adjudicator(design: ReadDesign, reads: list[Read], third: Read) -> FinalValue:
    return _made(design, [third], str(Adjudicated.ADJUDICATOR), True)


def _majority(design: ReadDesign, reads: list[Read], third: Read) -> FinalValue:
    everyone = [*reads, third]
    for one in everyone:
        same = [r for r in everyone if _same(_value(design, one), _value(design, r))]
        if len(same) >= 2:
            names = " and ".join(r.name for r in same)
            return _made(
                design, same[:1], f"majority ({names})", True, [r.id for r in same]
            )
    return _made(design, [third], "majority; all differ, so the adjudicator's", True)


def _nearest(design: ReadDesign, reads: list[Read], third: Read) -> FinalValue:
    usable = [r for r in (*reads, third) if _number(design, r) is not None]
    rule = str(Adjudicated.NEAREST)
    if len(usable) < 2:
        # One person of three could evaluate it: the other two agree that nobody can.
        return _made(
            design,
            [r for r in (*reads, third) if r not in usable],
            f"{rule}; two of three could not evaluate it",
            True,
        )
    if len(usable) == 2:
        names = " and ".join(r.name for r in usable)
        return _made(design, usable, f"{rule}; only {names} could evaluate it", True)
    pair, how = _nearest_pair(design, usable)
    return _made(design, pair, f"{rule} ({how})", True)


def _nearest_pair(design: ReadDesign, reads: list[Read]) -> tuple[list[Read], str]:
    def gap(pair: tuple[Read, ...]) -> float:
        a, b = (_number(design, read) for read in pair)
        assert a is not None
        assert b is not None
        return abs(a - b)

    pairs = list(combinations(reads, 2))
    least = min(map(gap, pairs))
    near = [p for p in pairs if math.isclose(gap(p), least, rel_tol=1e-9, abs_tol=1e-9)]
    if len(near) == 1 or least == 0:
        # Where two are equal, any further pair at the same distance has the same mean.
        return list(near[0]), " and ".join(r.name for r in near[0])
    return _broken_tie(design, near)


def _broken_tie(
    design: ReadDesign, near: Sequence[tuple[Read, ...]]
) -> tuple[list[Read], str]:
    tie = design.final.tie
    with_third = [p for p in near if any(r.by_adjudicator for r in p)]
    third = next(r for p in with_third for r in p if r.by_adjudicator)
    if tie is Tie.ADJUDICATOR:
        return [third], f"tie: {tie}"

    def level(pair: tuple[Read, ...]) -> float:
        return sum(_number(design, r) or 0.0 for r in pair)

    pick: Callable[..., tuple[Read, ...]] = max if tie is Tie.HIGHER else min
    return list(pick(with_third, key=level)), f"tie: {tie}"


# -- values


def _value(design: ReadDesign, read: Read) -> Answer:
    return value_at(design, read, design.value)


def _evaluable(design: ReadDesign, read: Read) -> bool:
    return _value(design, read) != NOT_EVALUABLE


def _number(design: ReadDesign, read: Read) -> float | None:
    value = _value(design, read)
    return None if isinstance(value, str) else float(value)


def _same(*values: Answer) -> bool:
    first = values[0]
    return all(_equal(first, other) for other in values[1:])


def _equal(a: Answer, b: Answer) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def _made(
    design: ReadDesign,
    reads: Sequence[Read],
    rule: str,
    adjudicated: bool,
    from_reads: Sequence[str] | None = None,
) -> FinalValue:
    """The final value as the mean of some reads; of texts, what they share."""
    by_read = [
        {**named_values(design, r), design.value: _value(design, r)} for r in reads
    ]
    names = dict.fromkeys(name for values in by_read for name in values)
    values = {
        name: _joined([values.get(name, NOT_EVALUABLE) for values in by_read])
        for name in names
    }
    return FinalValue(
        case=reads[0].case,
        value=values[design.value],
        values=values,
        reads=tuple(from_reads or [r.id for r in reads]),
        rule=rule,
        adjudicated=adjudicated,
    )


def _joined(values: Sequence[Answer]) -> Answer:
    if len(values) == 1 or _same(*values):
        return values[0]
    if any(isinstance(v, str) for v in values):
        return NOT_EVALUABLE
    return math.fsum(float(v) for v in values) / len(values)
