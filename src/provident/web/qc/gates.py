"""The gates before a booking and before enrolment: a site in its pilot stage waits for the central review of its first exams."""

from __future__ import annotations

from datetime import date

from provident.kernel import Refused
from provident.web.participants.models import Slot
from provident.web.qc.selectors import pilot_of
from provident.web.sites.models import Site
from provident.web.studies.plans import plan_in_force


def before_booking(slot: Slot, on: date) -> None:
    """Hold new bookings of a site whose first exams are here and not all reviewed; exams that come are always taken.

    Raises:
        Refused: the review is not done, with what to wait for.
    """
    said = held(slot.participant.site, "booking")
    if said:
        raise Refused(
            f"{said} New exams are booked again when quality control has decided about them, or lets the site go on by a signed decision."
        )


def before_enrolment(site: Site, on: date) -> None:
    """Hold enrolment at such a site, where the plan says so (`pilot: {holds: [booking, enrolment]}`).

    Raises:
        Refused: as above.
    """
    said = held(site, "enrolment")
    if said:
        raise Refused(
            f"{said} Participants are enrolled again when quality control has decided about them, or lets the site go on by a signed decision."
        )


def held(site: Site, what: str) -> str:
    """Why a site waits with something in its pilot stage; blank where it does not."""
    of = plan_in_force(site.study)
    pilot = of.quality.pilot
    if pilot is None or pilot.review != "central" or what not in pilot.holds:
        return ""
    stage = pilot_of(site, of)
    return stage.words if stage.holds else ""
