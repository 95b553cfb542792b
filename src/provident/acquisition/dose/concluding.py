"""From what was counted to totals, effective dose and an outcome: what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from provident.acquisition.dose import codes
from provident.acquisition.dose.account import Account, in_words
from provident.acquisition.dose.effective import Reckoner
from provident.acquisition.dose.model import (
    BESIDE,
    TOTALS,
    TOTALS_OF,
    Effective,
    Event,
    ExamDose,
    Kind,
    Source,
)
from provident.acquisition.dose.reckoning import total_of
from provident.kernel import Finding, Outcome, Severity


_NOT_ASSESSABLE = frozenset(
    code.code
    for code in (
        codes.NO_REPORT, codes.FILE_UNREADABLE, codes.VALUE_UNREADABLE, codes.REPORT_EMPTY, codes.INCOMPLETE,
        codes.SCREEN_ONLY, codes.ZERO, codes.UNIT_DOUBTFUL,
    )
)  # fmt: skip


def concluded(
    exam: Account, kinds: set[Kind], effective: Reckoner, ionising: bool
) -> ExamDose:
    """The exam's dose, with the totals that are known and the reasons of those that are not."""
    events = tuple(sorted(exam.events, key=_order))
    totals = _totals(exam, events, kinds)
    each = tuple(effective(event) for event in events)
    _say_zero(exam, totals, kinds)
    totals["effective_msv"] = _effective(exam, each, kinds)
    findings = tuple(sorted(exam.findings, key=_finding_order))
    return ExamDose(
        uid=exam.uid,
        kinds=tuple(sorted(kinds)),
        events=events,
        effective=each,
        totals={name: totals.get(name) for name in TOTALS},
        unknown=exam.unknown,
        findings=findings,
        outcome=_outcome(findings, exam.unknown),
        ionising=ionising,
    )


def _order(event: Event) -> tuple[str, ...]:
    return (
        str(event.kind),
        event.started,
        event.uid,
        event.plane,
        event.view,
        repr(event.as_json()),
    )


def _finding_order(found: Finding) -> tuple[int, str, str, str]:
    ranks = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    return ranks.index(found.severity), found.code, found.message, found.found


def _totals(
    exam: Account, events: Sequence[Event], kinds: Iterable[Kind]
) -> dict[str, float | None]:
    """The sums, and None with a reason where an event of the kind has no dose: never a part as the whole."""
    totals: dict[str, float | None] = {}
    for kind in sorted(kinds):
        of_kind = [e for e in events if e.kind is kind]
        for name in TOTALS_OF[kind]:
            totals[name] = _total(exam, name, kind, of_kind)
    peak = [e.amounts["ctdivol_mgy"] for e in events if "ctdivol_mgy" in e.amounts]
    totals["ctdivol_max_mgy"] = max(peak, default=None)
    for name in sorted(BESIDE):
        known = [e for e in events if name in e.amounts]
        if known or name in exam.more:
            totals[name] = total_of(name, known) + exam.more.get(name, 0.0)
    return totals


def _total(
    exam: Account, name: str, kind: Kind, of_kind: Sequence[Event]
) -> float | None:
    more = exam.more.get(name, 0.0)
    if kind is Kind.MAMMOGRAPHY:
        more += exam.more.get("agd_both_mgy", 0.0)
    why = _why_unknown(exam, name, kind, of_kind)
    if why:
        exam.unknown[name] = why
        return None
    if not more and not any(_part_of(event, name) for event in of_kind):
        return None  # the other breast was not exposed
    return total_of(name, of_kind) + more


def _part_of(event: Event, total: str) -> bool:
    """Whether an event may belong to a total: glandular dose is kept for each breast."""
    return not total.startswith("agd_") or not event.side or event.side in total


def _why_unknown(exam: Account, name: str, kind: Kind, of_kind: Sequence[Event]) -> str:
    """Why a total is not known; a machine's own total covers events of its report that state nothing."""
    lacking = [
        e
        for e in of_kind
        if e.main is None and not e.without_dose and _part_of(e, name)
    ]
    if kind not in exam.reported and name in exam.more:
        return ""  # the header of a dose screen states the exam's total
    loose = [e for e in lacking if e.source is not Source.REPORT]
    if name in exam.unsettled or loose:
        return f"{len(lacking)} of {len(of_kind)} events do not state it"
    if not of_kind and kind not in exam.reported:
        return "nothing states it"
    if kind is Kind.MAMMOGRAPHY and any(not e.side for e in of_kind):
        return "an event does not say which breast"
    return ""


def _say_zero(
    exam: Account, totals: dict[str, float | None], kinds: Iterable[Kind]
) -> None:
    for kind in sorted(kinds):
        names = TOTALS_OF[kind]
        stated = [t for name in names if (t := totals.get(name)) is not None]
        if stated and not any(stated):
            exam.flag(
                codes.ZERO,
                f"The {in_words(names[0])} of the exam is stated as zero, which is not believed.",
            )
            for name in names:
                totals[name] = None
                exam.unknown[name] = "it is stated as zero"


def _effective(
    exam: Account, each: Sequence[Effective], kinds: Iterable[Kind]
) -> float | None:
    if not set(kinds):
        return None
    lacking = sorted({e.derivation for e in each if e.msv is None})
    if set(exam.more) - BESIDE and not lacking:
        lacking = ["a part of the dose belongs to events that are not known"]
    if exam.unknown and not lacking:
        lacking = ["a dose of the exam is not known"]
    if lacking or not each:
        exam.unknown["effective_msv"] = "; ".join(lacking) or "nothing states it"
        exam.flag(
            codes.NO_FACTOR,
            f"Effective dose cannot be reckoned: {'; '.join(lacking) or 'no event is known'}.",
        )
        return None
    return fsum(sorted(e.msv for e in each if e.msv is not None))


def _outcome(findings: Iterable[Finding], unknown: Mapping[str, str]) -> Outcome:
    """Effective dose is an estimate: that it cannot be reckoned warns and decides no more."""
    found = list(findings)
    outcomes = [Outcome.PASS]
    if set(unknown) - {"effective_msv"} or any(
        f.code in _NOT_ASSESSABLE for f in found if f.severity is Severity.ERROR
    ):
        outcomes.append(Outcome.NOT_ASSESSABLE)
    if any(f.severity is Severity.WARNING for f in found):
        outcomes.append(Outcome.WARN)
    if any(
        f.severity is Severity.ERROR and f.code not in _NOT_ASSESSABLE for f in found
    ):
        outcomes.append(Outcome.FAIL)
    return Outcome.worst(outcomes)
