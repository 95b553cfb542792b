"""Judge an exam: identify its series, hold the rules against them, say what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provident.acquisition import remarks
from provident.acquisition.manual import Manual, Role, Waiver
from provident.acquisition.matching import Identified, identify, nearest
from provident.acquisition.order import out_of_order
from provident.acquisition.repeats import used
from provident.acquisition.rules import judge_series
from provident.acquisition.verdict import ExamVerdict, SeriesVerdict
from provident.acquisition.waivers import (
    NOWHERE,
    Circumstances,
    holds_for,
    reasons,
    waived,
    waiver_of,
)
from provident.dicom.facts import SeriesFacts
from provident.kernel import Finding, Outcome


def judge(
    series: Sequence[SeriesFacts],
    manual: Manual,
    *,
    visit: str | None,
    baseline: Sequence[SeriesFacts] = (),
    circumstances: Circumstances = NOWHERE,
    signed: Sequence[Waiver] = (),
) -> ExamVerdict:
    """Judge one exam by its manual, from facts alone.

    An absent series that the visit needs fails; what cannot be read is not assessable and
    never passes; a series that fits no role is kept and labelled.

    Args:
        series: the facts of every series of the exam.
        visit: the visit's id, or None when it is not known.
        baseline: the facts of the participant's first exam of this kind, for what must not change.
        circumstances: where, of whom and when, for the manual's waivers.
        signed: waivers that somebody signed for this exam alone.
    """
    waivers = [w for w in manual.waivers if holds_for(w, circumstances)]
    waivers += signed
    exam = _Exam(manual, visit, list(series), _chosen(baseline, manual), waivers)
    exam.assign()
    for role in manual.roles:
        exam.judge_role(role)
    exam.judge_order()
    exam.judge_rest()
    return exam.verdict()


def exam_kind(
    series: Sequence[SeriesFacts], manuals: Mapping[str, Manual]
) -> str | None:
    """The exam kind whose roles fit most of the series; by modality alone when just one kind has it.

    None when nothing fits, or two kinds fit equally well.
    """
    scores: dict[str, tuple[float, float]] = {}
    for exam, manual in manuals.items():
        fitting = {i.role.id for i in identify(series, manual) if i.role}
        if fitting:
            scores[exam] = (len(fitting), len(fitting) / len(manual.roles))
    if scores:
        best = max(scores.values())
        winners = [exam for exam, score in scores.items() if score == best]
        return winners[0] if len(winners) == 1 else None
    modalities = {one.modality for one in series}
    possible = [
        exam for exam, manual in manuals.items() if modalities & set(manual.modality)
    ]
    return possible[0] if len(possible) == 1 else None


def _chosen(series: Sequence[SeriesFacts], manual: Manual) -> dict[str, SeriesFacts]:
    """The series that plays each role."""
    by_role: dict[str, list[SeriesFacts]] = {}
    for one in identify(series, manual):
        if one.role is not None:
            by_role.setdefault(one.role.id, []).append(one.series)
    return {name: used(manual.role(name), many)[-1] for name, many in by_role.items()}


@dataclass(slots=True)
class _Exam:
    """An exam while it is judged."""

    manual: Manual
    visit: str | None
    series: list[SeriesFacts]
    baseline: dict[str, SeriesFacts]
    waivers: Sequence[Waiver]
    identified: list[Identified] = field(default_factory=list)
    by_role: dict[str, list[SeriesFacts]] = field(default_factory=dict)
    unsure: dict[str, list[SeriesFacts]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    verdicts: dict[int, SeriesVerdict] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        return self.series[0].study_uid if self.series else ""

    def assign(self) -> None:
        """Give each series its role."""
        self.identified = identify(self.series, self.manual)
        for one in self.identified:
            if one.role is not None:
                self.by_role.setdefault(one.role.id, []).append(one.series)
            for role in one.uncertain:
                self.unsure.setdefault(role.id, []).append(one.series)
            if one.ambiguous:
                self.note(Outcome.NOT_ASSESSABLE, remarks.ambiguous(one))

    def note(self, outcome: Outcome | None, finding: Finding) -> None:
        """A finding of the exam, which decides unless its outcome is None."""
        self.findings.append(finding)
        if outcome is not None:
            self.outcomes.append(outcome)

    def broken(
        self, rule: str, role: Role | None, outcome: Outcome, finding: Finding
    ) -> None:
        """A rule of the exam as a whole that does not hold, unless it is waived."""
        severity = role.severity(rule) if role else self.manual.order_severity
        name = role.id if role else None
        waiver = waiver_of(
            self.waivers, role=name, rule=rule, severity=severity, outcome=outcome
        )
        if waiver is None:
            self.note(outcome, finding)
        else:
            self.note(None, waived(finding, waiver))

    def judge_order(self) -> None:
        """Whether the series were acquired in the manual's order."""
        there = [
            (self.manual.role(name), used(self.manual.role(name), self.by_role[name]))
            for name in self.manual.order
            if self.by_role.get(name)
        ]
        for outcome, finding in out_of_order(there, self.manual):
            self.broken("order", None, outcome, finding)

    def judge_role(self, role: Role) -> None:
        """Count the series of one role and judge those that are used."""
        candidates = self.by_role.get(role.id, [])
        planned = role.planned(self.visit)
        kept = used(role, candidates)
        self._count(role, kept, planned)
        others = {
            name: used(self.manual.role(name), many)[-1]
            for name, many in self.by_role.items()
        }
        for one in candidates:
            is_kept = any(one is other for other in kept)
            counts = planned is not False and is_kept
            verdict = judge_series(
                one,
                role,
                self.manual,
                others,
                self.baseline.get(role.id),
                self.visit,
                counts=counts,
                waivers=self.waivers,
            )
            verdict = self._labelled(verdict, role, one, is_kept, planned)
            self.verdicts[id(one)] = verdict
            if counts:
                self.outcomes.append(verdict.outcome)

    def _labelled(
        self,
        verdict: SeriesVerdict,
        role: Role,
        one: SeriesFacts,
        kept: bool,
        planned: bool | None,
    ) -> SeriesVerdict:
        if planned is False:
            return remarks.with_note(verdict, remarks.unplanned(one, role, self.visit))
        if not kept:
            return remarks.with_note(verdict, remarks.repeated(one, role))
        return verdict

    def _count(self, role: Role, kept: list[SeriesFacts], planned: bool | None) -> None:
        if planned is False:
            return
        if len(kept) > role.count.high:
            outcome, finding = remarks.too_many(role, len(kept), self.uid)
            self.broken("count", role, outcome, finding)
        if role.optional or len(kept) >= role.count.low:
            return
        self._too_few(role, kept, planned)

    def _too_few(
        self, role: Role, kept: list[SeriesFacts], planned: bool | None
    ) -> None:
        if planned is None:
            self.note(Outcome.NOT_ASSESSABLE, remarks.visit_unknown(role, self.uid))
        elif (instead := self._substitute(role)) is not None:
            self.note(Outcome.WARN, remarks.substitute(role, *instead))
        elif unsure := self.unsure.get(role.id):
            self.note(Outcome.NOT_ASSESSABLE, remarks.uncertain(role, unsure[0]))
        else:
            rest = [i.series for i in self.identified if i.role is None]
            near = nearest(role, rest)
            finding = remarks.missing(role, len(kept), near, self.manual, self.uid)
            self.broken("count", role, Outcome.FAIL, finding)

    def _substitute(self, role: Role) -> tuple[SeriesFacts, str] | None:
        """What may stand for a series that is not there: another role, or a still image."""
        for other, reason in role.alternatives.items():
            if other == "still":
                still = next(
                    (
                        i.series
                        for i in self.identified
                        if i.role is None and self._still(i.series)
                    ),
                    None,
                )
                if still is not None:
                    return still, reason
            elif self.by_role.get(other):
                return self.by_role[other][0], reason
        return None

    def _still(self, one: SeriesFacts) -> bool:
        return one.modality in self.manual.modality and one.value("frames") == 1

    def judge_rest(self) -> None:
        """Label the series that fit no role."""
        for one in self.identified:
            if one.role is None:
                self.verdicts[id(one.series)] = remarks.unmatched(one, self.manual)
        if not self.outcomes:
            self.note(
                Outcome.NOT_ASSESSABLE, remarks.nothing_judged(self.manual, self.uid)
            )

    def verdict(self) -> ExamVerdict:
        outcome = Outcome.worst(self.outcomes)
        verdicts = tuple(self.verdicts[id(one)] for one in self.series)
        deciding = [
            *self.findings,
            *(f for v in verdicts if v.counts for f in v.findings),
        ]
        return ExamVerdict(
            uid=self.uid,
            exam=self.manual.exam,
            manual=self.manual.version,
            visit=self.visit,
            outcome=outcome,
            findings=tuple(self.findings),
            series=verdicts,
            sentence=remarks.sentence(
                self.manual, outcome, deciding, reasons(deciding)
            ),
        )
