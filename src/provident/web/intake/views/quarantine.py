"""Pages of what gateways hold back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from provident.adapters.gateway import faces, holding
from provident.kernel import NotFound, ProvidentError
from provident.web.intake import actions, presenters, selectors
from provident.web.intake.builtin import built_in
from provident.web.intake.forms import DecisionForm
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


@require_GET
def quarantine(request: MemberRequest, study: str) -> HttpResponse:
    """Everything that is held back, and what was decided."""
    return _quarantine(request)


def _quarantine(
    request: MemberRequest,
    form: DecisionForm | None = None,
    about: int | None = None,
    seen: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = request.membership
    rows = selectors.quarantines(by)
    waiting = [q for q in rows if q.state == "open"]
    page = Paginator([q for q in rows if q.state != "open"], 30).get_page(request.GET.get("page"))  # fmt: skip
    may_resolve = can(by, "resolve", Thing.QUARANTINE)
    codes = {}
    if may_resolve:
        codes = {
            site: [p.code for p in selectors.participants_of_site(by, site)]
            for site in {q.site_id for q in waiting}
        }
    context = {
        "held": [(presenters.quarantine_line(q), codes.get(q.site_id, [])) for q in waiting],
        "decided": presenters.quarantine_lines(page),
        "pages": presenters.pages(page, request.GET.dict()),
        "may_resolve": may_resolve,
        "form": form,
        "about": about,
        "seen": seen,
    }  # fmt: skip
    return render(request, "intake/quarantine.jinja", context, status=status)


@require_POST
def decide(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Link, try again or discard."""
    by = request.membership
    row = selectors.quarantine(by, pk, "resolve")
    participants = selectors.participants_of_site(by, row.site_id)
    form = DecisionForm(request.POST, participants=[p.code for p in participants])
    if form.is_valid():
        told = form.cleaned_data
        chosen = next((p for p in participants if p.code == told["participant"]), None)
        try:
            actions.decide(
                quarantine=row, act=told["act"], reason=told["reason"], participant=chosen, by=actor(by),
                clock=clock(),
            )  # fmt: skip
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Decided. The gateway carries it out within seconds.")  # fmt: skip
            return redirect("intake:quarantine", study=study)
    return _quarantine(request, form, pk, status=422)


@never_cache
@require_POST
def look(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Whose images these are, for the site's own people: shown once, from the gateway, stored nowhere else."""
    by = request.membership
    row = selectors.quarantine(by, pk, "resolve")
    gateway = built_in(row.site)
    if gateway is None:
        raise NotFound("Your site's gateway is another machine; look at the images there.")  # fmt: skip
    actions.note_look(quarantine=row, by=actor(by), clock=clock())
    seen = holding.look(gateway, clock(), row.reference, by.user.username)
    why = faces.words_of_hold(gateway, row.reference)
    seen |= {"Face": " ".join(why)} if why else {}
    return _quarantine(request, None, pk, seen)


@never_cache
@require_GET
def picture(request: MemberRequest, study: str, pk: int, number: int) -> HttpResponse:
    """One held image from the gateway, for the site's own people."""
    row = selectors.quarantine(request.membership, pk, "resolve")
    gateway = built_in(row.site)
    if gateway is None:
        raise NotFound("Your site's gateway is another machine; look at the images there.")  # fmt: skip
    by = request.membership.user.username
    png = holding.picture(gateway, clock(), row.reference, number, by)
    return HttpResponse(png, content_type="image/png")


@never_cache
@require_GET
def face(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """The head of held images before and after its face was removed, from the gateway, for the site's own people."""
    row = selectors.quarantine(request.membership, pk, "resolve")
    gateway = built_in(row.site)
    if gateway is None:
        raise NotFound("Your site's gateway is another machine; look at the images there.")  # fmt: skip
    by = request.membership.user.username
    png = faces.picture_of_hold(gateway, clock(), row.reference, by)
    return HttpResponse(png, content_type="image/png")
