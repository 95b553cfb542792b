"""What waits for a person in the work on the plan, in amendments and at closed flows."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from provident.kernel import PlanError
from provident.web.people.access import Thing, can
from provident.web.people.selectors import Membership
from provident.web.planning import selectors
from provident.web.planning.acknowledging import owed
from provident.web.planning.amended import approving_roles, signs_for
from provident.web.planning.flows import closed_for
from provident.web.planning.models import Amendment
from provident.web.studies.plans import plan_of
from provident.web.ui.waits import Wait


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Items given to me, amendments to read, sign or put in force, images that wait for a closed flow."""
    try:
        return [
            *_given(membership, now),
            *_amendments(membership, now),
            *_flows(membership, now),
        ]
    except PlanError:
        return []  # a study without a plan that loads: the plan's own page says so


def _address(name: str, membership: Membership) -> str:
    return reverse(name, kwargs={"study": membership.study.slug})


def _given(membership: Membership, now: datetime) -> list[Wait]:
    mine = list(selectors.my_tasks(membership))
    late = sum(t.due_on < now.date() for t in mine)
    return [
        Wait(
            place="plan", count=len(mine), words="Questions of the plan given to you",
            href=f"{_address('planning:work', membership)}?show=mine",
            detail=f"{late} past the day" if late else f"first by {mine[0].due_on:%-d %B}", urgency=2 if late else 4,
        )
    ] if mine else []  # fmt: skip


def _amendments(membership: Membership, now: datetime) -> list[Wait]:
    href, found = _address("planning:amendments", membership), []
    if not can(membership, "see", Thing.AMENDMENT):
        return []
    rows = list(selectors.amendments(membership))
    to_read = owed(membership) if rows else []
    if to_read:
        found.append(
            Wait(place="plan", count=len(to_read), words="Amendments to read and acknowledge", href=href,
                 detail=", ".join(f"plan {a.version}" for a in to_read), urgency=2)
        )  # fmt: skip
    if not can(membership, "review", Thing.AMENDMENT):
        return found
    to_sign = [
        a
        for a in rows
        if a.state == Amendment.State.REVIEW and _mine_to_sign(a, membership)
    ]
    ready = [a for a in rows if _ready(a, now) and can(membership, "load", Thing.PLAN)]
    for those, words in (
        (to_sign, "Amendments to sign"),
        (ready, "Amendments to put in force"),
    ):
        found.append(
            Wait(place="plan", count=len(those), words=words, href=href,
                 detail=", ".join(f"plan {a.version}" for a in those), urgency=2)
        )  # fmt: skip
    return found


def _mine_to_sign(amendment: Amendment, membership: Membership) -> bool:
    of = plan_of(amendment.base)
    signed = {a.role for a in amendment.approvals.all() if not a.void}
    return any(
        r not in signed and signs_for(membership, r, of) for r in approving_roles(of)
    )


def _ready(amendment: Amendment, now: datetime) -> bool:
    days = [s.on for s in amendment.starts.all()]
    return (
        amendment.state == Amendment.State.APPROVED
        and bool(days)
        and min(days) <= now.date()
    )


def _flows(membership: Membership, now: datetime) -> list[Wait]:
    if not (
        can(membership, "load", Thing.PLAN) or can(membership, "send", Thing.TRANSFER)
    ):
        return []
    closed = closed_for(membership.study, now.date())
    if closed is None:
        return []
    held = selectors.held_transfers(membership).count()
    return [
        Wait(
            place="transfers", count=max(held, 1), words="Transfers held: the flow is closed" if held else "The flow of images is closed",
            href=_address("planning:flows", membership), detail=closed.words, urgency=1,
        )
    ]  # fmt: skip
