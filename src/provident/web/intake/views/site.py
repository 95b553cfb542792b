"""One site's images on one page: its gateways with what they run, its transfer tests, what drifted."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.exams.pages import drift_signs
from provident.web.intake import presenters_sites, selectors
from provident.web.people.access import Thing, can
from provident.web.people.requests import MemberRequest


DRIFT_SHOWN, TESTS_SHOWN = 30, 10


@require_GET
def site(request: MemberRequest, study: str, code: str) -> HttpResponse:
    """A site's gateways, tests and drift."""
    by = request.membership
    row = selectors.site_of_transfers(by, code)
    signs = drift_signs(by, code) if can(by, "see", Thing.EXAM) else []
    context = {
        "site": presenters_sites.site_page(row, selectors.gateways_of(row), selectors.latest_tests(row, TESTS_SHOWN)),
        "signs": signs[:DRIFT_SHOWN],
        "more": max(0, len(signs) - DRIFT_SHOWN),
        "may_ask": can(by, "send", Thing.TRANSFER) and by.site == code,
        "may_activate": can(by, "activate", Thing.SITE),
    }  # fmt: skip
    return render(request, "intake/site.jinja", context)
