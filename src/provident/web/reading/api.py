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
from provident.web.reading.course import course


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
        "signers": _signers(body.get("signers")),
    }


def _signers(given: Any) -> list[dict[str, str]]:
    """Who signs a consensus beside the reader who is logged in, with their passwords."""
    rows = given if isinstance(given, list) else []
    names = ("code", "username", "password")
    return [
        {n: str(r.get(n) or "") for n in names} for r in rows if isinstance(r, dict)
    ]


def _small_body(request: HttpRequest, *texts: str) -> dict[str, Any]:
    """A posted JSON object with texts, a version and the seconds of the case.

    Raises:
        InvalidInput: not such an object.
    """
    whole = {"answers": {}, "measurements": [], "version": 0}
    try:
        body = json.loads(request.body)
    except ValueError:
        raise InvalidInput("The request holds no JSON.") from None
    if not isinstance(body, dict) or not isinstance(body.get("version", 0), int):
        raise InvalidInput("The request needs an object with a version.")
    seconds, display = body.get("active_seconds"), body.get("display")
    return {
        **whole, **{name: str(body.get(name) or "")[:5000] for name in texts}, "version": body.get("version", 0),
        "active_seconds": seconds if isinstance(seconds, int) and 0 <= seconds < 10**6 else 0,
        "display": display if isinstance(display, dict) else {},
    }  # fmt: skip


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
    saved = _body(request)

    def keep() -> JsonResponse:
        draft = actions.save_draft(assignment=assignment, saved=saved, clock=clock())
        body = {"version": draft.version, "saved": draft.saved_at.isoformat()}
        return JsonResponse(body)

    return _said(assignment, keep)


def _said(assignment: Any, act: Callable[[], JsonResponse]) -> JsonResponse:
    """The answer to an act on a case: what it yields, or its refusal with what the room needs to go on."""
    try:
        return act()
    except actions.Stale as stale:
        return _stale(assignment, stale)
    except actions.LastStage as error:
        body = {"error": "NotReady", "message": str(error), "last": True}
        return JsonResponse(body, status=409)
    except Denied as error:
        body = {"error": "Denied", "message": str(error)}
        return JsonResponse(body, status=403)
    except InvalidInput as error:
        body = {
            "error": "InvalidInput",
            "message": str(error),
            "findings": [f.as_json() for f in error.findings],
        }
        return JsonResponse(body, status=422)


def _stale(assignment: Any, stale: actions.Stale) -> JsonResponse:
    draft, now = stale.draft, course(assignment)
    given, drawn = presenters.kept(now, draft)
    body = {
        "error": "Stale", "message": str(stale), "version": draft.version, "answers": given,
        "measurements": drawn, "saved": draft.saved_at.isoformat(), "stage": now.stage.number,
    }  # fmt: skip
    return JsonResponse(body, status=409)


@require_http_methods(["POST"])
@_logged_in
def lock(request: HttpRequest, token: str) -> HttpResponse:
    """Lock the time point that is open; the next is shown from now on."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    saved = _body(request)

    def act() -> JsonResponse:
        stage = actions.lock_stage(
            assignment=assignment, saved=saved, by=by, clock=clock()
        )
        return JsonResponse({"version": saved["version"] + 1, "stage": stage})

    return _said(assignment, act)


@require_http_methods(["POST"])
@_logged_in
def submit(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the read."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    saved = _body(request)
    password, signers = saved.pop("password"), saved.pop("signers")

    def act() -> JsonResponse:
        actions.submit(
            assignment=assignment, saved=saved, password=password, by=by, clock=clock(), signers=signers,
        )  # fmt: skip
        return _following(by)

    return _said(assignment, act)


@require_http_methods(["POST"])
@_logged_in
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the choice of one of two reads."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    saved = _small_body(request, "choice", "reason", "password")
    password = saved.pop("password")

    def act() -> JsonResponse:
        actions.choose(
            assignment=assignment, saved=saved, password=password, by=by, clock=clock()
        )
        return _following(by)

    return _said(assignment, act)


@require_http_methods(["POST"])
@_logged_in
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Tell of something unexpected on the side; the reader stays blind and hears nothing more of it."""
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    told = _small_body(request, "kind", "label", "text")

    def act() -> JsonResponse:
        actions.report(assignment=assignment, told=told, by=by, clock=clock())
        return JsonResponse({"told": True})

    return _said(assignment, act)


def _following(by: Any) -> JsonResponse:
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
