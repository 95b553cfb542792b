"""The list of unique values that stay in text: looked at once by the people of a site, not once a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from provident.adapters.gateway import wording
from provident.adapters.gateway.schedule import known_schedule
from provident.adapters.gateway.site import SiteGateway
from provident.kernel import InvalidInput
from provident.web.intake import actions, selectors
from provident.web.intake.forms import WordsForm
from provident.web.intake.reviewing import WordsPage, word_list
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


def _gateway(request: MemberRequest) -> SiteGateway:
    check(request.membership, "resolve", Thing.QUARANTINE)
    return selectors.gateway_at(selectors.own_site(request.membership))


def _page(
    request: MemberRequest,
    gateway: SiteGateway,
    page: WordsPage | None,
    problem: str = "",
) -> HttpResponse:
    context = {
        "page": page,
        "base": reverse("intake:words", kwargs={"study": request.membership.study.slug}),
        "approved": gateway.rulings.approved() if page else [],
        "approvals": len(gateway.rulings.approved()),
        "proposed": wording.proposed(gateway, known_schedule(gateway.root)) if page else "",
    }  # fmt: skip
    return render(request, "intake/words.jinja", context, status=422 if problem else 200)  # fmt: skip


def _looked(request: MemberRequest, gateway: SiteGateway, scope: str) -> wording.WordList:  # fmt: skip
    by = request.membership
    found = word_list(gateway, clock(), scope, by.user.username)
    actions.note_words(site=selectors.own_site(by), by=actor(by), clock=clock())
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def words(request: MemberRequest, study: str) -> HttpResponse:
    """What may be looked at; by POST the values themselves, which is recorded."""
    gateway = _gateway(request)
    if request.method == "GET":
        return _page(request, gateway, None)
    scope = request.POST.get("of", "waiting")
    return _page(request, gateway, _words_page(request, _looked(request, gateway, scope), scope))  # fmt: skip


def _words_page(
    request: MemberRequest, found: wording.WordList, scope: str, *, lines: str = "", problem: str = ""
) -> WordsPage:  # fmt: skip
    named = {"study": request.membership.study.slug}
    return WordsPage(
        scope=scope, base=reverse("intake:words", kwargs=named), back=reverse("intake:quarantine", kwargs=named),
        words=found, lines=lines, problem=problem,
    )  # fmt: skip


@never_cache
@sensitive_post_parameters()
@require_POST
def approve(request: MemberRequest, study: str) -> HttpResponse:
    """Approve values for the site; the lines for the plan are shown."""
    gateway = _gateway(request)
    scope = request.POST.get("of", "waiting")
    found = _looked(request, gateway, scope)
    form = WordsForm(request.POST, approvable=[w.reference for w in found.waiting()])
    lines = problem = ""
    if form.is_valid():
        told = form.cleaned_data
        try:
            lines = wording.approve(
                gateway, clock(), found, told["approved"], why=told["why"], by=request.membership.user.username
            )  # fmt: skip
        except InvalidInput as error:
            problem = str(error)
    else:
        problem = "The images have changed meanwhile. Choose again."
    if lines:
        found = _looked(request, gateway, scope)
    return _page(request, gateway, _words_page(request, found, scope, lines=lines, problem=problem), problem)  # fmt: skip


@never_cache
@require_POST
def withdraw(request: MemberRequest, study: str) -> HttpResponse:
    """Take an approval of the site back."""
    gateway = _gateway(request)
    told = request.POST
    wording.withdraw(
        gateway, clock(), told.get("reference", ""), why=told.get("why", ""), by=request.membership.user.username
    )  # fmt: skip
    messages.success(request, "Taken back: images that come from now on wait again.")
    return redirect("intake:words", study=study)
