"""Reading scanners, phantom scans and accreditations; pages go through `people.access`, jobs act for the platform."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from provident.acquisition.phantoms import Evidence as Grounds
from provident.kernel import NotFound
from provident.web.exams.models import Exam
from provident.web.participants.models import Slot
from provident.web.people.access import Thing, one, scoped
from provident.web.people.models import Membership as Membership
from provident.web.scanners.models import (
    Accreditation,
    BookingOverrule,
    Evidence,
    Measurement,
)
from provident.web.scanners.models import PhantomScan as PhantomScan
from provident.web.scanners.standing import (
    DECIDED,
    Change,
    Known,
    Scan,
    steps_from_json,
)
from provident.web.sites.models import Scanner as Scanner
from provident.web.sites.models import ScannerChange as ScannerChange


def scanners(by: Membership) -> QuerySet[Scanner]:
    """The scanners that a person may see, by site."""
    rows = scoped(by, Thing.SCANNER, Scanner.objects.select_related("site__study"))
    return rows.order_by("site__code", "code")


def scanner(by: Membership, pk: int, verb: str = "see") -> Scanner:
    """One scanner.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Scanner.objects.select_related("site__study")
    return one(by, Thing.SCANNER, rows, verb, pk=pk)


def changes_of(by: Membership, pk: int, verb: str = "see") -> list[ScannerChange]:
    """The open changes that were seen on the same exam as this one, this one first.

    Raises:
        Denied: the role may not.
        NotFound: there is no such open change, or not for this person.
    """
    allowed = scoped(by, Thing.SCANNER, Scanner.objects.all(), verb)
    rows = ScannerChange.objects.filter(scanner__in=allowed, closed_at__isnull=True)
    rows = rows.select_related("scanner__site__study")
    first = rows.filter(pk=pk).first()
    if first is None:
        raise NotFound("There is no such scanner change that waits.")
    beside = rows.filter(scanner=first.scanner, exam_uid=first.exam_uid)
    return [first, *beside.exclude(pk=pk).order_by("fact")]


def phantom_scans(by: Membership) -> QuerySet[PhantomScan]:
    """The phantom scans that a person may see, the newest first."""
    rows = PhantomScan.objects.select_related("scanner__site")
    return scoped(by, Thing.PHANTOM, rows.prefetch_related("measurements"))


def phantom_scan(by: Membership, pk: int, verb: str = "see") -> PhantomScan:
    """One phantom scan.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = PhantomScan.objects.select_related("scanner__site__study", "study")
    return one(by, Thing.PHANTOM, rows.prefetch_related("measurements"), verb, pk=pk)


def flagged(by: Membership) -> list[PhantomScan]:
    """The newest scan of each line that was flagged when it was measured, and was not rejected."""
    same = ("scanner", "phantom", "protocol")
    line = PhantomScan.objects.filter(**{name: OuterRef(name) for name in same})
    line = line.exclude(state__in=(PhantomScan.State.REJECTED, PhantomScan.State.MEASURING))  # fmt: skip
    rows = phantom_scans(by).exclude(state=PhantomScan.State.REJECTED).exclude(flags=[])
    return list(rows.filter(pk=Subquery(line.values("pk")[:1])))


def scan_by_id(pk: str | int) -> PhantomScan:
    """One phantom scan for a job."""
    found = PhantomScan.objects.select_related("scanner", "study").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such phantom scan.")
    return found


def scans_of(scanner_pk: int, phantom: str, protocol: str) -> list[PhantomScan]:
    """The scans of one phantom on one scanner with their measurements, the oldest first."""
    rows = PhantomScan.objects.filter(
        scanner_id=scanner_pk, phantom=phantom, protocol=protocol
    )
    return list(rows.prefetch_related("measurements").order_by("acquired_on", "pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When a scanner's exams came, and how many."""

    first: date | None
    last: date | None
    exams: int


def seen(rows: Iterable[Scanner]) -> dict[int, Seen]:
    """What came of each scanner, by its key."""
    found = (
        Exam.objects.filter(scanner__in=list(rows))
        .values("scanner_id")
        .annotate(first=Min("acquired_on"), last=Max("acquired_on"), n=Count("pk"))
    )
    return {
        r["scanner_id"]: Seen(first=r["first"], last=r["last"], exams=r["n"])
        for r in found
    }


