"""What every participant goes through when nothing goes wrong: enrolment, bookings, scans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np

from provident.plan import Plan
from provident.programme import window_dates
from provident.rehearsal.days import moment, near_weekday, sending_day
from provident.rehearsal.happenings import Booking, Enrolment, Happening, Scan
from provident.rehearsal.people import Habits, Person, habits, scanner_of


ENROLLED = (
    13  # days before randomisation, so that the baseline scans find their participant
)
AHEAD = 21  # days before a scan on which it is booked
HOURS = {"MR": 9, "DX": 11, "CR": 11, "US": 13}  # local time of a scan by its modality


def course(plan: Plan, person: Person, rng: np.random.Generator) -> Iterator[Happening]:
    """Enrolment, bookings and scans of one participant, of the future too."""
    enrolled = person.anchor - timedelta(days=ENROLLED)
    yield Enrolment(
        at=moment(enrolled, 9, person.number % 50), number=person.number, site=person.site, code=person.code,
        anchor=person.anchor,
    )  # fmt: skip
    way = habits(plan, person.site)
    for visit, told in plan.study.visits.items():
        first, last = window_dates(told, person.anchor)
        first = max(first, enrolled + timedelta(days=1))
        wanted = first + (last - first) * float(rng.uniform(*way.place))
        day = near_weekday(wanted, way.weekday, first, last)
        lag = int(rng.integers(way.lag[0], way.lag[1] + 1))
        for exam in told.imaging:
            scan = scan_of(plan, person, visit, exam, day, lag)
            if scan is not None:
                yield from _booked(plan, scan, way, enrolled)
                yield scan


def scan_of(
    plan: Plan, person: Person, visit: str, exam: str, day: date, lag: int
) -> Scan | None:
    """The scan of an exam on a day, or None where the site has no scanner for it."""
    scanner = scanner_of(plan, person.site, exam, day)
    if scanner is None:
        return None
    hour = HOURS.get(plan.sites.scanners[scanner].modality, 14)
    return Scan(
        at=moment(sending_day(day, lag), 16), number=person.number, site=person.site, code=person.code, visit=visit,
        exam=exam, scanner=scanner, acquired=datetime.combine(day, time(hour, 10 + person.number % 40)),
    )  # fmt: skip


def _booked(plan: Plan, scan: Scan, way: Habits, enrolled: date) -> Iterator[Booking]:
    if plan.sites.scanners[scan.scanner].modality not in way.books:
        return
    on = scan.acquired.date()
    booked = max(on - timedelta(days=AHEAD), enrolled)
    yield Booking(
        at=moment(booked, 10, scan.number % 50), site=scan.site, code=scan.code, visit=scan.visit, exam=scan.exam, on=on,
    )  # fmt: skip
