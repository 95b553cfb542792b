"""The only writer of gateways, and of the keys that they sign with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from provident.adapters.signing import signed_by
from provident.kernel import Clock, InvalidInput, Refused
from provident.kernel.ids import new_token, sha256
from provident.web.intake import selectors
from provident.web.intake.builtin import make_built_in, sites_without
from provident.web.intake.models import Gateway
from provident.web.ledger.record import SYSTEM, Actor, record
from provident.web.sites.actions import note_software
from provident.web.sites.models import Site


OPERATOR = Actor(name="operator", role="command line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature and the key that it is checked by, base64."""

    public_key: str
    signature: str


@transaction.atomic
def register_gateway(
    *, site: Site, name: str, by: Actor, clock: Clock
) -> tuple[Gateway, str]:
    """Register a gateway for a site; the token is told once and only its hash is kept."""
    token = new_token(32)
    gateway = Gateway.objects.create(
        study=site.study,
        site=site,
        name=name,
        token_sha256=sha256(token.encode()),
        registered_at=clock.now(),
    )
    record(clock=clock, by=by, study=site.study.slug, action="gateway.registered", thing="gateway",
           thing_id=str(gateway.pk), site=site.code, new={"name": name})  # fmt: skip
    return gateway, token


def ensure_built_in(*, study_id: int, clock: Clock) -> int:
    """Make and register the built-in gateway of every site that has none; returns how many were made.

    Raises:
        InvalidInput: two sites would listen under one AE title.
    """
    sites = sites_without(selectors.sites_of(study_id))
    for site in sites:
        _, token = register_gateway(
            site=site, name=f"{site.code} built-in", by=SYSTEM, clock=clock
        )
        make_built_in(site, token)
    return len(sites)


@transaction.atomic
def revoke_gateway(*, gateway: Gateway, by: Actor, clock: Clock, reason: str) -> None:
    """End a gateway's access; what it has not sent stays with it."""
    if not reason.strip():
        raise InvalidInput("Say why the gateway may no longer send.")
    gateway.revoked_at = clock.now()
    gateway.save(update_fields=["revoked_at"])
    record(clock=clock, by=by, study=gateway.study.slug, action="gateway.revoked", thing="gateway",
           thing_id=str(gateway.pk), site=gateway.site.code, reason=reason)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What a gateway says that it runs: Provident's version, the plan's, and the hash of the profile as it reads it."""

    software: str
    plan: str
    profile: str


def seen(*, gateway: Gateway, clock: Clock, runs: Runs | None = None) -> None:
    """Note that a gateway is alive, at most once a minute, and what it runs where that is another thing than before."""
    last = gateway.seen_at
    if last is None or clock.now() - last > timedelta(minutes=1):
        Gateway.objects.filter(pk=gateway.pk).update(seen_at=clock.now())
    known = Runs(software=gateway.software, plan=gateway.plan_version, profile=gateway.profile_hash)  # fmt: skip
    if runs is not None and runs.software and runs != known:
        _runs(gateway, known, runs, clock)


@transaction.atomic
def _runs(gateway: Gateway, known: Runs, runs: Runs, clock: Clock) -> None:
    gateway.software, gateway.plan_version = runs.software[:40], runs.plan[:40]
    gateway.profile_hash = runs.profile[:64]
    gateway.save(update_fields=["software", "plan_version", "profile_hash"])
    note_software(site=gateway.site, software=gateway.software)
    record(clock=clock, by=gateway_actor(gateway), study=gateway.study.slug, action="gateway.runs", thing="gateway",
           thing_id=str(gateway.pk), site=gateway.site.code, old=asdict(known), new=asdict(runs))  # fmt: skip


def check_signature(
    gateway: Gateway, purpose: str, document: Mapping[str, Any], signed: Signed
) -> None:
    """Check that a gateway signed a document, and keep its key at the first one; inside an action.

    Raises:
        Refused: another key signed than before, or the signature is not the document's.
    """
    if gateway.public_key and gateway.public_key != signed.public_key:
        raise Refused("The gateway signs with another key than before. Register it anew if its directory was made again.")  # fmt: skip
    if not signed_by(signed.public_key, purpose, document, signed.signature):
        raise Refused("What came is not signed by this gateway.")
    if not gateway.public_key:
        gateway.public_key = signed.public_key
        gateway.save(update_fields=["public_key"])


def gateway_actor(gateway: Gateway) -> Actor:
    """A gateway as the actor of an event."""
    return Actor(name=gateway.name, role="gateway")
