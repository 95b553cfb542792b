"""What goes wrong in the rehearsed study, on purpose: each thing once or twice, so that every page has something to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from provident.plan import Plan
from provident.programme import window_dates
from provident.rehearsal.days import last_thursday, moment, sending_day
from provident.rehearsal.happenings import Happening, NotDone, Scan, Withdrawal
from provident.rehearsal.people import Person, first_exam, kinds_of_site, scanner_of


WITHDRAWN = 104  # days after randomisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One scan that goes wrong: the kind of site, whose (-1 is the site's last), the visit's place in the plan.

    Attributes:
        fault: a `synthetic.Fault`, or blank.
        days: so many days later than planned.
        repeat: made again, so many days later than planned.
        undone: the plan's reason for which it was not made.
        forgotten: never made, and nobody said why.
        left_by: who leaves the query about it as it is, `site` or `physicist`.
    """

    site: str
    nth: int
    visit: int
    modality: str
    fault: str = ""
    days: int = 0
    repeat: int = 0
    undone: str = ""
    forgotten: bool = False
    left_by: str = ""


WRONG = (
    Wrong(site="middle", nth=0, visit=1, modality="MR", fault="wrong_echo_time", days=-5, repeat=2),
    Wrong(site="middle", nth=4, visit=2, modality="MR", fault="wrong_echo_time", left_by="physicist"),
    Wrong(site="slow", nth=2, visit=2, modality="MR", fault="missing_slice", left_by="site"),
    Wrong(site="excellent", nth=2, visit=2, modality="MR", fault="late_contrast"),
    Wrong(site="excellent", nth=6, visit=0, modality="DX", fault="no_laterality"),
    Wrong(site="middle", nth=-1, visit=0, modality="US", fault="burned_in_text"),
    Wrong(site="slow", nth=2, visit=1, modality="MR", days=12),
    Wrong(site="slow", nth=2, visit=2, modality="US", forgotten=True),
    Wrong(site="slow", nth=0, visit=1, modality="US", undone="no_slot"),
    Wrong(site="middle", nth=1, visit=2, modality="DX", undone="participant_declined"),
    Wrong(site="excellent", nth=3, visit=1, modality="US", undone="unwell"),
)  # fmt: skip


def gone_wrong(
    plan: Plan, happenings: Iterable[Happening], people: Sequence[Person], today: date
) -> Iterator[Happening]:
    """The same happenings with what goes wrong in them."""
    wanted = _by_scan(plan, people)
    by_code = {p.code: p for p in people}
    for h in happenings:
        if not isinstance(h, Scan):
            yield h
            continue
        wrong = wanted.get((h.code, h.visit, _modality(plan, h)))
        yield from _scans(plan, h, wrong, by_code[h.code])
    yield from _stranger(plan, today)
    yield from _withdrawal(plan, people)


def _modality(plan: Plan, scan: Scan) -> str:
    modality = plan.sites.scanners[scan.scanner].modality
    return "DX" if modality == "CR" else modality


def _by_scan(
    plan: Plan, people: Sequence[Person]
) -> Mapping[tuple[str, str, str], Wrong]:
    kinds, visits = kinds_of_site(plan), list(plan.study.visits)
    there = Counter(p.site for p in people)
    codes = {(p.site, p.nth): p.code for p in people}
    found = {}
    for wrong in WRONG:
        site = getattr(kinds, wrong.site)
        nth = wrong.nth if wrong.nth >= 0 else there[site] + wrong.nth
        if (site, nth) in codes and wrong.visit < len(visits):
            found[codes[site, nth], visits[wrong.visit], wrong.modality] = wrong
    return found


def _scans(
    plan: Plan, scan: Scan, wrong: Wrong | None, person: Person
) -> Iterator[Scan | NotDone]:
    if wrong is None:
        yield scan
    elif wrong.undone in plan.study.not_done:
        window = window_dates(plan.study.visits[scan.visit], person.anchor)
        yield NotDone(
            at=moment(window[1], 12), site=scan.site, code=scan.code, visit=scan.visit, exam=scan.exam,
            reason=wrong.undone,
        )  # fmt: skip
    elif not wrong.forgotten:
        first = _later(scan, wrong.days)
        yield replace(first, faults=frozenset({wrong.fault} - {""}))
        if wrong.repeat:
            yield _later(scan, wrong.repeat)


def _later(scan: Scan, days: int) -> Scan:
    if not days:
        return scan
    acquired = scan.acquired + timedelta(days=days)
    waited = (scan.at.date() - sending_day(scan.acquired.date(), 0)).days // 7
    sent = moment(sending_day(acquired.date(), waited), 16)
    return replace(scan, acquired=acquired, at=sent)


def with_new_software(
    plan: Plan, happenings: Sequence[Happening]
) -> Iterator[Happening]:
    """The middle site's MR scanner was updated before its last day of scans: the files of that day say so."""
    site = kinds_of_site(plan).middle
    scans = [h for h in happenings if isinstance(h, Scan) and _is_mr_of(plan, h, site)]
    days = sorted({scan.acquired.date() for scan in scans})
    for h in happenings:
        if (
            len(days) > 1
            and isinstance(h, Scan)
            and _is_mr_of(plan, h, site)
            and h.acquired.date() == days[-1]
        ):
            old = plan.sites.scanners[h.scanner].software or "V1"
            yield replace(h, software=f"{old}A SP01")
        else:
            yield h


def _is_mr_of(plan: Plan, h: Happening, site: str) -> bool:
    return isinstance(h, Scan) and h.site == site and _modality(plan, h) == "MR"


def left_by(plan: Plan, people: Sequence[Person], who: str) -> frozenset[str]:
    """The participants about whom `who` leaves the queries as they are."""
    wanted = _by_scan(plan, people).items()
    return frozenset(code for (code, _, _), wrong in wanted if wrong.left_by == who)


def _stranger(plan: Plan, today: date) -> Iterator[Scan]:
    """The slow site sends the exam of a patient who is in no study."""
    site, exam = kinds_of_site(plan).slow, first_exam(plan, "DX")
    sent = last_thursday(today, 0)
    scanner = scanner_of(plan, site, exam, sent) if exam else None
    if exam and scanner:
        acquired = datetime.combine(sent - timedelta(days=1), time(15, 20))
        yield Scan(
            at=moment(sent, 15), number=0, site=site, code="", visit="", exam=exam, scanner=scanner, acquired=acquired
        )  # fmt: skip


def _withdrawal(plan: Plan, people: Sequence[Person]) -> Iterator[Withdrawal]:
    """The slow site's second participant withdraws between two visits."""
    site = kinds_of_site(plan).slow
    kind = next(iter(plan.consent.withdrawal if plan.consent else ()), "")
    for person in people:
        if kind and (person.site, person.nth) == (site, 1):
            yield Withdrawal(
                at=moment(person.anchor + timedelta(days=WITHDRAWN), 11), site=site, code=person.code,
                kind=kind, said="Moved away; travelling has become too long.",
            )  # fmt: skip
