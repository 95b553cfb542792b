"""The only writer of queries to sites and their answers."""

from __future__ import annotations

from django.db import transaction

from provident import qc
from provident.kernel import Clock, InvalidInput, NotReady, Outcome, Refused
from provident.web.exams.drift import asks_the_site
from provident.web.exams.models import Exam
from provident.web.ledger.record import SYSTEM
from provident.web.people.actions import actor
from provident.web.people.models import Membership
from provident.web.qc import outbox
from provident.web.qc.actions.events import exam_event
from provident.web.qc.actions.messages import tell
from provident.web.qc.models import Query, QueryMessage
from provident.web.qc.repeats import RepeatAdvice
from provident.web.qc.selectors import people_of
from provident.web.studies.plans import plan_of, version_in_force


ANSWERS = ("explain", "resend", "correct", "rescan", "waive")
RESOLUTIONS = {
    "explain": "explained",
    "resend": "resent",
    "correct": "corrected",
    "rescan": "rescanned",
    "waive": "waived",
}


def open_query(
    exam: Exam, text: str, by: Membership | None, clock: Clock, **about: str
) -> Query:
    """Ask the site, tell its people, and write to the ledger what was asked and by whom (None: the plan)."""
    quality = plan_of(exam.plan or version_in_force(exam.study)).quality
    query = Query.objects.create(
        exam=exam,
        opened_at=clock.now(),
        due_on=qc.due_on(clock.now().date(), quality.queries.answer_within),
        **about,
    )
    QueryMessage.objects.create(
        query=query, by=by, at=clock.now(), kind=QueryMessage.Kind.ASK, text=text
    )
    note = outbox.asked(query.pk, query.due_on.isoformat(), exam.study.slug)
    tell(
        note=note,
        to=people_of(exam.study, "site", exam.participant.site.code),
        clock=clock,
    )
    exam_event(
        "query.opened", exam, actor(by) if by else SYSTEM, clock, "query", query.pk, text=text, due_on=query.due_on,
    )  # fmt: skip
    return query


@transaction.atomic
def ask(
    *,
    exam: Exam,
    text: str,
    by: Membership,
    clock: Clock,
    series_role: str = "",
    finding: str = "",
) -> Query:
    """Ask the site about an exam.

    Raises:
        InvalidInput: there is no question.
    """
    if not text.strip():
        raise InvalidInput("Write what the site is asked.")
    return open_query(
        exam, text.strip(), by, clock, series_role=series_role, finding=finding
    )


@transaction.atomic
def ask_about_verdict(*, exam: Exam, clock: Clock) -> Query | None:
    """Open the query that a failed or not assessable verdict calls for; once for an exam and its findings."""
    if exam.outcome not in {Outcome.FAIL, Outcome.NOT_ASSESSABLE}:
        return None
    findings = [f for f in _findings(exam) if f["severity"] == "error"] or _findings(
        exam
    )
    codes = " ".join(sorted({f["code"] for f in findings}))[:60]
    if exam.queries.filter(finding=codes).exists():
        return None
    text = "\n".join(
        dict.fromkeys(f"{f['message']} {f['remedy']}".strip() for f in findings)
    )
    return open_query(
        exam, text or exam.verdict.get("sentence", ""), None, clock, finding=codes
    )


@transaction.atomic
def ask_about_drift(*, exam: Exam, clock: Clock) -> Query | None:
    """Ask the site about headers that have changed, where the plan says so; once for an exam and its signs."""
    signs = exam.verdict.get("drift", [])
    plan = plan_of(exam.plan or version_in_force(exam.study))
    codes = " ".join(sorted({sign["code"] for sign in signs}))[:60]
    if not signs or not asks_the_site(plan, len(signs)) or exam.queries.filter(finding=codes).exists():  # fmt: skip
        return None
    text = "\n".join(f"{s['message']} {s['found'] or ''} {s['remedy']}" for s in signs)
    return open_query(exam, text, None, clock, finding=codes)


@transaction.atomic
def ask_about_indicator(
    *, exam: Exam, code: str, text: str, clock: Clock
) -> Query | None:
    """Ask the site about an indicator past its limit, unless a query about it is open there."""
    site = exam.participant.site
    rows = Query.objects.filter(exam__participant__site=site, finding=code)
    if rows.exclude(state=Query.State.CLOSED).exists():
        return None
    return open_query(exam, f"{text} What is the cause, and what will be done?", None, clock, finding=code)  # fmt: skip


