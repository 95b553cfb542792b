"""The page of drift at arrival: which devices send other headers than they did."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.exams.selectors import drifted
from provident.web.intake import presenters
from provident.web.people.requests import MemberRequest


@require_GET
def drift(request: MemberRequest, study: str) -> HttpResponse:
    """Exams that show it and wait for a decision, by site and device."""
    lines = presenters.drift_lines(drifted(request.membership))
    return render(request, "intake/drift.jinja", {"lines": lines})
