"""The ledger: who did what to this thing, filtered, exported, printed, verified."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from provident.web.ledger import selectors
from provident.web.ledger.presenters import EventLine, event_line
from provident.web.ledger.words import said
from provident.web.people.access import Scope, Thing, check
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.ui.tables import address_of, csv_answer


FILTERS = ("thing", "thing_id", "participant", "actor", "action")
HEADER = ("Number", "Time (UTC)", "Who", "Role", "What", "Thing", "Id", "Participant", "Site", "Why", "Changes", "Hash")  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _filtered(rows: QuerySet, asked: dict[str, str]) -> QuerySet:
    for name in FILTERS:
        if asked.get(name):
            rows = rows.filter(**{name: asked[name].strip()})
    start, end = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if start:
        rows = rows.filter(at__gte=datetime.combine(start, time(), UTC))
    if end:
        rows = rows.filter(
            at__lt=datetime.combine(end, time(), UTC) + timedelta(days=1)
        )
    return rows


def _cells(line: EventLine) -> tuple[object, ...]:
    changes = "; ".join(
        f"{c.field}: hidden" if c.hidden else f"{c.field}: {c.old} -> {c.new}"
        for c in line.changes
    )
    return (
        line.number, f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", line.actor, line.role, line.words, line.thing,
        line.thing_id, line.participant, line.site, line.reason, changes, line.hash,
    )  # fmt: skip


def _pages(page: Page, asked: dict[str, str]) -> dict[str, str]:
    return {
        "earlier": address_of(asked, page=page.next_page_number()) if page.has_next() else "",
        "later": address_of(asked, page=page.previous_page_number()) if page.has_previous() else "",
        "csv": address_of(asked, format="csv", page=None),
    }  # fmt: skip


def _context(request: MemberRequest) -> dict:
    member, asked = request.membership, request.GET.dict()
    everything = events_for(member)
    rows = _filtered(everything, asked)
    page = Paginator(rows, 50).get_page(asked.get("page"))
    shown = shows(member)
    actions = sorted(set(everything.order_by().values_list("action", flat=True)))
    return {
        "lines": [event_line(e, shown) for e in page],
        "page": page,
        "asked": asked,
        "links": _pages(page, asked),
        "actions": [("", "everything"), *((a, said(a)) for a in actions)],
        "things": [("", "every thing"), *((t, t.replace("_", " ")) for t in sorted(set(everything.order_by().values_list("thing", flat=True))))],
        "whole": check(member, "see", Thing.EVENT).scope is Scope.STUDY,
        "head": selectors.head(member.study.slug),
    }  # fmt: skip


@require_GET
def page(request: MemberRequest, study: str) -> HttpResponse:
    """The events of the study that this person may know of, newest first."""
    if request.GET.get("format") == "csv":
        shown, rows = (
            shows(request.membership),
            _filtered(events_for(request.membership), request.GET.dict()),
        )
        lines = (event_line(e, shown) for e in rows.iterator(chunk_size=500))
        return csv_answer(f"{study}-ledger", HEADER, (_cells(line) for line in lines))
    return render(request, "ledger/page.jinja", _context(request))


@require_POST
def verify(request: MemberRequest, study: str) -> HttpResponse:
    """Walk the whole chain and say whether it holds."""
    check(request.membership, "see", Thing.EVENT)
    faults = [f for _, f in zip(range(50), selectors.faults(study), strict=False)]
    context = {**_context(request), "verified": True, "faults": faults}
    return render(request, "ledger/page.jinja", context)
