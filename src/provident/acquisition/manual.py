"""The imaging manual of one exam kind, as a value that judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from provident.dicom.vendors import maker
from provident.plan.models.imaging import (
    Criteria,
    ImagingManual,
    MatchCriteria,
    Recall,
    RequireCriteria,
    SeriesRole,
)
from provident.plan.models.imaging_rules import Rule
from provident.plan.models.imaging_waivers import RuleWaiver, fact_of, role_of
from provident.plan.quantities import Interval


Severity = Literal["critical", "major", "minor"]
Rules = Mapping[str, Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRule:
    """How a series is recognised; all parts hold."""

    criteria: Rules = field(default_factory=dict)
    any_of: tuple[MatchRule, ...] = ()
    all_of: tuple[MatchRule, ...] = ()
    none_of: MatchRule | None = None

    @property
    def size(self) -> int:
        """How many conditions there are: of two roles that fit, the more exact one is meant."""
        parts = [*self.all_of, *([self.none_of] if self.none_of else [])]
        some = max((m.size for m in self.any_of), default=0)
        return len(self.criteria) + some + sum(m.size for m in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One series of the exam: how it is recognised and what is asked of it.

    `at` names the visits that need it; empty means every visit.
    `by_maker` holds what a maker's scanners are asked in place of `rules`.
    `severities` holds what the manual says for single facts of this role, and `count`.
    """

    id: str
    title: str
    match: MatchRule
    count: Interval
    rules: Rules
    optional: bool = False
    at: tuple[str, ...] = ()
    constant: tuple[str, ...] = ()
    alternatives: Mapping[str, str] = field(default_factory=dict)
    by_maker: Mapping[str, Rules] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    default_severity: Severity = "major"
    owner: str = "radiographer"
    on_repeat: str | None = None

    def rules_for(self, manufacturer: str) -> Rules:
        """What is asked of a scanner of this make."""
        return {**self.rules, **self.by_maker.get(maker(manufacturer), {})}

    def severity(self, fact: str) -> Severity:
        """How much it matters when this fact does not fit."""
        return self.severities.get(fact, self.default_severity)

    def planned(self, visit: str | None) -> bool | None:
        """Whether a visit needs the series; None when the visit is not known."""
        if not self.at:
            return True
        return None if visit is None else visit in self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule that is let go for some exams. `role` None is every role; a limit that is empty is none."""

    role: str | None
    rule: str
    why: str
    by: str
    on: date
    site: str | None = None
    scanner: str | None = None
    participants: tuple[str, ...] = ()
    first: date | None = None
    until: date | None = None
    critical: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """All that an exam of one kind is judged by.

    `order` names roles that are acquired one after the other.
    `same_as_baseline` pairs a role (None: every series) with a fact.
    `first_visit` is the one that later visits are compared with.
    """

    exam: str
    title: str
    version: str
    modality: tuple[str, ...]
    strictness: str
    roles: tuple[Role, ...]
    same_as_baseline: tuple[tuple[str | None, str], ...] = ()
    first_visit: str | None = None
    repeat: str = ""
    order: tuple[str, ...] = ()
    order_severity: Severity = "major"
    waivers: tuple[Waiver, ...] = ()

    def role(self, name: str) -> Role:
        """The role of this name.

        Raises:
            KeyError: the manual has no such role.
        """
        return next(role for role in self.roles if role.id == name)

    def waives_nothing(self, waiver: Waiver) -> str | None:
        """Why a waiver lets no rule go; None when it does."""
        if waiver.rule == "order":
            if not self.order:
                return "the manual asks for no order"
            severities = [self.order_severity]
        else:
            roles = [r for r in self.roles if waiver.role in (None, r.id)]
            asked = [r for r in roles if self._asks(r, waiver.rule)]
            if not asked:
                return "no series is asked for it"
            severities = [r.severity(waiver.rule) for r in asked]
        if not waiver.critical and set(severities) == {"critical"}:
            return "the rule is critical, and the waiver does not say `critical: yes`"
        return None

    def _asks(self, role: Role, rule: str) -> bool:
        named = {rule for of, rule in self.same_as_baseline if of in (None, role.id)}
        return (
            rule in ("count", "duplicate_slices", *role.rules, *role.constant)
            or rule in named
            or any(rule in rules for rules in role.by_maker.values())
        )


def compile_manual(model: ImagingManual, *, first_visit: str | None = None) -> Manual:
    """The value of a plan's imaging file."""
    default: Severity = "major" if model.strictness == "research" else "minor"
    default = model.severity.get("default", default)
    return Manual(
        exam=model.exam,
        title=model.title or model.exam,
        version=model.manual,
        modality=tuple(model.modality),
        strictness=model.strictness,
        roles=tuple(
            _role(name, role, model, default) for name, role in model.series.items()
        ),
        same_as_baseline=tuple(_pair(key) for key in model.same_as_baseline),
        first_visit=first_visit,
        repeat=_repeat(model.recall),
        order=model.order,
        order_severity=model.severity.get("order", default),
        waivers=tuple(_waiver(waiver) for waiver in model.waived),
    )


