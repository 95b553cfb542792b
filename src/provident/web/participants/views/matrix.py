"""The matrix and the page of a slot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import groupby

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import Clock, ProvidentError
from provident.web.ledger.clock import clock
from provident.web.ledger.presenters import event_line
from provident.web.participants import actions, presenters, selectors
from provident.web.participants.forms import BookForm, NotDoneForm
from provident.web.people.access import Thing, can, check
from provident.web.people.actions import actor
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import Membership
from provident.web.planning.acknowledging import require_acknowledged
from provident.web.studies.plans import plan_in_force
from provident.web.ui.tables import address_of, csv_answer


STATES = [
    ("", "any state"), ("needs", "needs someone"), ("late", "past its window"), ("stopped", "stopped"),
    ("moving", "moving"), ("expected", "expected"), ("accepted", "accepted"), ("final", "read or final"),
]  # fmt: skip
AGES = [("", "any age"), ("2", "more than 2 d"), ("7", "more than 7 d"), ("28", "more than 28 d")]  # fmt: skip


@require_GET
def matrix(request: MemberRequest, study: str) -> HttpResponse:
    """Participants down, visits across."""
    member, asked = request.membership, request.GET.dict()
    of = plan_in_force(member.study)
    everybody = selectors.with_slots(member)
    shown = presenters.matrix(everybody, of, clock().now().date(), asked)
    if asked.get("format") == "csv":
        return csv_answer(f"{study}-matrix", *presenters.matrix_csv(shown))
    context = {
        "matrix": shown,
        "asked": asked,
        "filtered": any(asked.get(k) for k in ("site", "state", "age")),
        "sites": [("", "all sites"), *selectors.sites(member)],
        "states": STATES,
        "ages": AGES,
        "csv": address_of(asked, format="csv"),
        "may_enrol": can(member, "enrol", Thing.PARTICIPANT),
        "may_remind": can(member, "remind", Thing.SLOT),
    }
    return render(request, "participants/matrix.jinja", context)


def _history(request: MemberRequest, pk: int) -> list:
    if not can(request.membership, "see", Thing.EVENT):
        return []
    shown = shows(request.membership)
    rows = events_for(request.membership).filter(thing="slot", thing_id=str(pk))
    return [event_line(e, shown) for e in rows[:50]]


def _slot_page(
    request: MemberRequest,
    pk: int,
    book: BookForm | None = None,
    undone: NotDoneForm | None = None,
) -> HttpResponse:
    member = request.membership
    row = selectors.slot(member, pk)
    of = plan_in_force(member.study)
    fact = selectors.slot_facts(member, selectors.slots(member).filter(pk=pk))[0]
    context = {
        "slot": presenters.slot_page(row, fact, of, clock().now().date()),
        "book_form": book or BookForm(initial={"on": row.booked_on}),
        "undone_form": undone or NotDoneForm(of=of),
        "may_book": can(member, "book", Thing.SLOT),
        "history": _history(request, pk),
    }
    failed = any(f is not None and f.errors for f in (book, undone))
    return render(
        request, "participants/slot.jinja", context, status=422 if failed else 200
    )


@require_http_methods(["GET", "POST"])
def ask(request: MemberRequest, study: str) -> HttpResponse:
    """Ask the sites for the exams past their window, saying first for which."""
    member = request.membership
    rows = selectors.late(member, clock().now().date(), "remind")
    by_site = [
        (site, list(late))
        for site, late in groupby(rows, key=lambda s: s.participant.site)
    ]
    if request.method == "POST":
        chosen = [
            (site, late)
            for site, late in by_site
            if site.code in request.POST.getlist("site")
        ]
        for site, late in chosen:
            actions.ask_for_late(site=site, slots=late, by=actor(member), clock=clock())
        names = ", ".join(site.name for site, _ in chosen)
        messages.success(
            request,
            f"{names}: asked. It is on their home page."
            if chosen
            else "Nobody was asked.",
        )
        return redirect("participants:matrix", study=study)
    context = {
        "sites": presenters.late_lines(
            by_site, plan_in_force(member.study), clock().now().date()
        )
    }
    return render(request, "participants/ask.jinja", context)


def _done(
    request: MemberRequest, form: Form, field: str, act: Callable[..., object]
) -> bool:
    """Do it with what the form says; a refusal stands at the field."""
    if not form.is_valid():
        return False
    try:
        act(by=actor(request.membership), clock=clock(), **form.cleaned_data)
    except ProvidentError as error:
        form.add_error(field, str(error))
        return False
    return True


def _book(member: Membership, slot, *, on: date, by, clock: Clock):
    """Book, once the person has acknowledged what the plan demands."""
    require_acknowledged(member, "booking", clock.now().date())
    return actions.book(slot=slot, on=on, by=by, clock=clock)


@require_http_methods(["GET", "POST"])
def slot(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One slot: book it, or say why it was not done."""
    if request.method == "GET":
        return _slot_page(request, pk)
    member = request.membership
    check(member, "book", Thing.SLOT)
    row, of = selectors.slot(member, pk, "book"), plan_in_force(member.study)
    if request.POST.get("do") == "not_done":
        undone = NotDoneForm(request.POST, of=of)
        if _done(request, undone, "reason", partial(actions.not_done, slot=row)):
            messages.success(request, "It is recorded that the exam was not done.")
            return redirect("participants:slot", study=study, pk=pk)
        return _slot_page(request, pk, undone=undone)
    book = BookForm(request.POST)
    if _done(request, book, "on", partial(_book, member, row)):
        messages.success(request, "The exam is booked.")
        return redirect("participants:slot", study=study, pk=pk)
    return _slot_page(request, pk, book=book)
