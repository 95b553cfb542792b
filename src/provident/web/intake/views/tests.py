"""The page of transfer tests: does a site's gateway take out what it must, before the site is opened."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from provident.web.intake import actions, presenters_sites, selectors
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


@require_GET
def tests(request: MemberRequest, study: str) -> HttpResponse:
    """The latest test of each site."""
    by = request.membership
    found = selectors.transfer_tests(by)
    context = {
        "lines": [presenters_sites.latest_line(site, test) for site, test in found],
        "may_ask": can(by, "send", Thing.TRANSFER),
    }
    return render(request, "intake/tests.jinja", context)


@require_POST
def ask(request: MemberRequest, study: str) -> HttpResponse:
    """Ask the site's own gateway for a test."""
    by = request.membership
    check(by, "send", Thing.TRANSFER)
    actions.ask_for_test(site=selectors.own_site(by), by=actor(by), clock=clock())
    messages.success(request, "Asked. The result is here in less than a minute; load the page again.")  # fmt: skip
    return redirect("intake:tests", study=study)
