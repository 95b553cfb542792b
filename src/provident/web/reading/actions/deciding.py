"""What is done about two reads that disagree: the look for a technical cause, and the choice of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from provident import reading
from provident.kernel import Clock, InvalidInput, NotReady
from provident.kernel.ids import new_seed, new_token
from provident.reading import CaseState, ReadState
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.reading import analysis, outcomes
from provident.web.reading.actions.reads import current_draft
from provident.web.reading.designs import design_of, fixed_limits
from provident.web.reading.image_holds import images_hold
from provident.web.reading.models import (
    Assignment,
    Case,
    Choice,
    Draw,
    Read,
    TechnicalQuery,
)
from provident.web.reading.selectors import reads_of
from provident.web.studies.plans import version_in_force


Outcome = TechnicalQuery.Outcome


# -- a technical cause


@transaction.atomic
def ask_technical(
    *, case: Case, question: str, by: Membership, clock: Clock
) -> TechnicalQuery:
    """Ask quality control whether a technical cause explains a disagreement. Nobody is told who said what.

    Raises:
        InvalidInput: no question.
        NotReady: the readers do not disagree, or quality control has been asked already.
    """
    check(by, "ask", Thing.TECHNICAL)
    if not question.strip():
        raise InvalidInput("Say what quality control is to look at.")
    case = _looked_at(case)
    if case.technical_queries.filter(outcome=Outcome.OPEN).exists():
        raise NotReady("Quality control has been asked about this case already.")
    made = TechnicalQuery.objects.create(
        case=case, question=question.strip(), asked_by=by, asked_at=clock.now()
    )
    record(clock=clock, by=actor(by), study=case.study.slug, action="technical.asked", thing="case", thing_id=str(case.pk),
           participant=case.code, site=case.site_code, new={"query": made.pk}, reason=made.question)  # fmt: skip
    return made


def _looked_at(case: Case) -> Case:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.state != CaseState.TECHNICAL_QUERY:
        raise NotReady(
            "Nobody has to look for a technical cause in this case: it waits for something else."
        )
    return case


@transaction.atomic
def answer_technical(
    *, query: TechnicalQuery, cause: bool, found: str, by: Membership, clock: Clock
) -> TechnicalQuery:
    """Say whether there is a technical cause, and what was found.

    Raises:
        InvalidInput: it is not said what was found.
        NotReady: the query is answered already.
    """
    check(by, "answer", Thing.TECHNICAL)
    if not found.strip():
        raise InvalidInput("Say what you looked at, and what you found.")
    query = TechnicalQuery.objects.select_for_update(of=("self",)).get(pk=query.pk)
    if query.outcome != Outcome.OPEN:
        raise NotReady("This question has been answered already.")
    query.outcome = Outcome.CAUSE if cause else Outcome.NO_CAUSE
    query.found, query.answered_by, query.answered_at = found.strip(), by, clock.now()
    query.save()
    case = query.case
    record(clock=clock, by=actor(by), study=case.study.slug, action="technical.answered", thing="case",
           thing_id=str(case.pk), participant=case.code, site=case.site_code,
           new={"query": query.pk, "cause": cause}, reason=query.found)  # fmt: skip
    return query


@transaction.atomic
def release_to_adjudication(
    *, case: Case, reason: str, by: Membership, clock: Clock
) -> Assignment:
    """Say that no technical cause explains the disagreement; whoever decides gets the case.

    Without a query to quality control the look of the person who releases is kept as the outcome.

    Raises:
        InvalidInput: no reason.
        NotReady: quality control has not answered yet, or has found a cause.
        Refused: the case is not discordant.
    """
    check(by, "release", Thing.ADJUDICATION)
    if not reason.strip():
        raise InvalidInput(
            "Say what was looked at (series, windowing, the right visit) before a third person reads."
        )
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _no_cause(case, reason, by, clock)
    made = outcomes.to_third(case, design_of(case), clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="adjudication.opened", thing="case",
           thing_id=str(case.pk), participant=case.code, site=case.site_code,
           new={"state": case.state}, reason=reason)  # fmt: skip
    return made


def _no_cause(case: Case, reason: str, by: Membership, clock: Clock) -> None:
    last = case.technical_queries.first()
    if last is not None and last.outcome == Outcome.OPEN:
        raise NotReady("Quality control has not answered yet whether there is a technical cause.")  # fmt: skip
    if last is not None and last.outcome == Outcome.CAUSE and _of_these_reads(case, last):  # fmt: skip
        raise NotReady("Quality control has found a technical cause: have the case read again when it is mended.")  # fmt: skip
    if last is None or not _of_these_reads(case, last):
        TechnicalQuery.objects.create(
            case=case, question="Looked at by the person who released the case.", asked_by=by, asked_at=clock.now(),
            outcome=Outcome.NO_CAUSE, found=reason.strip(), answered_by=by, answered_at=clock.now(),
        )  # fmt: skip


def _of_these_reads(case: Case, query: TechnicalQuery) -> bool:
    """Whether a query is about the reads that count now, not about those before they were read again."""
    return all(read.at <= query.asked_at for read in reads_of(case))


@transaction.atomic
def read_again(*, case: Case, reason: str, by: Membership, clock: Clock) -> Draw:
    """A technical cause is mended: the two reads are superseded, and the same readers get the case anew.

    Raises:
        InvalidInput: no reason.
        NotReady: no technical cause was found, or the images are not accepted again yet.
    """
    check(by, "release", Thing.ADJUDICATION)
    if not reason.strip():
        raise InvalidInput("Say what was mended.")
    case = _looked_at(case)
    last = case.technical_queries.first()
    if last is None or last.outcome != Outcome.CAUSE or not _of_these_reads(case, last):
        raise NotReady("Quality control has not found a technical cause in this case.")
    images_hold(case)
    outcomes.move(case, CaseState.READING, clock)
    made = _drawn_anew(case, clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="reading.read_again", thing="case",
           thing_id=str(case.pk), participant=case.code, site=case.site_code,
           new={"draw": made.pk, "seed": str(made.seed)}, reason=reason)  # fmt: skip
    return made


def _drawn_anew(case: Case, clock: Clock) -> Draw:
    """New places behind all others, with labels by a new lot; the superseded reads are kept."""
    design, seed = design_of(case), new_seed()
    shown = reading.Case(
        id=str(case.pk), participant=case.code, visits=tuple(case.visits)
    )
    pairs = reading.labels_for(design, shown, seed)
    old = analysis.assignments(case.study).filter(
        case=case, role=Assignment.Role.PRIMARY
    )
    draw = Draw.objects.create(
        study=case.study, design=case.design, plan_version=version_in_force(case.study).version, seed=seed, placed=[],
        at=clock.now(),
    )  # fmt: skip
    for before in list(old.select_related("reader")):
        reading.READ.check_move(ReadState(before.state), ReadState.SUPERSEDED)
        before.state = ReadState.SUPERSEDED
        before.save(update_fields=["state"])
        last = Assignment.objects.filter(reader=before.reader, design=case.design)
        place = last.order_by("-position")[0]
        made = Assignment.objects.create(
            case=case, design=case.design, reader=before.reader, role=before.role, seat=before.seat,
            position=place.position + 1, block=place.block, labels=[list(p) for p in pairs], draw=draw,
            token=new_token(), state=ReadState.ASSIGNED,
        )  # fmt: skip
        draw.placed.append({"assignment": made.pk, "case": str(case.pk), "reader": str(before.reader_id),
                            "position": made.position, "seat": made.seat, "labels": made.labels})  # fmt: skip
    draw.save(update_fields=["placed"])
    return draw


# -- a choice


@transaction.atomic
def choose(
    *, assignment: Assignment, saved: Mapping[str, Any], password: str, by: Membership, clock: Clock
) -> Choice:  # fmt: skip
    """An adjudicator who saw both reads chooses one of them, whole. `saved`: choice (1 or 2), reason, version.

    Raises:
        InvalidInput: no reason, or neither of the two.
        NotReady: the design has no such choice, the choice is signed, or a read was corrected since.
        Denied: a wrong password.
    """
    case, design = assignment.case, design_of(assignment.case)
    if assignment.role != Assignment.Role.ADJUDICATOR or not design.adjudicator_chooses:
        raise NotReady("In this design nobody chooses between two reads.")
    draft = current_draft(assignment, saved)
    images_hold(case)
    read, reason = _chosen(assignment, saved), str(saved.get("reason") or "").strip()
    if not reason:
        raise InvalidInput("Say why you choose this read.")
    signature = sign(
        membership=by, password=password, meaning="I choose this read", thing="read", thing_id=str(assignment.pk),
        content={"read": read.pk, "reason": reason}, clock=clock,
    )  # fmt: skip
    seconds = max(draft.active_seconds, int(saved.get("active_seconds") or 0))
    made = Choice.objects.create(
        assignment=assignment, shown_as=saved["choice"], read=read, reason=reason, active_seconds=seconds,
        display=dict(saved.get("display") or {}), signature=signature, at=clock.now(),
    )  # fmt: skip
    reading.READ.check_move(ReadState(assignment.state), ReadState.SUBMITTED)
    assignment.state, assignment.submitted_at = ReadState.SUBMITTED, clock.now()
    assignment.save(update_fields=["state", "submitted_at"])
    limits = fixed_limits(case.study, design.endpoint)
    follows = outcomes.follow(case, design, limits, clock)
    record(clock=clock, by=actor(by), study=case.study.slug, action="adjudication.chosen", thing="read",
           thing_id=str(assignment.pk), new={"case": case.pk, "read": read.pk, "shown_as": made.shown_as,
                                             "signature": signature.pk, "follows": follows}, reason=reason)  # fmt: skip
    return made


def _chosen(assignment: Assignment, saved: Mapping[str, Any]) -> Read:
    if saved.get("choice") not in ("1", "2"):
        raise InvalidInput("Choose one of the two reads; nothing in between can be signed.")  # fmt: skip
    now = {read.pk: read for read in reads_of(assignment.case)}
    shown = assignment.shown_reads.reads
    if set(shown) != set(now):
        raise NotReady("One of the two reads was corrected since it was shown to you. Nothing was signed.")  # fmt: skip
    return now[shown[int(saved["choice"]) - 1]]
