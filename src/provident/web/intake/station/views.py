"""Pages of the gateway's own screen. Every look and decision is in the gateway's ledger under the name of the link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.adapters.gateway import groups, holding, wording
from provident.adapters.gateway.holding import Decision, decide_here
from provident.adapters.gateway.review import Review, Ruled
from provident.adapters.gateway.schedule import known_schedule
from provident.adapters.gateway.site import SiteGateway, gateways_in
from provident.kernel import InvalidInput, ProvidentError
from provident.web.intake.forms import DecisionForm, MarkForm, RulingForm, WordsForm
from provident.web.intake.reviewing import (
    Look,
    WordsPage,
    rerun_act,
    review_page,
    word_list,
)
from provident.web.intake.station.entry import clock
from provident.web.intake.station.links import take_link
from provident.web.intake.station.places import gateway_named, participants_of, place


CHANGED = "The images have changed meanwhile. Choose again."


def who(request: HttpRequest) -> str:
    """Under which name looks and decisions are recorded."""
    return str(request.session["by"])


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by a link. Opening it asks once more, so that nothing that fetches links ahead uses it up."""
    if request.method == "GET":
        return render(request, "intake/station/enter.jinja")
    name = take_link(settings.DATA_DIRECTORY, token, clock())
    if name is None:
        return render(request, "intake/station/closed.jinja", {"used": True}, status=401)  # fmt: skip
    request.session.cycle_key()
    request.session["by"] = name
    for gateway in gateways_in(settings.DATA_DIRECTORY):
        gateway.ledger.record(clock(), name, "review.entered")
    return redirect("home")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return redirect("home")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits at the gateways of this machine, and what was sent lately."""
    return _home(request)


def _home(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    places = [place(gateway) for gateway in gateways_in(settings.DATA_DIRECTORY)]
    return render(request, "intake/station/home.jinja", {"places": places, **more}, status=status)  # fmt: skip


@require_POST
def look(request: HttpRequest, gateway: str, reference: str) -> HttpResponse:
    """Whose images these say they are; recorded."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    seen = holding.look(found, clock(), reference, who(request))
    return _home(request, seen=seen, about=reference)


