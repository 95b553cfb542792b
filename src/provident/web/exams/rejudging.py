"""Pages of judging stored exams anew: what a draft of the plan would change, and what is judged by an older version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from provident.web.exams import actions, selectors
from provident.web.exams.effects import effect_page
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest


@require_GET
def rejudging(request: MemberRequest, study: str) -> HttpResponse:
    """The drafts of the plan with what each would change, and exams that an older version judged."""
    by = request.membership
    check(by, "review", Thing.AMENDMENT)
    check(by, "see", Thing.EXAM)
    context = {
        "drafts": selectors.drafts(by),
        "previews": {p.hash: p for p in selectors.previews(by)},
        "undecided": selectors.undecided_by_an_older_plan(
            by, clock().now().date()
        ).count(),
        "may_rejudge": can(by, "load", Thing.PLAN),
    }
    return render(request, "exams/rejudging.jinja", context)


@require_GET
def preview(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """What one draft would change, by site and scanner, with the exams."""
    by = request.membership
    check(by, "see", Thing.EXAM)
    row = selectors.preview(by, pk)
    seen = selectors.exams(by).values_list("pk", "participant__code")
    sites = dict(by.study.sites.values_list("code", "name"))
    if by.site:
        sites = {code: name for code, name in sites.items() if code == by.site}
    page = effect_page(
        row, sites=sites, participants=dict(seen), site=request.GET.get("site", "")
    )
    context = {"page": page, "sites": sorted(sites.items()), "site": request.GET.get("site", "")}  # fmt: skip
    return render(request, "exams/preview.jinja", context)


@require_POST
def ask(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Judge all stored exams by a draft of the plan."""
    by = request.membership
    draft = selectors.draft(by, pk)
    row = actions.ask_for_preview(
        version=draft.version, content=draft.hash, files=draft.files, by=by, clock=clock()
    )  # fmt: skip
    messages.success(request, "The stored exams are being judged. Nothing of them changes.")  # fmt: skip
    return redirect("exams:preview", study=study, pk=row.pk)


@require_POST
def rejudge(request: MemberRequest, study: str) -> HttpResponse:
    """Judge what nobody has decided about by the version in force."""
    by = request.membership
    rows = list(selectors.undecided_by_an_older_plan(by, clock().now().date()))
    number = actions.rejudge(exams=rows, by=by, clock=clock())
    messages.success(request, f"{number} undecided exams are judged again. Exams that were decided keep their verdict and its version.")  # fmt: skip
    return redirect("exams:rejudging", study=study)
