"""The gate of transfers: nothing is taken in over a flow that is not tested or whose agreement has ended."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from provident.kernel import Clock, InvalidInput, NotReady
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor
from provident.web.people.models import Membership
from provident.web.planning.flows import FlowClosed, closed_for
from provident.web.planning.models import FlowException, HeldTransfer
from provident.web.sites.models import Site


LONGEST = 60  # days: an exception is a bridge, not a way of working


def pass_or_hold(
    *, site: Site, manifest_sha256: str, instances: int, clock: Clock
) -> None:
    """Let a transfer pass, or note that it waits at the gateway.

    Raises:
        FlowClosed: the gateway keeps the images and announces them again; nothing is lost.
    """
    closed = closed_for(site.study, clock.now().date())
    if closed is None:
        _pass(site, manifest_sha256, clock)
        return
    _hold(site, manifest_sha256, instances, closed.flow, closed.words, clock)
    raise FlowClosed(
        f"{closed.words} The images wait at the gateway of {site.name} and go by themselves once the trial manager "
        "has amended the plan or lets them pass."
    )


@transaction.atomic
def _hold(
    site: Site,
    manifest_sha256: str,
    instances: int,
    flow: str,
    words: str,
    clock: Clock,
) -> None:
    _, new = HeldTransfer.objects.get_or_create(
        study=site.study, manifest_sha256=manifest_sha256,
        defaults={"site": site.code, "flow": flow, "instances": instances, "reason": words, "held_at": clock.now()},
    )  # fmt: skip
    if new:
        # Announced again and again: one event is enough.
        record(clock=clock, by=SYSTEM, study=site.study.slug, action="flow.held", thing="flow", thing_id=flow,
               site=site.code, new={"instances": instances, "manifest": manifest_sha256}, reason=words)  # fmt: skip


@transaction.atomic
def _pass(site: Site, manifest_sha256: str, clock: Clock) -> None:
    row = HeldTransfer.objects.filter(
        study=site.study, manifest_sha256=manifest_sha256, passed_at__isnull=True
    ).first()
    if row is None:
        return
    row.passed_at = clock.now()
    row.save(update_fields=["passed_at"])
    record(clock=clock, by=SYSTEM, study=site.study.slug, action="flow.passed", thing="flow", thing_id=row.flow,
           site=site.code, new={"instances": row.instances, "manifest": manifest_sha256})  # fmt: skip


@transaction.atomic
def let_pass(
    *, flow: str, reason: str, until: date, by: Membership, clock: Clock
) -> FlowException:
    """Let images pass over a closed flow until a day.

    Raises:
        Denied: only who puts a plan in force may.
        InvalidInput: no reason, or a day that has passed or is too far.
        NotReady: the flow is not closed.
    """
    check(by, "load", Thing.PLAN)
    said, today = reason.strip(), clock.now().date()
    if not said:
        raise InvalidInput(
            "Say why images may pass all the same: who agreed to it, and what is done meanwhile."
        )
    if not today <= until <= today + timedelta(days=LONGEST):
        raise InvalidInput(
            f"Choose a day from today to {LONGEST} days ahead; an amendment is what lasts."
        )
    closed = closed_for(by.study, today)
    if closed is None or closed.flow != flow:
        raise NotReady(
            "This flow is not closed, or somebody has let images pass already."
        )
    made = FlowException.objects.create(
        study=by.study, flow=flow, reason=said, until=until, by=by, at=clock.now()
    )
    record(clock=clock, by=actor(by), study=by.study.slug, action="flow.let_pass", thing="flow", thing_id=flow,
           new={"until": until, "although": closed.words}, reason=said)  # fmt: skip
    return made


@transaction.atomic
def end_exception(*, exception: FlowException, by: Membership, clock: Clock) -> None:
    """Close the flow again before the day."""
    check(by, "load", Thing.PLAN)
    row = FlowException.objects.select_for_update(of=("self",)).get(
        pk=exception.pk, study=by.study
    )
    if row.ended_at is not None:
        raise NotReady("The exception has ended already.")
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    record(clock=clock, by=actor(by), study=by.study.slug, action="flow.closed_again", thing="flow", thing_id=row.flow,
           old={"until": row.until})  # fmt: skip
