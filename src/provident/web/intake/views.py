"""Pages of transfers, uploads and quarantine."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.adapters.gateway import holding, uploads
from provident.kernel import NotFound, NotReady, ProvidentError
from provident.web.intake import actions, presenters, selectors
from provident.web.intake.builtin import built_in
from provident.web.intake.forms import DecisionForm
from provident.web.intake.receiving import SealedFile, SealedUpload, body_pieces
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.actions import actor
from provident.web.people.requests import MemberRequest


TRANSFER_STATES = ("announced", "verified", "refused")


@require_GET
def transfers(request: MemberRequest, study: str) -> HttpResponse:
    """All transfers, the newest first."""
    by = request.membership
    rows = selectors.transfers(by)
    state = request.GET.get("state", "")
    if state in TRANSFER_STATES:
        rows = rows.filter(state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    held = selectors.quarantines(by).filter(state="open").count()
    context = {
        "transfers": presenters.transfer_lines(page),
        "pages": presenters.pages(page, request.GET.dict()),
        "state": state,
        "held": held,
        "may_send": can(by, "send", Thing.TRANSFER),
    }
    return render(request, "intake/transfers.jinja", context)


@require_GET
def transfer(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One transfer with its receipt."""
    row = selectors.transfer(request.membership, pk)
    receipt = selectors.receipt(row)
    if request.GET.get("format") == "json":
        if receipt is None:
            raise NotReady("The transfer is not complete yet, so there is no receipt.")
        answer = JsonResponse(receipt, json_dumps_params={"indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="receipt-{row.pk}.json"'
        return answer
    context = {
        "line": presenters.transfer_line(row),
        "receipt": presenters.receipt_lines(receipt),
        "faults": presenters.fault_lines(row.problems),
        "instances": receipt["instances"][:500] if receipt else [],
        "manifest": row.manifest_sha256,
        "profile": row.profile,
        "gateway": row.gateway.name,
    }
    return render(request, "intake/transfer.jinja", context)


# Upload


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


# Quarantine


@require_GET
def quarantine(request: MemberRequest, study: str) -> HttpResponse:
    """Everything that is held back, and what was decided."""
    return _quarantine(request)


def _quarantine(
    request: MemberRequest,
    form: DecisionForm | None = None,
    about: int | None = None,
    seen: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = request.membership
    rows = selectors.quarantines(by)
    waiting = [q for q in rows if q.state == "open"]
    page = Paginator([q for q in rows if q.state != "open"], 30).get_page(request.GET.get("page"))  # fmt: skip
    may_resolve = can(by, "resolve", Thing.QUARANTINE)
    codes = {}
    if may_resolve:
        codes = {
            site: [p.code for p in selectors.participants_of_site(by, site)]
            for site in {q.site_id for q in waiting}
        }
    context = {
        "held": [(presenters.quarantine_line(q), codes.get(q.site_id, [])) for q in waiting],
        "decided": presenters.quarantine_lines(page),
        "pages": presenters.pages(page, request.GET.dict()),
        "may_resolve": may_resolve,
        "form": form,
        "about": about,
        "seen": seen,
    }  # fmt: skip
    return render(request, "intake/quarantine.jinja", context, status=status)


@require_POST
def decide(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Link, try again or discard."""
    by = request.membership
    row = selectors.quarantine(by, pk, "resolve")
    participants = selectors.participants_of_site(by, row.site_id)
    form = DecisionForm(request.POST, participants=[p.code for p in participants])
    if form.is_valid():
        told = form.cleaned_data
        chosen = next((p for p in participants if p.code == told["participant"]), None)
        try:
            actions.decide(
                quarantine=row, act=told["act"], reason=told["reason"], participant=chosen, by=actor(by),
                clock=clock(),
            )  # fmt: skip
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Decided. The gateway carries it out within seconds.")  # fmt: skip
            return redirect("intake:quarantine", study=study)
    return _quarantine(request, form, pk, status=422)


@never_cache
@require_POST
def look(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Whose images these are, for the site's own people: shown once, from the gateway, stored nowhere else."""
    by = request.membership
    row = selectors.quarantine(by, pk, "resolve")
    gateway = built_in(row.site)
    if gateway is None:
        raise NotFound("Your site's gateway is another machine; look at the images there.")  # fmt: skip
    actions.note_look(quarantine=row, by=actor(by), clock=clock())
    seen = holding.look(gateway, clock(), row.reference, by.user.username)
    return _quarantine(request, None, pk, seen)


@never_cache
@require_GET
def picture(request: MemberRequest, study: str, pk: int, number: int) -> HttpResponse:
    """One held image from the gateway, for the site's own people."""
    row = selectors.quarantine(request.membership, pk, "resolve")
    gateway = built_in(row.site)
    if gateway is None:
        raise NotFound("Your site's gateway is another machine; look at the images there.")  # fmt: skip
    by = request.membership.user.username
    png = holding.picture(gateway, clock(), row.reference, number, by)
    return HttpResponse(png, content_type="image/png")
