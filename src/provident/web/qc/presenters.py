"""Quality pages' values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from provident.web.studies.plans import plan_of, version_in_force
from provident.web.studies.words import Words, role_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One series to be scored, with its scales."""

    role: str
    label: str
    scores: tuple[tuple[str, str, tuple[str, ...]], ...]  # (field name, label, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """One line of the worklist."""

    pk: int
    participant: str
    site: str
    visit: str
    kind: str
    outcome: str
    sentence: str
    judged_at: datetime | None
    has_open_query: bool
    closes_on: date | None
    window_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLine:
    """One query of a list."""

    pk: int
    exam: int
    participant: str
    site: str
    what: str
    question: str
    state: str
    opened_at: datetime
    due_on: str
    days_left: int
    last: str


def to_review(exams: Iterable[Any], today: date) -> list[ToReview]:
    """The worklist's lines."""
    return [
        ToReview(
            pk=e.pk,
            participant=e.participant.code,
            site=e.participant.site.name,
            visit=e.visit,
            kind=e.kind,
            outcome=e.outcome,
            sentence=e.verdict.get("sentence", ""),
            judged_at=e.judged_at,
            has_open_query=bool(getattr(e, "has_open_query", False)),
            closes_on=e.slot.closes_on if e.slot else None,
            window_over=bool(e.slot and e.slot.closes_on < today),
        )
        for e in exams
    ]


def score_rows(exam: Any) -> list[ScoreRow]:
    """The series of an exam that a person scores, with the plan's scales."""
    of = plan_of(exam.plan or version_in_force(exam.study))
    human = of.quality.human
    rows = []
    for series in exam.series.all():
        if not series.role:
            continue
        scores = tuple(
            (f"{series.role}:{score}", score.replace("_", " "), tuple(values))
            for score, values in human.score.items()
        )
        rows.append(
            ScoreRow(
                role=series.role,
                label=role_name(of, exam.kind, series.role),
                scores=scores,
            )
        )
    return rows


def scores_of(posted: Iterable[tuple[str, object]]) -> dict[str, dict[str, str]]:
    """Posted fields `role:score` as role -> score -> value; empty ones are left out."""
    made: dict[str, dict[str, str]] = {}
    for name, value in posted:
        role, colon, score = name.partition(":")
        if colon and value:
            made.setdefault(role, {})[score] = str(value)
    return made


def query_lines(queries: Sequence[Any], now: datetime) -> list[QueryLine]:
    """Lines of a list of queries."""
    lines = []
    words = Words(queries[0].exam.study) if queries else None
    for q in queries:
        messages = list(q.messages.all())
        exam = q.exam
        lines.append(
            QueryLine(
                pk=q.pk,
                exam=exam.pk,
                participant=exam.participant.code,
                site=exam.participant.site.name,
                what=f"{words.visit(exam.visit)} · {words.exam(exam.kind)}"
                if words
                else "",
                question=messages[0].text if messages else "",
                state=q.state,
                opened_at=q.opened_at,
                due_on=q.due_on.isoformat(),
                days_left=(q.due_on - now.date()).days,
                last=messages[-1].kind if messages else "",
            )
        )
    return lines
