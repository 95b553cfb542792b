"""Giving, discussing, waiving and signing what the check of the plan shows."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from provident import programme
from provident.kernel import Clock, InvalidInput, NotReady
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.planning.items import Item, item, items, waiver_lines
from provident.web.planning.models import Comment, DomainSignature, Task, Waiver
from provident.web.studies.models import PlanVersion, Study
from provident.web.studies.plans import version_in_force


def _item(by: Membership, key: str) -> Item:
    return item(version_in_force(by.study), key)


def _said(text: str, otherwise: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput(otherwise)
    return said


def _one_at_a_time(by: Membership) -> None:
    """Two people who act on one item at once: the second waits, and then sees what the first did."""
    Study.objects.select_for_update().get(pk=by.study_id)


@transaction.atomic
def assign(
    *, key: str, to: Membership, due_on: date, by: Membership, clock: Clock
) -> Task:
    """Give an item to somebody of the team; who had it before has it no longer.

    Raises:
        Denied: the role does not work on the plan, or the other's does not.
        InvalidInput: the day has passed, or the person is not in this team.
        NotFound: the plan in force has no such item.
    """
    check(by, "work", Thing.PLAN)
    what = _item(by, key)
    if to.study_id != by.study_id or to.until is not None:
        raise InvalidInput("Choose somebody who is in the team now.")
    check(to, "work", Thing.PLAN)
    if due_on < clock.now().date():
        raise InvalidInput("The day has passed; choose today or a later one.")
    _one_at_a_time(by)
    before = Task.objects.filter(
        study=by.study, item=key, ended_at__isnull=True
    ).first()
    if before is not None:
        before.ended_at, before.ended_by = clock.now(), by.user.username
        before.outcome = f"given to {to.user.username}"
        before.save(update_fields=["ended_at", "ended_by", "outcome"])
    made = Task.objects.create(
        study=by.study, item=key, title=what.title[:300], assignee=to, due_on=due_on,
        assigned_at=clock.now(), assigned_by=by.user.username,
    )  # fmt: skip
    old = (
        {"assignee": before.assignee.user.username, "due": before.due_on}
        if before
        else {}
    )
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.assigned", thing="plan_item", thing_id=key,
           old=old, new={"assignee": to.user.username, "due": due_on, "title": what.title})  # fmt: skip
    return made


@transaction.atomic
def finish(*, task: Task, outcome: str, by: Membership, clock: Clock) -> None:
    """Say what became of an item that somebody looked after.

    Raises:
        InvalidInput: nothing is said.
        NotReady: it has ended already.
    """
    check(by, "work", Thing.PLAN)
    said = _said(
        outcome, "Say what became of it: changed in the draft of 1.5, for example."
    )
    row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk, study=by.study)
    if row.ended_at is not None:
        raise NotReady("Somebody else has ended it meanwhile.")
    row.ended_at, row.ended_by, row.outcome = clock.now(), by.user.username, said
    row.save(update_fields=["ended_at", "ended_by", "outcome"])
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.finished", thing="plan_item",
           thing_id=row.item, new={"outcome": said})  # fmt: skip


@transaction.atomic
def comment(*, key: str, text: str, by: Membership, clock: Clock) -> Comment:
    """Say something about an item."""
    check(by, "work", Thing.PLAN)
    _item(by, key)
    said = _said(text, "Write what you have to say.")
    made = Comment.objects.create(
        study=by.study, item=key, by=by, at=clock.now(), text=said
    )
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.commented", thing="plan_item", thing_id=key,
           new={"comment": said})  # fmt: skip
    return made


@transaction.atomic
def waive(*, key: str, why: str, password: str, by: Membership, clock: Clock) -> Waiver:
    """Answer for an item with a reason and a signature, until the plan itself says so.

    The plan's files do not change: `lines` of the waiver are what its next version carries.

    Raises:
        Denied: not this role's, or a wrong password.
        InvalidInput: no reason, or a finding that cannot be waived.
        NotReady: it is waived already.
    """
    check(by, "waive", Thing.PLAN)
    what, said = _item(by, key), _said(why, "Say why it may stand.")
    if not what.waivable:
        raise InvalidInput(
            "This finding is about the plan's files and cannot be waived; correct the file."
        )
    _one_at_a_time(by)
    if Waiver.objects.filter(study=by.study, item=key, ended_at__isnull=True).exists():
        raise NotReady(
            "It is waived already. End that waiver first, if its reason has changed."
        )
    name, today = by.user.name or by.user.username, clock.now().date()
    lines = waiver_lines(what, why=said, by=name, on=today)
    signature = sign(
        membership=by, password=password, meaning="I answer for it that this may stand", thing="plan_item",
        thing_id=key, content={"item": key, "title": what.title, "why": said}, clock=clock,
    )  # fmt: skip
    made = Waiver.objects.create(
        study=by.study, item=key, title=what.title[:300], lines=lines, why=said, by=by, at=clock.now(), signature=signature,
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.waived", thing="plan_item", thing_id=key,
           new={"title": what.title, "signature": signature.pk}, reason=said)  # fmt: skip
    return made


@transaction.atomic
def end_waiver(*, waiver: Waiver, why: str, by: Membership, clock: Clock) -> None:
    """End a waiver of the platform: the item is open again, or the plan now says it itself."""
    check(by, "waive", Thing.PLAN)
    said = _said(why, "Say why the waiver ends.")
    row = Waiver.objects.select_for_update(of=("self",)).get(
        pk=waiver.pk, study=by.study
    )
    if row.ended_at is not None:
        raise NotReady("The waiver has ended already.")
    row.ended_at, row.ended_why = clock.now(), said
    row.save(update_fields=["ended_at", "ended_why"])
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.waiver_ended", thing="plan_item",
           thing_id=row.item, reason=said)  # fmt: skip


@transaction.atomic
def sign_domain(
    *, domain: str, version: PlanVersion, password: str, by: Membership, clock: Clock
) -> DomainSignature:
    """Sign, for one's role, that the team has considered a domain in this version of the plan.

    The signature covers the plan's hash and what was open in the domain when it was given.

    Raises:
        Denied: not this role's, or a wrong password.
        InvalidInput: there is no such domain.
        NotReady: the role has signed it, or another version is in force meanwhile.
    """
    check(by, "work", Thing.PLAN)
    if domain not in programme.framework().domains:
        raise InvalidInput("There is no such domain.")
    _one_at_a_time(by)
    if version_in_force(by.study).pk != version.pk:
        raise NotReady(
            "Another version has come into force meanwhile. Look at the domain again, then sign."
        )
    role = by.plan_role or by.role
    if DomainSignature.objects.filter(
        version=version, domain=domain, role=role
    ).exists():
        raise NotReady("Your role has signed this domain for this version already.")
    still_open = sorted(i.key for i in items(version) if i.domain == domain)
    signature = sign(
        membership=by, password=password, meaning="The team has considered this domain", thing="plan_domain",
        thing_id=domain, content={"plan": version.hash, "domain": domain, "open": still_open}, clock=clock,
    )  # fmt: skip
    made = DomainSignature.objects.create(
        study=by.study, version=version, domain=domain, role=role, by=by, at=clock.now(), signature=signature,
    )  # fmt: skip
    record(clock=clock, by=actor(by), study=by.study.slug, action="plan.domain_signed", thing="plan_domain", thing_id=domain,
           new={"version": version.version, "open": len(still_open), "signature": signature.pk})  # fmt: skip
    return made
