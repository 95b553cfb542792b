"""Findings in words that a radiographer can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from provident.acquisition import codes
from provident.acquisition.checks import NOT_IN_HEADER, Checked
from provident.acquisition.manual import Manual, Role, Severity
from provident.acquisition.matching import NOT_IMAGES, Condition, Identified
from provident.acquisition.verdict import SeriesVerdict
from provident.dicom.facts import SeriesFacts
from provident.dicom.registry import FACTS
from provident.kernel import Finding, Outcome, Place
from provident.kernel import Severity as Level


SUBDOMAIN = "acquisition.manual"
_LEVELS = {
    Outcome.FAIL: Level.ERROR,
    Outcome.NOT_ASSESSABLE: Level.ERROR,
    Outcome.WARN: Level.WARNING,
    Outcome.PASS: Level.NOTE,
    None: Level.NOTE,
}
_SEND_AGAIN = frozenset(
    ("missing_slices", "duplicate_slices", "incomplete_volumes", "images", "slices", "volumes", "b_values", "temporal_positions")
)  # fmt: skip
_SCANNER = frozenset(
    ("make", "model", "serial", "station", "software", "field", "coil", "transmit_coil")
)


def graded(outcome: Outcome, severity: Severity) -> Outcome:
    """A broken rule that is minor warns; every other fails. Not assessable stays so."""
    return Outcome.WARN if outcome is Outcome.FAIL and severity == "minor" else outcome


def level(outcome: Outcome | None) -> Level:
    """How a finding of this outcome is listed; None decides nothing and is a note."""
    return _LEVELS[outcome]


def _finding(
    code: str,
    outcome: Outcome | None,
    uid: str,
    message: str,
    *,
    expected: str = "",
    found: str = "",
    remedy: str = "",
) -> Finding:
    return Finding(
        code=code,
        severity=level(outcome),
        where=Place(uid=uid),
        message=message,
        expected=expected,
        found=found,
        remedy=remedy,
        subdomain=SUBDOMAIN,
    )


def broken_rule(
    name: str,
    checked: Checked,
    outcome: Outcome | None,
    series: SeriesFacts,
    role: Role,
    manual: Manual,
    code: str | None = None,
) -> Finding:
    """A rule that does not hold, or that cannot be judged."""
    label = FACTS[name].words
    if outcome is Outcome.NOT_ASSESSABLE:
        return _finding(
            codes.NOT_ASSESSABLE.code,
            outcome,
            series.uid,
            f"{label} of the {role.title} cannot be judged: {checked.found}. The manual asks for {checked.expected}.",
            expected=checked.expected,
            found=checked.found,
            remedy="Check that export or de-identification did not remove it, and send again, or say what the scanner used.",
        )
    return _finding(
        code or codes.of_fact(name),
        outcome,
        series.uid,
        f"{label} of the {role.title} {FACTS[name].verb} {checked.found}, the manual asks for {checked.expected}.",
        expected=checked.expected,
        found=checked.found,
        remedy=_remedy(name, outcome, role, manual),
    )


def _remedy(name: str, outcome: Outcome | None, role: Role, manual: Manual) -> str:
    if name in _SEND_AGAIN:
        first = "Compare with the scanner and send the whole series again."
        return f"{first} {manual.repeat}" if outcome is Outcome.FAIL else first
    if name in _SCANNER:
        return "Check which scanner and coil were used, and tell the physicist."
    correct = f"For the {role.owner.replace('_', ' ')}: correct the protocol on the scanner before the next participant."
    return f"{correct} {manual.repeat}" if outcome is Outcome.FAIL else correct


def unread_words(name: str, series: SeriesFacts) -> str:
    """Why a fact of a series cannot be used."""
    fact = series.facts.get(name)
    if fact is not None:
        return f"not readable on {fact.unread} image{'s' if fact.unread != 1 else ''}"
    return f"not readable: {series.absent.get(name, NOT_IN_HEADER)}"


def missing(
    role: Role,
    there: int,
    near: tuple[SeriesFacts, Condition] | None,
    manual: Manual,
    uid: str,
) -> Finding:
    """A series that the visit needs is not there."""
    message = f"The series {role.title} is missing: the manual asks for {role.count}, {there} are there."
    found = f"{there} series"
    if near is not None:
        series, condition = near
        name = str(series.value("description") or "without a description")
        why = f"{FACTS[condition.fact].words.lower()} is {condition.found}, not {condition.expected}"
        message += f' Series "{name}" comes nearest, but its {why}.'
        found += f'; nearest: "{name}", {why}'
    return _finding(
        codes.SERIES_MISSING.code,
        Outcome.FAIL,
        uid,
        message,
        expected=f"{role.count} series",
        found=found,
        remedy=f"Send the series, if it was acquired. {manual.repeat}",
    )


def no_time(role: Role, series: SeriesFacts) -> Finding:
    """When a series of the order was acquired cannot be told."""
    why = series.absent.get("acquired_at", NOT_IN_HEADER)
    return _finding(
        codes.NOT_ASSESSABLE.code,
        Outcome.NOT_ASSESSABLE,
        series.uid,
        f"Whether the {role.title} was acquired in its turn cannot be judged: {why}.",
        expected="an acquisition time",
        found="not readable",
        remedy="Check that export or de-identification did not remove it, and send again.",
    )


def wrong_order(
    earlier: tuple[Role, SeriesFacts, datetime],
    later: tuple[Role, SeriesFacts, datetime],
    manual: Manual,
    outcome: Outcome,
) -> Finding:
    """A series that should come first was acquired after the one that should follow it."""
    (role, _, at), (follower, series, before) = earlier, later
    minutes = (at - before).total_seconds() / 60
    return _finding(
        codes.ORDER.code,
        outcome,
        series.uid,
        f"The {follower.title} was acquired {minutes:.0f} min before the {role.title}; the manual asks for the {role.title} first.",
        expected=f"{role.title}, then {follower.title}",
        found=f"{follower.title} at {before:%H:%M:%S}, {role.title} at {at:%H:%M:%S}",
        remedy=f"For the {role.owner.replace('_', ' ')}: keep the order of the manual with the next participant. {manual.repeat}",
    )


def too_many(role: Role, there: int, uid: str) -> tuple[Outcome, Finding]:
    """More series of a role than the manual allows."""
    outcome = graded(Outcome.FAIL, role.severity("count"))
    return outcome, _finding(
        codes.SERIES_EXTRA.code,
        outcome,
        uid,
        f"There are {there} series of the {role.title}, the manual asks for {role.count}.",
        expected=f"{role.count} series",
        found=f"{there} series",
        remedy="Say which one is meant, and why it was repeated.",
    )


def substitute(role: Role, other: SeriesFacts, reason: str) -> Finding:
    """Another series stands for one that is not there."""
    return _finding(
        codes.SUBSTITUTE.code,
        Outcome.WARN,
        other.uid,
        f"There is no series {role.title}; another series stands for it ({reason}).",
        expected=f"{role.count} series of the {role.title}",
        found="a substitute",
        remedy="Record the reason.",
    )


def visit_unknown(role: Role, uid: str) -> Finding:
    """Whether a series is needed depends on the visit, which nobody said."""
    return _finding(
        codes.VISIT_UNKNOWN.code,
        Outcome.NOT_ASSESSABLE,
        uid,
        f"Whether the {role.title} is needed cannot be told: the visit is not known.",
        expected=f"a visit; {', '.join(role.at)} need it",
        found="no visit",
        remedy="Say the visit.",
    )


def uncertain(role: Role, series: SeriesFacts) -> Finding:
    """A series may be the missing one, but cannot be recognised."""
    unread = [
        f"{FACTS[name].words.lower()} ({series.absent.get(name, NOT_IN_HEADER)})"
        for name in role.match.criteria
        if name not in series.facts or series.facts[name].unread
    ]
    return _finding(
        codes.SERIES_UNCERTAIN.code,
        Outcome.NOT_ASSESSABLE,
        series.uid,
        f"This may be the {role.title}, but it cannot be recognised: {', '.join(unread) or 'a condition'} cannot be read.",
        expected=f"the {role.title}",
        found="not readable",
        remedy="Say which series it is.",
    )


def ambiguous(one: Identified) -> Finding:
    """A series fits two roles equally well."""
    names = " and ".join(role.title for role in one.roles[:2])
    return _finding(
        codes.SERIES_AMBIGUOUS.code,
        Outcome.NOT_ASSESSABLE,
        one.series.uid,
        f"The series fits {names} equally well.",
        expected="one role",
        found=names,
        remedy="Make the match rules of the manual more exact.",
    )


def unplanned(series: SeriesFacts, role: Role, visit: str | None) -> Finding:
    """A series that the visit does not need."""
    return _finding(
        codes.SERIES_UNPLANNED.code,
        None,
        series.uid,
        f"The {role.title} is not planned at {visit}; it is kept, and does not decide.",
        expected=f"at {', '.join(role.at)}",
        found=f"at {visit}",
    )


def repeated(series: SeriesFacts, role: Role) -> Finding:
    """A series that a later one replaces."""
    return _finding(
        codes.SERIES_REPEATED.code,
        None,
        series.uid,
        f"The {role.title} was repeated; a later complete series is used, and this one is kept.",
    )


def unmatched(one: Identified, manual: Manual) -> SeriesVerdict:
    """A series that plays no role: kept, labelled, and without say."""
    series = one.series
    name = str(series.value("description") or "")
    if series.modality in NOT_IMAGES:
        why = f"It holds no images ({series.modality})."
    elif one.uncertain:
        why = f"It may be the {' or the '.join(r.title for r in one.uncertain)}; what tells cannot be read."
    else:
        why = f"It fits no series of the manual {manual.exam} {manual.version}."
    finding = _finding(
        codes.SERIES_UNMATCHED.code, None, series.uid, f"{why} It is kept and labelled."
    )
    return SeriesVerdict(
        uid=series.uid,
        role=None,
        outcome=Outcome.NOT_ASSESSABLE,
        findings=(finding,),
        counts=False,
        label=name,
    )


def no_baseline(
    role: Role, facts: Sequence[str], series: SeriesFacts, outcome: Outcome | None
) -> Finding:
    """There is nothing to compare with."""
    names = ", ".join(FACTS[name].words.lower() for name in facts)
    return _finding(
        codes.BASELINE_MISSING.code,
        outcome,
        series.uid,
        f"There is no baseline exam to compare the {role.title} with ({names}).",
        expected="as in the baseline exam",
        found="no baseline exam",
        remedy="Send the baseline exam, or give it to the command.",
    )


def nothing_judged(manual: Manual, uid: str) -> Finding:
    """Nothing in the exam could be judged."""
    return _finding(
        codes.NOTHING_JUDGED.code,
        Outcome.NOT_ASSESSABLE,
        uid,
        f"No series could be judged by the manual {manual.exam} {manual.version}.",
        expected="series of the manual",
        found="none",
        remedy="Check the exam kind and the visit.",
    )


def unmatched_exam(uid: str) -> Finding:
    """An exam that no manual of the plan fits, or several fit as well."""
    return _finding(
        codes.EXAM_UNKNOWN.code,
        Outcome.NOT_ASSESSABLE,
        uid,
        "The exam cannot be told apart: no manual of the plan fits its series, or several fit equally.",
        expected="an exam of the plan",
        found="not recognised",
        remedy="Say which exam it is.",
    )


def with_note(verdict: SeriesVerdict, finding: Finding) -> SeriesVerdict:
    """The verdict with one more finding."""
    return replace(verdict, findings=(*verdict.findings, finding))


def sentence(
    manual: Manual,
    outcome: Outcome,
    findings: Sequence[Finding],
    waivers: Sequence[str] = (),
) -> str:
    """The verdict in a sentence or two: the worst finding, and how many others there are.

    Args:
        waivers: why and by whom each rule was let go.
    """
    ranked = [
        f for lv in (Level.ERROR, Level.WARNING) for f in findings if f.severity is lv
    ]
    if outcome is Outcome.PASS or not ranked:
        but = f", but for what is waived: {'; '.join(waivers)}" if waivers else ""
        return f"The exam is as version {manual.version} of its manual asks{but}."
    first = ranked[0]
    more = len(ranked) - 1
    rest = (
        f" There {'is one more finding' if more == 1 else f'are {more} more findings'}."
        if more
        else ""
    )
    return f"{first.message} {first.remedy}".strip() + rest
