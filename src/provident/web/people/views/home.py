"""Home: what waits for me, and the study in a few figures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.ledger.clock import clock
from provident.web.ledger.presenters import EventLine, event_line
from provident.web.people.access import Thing, can
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import Membership
from provident.web.ui.waits import figures


LATELY = 10  # events


def _lately(member: Membership) -> list[EventLine]:
    if not can(member, "see", Thing.EVENT):
        return []
    shown = shows(member)
    return [event_line(e, shown) for e in events_for(member)[:LATELY]]


@require_GET
def home(request: MemberRequest, study: str) -> HttpResponse:
    """The first page of a study."""
    request.session["study"] = study
    context = {
        "study": request.membership.study,
        "lately": _lately(request.membership),
        "figures": figures(request.membership, clock().now()),
    }
    return render(request, "people/home.jinja", context)
