"""The only writer of corrective and preventive actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from provident import qc
from provident.kernel import Clock, InvalidInput, NotReady, Refused
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.qc import outbox
from provident.web.qc.actions.messages import tell
from provident.web.qc.models import CorrectiveAction
from provident.web.sites.models import Scanner, Site
from provident.web.studies.models import Study


DUE_WITHIN = 10  # working days, for what a trigger opens; a person may move it
KINDS = {
    "corrective action": "corrective",
    "monitoring visit": "visit",
    "retraining": "retraining",
}


def _event(
    name: str, action: CorrectiveAction, by: Membership | None, clock: Clock,
    reason: str = "", old: dict[str, Any] | None = None, **new: object,
) -> None:  # fmt: skip
    record(
        clock=clock, by=actor(by) if by else SYSTEM, study=action.study.slug, action=f"capa.{name}", thing="action",
        thing_id=str(action.pk), site=action.site.code if action.site else "", old=old, new=new, reason=reason,
    )  # fmt: skip


def _tell_owner(action: CorrectiveAction, clock: Clock) -> None:
    if action.owner is None:
        return
    note = outbox.action(
        action.pk, "A task of quality control,", action.due_on.isoformat(), action.study.slug
    )  # fmt: skip
    tell(note=note, to=[action.owner], clock=clock)


def _may_own(action: CorrectiveAction, owner: Membership) -> None:
    if owner.study_id != action.study_id or owner.until is not None:
        raise InvalidInput("The owner has to be somebody who works in this study now.")
    if owner.site and (action.site is None or owner.site != action.site.code):
        raise InvalidInput("Somebody of a site can only own an action of that site.")


@transaction.atomic
def open_action(
    *,
    study: Study,
    kind: str,
    what: str,
    due_on: date,
    by: Membership | None,
    clock: Clock,
    site: Site | None = None,
    scanner: Scanner | None = None,
    owner: Membership | None = None,
    trigger: str = "",
) -> CorrectiveAction:
    """Open an action, by hand or by a trigger of the plan (`by` is None then).

    Raises:
        InvalidInput: nothing is said, it is due in the past, or the owner does not fit.
    """
    if not what.strip():
        raise InvalidInput("Say what has to be done, and why.")
    if due_on < clock.now().date():
        raise InvalidInput("The day it is due lies in the past; give a later one.")
    action = CorrectiveAction(
        study=study, site=site, scanner=scanner, kind=kind, trigger=trigger, what=what.strip(), owner=owner,
        due_on=due_on, opened_at=clock.now(), opened_by=by,
    )  # fmt: skip
    if owner is not None:
        _may_own(action, owner)
    action.save()
    _tell_owner(action, clock)
    _event("opened", action, by, clock, kind=kind, trigger=trigger, what=what.strip(), due_on=due_on,
           owner=owner.user.username if owner else "")  # fmt: skip
    return action


@transaction.atomic
def open_triggered(
    *, site: Site, trigger: str, opens: str, what: str, clock: Clock
) -> CorrectiveAction | None:
    """Open what a trigger of quality.yaml says, unless it is open at this site already."""
    rows = CorrectiveAction.objects.filter(study=site.study, site=site, trigger=trigger)
    if opens not in KINDS or rows.exclude(state="closed").exists():
        return None
    due = qc.working_days_after(clock.now().date(), DUE_WITHIN)
    return open_action(
        study=site.study, site=site, kind=KINDS[opens], trigger=trigger, what=what, due_on=due, by=None, clock=clock,
    )  # fmt: skip


@transaction.atomic
def assign(
    *,
    action: CorrectiveAction,
    owner: Membership,
    due_on: date,
    reason: str,
    by: Membership,
    clock: Clock,
) -> None:
    """Give an action to somebody, or move the day it is due.

    Raises:
        InvalidInput: the owner does not fit, or no reason is given for a later day.
        NotReady: it is closed.
    """
    if action.state != CorrectiveAction.State.OPEN:
        raise NotReady("Only an open action can be given to somebody.")
    _may_own(action, owner)
    if due_on > action.due_on and not reason.strip():
        raise InvalidInput("Say why it is due later.")
    old = {
        "owner": action.owner.user.username if action.owner else "",
        "due_on": action.due_on,
    }
    action.owner, action.due_on = owner, due_on
    action.save(update_fields=["owner", "due_on"])
    _tell_owner(action, clock)
    _event("assigned", action, by, clock, reason, old, owner=owner.user.username, due_on=due_on)  # fmt: skip


@transaction.atomic
def finish(
    *, action: CorrectiveAction, root_cause: str, done: str, by: Membership, clock: Clock
) -> None:  # fmt: skip
    """Say what the cause was and what was done; the check of its effect waits then.

    Raises:
        InvalidInput: one of the two is missing.
        NotReady: it is not open.
    """
    if action.state != CorrectiveAction.State.OPEN:
        raise NotReady("This action is not open any more.")
    if not root_cause.strip() or not done.strip():
        raise InvalidInput("Say what the root cause was, and what was done about it.")
    action.root_cause, action.done = root_cause.strip(), done.strip()
    action.state, action.done_at = CorrectiveAction.State.DONE, clock.now()
    if action.owner is None:
        action.owner = by
    action.save(update_fields=["root_cause", "done", "state", "done_at", "owner"])
    _event("done", action, by, clock, root_cause=action.root_cause, done=action.done)


@transaction.atomic
def check_effect(
    *,
    action: CorrectiveAction,
    effective: bool,
    effect: str,
    password: str,
    by: Membership,
    clock: Clock,
) -> None:
    """Say whether an action helped, signed: it is closed, or open again for as long as its first time was.

    Raises:
        InvalidInput: nothing is said.
        NotReady: nothing was done yet.
        Refused: the owner judges their own action.
        Denied: the password is wrong.
    """
    if action.state != CorrectiveAction.State.DONE:
        raise NotReady("The effect is checked once the action is done, and once.")
    if action.owner_id == by.pk:
        raise Refused("Who did an action does not judge its effect: ask a colleague.")
    if not effect.strip():
        raise InvalidInput("Say what the check of the effect showed.")
    meaning = "The action was effective" if effective else "The action had no effect"
    content = {
        "action": action.pk, "root_cause": action.root_cause, "done": action.done, "effect": effect, "effective": effective,
    }  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning=meaning, thing="action", thing_id=str(action.pk), content=content,
        clock=clock,
    )  # fmt: skip
    action.effect = effect.strip()
    if effective:
        action.state = CorrectiveAction.State.CLOSED
        action.closed_at, action.signature = clock.now(), signature
    else:
        action.state = CorrectiveAction.State.OPEN
        action.due_on = qc.working_days_after(clock.now().date(), DUE_WITHIN)
    action.save()
    _event("closed" if effective else "reopened", action, by, clock, effect=action.effect, signature=signature.pk)  # fmt: skip
