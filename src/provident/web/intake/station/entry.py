"""Who has come in by a link, and errors in the look of every other page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from provident.kernel import Clock, ProvidentError, SystemClock


log = logging.getLogger("provident.gateway")
Next = Callable[[HttpRequest], HttpResponse]


def clock() -> Clock:
    """The time at the gateway."""
    return SystemClock()


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every template has."""
    return {"now": clock().now(), "who": request.session.get("by", "")}


class Entered:
    """Lets in who came by a link; everything else is told how to."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, or say how to come in."""
        if request.path.startswith("/enter/") or request.session.get("by"):
            answer = self.get_response(request)
        else:
            answer = render(request, "intake/station/closed.jinja", status=401)
        answer["Cache-Control"] = "no-store"  # what is shown here identifies people
        return answer

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Called by Django when a view raised."""
        if isinstance(error, ProvidentError):
            context = {"heading": "This cannot be done", "message": str(error)}
            return render(request, "ui/error.jinja", context, status=error.http_status)
        log.error("review: %s", type(error).__name__)
        return None
