"""The page that de-identifies in the browser and sends only what may leave, and what it asks of the server."""

from __future__ import annotations

import json
from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from provident.adapters.browser.package import package
from provident.adapters.gateway.sitekey import read_wrapped
from provident.kernel import InvalidInput, NotFound
from provident.web.intake import desk, selectors
from provident.web.intake.actions import browser as actions
from provident.web.intake.actions import complete as complete_transfer
from provident.web.intake.actions import note_refused
from provident.web.intake.engine import engine
from provident.web.intake.sealing import stored_hashes
from provident.web.intake.taking import refused_of, take_instances
from provident.web.ledger.clock import clock
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


MOST_ANNOUNCED = 64 * 2**20
MOST_ASKED = 64 * 2**10


@require_GET
@never_cache
# Python for the browser is WebAssembly, run in workers; no other page may (docs/explanation/security.md).
@csp_update({"script-src": ["'wasm-unsafe-eval'"], "worker-src": ["'self'"]})  # type: ignore[arg-type]  # its stub knows views without arguments alone
def send_page(request: MemberRequest, study: str) -> HttpResponse:
    """The page."""
    site = desk.own_site(request.membership)
    context = {"site": site.name, "engine": engine(study), "key": desk.key_in_force(site)}  # fmt: skip
    return render(request, "intake/browser.jinja", context)


@require_GET
@never_cache
def settings(request: MemberRequest, study: str) -> JsonResponse:
    """The site's participants, the plan's windows and profile, the wrapped key."""
    return JsonResponse(desk.settings(request.membership))


@require_GET
@cache_control(private=True, max_age=31536000, immutable=True)
def python_engine(request: MemberRequest, study: str, name: str) -> HttpResponse:
    """Our packages for the browser, named by their hash."""
    packed = package()
    if name != f"{packed.sha256}.zip":
        raise NotFound("The platform was updated. Reload the page.")
    return HttpResponse(packed.data, content_type="application/zip")


@require_GET
@never_cache
def wrapped_key(request: MemberRequest, study: str) -> JsonResponse:
    """The wrapped key as a file: the site's backup."""
    site = desk.own_site(request.membership)
    key = desk.key_in_force(site)
    if key is None:
        raise NotFound("Your site has no key yet. Make one on the page Send from the browser.")  # fmt: skip
    answer = JsonResponse(key.wrapped, json_dumps_params={"indent": 1})
    name = f"{site.study.slug}.{site.code}.key-{key.namespace}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
def keep_key(request: MemberRequest, study: str) -> JsonResponse:
    """Keep a wrapped key: `{"act", "wrapped", "reason"}`."""
    site = desk.own_site(request.membership)
    asked = _asked(request, MOST_ASKED)
    wrapped = read_wrapped(asked.get("wrapped"), study=site.study.slug, site=site.code)
    row = actions.keep_key(
        site=site, wrapped=wrapped, act=str(asked.get("act")), reason=str(asked.get("reason", ""))[:300],
        by=actor(request.membership), clock=clock(),
    )  # fmt: skip
    return JsonResponse({"namespace": row.namespace, "check": row.check_value})


@require_POST
def whose(request: MemberRequest, study: str) -> JsonResponse:
    """Whether a keyed code fits a participant, before anything is sent: `new`, `same`, `another` or `other`."""
    site = desk.own_site(request.membership)
    asked = _asked(request, MOST_ASKED)
    known = desk.codes(site, _number(asked.get("namespace")))
    code, participant = str(asked.get("person")), str(asked.get("participant"))
    owner = known.get(code)
    if owner is not None:
        return JsonResponse({"known": "same" if owner == participant else "other", "owner": owner})  # fmt: skip
    return JsonResponse({"known": "another" if participant in known.values() else "new", "owner": ""})  # fmt: skip


@require_POST
def announce(request: MemberRequest, study: str) -> JsonResponse:
    """Announce a transfer: `{"manifest": text, "person", "namespace", "same_person"}`; answers what is there already."""
    by = request.membership
    asked = _asked(request, MOST_ANNOUNCED)
    transfer = actions.announce_from_page(
        site=desk.own_site(by), content=str(asked.get("manifest")).encode(), person=str(asked.get("person")),
        namespace=_number(asked.get("namespace")), same_person=str(asked.get("same_person", ""))[:300],
        by=actor(by), clock=clock(),
    )  # fmt: skip
    manifest = selectors.manifest_of(transfer)
    have = stored_hashes(transfer.study.slug, manifest) & set(manifest.by_sha256())
    return JsonResponse({"transfer": transfer.token, "state": transfer.state, "have": sorted(have)})  # fmt: skip


@require_POST
def instances(request: MemberRequest, study: str, token: str) -> JsonResponse:
    """Take instances of an announced transfer, multipart/related as from a gateway."""
    transfer = desk.page_transfer(request.membership, token)
    results = take_instances(transfer, request.headers.get("Content-Type", ""), request.read)  # fmt: skip
    refused = refused_of(results)
    if refused:
        note_refused(transfer=transfer, refused=refused, clock=clock(), by=actor(request.membership))  # fmt: skip
    return JsonResponse({"instances": results})


@require_POST
def complete(request: MemberRequest, study: str, token: str) -> JsonResponse:
    """Everything is sent: the receipt, and where its page is."""
    transfer = desk.page_transfer(request.membership, token)
    receipt = complete_transfer(transfer=transfer, clock=clock(), by=actor(request.membership))  # fmt: skip
    return JsonResponse({"receipt": receipt, "pk": transfer.pk})


@require_POST
def forget(request: MemberRequest, study: str, code: str) -> JsonResponse:
    """Undo whose images were noted for a participant: `{"reason"}`."""
    by = request.membership
    desk.own_site(by)
    participant = selectors.participant(by, code, "link")
    reason = str(_asked(request, MOST_ASKED).get("reason", ""))[:300]
    undone = actions.forget_person(participant=participant, reason=reason, by=actor(by), clock=clock())  # fmt: skip
    return JsonResponse({"undone": undone})


def _asked(request: MemberRequest, most: int) -> dict[str, Any]:
    content = request.read(most + 1)
    if len(content) > most:
        raise InvalidInput("That is more than the page ever sends. Send fewer files at once.")  # fmt: skip
    try:
        asked = json.loads(content)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise InvalidInput("Send a JSON object.")
    return asked


def _number(value: Any) -> int:
    if not isinstance(value, str | int) or not str(value).isdecimal() or int(value) > 999:  # fmt: skip
        raise InvalidInput("The page did not say under which key it works. Reload it.")
    return int(value)
