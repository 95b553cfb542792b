"""The only writer of what gateways hold back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from provident.adapters.gateway.reasons import ACT_WORDS
from provident.adapters.gateway.reasons import reason as reason_of
from provident.kernel import Clock, InvalidInput, NotFound, NotReady, Refused
from provident.web.intake import selectors
from provident.web.intake.actions.gateways import gateway_actor
from provident.web.intake.builtin import built_in
from provident.web.intake.models import Gateway, Quarantine, Transfer
from provident.web.ledger.record import Actor, record
from provident.web.participants.models import Participant
from provident.web.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a gateway tells of images it holds back: no identifier, only its own reference."""

    reference: str
    code: str
    files: int
    modality: str
    participant: str
    received_at: datetime
    resolved: bool
    act: str = ""  # what a person decided at the gateway's own screen
    decided_by: str = ""
    decision: str = ""

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> Held:
        """Read a report.

        Raises:
            InvalidInput: a field is missing or not of its form.
        """
        try:
            reference, code = str(told["reference"]), str(told["code"])
            if not (reference.isalnum() and len(reference) <= 64 and len(code) <= 60):
                raise ValueError
            return cls(
                reference=reference,
                code=code,
                files=int(told["files"]),
                modality=str(told["modality"])[:16],
                participant=str(told["participant"])[:20],
                received_at=datetime.fromisoformat(told["received_at"]),
                resolved=bool(told["resolved"]),
                **_decided(told.get("decided")),
            )
        except (KeyError, ValueError, TypeError):
            raise InvalidInput(
                "The report of held images is not of its form."
            ) from None


def _decided(told: Any) -> dict[str, str]:
    """A decision at the gateway's own screen; nothing where there was none."""
    if told is None:
        return {}
    act, by, reason = (str(told[name])[:500] for name in ("act", "by", "reason"))
    if act not in ACT_WORDS or not by.strip():
        raise ValueError
    return {"act": act, "decided_by": by[:80], "decision": reason}


@transaction.atomic
def note_held(*, gateway: Gateway, held: Held, clock: Clock) -> Quarantine:
    """Keep what a gateway reports; the same report again changes nothing, a resolved one closes."""
    told = reason_of(held.code)
    row, made = Quarantine.objects.get_or_create(
        gateway=gateway, reference=held.reference, code=held.code,
        defaults={
            "study": gateway.study, "site": gateway.site, "kind": told.kind, "message": told.message,
            "files": held.files, "modality": held.modality, "received_at": held.received_at,
            "participant": selectors.participant_of(gateway, held.participant),
        },
    )  # fmt: skip
    closes = (held.resolved or bool(held.act)) and row.state == Quarantine.State.OPEN
    if closes:
        row.act = held.act or "release"
        row.state = Quarantine.State.DISCARDED if row.act == "discard" else Quarantine.State.RELEASED  # fmt: skip
        row.decided_at = row.carried_out_at = clock.now()
        row.decided_by = f"{held.decided_by} at the gateway"[:80] if held.act else gateway.name  # fmt: skip
        row.decision = held.decision or "The reason is gone; the images went on by themselves."  # fmt: skip
        row.participant = row.participant or selectors.participant_of(gateway, held.participant)  # fmt: skip
        row.save()
    if made or closes:
        record(clock=clock, by=gateway_actor(gateway), study=gateway.study.slug,
               action="quarantine.resolved" if closes else "quarantine.opened", thing="quarantine",
               thing_id=str(row.pk), site=gateway.site.code,
               participant=row.participant.code if row.participant else "",
               new={"code": held.code, "files": held.files, "state": row.state, "act": row.act},
               reason=row.decision)  # fmt: skip
    return row


