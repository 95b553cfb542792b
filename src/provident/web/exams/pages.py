"""Reading what the exam page shows beside the exam: queries, scanner history, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from provident.web.exams.models import Exam as Exam
from provident.web.exams.models import Series as Series
from provident.web.people.access import Field, Thing, can, one, scoped, visible
from provident.web.people.selectors import Membership as Membership


LAST = 12  # exams of the scanner's history


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRow:
    """A query beside the exam."""

    pk: int
    state: str
    due_on: date
    question: str


def queries(member: Membership, exam: Exam) -> list[QueryRow]:
    """The exam's queries, open ones first, as far as this person may see them."""
    if not can(member, "see", Thing.QUERY):
        return []
    rows = scoped(member, Thing.QUERY, exam.queries.prefetch_related("messages"))
    found = [
        QueryRow(
            pk=q.pk,
            state=q.state,
            due_on=q.due_on,
            question=next((m.text for m in q.messages.all()), ""),
        )
        for q in rows
    ]
    return sorted(found, key=lambda q: (q.state == "closed", q.due_on))


def scanner_exams(member: Membership, exam: Exam) -> list[Exam]:
    """The last exams of the same kind on the same scanner, the oldest first, this one last at the latest."""
    if exam.scanner_id is None or exam.acquired_on is None:
        return []
    rows = scoped(
        member,
        Thing.EXAM,
        Exam.objects.filter(scanner_id=exam.scanner_id, kind=exam.kind),
    )
    rows = rows.filter(acquired_on__lte=exam.acquired_on).order_by(
        "-acquired_on", "-pk"
    )
    return list(rows.prefetch_related("series")[:LAST])[::-1]


def scanner_changes(exam: Exam) -> list[Any]:
    """What changed on the scanner, the oldest first."""
    if exam.scanner is None:
        return []
    return list(exam.scanner.changes.order_by("seen_at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSign:
    """One sign of drift at one device and software of a site: since when, until when, in how many exams."""

    site: str
    device: str
    software: str
    code: str
    message: str
    found: str
    first_seen: datetime
    last_seen: datetime
    exams: int
    waiting: int  # of which nobody has decided yet
    last_exam: int


def drift_signs(member: Membership, site: str = "") -> list[DriftSign]:
    """The signs of drift in all exams that a person may see, of one site (the plan's id) or of all; the newest first."""
    rows = scoped(member, Thing.EXAM, Exam.objects.all()).exclude(labels=[])
    if site:
        rows = rows.filter(participant__site__code=site)
    told = rows.order_by("first_received_at", "pk").values_list(
        "pk", "state", "first_received_at", "participant__site__name", "verdict__device", "verdict__drift"
    )  # fmt: skip
    groups: dict[tuple[str, ...], list[tuple[int, bool, datetime]]] = {}
    for pk, state, at, name, device, found in told:
        known = device or {}
        words = " ".join(
            w for w in (known.get("make", ""), known.get("model", "")) if w
        )
        for sign in found or ():
            key = (name, words or "a device that names itself nowhere", known.get("software", ""), sign["code"], sign["message"], sign["found"] or "")  # fmt: skip
            groups.setdefault(key, []).append((pk, state == Exam.State.JUDGED, at))
    signs = [_sign(key, seen) for key, seen in groups.items()]
    return sorted(
        signs, key=lambda s: (s.waiting == 0, -s.last_seen.timestamp(), s.device)
    )


def _sign(key: tuple[str, ...], seen: list[tuple[int, bool, datetime]]) -> DriftSign:
    site, device, software, code, message, found = key
    return DriftSign(
        site=site, device=device, software=software, code=code, message=message, found=found,
        first_seen=seen[0][2], last_seen=seen[-1][2], exams=len(seen), waiting=sum(w for _, w, _ in seen),
        last_exam=seen[-1][0],
    )  # fmt: skip


def events_of(exam: int) -> Q:
    """The ledger's events of an exam, of its transfers and of its queries."""
    row = Exam.objects.get(pk=exam)
    transfers = [str(pk) for pk in row.transfers.values_list("pk", flat=True)]
    asked = [str(pk) for pk in row.queries.values_list("pk", flat=True)]
    return (
        Q(thing="exam", thing_id=str(exam))
        | Q(thing="transfer", thing_id__in=transfers)
        | Q(thing="query", thing_id__in=asked)
    )


def picture_of(member: Membership, exam: int, series: int) -> str:
    """The key of a series' picture; empty when there is none or this person may not see pictures.

    Raises:
        Denied, NotFound: as the access table says.
    """
    row = one(member, Thing.EXAM, Exam.objects.all(), pk=exam)
    if Field.IMAGE not in visible(member, Thing.EXAM):
        return ""
    found = row.series.filter(pk=series).first()
    return found.thumbnail_key if found else ""
