"""Hold one rule against one fact. Four outcomes; what cannot be read is never a pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provident.acquisition import words
from provident.dicom.facts import Fact, Scalar, SeriesFacts
from provident.dicom.registry import FACTS
from provident.dicom.vendors import maker
from provident.kernel import Outcome
from provident.plan.models.imaging_rules import (
    Along,
    AnyOf,
    ByFact,
    Equals,
    Matches,
    Present,
    Rule,
    SameAs,
    Shells,
    Within,
)
from provident.plan.models.patterns import found_by
from provident.plan.quantities import Interval


PASS, WARN, FAIL, UNKNOWN = (
    Outcome.PASS,
    Outcome.WARN,
    Outcome.FAIL,
    Outcome.NOT_ASSESSABLE,
)
SAME = 0.005  # of the value: scanners round a setting differently from day to day
NOT_IN_HEADER = "the header does not say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of one rule; `value` is the worst number and `allowed` what it may be."""

    outcome: Outcome
    expected: str
    found: str
    value: float | None = None
    allowed: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a rule may look at: its series, the others by role, and the baseline's of this role."""

    series: SeriesFacts
    others: Mapping[str, SeriesFacts]
    baseline: SeriesFacts | None = None


def check(name: str, rule: Rule, setting: Setting) -> Checked:
    """Hold the rule against the series' fact of this name."""
    if isinstance(rule, ByFact):
        return _by(name, rule, setting)
    fact = setting.series.facts.get(name)
    if isinstance(rule, Present):
        return _present(name, rule, fact)
    if fact is None:
        why = setting.series.absent.get(name, NOT_IN_HEADER)
        return Checked(
            outcome=UNKNOWN, expected=rule.text, found=f"not readable: {why}"
        )
    if isinstance(rule, SameAs):
        checked = _same(name, rule, fact, setting)
    elif isinstance(rule, Shells):
        checked = _shells(name, rule, fact)
    elif isinstance(rule, Along):
        checked = _along(rule, fact)
    else:
        checked = _each(name, rule, fact)
    return _partly_read(checked, fact)


def _partly_read(checked: Checked, fact: Fact) -> Checked:
    """A fact that some images do not have cannot pass or warn on the others' behalf."""
    if not fact.unread or checked.outcome is FAIL:
        return checked
    said = f"{checked.found}; not readable on {fact.unread} image{'s' if fact.unread != 1 else ''}"
    return replace(checked, outcome=UNKNOWN, found=said)


def _present(name: str, rule: Present, fact: Fact | None) -> Checked:
    said = words.found(name, fact) if fact is not None else "not in the header"
    if fact is not None and rule.wanted:
        return _partly_read(Checked(outcome=PASS, expected=rule.text, found=said), fact)
    right = (fact is not None) == rule.wanted
    return Checked(outcome=PASS if right else FAIL, expected=rule.text, found=said)


def _by(name: str, rule: ByFact, setting: Setting) -> Checked:
    deciding = setting.series.facts.get(rule.fact)
    label = FACTS[rule.fact].words.lower()
    if deciding is None or deciding.varies or deciding.unread:
        why = setting.series.absent.get(rule.fact, NOT_IN_HEADER)
        said = (
            f"{label} is not readable: {why}"
            if deciding is None
            else f"{label} varies or is partly unreadable"
        )
        return Checked(outcome=UNKNOWN, expected=rule.text, found=said)
    for case, then in rule.cases:
        if _each(rule.fact, case, deciding).outcome is PASS:
            return check(name, then, setting)
    if rule.otherwise is not None:
        return check(name, rule.otherwise, setting)
    said = (
        f"{label} {words.found(rule.fact, deciding)}, for which the manual says nothing"
    )
    return Checked(outcome=UNKNOWN, expected=rule.text, found=said)


def _each(name: str, rule: Within | AnyOf | Equals | Matches, fact: Fact) -> Checked:
    """Each value of the fact holds; the one that is furthest off decides."""
    judged = [(_one(name, rule, value), value) for value in fact.values()]
    outcome = Outcome.worst([o for o, _ in judged])
    numbers = [
        float(v) for o, v in judged if o is outcome and isinstance(v, int | float)
    ]
    allowed = rule.allowed if isinstance(rule, Within) else None
    return Checked(
        outcome=outcome,
        expected=rule.text,
        found=words.found(name, fact),
        value=_furthest(numbers, allowed),
        allowed=allowed,
    )


