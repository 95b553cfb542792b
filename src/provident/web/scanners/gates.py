"""The gate before bookings: a scanner of the site has to be accredited for the exam on its day."""

from __future__ import annotations

from datetime import date

from provident.kernel import Refused
from provident.web.participants.models import Slot
from provident.web.scanners.selectors import known, overruled, scanners_of_site
from provident.web.scanners.standing import booking_refusal
from provident.web.studies.plans import plan_in_force


def refusal(slot: Slot, on: date) -> str:
    """Why the plan does not let an exam be booked on a day; empty where it does."""
    site = slot.participant.site
    found = known(scanners_of_site(site.pk)).values()
    return booking_refusal(
        plan_in_force(site.study), list(found), site=site.name, exam_kind=slot.exam_kind, on=on
    )  # fmt: skip


def before_booking(slot: Slot, on: date) -> None:
    """Let a booking pass, or refuse it with what would allow it.

    Raises:
        Refused: no scanner of the site is accredited for it, and nobody overruled that for this day.
    """
    said = refusal(slot, on)
    if said and not overruled(slot, on):
        raise Refused(
            f"{said.strip()} It can be booked once a scanner is accredited, or when the trial manager overrules this for "
            "the day, with a reason, on the page of this exam."
        )
