"""What a reader's browser gets of a case, and the lines of the reading pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from provident import reading
from provident.web.reading.course import Course, course
from provident.web.reading.designs import read_value
from provident.web.reading.measurements import shown
from provident.web.reading.selectors import (
    accepted_dates,
    case_series,
    co_signers,
    pace,
    place,
    prior_answers,
    reader_name,
    shown_participant,
    shown_reads,
)
from provident.web.studies.plans import plan_in_force


def forbidden(assignment: Any) -> dict[str, list[str]]:
    """The words that would unblind the reader of a case, by kind."""
    case = assignment.case
    plan, shown = plan_in_force(case.study), shown_participant(case)
    sites = plan.sites.sites
    visits = plan.study.visits
    return {
        "participant": [shown.code] if shown else [],
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
    now, where = course(assignment), place(assignment)
    series: dict[str, list[reading.ShownSeries]] = {}
    for row in case_series(case):
        if row.visit not in now.visits:
            continue
        images = tuple(
            f"/read/file/{assignment.token}/{image['name']}.dcm" for image in row.copy
        )
        label = row.role.replace("_", " ")
        series.setdefault(row.visit, []).append(
            reading.ShownSeries(role=row.role, label=label, images=images)
        )
    answers, measurements = kept(now, draft)
    made = reading.client_case(
        now.design,
        reading.Desk(
            token=assignment.token,
            study=case.study.title,
            number=where.number,
            of=where.of,
            minutes_left=minutes_left(assignment, where.left),
            role=ROLES.get(assignment.role, "reader"),
            phase="signed" if assignment.submitted_at else "open",
            version=draft.version if draft else 0,
        ),
        now.labels,
        series,
        answers={},
        measurements=measurements,
        stage=_stage(now),
        prior=_prior(assignment, now),
        signers=[reader_name(m) for m in co_signers(assignment)],
        may_report=_may_report(assignment, now),
        adjudication=_adjudication(assignment, now, draft),
        forbidden=forbidden(assignment),
    )
    return {
        **made,
        "answers": answers,
        "active_seconds": draft.active_seconds if draft else 0,
    }


PARTS = {"adjudicator": "adjudication", "consensus": "consensus"}
ROLES = {"adjudicator": "adjudicator", "consensus": "consensus"}


def _prior(assignment: Any, now: Course) -> list[dict[str, Any]]:
    """The reader's own signed answers at earlier visits, where the design says so."""
    if now.closed:
        return []
    return [
        {"label": f"Earlier {number}", "answers": answers}
        for number, answers in enumerate(prior_answers(assignment, now.design), 1)
    ]


def _may_report(assignment: Any, now: Course) -> list[str]:
    """The same for a study case and its hidden repeat; a test case shows nobody of the study."""
    if now.signed or assignment.case.test_case_id is not None:
        return []
    return [kind for kind in now.design.on_the_side if kind == "unexpected_finding"]


def _adjudication(assignment: Any, now: Course, draft: Any) -> dict[str, Any] | None:
    """The two reads that an adjudicator chooses between: without names, in the order drawn for the case."""
    viewer = reading.Viewer(role=now.design.adjudicator_pool or "", acts_as=assignment.role)  # fmt: skip
    phase = reading.Phase.ADJUDICATION
    if not now.chooses or now.closed or not reading.may_see(now.design, viewer, reading.Thing.OTHER_ANSWERS, phase):  # fmt: skip
        return None
    reads = shown_reads(assignment)
    typed = draft.answers if draft else {}
    return reading.adjudication_json(
        now.labels,
        [
            reading.SeenRead(label=f"Read {n}", read=read_value(now.design, read))
            for n, read in enumerate(reads, 1)
        ],
        assignment.case.reasons,
        measurements=[shown(assignment, read.measurements) for read in reads],
        choice=typed.get("choice"),
        why=str(typed.get("reason") or ""),
    )


def _stage(now: Course) -> reading.Stage:
    """What is shown; nothing of a signed case whose answers are hidden from its own reader."""
    return replace(now.stage, shown=()) if now.closed else now.stage


def kept(now: Course, draft: Any) -> tuple[dict[str, Any], list[Any]]:
    """The answers and measurements that may be seen now: the draft's, and what is locked where it may be seen."""
    if now.closed or draft is None:
        return {}, []
    locked = now.locked if now.shows_locked else {}
    drawn = now.measurements if now.shows_locked else ()
    return {**locked, **draft.answers}, [*drawn, *draft.measurements]


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
            role=PARTS.get(a.role, "read"),
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
