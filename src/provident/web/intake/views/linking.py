"""The page where a site links hospital numbers to a participant: they go to the site's own gateway and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from provident.kernel import ProvidentError
from provident.web.intake import actions, selectors
from provident.web.intake.forms import LinkForm, UnlinkForm
from provident.web.ledger.clock import clock
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


@never_cache
@sensitive_post_parameters("number", "issuer")
@require_http_methods(["GET", "POST"])
def numbers(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """Which numbers are linked, each by its last two signs, and a form to link one more."""
    row = selectors.participant(request.membership, code, "link")
    form = LinkForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, form)

    def link() -> str:
        made = actions.link_number(
            participant=row, **form.cleaned_data, by=actor(request.membership), clock=clock()
        )  # fmt: skip
        return f"The number is linked to {code}. Its images go on by themselves." if made else f"That number was linked to {code} before."  # fmt: skip

    return _done(request, row, form, link)


@never_cache
@require_POST
def look(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """The numbers in full, for the site's own people; recorded at the gateway and here."""
    by = request.membership
    row = selectors.participant(by, code, "link")
    shown = actions.look_at_numbers(participant=row, by=actor(by), clock=clock())
    return _page(request, row, LinkForm(), shown=shown)


@never_cache
@require_POST
def undo(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """Undo a wrong link."""
    row = selectors.participant(request.membership, code, "link")
    form = UnlinkForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)

    def unlink() -> str:
        actions.unlink_number(
            participant=row, **form.cleaned_data, by=actor(request.membership), clock=clock()
        )  # fmt: skip
        return "The link is undone. New images of that number wait in quarantine."

    return _done(request, row, form, unlink)


def _done(
    request: MemberRequest,
    row: selectors.Participant,
    form: Any,
    act: Callable[[], str],
) -> HttpResponse:
    """Do it and say so, or show the page again with the reason why not."""
    try:
        messages.success(request, act())
    except ProvidentError as error:
        form.add_error(None, str(error))
        return _page(request, row, form)
    return redirect("intake:link", study=row.study.slug, code=row.code)


def _page(
    request: MemberRequest, row: selectors.Participant, form: Any, shown: Any = None
) -> HttpResponse:
    gateway = selectors.gateway_at(row.site)
    # What the site's images named before is what they will name again.
    usual = next(iter(gateway.crosswalk.issuers()), "")
    context = {
        "code": row.code,
        "form": form
        if form.is_bound and isinstance(form, LinkForm)
        else LinkForm(initial={"issuer": usual}),
        "problems": form,
        "links": gateway.crosswalk.links_of(row.code) if shown is None else shown,
        "in_full": shown is not None,
        "sent": selectors.exams_of(row),
        "active": row.status == "active",
    }
    return render(
        request, "intake/link.jinja", context, status=422 if form.errors else 200
    )