def held_exams(scanner_row: Scanner, since: date) -> list[Exam]:
    """The accepted exams that a scanner made from a day on."""
    rows = Exam.objects.filter(scanner=scanner_row, acquired_on__gte=since)
    return list(rows.filter(state=Exam.State.ACCEPTED).order_by("pk"))


def known(rows: Sequence[Scanner]) -> dict[int, Known]:
    """All that is known of scanners, by key, in a fixed number of queries."""
    pks = [row.pk for row in rows]
    changes = _changes(pks)
    scans: dict[int, list[Scan]] = defaultdict(list)
    for s in PhantomScan.objects.filter(scanner__in=pks).only("scanner_id", "phantom", "protocol", "acquired_on", "state", "change_id"):  # fmt: skip
        scans[s.scanner_id].append(
            Scan(pk=s.pk, phantom=s.phantom, protocol=s.protocol, acquired_on=s.acquired_on,
                 accepted=DECIDED.get(s.state), change=s.change_id)
        )  # fmt: skip
    evidence: dict[int, list[Grounds]] = defaultdict(list)
    for e in Evidence.objects.filter(scanner__in=pks):
        evidence[e.scanner_id].append(Grounds(need=e.need, id=str(e.pk), day=e.day))
    steps: dict[int, dict[str, tuple]] = defaultdict(dict)
    for a in Accreditation.objects.filter(scanner__in=pks):
        steps[a.scanner_id][a.protocol] = (steps_from_json(a.steps), a.changed_at)
    return {
        row.pk: Known(
            code=row.code, site=row.site.name,
            opened=row.site.activated_at.date() if row.site.activated_at else None,
            changes=tuple(changes[row.pk]), scans=tuple(scans[row.pk]),
            evidence=(*evidence[row.pk], *_transfer_test(row)), steps=steps[row.pk],
        )
        for row in rows
    }  # fmt: skip


def _transfer_test(row: Scanner) -> list[Grounds]:
    site = row.site
    if site.test_outcome != "passed" or site.tested_at is None:
        return []
    return [Grounds(need="transfer_test", id=site.code, day=site.tested_at.date())]


def _changes(pks: Sequence[int]) -> dict[int, list[Change]]:
    rows = list(ScannerChange.objects.filter(scanner__in=pks).order_by("seen_at", "pk"))
    uids = {r.exam_uid for r in rows}
    dates = dict(Exam.objects.filter(uid__in=uids, scanner__in=pks).values_list("uid", "acquired_on"))  # fmt: skip
    found: dict[int, list[Change]] = defaultdict(list)
    for r in rows:
        found[r.scanner_id].append(
            Change(
                pk=r.pk, fact=r.fact, old=r.old, new=r.new, seen_at=r.seen_at,
                day=dates.get(r.exam_uid) or r.seen_at.date(), open=r.closed_at is None, words=r.outcome,
            )
        )  # fmt: skip
    return found


def known_of(row: Scanner) -> Known:
    """All that is known of one scanner."""
    return known([row])[row.pk]


def scanners_of_site(site_pk: int) -> list[Scanner]:
    """A site's scanners, for gates and jobs."""
    return list(Scanner.objects.filter(site_id=site_pk).select_related("site__study"))


def grounds(row: Scanner) -> list[Evidence]:
    """The evidence that was recorded for a scanner."""
    return list(row.evidence.all())


def first_exam(change: ScannerChange) -> Exam | None:
    """The exam on which a change was seen."""
    return Exam.objects.filter(uid=change.exam_uid, scanner=change.scanner_id).first()


def measurements(scan: PhantomScan) -> list[Measurement]:
    """What was measured of a scan, in the order of measuring."""
    return list(scan.measurements.all())


def slot_to_overrule(by: Membership, pk: int) -> Slot:
    """A slot whose booking this person may allow in spite of the gate.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Slot.objects.select_related("participant__site__study")
    return one(by, Thing.SLOT, rows, "overrule", pk=pk)


def overruled(slot: Slot, on: date) -> bool:
    """Whether somebody allowed a slot to be booked on a day all the same."""
    return BookingOverrule.objects.filter(slot=slot, on=on).exists()
