"""Linking hospital numbers to participants on the gateway's own screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.adapters.gateway import linking
from provident.adapters.gateway.site import SiteGateway
from provident.kernel import NotFound, ProvidentError
from provident.web.intake.forms import LinkForm, UnlinkForm
from provident.web.intake.station.entry import clock
from provident.web.intake.station.places import gateway_named, participants_of
from provident.web.intake.station.views import who


@require_GET
def choose(request: HttpRequest, gateway: str) -> HttpResponse:
    """Whose hospital number is to be linked."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    lines = [(code, len(found.crosswalk.links_of(code))) for code in participants_of(found)]  # fmt: skip
    return render(request, "intake/station/choose.jinja", {"gateway": gateway, "lines": lines})  # fmt: skip


def _of(gateway: str, code: str) -> SiteGateway:
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    if code not in participants_of(found):
        raise NotFound("Nobody with that trial number is enrolled at this site.")
    return found


@sensitive_post_parameters("number", "issuer")
@require_http_methods(["GET", "POST"])
def numbers(request: HttpRequest, gateway: str, code: str) -> HttpResponse:
    """Which numbers are linked, each by its last two signs, and a form to link one more."""
    found = _of(gateway, code)
    form = LinkForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, code, form)

    def link() -> str:
        made = linking.link_number(
            found, clock(), code, form.cleaned_data["number"], issuer=form.cleaned_data["issuer"], by=who(request),
            trial_numbers=participants_of(found),
        )  # fmt: skip
        found.knock()
        return f"The number is linked to {code}. Its images go on by themselves." if made else f"That number was linked to {code} before."  # fmt: skip

    return _done(request, found, code, form, link)


@require_POST
def look(request: HttpRequest, gateway: str, code: str) -> HttpResponse:
    """The numbers in full; recorded."""
    found = _of(gateway, code)
    shown = linking.links_seen(found, clock(), code, who(request))
    return _page(request, found, code, LinkForm(), shown=shown)


@require_POST
def undo(request: HttpRequest, gateway: str, code: str) -> HttpResponse:
    """Undo a wrong link."""
    found = _of(gateway, code)
    form = UnlinkForm(request.POST)
    if not form.is_valid():
        return _page(request, found, code, form)

    def unlink() -> str:
        told = form.cleaned_data
        linking.unlink_number(found, clock(), code, told["reference"], by=who(request), reason=told["reason"])  # fmt: skip
        return "The link is undone. New images of that number wait here."

    return _done(request, found, code, form, unlink)


def _done(
    request: HttpRequest,
    found: SiteGateway,
    code: str,
    form: Any,
    act: Callable[[], str],
) -> HttpResponse:
    """Do it and say so, or show the page again with the reason why not."""
    try:
        messages.success(request, act())
    except ProvidentError as error:
        form.add_error(None, str(error))
        return _page(request, found, code, form)
    return redirect("numbers", gateway=found.root.name, code=code)


def _page(
    request: HttpRequest, found: SiteGateway, code: str, form: Any, shown: Any = None
) -> HttpResponse:
    usual = next(iter(found.crosswalk.issuers()), "")
    bound = form.is_bound and isinstance(form, LinkForm)
    context = {
        "gateway": found.root.name,
        "code": code,
        "form": form if bound else LinkForm(initial={"issuer": usual}),
        "problems": form,
        "links": found.crosswalk.links_of(code) if shown is None else shown,
        "in_full": shown is not None,
    }
    status = 422 if form.errors else 200
    return render(request, "intake/station/numbers.jinja", context, status=status)
