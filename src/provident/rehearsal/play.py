"""Plays a timeline: sets the clock, and has each person do what happens, at that time, through the real entry points."""

from __future__ import annotations

import contextlib
import csv
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from provident.adapters import dicom_client
from provident.kernel import NotReady
from provident.plan import Plan
from provident.rehearsal import physics
from provident.rehearsal.cast import Account
from provident.rehearsal.desks import Physicist, SiteOffice, TrialOffice
from provident.rehearsal.happenings import (
    Booking,
    Enrolment,
    ExportMade,
    Happening,
    LimitsFixed,
    NotDone,
    OrderDrawn,
    PhantomsDecided,
    PhantomsSent,
    QualitySession,
    ReadingSession,
    Release,
    Scan,
    SiteDesk,
    Withdrawal,
)
from provident.rehearsal.pages import Stopped, Visitor
from provident.rehearsal.people import habits
from provident.rehearsal.phantoms import phantom_scan, used
from provident.rehearsal.platform import Platform
from provident.rehearsal.room import EYES, Sitting
from provident.rehearsal.scans import Made, Studio


if TYPE_CHECKING:
    from provident.synthetic import HandTruth

PATIENCE = 120.0  # seconds for what was sent to arrive, or for jobs to be done
LINKED = 30.0  # seconds for a gateway to carry out what a site decided
LOOK_EVERY, LOOK_AT_PAGE = 0.1, 0.3
BEING_JUDGED = {"received", "arriving", "complete"}  # words of the matrix
TRIES = 3  # of sending an exam
UNKNOWN = "QUARANTINE.UNKNOWN_PARTICIPANT"
LOOKS_LIKE_TEXT = "DEID.PIXELS_NEED_REVIEW"


