"""Holding images back, and carrying out what a person decided about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from provident.adapters.gateway.reasons import Act, reason
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival, Hold
from provident.kernel import Clock, InvalidInput, NotFound, NotReady, Refused
from provident.kernel.ids import new_id


PICTURE = 900  # pixels along the longer side: burned-in text must be legible


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a hold. `by` is the account's name."""

    hold: str
    act: Act
    by: str
    reason: str = ""
    participant: str = ""


def hold_back(
    gateway: SiteGateway,
    clock: Clock,
    arrivals: Sequence[Arrival],
    code: str,
    *,
    exam: str = "",
    modality: str = "",
    participant: str = "",
) -> str:
    """Hold files back for a reason; returns the hold's reference, the only name the centre gets."""
    found = sorted({a.modality for a in arrivals if a.modality})
    hold = Hold(
        id=new_id(),
        exam=exam or arrivals[0].exam,
        code=code,
        modality=(modality or "/".join(found))[:16],
        participant=participant,
        opened=clock.now().isoformat(),
        reported=0,
        decision="",
    )
    gateway.spool.hold(hold, [a.id for a in arrivals])
    gateway.ledger.record(
        clock, "gateway", "hold.opened", hold=hold.id, code=code, files=len(arrivals)
    )
    return hold.id


def carry_out(gateway: SiteGateway, clock: Clock, decision: Decision) -> int:
    """Do what was decided; a decision that was carried out before changes nothing. Returns the number of files.

    Raises:
        NotFound: this gateway has no such hold.
        Refused: the hold's reason does not allow the act, or a number is linked to somebody else.
    """
    found = gateway.spool.holds("id = ?", decision.hold)
    if not found:
        raise NotFound("This gateway holds nothing under that reference.")
    hold = found[0]
    if hold.decision:
        return 0
    if decision.act not in reason(hold.code).acts:
        raise Refused("That cannot be done about images held for this reason.")
    arrivals = gateway.spool.arrivals("hold = ? AND state = 'held'", hold.id)
    if decision.act == "link":
        _link(gateway, arrivals, decision.participant)
    state = "discarded" if decision.act == "discard" else "indexed"
    looked = hold.code if decision.act == "release" else ""
    gateway.spool.decide(hold.id, decision.act, state, looked)
    if decision.act == "discard":
        erase(gateway, arrivals)
    gateway.ledger.record(
        clock, decision.by, f"hold.{decision.act}", hold=hold.id, code=hold.code, files=len(arrivals),
        participant=decision.participant, reason=decision.reason,
    )  # fmt: skip
    return len(arrivals)


def decide_here(
    gateway: SiteGateway,
    clock: Clock,
    decision: Decision,
    participants: Collection[str],
) -> int:
    """Carry out what a person decided at the gateway's own screen; the centre is told afterwards. Returns the files.

    Raises:
        InvalidInput: no reason, or no participant of this site to link to.
        NotFound, Refused: as `carry_out`.
        NotReady: somebody has decided already.
    """
    if not decision.reason.strip():
        raise InvalidInput("Say why, in a few words and without names or hospital numbers.")  # fmt: skip
    if decision.act == "link" and decision.participant not in participants:
        raise InvalidInput("Choose the participant of your site that the images are of.")  # fmt: skip
    found = gateway.spool.holds("id = ?", decision.hold)
    if found and found[0].decision:
        raise NotReady("Somebody has decided about these images already.")
    done = carry_out(gateway, clock, decision)
    gateway.spool.decided_here(
        decision.hold, decision.act, decision.by, decision.reason.strip(), decision.participant,
    )  # fmt: skip
    gateway.knock()
    return done


def _link(gateway: SiteGateway, arrivals: Sequence[Arrival], participant: str) -> None:
    if not participant:
        raise Refused("Say which participant the images are of.")
    for number in sorted({_number(gateway, a) for a in arrivals}):
        if number[1]:
            gateway.crosswalk.link(*number, participant)
    for exam in sorted({a.exam for a in arrivals if not _number(gateway, a)[1]}):
        gateway.spool.link_exam(exam, participant)


def _number(gateway: SiteGateway, arrival: Arrival) -> tuple[str, str]:
    told = gateway.noted(arrival)
    return told.get("issuer", ""), told.get("patient_id", "")


def erase(gateway: SiteGateway, arrivals: Sequence[Arrival]) -> None:
    """Erase the bytes of files; their rows stay."""
    for arrival in arrivals:
        gateway.vault.erase(arrival.id)
    gateway.spool.update((a.id, {"bytes_kept": 0}) for a in arrivals)


def look(gateway: SiteGateway, clock: Clock, hold_id: str, by: str) -> dict[str, str]:
    """Who the held images say they are of, for a person at the site; the look is recorded in the gateway's ledger.

    Raises:
        NotFound: this gateway has no such hold.
    """
    arrivals = gateway.spool.arrivals("hold = ?", hold_id, limit=1)
    if not arrivals:
        raise NotFound("This gateway holds nothing under that reference.")
    gateway.ledger.record(clock, by, "hold.looked_at", hold=hold_id)
    told = gateway.noted(arrivals[0])
    seen = {
        "Hospital number": told.get("patient_id", ""),
        "Issued by": told.get("issuer", ""),
        "Modality": told.get("modality", ""),
        "Series": told.get("description", ""),
        "Date of the scan": told.get("acquired", "") or told.get("study_date", ""),
    }
    return {name: value for name, value in seen.items() if value}


def picture(
    gateway: SiteGateway, clock: Clock, hold_id: str, number: int, by: str
) -> bytes:
    """One held image as a PNG, for the person who looks before deciding; recorded. `number` counts from 0.

    Raises:
        NotFound: there is no such image, or its pixels do not decode.
    """
    from provident.dicom import pixels

    arrivals = gateway.spool.arrivals("hold = ? AND bytes_kept = 1", hold_id)
    if not 0 <= number < len(arrivals):
        raise NotFound("There is no such image.")
    gateway.ledger.record(clock, by, "hold.image_seen", hold=hold_id, number=number)
    try:
        return pixels.thumbnail(gateway.vault.get(arrivals[number].id), PICTURE)
    except (InvalidInput, FileNotFoundError):
        raise NotFound("This image cannot be shown.") from None
