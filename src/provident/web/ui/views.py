"""Errors in the look of every other page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(
    request: HttpRequest, status: int, heading: str, message: str
) -> HttpResponse:
    if not hasattr(request, "user"):  # before the session: no frame can be drawn
        return HttpResponse(_plain(heading, message), status=status)
    context = {"heading": heading, "message": message}
    return render(request, "ui/error.jinja", context, status=status)


def _plain(heading: str, message: str) -> str:
    return render_to_string("ui/failed.jinja", {"heading": heading, "message": message})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    words = "There is no page at this address. It may have been mistyped, or the thing was not yours to see."
    return _page(request, 404, "Not found", words)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403, "Not for your role", "Your role may not open this page.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    words = "The request could not be read. Go back and try again."
    return _page(request, 400, "Something does not fit", words)


def failed(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, which may be what failed."""
    words = "Provident could not finish this. Nothing was half saved. Try again; if it comes back, tell your trial manager what you did and when."
    return HttpResponse(_plain("Something went wrong", words), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly a page left open overnight."""
    words = "This page was open for too long, or the browser refuses cookies. Go back, load the page again and send the form once more. Nothing was saved."
    return _page(request, 403, "The form was too old", words)
