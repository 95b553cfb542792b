"""Checks on what the manual asks of images and the profile keeps: plausible, comparable, still there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from provident.kernel import PlanError, Severity
from provident.plan.places import Path
from provident.plan.quantities import interval, quantity
from provident.programme.checks.deidentification import FILE, OPTIONS, TOP
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


# What scanners of people can do, with room on both sides; a value outside is a slip of unit or decimal.
PLAUSIBLE = {
    "TR": (1, 20_000, "ms"),
    "TE": (0.01, 600, "ms"),
    "TI": (5, 6_000, "ms"),
    "flip": (1, 180, "deg"),
    "slice_thickness": (0.1, 20, "mm"),
    "slice_gap": (-10, 20, "mm"),
    "pixel_spacing": (0.02, 5, "mm"),
    "field_of_view": (20, 600, "mm"),
    "coverage": (5, 2_200, "mm"),
    "b_max": (50, 10_000, "s/mm2"),
    "kVp": (20, 150, "kV"),
    "time_after_injection": (1, 7_200, "s"),
    "uptake_time": (5, 300, "min"),
}


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in ("warn", "fail", "along", "why", "severity"):
                yield from _texts(inner, (*path, key))
    elif isinstance(value, str):
        yield path, value


@check(
    code="MANUAL.IMPLAUSIBLE",
    subdomain="acquisition.manual",
    finds="A parameter that no scanner of people has: a slip of unit or decimal.",
    why="Every arriving exam would be off protocol by the manual's own error, and sites would be asked to repeat good scans.",
    remedy="Correct the figure or its unit.",
)
def implausible(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam in c.plan.imaging:
        file = c.file("imaging", exam)
        for role, series in c.loaded.documents[file]["series"].items():
            for fact, rule in (series.get("require") or {}).items():
                if fact not in PLAUSIBLE:
                    continue
                low, high, unit = PLAUSIBLE[fact]
                for path, text in _texts(rule, ("series", role, "require", fact)):
                    if not _within(text, low, high, unit):
                        yield Flag(
                            file=file,
                            path=path,
                            message=f"{exam}.{role} asks for {fact} {text}",
                            expected=f"between {low:g} and {high:g} {unit}",
                            found=text,
                        )


def _within(text: str, low: float, high: float, unit: str) -> bool:
    try:
        asked = interval(text)
        ends = [e for e in (asked.low, asked.high) if math.isfinite(e) and e != 0]
        values = [quantity(f"{e} {asked.unit}").to(unit) for e in ends]
    except PlanError:
        return True  # a word, or another grammar: the schema has looked at it
    return all(low <= v <= high for v in values)


@check(
    code="MANUAL.TOLERANCE",
    subdomain="acquisition.manual",
    finds="A tolerance that fails nothing, or that warns only where it fails already.",
    why="A limit as wide as the value lets every scan pass; one that never warns gives a site no time to mend.",
    remedy="Make `warn:` smaller than `fail:`, and `fail:` smaller than the target.",
)
def tolerance(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam in c.plan.imaging:
        file = c.file("imaging", exam)
        for role, series in c.loaded.documents[file]["series"].items():
            for fact, rule in (series.get("require") or {}).items():
                problem = _loose(rule) if isinstance(rule, Mapping) else None
                if problem:
                    yield Flag(
                        file=file,
                        path=("series", role, "require", fact),
                        key=True,
                        # An angle near 0 may well tolerate more than itself.
                        severity=Severity.WARNING if problem == _WIDE else None,
                        message=f"{fact} of {exam}.{role} {problem}",
                        expected="0 < warn <= fail < target",
                        found=", ".join(f"{k}: {v}" for k, v in rule.items()),
                    )


_WIDE = "tolerates more than its target"


def _loose(rule: Mapping[str, Any]) -> str | None:
    try:
        target, warn, fail = (
            quantity(str(rule[k])) if k in rule else None
            for k in ("target", "warn", "fail")
        )
        if target is None:
            return None
        limits = [x.to(target.unit) for x in (warn, fail) if x is not None]
    except PlanError:
        return None
    if any(x <= 0 for x in limits):
        return "tolerates nothing, not even rounding"
    if limits and max(limits) >= abs(target.value) > 0:
        return _WIDE
    if warn and fail and limits[0] > limits[1]:
        return "fails before it warns"
    return None


@check(
    code="MANUAL.NOT_COMPARABLE",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="A series that nothing is asked of, or an MR exam made at several visits that need not be made the same way again.",
    why="A change of parameter or field between two visits looks like a change of disease.",
    remedy="Add rules under `require:`, and `same_as_baseline: [field, ...]`.",
)
def not_comparable(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        visits = [n for n, v in c.plan.study.visits.items() if exam in v.imaging]
        problems: list[tuple[Path, str, str]] = []
        if "MR" in manual.modality and len(visits) > 1 and not manual.same_as_baseline:
            words = f"{exam} is made at {len(visits)} visits, and nothing need be the same as at the first"
            problems.append((("exam",), words, "same_as_baseline"))
        for role, series in manual.series.items():
            if (
                not series.require.rules()
                and "MR" in manual.modality
                and manual.strictness == "research"
            ):
                words = f"nothing is asked of {exam}.{role} but that it is there"
                problems.append((("series", role), words, "require"))
        for path, words, expected in problems:
            yield Flag(
                file=c.file("imaging", exam),
                path=path,
                key=True,
                message=words,
                expected=expected,
                found="none",
            )


_BURNED_IN = frozenset({"US", "DX", "CR", "MG", "XA", "RF"})


@check(
    code="DEID.NEEDED_REMOVED",
    subdomain="acquisition.deidentification",
    finds="A profile without an option that the plan needs: dates between visits, the scanner's identity, weight for PET, private elements, pixels with text.",
    why="What the de-identification takes away at the site is gone: no window, no change of scanner, no uptake value can be computed.",
    remedy="Add the option of PS3.15 under `standard.options`.",
)
def needed_removed(c: PlanUnderCheck) -> Iterator[Flag]:
    profile = c.plan.deidentification.deidentification
    options = set(profile.standard.options)
    modalities = {m for x in c.plan.imaging.values() for m in x.modality}
    watched = (
        c.plan.phantoms.change.watch
        if c.plan.phantoms and c.plan.phantoms.change
        else ()
    )
    needs = (
        (len(c.plan.study.visits) > 1, {113106, 113107}, "the days between visits"),
        (
            bool({"serial", "station", "software"} & set(watched)),
            {113109},
            "the identity of the scanner, which is watched for changes",
        ),
        (
            "PT" in modalities,
            {113108},
            "weight and size, from which uptake values are computed",
        ),
        (bool(profile.private), {113111}, "the private elements that it keeps"),
        (
            bool(modalities & _BURNED_IN),
            {113101},
            "images clear of text that is burned in",
        ),
    )
    for needed, codes, words in needs:
        if needed and not codes & options:
            yield Flag(
                file=FILE,
                path=OPTIONS,
                message=f"the profile does not give {words}",
                expected=f"option {' or '.join(str(x) for x in sorted(codes))}",
                found=", ".join(map(str, sorted(options))) or "no options",
            )


@check(
    code="DEID.SHIFT_GUESSED",
    subdomain="acquisition.deidentification",
    severity=Severity.WARNING,
    finds="Dates that are moved by so little that they can be guessed, or by more than a life.",
    why="Who knows one date of a person, such as an operation, finds all the others; a shift of centuries breaks software that reads dates.",
    remedy="Write `shift: {days: [-3650, -30]}`.",
)
def shift_guessed(c: PlanUnderCheck) -> Iterator[Flag]:
    shift = c.plan.deidentification.deidentification.dates.shift
    if shift is None:
        return
    low, high = shift.days
    if high - low < 365 or max(abs(low), abs(high)) > 36525 or (low < 0 and high > -1):
        yield Flag(
            file=FILE,
            path=(TOP, "dates", "shift", "days"),
            message=f"dates move by {low} to {high} days",
            expected="a range of a year or more, all in the past, within a century",
            found=f"[{low}, {high}]",
        )
