"""Who may read a design: what the plan asks of a reader, and what of it is missing today.

Fail closed: what the plan asks for and nobody recorded is missing. Only what the plan makes a gate stops a reader;
the rest (a course without `gates`) is told all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from provident.plan.models.people import Course, People
from provident.plan.models.reading import ReadDesignFile
from provident.plan.quantities import Quantity
from provident.reading.spans import after


Kind = Literal["criterion", "course", "conflicts", "qualification"]
GATES = ("reading", "scoring")  # courses that stop a reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing that the plan asks of a reader.

    Attributes:
        name: the criterion in the plan's own words, or the id of the course.
        words: what it is called on pages.
        stops: whether nobody reads without it.
        valid: how long its evidence holds; None: as long as nothing else is said with it.
        again: whether a new version of the form makes it necessary again.
    """

    kind: Kind
    name: str
    words: str
    stops: bool = True
    valid: Quantity | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One piece of evidence: a criterion ticked or a course passed, on a day, perhaps until another."""

    kind: Kind
    name: str
    on: date
    until: date | None = None
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The newest passed qualification: on a day, with a form such as `ramris@2`."""

    on: date
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one reader in one design.

    Attributes:
        conflicts: None: not declared; "none"; "open": declared and not decided; "accepted".
        read_on: the day of the last signed read.
        holds: why the reader is held, in words, the oldest first.
        tries: attempts at the test set that counted.
        left: whether somebody has taken over.
    """

    shown: Sequence[Shown] = ()
    conflicts: Literal["none", "open", "accepted"] | None = None
    passed: Passed | None = None
    read_on: date | None = None
    holds: Sequence[str] = ()
    tries: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing, in words; `stops` where nobody reads a new case without it."""

    kind: Kind | Literal["hold", "left"]
    words: str
    stops: bool = True


def demands(
    design: ReadDesignFile, people: People, role: str, form: str
) -> tuple[Demand, ...]:
    """What the plan asks of somebody who reads a design in a role of the plan; `form` is the design's, `ramris@2`."""
    found = [Demand(kind="criterion", name=c, words=c) for c in design.readers.eligible]
    if design.readers.declare_conflicts:
        found.append(
            Demand(kind="conflicts", name="", words="a declaration of conflicts")
        )
    found += [
        _course(name, course)
        for name, course in people.training.items()
        if role in course.for_ and course.evidence != "qualification"
    ]
    again = bool(design.requalify and "form version" in design.requalify.on)
    tested = [
        course
        for course in people.training.values()
        if role in course.for_
        and course.evidence == "qualification"
        and course.gates in GATES
    ]
    if design.qualify or tested:
        again = again or any("form" in (course.again or "") for course in tested)
        found.append(
            Demand(
                kind="qualification", name=form, words="the qualification", again=again
            )
        )
    return tuple(found)


def _course(name: str, course: Course) -> Demand:
    return Demand(
        kind="course",
        name=name,
        words=name.replace("_", " "),
        stops=course.gates in GATES,
        valid=course.valid,
        again="form" in (course.again or ""),
    )


def missing(
    design: ReadDesignFile, asked: Sequence[Demand], known: Known, today: date
) -> tuple[Missing, ...]:
    """What stands between a reader and a new case today; empty: they may read."""
    found = [Missing(kind="hold", words=f"held: {words}") for words in known.holds]
    if known.left:
        found.append(Missing(kind="left", words="another reader has taken over"))
    for demand in asked:
        words = {
            "criterion": _evidence,
            "course": _evidence,
            "conflicts": _conflicts,
            "qualification": _qualification,
        }[demand.kind](design, demand, known, today)
        found += [Missing(kind=demand.kind, words=w, stops=demand.stops) for w in words]
    return tuple(found)


def _evidence(
    design: ReadDesignFile, demand: Demand, known: Known, today: date
) -> Iterator[str]:
    rows = [s for s in known.shown if (s.kind, s.name) == (demand.kind, demand.name)]
    if demand.again:
        rows = [s for s in rows if s.form == design.form]
    if not rows:
        yield f"{demand.words}: no evidence is recorded"
        return
    ends = [e for e in (_end(demand, s) for s in rows) if e is not None]
    if len(ends) == len(rows) and max(ends) < today:
        yield f"{demand.words}: expired on {max(ends):%-d %B %Y}"


def _end(demand: Demand, shown: Shown) -> date | None:
    """The last day on which a piece of evidence holds; None: it does not end."""
    ends = [shown.until] if shown.until else []
    if demand.valid is not None:
        ends.append(after(shown.on, demand.valid))
    return min(ends, default=None)


def _conflicts(
    design: ReadDesignFile, demand: Demand, known: Known, today: date
) -> Iterator[str]:
    if known.conflicts is None:
        yield "conflicts of interest are not declared"
    elif known.conflicts == "open":
        yield "a declared conflict of interest waits for a decision"


def _qualification(
    design: ReadDesignFile, demand: Demand, known: Known, today: date
) -> Iterator[str]:
    passed, rules = known.passed, design.requalify
    if passed is None:
        limit = design.qualify.attempts if design.qualify else 0
        if limit and known.tries >= limit:
            yield f"not qualified: all {limit} attempts were used"
        else:
            yield "not qualified yet"
        return
    if demand.again and passed.form != design.form:
        yield f"qualified with {passed.form}; the plan has {design.form} now"
    if rules and rules.after_idle:
        seen = max(passed.on, known.read_on or passed.on)
        if after(seen, rules.after_idle) < today:
            yield f"no read for {(today - seen).days} days; the plan asks to qualify again after {rules.after_idle}"