def _furthest(numbers: list[float], allowed: Interval | None) -> float | None:
    if not numbers:
        return None
    if allowed is None:
        return numbers[0]
    ends = [end for end in (allowed.low, allowed.high) if math.isfinite(end)]
    middle = sum(ends) / len(ends) if ends else 0.0
    return max(numbers, key=lambda n: abs(n - middle))


def _one(name: str, rule: Within | AnyOf | Equals | Matches, value: Scalar) -> Outcome:
    match rule:
        case Within():
            return _within(rule, value)
        case AnyOf():
            outcomes = [_one(name, choice, value) for choice in rule.choices]
            return next((o for o in (PASS, WARN) if o in outcomes), outcomes[0])
        case Matches():
            return PASS if found_by(rule.pattern, str(value)) else FAIL
        case Equals():
            return PASS if _equal(name, rule.value, value) else FAIL


def _within(rule: Within, value: Scalar) -> Outcome:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return UNKNOWN
    unit = rule.allowed.unit
    if rule.allowed.contains(float(value), unit):
        return PASS
    if rule.tolerated is not None and rule.tolerated.contains(float(value), unit):
        return WARN
    return FAIL


def _equal(name: str, wanted: str | bool, value: Scalar) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if name == "make":
        return maker(wanted) == maker(str(value))
    asked, said = wanted.casefold(), str(value).casefold()
    return asked == said or asked in said.split("\\")


def _along(rule: Along, fact: Fact) -> Checked:
    extents = fact.value if isinstance(fact.value, Mapping) else {}
    extent = extents.get(rule.axis)
    if extent is None:
        return Checked(
            outcome=UNKNOWN, expected=rule.text, found=f"nothing along {rule.axis}"
        )
    return Checked(
        outcome=_within(rule.within, extent),
        expected=rule.text,
        found=f"{words.number(extent, fact.unit)} along {rule.axis}",
        value=extent,
        allowed=rule.within.allowed,
    )


def _shells(name: str, rule: Shells, fact: Fact) -> Checked:
    there = [float(b) for b in fact.values()]
    counts = dict(zip(there, fact.counts, strict=True))
    needed = dict(rule.volumes)
    problems = []
    used: set[float] = set()
    for wanted in rule.values:
        near = [b for b in there if abs(b - wanted) <= rule.within]
        used.update(near)
        volumes = sum(counts[b] for b in near)
        if not near:
            problems.append(f"b = {wanted:.6g} is missing")
        elif volumes < needed.get(wanted, 0):
            problems.append(f"b = {wanted:.6g} has {volumes} volumes")
    if not rule.others:
        problems += [f"b = {b:.6g} was not asked for" for b in there if b not in used]
    said = words.found(name, fact)
    found = f"{said}: {', '.join(problems)}" if problems else said
    return Checked(outcome=FAIL if problems else PASS, expected=rule.text, found=found)


def _same(name: str, rule: SameAs, fact: Fact, setting: Setting) -> Checked:
    other = setting.baseline if rule.role is None else setting.others.get(rule.role)
    whose = "the baseline exam" if rule.role is None else f"the {rule.role} series"
    theirs = other.facts.get(name) if other is not None else None
    said = words.found(name, fact)
    if theirs is None or theirs.unread:
        return Checked(
            outcome=UNKNOWN, expected=rule.text, found=f"{said}; {whose} does not say"
        )
    expected = f"{words.found(name, theirs)}, as in {whose}"
    return Checked(
        outcome=PASS if same(name, fact, theirs) else FAIL,
        expected=expected,
        found=said,
    )


def same(name: str, one: Fact, other: Fact) -> bool:
    """Whether two facts say the same: texts in any case, numbers within half a percent."""
    mine, theirs = (
        list(dict.fromkeys(one.values())),
        list(dict.fromkeys(other.values())),
    )
    if isinstance(one.value, Mapping) and isinstance(other.value, Mapping):
        if set(one.value) != set(other.value):
            return False
        mine = [one.value[k] for k in sorted(one.value)]
        theirs = [other.value[k] for k in sorted(other.value)]
    elif one.varies or other.varies:
        mine, theirs = sorted(mine, key=str), sorted(theirs, key=str)
    if len(mine) != len(theirs):
        return False
    return all(_alike(name, a, b) for a, b in zip(mine, theirs, strict=True))


def _alike(name: str, a: Scalar, b: Scalar) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=SAME, abs_tol=1e-9)
    if name == "make":
        return maker(str(a)) == maker(str(b))
    return str(a).casefold() == str(b).casefold()
