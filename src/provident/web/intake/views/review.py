"""The review of what a gateway holds back, or has sent: for the people of its site, and without values for others."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from provident.adapters.gateway import groups
from provident.adapters.gateway.review import Review, Ruled
from provident.kernel import InvalidInput, ProvidentError
from provident.web.intake import actions, selectors
from provident.web.intake.forms import MarkForm, RulingForm
from provident.web.intake.reviewing import Look, rerun_act, review_page
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


HOLD, TRANSFER = "hold", "transfer"
CHANGED = "The images have changed meanwhile. Choose again."


@dataclass(frozen=True, slots=True)
class _Desk:
    """A request's look, with the row at the centre that it is about."""

    look: Look
    row: selectors.Quarantine | selectors.Transfer
    base: str
    back: str


def _desk(request: MemberRequest, kind: str, pk: int, *, rules: bool) -> _Desk:
    """The look of a person at held or sent images; `rules`: only for people of the site."""
    by = request.membership
    study = by.study.slug
    sees = can(by, "resolve", Thing.QUARANTINE)
    row: selectors.Quarantine | selectors.Transfer
    if kind == HOLD:
        row = selectors.quarantine(by, pk, "resolve" if rules else "see")
        gateway = selectors.gateway_at(row.site)
        group = groups.of_hold(gateway, row.reference)
        base = reverse("intake:review", kwargs={"study": study, "pk": pk})
        back = reverse("intake:quarantine", kwargs={"study": study})
    else:
        row = selectors.transfer(by, pk, "send" if rules else "see")
        gateway = selectors.gateway_at(row.site)
        group = groups.of_transfer(gateway, row.token)
        base = reverse("intake:review_sent", kwargs={"study": study, "pk": pk})
        back = reverse("intake:transfer", kwargs={"study": study, "pk": pk})
    look = Look(gateway=gateway, clock=clock(), by=by.user.username, group=group, sees_values=sees)  # fmt: skip
    return _Desk(look, row, base, back)


def _reviewed(request: MemberRequest, desk: _Desk) -> Review:
    found = desk.look.review()
    actions.note_review(of=desk.row, by=actor(request.membership), clock=clock())
    return found


def _page(
    request: MemberRequest,
    desk: _Desk,
    found: Review,
    *,
    ruled: Ruled | None = None,
    problem: str = "",
) -> HttpResponse:
    page = review_page(desk.look, found, base=desk.base, back=desk.back, ruled=ruled, problem=problem)  # fmt: skip
    return render(request, "intake/review.jinja", {"page": page}, status=422 if problem else 200)  # fmt: skip


@never_cache
@require_POST
def review(request: MemberRequest, study: str, pk: int, kind: str) -> HttpResponse:
    """Every attribute with its rule and reason; the values too for people of the site, who are asked to decide."""
    desk = _desk(request, kind, pk, rules=False)
    return _page(request, desk, _reviewed(request, desk))


@never_cache
@sensitive_post_parameters()
@require_POST
def rule(request: MemberRequest, study: str, pk: int, kind: str) -> HttpResponse:
    """Approve values for the site, mark attributes to be removed, and, where asked for, run held images again."""
    desk = _desk(request, kind, pk, rules=True)
    found = _reviewed(request, desk)
    form = RulingForm(
        request.POST,
        approvable=[pair.reference for _, pair in found.approvable()],
        attributes=[a.keyword for a in found.attributes],
    )
    if not form.is_valid():
        return _page(request, desk, found, problem=CHANGED)
    told = form.cleaned_data
    try:
        ruled = desk.look.rule(found, told)
        if told["then"] and isinstance(desk.row, selectors.Quarantine):
            actions.decide(
                quarantine=desk.row, act=rerun_act(desk.row.code), reason=told["why"], participant=None,
                by=actor(request.membership), clock=clock(),
            )  # fmt: skip
            messages.success(request, "Decided. The gateway runs the images again within seconds.")  # fmt: skip
            return redirect(desk.back)
    except InvalidInput as error:
        return _page(request, desk, found, problem=str(error))
    return _page(request, desk, found, ruled=ruled)


@never_cache
@require_POST
def mark(request: MemberRequest, study: str, pk: int, kind: str) -> HttpResponse:
    """Mark a region to be painted over."""
    desk = _desk(request, kind, pk, rules=True)
    form = MarkForm(request.POST)
    problem = "" if form.is_valid() else "Draw a region on the picture, or enter its four edges in whole pixels."  # fmt: skip
    if not problem:
        try:
            desk.look.mark(form.cleaned_data)
        except ProvidentError as error:
            problem = str(error)
    return _page(request, desk, _reviewed(request, desk), problem=problem)


@never_cache
@require_POST
def unmark(
    request: MemberRequest, study: str, pk: int, kind: str, region: int
) -> HttpResponse:
    """Take a marked region back."""
    desk = _desk(request, kind, pk, rules=True)
    desk.look.unmark(region)
    return _page(request, desk, _reviewed(request, desk))


@never_cache
@require_GET
def picture(
    request: MemberRequest, study: str, pk: int, kind: str, number: int, which: str
) -> HttpResponse:
    """One image before or after, for people of the site."""
    desk = _desk(request, kind, pk, rules=True)
    return HttpResponse(desk.look.picture(number, which), content_type="image/png")
