"""Closed flows: what waits for them, and letting images pass with a reason."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import site_choices
from provident.web.planning import actions, forms, selectors
from provident.web.planning.flows import closed_for
from provident.web.planning.views.steps import attempt, sent


@require_http_methods(["GET", "POST"])
def flows(request: MemberRequest, study: str) -> HttpResponse:
    """Which flow is closed and why, what waits; the trial manager lets images pass until a day."""
    by = request.membership
    check(by, "load" if request.method == "POST" else "see", Thing.PLAN)
    closed = closed_for(by.study, clock().now().date())
    form = forms.LetPassForm(sent(request))
    act = partial(actions.let_pass, flow=closed.flow if closed else "", by=by, clock=clock())  # fmt: skip
    if request.method == "POST" and attempt(form, act):
        messages.success(request, "Images pass until the day you chose; what waits at the gateways goes by itself.")  # fmt: skip
        return redirect("planning:flows", study=study)
    context = {
        "closed": closed,
        "held": list(selectors.held_transfers(by)) if can(by, "see", Thing.TRANSFER) else [],
        "names": dict(site_choices(by)),
        "exceptions": list(selectors.exceptions(by)),
        "today": clock().now().date(),
        "form": form,
        "may_pass": can(by, "load", Thing.PLAN),
    }  # fmt: skip
    return render(request, "planning/flows.jinja", context, status=422 if form.errors else 200)  # fmt: skip


@require_POST
def close(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Close a flow again before the day."""
    by = request.membership
    row = selectors.exception(by, pk)
    actions.end_exception(exception=row, by=by, clock=clock())
    messages.success(request, "Images no longer pass over this flow.")
    return redirect("planning:flows", study=study)
