"""Hospital numbers: they go to the site's gateway; the ledger says that a link was made, never of what."""

from __future__ import annotations

from django.db import transaction

from provident.adapters.gateway import linking
from provident.adapters.gateway.crosswalk import Link
from provident.kernel import Clock, Refused
from provident.web.intake import selectors
from provident.web.ledger.record import Actor, record
from provident.web.participants.models import Participant


@transaction.atomic
def link_number(
    *, participant: Participant, number: str, issuer: str, by: Actor, clock: Clock
) -> bool:
    """Link a hospital number to a participant in the site's gateway; False where it was linked so before.

    Raises:
        InvalidInput, Refused: the number cannot be linked; the message says why and never repeats it.
    """
    if participant.status != Participant.Status.ACTIVE:
        raise Refused("The participant has withdrawn: no more images are taken, so no number can be linked.")  # fmt: skip
    site = participant.site
    gateway = selectors.gateway_at(site)
    made = linking.link_number(
        gateway, clock, participant.code, number, issuer=issuer, by=by.name, trial_numbers=selectors.trial_numbers(site),
    )  # fmt: skip
    if made:
        gateway.knock()  # images that wait for this link go on at once
        _note_numbers(participant, "number_linked", by, clock)
    return made


@transaction.atomic
def unlink_number(
    *, participant: Participant, reference: str, reason: str, by: Actor, clock: Clock
) -> None:
    """Undo a wrong link.

    Raises:
        InvalidInput, NotFound: no reason, or no such link.
    """
    gateway = selectors.gateway_at(participant.site)
    linking.unlink_number(gateway, clock, participant.code, reference, by=by.name, reason=reason)  # fmt: skip
    _note_numbers(participant, "number_unlinked", by, clock, reason)


@transaction.atomic
def look_at_numbers(*, participant: Participant, by: Actor, clock: Clock) -> list[Link]:
    """A participant's hospital numbers in full, for a person of the site; recorded at the gateway and here."""
    gateway = selectors.gateway_at(participant.site)
    shown = linking.links_seen(gateway, clock, participant.code, by.name)
    _note_numbers(participant, "numbers_looked_at", by, clock)
    return shown


def _note_numbers(
    participant: Participant, what: str, by: Actor, clock: Clock, reason: str = ""
) -> None:
    record(clock=clock, by=by, study=participant.study.slug, action=f"participant.{what}", thing="participant",
           thing_id=participant.code, site=participant.site.code, participant=participant.code, reason=reason)  # fmt: skip
