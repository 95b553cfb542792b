"""Letting one rule go for one exam, signed: which rules of a verdict that can be, and the waiver that it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from provident.acquisition import codes
from provident.acquisition.manual import Manual, Role, Waiver
from provident.acquisition.verdict import ExamVerdict, SeriesVerdict
from provident.dicom.registry import FACTS
from provident.kernel import Outcome, Severity
from provident.plan.models.imaging_waivers import fact_of, role_of


_BROKEN = (Outcome.WARN, Outcome.FAIL)
_BY_CODE = {f"QC.{name.upper()}": name for name in FACTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivable:
    """A broken rule that a person may let go: `role.fact`, `role.count` or `order`, and what it is in words."""

    rule: str
    words: str


def waivable(verdict: ExamVerdict, manual: Manual) -> list[Waivable]:
    """The broken rules of a verdict, without those that nobody may let go for one exam.

    What cannot be assessed is none of them: a person may ask for it again, never wave it
    through. Neither is a critical rule: only the manual itself lets it go (`critical: yes`).
    """
    found = [*_of_series(verdict, manual), *_of_exam(verdict, manual)]
    return list({one.rule: one for one in found}.values())


def signed_waiver(
    rule: str, *, reason: str, by: str, on: date, until: date | None
) -> Waiver:
    """The waiver that a signature makes; it holds for the one exam that it is given with."""
    limit = f", until {until}" if until is not None else ""
    return Waiver(
        role=role_of(rule), rule=fact_of(rule), why=reason, by=f"{by}{limit}", on=on
    )


def _of_series(verdict: ExamVerdict, manual: Manual) -> Iterator[Waivable]:
    for one in verdict.series:
        if one.role is None or not one.counts:
            continue
        role = manual.role(one.role)
        for rule, words in _broken(one):
            if role.severity(rule) != "critical":
                yield Waivable(rule=f"{role.id}.{rule}", words=f"{role.title}: {words}")


def _broken(one: SeriesVerdict) -> Iterator[tuple[str, str]]:
    measured = {m.rule for m in one.measures}
    # A rule that was let go already has a note for its finding and decides nothing.
    open_codes = {f.code for f in one.findings if f.severity is not Severity.NOTE}
    unsure = {m.rule for m in one.measures if m.outcome is Outcome.NOT_ASSESSABLE}
    for m in one.measures:
        waived = m.label.endswith(", waived")
        if m.outcome in _BROKEN and not waived and m.rule not in unsure:
            yield m.rule, f"{m.label}, {m.found} (asked for: {m.expected})"
    for code in sorted(open_codes & set(_BY_CODE)):
        name = _BY_CODE[code]
        if name not in measured:
            yield name, FACTS[name].words


def _of_exam(verdict: ExamVerdict, manual: Manual) -> Iterator[Waivable]:
    said = {f.code for f in verdict.findings if f.severity is not Severity.NOTE}
    if codes.ORDER.code in said and manual.order_severity != "critical":
        yield Waivable(rule="order", words="The order of the series")
    for role in manual.roles:
        if role.severity("count") != "critical":
            yield from _counted(role, verdict, said)


def _counted(role: Role, verdict: ExamVerdict, said: set[str]) -> Iterator[Waivable]:
    if role.optional or not role.planned(verdict.visit):
        return
    there = sum(s.role == role.id and s.counts for s in verdict.series)
    few = there < role.count.low and codes.SERIES_MISSING.code in said
    many = there > role.count.high and codes.SERIES_EXTRA.code in said
    if few or many:
        yield Waivable(rule=f"{role.id}.count", words=f"{role.title}: {there} series")