def _waiver(said: RuleWaiver) -> Waiver:
    return Waiver(
        role=role_of(said.rule),
        rule=fact_of(said.rule),
        why=said.why,
        by=said.by,
        on=said.on,
        site=said.site,
        scanner=said.scanner,
        participants=said.participants,
        first=said.first,
        until=said.until,
        critical=said.critical,
        unreadable=said.unreadable,
    )


def _pair(key: str) -> tuple[str | None, str]:
    role, dot, fact = key.partition(".")
    return (role, fact) if dot else (None, key)


def _role(name: str, role: SeriesRole, model: ImagingManual, default: Severity) -> Role:
    severities: dict[str, Severity] = {
        key: said
        for key, said in model.severity.items()
        if "." not in key and key not in ("default", "order")
    }
    prefix = f"{name}."
    severities |= {
        key.removeprefix(prefix): said
        for key, said in model.severity.items()
        if key.startswith(prefix)
    }
    return Role(
        id=name,
        title=role.title or name.replace("_", " "),
        match=_match(role.match),
        count=role.count,
        rules=role.require.rules(),
        optional=role.optional,
        at=role.at,
        constant=role.require.constant,
        alternatives=dict(role.alternatives),
        by_maker=_by_maker(name, role, model),
        severities=severities,
        default_severity=role.severity or model.severity.get(name, default),
        owner=role.owner or model.owner,
        on_repeat=role.on_repeat or model.on_repeat,
    )


def _by_maker(name: str, role: SeriesRole, model: ImagingManual) -> dict[str, Rules]:
    found: dict[str, Rules] = {}
    for make, roles in model.vendor.items():
        if name in roles:
            found[maker(make)] = roles[name].require.rules()
    for make, require in role.vendor.items():
        found[maker(make)] = {**found.get(maker(make), {}), **_rules(require)}
    return found


def _rules(require: RequireCriteria) -> Rules:
    return require.rules()


def _match(criteria: MatchCriteria) -> MatchRule:
    none_of: Criteria | None = criteria.none_of
    return MatchRule(
        criteria=criteria.rules(),
        any_of=tuple(_match(m) for m in criteria.any_of),
        all_of=tuple(_match(m) for m in criteria.all_of),
        none_of=_match(none_of) if isinstance(none_of, MatchCriteria) else None,
    )


def _repeat(recall: Recall | None) -> str:
    if recall is None:
        return "Ask whether a repeat is possible."
    parts = [f"advised by the {recall.advised_by}" if recall.advised_by else ""]
    parts += [f"decided by the {recall.decided_by}" if recall.decided_by else ""]
    who = ", ".join(part for part in parts if part)
    return f"A repeat may be asked for within the {recall.within}{f' ({who})' if who else ''}."
