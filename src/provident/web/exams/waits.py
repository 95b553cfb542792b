"""The figures of arrival and of compliance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from django.urls import reverse

from provident.web.exams.pages import Exam, Membership
from provident.web.people.access import Field, Thing, can, scoped, visible
from provident.web.ui.figures import in_steps
from provident.web.ui.numbers import NOTHING, percent
from provident.web.ui.waits import Figure


GOOD = {"pass", "warn"}


def _lag(membership: Membership, rows: Sequence[Exam], href: str) -> Figure:
    lags = [
        float((e.first_received_at.date() - e.acquired_on).days)
        for e in rows
        if e.acquired_on
    ]
    groups = [median(g) for g in in_steps(lags)]
    return Figure(
        label="Median lag to arrival", value=f"{median(lags):.1f} d" if lags else NOTHING, href=href,
        note=f"longest {max(lags):.0f} d" if lags else "no scan has come yet", trend=groups, order=3,
    )  # fmt: skip


def _worst_site(first: Sequence[Exam]) -> str:
    sites: dict[str, list[bool]] = {}
    for e in first:
        sites.setdefault(e.participant.site.name, []).append(e.outcome in GOOD)
    if len(sites) < 2:
        return ""
    name, good = min(sites.items(), key=lambda kv: sum(kv[1]) / len(kv[1]))
    return f"{name} {percent(sum(good), len(good))}"


def _compliance(rows: Sequence[Exam], href: str) -> Figure:
    first = [e for e in rows if e.outcome and "repeat" not in e.labels]
    good = [float(e.outcome in GOOD) for e in first]
    trend = [100 * sum(g) / len(g) for g in in_steps(good)]
    return Figure(
        label="First-time compliance", value=percent(int(sum(good)), len(good)), href=href,
        note=_worst_site(first), trend=trend, bad=bool(good) and sum(good) < 0.8 * len(good), order=4,
    )  # fmt: skip


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """Lag from scan to arrival, and the share of exams that follow the manual at the first try."""
    if not can(membership, "see", Thing.EXAM):
        return []
    seen, href = visible(membership, Thing.EXAM), reverse("participants:matrix", kwargs={"study": membership.study.slug})  # fmt: skip
    rows = list(
        scoped(membership, Thing.EXAM, Exam.objects.select_related("participant__site"))
        .only("acquired_on", "first_received_at", "outcome", "labels", "participant__code", "participant__site__name")
        .order_by("first_received_at")
    )  # fmt: skip
    made = [_lag(membership, rows, href)] if Field.DATE in seen else []
    if Field.QUALITY in seen:
        made.append(_compliance(rows, f"{href}?state=needs"))
    return made