@transaction.atomic
def decide(
    *,
    quarantine: Quarantine,
    act: str,
    reason: str,
    participant: Participant | None,
    by: Actor,
    clock: Clock,
) -> Quarantine:
    """Decide about held images; the gateway carries it out.

    Raises:
        InvalidInput: no reason, or no participant to link to.
        Refused: this reason of holding does not allow the act.
        NotReady: it is decided already.
    """
    row = (
        Quarantine.objects.select_for_update(of=("self",))
        .select_related("study", "site", "gateway")
        .get(pk=quarantine.pk)
    )
    if row.decided_at is not None:
        raise NotReady("Somebody has decided about these images already.")
    if act not in reason_of(row.code).acts:
        raise Refused("That cannot be done about images held for this reason.")
    if not reason.strip():
        raise InvalidInput("Say why, in a few words and without names or hospital numbers.")  # fmt: skip
    if act == "link":
        if participant is None or participant.site_id != row.site_id:
            raise InvalidInput("Choose the participant of your site that the images are of.")  # fmt: skip
        row.participant = participant
    row.act, row.decision, row.decided_by, row.decided_at = act, reason.strip(), by.name, clock.now()  # fmt: skip
    row.problem = ""
    row.state = Quarantine.State.DISCARDED if act == "discard" else Quarantine.State.RELEASED  # fmt: skip
    row.save()
    record(clock=clock, by=by, study=row.study.slug, action=f"quarantine.{act}", thing="quarantine",
           thing_id=str(row.pk), site=row.site.code, participant=row.participant.code if row.participant else "",
           old={"state": Quarantine.State.OPEN}, new={"state": row.state, "files": row.files}, reason=reason)  # fmt: skip
    transaction.on_commit(lambda: _knock(row.site))
    return row


def _knock(site: Site) -> None:
    """A gateway of this machine is told at once; one elsewhere asks within seconds."""
    gateway = built_in(site)
    if gateway is not None:
        gateway.knock()


@transaction.atomic
def decision_done(
    *, gateway: Gateway, reference: str, error: str, clock: Clock
) -> None:
    """The gateway carried a decision out; or could not, and the images wait for another decision.

    Raises:
        NotFound: this gateway has no decision under that reference.
    """
    row = (
        gateway.quarantines.select_for_update(of=("self",))
        .filter(reference=reference, decided_at__isnull=False)
        .first()
    )
    if row is None:
        raise NotFound("There is no decision under that reference.")
    if row.carried_out_at is not None:
        return
    if error:
        row.state, row.act, row.problem = Quarantine.State.OPEN, "", error[:500]
        row.decided_at, row.decided_by, row.decision = None, "", ""
    else:
        row.carried_out_at = clock.now()
    row.save()
    record(clock=clock, by=gateway_actor(gateway), study=gateway.study.slug,
           action="quarantine.not_carried_out" if error else "quarantine.carried_out", thing="quarantine",
           thing_id=str(row.pk), site=gateway.site.code, new={"state": row.state})  # fmt: skip


@transaction.atomic
def note_review(*, of: Quarantine | Transfer, by: Actor, clock: Clock) -> None:
    """Record that somebody reviewed what de-identification does with images; what was seen stays at the gateway."""
    thing = "quarantine" if isinstance(of, Quarantine) else "transfer"
    record(clock=clock, by=by, study=of.study.slug, action=f"{thing}.reviewed", thing=thing, thing_id=str(of.pk),
           site=of.site.code)  # fmt: skip


@transaction.atomic
def note_words(*, site: Site, by: Actor, clock: Clock) -> None:
    """Record that somebody of a site looked at the values that stay in its images' text."""
    record(clock=clock, by=by, study=site.study.slug, action="quarantine.words_reviewed", thing="site",
           thing_id=site.code, site=site.code)  # fmt: skip


@transaction.atomic
def note_look(*, quarantine: Quarantine, by: Actor, clock: Clock) -> None:
    """Record that a person of the site looked at whose images the gateway holds; what was seen stays there."""
    record(clock=clock, by=by, study=quarantine.study.slug, action="quarantine.looked_at", thing="quarantine",
           thing_id=str(quarantine.pk), site=quarantine.site.code)  # fmt: skip
