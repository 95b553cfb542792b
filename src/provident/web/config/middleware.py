"""Errors become answers, and every request of a study knows in which role it is made."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from provident.kernel import (
    Denied,
    InvalidInput,
    NotFound,
    NotReady,
    ProvidentError,
    Refused,
)
from provident.web.people.selectors import current_membership


log = logging.getLogger("provident.web")
Next = Callable[[HttpRequest], HttpResponse]


def _heading(error: ProvidentError) -> str:
    match error:
        case Denied():
            return "Not for your role"
        case NotReady():
            return "Not yet"
        case Refused():
            return "Refused by a rule of the study"
        case NotFound():
            return "Not found"
        case InvalidInput():
            return "Something does not fit"
        case _:
            return "Something went wrong"


def answer(request: HttpRequest, error: ProvidentError) -> HttpResponse:
    """The response to an error: JSON under an api path, else a page."""
    if "/api/" in request.path:
        body: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
        if isinstance(error, InvalidInput):
            body["findings"] = [f.as_json() for f in error.findings]
        return JsonResponse(body, status=error.http_status)
    context = {
        "heading": _heading(error),
        "message": str(error),
        "findings": getattr(error, "findings", ()),
    }
    return render(request, "ui/error.jinja", context, status=error.http_status)


class Errors:
    """Map our errors to HTTP; anything else is logged by its class alone and answered with a plain 500 page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Called by Django when a view raised."""
        if isinstance(error, ProvidentError):
            return answer(request, error)
        return None


class CurrentMembership:
    """Sets `request.membership` for addresses under /s/<study>/; without one the study does not exist."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        request.membership = None  # type: ignore[attr-defined]  # our own attribute
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Find the role; ask for a log-in first."""
        study = kwargs.get("study")
        if study is None or getattr(view, "open_to_all", False):
            return None
        if not request.user.is_authenticated:
            if "/api/" in request.path:
                return JsonResponse(
                    {"error": "Denied", "message": "Log in first."}, status=401
                )
            return redirect(f"/login?{urlencode({'next': request.get_full_path()})}")
        wanted = request.session.get(f"role:{study}")
        membership = current_membership(request.user, study, wanted)
        if membership is None:
            return answer(
                request, NotFound("There is no such study, or you have no role in it.")
            )
        request.membership = membership  # type: ignore[attr-defined]
        return None
