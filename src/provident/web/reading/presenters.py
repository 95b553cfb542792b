"""What a reader's browser gets of a case, and the lines of the reading pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provident import reading
from provident.web.reading.designs import design_of, labels
from provident.web.reading.selectors import accepted_dates, case_series, pace, place
from provident.web.studies.plans import plan_in_force


def forbidden(assignment: Any) -> dict[str, list[str]]:
    """The words that would unblind the reader of a case, by kind."""
    case = assignment.case
    plan = plan_in_force(case.study)
    sites = plan.sites.sites
    visits = plan.study.visits
    return {
        "participant": [case.participant.code],
        "site": [*sites, *(s.name for s in sites.values())],
        "visit": [*visits, *(v.label for v in visits.values() if v.label)],
        "date": [
            form for day in accepted_dates(case) for form in reading.date_forms(day)
        ],
        "arm": [*plan.study.arms, *(str(words) for words in plan.study.arms.values())],
    }


def client_case(assignment: Any) -> dict[str, Any]:
    """The JSON of a case; it is looked through for forbidden words before it leaves."""
    case, draft = assignment.case, getattr(assignment, "draft", None)
    design, where = design_of(case), place(assignment)
    shown: dict[str, list[reading.ShownSeries]] = {}
    for row in case_series(case):
        images = tuple(
            f"/read/file/{assignment.token}/{image['name']}.dcm" for image in row.copy
        )
        label = row.role.replace("_", " ")
        shown.setdefault(row.visit, []).append(
            reading.ShownSeries(role=row.role, label=label, images=images)
        )
    pairs = labels(assignment)
    made = reading.client_case(
        design,
        reading.Desk(
            token=assignment.token,
            study=case.study.title,
            number=where.number,
            of=where.of,
            minutes_left=minutes_left(assignment, where.left),
            role="adjudicator" if assignment.seat == 0 else "reader",
            phase="signed" if assignment.submitted_at else "open",
            version=draft.version if draft else 0,
        ),
        pairs,
        shown,
        answers={},
        measurements=draft.measurements if draft else (),
        forbidden=forbidden(assignment),
    )
    return {
        **made,
        "answers": dict(draft.answers) if draft else {},
        "active_seconds": draft.active_seconds if draft else 0,
    }


def minutes_left(assignment: Any, left: int) -> int | None:
    """Minutes for the cases that are left, at the reader's own pace, or at the plan's until five are signed."""
    own = pace(assignment.reader_id)
    if own is not None:
        return round(own * left)
    case = assignment.case
    planned = plan_in_force(case.study).reading[case.design].minutes
    if planned is None:
        return None
    points = len(assignment.labels) if planned.per == "time point" else 1
    return round(float(planned.mean) * points * left)


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCase:
    """One line of a reader's list: a place and a state, nothing about whom."""

    number: int
    token: str
    state: str
    role: str
    endpoint: str


def my_cases(assignments: Iterable[Any]) -> list[MyCase]:
    """A reader's own list."""
    return [
        MyCase(
            number=number,
            token=a.token,
            state=a.state,
            role="adjudication" if a.seat == 0 else "read",
            endpoint=a.design.replace("_", " "),
        )
        for number, a in enumerate(assignments, 1)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of the trial manager's list."""

    pk: int
    participant: str
    site: str
    endpoint: str
    state: str
    given: int
    signed: int
    waits: bool


def case_lines(cases: Iterable[Any]) -> list[CaseLine]:
    """Lines of the overview."""
    return [
        CaseLine(
            pk=c.pk,
            participant=c.participant.code,
            site=c.participant.site.name,
            endpoint=c.design.replace("_", " "),
            state=c.state,
            given=c.given,
            signed=c.signed,
            waits=c.state == reading.CaseState.TECHNICAL_QUERY,
        )
        for c in cases
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignLine:
    """One read design and how far its reads are."""

    endpoint: str
    label: str
    ready: int
    states: dict[str, int]
    open_limits: list[str]
    readers: int
    draws: list[Any]
