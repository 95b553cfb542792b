"""Reading participants and slots, each through the access table.

What lies above this app (exams, queries) is reached by the names of the relations alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from provident.web.participants.models import Participant as Participant
from provident.web.participants.models import Slot as Slot
from provident.web.people.access import Thing, can, one, scoped
from provident.web.people.events import events_for
from provident.web.people.selectors import Membership as Membership
from provident.web.sites.models import Site as Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamFact:
    """What the matrix needs to know of the newest exam of a slot."""

    pk: int
    state: str
    outcome: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFact:
    """A slot with its newest exam and the number of its open queries."""

    pk: int
    participant: int
    visit: str
    exam_kind: str
    state: str
    opens_on: date
    closes_on: date
    booked_on: date | None
    reason: str
    changed_at: datetime
    exam: ExamFact | None = None
    queries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFact:
    """A participant with all slots."""

    pk: int
    code: str
    site: str
    site_name: str
    status: str
    slots: tuple[SlotFact, ...] = field(default=())


def participants(member: Membership) -> QuerySet[Participant]:
    """The participants that a person may see."""
    rows = Participant.objects.select_related("site")
    return scoped(member, Thing.PARTICIPANT, rows)


def participant(member: Membership, code: str, verb: str = "see") -> Participant:
    """One participant.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Participant.objects.select_related("site", "study")
    return one(member, Thing.PARTICIPANT, rows, verb, code=code)


def slot(member: Membership, pk: int, verb: str = "see") -> Slot:
    """One slot.

    Raises:
        Denied, NotFound: as the access table says.
    """
    rows = Slot.objects.select_related("participant__site", "participant__study")
    return one(member, Thing.SLOT, rows, verb, pk=pk)


def slots(member: Membership) -> QuerySet[Slot]:
    """The slots that a person may see."""
    return scoped(member, Thing.SLOT, Slot.objects.all())


def _exams(member: Membership, rows: QuerySet[Slot]) -> dict[int, ExamFact]:
    if not can(member, "see", Thing.EXAM):
        return {}
    found = (
        rows.filter(exams__isnull=False)
        .order_by("exams__first_received_at")
        .values_list("pk", "exams__pk", "exams__state", "exams__outcome", "exams__first_received_at")
    )  # fmt: skip
    return {
        slot: ExamFact(pk=pk, state=state, outcome=outcome, received_at=at)
        for slot, pk, state, outcome, at in found
    }


def _queries(member: Membership, rows: QuerySet[Slot]) -> dict[int, int]:
    if not can(member, "see", Thing.QUERY):
        return {}
    still_open = Q(exams__queries__state__in=["open", "answered"])
    counted = (
        rows.filter(still_open)
        .order_by()
        .values("pk")
        .annotate(n=Count("exams__queries"))
    )
    return {row["pk"]: row["n"] for row in counted}


_SHOWN = ("participant_id", "visit", "exam_kind", "state", "opens_on", "closes_on", "booked_on", "reason", "changed_at")  # fmt: skip


def slot_facts(member: Membership, rows: QuerySet[Slot]) -> list[SlotFact]:
    """Slots with their newest exam and open queries, in three queries however many there are."""
    exams, queries = _exams(member, rows), _queries(member, rows)
    ordered = rows.order_by("participant_id", "opens_on", "exam_kind").only(*_SHOWN)
    return [
        SlotFact(
            pk=row.pk, participant=row.participant_id, visit=row.visit, exam_kind=row.exam_kind, state=row.state,
            opens_on=row.opens_on, closes_on=row.closes_on, booked_on=row.booked_on, reason=row.reason,
            changed_at=row.changed_at, exam=exams.get(row.pk), queries=queries.get(row.pk, 0),
        )
        for row in ordered
    ]  # fmt: skip


def with_slots(member: Membership) -> list[ParticipantFact]:
    """All participants that a person may see, with their slots."""
    of: dict[int, list[SlotFact]] = {}
    for fact in slot_facts(member, slots(member)):
        of.setdefault(fact.participant, []).append(fact)
    rows = participants(member).values_list(
        "pk", "code", "site__code", "site__name", "status"
    )
    return [
        ParticipantFact(
            pk=pk, code=code, site=site, site_name=name, status=status, slots=tuple(of.get(pk, ())),
        )
        for pk, code, site, name, status in rows
    ]  # fmt: skip


def sites(member: Membership) -> list[tuple[str, str]]:
    """The sites of the participants that a person may see, as code and name."""
    found = (
        participants(member)
        .order_by("site__code")
        .values_list("site__code", "site__name")
    )
    return list(found.distinct())


def late(member: Membership, today: date, verb: str = "see") -> QuerySet[Slot]:
    """Exams past their window that have not come and that nobody has explained."""
    rows = scoped(
        member,
        Thing.SLOT,
        Slot.objects.select_related("participant__site__study"),
        verb,
    )
    return rows.filter(
        state__in=["expected", "booked"],
        participant__status="active",
        closes_on__lt=today,
    ).order_by("participant__site__code", "closes_on")


def last_asked(member: Membership) -> datetime | None:
    """When the member's site was last asked for late exams."""
    if not member.site:
        return None
    asked = events_for(member).filter(action="slot.asked_for", thing_id=member.site)
    return asked.values_list("at", flat=True).first()


def site_of(member: Membership, code: str):
    """A site of the study by its code, or None."""
    return member.study.sites.filter(code=code).first()


def open_sites(member: Membership) -> list[tuple[str, str]]:
    """The sites that may enrol, as code and name: a site's member sees only their own."""
    rows = member.study.sites.filter(activated_at__isnull=False)
    if member.site:
        rows = rows.filter(code=member.site)
    return list(rows.values_list("code", "name"))
