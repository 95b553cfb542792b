"""Rules that are let go for some exams: what is found is said all the same, and does not decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from provident.acquisition.manual import Severity, Waiver
from provident.kernel import Finding, Outcome
from provident.kernel import Severity as Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where an exam was made, of whom, and when (the true day); None where it is not known."""

    site: str | None = None
    scanner: str | None = None
    participant: str | None = None
    acquired_on: date | None = None


WAIVED = " Waived: "
NOWHERE = Circumstances()


def holds_for(waiver: Waiver, exam: Circumstances) -> bool:
    """Whether each limit of a waiver is met; one that cannot be told is not met."""
    return (
        (waiver.site is None or waiver.site == exam.site)
        and (waiver.scanner is None or waiver.scanner == exam.scanner)
        and (not waiver.participants or exam.participant in waiver.participants)
        and _in_period(waiver, exam.acquired_on)
    )


def _in_period(waiver: Waiver, day: date | None) -> bool:
    if waiver.first is None and waiver.until is None:
        return True
    return day is not None and (
        (waiver.first or date.min) <= day <= (waiver.until or date.max)
    )


def waiver_of(
    waivers: Sequence[Waiver],
    *,
    role: str | None,
    rule: str,
    severity: Severity,
    outcome: Outcome | None,
) -> Waiver | None:
    """The waiver that answers for a broken rule, of those that hold for the exam; None when none does."""
    if outcome in (None, Outcome.PASS):
        return None
    return next(
        (
            w
            for w in waivers
            if w.rule == rule
            and w.role in (None, role)
            and (w.critical or severity != "critical")
            and (w.unreadable or outcome is not Outcome.NOT_ASSESSABLE)
        ),
        None,
    )


def waived(finding: Finding, waiver: Waiver) -> Finding:
    """The finding with who waived it and why; a note, which decides nothing."""
    words = f"{finding.message}{WAIVED}{said(waiver)}."
    return replace(finding, severity=Level.NOTE, message=words, remedy="")


def said(waiver: Waiver) -> str:
    """Why and by whom, in a phrase."""
    return f"{waiver.why} ({waiver.by}, {waiver.on})"


def reasons(findings: Iterable[Finding]) -> list[str]:
    """The reasons that stand in waived findings, each once."""
    told = (f.message.partition(WAIVED)[2].rstrip(".") for f in findings)
    return list(dict.fromkeys(reason for reason in told if reason))
