"""Sites and their scanners; the changes that wait are released on the pages of scanners."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import Refused
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest
from provident.web.sites import actions, presenters, selectors
from provident.web.sites.forms import ActivateForm
from provident.web.sites.presenters import standing


@require_GET
def sites(request: MemberRequest, study: str) -> HttpResponse:
    """All sites with their scanners, and the changes that wait."""
    by = request.membership
    context = {
        "sites": presenters.site_lines(selectors.sites(by)),
        "changes": selectors.open_changes(by),
        "may_activate": can(by, "activate", Thing.SITE),
        "may_accept": can(by, "release", Thing.SCANNER),
    }
    return render(request, "sites/sites.jinja", context)


@require_http_methods(["GET", "POST"])
def activate(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """Open a site."""
    by = request.membership
    site = selectors.site(by, code, "activate")
    form = ActivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.activate(site=site, by=actor(by), clock=clock(), **form.cleaned_data)  # fmt: skip
        except Refused as refused:
            form.add_error("waiver", str(refused))
        else:
            messages.success(request, f"{site.name} is open: it may enrol and send.")
            return redirect("sites:list", study=study)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "site": site, "test": standing(site)}
    return render(request, "sites/activate.jinja", context, status=status)
