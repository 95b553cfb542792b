"""Which role a series plays. Three answers: yes, no, and cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from provident.acquisition.checks import Setting, check
from provident.acquisition.manual import Manual, MatchRule, Role
from provident.dicom.facts import SeriesFacts
from provident.kernel import Outcome


# Objects that carry no images of their own: kept with the exam, played by no role.
NOT_IMAGES = frozenset(
    ("SR", "PR", "KO", "SEG", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE", "DOC", "AU")
)
NEAR = 0.5  # of the conditions: a series that meets as many may be meant for the role


class Fit(Enum):
    """Whether a series fits."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a match rule, as it came out."""

    fact: str
    fit: Fit
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A series and the roles that it fits, most exact first."""

    series: SeriesFacts
    roles: tuple[Role, ...] = ()
    uncertain: tuple[Role, ...] = ()

    @property
    def role(self) -> Role | None:
        """The role it plays: the most exact one that it fits."""
        return self.roles[0] if self.roles else None

    @property
    def ambiguous(self) -> bool:
        """Whether another role fits as exactly."""
        return (
            len(self.roles) > 1 and self.roles[0].match.size == self.roles[1].match.size
        )


def identify(series: Iterable[SeriesFacts], manual: Manual) -> list[Identified]:
    """The roles that each series fits."""
    return [_identified(one, manual) for one in series]


def _identified(one: SeriesFacts, manual: Manual) -> Identified:
    fits = [
        (role, fit(role.match, one))
        for role in manual.roles
        if _right_kind(one, role, manual)
    ]
    exact = sorted(
        (role for role, how in fits if how is Fit.YES), key=lambda r: -r.match.size
    )
    unsure = tuple(role for role, how in fits if how is Fit.UNKNOWN)
    return Identified(series=one, roles=tuple(exact), uncertain=() if exact else unsure)


def _right_kind(one: SeriesFacts, role: Role, manual: Manual) -> bool:
    if one.modality in NOT_IMAGES:
        return False
    return "modality" in role.match.criteria or one.modality in manual.modality


def fit(rule: MatchRule, series: SeriesFacts) -> Fit:
    """Whether the series fits: no, if one condition says no; unknown, if one cannot be read."""
    unknown = False
    for answer in _answers(rule, series):
        if answer is Fit.NO:  # nothing that follows can change it
            return answer
        unknown = unknown or answer is Fit.UNKNOWN
    return Fit.UNKNOWN if unknown else Fit.YES


def _answers(rule: MatchRule, series: SeriesFacts) -> Iterator[Fit]:
    yield from (condition.fit for condition in conditions(rule, series))
    yield from (fit(part, series) for part in rule.all_of)
    if rule.any_of:
        yield _any(fit(part, series) for part in rule.any_of)
    if rule.none_of is not None:
        yield _not(fit(rule.none_of, series))


def _any(answers: Iterable[Fit]) -> Fit:
    there = set(answers)
    return next((f for f in (Fit.YES, Fit.UNKNOWN) if f in there), Fit.NO)


def _not(answer: Fit) -> Fit:
    return {Fit.YES: Fit.NO, Fit.NO: Fit.YES}.get(answer, Fit.UNKNOWN)


def _as_far_as_read(series: SeriesFacts, rule: MatchRule) -> SeriesFacts:
    """A series is recognised by the images that can be read; rules judge all of them."""
    partly = {n: f for n in rule.criteria if (f := series.facts.get(n)) and f.unread}
    if not partly:
        return series
    known = {n: replace(f, unread=0) for n, f in partly.items()}
    return replace(series, facts={**series.facts, **known})


def conditions(rule: MatchRule, series: SeriesFacts) -> Iterator[Condition]:
    """The rule's own conditions, one by one."""
    setting = Setting(series=_as_far_as_read(series, rule), others={})
    for name, asked in rule.criteria.items():
        checked = check(name, asked, setting)
        answer = {Outcome.PASS: Fit.YES, Outcome.NOT_ASSESSABLE: Fit.UNKNOWN}.get(
            checked.outcome, Fit.NO
        )
        yield Condition(
            fact=name, fit=answer, expected=checked.expected, found=checked.found
        )


def nearest(
    role: Role, unmatched: Sequence[SeriesFacts]
) -> tuple[SeriesFacts, Condition] | None:
    """The series that was perhaps meant for the role, and the condition that it misses."""
    best: tuple[float, SeriesFacts, Condition] | None = None
    for series in unmatched:
        if series.modality in NOT_IMAGES:
            continue
        came_out = list(conditions(role.match, series))
        wrong = [c for c in came_out if c.fit is not Fit.YES]
        if not wrong:
            continue
        share = 1 - len(wrong) / len(came_out)
        if share >= NEAR and (best is None or share > best[0]):
            best = (share, series, wrong[0])
    return (best[1], best[2]) if best else None
