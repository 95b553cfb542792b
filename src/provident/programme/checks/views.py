"""Checks that the planes and regions which a score needs are acquired where it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provident.kernel import Severity
from provident.plan.models.forms import FormFile
from provident.plan.models.imaging import (
    Criteria,
    ImagingManual,
    MatchCriteria,
    SeriesRole,
)
from provident.plan.models.imaging_rules import AnyOf, Equals, Rule
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


_NAMED = {
    "axial": re.compile(r"(?:^|_)(?:ax|axial|tra|trans|transverse)(?:_|$)"),
    "coronal": re.compile(r"(?:^|_)(?:cor|coronal)(?:_|$)"),
    "sagittal": re.compile(r"(?:^|_)(?:sag|sagittal)(?:_|$)"),
}
# By these a scan that misses a part of the body is found when it arrives.
_SHOWS_REGION = frozenset({"coverage", "body_part", "view", "field_of_view"})


def _words_of(rule: Rule | None) -> set[str]:
    choices = rule.choices if isinstance(rule, AnyOf) else (rule,)
    return {
        str(choice.value).lower() for choice in choices if isinstance(choice, Equals)
    }


def _stated(criteria: Criteria) -> set[str]:
    """The planes that conditions on a series allow; none where they do not speak of planes."""
    found = _words_of(criteria.rules().get("plane"))
    if isinstance(criteria, MatchCriteria):
        for inner in (*criteria.any_of, *criteria.all_of):
            found |= _stated(inner)
    return found


def planes(series: SeriesRole) -> set[str]:
    """The planes in which a series is acquired or looked at, as its rules hold it to."""
    return _stated(series.match) | _stated(series.require) | set(series.reformats)


def _there(manual: ImagingManual, needed: list[str], visit: str) -> list[SeriesRole]:
    """The series that a form needs of an exam and that a visit must acquire."""
    found = [manual.series[r] for r in needed if r in manual.series]
    return [
        s
        for s in found
        if (not s.at or visit in s.at) and not s.optional and s.count.low >= 1
    ]


def _lacking(
    c: PlanUnderCheck, form: FormFile, exam: str, visit: str
) -> dict[str, list[str]]:
    """What a form must see of an exam at a visit and no needed series shows, by the key of `views`."""
    manual = c.plan.imaging[exam]
    needed = [
        role for of, _, role in (n.partition(".") for n in form.needs) if of == exam
    ]
    there = _there(manual, needed, visit)
    shown = {
        "planes": {p for s in there for p in planes(s)},
        "regions": {r for s in there for r in s.regions},
    }
    asked = form.views[exam]
    return {
        "planes": [p for p in asked.planes if p not in shown["planes"]],
        "regions": [r for r in asked.regions if r not in shown["regions"]],
    }


def _views(c: PlanUnderCheck, key: str) -> Iterator[Flag]:
    """A finding for each plane, or region, that a form needs and a visit does not acquire."""
    for endpoint, design in c.plan.reading.items():
        form = c.plan.forms.get(design.form)
        for exam in form.views if form else ():
            assert form is not None
            if exam not in c.plan.imaging:
                continue  # a reference that leads nowhere is a finding of its own
            for visit in design.visits:
                lacking = _lacking(c, form, exam, visit)[key]
                if lacking:
                    yield Flag(
                        file=c.file("forms", design.form),
                        path=("views", exam, key),
                        key=True,
                        message=f"{endpoint} scores {' and '.join(lacking)} at {visit}, which no series that {design.form} needs of {exam} shows there",
                        expected=f"a required series of {exam} at {visit} with {key}: {', '.join(lacking)}",
                        found="none",
                    )


@check(
    code="READ.PLANE_NOT_ACQUIRED",
    subdomain="reading.methods",
    finds="A scoring form that is filled in a plane which no needed series has at a visit that is read.",
    why="A trial found its sequences unfit for the score when reading began (PROVIDENT, example A); erosions, for one, count when they are seen in two planes.",
    remedy="Acquire the plane, with `plane:` under match or require, or `reformats:` of a volume; or take it out of `views:`.",
)
def plane_not_acquired(c: PlanUnderCheck) -> Iterator[Flag]:
    yield from _views(c, "planes")


@check(
    code="READ.REGION_NOT_COVERED",
    subdomain="reading.methods",
    finds="A scoring form that scores a part of the body which no needed series covers at a visit that is read.",
    why="Half of a score that was never in the field of view cannot be made up (PROVIDENT, example A).",
    remedy="Widen the series and name the part under its `regions:`, or take it out of `views:`.",
)
def region_not_covered(c: PlanUnderCheck) -> Iterator[Flag]:
    yield from _views(c, "regions")


@check(
    code="MANUAL.REGION_UNCHECKED",
    subdomain="acquisition.manual",
    severity=Severity.WARNING,
    finds="Parts of the body that a series shall cover, and nothing by which one that misses them would be found.",
    why="Poor positioning was found when the trial was over (PROVIDENT, example A).",
    remedy="Ask for `coverage:`, `body_part:` or `view:`, or let quality control score the coverage.",
)
def region_unchecked(c: PlanUnderCheck) -> Iterator[Flag]:
    if "coverage" in c.plan.quality.human.score:
        return
    for exam, manual in c.plan.imaging.items():
        for role, series in manual.series.items():
            asked = set(series.require.rules()) | set(series.match.rules())
            if series.regions and not asked & _SHOWS_REGION:
                yield Flag(
                    file=c.file("imaging", exam),
                    path=("series", role, "regions"),
                    key=True,
                    message=f"nothing shows whether {exam}.{role} covers {', '.join(series.regions)}",
                    expected="coverage, body_part or view under require, or coverage among the scores of quality control",
                    found=", ".join(sorted(asked)) or "no rule",
                )


@check(
    code="MANUAL.PLANE_CONTRADICTS",
    subdomain="acquisition.manual",
    finds="A series that is named for one plane and asked for in another, or recognised in one and required in another.",
    why="Sites follow the name, the check follows the rule: one of them makes every scan wrong.",
    remedy="Correct the name or the rule.",
)
def plane_contradicts(c: PlanUnderCheck) -> Iterator[Flag]:
    for exam, manual in c.plan.imaging.items():
        for role, series in manual.series.items():
            matched, required = _stated(series.match), _stated(series.require)
            named = {p for p, pattern in _NAMED.items() if pattern.search(role)}
            for one, other in (
                (matched, required),
                (matched, named),
                (required, named),
            ):
                if one and other and not one & other:
                    yield Flag(
                        file=c.file("imaging", exam),
                        path=("series", role),
                        key=True,
                        message=f"{exam}.{role} is {' or '.join(sorted(other))} by {'its name' if other is named else 'what is required of it'}, and {' or '.join(sorted(one))} by its rules",
                        expected=" or ".join(sorted(other)),
                        found=" or ".join(sorted(one)),
                    )
                    break
