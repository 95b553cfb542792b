"""Pages for handing in images with a browser."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.adapters.gateway import uploads
from provident.kernel import NotFound
from provident.web.intake import presenters, selectors
from provident.web.intake.builtin import built_in
from provident.web.intake.receiving import SealedFile, SealedUpload, body_pieces
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest


def _own_gateway(request: MemberRequest):
    by = request.membership
    check(by, "send", Thing.TRANSFER)
    gateway = built_in(selectors.own_site(by))
    if gateway is None:
        raise NotFound("Your site has a gateway of its own. Send the images to it.")
    return gateway


def _owner(request: MemberRequest) -> str:
    return f"member {request.membership.pk}"


def _own_upload(request: MemberRequest, upload: str):
    gateway = _own_gateway(request)
    if not uploads.belongs_to(gateway, upload, _owner(request)):
        raise NotFound("There is no such upload of yours, or it is finished.")
    return gateway


@csrf_exempt  # the form's body must not be read before `upload_handlers` are set; `_new_upload` is protected
@require_http_methods(["GET", "POST"])
def new_upload(request: MemberRequest, study: str) -> HttpResponse:
    """Hand in a folder (with JavaScript) or a ZIP archive (with or without)."""
    gateway = _own_gateway(request)
    if request.method == "POST":
        # Nothing identifiable may lie on a disk in clear, not even for a moment.
        request.upload_handlers = [SealedUpload(gateway.vault, request)]
    return _new_upload(request, study, gateway)


@csrf_protect
def _new_upload(request: MemberRequest, study: str, gateway) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        handed_in = cast("SealedFile | None", request.FILES.get("archive"))
        if handed_in is None:
            problem = "Choose a ZIP archive or a DICOM file first."
        else:
            upload = uploads.begin(gateway, _owner(request))
            try:
                uploads.take(gateway, upload, handed_in.pieces())
                _finish(request, gateway, upload)
                return redirect("intake:upload", study=study, upload=upload)
            except uploads.NotTaken as error:
                uploads.finish(gateway, upload)
                problem = str(error)
            finally:
                handed_in.erase()
    site = selectors.own_site(request.membership)
    context = {"site": site.name, "problem": problem, "aet": site.aet}  # fmt: skip
    return render(request, "intake/new.jinja", context, status=422 if problem else 200)


@require_POST
def start_upload(request: MemberRequest, study: str) -> HttpResponse:
    """Begin an upload; tells where its files go."""
    gateway = _own_gateway(request)
    upload = uploads.begin(gateway, _owner(request))
    named = {"study": study, "upload": upload}
    return JsonResponse(
        {
            "file": reverse("intake:upload_file", kwargs=named),
            "finish": reverse("intake:finish_upload", kwargs=named),
        }
    )


@require_POST
def upload_file(request: MemberRequest, study: str, upload: str) -> HttpResponse:
    """Take one file as the body of the request."""
    gateway = _own_upload(request, upload)
    taken = uploads.take(gateway, upload, body_pieces(request))
    return JsonResponse(
        {
            "images": taken.images,
            "left_out": [{"words": words, "files": n} for words, n in presenters.left_out_lines(taken.left_out)],
        }
    )  # fmt: skip


@require_POST
def finish_upload(request: MemberRequest, study: str, upload: str) -> HttpResponse:
    """Everything is handed in."""
    gateway = _own_upload(request, upload)
    _finish(request, gateway, upload)
    return JsonResponse({"next": reverse("intake:upload", kwargs={"study": study, "upload": upload})})  # fmt: skip


def _finish(request: MemberRequest, gateway, upload: str) -> None:
    uploads.finish(gateway, upload)
    images = sum(gateway.spool.counts("session = ?", upload).values())
    gateway.ledger.record(clock(), request.membership.user.username, "upload.finished", upload=upload, files=images)  # fmt: skip


@never_cache
@require_GET
def upload(request: MemberRequest, study: str, upload: str) -> HttpResponse:
    """What was found in an upload, how far it has come, and its receipt."""
    gateway = _own_gateway(request)
    found = uploads.report(gateway, upload)
    left_out = gateway.spool.left_out(upload)
    totals = presenters.totals(found, left_out)
    context = {
        "upload": upload,
        "lines": presenters.upload_lines(found),
        "left_out": presenters.left_out_lines(left_out),
        "totals": totals,
        "moving": totals["on the way"] > 0,
    }
    whole = "HX-Request" not in request.headers
    part = "intake/upload.jinja" if whole else "intake/upload_state.jinja"
    return render(request, part, context)
