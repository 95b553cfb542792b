"""The review of held images: what de-identification did with each attribute and why. Values are for the site alone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from provident.adapters.gateway import review as looking
from provident.adapters.gateway.schedule import known_schedule
from provident.kernel import InvalidInput
from provident.web.intake import actions, presenters, selectors
from provident.web.intake.forms import ProposalForm
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


@never_cache
@require_POST
def review(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Every attribute with its rule and reason; the values too for people of the site, who are asked to decide."""
    row = selectors.quarantine(request.membership, pk)
    return _page(request, row, _look(request, row))


@never_cache
@sensitive_post_parameters()
@require_POST
def propose(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Lines for the plan of what was approved and marked; shown, never stored."""
    by = request.membership
    row = selectors.quarantine(by, pk, "resolve")
    found = _look(request, row)
    form = ProposalForm(
        request.POST,
        approvable=[pair.reference for _, pair in found.approvable()],
        attributes=[a.keyword for a in found.attributes],
    )
    if not form.is_valid():
        return _page(request, row, found, problem="The images have changed meanwhile. Choose again.")  # fmt: skip
    told = form.cleaned_data
    try:
        lines = looking.proposals(
            selectors.gateway_at(row.site), clock(), found, hold_id=row.reference, approved=told["approved"],
            marked=told["marked"], why=told["why"], by=by.user.username,
        )  # fmt: skip
    except InvalidInput as error:
        return _page(request, row, found, problem=str(error))
    return _page(request, row, found, lines=lines)


@never_cache
@require_GET
def painted(request: MemberRequest, study: str, pk: int, number: int) -> HttpResponse:
    """One held image with a box around what would be painted out."""
    row = selectors.quarantine(request.membership, pk, "resolve")
    png = looking.painted_picture(
        selectors.gateway_at(row.site), clock(), row.reference, number, request.membership.user.username
    )  # fmt: skip
    return HttpResponse(png, content_type="image/png")


def _look(request: MemberRequest, row: selectors.Quarantine) -> looking.Review:
    by = request.membership
    gateway = selectors.gateway_at(row.site)
    schedule = known_schedule(gateway.root)
    found = looking.review(gateway, clock(), schedule, row.reference, by.user.username)
    actions.note_look(quarantine=row, by=actor(by), clock=clock())
    return found if can(by, "resolve", Thing.QUARANTINE) else found.without_values()


def _page(
    request: MemberRequest,
    row: selectors.Quarantine,
    found: looking.Review,
    *,
    lines: tuple[str, str] | None = None,
    problem: str = "",
) -> HttpResponse:
    context = {
        "q": presenters.quarantine_line(row),
        "review": found,
        "rows": [a for a in found.attributes if a.action in ("kept", "changed")],
        "gone": [a for a in found.attributes if a.action not in ("kept", "changed")],
        "may_resolve": can(request.membership, "resolve", Thing.QUARANTINE),
        "lines": lines,
        "problem": problem,
    }
    return render(
        request, "intake/review.jinja", context, status=422 if problem else 200
    )
