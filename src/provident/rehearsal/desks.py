"""What the people of a study do at their desks, each through the pages of their own role."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

from provident.plan import Plan
from provident.rehearsal.cast import Account
from provident.rehearsal.happenings import Booking, Enrolment, NotDone, Withdrawal
from provident.rehearsal.pages import Page, Row, Stopped, Visitor


_WHOSE = re.compile(r'id="participant-(\d+)"')  # a hold that asks whose images it holds
_EXAM = re.compile(r"/exams/(\d+)")
_NUMBER = re.compile(r"<dt>Hospital number</dt>\s*<dd>([^<]*)</dd>")
_ISSUED_BY = re.compile(r"<dt>Issued by</dt>\s*<dd>([^<]*)</dd>")
_RELEASE = re.compile(r"/reading/cases/\d+/release")
_DRAW = re.compile(r"/reading/designs/([\w-]+)/draw")
_PASSED_TEST, _FAILED_TEST = "passed the transfer test with today", "failed the latest transfer test"  # fmt: skip
_WHOM = re.compile(r'name="whom"[^>]*value="([^"]+)"')
_OPEN_LIMIT = re.compile(r'name="name" value="([\w.-]+)"')
TABS = 3  # exams that the physicist has open at a time; each signature takes the platform a fifth of a second
AS_PLANNED = "as in the manual"  # the word for an exam that passed
_CONFIRMED = "checked against the enrolment list"


@dataclass(slots=True)
class SiteOffice:
    """The people of one site."""

    plan: Plan
    visitor: Visitor
    slots: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Address of a slot by participant, name of the visit and title of the exam."""
    _looked_at: set[str] = field(default_factory=set)
    _issuer: str | None = None
    _linked: set[str] = field(default_factory=set)

    def ask_for_test(self) -> None:
        """Have the site's gateway run the transfer test."""
        self.visitor.send(self.visitor.path("transfers/tests/ask"), {})

    def enrol(self, h: Enrolment) -> None:
        """Enrol a participant who consents to everything."""
        consents = list(self.plan.consent.options) if self.plan.consent else []
        told = {"site": h.site, "anchor_on": h.anchor.isoformat(), "code": "", "consent": consents}  # fmt: skip
        page = self.visitor.send(self.visitor.path("participants/enrol"), told)
        if h.code not in page.source:
            raise Stopped(f"{self.visitor.account.name} enrolled a participant, who did not get the number {h.code}.")  # fmt: skip
        self._note_slots(h.code, page)

    def link_ahead(self, code: str, number: str) -> bool:
        """Link a participant's hospital number before the first scan; returns whether it was linked.

        A site's first images wait in quarantine: they show how its images name the numbers' issuer.
        """
        if self._issuer is None:
            return False
        told = {"number": number, "issuer": self._issuer}
        self.visitor.send(self.visitor.path(f"participants/{code}/link"), told)
        self._linked.add(code)
        return True

    def _note_slots(self, code: str, page: Page) -> None:
        titles = {to: text for text, to in page.links if "/slots/" in to}
        for row in page.rows:
            for to in row.links:
                if to in titles:
                    self.slots[code, row.cells[0], titles[to]] = to

    def _slot(self, code: str, visit: str, exam: str) -> str:
        label = self.plan.study.visits[visit].label or visit
        title = self.plan.imaging[exam].title or exam
        try:
            return self.slots[code, label, title]
        except KeyError:
            raise Stopped(f"The page of {code} shows no {title} at {label} to book.") from None  # fmt: skip

    def book(self, h: Booking) -> None:
        """Book an exam."""
        told = {"do": "book", "on": h.on.isoformat()}
        self.visitor.send(self._slot(h.code, h.visit, h.exam), told)

    def slot_number(self, h: Booking) -> str:
        """The number of the slot that a booking is for."""
        return self._slot(h.code, h.visit, h.exam).rsplit("/", 1)[1]

    def not_done(self, h: NotDone) -> None:
        """Say why an exam was not done."""
        told = {"do": "not_done", "reason": h.reason}
        self.visitor.send(self._slot(h.code, h.visit, h.exam), told)

    def withdraw(self, h: Withdrawal) -> None:
        """Record a withdrawal; there is nothing to link any more."""
        self._linked.add(h.code)
        told = {"kind": h.kind, "on": h.at.date().isoformat(), "reason": h.said}
        self.visitor.send(self.visitor.path(f"participants/{h.code}/withdraw"), told)

    def identify(self, known: Mapping[str, str]) -> int:
        """Look whose the held images are and link those of participants, then the others ahead of their first scan.

        Returns how many were linked out of quarantine.

        Args:
            known: hospital number -> trial number, the site's own list.
        """
        waiting = self.visitor.get(self.visitor.path("quarantine"))
        linked: set[str] = set()
        for pk in dict.fromkeys(_WHOSE.findall(waiting.source)):
            if pk in self._looked_at:
                continue
            self._looked_at.add(pk)
            page = self.visitor.send(self.visitor.path(f"quarantine/{pk}/look"), {})
            found = _NUMBER.search(page.source)
            code = known.get(found[1].strip()) if found else None
            self._issuer = _issuer(page) if code else self._issuer
            if (
                code and code not in linked
            ):  # the other exams of the day follow by themselves
                told = {"act": "link", "participant": code, "reason": _CONFIRMED}
                self.visitor.send(self.visitor.path(f"quarantine/{pk}/decide"), told)
                linked.add(code)
        self._linked |= linked
        for number, code in known.items():
            if code not in self._linked:
                self.link_ahead(code, number)
        return len(linked)

    def answer(self, leave: Collection[str], repeated: Collection[str]) -> None:
        """Answer the open queries, but those about `leave`; those about `repeated` with a promise to scan again."""
        for row in _queries(self.visitor, "open"):
            code = row.cells[0].split()[0]
            if code in leave:
                continue
            address = row.link(r"/queries/\d+") or ""
            # A repeat is on offer only while the scan's window is open.
            again = (
                code in repeated
                and 'value="rescan"' in self.visitor.get(address).source
            )
            told = {
                "kind": "rescan" if again else "explain",
                "text": "The wrong protocol was loaded. The participant comes again next week."
                if again
                else "It was so at the scanner and cannot be mended now; the next visit is checked before the scan.",
            }
            self.visitor.send(address, told)


