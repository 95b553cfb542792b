"""Home: what waits for me, and the study in a few figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.ledger.clock import clock
from provident.web.ui.waits import figures


@require_GET
def home(request: HttpRequest, study: str) -> HttpResponse:
    """The first page of a study."""
    request.session["study"] = study
    context = {
        "study": request.membership.study,
        "figures": figures(request.membership, clock().now()),
    }
    return render(request, "people/home.jinja", context)