def _findings(exam: Exam) -> list[dict[str, str]]:
    verdict = exam.verdict
    return [
        *verdict.get("findings", ()),
        *(f for s in verdict.get("series", ()) for f in s.get("findings", ())),
    ]


@transaction.atomic
def answer(
    *,
    query: Query,
    kind: str,
    text: str,
    by: Membership,
    clock: Clock,
    repeat: RepeatAdvice | None = None,
) -> QueryMessage:
    """Answer a query: explain, resend, correct, rescan or ask for a waiver.

    Args:
        repeat: what `repeats.advice` says of scanning again; looked at where that is the answer.

    Raises:
        InvalidInput: no text, or a kind that there is not.
        NotReady: the query is closed.
        Refused: a repeat cannot be made any more, or its dose is not justified yet.
    """
    if kind not in ANSWERS or not text.strip():
        raise InvalidInput(
            f"Choose one of {', '.join(ANSWERS)} and say in words what was found or done."
        )
    if query.state == Query.State.CLOSED:
        raise NotReady("This query is closed. Ask for it to be opened again.")
    if kind == "rescan" and repeat is not None and repeat.refused:
        raise Refused(repeat.refused)
    message = QueryMessage.objects.create(
        query=query, by=by, at=clock.now(), kind=kind, text=text.strip()
    )
    query.state = Query.State.ANSWERED
    query.save(update_fields=["state"])
    study = query.exam.study
    note = outbox.answered(query.pk, message.pk, study.slug)
    tell(note=note, to=people_of(study, "qc"), clock=clock)
    exam_event(
        "query.answered",
        query.exam,
        actor(by),
        clock,
        "query",
        query.pk,
        kind=kind,
        text=text,
    )
    return message


@transaction.atomic
def close(
    *, query: Query, resolution: str, text: str, by: Membership, clock: Clock
) -> Query:
    """Close a query with how it was resolved.

    Raises:
        InvalidInput: a resolution that there is not, or no words.
        NotReady: it is closed already.
    """
    if resolution not in RESOLUTIONS.values() or not text.strip():
        raise InvalidInput(
            f"Say how it was resolved ({', '.join(RESOLUTIONS.values())}) and why that will do."
        )
    if query.state == Query.State.CLOSED:
        raise NotReady("This query is closed already.")
    QueryMessage.objects.create(
        query=query,
        by=by,
        at=clock.now(),
        kind=QueryMessage.Kind.CLOSE,
        text=text.strip(),
    )
    query.state, query.closed_at, query.resolution = (
        Query.State.CLOSED,
        clock.now(),
        resolution,
    )
    query.save(update_fields=["state", "closed_at", "resolution"])
    exam_event(
        "query.closed",
        query.exam,
        actor(by),
        clock,
        "query",
        query.pk,
        resolution=resolution,
        reason=text,
    )
    return query


@transaction.atomic
def remind(*, query: Query, clock: Clock) -> bool:
    """Remind the site of a query whose answer is late, at most once a day; returns whether it was."""
    today, exam = clock.now().date(), query.exam
    if query.reminded_on is not None and query.reminded_on >= today:
        return False
    query.reminded_on = today
    query.save(update_fields=["reminded_on"])
    note = outbox.reminder(
        query.pk, query.due_on.isoformat(), today.isoformat(), exam.study.slug
    )
    tell(note=note, to=people_of(exam.study, "site", exam.participant.site.code), clock=clock)  # fmt: skip
    exam_event("query.reminded", exam, SYSTEM, clock, "query", query.pk, due_on=query.due_on)  # fmt: skip
    return True


@transaction.atomic
def escalate(*, query: Query, clock: Clock) -> bool:
    """Tell the trial manager of a query that the site has not answered in the plan's time; once."""
    if query.escalated_at is not None:
        return False
    exam = query.exam
    query.escalated_at = clock.now()
    query.save(update_fields=["escalated_at"])
    note = outbox.escalated(query.pk, exam.participant.site.name, exam.study.slug)
    tell(note=note, to=people_of(exam.study, "trial_manager"), clock=clock)
    exam_event("query.escalated", exam, SYSTEM, clock, "query", query.pk, due_on=query.due_on)  # fmt: skip
    return True