def _issuer(page: Page) -> str:
    found = _ISSUED_BY.search(page.source)
    return found[1].strip() if found else ""


def _queries(visitor: Visitor, state: str) -> list[Row]:
    page = visitor.get(visitor.path(f"queries?state={state}"))
    return [row for row in page.rows if row.link(r"/queries/\d+")]


@dataclass(slots=True)
class Physicist:
    """Who decides about quality."""

    visitor: Visitor
    decided: int = 0
    _repeats: set[str] = field(default_factory=set)

    def close_queries(self, leave: Collection[str]) -> None:
        """Close the answered queries, but those about `leave`."""
        for row in _queries(self.visitor, "answered"):
            address, code = row.link(r"/queries/\d+") or "", row.cells[0].split()[0]
            if code in leave:
                continue
            page = self.visitor.get(address)
            said = page.source.split("What was said")[-1].split("<form")[0]
            again = "rescan" in said
            told = {
                "resolution": "rescanned" if again else "waived",
                "text": "A repeat is made within the window."
                if again
                else "The scores do not depend on it.",
            }
            self.visitor.send(address, told)
            if again:
                self._repeats |= {found[1] for _, to in page.links if (found := _EXAM.search(to))}  # fmt: skip

    def decide(self) -> None:
        """Score and decide every exam of the worklist that has no open query."""
        page = self.visitor.get(self.visitor.path("quality"))
        found = [(row.link(r"/quality/exam/\d+"), row) for row in page.rows]
        ready = [(to, row) for to, row in found if to and "query open" not in row.text]
        with ThreadPoolExecutor(TABS) as pool:
            list(pool.map(lambda one: self._decide(*one), ready))
        self.decided += len(ready)

    def _decide(self, address: str, row: Row) -> None:
        form = self.visitor.get(address)
        exam = address.rsplit("/", 1)[1]
        repeat = exam in self._repeats
        told = {name: _score(name, values) for name, values in form.choices.items() if ":" in name}  # fmt: skip
        told["decision"] = "reject" if repeat else "accept"
        told["reason"] = _reason(row, repeat)
        told["password"] = self.visitor.account.password
        try:
            self.visitor.send(address, told)
        except Stopped as refused:
            # The platform asks the site about a verdict a moment after it is there: the decision waits.
            if "query is open" not in str(refused):
                raise
            return
        self._repeats.discard(exam)


