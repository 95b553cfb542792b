"""Signed reads as the charts know them: first reads of study cases alone (`reading.analysis`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from provident.forms import NOT_EVALUABLE
from provident.reading import ReadDesign
from provident.reading.drift import WatchedRead, adjudicated_against
from provident.web.reading import analysis
from provident.web.reading.models import Assignment, FinalValue, Read
from provident.web.studies.models import Study


Answer = float | str
_PRIMARY = Assignment.Role.PRIMARY


def watched(study: Study, design: ReadDesign) -> list[WatchedRead]:
    """The signed primary reads of a design, each reader's in the order in which they were signed."""
    rows = _latest(study, design.endpoint)
    by_case: dict[int, list[Read]] = defaultdict(list)
    for row in rows:
        by_case[row.assignment.case_id].append(row)
    finals = {f.case_id: f for f in _finals(study, design)}
    settled = _adjudicated(study, design.endpoint)
    return [
        _watched(design, row, by_case[row.assignment.case_id], finals, settled)
        for row in rows
    ]


def counts(study: Study, endpoint: str) -> dict[str, int]:
    """How many primary reads of a design each reader has signed."""
    found: dict[str, int] = defaultdict(int)
    rows = analysis.assignments(study).filter(
        design=endpoint, role=_PRIMARY, submitted_at__isnull=False
    )
    for reader in rows.values_list("reader_id", flat=True):
        found[str(reader)] += 1
    return dict(found)


def readers_of(study: Study, endpoint: str) -> int:
    """How many people have primary reads of a design."""
    rows = analysis.assignments(study).filter(design=endpoint, role=_PRIMARY)
    return rows.values("reader_id").distinct().count()


def _latest(study: Study, endpoint: str) -> list[Read]:
    """The latest version of each read, in the order of its first signature."""
    rows = analysis.reads(study).filter(
        assignment__design=endpoint, assignment__role=_PRIMARY
    )
    rows = rows.select_related("assignment__case").defer("measurements", "implied")
    latest: dict[int, Read] = {}
    for row in rows.order_by("version"):
        latest[row.assignment_id] = row
    return sorted(
        latest.values(), key=lambda r: (r.assignment.submitted_at, r.assignment_id)
    )


def _finals(study: Study, design: ReadDesign) -> Iterable[FinalValue]:
    visit, name = _place(design)
    rows = analysis.final_values(study).filter(
        case__design=design.endpoint, variable=name
    )
    return rows.filter(visit=visit) if visit else rows


def _adjudicated(study: Study, endpoint: str) -> set[int]:
    """The cases that a third person, or the two together, settled."""
    rows = analysis.assignments(study).filter(design=endpoint, submitted_at__isnull=False)  # fmt: skip
    return set(rows.exclude(role=_PRIMARY).values_list("case_id", flat=True))


def _place(design: ReadDesign) -> tuple[str, str]:
    """Visit and name of the analysed value; no visit where each visit is a case of its own."""
    if not design.per_participant:
        return "", design.value
    visit, _, name = design.value.partition(".")
    return visit, name


def value_of(design: ReadDesign, read: Read) -> Answer:
    """The analysed value of a stored read; `not evaluable` where there is none."""
    visit, name = _place(design)
    visit = visit or read.assignment.case.visits[0]
    derived = read.derived.get(visit, {})
    value = derived[name] if name in derived else read.answers.get(visit, {}).get(name)
    if isinstance(value, bool):
        return float(value)
    return value if isinstance(value, int | float | str) else NOT_EVALUABLE


def _watched(
    design: ReadDesign, row: Read, beside: list[Read], finals: Mapping[int, FinalValue], settled: set[int]
) -> WatchedRead:  # fmt: skip
    value, case = value_of(design, row), row.assignment.case
    final = finals.get(case.pk)
    return WatchedRead(
        reader=str(row.assignment.reader_id),
        case=str(case.pk),
        score=None if isinstance(value, str) else float(value),
        minutes=row.active_seconds / 60 if row.active_seconds else None,
        evaluable=value != NOT_EVALUABLE,
        against=_against(design, row, beside, final, case.pk in settled),
        discordant=bool(case.reasons) if final or case.reasons else None,
    )


def _against(
    design: ReadDesign, row: Read, beside: list[Read], final: FinalValue | None, settled: bool
) -> bool | None:  # fmt: skip
    if final is None or not (design.adjudicator_pool or settled):
        return None
    if not settled:
        return False
    others = [r for r in beside if r.pk != row.pk]
    if len(others) != 1:
        return None
    stands: Any = NOT_EVALUABLE if final.missing else final.value
    return adjudicated_against(
        value_of(design, row), value_of(design, others[0]), stands,
        mine=row.pk in final.reads, others=others[0].pk in final.reads,
    )  # fmt: skip