@dataclass(slots=True)
class Figures:
    """What was done, for those who watch; seconds by kind of work."""

    participants: int = 0
    scans: int = 0
    images: int = 0
    reads: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Play:
    """One study being played."""

    plan: Plan
    platform: Platform
    studio: Studio
    accounts: Sequence[Account]
    tell: Callable[[str], None]
    figures: Figures = field(default_factory=Figures)
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _offices: dict[str, SiteOffice] = field(default_factory=dict)
    _sittings: dict[str, Sitting] = field(default_factory=dict)
    _looks: dict[str, Scan] = field(default_factory=dict)
    _known: dict[str, dict[str, str]] = field(default_factory=dict)
    _linked: set[str] = field(default_factory=set)
    _strangers: int = 0
    _later: tuple[Scan, ...] = ()
    _physicist: Physicist | None = None
    _numbers: dict[str, str] = field(default_factory=dict)

    @property
    def study(self) -> str:
        """The study's name in addresses."""
        return self.plan.study.id.lower()

    # -- people

    def visitor(self, username: str) -> Visitor:
        """Somebody at a browser, logged in at the first call."""
        if username not in self._visitors:
            account = next(a for a in self.accounts if a.username == username)
            visitor = Visitor(self.platform.address, account, self.study)
            visitor.log_in()
            self._visitors[username] = visitor
        return self._visitors[username]

    def _of_role(self, role: str, site: str = "") -> Visitor:
        account = next(a for a in self.accounts if a.role == role and a.site == site)
        return self.visitor(account.username)

    def office(self, site: str) -> SiteOffice:
        """The people of a site."""
        if site not in self._offices:
            self._offices[site] = SiteOffice(self.plan, self._of_role("site", site))
        return self._offices[site]

    def trial_office(self) -> TrialOffice:
        """The trial manager."""
        return TrialOffice(self.plan, self._of_role("trial_manager"))

    def physicist(self) -> Physicist:
        """Who decides about quality."""
        if self._physicist is None:
            self._physicist = Physicist(self._of_role("qc"))
        return self._physicist

    def close(self) -> None:
        """Everybody leaves."""
        for visitor in self._visitors.values():
            visitor.close()

    # -- the play

    def initiate(self, at: datetime) -> None:
        """Accounts and open sites, in the fortnight before `at`; the trial manager's account is there already."""
        self.platform.clock.set(at - timedelta(days=12))
        office = self.trial_office()
        for account in self.accounts[1:]:
            office.make_account(account)
        office.qualified_elsewhere(
            (at - timedelta(days=60)).date(), "Reader training of the pilot study, sets 1 and 2",
            "Same form, same kind of images, agreement with the reference above the plan's limits.",
        )  # fmt: skip
        began = time.monotonic()
        self.platform.clock.set(at - timedelta(days=10))
        sites = list(self.plan.sites.sites)
        for site in sites:
            self.office(site).ask_for_test()
        self._until(lambda: office.tested() == len(sites), "the sites' transfer tests", every=LOOK_AT_PAGE)  # fmt: skip
        self._took("transfer tests", began)
        for number, site in enumerate(sites):
            self.platform.clock.set(at - timedelta(days=9 - number))
            office.open_site(site)
        self._accredit(at)

    def _accredit(self, at: datetime) -> None:
        """Before the first participant each site scans its phantom and a volunteer; the physicist accredits the scanners."""
        began = time.monotonic()
        self.platform.clock.set(at - timedelta(days=3))
        last = (at - timedelta(days=4)).date()
        for phantom in self.plan.phantoms.phantoms if self.plan.phantoms else ():
            for scanner in used(self.plan, phantom, last):
                days = tuple(physics.baseline_days(self.plan, phantom, last))
                self._send_phantoms(scanner, phantom, days, (0.0,) * len(days))
        self._decide_phantoms()
        physicist = self._of_role("qc")
        for number in physics.scanners(physicist).values():
            with contextlib.suppress(
                Stopped
            ):  # of a scanner that is not there yet, nothing can be shown
                physics.accredit(physicist, number, last)
        self._took("accreditation", began)

    def _send_phantoms(
        self, scanner: str, phantom: str, days: Sequence[date], drift: Sequence[float]
    ) -> None:
        site = self.plan.sites.site_of(scanner) or ""
        rng = np.random.default_rng([len(scanner), *scanner.encode(), days[0].toordinal()])  # fmt: skip
        images = [phantom_scan(self.plan, scanner, d, rng, lost) for d, lost in zip(days, drift, strict=True)]  # fmt: skip
        visitor = self._of_role("site", site)
        self._numbers = self._numbers or physics.scanners(self._of_role("qc"))
        for protocol in self.plan.phantoms.phantoms[phantom].protocols or ("",) if self.plan.phantoms else ():  # fmt: skip
            physics.send_phantoms(visitor, self._numbers[scanner], phantom, protocol, images)  # fmt: skip

    def _decide_phantoms(self) -> None:
        physicist = self._of_role("qc")
        self._until(lambda: physics.all_measured(physicist), "the phantoms to be measured")  # fmt: skip
        physics.accept_phantoms(physicist)

    def _book(self, h: Booking) -> None:
        """Book an exam; where the scanner waits for its phantom the site asks the trial manager."""
        office = self.office(h.site)
        try:
            office.book(h)
        except Stopped as stopped:
            # The platform books nothing while a site's first exams wait for their review; its scans come all the same.
            if "held in its pilot stage" in str(stopped):
                return
            if not physics.book_all_the_same(stopped):
                raise
            physics.overrule(self._of_role("trial_manager"), office.slot_number(h), h.on)  # fmt: skip
            office.book(h)

    def run(self, happenings: Sequence[Happening]) -> None:
        """Play everything in order.

        Raises:
            Stopped: something could not be done; the message is the page's.
        """
        month = ""
        before = Figures()
        for group in grouped(happenings):
            name = f"{group[0].at:%B %Y}"
            if month and name != month:
                self._tell_month(month, before)
                before = Figures(self.figures.participants, self.figures.scans, 0, self.figures.reads)  # fmt: skip
            month = name
            began = time.monotonic()
            self._later = tuple(h for h in happenings if isinstance(h, Scan) and h.at > group[-1].at)  # fmt: skip
            self._do(group)
            self._took(type(group[0]).__name__, began)
        if self._numbers:
            self._until(lambda: physics.all_measured(self._of_role("qc")), "the phantoms to be measured")  # fmt: skip
        self._tell_month(month, before)

    def _tell_month(self, month: str, before: Figures) -> None:
        now = self.figures
        told = [
            _count(now.participants - before.participants, "new participant"),
            _count(now.scans - before.scans, "scan", " in"),
            _count(now.reads - before.reads, "read", " signed"),
        ]
        self.tell(f"{month}: {', '.join(t for t in told if t) or 'a quiet month'}")

    def _do(self, group: Sequence[Happening]) -> None:
        if isinstance(group[0], Scan):
            self._send([h for h in group if isinstance(h, Scan)])
            return
        for h in group:
            self.platform.clock.set(h.at)
            self._one(h)

    def _one(self, h: Happening) -> None:  # one line for each kind of happening
        match h:
            case Enrolment():
                self._enrol(h)
            case Booking():
                self._book(h)
            case NotDone():
                self.office(h.site).not_done(h)
            case Withdrawal():
                self.office(h.site).withdraw(h)
            case SiteDesk():
                self.office(h.site).answer(h.leave, {s.code for s in self._later if s.at - h.at < timedelta(days=14)})  # fmt: skip
            case QualitySession():
                self.physicist().close_queries(h.leave)
                self.physicist().decide()
            case PhantomsSent():
                self._send_phantoms(h.scanner, h.phantom, h.days, h.drift)
            case PhantomsDecided():
                self._decide_phantoms()
            case _:
                self._in_reading(h)

    def _in_reading(self, h: Happening) -> None:
        match h:
            case LimitsFixed():
                self.trial_office().fix_limits(h.value, h.reason)
            case OrderDrawn():
                self._until(self._no_copies_missing, "the reading copies")
                self.trial_office().draw()
            case ReadingSession():
                self._read(h)
            case Release():
                self.trial_office().release(h.keep)
            case ExportMade():
                visitor = self._of_role("statistician")
                visitor.send(visitor.path("data/export"), {})

    def _enrol(self, h: Enrolment) -> None:
        office = self.office(h.site)
        office.enrol(h)
        number = self.studio.hospital_number(h.number)
        self._known.setdefault(h.site, {})[number] = h.code
        by_trial_number = habits(self.plan, h.site).by_trial_number
        if by_trial_number or office.link_ahead(h.code, number):
            self._linked.add(h.code)
        self.figures.participants += 1

    # -- images

    def _send(self, scans: Sequence[Scan]) -> None:
        """Send the exams of one day, each site over its own associations, and wait until they have arrived."""
        self.platform.clock.set(scans[0].at)
        began = time.monotonic()
        made = [self.studio.take(scan) for scan in scans]
        began = self._took("waiting for scans to be made", began)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._store, made))
        began = self._took("sending", began)
        for exam in made:
            self._looks |= dict.fromkeys(exam.looks, exam.scan)
            self._strangers += not exam.scan.code
            self.figures.scans += 1
            self.figures.images += exam.files
            shutil.rmtree(exam.folder, ignore_errors=True)
        self._until(lambda: not self.platform.under_way(), "the images to arrive")
        began = self._took("arriving", began)
        self._identify(scans)
        began = self._took("linking", began)
        # A verdict, and the query that it opens, are of the day on which the scan arrived.
        self._until(self._all_judged, "the scans to be judged", every=LOOK_AT_PAGE)
        self._took("judging", began)

    def _took(self, what: str, began: float) -> float:
        """Add the seconds since `began` to a kind of work; returns now."""
        now = time.monotonic()
        self.figures.seconds[what] = self.figures.seconds.get(what, 0.0) + now - began
        return now

    def _store(self, made: Made) -> None:
        """Send an exam; one that did not get through is sent once more, as a site would: nothing comes in twice."""
        site = self.plan.sites.sites[made.scan.site]
        for _ in range(TRIES):
            sent = dicom_client.send(
                dicom_client.files_of(made.folder), host="127.0.0.1", port=self.platform.dicom_port, called=site.aet,
                calling=made.scan.scanner.upper()[:16],
            )  # fmt: skip
            if sent.sent == made.files:
                return
        reasons = sorted({reason for _, reason in (*sent.failed, *sent.skipped)})
        raise Stopped(f"{site.name} could not send an exam: {' '.join(reasons)}")

    def _identify(self, scans: Sequence[Scan]) -> None:
        """Where a participant comes for the first time, the site links the hospital's number."""
        new = {s.site for s in scans if s.code and s.code not in self._linked}
        self._linked |= {s.code for s in scans if s.code}

        def all_linked() -> bool:
            for site in new:
                self.office(site).identify(self._known[site])
            return self._all_known()

        if new:
            self._until(all_linked, "the linked images to be sent on", LINKED, LOOK_AT_PAGE)  # fmt: skip
        held = set(self.platform.held()) - {UNKNOWN, LOOKS_LIKE_TEXT}
        if held:
            raise Stopped(f"A gateway held back images that it should have sent on: {', '.join(sorted(held))}.")  # fmt: skip

    def _all_known(self) -> bool:
        unknown = self.platform.held().count(UNKNOWN)
        return not self.platform.under_way() and unknown <= self._strangers

    def _all_judged(self) -> bool:
        visitor = self._of_role("trial_manager")
        table = visitor.fetch(visitor.path("matrix?format=csv")).decode()
        return not any(BEING_JUDGED & set(row) for row in csv.reader(table.splitlines()))  # fmt: skip

    # -- reading

    def _no_copies_missing(self) -> bool:
        visitor = self._of_role("trial_manager")
        page = visitor.get(visitor.path("reading/cases"))
        return not any("waiting" in row.cells for row in page.rows) and self._all_judged()  # fmt: skip

    def _read(self, h: ReadingSession) -> None:
        sitting = self._sittings.get(h.reader)
        if sitting is None:
            sitting = Sitting(self.visitor(h.reader), EYES[h.reader], self._recognise)
            self._sittings[h.reader] = sitting
        at = h.at
        for _ in range(h.at_most):
            self.platform.clock.set(at)
            token = sitting.next_case()
            if token is None:
                return
            try:
                at += timedelta(minutes=sitting.sign(token))
            except NotReady:
                return  # its images are being looked at again; it comes back by itself
            self.figures.reads += 1

    def _recognise(self, look: str) -> tuple[int, int, HandTruth]:
        scan = self._looks.get(look)
        if scan is None:
            raise Stopped("A reader was shown an image that no scanner of the rehearsal made.")  # fmt: skip
        visit = list(self.plan.study.visits).index(scan.visit)
        return scan.number, visit, self.studio.truth(scan.number, scan.visit)

    # -- waiting

    def _until(
        self,
        done: Callable[[], bool],
        what: str,
        patience: float = PATIENCE,
        every: float = LOOK_EVERY,
    ) -> None:
        deadline = time.monotonic() + patience
        while not done():
            if not self.platform.runs():
                raise Stopped("The platform ended while the study was played.")
            if time.monotonic() > deadline:
                raise Stopped(f"Waited {patience:.0f} s in vain for {what}.")
            time.sleep(every)


def _count(n: int, word: str, more: str = "") -> str:
    return f"{n} {word}{'s' if n != 1 else ''}{more}" if n else ""


def grouped(happenings: Sequence[Happening]) -> Iterator[list[Happening]]:
    """Happenings one by one, but the scans that are sent on one day together."""
    group: list[Happening] = []
    for h in happenings:
        same = group and isinstance(h, Scan) and isinstance(group[-1], Scan) and h.at.date() == group[-1].at.date()  # fmt: skip
        if group and not same:
            yield group
            group = []
        group.append(h)
    if group:
        yield group
