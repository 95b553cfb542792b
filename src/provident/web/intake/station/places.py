"""What the gateways of this machine hold and have sent, as the first page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from provident.adapters.gateway.reasons import act_words, reason
from provident.adapters.gateway.schedule import Schedule, known_schedule
from provident.adapters.gateway.site import SiteGateway, gateways_in
from provident.adapters.gateway.spool import Hold
from provident.kernel import NotFound, NotReady


SENT = 30  # transfers listed


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One group of images that waits."""

    reference: str
    code: str
    kind: str
    message: str
    files: int
    modality: str
    participant: str
    opened: datetime
    acts: tuple[tuple[str, str], ...]
    needs_participant: bool
    reviewable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """One transfer whose originals are still here."""

    token: str
    participant: str
    files: int
    modality: str
    done: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPlace:
    """One gateway of this machine."""

    name: str
    site: str
    study: str
    ready: bool  # it has reached its centre once
    plan: str
    participants: tuple[str, ...]
    holds: tuple[HoldLine, ...]
    sent: tuple[SentLine, ...] = field(default=())


def gateway_named(data: Path, name: str) -> SiteGateway:
    """One gateway of this machine by the name of its directory.

    Raises:
        NotFound: there is none.
    """
    for gateway in gateways_in(data):
        if gateway.root.name == name:
            return gateway
    raise NotFound("There is no such gateway on this machine.")


def participants_of(gateway: SiteGateway) -> tuple[str, ...]:
    """The trial numbers of the site; none before the centre was reached."""
    schedule = _schedule(gateway)
    return tuple(sorted(schedule.participants)) if schedule else ()


def place(gateway: SiteGateway) -> GatewayPlace:
    """A gateway as the first page shows it."""
    schedule = _schedule(gateway)
    holds = gateway.spool.holds()
    told = gateway.registration
    return GatewayPlace(
        name=gateway.root.name, site=told.site, study=told.study, ready=schedule is not None,
        plan=schedule.plan.version if schedule else "", participants=participants_of(gateway),
        holds=tuple(_hold(gateway, hold) for hold in holds), sent=tuple(_sent(gateway)),
    )  # fmt: skip


def _schedule(gateway: SiteGateway) -> Schedule | None:
    try:
        return known_schedule(gateway.root)
    except NotReady:
        return None


def _hold(gateway: SiteGateway, hold: Hold) -> HoldLine:
    told = reason(hold.code)
    files = gateway.spool.counts("hold = ? AND state = 'held'", hold.id)
    return HoldLine(
        reference=hold.id, code=hold.code, kind=told.kind, message=told.message, files=sum(files.values()),
        modality=hold.modality, participant=hold.participant, opened=datetime.fromisoformat(hold.opened),
        acts=tuple((act, act_words(hold.code, act)) for act in told.acts), needs_participant="link" in told.acts,
        reviewable=bool(hold.participant) and "release" in told.acts and told.kind == "integrity",
    )  # fmt: skip


def _sent(gateway: SiteGateway) -> Sequence[SentLine]:
    return [
        SentLine(
            token=row["token"], participant=gateway.receipt_of(row["id"]).get("participant", ""), files=row["files"],
            modality=row["modality"], done=datetime.fromtimestamp(row["done"] or 0, UTC),
        )
        for row in gateway.spool.sent_lately(SENT)
    ]  # fmt: skip
