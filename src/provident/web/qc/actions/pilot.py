"""The only writer of decisions that end a site's pilot stage."""

from __future__ import annotations

from django.db import transaction

from provident.kernel import Clock, InvalidInput, NotReady
from provident.web.ledger.record import record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.qc.models import PilotRelease
from provident.web.qc.selectors import pilot_of
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_in_force


@transaction.atomic
def release_pilot(
    *, site: Site, reason: str, password: str, by: Membership, clock: Clock
) -> PilotRelease:
    """Let a site that waits in its pilot stage go on, signed.

    Raises:
        Denied: the role may not accept exams, or the password is wrong.
        NotReady: the site does not wait.
        InvalidInput: no reason.
    """
    check(by, "accept", Thing.EXAM)
    site = Site.objects.select_for_update().get(pk=site.pk)
    stage = pilot_of(site, plan_in_force(site.study))
    if not stage.holds:
        raise NotReady(f"{site.name} does not wait in its pilot stage.")
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("Say why the site may go on.")
    content = {"site": site.code, "reason": reason, "came": stage.came, "decided": stage.decided}  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning="I let this site go on from its pilot stage", thing="site",
        thing_id=site.code, content=content, clock=clock,
    )  # fmt: skip
    made = PilotRelease.objects.create(
        site=site, by=by, at=clock.now(), reason=reason, signature=signature
    )
    record(
        clock=clock, by=actor(by), study=site.study.slug, action="site.pilot_released", thing="site", thing_id=site.code,
        site=site.code, new={"came": stage.came, "decided": stage.decided, "signature": signature.pk}, reason=reason,
    )  # fmt: skip
    return made
