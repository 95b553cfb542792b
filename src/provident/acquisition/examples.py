"""Tries the examples of a manual: what a role must accept, and what it must refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provident.acquisition.checks import Setting, check
from provident.acquisition.manual import MatchRule, Role
from provident.acquisition.matching import Fit, fit
from provident.dicom.facts import Fact, SeriesFacts
from provident.kernel import Outcome
from provident.plan.models.imaging import SeriesRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An example that came out otherwise than the manual says. `kind` is pass or fail."""

    kind: str
    number: int  # from 0, as it stands in the file
    why: str
    found: str


def tried(role: Role, model: SeriesRole) -> Iterator[Failed]:
    """The examples of a role that do not come out as they should.

    A passing example breaks no rule that it has the facts for, and is recognised as far as
    it says; a failing one breaks at least one.
    """
    for number, example in enumerate(model.examples.passing):
        broken = list(_broken(role, example))
        if broken:
            yield _failed("pass", number, broken)
        elif not _spoken_of(role, example):
            yield _silent("pass", number, example)
    for number, example in enumerate(model.examples.failing):
        if any(said is Outcome.FAIL for said, _ in _broken(role, example)):
            continue
        if not _spoken_of(role, example):
            yield _silent("fail", number, example)
        else:
            yield Failed(
                kind="fail",
                number=number,
                why=f"should be refused, but {role.title} accepts it",
                found="no rule is broken",
            )


def _failed(kind: str, number: int, broken: list[tuple[Outcome, str]]) -> Failed:
    words = "; ".join(said for _, said in broken)
    return Failed(
        kind=kind, number=number, why=f"should be accepted, but {words}", found=words
    )


def _silent(kind: str, number: int, example: Mapping[str, Fact]) -> Failed:
    return Failed(
        kind=kind,
        number=number,
        why=f"says nothing that a rule asks for ({', '.join(example)})",
        found="no rule speaks of it",
    )


def _series(example: Mapping[str, Fact]) -> SeriesFacts:
    make = example.get("make")
    return SeriesFacts(
        uid="example",
        study_uid="example",
        modality=str(example["modality"].value) if "modality" in example else "",
        manufacturer=str(make.value) if make else "",
        model=str(example["model"].value) if "model" in example else "",
        files=1,
        frames=1,
        facts=example,
    )


def _broken(role: Role, example: Mapping[str, Fact]) -> Iterator[tuple[Outcome, str]]:
    """The rules that an example breaks, with words."""
    series = _series(example)
    match = _about(role.match, example)
    if match is not None and fit(match, series) is Fit.NO:
        yield Outcome.FAIL, f"it would not be recognised as {role.title}"
    setting = Setting(series=series, others={}, baseline=None)
    for name, rule in role.rules_for(series.manufacturer).items():
        if name not in example:
            continue
        checked = check(name, rule, setting)
        if checked.outcome in (Outcome.FAIL, Outcome.NOT_ASSESSABLE):
            words = f"{name} is {checked.found}, the rule asks for {checked.expected}"
            yield checked.outcome, words


def _about(rule: MatchRule, example: Mapping[str, Fact]) -> MatchRule | None:
    """The part of a match rule that the example has the facts for; None when there is none.

    Alternatives and exclusions count only where the example has all their facts.
    """
    if not _names(rule) & set(example):
        return None
    return replace(
        rule,
        criteria={n: r for n, r in rule.criteria.items() if n in example},
        any_of=rule.any_of if _known(rule.any_of, example) else (),
        all_of=tuple(m for m in rule.all_of if _known((m,), example)),
        none_of=rule.none_of
        if rule.none_of is not None and _known((rule.none_of,), example)
        else None,
    )


def _known(rules: tuple[MatchRule, ...], example: Mapping[str, Fact]) -> bool:
    return all(_names(rule) <= set(example) for rule in rules)


def _names(rule: MatchRule) -> set[str]:
    parts = [*rule.any_of, *rule.all_of, *([rule.none_of] if rule.none_of else [])]
    return set(rule.criteria).union(*(_names(part) for part in parts))


def _spoken_of(role: Role, example: Mapping[str, Fact]) -> bool:
    """Whether a rule or the match has anything to say of the example."""
    make = example.get("make")
    asked = role.rules_for(str(make.value) if make else "")
    return bool((set(asked) | _names(role.match)) & set(example))
