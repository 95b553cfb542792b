"""The qualification of readers: conditions of a plan, held against a test set's reference and the readers at work.

    icc(synovitis_total, reference).lower >= 0.6
    kappa(overall, readers_at_work) >= 0.6
    sens(active) >= 0.8
    blanks == 0

A value is one of the form's at one time point, or with a visit before it (`week52.change`) at that visit alone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident.forms import NOT_EVALUABLE, Evaluated
from provident.kernel import InvalidInput, PlanError
from provident.reading.design import ReadDesign
from provident.reading.reads import Read, value_at


STATISTICS = ("icc", "kappa", "weighted_kappa", "sens", "spec")
COUNTS = ("blanks", "not_evaluable")
ENOUGH = 0.8  # of the cases that have a reference value must have one of the reader too
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
_PATTERN = re.compile(
    r"(?:(?P<stat>[a-z_]+)\(\s*(?P<value>[a-z][a-z0-9_.]*)\s*(?:,\s*(?P<against>[a-z_]+)\s*)?\)"
    r"(?:\.(?P<bound>lower|upper))?|(?P<count>[a-z_]+))\s*(?P<op>>=|<=|==|>|<)\s*(?P<limit>\d+(?:\.\d+)?)"
)

ByCase = Mapping[str, Read]
"""The reads of one reader (or the reference) by test case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition: a statistic of a value against the reference or the readers at work, or a count."""

    text: str
    stat: str
    op: str
    limit: float
    value: str = ""
    against: str = "reference"
    bound: str = ""


def condition(text: str) -> Condition:
    """Read one condition of `qualify.pass`.

    Raises:
        PlanError: it is none, with what may be written.
    """
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise PlanError(
            f'"{text}" is no condition; write such as icc(total, reference).lower >= 0.6, or blanks == 0'
        )
    stat, against = found["stat"] or found["count"], found["against"] or "reference"
    known = STATISTICS if found["stat"] else COUNTS
    if stat not in known:
        raise PlanError(f'"{stat}" is none of {", ".join(known)}')
    if against not in ("reference", "readers_at_work"):
        raise PlanError(f'"{against}" is neither reference nor readers_at_work')
    return Condition(
        text=text.strip(), stat=stat, op=found["op"], limit=float(found["limit"]), value=found["value"] or "",
        against=against, bound=found["bound"] or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One condition held against the reads: `met` is None where it does not apply."""

    text: str
    met: bool | None
    words: str
    found: float | None = None
    pairs: int = 0

    def as_json(self) -> dict[str, Any]:
        """As results are stored and shown."""
        return {"text": self.text, "met": self.met, "words": self.words, "found": self.found, "pairs": self.pairs}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an attempt yields: passed where every condition that applies is met, and at least one applies."""

    passed: bool
    conditions: tuple[Held, ...]

    def as_json(self) -> dict[str, Any]:
        """As results are stored and shown."""
        return {"passed": self.passed, "conditions": [c.as_json() for c in self.conditions]}  # fmt: skip


def judge(
    design: ReadDesign,
    passing: Sequence[str],
    own: ByCase,
    reference: ByCase,
    at_work: Sequence[ByCase] = (),
) -> Result:
    """Hold the conditions of a plan against an attempt.

    Against the readers at work each of them counts: the lowest figure is held against the limit. Where none of them
    has read the set, the condition does not apply. A statistic that cannot be computed is never a pass.

    Raises:
        PlanError: a condition that cannot be read.
    """
    held = tuple(
        _hold(design, condition(text), own, reference, at_work) for text in passing
    )
    applying = [h for h in held if h.met is not None]
    return Result(passed=bool(applying) and all(h.met for h in applying), conditions=held)  # fmt: skip


def _hold(
    design: ReadDesign, asked: Condition, own: ByCase, reference: ByCase, at_work: Sequence[ByCase]
) -> Held:  # fmt: skip
    if asked.stat in COUNTS:
        count = sum(_COUNTED[asked.stat](design, e) for r in own.values() for e in r.visits.values())  # fmt: skip
        return _told(asked, float(count), 0)
    if asked.against == "reference":
        others: Sequence[ByCase] = (reference,)
    else:
        others = [o for o in at_work if o]
    if not others:
        return Held(text=asked.text, met=None, words=f"{asked.text}: does not apply, no reader at work has read the set")  # fmt: skip
    worst: Held | None = None
    for other in others:
        one = _against(design, asked, own, other)
        if worst is None or (worst.met and not one.met) or (worst.met == one.met and (one.found or 0) < (worst.found or 0)):  # fmt: skip
            worst = one
    assert worst is not None  # there is at least one other
    return worst


def _against(design: ReadDesign, asked: Condition, own: ByCase, other: ByCase) -> Held:
    rows = pairs(design, asked.value, own, other)
    wanted = sum(b is not None for _, b in rows)
    both = [(a, b) for a, b in rows if a is not None and b is not None]
    if not both or len(both) < ENOUGH * wanted:
        words = f"{asked.text}: only {len(both)} of {wanted} values can be compared"
        return Held(text=asked.text, met=False, words=words, pairs=len(both))
    try:
        figure = _statistic(asked, both)
    except InvalidInput as error:
        return Held(text=asked.text, met=False, words=f"{asked.text}: {error}", pairs=len(both))  # fmt: skip
    return _told(asked, figure, len(both))


def _told(asked: Condition, figure: float, number: int) -> Held:
    known = figure == figure  # not a number equals nothing, itself included
    met = known and _OPERATORS[asked.op](figure, asked.limit)
    shown = f"{figure:.4g}" if known else "cannot be computed"
    return Held(
        text=asked.text, met=met, words=f"{asked.text}: {shown}", found=figure if known else None, pairs=number
    )  # fmt: skip


def _statistic(asked: Condition, rows: Sequence[tuple[Any, Any]]) -> float:
    # Imported when called: scipy is slow to come, and few pages need it.
    from provident import statistics

    a, b = [r[0] for r in rows], [r[1] for r in rows]
    match asked.stat:
        case "icc":
            found = statistics.icc(list(zip(a, b, strict=True)), "ICC(A,1)")
        case "kappa":
            found = statistics.kappa(a, b)
        case "weighted_kappa":
            found = statistics.kappa(a, b, weights="quadratic")
        case "sens":
            found = statistics.sensitivity([int(bool(v)) for v in b], [int(bool(v)) for v in a])  # fmt: skip
        case _:
            found = statistics.specificity([int(bool(v)) for v in b], [int(bool(v)) for v in a])  # fmt: skip
    lower, upper = found.ci
    return float({"lower": lower, "upper": upper}.get(asked.bound, found.estimate))


def pairs(
    design: ReadDesign, value: str, own: ByCase, other: ByCase
) -> list[tuple[Any, Any]]:
    """A value of two readers at every case and time point that both have; None where it is missing."""
    return [
        (_value(design, own[case], visit, value), _value(design, other[case], visit, value))
        for case in own
        if case in other
        for visit in own[case].visits
        if visit in other[case].visits and _at(design, visit, value)
    ]  # fmt: skip


def _at(design: ReadDesign, visit: str, value: str) -> bool:
    named = value.partition(".")[0]
    return named not in design.visits or named == visit


def _value(design: ReadDesign, read: Read, visit: str, value: str) -> Any:
    named, _, rest = value.partition(".")
    inside = rest if named in design.visits else value
    dotted = f"{visit}.{inside}" if design.per_participant else inside
    found = value_at(design, read, dotted)
    if found == NOT_EVALUABLE or (isinstance(found, str) and found in design.form.missing):  # fmt: skip
        return None
    return found


def _blanks(design: ReadDesign, entry: Evaluated) -> int:
    return sum(key not in entry.answers for key in design.form.fields)


def _codes(design: ReadDesign, entry: Evaluated) -> int:
    return sum(v in design.form.missing for v in entry.answers.values() if isinstance(v, str))  # fmt: skip


_COUNTED: Mapping[str, Callable[[ReadDesign, Evaluated], int]] = {
    "blanks": _blanks,
    "not_evaluable": _codes,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLimit:
    """A figure that a plan leaves to the qualification, as the test set yields it."""

    value: float
    how: str
    pairs: int


def open_limit(design: ReadDesign, readers: Sequence[ByCase]) -> list[OpenLimit]:
    """What two readers' differences in the analysed value yield: half the limits of agreement, the smallest change.

    Bland and Altman, Lancet 1986;i:307; for scores of the change, Bruynesteyn et al., Ann Rheum Dis 2005;64:179:
    1.96 SD / (sqrt 2 x sqrt k), k reads being averaged. Empty with fewer than two readers or three pairs.
    """
    from provident import statistics

    if len(readers) < 2:
        return []
    first, second = readers[0], readers[1]
    rows = [(a, b) for a, b in pairs(design, design.value, first, second)
            if isinstance(a, int | float) and isinstance(b, int | float)]  # fmt: skip
    if len(rows) < 3:
        return []
    agreement = statistics.limits_of_agreement([a for a, _ in rows], [b for _, b in rows])  # fmt: skip
    sd = agreement.sd
    return [
        OpenLimit(value=round(1.96 * sd, 4), how="1.96 SD of the readers' difference (limits of agreement)", pairs=len(rows)),
        OpenLimit(value=round(1.96 * sd / 2, 4), how="smallest detectable change of the mean of two readers", pairs=len(rows)),
    ]  # fmt: skip
