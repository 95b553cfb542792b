"""What an imaging manual may ask of a fact: one small grammar, read once, never executed.

    TR: 400..700 ms                              a range
    slice_thickness: 3 ± 0.2 mm                  a target with its tolerance
    slice_gap: <= 0.3 mm                         a bound
    missing_slices: 0                            exactly
    TE: {target: 70 ms, warn: 5 ms, fail: 10 ms} beyond warn warns, beyond fail fails
    TE: {pass: 60..80 ms, warn: 50..90 ms}       the same with two ranges
    TI: {by: field, 1.5 T: 150 ± 10 ms, 3 T: 220 ± 10 ms}
    coverage: {along: AP, at_least: 70 mm}
    b_values: {shells: [50 s/mm2, 800 s/mm2], within: 25 s/mm2, volumes: {800 s/mm2: 3}}
    fat_sat: [SPAIR, SPECIAL]                    one of
    coil: ~knee|flex                             a regular expression, searched, in any case
    laterality: present                          whatever it is
    contrast: false                              yes or no
    TE: same as cor_t1                           as in another series, or `same as baseline`

A number of a fact with a unit needs its unit; it is converted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from provident.dicom.registry import AXES, FACTS, PLANES, FactSpec, nearest_fact
from provident.kernel import PlanError
from provident.plan.models.patterns import safe_pattern
from provident.plan.nearest import did_you_mean
from provident.plan.quantities import UNITS, Interval, convert, interval, quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Each value lies in `allowed`; one inside `tolerated` alone is a warning. In the fact's unit."""

    allowed: Interval
    tolerated: Interval | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """Each value satisfies one of these."""

    choices: tuple[Within | Equals | Matches, ...]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    """The text, or one of its backslash-separated values, is this, in any case; or the flag is this."""

    value: str | bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The text is found by a regular expression, in any case."""

    pattern: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The fact is there, whatever it says; with `wanted` false, it is not there."""

    wanted: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAs:
    """The value is that of the baseline exam (`role` None), or of another series of this exam."""

    role: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByFact:
    """The rule depends on another fact: the first case that fits, else `otherwise`."""

    fact: str
    cases: tuple[tuple[Within | Equals | Matches, Rule], ...]
    otherwise: Rule | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """The extent along one axis lies in a range."""

    axis: str
    within: Within
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shells:
    """Each of these b-values is there, `within` s/mm2, with so many volumes, and no other."""

    values: tuple[float, ...]
    within: float
    volumes: tuple[tuple[float, int], ...] = ()
    others: bool = False
    text: str = ""


Rule = Within | AnyOf | Equals | Matches | Present | SameAs | ByFact | Along | Shells


def rule_of(spec: FactSpec, value: Any) -> Rule:
    """Read what a manual asks of one fact.

    Raises:
        PlanError: it is not in the grammar, or its unit does not fit the fact.
    """
    if isinstance(value, str) and (word := _word(value)) is not None:
        return word
    if isinstance(value, Mapping):
        return _mapping(spec, value)
    if isinstance(value, list | tuple):
        if spec.kind == "shells":
            return _shells(spec, {"shells": value})
        return _any_of(spec, value)
    return simple(spec, value)


def simple(spec: FactSpec, value: Any) -> Within | Equals | Matches:
    """Read a range, a word, a flag or a regular expression: what `match` may say too.

    Raises:
        PlanError: it is none of these, or its unit does not fit the fact.
    """
    if spec.kind == "flag":
        return _flag(spec, value)
    if spec.numeric:
        return _within(spec, value)
    return _text_rule(spec, value)


def _word(value: str) -> Rule | None:
    text = " ".join(value.split())
    if text in ("present", "absent"):
        return Present(wanted=text == "present", text=text)
    if text.startswith("same as "):
        other = text.removeprefix("same as ")
        return SameAs(role=None if other == "baseline" else other, text=text)
    return None


def _flag(spec: FactSpec, value: Any) -> Equals:
    words = {"yes": True, "no": False, "true": True, "false": False}
    flag = words.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise PlanError(f"{spec.name} is yes or no, not {value!r}")
    return Equals(value=flag, text="yes" if flag else "no")


def _text_rule(spec: FactSpec, value: Any) -> Equals | Matches:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PlanError(
            f"{value!r} is not a word, a list of words or a ~regular expression"
        )
    text = str(value).strip()
    if not text:
        raise PlanError(
            f"{spec.name} is empty here; write a word or a ~regular expression"
        )
    if text.startswith("~"):
        return Matches(pattern=safe_pattern(text[1:].strip()), text=text)
    if spec.name == "plane" and text.casefold() not in PLANES:
        raise PlanError(
            f'"{text}" is not a plane{did_you_mean(text, PLANES)}: {", ".join(PLANES)}'
        )
    return Equals(value=text, text=text)


