"""The images that a person looks at together: those of a hold, or of a transfer whose originals are still here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from provident.adapters.gateway.deidentifying import Exam
from provident.adapters.gateway.preparing import describe
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import NotFound, NotReady


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Images of one exam; `kind` and `reference` are what the gateway's ledger says was looked at."""

    kind: str  # hold or transfer
    reference: str
    exam: str
    participant: str
    code: str  # why they are held; blank where they were sent
    arrivals: Sequence[Arrival] = field(repr=False)

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide about them."""
        return self.kind == "hold"


def of_hold(gateway: SiteGateway, hold_id: str) -> Group:
    """What is held under a reference.

    Raises:
        NotFound: this gateway holds nothing under it, or not any more.
    """
    found = gateway.spool.holds("id = ?", hold_id)
    arrivals = gateway.spool.arrivals(
        "hold = ? AND state = 'held' AND bytes_kept = 1", hold_id
    )
    if not found or not arrivals:
        raise NotFound("This gateway holds nothing under that reference any more.")
    [hold] = found
    return Group(
        kind="hold", reference=hold.id, exam=hold.exam, participant=hold.participant, code=hold.code, arrivals=arrivals,
    )  # fmt: skip


def of_transfer(gateway: SiteGateway, token: str) -> Group:
    """What was sent in a transfer, by the centre's name of it.

    Raises:
        NotFound: this gateway sent no such transfer, or its originals have expired.
    """
    found = gateway.spool.sent(token)
    arrivals = gateway.spool.arrivals("transfer = ? AND state = 'sent' AND bytes_kept = 1", found) if found else []  # fmt: skip
    if not arrivals:
        raise NotFound("This gateway has no originals of that transfer: it was sent from elsewhere, or they have expired.")  # fmt: skip
    return Group(
        kind="transfer", reference=token, exam=arrivals[0].exam,
        participant=gateway.receipt_of(found).get("participant", ""), code="", arrivals=arrivals,
    )  # fmt: skip


def exam_of(gateway: SiteGateway, schedule: Schedule, group: Group) -> Exam:
    """The exam with the profile by which its images are de-identified now.

    Raises:
        NotReady: nobody knows yet whose images they are.
    """
    participant = schedule.participants.get(group.participant)
    if participant is None:
        raise NotReady("It is not known yet whose images these are, so nothing was de-identified. Link them first.")  # fmt: skip
    return describe(gateway, schedule, participant, group.arrivals)
