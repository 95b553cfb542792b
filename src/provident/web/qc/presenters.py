"""Quality pages' values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from provident import qc
from provident.plan import Plan
from provident.plan.quantities import Quantity
from provident.web.qc.due import escalates_on
from provident.web.qc.words import KIND_WORDS
from provident.web.studies.words import Words, role_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One series to be scored, with its scales."""

    pk: int
    role: str
    label: str
    images: int
    outcome: str
    picture: bool
    stack: bool
    measured: Any  # exams.measures.SeriesMeasured, or None
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
    why: str
    late: bool


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
    escalates_on: date
    escalated: bool


def span(given: Quantity) -> str:
    """A duration of the plan as people say it: `2 working days`."""
    many = "" if given.value == 1 or given.unit in {"d", "h", "min", "s"} else "s"
    return f"{given.value:g} {given.unit}{many}"


WHY = {"pilot": "pilot stage", "verdict": "verdict", "drawn": "drawn", "not_drawn": "not drawn"}  # fmt: skip


def to_review(exams: Iterable[Any], today: date, within: Quantity) -> list[ToReview]:
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
            why=WHY[e.selection.because] if hasattr(e, "selection") else "",
            late=bool(e.judged_at and qc.due_on(e.judged_at.date(), within) < today),
        )
        for e in exams
    ]


def score_rows(exam: Any, of: Plan, measured: Mapping[int, Any]) -> list[ScoreRow]:
    """The series of an exam; those with a role are scored with the plan's scales."""
    human = of.quality.human
    rows = []
    for series in exam.series.all():
        scores = tuple(
            (f"{series.role}:{score}", score.replace("_", " "), tuple(values))
            for score, values in human.score.items()
            if series.role
        )
        label = role_name(of, exam.kind, series.role) if series.role else (series.description or "a series of no role")  # fmt: skip
        rows.append(
            ScoreRow(
                pk=series.pk, role=series.role, label=label, images=series.instances, outcome=series.outcome,
                picture=bool(series.thumbnail_key), stack=bool(series.manifest_key), measured=measured.get(series.pk),
                scores=scores,
            )
        )  # fmt: skip
    return rows


def selection_words(exam: Any) -> str:
    """Why a person looks at this exam, or need not."""
    found = getattr(exam, "selection", None)
    if found is None:
        return ""
    draw = f"drawn {found.drawn:.3f}, share {found.share:.0%}"
    return {
        "pilot": f"One of the site's first exams ({draw}).",
        "verdict": "It is looked at because its verdict is not a plain pass.",
        "drawn": f"Drawn for a look by a person ({draw}).",
        "not_drawn": f"Not drawn for a look by a person ({draw}): it may be accepted on its verdict, without scores.",
    }[found.because]


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
    if not queries:
        return []
    words = Words(queries[0].exam.study)
    quality = words.plan.quality
    for q in queries:
        messages = list(q.messages.all())
        exam = q.exam
        lines.append(
            QueryLine(
                pk=q.pk,
                exam=exam.pk,
                participant=exam.participant.code,
                site=exam.participant.site.name,
                what=f"{words.visit(exam.visit)} · {words.exam(exam.kind)}",
                question=messages[0].text if messages else "",
                state=q.state,
                opened_at=q.opened_at,
                due_on=q.due_on.isoformat(),
                days_left=(q.due_on - now.date()).days,
                last=messages[-1].kind if messages else "",
                escalates_on=(escalates := escalates_on(q.opened_at.date(), quality)),
                escalated=q.escalated_at is not None
                or (q.state == "open" and escalates < now.date()),
            )
        )
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLine:
    """One message of a query's thread."""

    at: datetime
    who: str
    colour: str
    kind: str
    code: str
    text: str


def thread(query: Any) -> list[ThreadLine]:
    """What was said, the oldest first."""
    return [
        ThreadLine(
            at=m.at, who=m.by.user.name if m.by else "Provident", colour="amber" if m.kind == "ask" else "blue",
            kind=KIND_WORDS.get(m.kind, m.kind), code=m.kind, text=m.text,
        )
        for m in query.messages.all()
    ]  # fmt: skip
