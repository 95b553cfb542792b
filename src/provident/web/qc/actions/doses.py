"""The only writer of queries about the dose of an exam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from provident.kernel import Clock
from provident.web.exams.models import Exam
from provident.web.ledger.record import SYSTEM
from provident.web.qc.actions.events import exam_event
from provident.web.qc.actions.queries import open_query
from provident.web.qc.models import Query, QueryMessage


ABOUT = "DOSE."  # how the codes of such queries begin


def codes_of(findings: Sequence[Mapping[str, Any]]) -> str:
    """What a query about these findings is known by."""
    return " ".join(sorted({str(f["code"]) for f in findings}))[:60]


@transaction.atomic
def ask_about_dose(
    *, exam: Exam, findings: Sequence[Mapping[str, Any]], clock: Clock
) -> Query | None:
    """Ask the site about a dose that is not known or not right; once for an exam and its findings."""
    Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    codes = codes_of(findings)
    if exam.queries.filter(finding=codes).exists():
        return None
    told = [f"{f['message']} {_facts(f)} {f['remedy']}" for f in findings]
    text = "\n".join(dict.fromkeys(" ".join(one.split()) for one in told))
    text += "\nA person of the site can also enter what the console shows, on the exam's dose page."
    return open_query(exam, text, None, clock, finding=codes)


def _facts(finding: Mapping[str, Any]) -> str:
    pairs = [(word, finding.get(word)) for word in ("expected", "found")]
    told = "; ".join(f"{word} {value}" for word, value in pairs if value)
    return f"({told})" if told else ""


@transaction.atomic
def close_known_dose(
    *, exam: Exam, still: Sequence[Mapping[str, Any]], by_hand: bool, clock: Clock
) -> None:
    """Close what was asked about the dose and is answered by what came since; `still` are the findings that stand."""
    Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    asked = exam.queries.filter(finding__startswith=ABOUT).exclude(state=Query.State.CLOSED)  # fmt: skip
    closed = [q for q in asked if not still or q.finding != codes_of(still)]
    for query in closed:
        _close(query, by_hand, clock)
    if closed:
        exam_event("query.dose_known", exam, SYSTEM, clock, "query", closed[0].pk, closed=len(closed))  # fmt: skip


def _close(query: Query, by_hand: bool, clock: Clock) -> None:
    text = "A person entered the dose." if by_hand else "What came since answers it."
    QueryMessage.objects.create(query=query, by=None, at=clock.now(), kind=QueryMessage.Kind.CLOSE, text=text)  # fmt: skip
    query.state, query.closed_at = Query.State.CLOSED, clock.now()
    query.resolution = "corrected" if by_hand else "resent"
    query.save(update_fields=["state", "closed_at", "resolution"])
