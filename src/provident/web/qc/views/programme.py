"""The pages of the quality programme: indicators with their limits, corrective and preventive actions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.qc import actions, programme, selectors
from provident.web.qc.forms import (
    AssignForm,
    DoneForm,
    EffectForm,
    NewActionForm,
    ReleaseForm,
)
from provident.web.studies.plans import plan_in_force


FORMS = {"assign": AssignForm, "do": DoneForm, "check": EffectForm}
SAID = {
    "assign": "The action was given to its owner.",
    "do": "What was done is kept; a colleague checks its effect.",
    "check": "The check of the effect is signed.",
}


@require_GET
def indicators(request: MemberRequest, study: str) -> HttpResponse:
    """The plan's indicators by site and scanner, and how far each site's pilot stage is."""
    by = request.membership
    check(by, "see", Thing.REVIEW)
    of = plan_in_force(by.study)
    context = {
        "tables": programme.indicator_tables(by, of),
        "pilots": [selectors.pilot_of(site, of) for site in selectors.sites(by)],
        "may_release": can(by, "accept", Thing.EXAM),
        "triggers": programme.trigger_words(of),
    }
    return render(request, "qc/indicators.jinja", context)


@require_http_methods(["GET", "POST"])
def release(request: MemberRequest, study: str, site: int) -> HttpResponse:
    """Let a site go on from its pilot stage, signed."""
    by = request.membership
    check(by, "accept", Thing.EXAM)
    row = selectors.site_by(by, site)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.release_pilot(site=row, by=by, clock=clock(), **form.cleaned_data)
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.name} goes on; the decision is signed.")
            return redirect("qc:indicators", study=study)
    stage = selectors.pilot_of(row, plan_in_force(by.study))
    status = 422 if request.method == "POST" else 200
    return render(request, "qc/release.jinja", {"form": form, "stage": stage}, status=status)  # fmt: skip


@require_GET
def actions_page(request: MemberRequest, study: str) -> HttpResponse:
    """Corrective and preventive actions, by state."""
    by = request.membership
    state = request.GET.get("state", "")
    rows = selectors.corrective_actions(by, state if state in {"open", "done", "closed"} else "")  # fmt: skip
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "actions": [programme.action_line(a, clock().now().date()) for a in page],
        "state": state,
        "page": page,
        "may_open": can(by, "open", Thing.ACTION),
    }
    return render(request, "qc/actions.jinja", context)


@require_http_methods(["GET", "POST"])
def new_action(request: MemberRequest, study: str) -> HttpResponse:
    """Open an action by hand."""
    by = request.membership
    check(by, "open", Thing.ACTION)
    sites = {s.code: s for s in selectors.sites(by)}
    form = NewActionForm(
        request.POST or None,
        sites=[(s.code, s.name) for s in sites.values()],
        owners=programme.owner_choices(by.study, None, everybody=True),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        owner = selectors.owner(by.study, int(given["owner"])) if given["owner"] else None  # fmt: skip
        try:
            made = actions.open_action(
                study=by.study, kind=given["kind"], what=given["what"], due_on=given["due_on"],
                site=sites.get(given["site"]), owner=owner, by=by, clock=clock(),
            )  # fmt: skip
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is open.")
            return redirect("qc:action", study=study, pk=made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "qc/new_action.jinja", {"form": form}, status=status)


def _forms(
    request: MemberRequest, row: selectors.CorrectiveAction, chosen: str
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for verb, kind in FORMS.items():
        posted = request.POST if verb == chosen else None
        more: dict[str, Any] = {}
        if verb == "assign":
            more["owners"] = programme.owner_choices(row.study, row.site)
            more["initial"] = {"owner": row.owner_id, "due_on": row.due_on}
        made[verb] = kind(posted, **more)
    return made


def _act(
    request: MemberRequest, row: selectors.CorrectiveAction, verb: str, given: dict[str, Any]
) -> None:  # fmt: skip
    by = request.membership
    match verb:
        case "assign":
            owner = selectors.owner(by.study, int(given.pop("owner")))
            actions.assign(action=row, owner=owner, by=by, clock=clock(), **given)
        case "do":
            actions.finish(action=row, by=by, clock=clock(), **given)
        case _:
            given["effective"] = given["effective"] == "yes"
            actions.check_effect(action=row, by=by, clock=clock(), **given)
    messages.success(request, SAID[verb])


@require_http_methods(["GET", "POST"])
def action(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One action: give it to somebody, say what was done, check its effect."""
    by = request.membership
    row = selectors.corrective_action(by, pk)
    verb = request.POST.get("act", "")
    forms = _forms(request, row, verb)
    form = forms.get(verb)
    if form is not None:
        check(by, verb, Thing.ACTION)
    if form is not None and form.is_valid():
        try:
            _act(request, row, verb, dict(form.cleaned_data))
        except ProvidentError as error:
            field = "password" if error.http_status == 403 else None  # a signature
            form.add_error(field, str(error))
        else:
            return redirect("qc:action", study=study, pk=pk)
    context = {
        "action": programme.action_line(row, clock().now().date()),
        "row": row,
        "forms": forms,
        "open_to": {
            "assign": row.state == "open" and can(by, "assign", Thing.ACTION),
            "do": row.state == "open" and can(by, "do", Thing.ACTION),
            "check": row.state == "done" and can(by, "check", Thing.ACTION),
        },
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "qc/action.jinja", context, status=status)
