"""Judge one series: the rules of its role, what may not vary, and what must be as at baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provident.acquisition import codes, remarks, words
from provident.acquisition.checks import Checked, Setting, check, same
from provident.acquisition.manual import Manual, Role, Waiver
from provident.acquisition.verdict import Measure, SeriesVerdict
from provident.acquisition.waivers import waived, waiver_of
from provident.dicom.facts import SeriesFacts
from provident.dicom.registry import FACTS
from provident.kernel import Finding, Outcome
from provident.plan.models.imaging_rules import Rule, SameAs
from provident.plan.quantities import Interval


# What is looked at whether or not the manual asks: the fact, and the outcome when it is not 0.
# Duplicates are never meant. Holes are said but decide only where the manual asks, since a
# derived or a partial series may be meant to have them.
ALWAYS: tuple[tuple[str, Outcome | None], ...] = (
    ("duplicate_slices", Outcome.WARN),
    ("missing_slices", None),
    ("incomplete_volumes", None),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule as it came out; an outcome of None decides nothing."""

    rule: str
    outcome: Outcome | None
    finding: Finding | None = None
    measure: Measure | None = None


def judge_series(
    series: SeriesFacts,
    role: Role,
    manual: Manual,
    others: Mapping[str, SeriesFacts],
    baseline: SeriesFacts | None,
    visit: str | None,
    *,
    counts: bool,
    waivers: Sequence[Waiver] = (),
) -> SeriesVerdict:
    """Hold everything that the manual asks of a role against one series.

    Args:
        waivers: those that hold for this exam.
    """
    setting = Setting(series=series, others=others, baseline=baseline)
    judged = [
        *_required(role, manual, setting),
        *_constant(role, manual, series),
        *_as_baseline(role, manual, setting, visit),
        *_always(role, manual, series),
    ]
    judged = [_let_go(one, role, waivers) for one in judged]
    outcomes = [one.outcome for one in judged if one.outcome is not None]
    return SeriesVerdict(
        uid=series.uid,
        role=role.id,
        outcome=Outcome.worst(outcomes) if outcomes else Outcome.PASS,
        findings=tuple(one.finding for one in judged if one.finding is not None),
        measures=tuple(one.measure for one in judged if one.measure is not None),
        counts=counts,
        label=str(series.value("description") or ""),
    )


def _let_go(one: Judged, role: Role, waivers: Sequence[Waiver]) -> Judged:
    """The rule as it came out, or without say where somebody answers for it."""
    waiver = waiver_of(
        waivers,
        role=role.id,
        rule=one.rule,
        severity=role.severity(one.rule),
        outcome=one.outcome,
    )
    if waiver is None or one.finding is None:
        return one
    measure = one.measure
    if measure is not None:
        label = f"{measure.label}, waived"
        measure = replace(measure, label=label, outcome=Outcome.WARN)
    return Judged(one.rule, None, waived(one.finding, waiver), measure)


def _required(role: Role, manual: Manual, setting: Setting) -> Iterator[Judged]:
    for name, rule in role.rules_for(setting.series.manufacturer).items():
        if _baseline_itself(rule, setting):
            continue
        checked = check(name, rule, setting)
        outcome = remarks.graded(checked.outcome, role.severity(name))
        finding = None
        if outcome is not Outcome.PASS:
            finding = remarks.broken_rule(
                name, checked, outcome, setting.series, role, manual
            )
        yield Judged(name, outcome, finding, _measure(name, checked, outcome))


def _baseline_itself(rule: Rule, setting: Setting) -> bool:
    """Whether a rule compares with a baseline that this exam may well be itself."""
    return isinstance(rule, SameAs) and rule.role is None and setting.baseline is None


def _constant(role: Role, manual: Manual, series: SeriesFacts) -> Iterator[Judged]:
    for name in role.constant:
        fact = series.facts.get(name)
        label = f"{FACTS[name].words}, the same throughout"
        if fact is None or fact.unread:
            checked = Checked(
                outcome=Outcome.NOT_ASSESSABLE,
                expected="the same in all images",
                found=remarks.unread_words(name, series),
            )
        else:
            checked = Checked(
                outcome=Outcome.FAIL if fact.varies else Outcome.PASS,
                expected="the same in all images",
                found=words.found(name, fact),
            )
        outcome = remarks.graded(checked.outcome, role.severity(name))
        finding = None
        if outcome is not Outcome.PASS:
            finding = remarks.broken_rule(
                name, checked, outcome, series, role, manual, code=codes.VARIES.code
            )
        yield Judged(name, outcome, finding, _measure(name, checked, outcome, label))


