"""The only writer of reviews and queries."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from provident import qc
from provident.kernel import Clock, InvalidInput, NotReady, Outcome
from provident.recruitment.slots import SlotState
from provident.web.exams.drift import asks_the_site
from provident.web.exams.models import Exam
from provident.web.jobs.queue import enqueue
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.participants.actions import move_slot
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.qc.models import Query, QueryMessage, Review
from provident.web.studies.plans import plan_of, version_in_force


ANSWERS = ("explain", "resend", "correct", "rescan", "waive")
RESOLUTIONS = {
    "explain": "explained",
    "resend": "resent",
    "correct": "corrected",
    "rescan": "rescanned",
    "waive": "waived",
}


def _event(
    action: str,
    exam: Exam,
    by: Actor,
    clock: Clock,
    thing: str,
    thing_id: object,
    reason: str = "",
    **new: object,
) -> None:
    participant = exam.participant
    record(
        clock=clock, by=by, study=exam.study.slug, action=action, thing=thing, thing_id=str(thing_id),
        site=participant.site.code, participant=participant.code, new=new, reason=reason,
    )  # fmt: skip


def _open(
    exam: Exam, text: str, by: Membership | None, clock: Clock, **about: str
) -> Query:
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
    query = _open(
        exam, text.strip(), by, clock, series_role=series_role, finding=finding
    )
    _event(
        "query.opened",
        exam,
        actor(by),
        clock,
        "query",
        query.pk,
        text=text,
        due_on=query.due_on,
    )
    return query


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
    query = _open(
        exam, text or exam.verdict.get("sentence", ""), None, clock, finding=codes
    )
    _event(
        "query.opened",
        exam,
        SYSTEM,
        clock,
        "query",
        query.pk,
        text=text,
        due_on=query.due_on,
    )
    return query


@transaction.atomic
def ask_about_drift(*, exam: Exam, clock: Clock) -> Query | None:
    """Ask the site about headers that have changed, where the plan says so; once for an exam and its signs."""
    signs = exam.verdict.get("drift", [])
    plan = plan_of(exam.plan or version_in_force(exam.study))
    codes = " ".join(sorted({sign["code"] for sign in signs}))[:60]
    if not signs or not asks_the_site(plan, len(signs)) or exam.queries.filter(finding=codes).exists():  # fmt: skip
        return None
    text = "\n".join(f"{s['message']} {s['found'] or ''} {s['remedy']}" for s in signs)
    query = _open(exam, text, None, clock, finding=codes)
    _event("query.opened", exam, SYSTEM, clock, "query", query.pk, text=text, due_on=query.due_on)  # fmt: skip
    return query


def _findings(exam: Exam) -> list[dict[str, str]]:
    verdict = exam.verdict
    return [
        *verdict.get("findings", ()),
        *(f for s in verdict.get("series", ()) for f in s.get("findings", ())),
    ]


@transaction.atomic
def answer(
    *, query: Query, kind: str, text: str, by: Membership, clock: Clock
) -> QueryMessage:
    """Answer a query: explain, resend, correct, rescan or ask for a waiver.

    Raises:
        InvalidInput: no text, or a kind that there is not.
        NotReady: the query is closed.
    """
    if kind not in ANSWERS or not text.strip():
        raise InvalidInput(
            f"Choose one of {', '.join(ANSWERS)} and say in words what was found or done."
        )
    if query.state == Query.State.CLOSED:
        raise NotReady("This query is closed. Ask for it to be opened again.")
    message = QueryMessage.objects.create(
        query=query, by=by, at=clock.now(), kind=kind, text=text.strip()
    )
    query.state = Query.State.ANSWERED
    query.save(update_fields=["state"])
    _event(
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
    _event(
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


def _may_decide(
    exam: Exam, decision: str, scores: Mapping[str, Mapping[str, str]], reason: str
) -> None:
    if exam.state != Exam.State.JUDGED:
        raise NotReady(
            "Only an exam that is judged and not yet decided can be decided."
        )
    human = plan_of(exam.plan or version_in_force(exam.study)).quality.human
    roles = [s.role for s in exam.series.all() if s.role]
    missing = (
        qc.missing_scores(human.score, roles, scores)
        if decision == Review.Decision.ACCEPT
        else []
    )
    if missing:
        raise InvalidInput("Not everything is scored: " + "; ".join(missing) + ".")
    if (
        decision == Review.Decision.ACCEPT
        and exam.queries.exclude(state=Query.State.CLOSED).exists()
    ):
        raise NotReady("A query is open. Close it before the exam is accepted.")
    needs_reason = decision == Review.Decision.REJECT or exam.outcome in {
        Outcome.FAIL,
        Outcome.NOT_ASSESSABLE,
    }
    if needs_reason and not reason.strip():
        raise InvalidInput(
            "Say why: the exam is rejected, or accepted although it is not as the manual asks."
        )


@transaction.atomic
def review(
    *,
    exam: Exam,
    decision: str,
    scores: Mapping[str, Mapping[str, str]],
    reason: str,
    password: str,
    by: Membership,
    clock: Clock,
) -> Review:
    """Accept or reject an exam, signed.

    Accepting lets the exam be read. Rejecting expects it again: a repeat, if the window allows one.

    Raises:
        NotReady: not judged, decided already, or a query is open.
        InvalidInput: scores or the reason are missing.
        Denied: the password is wrong.
    """
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    _may_decide(exam, decision, scores, reason)
    content = {
        "exam": exam.uid,
        "decision": decision,
        "scores": dict(scores),
        "reason": reason,
        "verdict": exam.verdict,
    }
    signature = sign(
        membership=by, password=password, meaning=f"I {decision} this exam", thing="exam", thing_id=str(exam.pk),
        content=content, clock=clock,
    )  # fmt: skip
    made = Review.objects.create(
        exam=exam,
        by=by,
        at=clock.now(),
        decision=decision,
        scores=dict(scores),
        reason=reason,
        signature=signature,
    )
    old = exam.state
    exam.state = (
        Exam.State.ACCEPTED
        if decision == Review.Decision.ACCEPT
        else Exam.State.REJECTED
    )
    exam.decided_at = clock.now()
    exam.save(update_fields=["state", "decided_at"])
    _move_slot(exam, decision, clock)
    if decision == Review.Decision.ACCEPT:
        enqueue("provident.web.reading.tasks.exam_accepted", exam.pk)
    participant = exam.participant
    record(
        clock=clock, by=actor(by), study=exam.study.slug, action=f"exam.{decision}ed", thing="exam",
        thing_id=str(exam.pk), site=participant.site.code, participant=participant.code, old={"state": old},
        new={"state": exam.state, "scores": dict(scores), "signature": signature.pk}, reason=reason,
    )  # fmt: skip
    return made


def _move_slot(exam: Exam, decision: str, clock: Clock) -> None:
    slot = exam.slot
    if slot is None:
        return
    if decision == Review.Decision.ACCEPT:
        move_slot(slot=slot, to=SlotState.ACCEPTED, clock=clock)
    elif not slot.exams.filter(state=Exam.State.ACCEPTED).exists():
        move_slot(slot=slot, to=SlotState.EXPECTED, clock=clock)
