"""The gate before a booking: a site in its pilot stage waits for the central review of its first exams."""

from __future__ import annotations

from datetime import date

from provident.kernel import Refused
from provident.web.participants.models import Slot
from provident.web.qc.selectors import pilot_of
from provident.web.studies.plans import plan_in_force


def before_booking(slot: Slot, on: date) -> None:
    """Hold new bookings of a site whose first exams are here and not all reviewed; exams that come are always taken.

    Raises:
        Refused: the review is not done, with what to wait for.
    """
    of, site = plan_in_force(slot.participant.study), slot.participant.site
    if of.quality.pilot is None or of.quality.pilot.review != "central":
        return
    stage = pilot_of(site, of)
    if stage.holds:
        raise Refused(
            f"{stage.words} New exams are booked again when quality control has decided about them."
        )
