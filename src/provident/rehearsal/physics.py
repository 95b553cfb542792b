"""Phantoms and accreditation at the desks of a site and of the physicist, through the pages of their own roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from provident.plan import Plan
from provident.rehearsal.pages import Stopped, Visitor


_SCANNERS = re.compile(r"/scanners/(\d+)$")
_EVIDENCE = 'value="volunteer_scan"'  # the page asks for one where the plan needs it
_STEP = 'value="accredited"'
_PROTOCOL = re.compile(r'name="protocol" value="([^"]*)"')
_MEASURING = "being measured"
NO_SCANNER = "no accredited scanner"


def scanners(visitor: Visitor) -> dict[str, str]:
    """The numbers of the scanners that a person sees, by the plan's names."""
    page = visitor.get(visitor.path("scanners"))
    return {text: found[1] for text, to in page.links if (found := _SCANNERS.search(to))}  # fmt: skip


def send_phantoms(
    visitor: Visitor, number: str, phantom: str, protocol: str, images: Sequence[bytes]
) -> None:
    """A site sends scans of its phantom."""
    told = {"which": f"{number}|{phantom}|{protocol}"}
    visitor.upload(visitor.path("phantoms/send"), told, "images", images)


def all_measured(visitor: Visitor) -> bool:
    """Whether no phantom scan is being measured."""
    return _MEASURING not in visitor.get(visitor.path("phantoms")).source


def accept_phantoms(visitor: Visitor) -> int:
    """The physicist looks at the phantom scans that wait and accepts them with one signature; returns how many."""
    page = visitor.get(visitor.path("phantoms"))
    waiting = page.choices.get("scan", [])
    if waiting:
        told = {
            "scan": waiting, "decision": "accepted", "password": visitor.account.password,
            "reason": "Set-up looked at; the scanner is as it was." if "outside limits" in page.source else "",
        }  # fmt: skip
        visitor.send(visitor.path("phantoms"), told)
    return len(waiting)


def accredit(visitor: Visitor, number: str, volunteer_on: date) -> bool:
    """The physicist records the volunteer's scan that the plan needs, and accredits; False where nothing is needed."""
    path = visitor.path(f"scanners/{number}")
    page = visitor.get(path)
    if _STEP not in page.source:
        return False
    if _EVIDENCE in page.source:
        told = {"do": "evidence", "need": "volunteer_scan", "day": volunteer_on.isoformat(),
                "words": "One volunteer; all series as in the manual, no artefact."}  # fmt: skip
        visitor.send(path, told)
    named = _PROTOCOL.search(page.source)
    told = {"do": "step", "to": "accredited", "reason": "", "password": visitor.account.password,
            "protocol": named[1] if named else ""}  # fmt: skip
    visitor.send(path, told)
    return True


def overrule(visitor: Visitor, slot: str, on: date) -> None:
    """The trial manager lets an exam be booked although the scanner's accreditation waits for its phantom."""
    told = {"on": on.isoformat(), "reason": "The window closes; the phantom is scanned on the same morning."}  # fmt: skip
    visitor.send(visitor.path(f"scanners/bookings/{slot}"), told)


def book_all_the_same(stopped: Stopped) -> bool:
    """Whether a booking was refused for want of an accredited scanner, which the trial manager can overrule."""
    return NO_SCANNER in str(stopped)


def baseline_days(plan: Plan, phantom: str, last: date) -> list[date]:
    """The days of the scans that set the limits, one a working day before the first participant."""
    count = plan.phantoms.phantoms[phantom].baseline if plan.phantoms else 0
    days = [date.fromordinal(last.toordinal() - n) for n in range(2 * count + 4)]
    return sorted([d for d in days if d.weekday() < 5][:count])
