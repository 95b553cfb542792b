"""The page of drift at arrival: which devices send other headers than they did."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.exams.pages import drift_signs
from provident.web.intake import presenters
from provident.web.people.requests import MemberRequest


@require_GET
def drift(request: MemberRequest, study: str) -> HttpResponse:
    """Every sign by site, device and software, those with exams that wait for a decision first."""
    signs = drift_signs(request.membership)
    page = Paginator(signs, 50).get_page(request.GET.get("page"))
    context = {
        "rows": list(page),
        "total": len(signs),
        "pages": presenters.pages(page, request.GET.dict()),
    }
    return render(request, "intake/drift.jinja", context)
