"""What waits for a person among participants and slots, and the figures of recruitment and arrival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse

from provident.web.participants.cells import IN
from provident.web.participants.selectors import (
    Membership,
    last_asked,
    late,
    participants,
    slots,
)
from provident.web.people.access import Thing, can
from provident.web.studies.plans import plan_in_force
from provident.web.ui.numbers import plural
from provident.web.ui.times import relative
from provident.web.ui.waits import Figure, Wait


STEPS = 8  # points of a trend
STILL_BOOKABLE = timedelta(days=7)


def waits(membership: Membership, now: datetime) -> list[Wait]:
    """Exams past their window, and windows that close within a week with nothing booked."""
    if not (
        can(membership, "book", Thing.SLOT) or can(membership, "remind", Thing.SLOT)
    ):
        return []
    today = now.date()
    rows = late(membership, today)
    closing = slots(membership).filter(
        state="expected", participant__status="active", opens_on__lte=today, closes_on__gte=today,
        closes_on__lte=today + STILL_BOOKABLE,
    )  # fmt: skip
    asked = last_asked(membership)
    words = f"asked for {relative(asked, now)}; " if asked else ""
    oldest = rows.order_by("closes_on").values_list("closes_on", flat=True).first()
    matrix = reverse("participants:matrix", kwargs={"study": membership.study.slug})
    return [
        Wait(
            place="matrix", count=rows.count(), words="Scans past their window", href=f"{matrix}?state=late",
            detail=f"{words}oldest {(today - oldest).days} d; send them, or say why they were not done" if oldest else "",
            urgency=3,
        ),
        Wait(
            place="matrix", count=closing.count(), words="Windows that close within a week, nothing booked",
            href=f"{matrix}?state=expected", detail="a booked scan is not forgotten", urgency=2,
        ),
    ]  # fmt: skip


def _points(start: date, today: date) -> list[date]:
    length = max((today - start).days, STEPS - 1)
    return [
        start + timedelta(days=round(length * i / (STEPS - 1))) for i in range(STEPS)
    ]


def _by(days: Sequence[date], points: Sequence[date]) -> list[float]:
    return [float(sum(d <= p for d in days)) for p in points]


def _accrual(membership: Membership, now: datetime) -> Figure:
    of = plan_in_force(membership.study)
    joined = [
        at.date()
        for at in participants(membership).values_list("enrolled_at", flat=True)
    ]
    times, target = of.study.milestones, of.study.population.participants
    points = _points(min([times.first_participant, *joined]), now.date())
    whole = max((times.last_participant - times.first_participant).days, 1)
    planned = [target * min(1.0, max(0, (p - times.first_participant).days) / whole) for p in points]  # fmt: skip
    due = round(planned[-1])
    own = bool(membership.site)
    return Figure(
        label="Participants", value=str(len(joined)) if own else f"{len(joined)} / {target}",
        href=reverse("participants:list", kwargs={"study": membership.study.slug}),
        note="at your site" if own else f"plan {due} by now", trend=_by(joined, points),
        target=() if own else planned, bad=not own and len(joined) < 0.9 * due, order=1,
    )  # fmt: skip


def _arrival(membership: Membership, now: datetime) -> Figure:
    today = now.date()
    rows = list(slots(membership).values_list("state", "closes_on", "changed_at"))
    arrived = sorted(at.date() for state, _, at in rows if state in IN)
    missing = sum(
        state in {"expected", "booked"} and closes < today for state, closes, _ in rows
    )
    due = len(arrived) + missing
    points = _points(arrived[0] if arrived else today, today)
    return Figure(
        label="Expected scans in", value=f"{len(arrived)} / {due}",
        href=reverse("participants:matrix", kwargs={"study": membership.study.slug}),
        note=plural(missing, "scan") + " past the window", trend=_by(arrived, points) if arrived else (),
        bad=bool(due) and missing > 0.1 * due, order=2,
    )  # fmt: skip


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """Participants against the target, and how many of the expected scans are in."""
    if not (
        can(membership, "see", Thing.PARTICIPANT) and can(membership, "see", Thing.SLOT)
    ):
        return []
    return [_accrual(membership, now), _arrival(membership, now)]