def _score(name: str, values: list[str]) -> str:
    """A good score: the first that a scale offers, but the highest of a scale in numbers."""
    offered = [v for v in values if v]
    return offered[-1] if offered[0].isdigit() else offered[0]


def _reason(row: Row, repeated: bool) -> str:
    if repeated:
        return "Not as the manual asks; a repeat within the window is agreed with the site."
    if row.cells[2].startswith(AS_PLANNED):
        return ""
    return "Readable for the endpoint in spite of what was found."


@dataclass(slots=True)
class TrialOffice:
    """The trial manager."""

    plan: Plan
    visitor: Visitor

    def make_account(self, account: Account) -> None:
        """Give somebody an account and a role."""
        told = {
            "username": account.username, "name": account.name, "email": "", "password": account.password,
            "role": account.role, "site": account.site, "plan_role": account.plan_role, "reason": "Delegation log, signed at initiation.",
        }  # fmt: skip
        self.visitor.send(self.visitor.path("people"), told)

    def tested(self) -> int:
        """How many sites have passed the transfer test.

        Raises:
            Stopped: one has failed it.
        """
        page = self.visitor.get(self.visitor.path("sites"))
        if _FAILED_TEST in page.source:
            raise Stopped("A site failed the transfer test; the page of transfer tests says what was wrong.")  # fmt: skip
        return page.source.count(_PASSED_TEST)

    def open_site(self, site: str) -> None:
        """Open a site on the grounds of its checklist; without a transfer test that it passed the platform refuses."""
        told = {"reason": "Survey accepted, agreement signed, training complete, transfer test passed."}  # fmt: skip
        self.visitor.send(self.visitor.path(f"sites/{site}/open"), told)

    def qualified_elsewhere(self, on: date, certificate: str, reason: str) -> None:
        """Sign that all readers and the adjudicator qualified elsewhere, in everything that they read."""
        path = self.visitor.path("readers/standing/elsewhere")
        whom = _WHOM.findall(self.visitor.get(path).source)
        if not whom:
            raise Stopped("The page shows no reader to sign for.")
        told = {
            "whom": whom, "certificate": certificate, "on": on.isoformat(), "reason": reason,
            "password": self.visitor.account.password,
        }  # fmt: skip
        self.visitor.send(path, told)

    def fix_limits(self, value: float, reason: str) -> None:
        """Fix every figure that the plan leaves open."""
        for endpoint in self.plan.reading:
            path = self.visitor.path(f"reading/designs/{endpoint}/limit")
            while name := _OPEN_LIMIT.search(self.visitor.get(path).source):
                told = {"name": name[1], "value": str(value), "reason": reason}
                self.visitor.send(path, told)

    def undrawn(self) -> list[str]:
        """The endpoints that have cases to be given to readers."""
        page = self.visitor.get(self.visitor.path("reading/cases"))
        return _DRAW.findall(page.source)

    def draw(self) -> None:
        """Have the order of all cases that are ready drawn."""
        for endpoint in self.undrawn():
            self.visitor.send(self.visitor.path(f"reading/designs/{endpoint}/draw"), {})

    def release(self, keep: int) -> int:
        """Give disagreements to the adjudicator, but the last `keep`; returns how many were given."""
        page = self.visitor.get(self.visitor.path("reading/cases"))
        found = list(dict.fromkeys(_RELEASE.findall(page.source)))
        given = found[: max(0, len(found) - keep)]
        for rest in given:
            told = {"reason": "Series, windowing and visits are right; the readers differ about the joints themselves."}  # fmt: skip
            self.visitor.send(self.visitor.path(rest.lstrip("/")), told)
        return len(given)
