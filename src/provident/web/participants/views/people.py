"""Participants: list, enrolment, page, consent, withdrawal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.ledger.presenters import event_line
from provident.web.participants import actions, presenters, selectors
from provident.web.participants.forms import ConsentForm, EnrolForm, WithdrawForm
from provident.web.people.access import Field, Thing, can, check, visible
from provident.web.people.actions import actor
from provident.web.people.events import events_for, shows
from provident.web.people.requests import MemberRequest
from provident.web.studies.plans import plan_in_force
from provident.web.ui.tables import Column, table, table_csv


COLUMNS = (
    Column(key="code", label="Participant", value=lambda r: r.code),
    Column(key="site", label="Site", value=lambda r: r.site),
    Column(key="status", label="State", value=lambda r: r.status),
    Column(key="needs", label="Needs someone", value=lambda r: r.needs, numeric=True),
    Column(key="in", label="Scans in", value=lambda r: r.arrived, numeric=True),
    Column(key="expected", label="of", value=lambda r: r.expected, numeric=True),
    Column(key="next", label="Next visit", value=lambda r: r.next_visit),
    Column(key="opens", label="Window opens", value=lambda r: r.next_opens),
    Column(key="enrolled", label="Enrolled", value=lambda r: r.enrolled_at),
)


def _today():
    return clock().now().date()


@require_GET
def listing(request: MemberRequest, study: str) -> HttpResponse:
    """All participants that this person may see."""
    member, asked = request.membership, request.GET.dict()
    rows = list(selectors.participants(member))
    dates = Field.DATE in visible(member, Thing.PARTICIPANT)
    lines = presenters.participant_lines(
        rows, selectors.with_slots(member), plan_in_force(member.study), _today(), dates
    )
    if asked.get("site"):
        lines = [line for line in lines if line.site == asked["site"]]
    if asked.get("format") == "csv":
        return table_csv(f"{study}-participants", lines, COLUMNS, asked)
    context = {
        "table": table(lines, COLUMNS, asked),
        "asked": asked,
        "sites": [
            ("", "all sites"),
            *((name, name) for _, name in selectors.sites(member)),
        ],
        "target": plan_in_force(member.study).study.population.participants,
        "may_enrol": can(member, "enrol", Thing.PARTICIPANT),
    }
    return render(request, "participants/list.jinja", context)


@require_http_methods(["GET", "POST"])
def enrol(request: MemberRequest, study: str) -> HttpResponse:
    """Enrol a participant."""
    member = request.membership
    check(member, "enrol", Thing.PARTICIPANT)
    of, sites = plan_in_force(member.study), selectors.open_sites(member)
    form = EnrolForm(
        request.POST if request.method == "POST" else None, sites=sites, of=of
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.enrol(
                site=selectors.site_of(member, form.cleaned_data["site"]), anchor_on=form.cleaned_data["anchor_on"],
                consent=form.answers(), code=form.cleaned_data["code"], by=actor(member), clock=clock(),
            )  # fmt: skip
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{made.code} is enrolled; the exams that the plan expects are laid out.",
            )
            return redirect("participants:participant", study=study, code=made.code)
    context = {"form": form, "sites": sites}
    return render(
        request, "participants/enrol.jinja", context, status=422 if form.errors else 200
    )


@require_GET
def participant(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """One participant: slots, consent, what happened."""
    member = request.membership
    row = selectors.participant(member, code)
    facts = selectors.slot_facts(
        member, selectors.slots(member).filter(participant=row)
    )
    events = []
    if can(member, "see", Thing.EVENT):
        shown = shows(member)
        events = [
            event_line(e, shown)
            for e in events_for(member).filter(participant=code)[:12]
        ]
    context = {
        "p": presenters.participant_page(
            row, facts, plan_in_force(member.study), _today(), member
        ),
        "events": events,
        "dates": Field.DATE in visible(member, Thing.PARTICIPANT),
        "may_withdraw": can(member, "withdraw", Thing.PARTICIPANT)
        and row.status == "active",
        "may_change": can(member, "enrol", Thing.PARTICIPANT)
        and row.status == "active",
    }
    return render(request, "participants/participant.jinja", context)


@require_http_methods(["GET", "POST"])
def consent(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """Change what a participant consents to."""
    member = request.membership
    row, of = selectors.participant(member, code, "enrol"), plan_in_force(member.study)
    form = ConsentForm(
        request.POST if request.method == "POST" else None, of=of, given=row.consent
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_consent(
                participant=row, consent=form.answers(), by=actor(member), clock=clock(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except ProvidentError as error:
            form.add_error("consent", str(error))
        else:
            messages.success(
                request,
                "The consent is changed; exports and shares follow it from now on.",
            )
            return redirect("participants:participant", study=study, code=code)
    context = {"form": form, "code": code}
    return render(
        request,
        "participants/consent.jinja",
        context,
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """Record a withdrawal, saying first what it does."""
    member = request.membership
    row, of = (
        selectors.participant(member, code, "withdraw"),
        plan_in_force(member.study),
    )
    form = WithdrawForm(
        request.POST if request.method == "POST" else None,
        of=of,
        today=_today(),
        initial={"on": _today()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(
                participant=row, by=actor(member), clock=clock(), **form.cleaned_data
            )
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The withdrawal of {code} is recorded.")
            return redirect("participants:participant", study=study, code=code)
    ahead = (
        selectors.slots(member)
        .filter(participant=row, state__in=["expected", "booked"])
        .count()
    )
    context = {"form": form, "code": code, "ahead": ahead}
    return render(
        request,
        "participants/withdraw.jinja",
        context,
        status=422 if form.errors else 200,
    )