def _within(spec: FactSpec, value: Any) -> Within:
    return Within(allowed=in_unit(spec, value), text=str(value).strip())


def in_unit(spec: FactSpec, value: Any) -> Interval:
    """Read an interval and convert it to the fact's unit.

    Raises:
        PlanError: not an interval, no unit where one is needed, or one of another dimension.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PlanError(
            f"{value!r} is not a number or a range, such as {_example(spec)}"
        )
    found = interval(value)
    if found.unit == "" and spec.unit:
        raise PlanError(
            f'{spec.name} is in {spec.unit}: write the unit, such as "{found.text or value} {spec.unit}"'
        )
    try:
        low, high = (
            convert(end, found.unit, spec.unit) for end in (found.low, found.high)
        )
    except PlanError:
        raise PlanError(_wrong_unit(spec, found.unit)) from None
    return replace(found, low=low, high=high, unit=spec.unit)


def _wrong_unit(spec: FactSpec, unit: str) -> str:
    asked = f"a {UNITS[spec.unit][0]} ({spec.unit})" if spec.unit else "a bare number"
    return f"{spec.name} is {asked}, but {unit} is a {UNITS[unit][0]}"


def _example(spec: FactSpec) -> str:
    return (
        f'"400..700 {spec.unit}" or "3 ± 0.2 {spec.unit}"'
        if spec.unit
        else '"1..2" or ">= 1"'
    )


def _any_of(spec: FactSpec, values: Any) -> AnyOf:
    if not values:
        raise PlanError(f"the list of allowed values of {spec.name} is empty")
    choices = tuple(simple(spec, value) for value in values)
    return AnyOf(choices=choices, text=" or ".join(c.text for c in choices))


_FORMS = {
    "target": ("target", "warn", "fail"),
    "at_least": ("at_least", "at_most", "along"),
    "pass": ("pass", "warn"),
    "shells": ("shells", "within", "volumes", "others"),
}


def _mapping(spec: FactSpec, value: Mapping[Any, Any]) -> Rule:
    keys = [str(k) for k in value]
    if "by" in keys:
        return _by(spec, value)
    if not spec.numeric:
        raise PlanError(
            f"{spec.name} takes a word, a list, a ~regular expression, or {{by: ...}}"
        )
    if spec.kind == "shells":
        _closed(keys, _FORMS["shells"])
        return _shells(spec, value)
    if "along" in keys or spec.kind == "axes":
        _closed(keys, _FORMS["at_least"])
        return _along(spec, value)
    for sign, read in _READ.items():
        form = _FORMS[sign]
        if sign in keys or (sign == "at_least" and "at_most" in keys):
            _closed(keys, form)
            return read(spec, value)
    known = dict.fromkeys(k for form in _FORMS.values() for k in form)
    near = next((hint for k in keys if (hint := did_you_mean(k, known))), "")
    raise PlanError(
        f"{{{', '.join(keys)}}} is not a rule{near}; write {{target, warn, fail}}, {{at_least, at_most}}, {{pass, warn}} or {{by: ...}}"
    )


def _closed(keys: list[str], form: tuple[str, ...]) -> None:
    for key in keys:
        if key not in form:
            raise PlanError(
                f'"{key}" does not belong here{did_you_mean(key, form)}; {", ".join(form)} do'
            )


def _target(spec: FactSpec, value: Mapping[str, Any]) -> Within:
    target = in_unit(spec, value["target"])
    if target.low != target.high:
        raise PlanError(f'target is one quantity, not "{value["target"]}"')
    fail = value.get("fail", value.get("warn"))
    if fail is None:
        raise PlanError(
            "a target needs fail, or warn and fail: how far off is still accepted"
        )
    far = _distance(spec, fail, target.low)
    near = _distance(spec, value.get("warn", fail), target.low)
    if near > far:
        raise PlanError(f"warn ({value['warn']}) is above fail ({fail})")
    unit = spec.unit
    text = f"{target.low:.6g} ± {near:.6g} {unit}".rstrip()
    return Within(
        allowed=Interval(target.low - near, target.low + near, unit, text=text),
        tolerated=Interval(target.low - far, target.low + far, unit)
        if far > near
        else None,
        text=text,
    )


def _distance(spec: FactSpec, value: Any, target: float) -> float:
    found = quantity(value) if isinstance(value, str) else None
    if found is not None and found.unit == "%" and spec.unit != "%":
        return abs(target) * found.value / 100
    limit = in_unit(spec, value)
    if limit.low != limit.high or limit.low < 0:
        raise PlanError(
            f'"{value}" is not a distance from the target, such as 5 {spec.unit}'
        )
    return limit.low


def _bounds(spec: FactSpec, value: Mapping[str, Any]) -> Within:
    low = in_unit(spec, value["at_least"]).low if "at_least" in value else -math.inf
    high = in_unit(spec, value["at_most"]).high if "at_most" in value else math.inf
    allowed = Interval(low, high, spec.unit)
    return Within(allowed=allowed, text=_said(allowed))


def _said(allowed: Interval) -> str:
    ends = {">=": allowed.low, "<=": allowed.high}
    if all(math.isfinite(end) for end in ends.values()):
        return str(allowed)
    return " and ".join(
        f"{sign} {end:.6g} {allowed.unit}".rstrip()
        for sign, end in ends.items()
        if math.isfinite(end)
    )


def _two_ranges(spec: FactSpec, value: Mapping[str, Any]) -> Within:
    allowed = in_unit(spec, value["pass"])
    wider = in_unit(spec, value["warn"]) if "warn" in value else None
    if wider and (wider.low > allowed.low or wider.high < allowed.high):
        raise PlanError(f"warn ({value['warn']}) must hold pass ({value['pass']})")
    return Within(allowed=allowed, tolerated=wider, text=str(value["pass"]))


_READ = {"target": _target, "at_least": _bounds, "pass": _two_ranges}


def _along(spec: FactSpec, value: Mapping[str, Any]) -> Along:
    axis = value.get("along")
    if axis not in AXES:
        raise PlanError(
            f"along is one of {', '.join(AXES)}, not {axis!r}{did_you_mean(axis, AXES)}"
        )
    if spec.kind != "axes":
        raise PlanError(f"{spec.name} has no axes; only coverage takes along")
    if not {"at_least", "at_most"} & set(value):
        raise PlanError("coverage needs at_least or at_most")
    within = _bounds(spec, value)
    return Along(axis=axis, within=within, text=f"{within.text} along {axis}")


def _by(spec: FactSpec, value: Mapping[Any, Any]) -> ByFact:
    name = value["by"]
    if not isinstance(name, str) or name not in FACTS:
        near = nearest_fact(str(name))
        raise PlanError(
            f'by: unknown fact "{name}"'
            + (f' (did you mean "{near}"?)' if near else "")
        )
    deciding, cases, otherwise = FACTS[name], [], None
    for key, rule in value.items():
        if key == "by":
            continue
        read = rule_of(spec, rule)
        if key == "else":
            otherwise = read
        else:
            cases.append((_case(deciding, key), read))
    if not cases:
        raise PlanError(
            f"by: {name} needs a case, such as {{by: field, 1.5 T: ..., 3 T: ...}}"
        )
    text = ", ".join(f"{rule.text} at {case.text}" for case, rule in cases)
    return ByFact(fact=name, cases=tuple(cases), otherwise=otherwise, text=text)


def _case(deciding: FactSpec, key: Any) -> Within | Equals | Matches:
    """A case by a nominal value takes what lies within 5 % of it: a 3 T magnet has 2.89 T."""
    read = simple(deciding, key)
    if isinstance(read, Within) and read.allowed.low == read.allowed.high:
        nominal = read.allowed.low
        near = Interval(
            nominal - abs(nominal) * 0.05, nominal + abs(nominal) * 0.05, deciding.unit
        )
        return Within(allowed=near, text=str(key))
    return read


def _shells(spec: FactSpec, value: Mapping[str, Any]) -> Rule:
    shells = value.get("shells")
    if not isinstance(shells, list | tuple) or not shells:
        raise PlanError("shells is a list of b-values, such as [50 s/mm2, 800 s/mm2]")
    values = tuple(_one(spec, b) for b in shells)
    within = _one(spec, value.get("within", f"25 {spec.unit}"))
    asked = value.get("volumes", {})
    if not isinstance(asked, Mapping):
        raise PlanError("volumes pairs b-values with numbers, such as {800 s/mm2: 3}")
    volumes = tuple((_one(spec, b), _whole(n)) for b, n in asked.items())
    for b, _ in volumes:
        if b not in values:
            raise PlanError(
                f"volumes names b = {b:.6g} {spec.unit}, which is not one of the shells"
            )
    others = value.get("others", False)
    if not isinstance(others, bool):
        raise PlanError("others is yes or no: whether other b-values may be there")
    text = (
        f"b = {', '.join(f'{b:.6g}' for b in values)} {spec.unit}, each ± {within:.6g}"
    )
    text += "".join(f", at least {n} volumes at {b:.6g}" for b, n in volumes)
    return Shells(
        values=values, within=within, volumes=volumes, others=others, text=text
    )


def _one(spec: FactSpec, value: Any) -> float:
    found = in_unit(spec, value)
    if found.low != found.high:
        raise PlanError(f'"{value}" is not one quantity')
    return found.low


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PlanError(f"{value!r} is not a number of volumes")
    return value
