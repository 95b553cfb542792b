"""The exam page, and its pictures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from provident.kernel import NotFound
from provident.web.exams import pages, presenters, selectors
from provident.web.exams.measures import image_measures
from provident.web.exams.objects import object_store
from provident.web.ledger.presenters import EventLine, event_line
from provident.web.people.access import Thing, can
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.studies.plans import plan_in_force, plan_of


def _events(request: MemberRequest, pk: int) -> list[EventLine]:
    member = request.membership
    if not can(member, "see", Thing.EVENT):
        return []
    shown = shows(member)
    rows = events_for(member).filter(pages.events_of(pk)).order_by("number")
    return [event_line(e, shown) for e in rows[:40]]


@require_GET
def exam(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One exam: verdict, series, pictures, scanner, queries, what happened."""
    member = request.membership
    row = selectors.exam(member, pk)
    of = plan_of(row.plan) if row.plan else plan_in_force(member.study)
    page = presenters.exam_page(row, of, member)
    past = None
    if page.sees_quality:
        past = presenters.history(
            row, pages.scanner_exams(member, row), pages.scanner_changes(row), of
        )
    context = {
        "exam": page,
        "queries": pages.queries(member, row),
        "history": past,
        "measured": image_measures(row, of) if page.sees_quality else [],
        "on_scanner": pages.scanner_exams(member, row)[::-1]
        if page.sees_quality
        else [],
        "events": _events(request, pk),
        "waivers": presenters.waiver_lines(selectors.waivers(row)),
        "may_waive": can(member, "accept", Thing.EXAM) and row.state == "judged",
        "may_decide": can(member, "accept", Thing.EXAM) and row.state == "judged",
        "may_answer": can(member, "answer", Thing.QUERY),
        "may_ask": can(member, "ask", Thing.QUERY),
    }
    return render(request, "exams/exam.jinja", context)


@require_GET
@cache_control(private=True, max_age=3600)
def picture(request: MemberRequest, study: str, pk: int, series: int) -> HttpResponse:
    """The small picture of a series, for those who may see pictures."""
    key = pages.picture_of(request.membership, pk, series)
    if not key or not object_store().exists(key):
        raise NotFound("There is no picture of this series.")
    return HttpResponse(object_store().read(key), content_type="image/png")
