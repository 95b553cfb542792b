"""The centre's intake for gateways: a token of its own for each, JSON in and out, instances as a stream.

`GET /intake/api/schedule`, `GET /intake/api/plan/<hash>`, `POST /intake/api/transfers`,
`POST /intake/api/transfers/<token>/instances`, `POST /intake/api/transfers/<token>/complete`,
`GET /intake/api/bundle`, `POST /intake/api/tests`, `POST /intake/api/quarantine`,
 `GET /intake/api/decisions`, `POST /intake/api/decisions/<reference>/done`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from provident.kernel import InvalidInput
from provident.web.intake import actions, selectors, testing
from provident.web.intake.bundles import profile_of, signed_bundle
from provident.web.intake.multipart import boundary_of, parts
from provident.web.intake.sealing import stored_hashes
from provident.web.intake.taking import refused_of, take_instances
from provident.web.ledger.clock import clock


MOST_MANIFEST = 64 * 2**20
MOST_TEST_FILE = 8 * 2**20
View = Callable[..., JsonResponse]


def gateway_view(view: View) -> View:
    """Let in a gateway by its token, and nobody else."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> JsonResponse:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        gateway = selectors.gateway_of(token) if kind == "Bearer" else None
        if gateway is None:
            return JsonResponse(
                {"error": "Denied", "message": "The gateway's token is not known here, or was revoked."},
                status=401,
            )  # fmt: skip
        actions.seen(gateway=gateway, clock=clock(), runs=_runs(request))
        return view(request, gateway, **kwargs)

    return guarded


def _runs(request: HttpRequest) -> actions.Runs:
    """What the gateway says that it runs; blank from one that does not say."""
    told = {name: request.headers.get(f"Provident-{name}", "")[:64] for name in ("Software", "Plan", "Profile")}  # fmt: skip
    return actions.Runs(**{name.lower(): value for name, value in told.items()})


def _json(request: HttpRequest) -> dict[str, Any]:
    return _document(request.body)


def _document(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError:
        raise InvalidInput("Send JSON.") from None
    if not isinstance(told, dict):
        raise InvalidInput("Send a JSON object.")
    return told


@gateway_view
@require_GET
def schedule(request: HttpRequest, gateway) -> JsonResponse:
    """Participants of the gateway's site with day 0, status and consent; the plan in force."""
    return JsonResponse(selectors.schedule(gateway))


@gateway_view
@require_GET
def plan(request: HttpRequest, gateway, digest: str) -> JsonResponse:
    """The files of a plan."""
    return JsonResponse({"files": selectors.plan_files(gateway, digest)})


@gateway_view
@require_POST
def announce(request: HttpRequest, gateway) -> JsonResponse:
    """Announce a transfer by its manifest; answers with what is stored already."""
    content = request.read(MOST_MANIFEST + 1)
    if len(content) > MOST_MANIFEST:
        raise InvalidInput("The manifest is too large.")
    signed = actions.Signed(
        public_key=request.headers.get("Provident-Key", ""), signature=request.headers.get("Provident-Signature", ""),
    )  # fmt: skip
    transfer = actions.announce(gateway=gateway, content=content, clock=clock(), signed=signed)  # fmt: skip
    manifest = selectors.manifest_of(transfer)
    there = stored_hashes(transfer.study.slug, manifest)
    return JsonResponse(
        {
            "transfer": transfer.token,
            "state": transfer.state,
            "have": sorted(there & set(manifest.by_sha256())),
        }
    )


@gateway_view
@require_POST
def instances(request: HttpRequest, gateway, token: str) -> JsonResponse:
    """Take instances of an announced transfer: each checked, made durable and answered for."""
    transfer = selectors.transfer_of(gateway, token)
    results = take_instances(transfer, request.headers.get("Content-Type", ""), request.read)  # fmt: skip
    refused = refused_of(results)
    if refused:
        actions.note_refused(transfer=transfer, refused=refused, clock=clock())
    return JsonResponse({"instances": results})


@gateway_view
@require_POST
def complete(request: HttpRequest, gateway, token: str) -> JsonResponse:
    """Everything is sent: the receipt."""
    transfer = selectors.transfer_of(gateway, token)
    return JsonResponse(actions.complete(transfer=transfer, clock=clock()))


@gateway_view
@require_GET
def bundle(request: HttpRequest, gateway) -> JsonResponse:
    """The de-identification profile with its lists, signed."""
    return JsonResponse(signed_bundle(gateway.site))


@gateway_view
@require_POST
def tests(request: HttpRequest, gateway) -> JsonResponse:
    """Judge a transfer test: its signed manifest, then its files, which are looked at and not kept."""
    boundary = boundary_of(request.headers.get("Content-Type", ""))
    told: dict[str, Any] = {}
    arrived: dict[str, bytes] = {}
    for number, (_, pieces) in enumerate(parts(request.read, boundary)):
        if number > testing.MOST_FILES:
            raise InvalidInput("The transfer test has too many files.")
        data = testing.joined(pieces, MOST_TEST_FILE)
        if number == 0:
            told = _document(data)
        else:
            arrived[testing.named(data)] = data
    manifest = testing.checked(told.get("told"))
    signed = actions.Signed(public_key=str(told.get("public_key")), signature=str(told.get("signature")))  # fmt: skip
    found = testing.findings(manifest, arrived, profile_of(gateway.site))
    row = actions.record_test(gateway=gateway, told=manifest, signed=signed, findings=found, clock=clock())  # fmt: skip
    return JsonResponse({"outcome": row.outcome, "findings": row.findings})


@gateway_view
@require_POST
def held(request: HttpRequest, gateway) -> JsonResponse:
    """A gateway holds images back."""
    row = actions.note_held(gateway=gateway, held=actions.Held.parse(_json(request)), clock=clock())  # fmt: skip
    return JsonResponse({"reference": row.reference, "state": row.state})


@gateway_view
@require_GET
def decisions(request: HttpRequest, gateway) -> JsonResponse:
    """What people decided about held images and the gateway has yet to do."""
    rows = selectors.open_decisions(gateway)
    return JsonResponse(
        {
            "decisions": [
                {
                    "reference": row.reference, "act": row.act, "by": row.decided_by, "reason": row.decision,
                    "participant": row.participant.code if row.act == "link" and row.participant else "",
                }
                for row in rows
            ]
        }
    )  # fmt: skip


@gateway_view
@require_POST
def decision_done(request: HttpRequest, gateway, reference: str) -> JsonResponse:
    """A gateway carried a decision out, or says why it could not."""
    error = str(_json(request).get("error", ""))
    actions.decision_done(gateway=gateway, reference=reference, error=error, clock=clock())  # fmt: skip
    return JsonResponse({"done": not error})
