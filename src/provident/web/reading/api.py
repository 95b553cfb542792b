"""The reading room's API: JSON under /read/api, a case named by its token alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import Denied, InvalidInput
from provident.web.exams.objects import object_store
from provident.web.ledger.clock import clock
from provident.web.reading import actions, presenters, selectors


LARGEST = 2 * 2**20


def _logged_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse(
                {
                    "error": "Denied",
                    "message": "You are logged out. Log in in another tab.",
                },
                status=401,
            )
        return view(request, *args, **kwargs)

    return guarded


def _body(request: HttpRequest) -> dict[str, Any]:
    """The posted JSON: answers, measurements, version; everything else is left where it is.

    Raises:
        InvalidInput: not JSON, too large, or a part of a wrong type.
    """
    if len(request.body) > LARGEST:
        raise InvalidInput("That is more than a read can hold.")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise InvalidInput("The request holds no JSON.") from None
    kinds = {"answers": dict, "measurements": list, "version": int}
    if not isinstance(body, dict) or not all(
        isinstance(body.get(k), t) for k, t in kinds.items()
    ):
        raise InvalidInput("The request needs answers, measurements and version.")
    display = body.get("display")
    seconds = body.get("active_seconds")
    return {
        **{name: body[name] for name in kinds},
        "display": display if isinstance(display, dict) else {},
        "active_seconds": seconds
        if isinstance(seconds, int) and 0 <= seconds < 10**6
        else 0,
        "password": str(body.get("password") or ""),
    }


def _room(assignment: Any) -> str:
    return f"/read/room/{assignment.token}"


@require_GET
@_logged_in
@cache_control(no_store=True)
def case(request: HttpRequest, token: str) -> HttpResponse:
    """A case; the first time it is asked for, but not when it is only fetched ahead, it is opened."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    if request.headers.get("X-Purpose") != "prefetch":
        actions.open_case(assignment=assignment, by=by, clock=clock())
    return JsonResponse(
        presenters.client_case(selectors.assignment_of(request.user, token))
    )


@require_http_methods(["PUT", "POST"])
@_logged_in
def answers(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what was typed."""
    assignment = selectors.assignment_of(request.user, token)
    try:
        draft = actions.save_draft(
            assignment=assignment, saved=_body(request), clock=clock()
        )
    except actions.Stale as stale:
        return _stale(stale)
    return JsonResponse({"version": draft.version, "saved": draft.saved_at.isoformat()})


def _stale(stale: actions.Stale) -> JsonResponse:
    draft = stale.draft
    body = {
        "error": "Stale", "message": str(stale), "version": draft.version, "answers": draft.answers,
        "measurements": draft.measurements, "saved": draft.saved_at.isoformat(),
    }  # fmt: skip
    return JsonResponse(body, status=409)


@require_http_methods(["POST"])
@_logged_in
def submit(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the read."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    saved = _body(request)
    password = saved.pop("password")
    try:
        actions.submit(
            assignment=assignment, saved=saved, password=password, by=by, clock=clock()
        )
    except actions.Stale as stale:
        return _stale(stale)
    except Denied as error:
        return JsonResponse({"error": "Denied", "message": str(error)}, status=403)
    except InvalidInput as error:
        body = {
            "error": "InvalidInput",
            "message": str(error),
            "findings": [f.as_json() for f in error.findings],
        }
        return JsonResponse(body, status=422)
    after = selectors.next_open(by)
    return JsonResponse({"next": _room(after) if after else None})


@require_GET
@_logged_in
@cache_control(no_store=True)
def following(request: HttpRequest) -> HttpResponse:
    """The case after the one that is open, so that its images can be fetched ahead."""
    here = selectors.assignment_of(request.user, request.GET.get("token", ""))
    by = selectors.reader_membership(request.user, here)
    after = selectors.next_open(by, here)
    return JsonResponse({"next": _room(after) if after else None})


@require_GET
@_logged_in
@cache_control(private=True, max_age=3600, immutable=True)
def image(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """One image of a reading copy."""
    assignment = selectors.assignment_of(request.user, token)
    entry = selectors.image(assignment, name)
    answer = HttpResponse(
        object_store().read(entry["key"]), content_type="application/dicom"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