def _as_baseline(
    role: Role, manual: Manual, setting: Setting, visit: str | None
) -> Iterator[Judged]:
    asked = [fact for of, fact in manual.same_as_baseline if of in (None, role.id)]
    asked += [
        name
        for name, rule in role.rules_for(setting.series.manufacturer).items()
        if _baseline_itself(rule, setting)
    ]
    if not asked or visit == manual.first_visit is not None:
        return
    if setting.baseline is None:
        # Without a visit this may be the baseline itself; said, but nothing is held up.
        outcome = (
            None
            if visit is None or manual.first_visit is None
            else Outcome.NOT_ASSESSABLE
        )
        finding = remarks.no_baseline(role, asked, setting.series, outcome)
        yield Judged("baseline", outcome, finding)
        return
    for name in asked:
        yield _beside_baseline(name, role, manual, setting, setting.baseline)


def _beside_baseline(
    name: str, role: Role, manual: Manual, setting: Setting, before: SeriesFacts
) -> Judged:
    now, then = setting.series.facts.get(name), before.facts.get(name)
    if now is None or then is None or now.unread or then.unread:
        which = setting.series if now is None or now.unread else before
        checked = Checked(
            outcome=Outcome.NOT_ASSESSABLE,
            expected="as in the baseline exam",
            found=remarks.unread_words(name, which),
        )
    else:
        checked = Checked(
            outcome=Outcome.PASS if same(name, now, then) else Outcome.FAIL,
            expected=f"{words.found(name, then)}, as in the baseline exam",
            found=words.found(name, now),
        )
    outcome = remarks.graded(checked.outcome, role.severity(name))
    finding = None
    if outcome is not Outcome.PASS:
        finding = remarks.broken_rule(
            name,
            checked,
            outcome,
            setting.series,
            role,
            manual,
            code=codes.BASELINE_DIFFERS.code,
        )
    label = f"{FACTS[name].words}, as at baseline"
    return Judged(name, outcome, finding, _measure(name, checked, outcome, label))


def _always(role: Role, manual: Manual, series: SeriesFacts) -> Iterator[Judged]:
    asked = role.rules_for(series.manufacturer)
    for name, outcome in ALWAYS:
        fact = series.facts.get(name)
        if name in asked or fact is None or not any(fact.values()):
            continue
        checked = Checked(
            outcome=outcome or Outcome.PASS, expected="0", found=words.found(name, fact)
        )
        finding = remarks.broken_rule(name, checked, outcome, series, role, manual)
        yield Judged(name, outcome, finding)


def _measure(
    name: str, checked: Checked, outcome: Outcome, label: str | None = None
) -> Measure:
    low, high = _ends(checked.allowed)
    scale = _scale(low, high, checked.value)
    return Measure(
        rule=name,
        label=label or FACTS[name].words,
        unit=FACTS[name].unit,
        value=checked.value,
        expected=checked.expected,
        found=checked.found,
        low=low,
        high=high,
        outcome=outcome,
        scale_low=scale[0] if scale else None,
        scale_high=scale[1] if scale else None,
    )


def _ends(allowed: Interval | None) -> tuple[float | None, float | None]:
    if allowed is None:
        return None, None
    ends = [end if math.isfinite(end) else None for end in (allowed.low, allowed.high)]
    return ends[0], ends[1]


def _scale(
    low: float | None, high: float | None, value: float | None
) -> tuple[float, float] | None:
    """The ends of a bar that shows what is allowed in its middle, and the value on it."""
    known = [x for x in (low, high, value) if x is not None]
    if value is None or (low is None and high is None):
        return None
    if low is not None and high is not None:
        margin = (high - low) or abs(high) * 0.2 or 1.0
    else:
        margin = max(abs(known[0] - known[-1]), abs(known[0]) * 0.5, 1e-9)
    start, end = min(known) - margin * 0.5, max(known) + margin * 0.5
    return (0.0 if start < 0 <= min(known) else start), end
