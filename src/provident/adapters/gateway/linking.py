"""Linking hospital numbers to participants at a site, ahead of the first scan, and undoing a wrong link."""

from __future__ import annotations

from collections.abc import Collection

from provident.adapters.gateway.crosswalk import Link
from provident.adapters.gateway.site import SiteGateway
from provident.kernel import Clock, InvalidInput, Refused


MOST = 64  # characters of a value of VR LO (PS3.5 table 6.2-1), as Patient ID and its issuer are


def link_number(
    gateway: SiteGateway,
    clock: Clock,
    participant: str,
    number: str,
    *,
    issuer: str = "",
    by: str,
    trial_numbers: Collection[str] = (),
) -> bool:
    """Link a hospital number to a participant; returns False where it was linked so before.

    Args:
        trial_numbers: those of the site, which no hospital number may be.

    Raises:
        InvalidInput: the number cannot stand in an image as Patient ID.
        Refused: it is linked to another participant, or is a trial number.
    """
    number, issuer = number.strip(), issuer.strip()
    if not number:
        raise InvalidInput("Enter the hospital number as it stands on the images.")
    for value, name in ((number, "hospital number"), (issuer, "issuer")):
        if len(value) > MOST or "\\" in value or not value.isprintable():
            raise InvalidInput(
                f"The {name} has up to {MOST} characters, no backslash and no line break. Copy it from the hospital's system."
            )
    if number.upper() in {code.upper() for code in trial_numbers}:
        raise Refused(
            "That is a trial number. Images that carry a trial number find their participant without a link."
        )
    made = gateway.crosswalk.link(issuer, number, participant)
    if made:
        gateway.ledger.record(clock, by, "crosswalk.linked", participant=participant)
    return made


def unlink_number(
    gateway: SiteGateway,
    clock: Clock,
    participant: str,
    reference: str,
    *,
    by: str,
    reason: str,
) -> None:
    """Undo a wrong link. What was sent under it stays where it is.

    Raises:
        InvalidInput: no reason is given.
        NotFound: the participant has no such link.
    """
    if not reason.strip():
        raise InvalidInput("Say why the link is wrong, in a few words and without names or hospital numbers.")  # fmt: skip
    gateway.crosswalk.unlink(reference, participant)
    gateway.ledger.record(
        clock, by, "crosswalk.unlinked", participant=participant, reason=reason.strip()
    )


def links_seen(
    gateway: SiteGateway, clock: Clock, participant: str, by: str
) -> list[Link]:
    """A participant's hospital numbers for a person of the site who asks to see them; the look is recorded."""
    gateway.ledger.record(clock, by, "crosswalk.looked_at", participant=participant)
    return gateway.crosswalk.links_of(participant)