@require_POST
def decide(request: HttpRequest, gateway: str, reference: str) -> HttpResponse:
    """Link, try again or discard; the centre is told afterwards."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    codes = participants_of(found)
    form = DecisionForm(request.POST, participants=codes)
    if form.is_valid():
        told = form.cleaned_data
        decision = Decision(hold=reference, act=told["act"], by=who(request), reason=told["reason"], participant=told["participant"])  # fmt: skip
        try:
            decide_here(found, clock(), decision, codes)
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Done. What goes on is de-identified and sent within seconds.")  # fmt: skip
            return redirect("home")
    return _home(request, 422, form=form, about=reference)


# The review


def _look(request: HttpRequest, gateway: str, kind: str, reference: str) -> Look:
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    group = groups.of_hold(found, reference) if kind == "hold" else groups.of_transfer(found, reference)  # fmt: skip
    return Look(gateway=found, clock=clock(), by=who(request), group=group, sees_values=True)  # fmt: skip


def _page(
    request: HttpRequest,
    look: Look,
    found: Review,
    *,
    ruled: Ruled | None = None,
    problem: str = "",
) -> HttpResponse:
    named = {"gateway": look.gateway.root.name, "reference": look.group.reference}
    base = reverse(f"review_{look.group.kind}", kwargs=named)
    page = review_page(look, found, base=base, back=reverse("home"), ruled=ruled, problem=problem)  # fmt: skip
    return render(request, "intake/station/review.jinja", {"page": page}, status=422 if problem else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
def review(
    request: HttpRequest, gateway: str, kind: str, reference: str
) -> HttpResponse:
    """Every attribute before and after, with the rule and the reason."""
    look = _look(request, gateway, kind, reference)
    return _page(request, look, look.review())


@sensitive_post_parameters()
@require_POST
def rule(request: HttpRequest, gateway: str, kind: str, reference: str) -> HttpResponse:
    """Approve values, mark attributes to be removed, and, where asked for, run held images again."""
    look = _look(request, gateway, kind, reference)
    found = look.review()
    form = RulingForm(
        request.POST,
        approvable=[pair.reference for _, pair in found.approvable()],
        attributes=[a.keyword for a in found.attributes],
    )
    if not form.is_valid():
        return _page(request, look, found, problem=CHANGED)
    told = form.cleaned_data
    try:
        ruled = look.rule(found, told)
        if told["then"] and look.group.waits:
            again = Decision(hold=reference, act=rerun_act(look.group.code), by=who(request), reason=told["why"])  # fmt: skip
            decide_here(look.gateway, clock(), again, ())
            messages.success(request, "Decided. The images are run again within seconds.")  # fmt: skip
            return redirect("home")
    except ProvidentError as error:
        return _page(request, look, found, problem=str(error))
    return _page(request, look, found, ruled=ruled)


@require_POST
def mark(request: HttpRequest, gateway: str, kind: str, reference: str) -> HttpResponse:
    """Mark a region to be painted over."""
    look = _look(request, gateway, kind, reference)
    form = MarkForm(request.POST)
    problem = "" if form.is_valid() else "Draw a region on the picture, or enter its four edges in whole pixels."  # fmt: skip
    if not problem:
        try:
            look.mark(form.cleaned_data)
        except ProvidentError as error:
            problem = str(error)
    return _page(request, look, look.review(), problem=problem)


@require_POST
def unmark(
    request: HttpRequest, gateway: str, kind: str, reference: str, region: int
) -> HttpResponse:
    """Take a marked region back."""
    look = _look(request, gateway, kind, reference)
    look.unmark(region)
    return _page(request, look, look.review())


@require_GET
def picture(
    request: HttpRequest, gateway: str, kind: str, reference: str, number: int, which: str
) -> HttpResponse:  # fmt: skip
    """One image before or after."""
    png = _look(request, gateway, kind, reference).picture(number, which)
    return HttpResponse(png, content_type="image/png")


# Words


def _words(
    request: HttpRequest, found: SiteGateway, page: WordsPage | None, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "base": reverse("words", kwargs={"gateway": found.root.name}),
        "approved": found.rulings.approved() if page else [],
        "proposed": wording.proposed(found, known_schedule(found.root)) if page else "",
    }
    return render(request, "intake/station/words.jinja", context, status=status)


def _words_page(
    request: HttpRequest, found: SiteGateway, scope: str, *, lines: str = "", problem: str = ""
) -> WordsPage:  # fmt: skip
    return WordsPage(
        scope=scope, base=reverse("words", kwargs={"gateway": found.root.name}), back=reverse("home"),
        words=word_list(found, clock(), scope, who(request)), lines=lines, problem=problem,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, gateway: str) -> HttpResponse:
    """The unique values that stay in text, of what waits or of what was sent."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    if request.method == "GET":
        return _words(request, found, None)
    return _words(request, found, _words_page(request, found, request.POST.get("of", "waiting")))  # fmt: skip


@sensitive_post_parameters()
@require_POST
def approve_words(request: HttpRequest, gateway: str) -> HttpResponse:
    """Approve values for the site."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    scope = request.POST.get("of", "waiting")
    listed = word_list(found, clock(), scope, who(request))
    form = WordsForm(request.POST, approvable=[w.reference for w in listed.waiting()])
    lines = problem = ""
    if form.is_valid():
        told = form.cleaned_data
        try:
            lines = wording.approve(found, clock(), listed, told["approved"], why=told["why"], by=who(request))  # fmt: skip
        except InvalidInput as error:
            problem = str(error)
    else:
        problem = CHANGED
    page = _words_page(request, found, scope, lines=lines, problem=problem)
    return _words(request, found, page, 422 if problem else 200)


@require_POST
def withdraw_word(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take an approval back."""
    found = gateway_named(settings.DATA_DIRECTORY, gateway)
    told = request.POST
    wording.withdraw(found, clock(), told.get("reference", ""), why=told.get("why", ""), by=who(request))  # fmt: skip
    messages.success(request, "Taken back: images that come from now on wait again.")
    return redirect("words", gateway=gateway)
