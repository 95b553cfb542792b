"""A study's reads as the long table that the statistics take: first reads that count, and repeats apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from provident.forms import NOT_EVALUABLE
from provident.statistics.readings import Reading, Readings
from provident.web.participants.models import Participant
from provident.web.reading.models import Case, Read
from provident.web.reports.content import may_be_used
from provident.web.reports.questions import AccuracyPage, AgreementPage, Variable
from provident.web.reports.selectors import (
    final_values,
    latest_primary_reads,
    latest_repeats,
    participants,
)
from provident.web.studies.models import Study


FILE = "reads"


def agreement_readings(study: Study, page: AgreementPage) -> Readings:
    """Primary reads of a design, and after them the same reader's hidden repeats of the same cases."""
    used = _used(study, page.arm)
    variable = page.variable
    first = latest_primary_reads(study, variable.design.endpoint)
    again = latest_repeats(study, variable.design.endpoint)
    rows: list[tuple[str, str, str | None]] = []
    for read, case in [(r, r.assignment.case) for r in first] + [
        (r, r.assignment.case.source) for r in again
    ]:
        if case is not None and case.participant_id in used:
            rows += [
                (f"{used[case.participant_id].code} {at}".strip(), read.assignment.reader.code, value)
                for at, value in _values(read, case, variable)
            ]  # fmt: skip
    return _readings((case, reader, "", None, value) for case, reader, value in rows)


def accuracy_readings(study: Study, page: AccuracyPage) -> Readings:
    """Primary reads of each index design against the reference's final value of the participant."""
    used = _used(study, page.arm)
    truths = _truths(study, page)
    rows: list[tuple[str, str, str, str | None, str | None]] = []
    for variable in page.index:
        for read in latest_primary_reads(study, variable.design.endpoint):
            case = read.assignment.case
            truth = truths.get(case.participant_id)
            if case.participant_id not in used or truth is None:
                continue
            code = used[case.participant_id].code
            rows += [
                (code, read.assignment.reader.code, variable.label, truth, value)
                for _, value in _values(read, case, variable)
            ]
    return _readings(rows)


def left_out(study: Study) -> int:
    """Participants who withdrew from use."""
    return sum(not may_be_used(p) for p in participants(study))


def _used(study: Study, arm: str) -> dict[int | None, Participant]:
    return {
        p.pk: p for p in participants(study) if may_be_used(p) and arm in ("", p.arm)
    }


def _truths(study: Study, page: AccuracyPage) -> dict[int | None, str]:
    """1 or 0 for each participant whose reference is known."""
    rows = final_values(study).filter(
        case__design=page.reference, variable=page.truth, missing=""
    )
    return {
        row.case.participant_id: str(int(_diseased(row.value, page.diseased)))
        for row in rows
    }


def _diseased(value: Any, rule: str) -> bool:
    """A number: so much or more; a code: that one."""
    try:
        return float(value) >= float(rule)
    except (TypeError, ValueError):
        return str(value) == rule


def _values(
    read: Read, case: Case, variable: Variable
) -> Iterator[tuple[str, str | None]]:
    """Visit (blank where a case has one value) and value as text; None where it is missing."""
    column = variable.column
    places = [variable.visit] if variable.visit else list(case.visits)
    codes = {code for code, _ in column.missing} | {NOT_EVALUABLE}
    for visit in places:
        if visit not in case.visits:
            continue
        stored = read.derived.get(visit, {}).get(
            column.key, read.answers.get(visit, {}).get(column.key)
        )
        known = stored is not None and stored not in codes
        value = str(int(stored) if isinstance(stored, bool) else stored)
        yield "" if variable.visit else visit, value if known else None


def _readings(
    rows: Iterable[tuple[str, str, str, str | None, str | None]],
) -> Readings:
    return Readings(
        file=FILE,
        rows=tuple(
            Reading(
                line=line,
                case=case,
                reader=reader,
                modality=modality,
                truth=truth,
                score=value,
            )
            for line, (case, reader, modality, truth, value) in enumerate(rows, 1)
        ),
    )
