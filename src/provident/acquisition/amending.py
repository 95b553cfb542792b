"""What a new manual changes in verdicts that are there: stored facts judged again, no image touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provident.acquisition.judging import exam_kind, judge
from provident.acquisition.manual import Manual, Waiver
from provident.acquisition.waivers import NOWHERE, Circumstances
from provident.dicom.facts import SeriesFacts
from provident.kernel import Finding, Outcome, Severity


UNKNOWN_EXAM = "These images fit none of the exams."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is kept of one exam: enough for a new verdict.

    `key` is whatever the caller knows it by; `outcome` and `codes` (of findings above a
    note) are those that stand.
    """

    key: str
    series: Sequence[SeriesFacts]
    visit: str | None
    outcome: str
    codes: frozenset[str]
    circumstances: Circumstances = NOWHERE
    signed: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One exam before and after. `why` is the first finding that decides now."""

    key: str
    site: str
    scanner: str
    exam: str
    visit: str
    before: str
    after: str
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    why: str = ""

    @property
    def changes(self) -> bool:
        """Whether the outcome or its reasons are others."""
        return bool(self.before != self.after or self.new or self.gone)

    def as_json(self) -> dict[str, Any]:
        """All fields."""
        return {
            "key": self.key, "site": self.site, "scanner": self.scanner, "exam": self.exam, "visit": self.visit,
            "before": self.before, "after": self.after, "new": list(self.new), "gone": list(self.gone), "why": self.why,
        }  # fmt: skip

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Effect:
        """The effect that `as_json` wrote."""
        return cls(**{**told, "new": tuple(told["new"]), "gone": tuple(told["gone"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The exams of one scanner of a site: how many, and how many move from which outcome to which."""

    site: str
    scanner: str
    exams: int
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    other_reasons: int = 0

    @property
    def moved(self) -> int:
        """How many have another outcome."""
        return sum(self.moves.values())


def judged_anew(
    exam: Stored,
    manuals: Mapping[str, Manual],
    *,
    baselines: Mapping[str, Sequence[SeriesFacts]],
) -> Effect:
    """Judge one stored exam by the manuals of a new plan, beside what stands.

    Args:
        baselines: the facts of the participant's earlier exam to compare with, by exam kind.
    """
    kind = exam_kind(exam.series, manuals)
    if kind is None:
        after, decide, why = (
            Outcome.NOT_ASSESSABLE,
            frozenset({"EXAM.UNKNOWN_KIND"}),
            UNKNOWN_EXAM,
        )
    else:
        verdict = judge(
            exam.series,
            manuals[kind],
            visit=exam.visit,
            baseline=baselines.get(kind, ()),
            circumstances=exam.circumstances,
            signed=exam.signed,
        )
        found = verdict.all_findings()
        after, decide, why = verdict.outcome, deciding(found), _why(found)
    where = exam.circumstances
    return Effect(
        key=exam.key,
        site=where.site or "",
        scanner=where.scanner or "",
        exam=kind or "",
        visit=exam.visit or "",
        before=exam.outcome,
        after=str(after),
        new=tuple(sorted(decide - exam.codes)),
        gone=tuple(sorted(exam.codes - decide)),
        why=why,
    )


def deciding(findings: Iterable[Finding]) -> frozenset[str]:
    """The codes above a note."""
    return frozenset(f.code for f in findings if f.severity is not Severity.NOTE)


def _why(findings: Iterable[Finding]) -> str:
    ranked = sorted(
        (f for f in findings if f.severity is not Severity.NOTE),
        key=lambda f: f.severity is not Severity.ERROR,
    )
    return ranked[0].message if ranked else ""


def by_scanner(effects: Iterable[Effect]) -> list[Group]:
    """How many exams change at each scanner of each site, those with most changes first."""
    groups: dict[tuple[str, str], list[Effect]] = {}
    for one in effects:
        groups.setdefault((one.site, one.scanner), []).append(one)
    return sorted(_groups(groups), key=lambda g: (-g.moved, g.site, g.scanner))


def _groups(groups: Mapping[tuple[str, str], list[Effect]]) -> Iterator[Group]:
    for (site, scanner), many in groups.items():
        moves = Counter((e.before, e.after) for e in many if e.before != e.after)
        yield Group(
            site=site,
            scanner=scanner,
            exams=len(many),
            moves=dict(moves),
            other_reasons=sum(e.changes and e.before == e.after for e in many),
        )
