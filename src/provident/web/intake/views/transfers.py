"""Pages of transfers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.kernel import NotReady
from provident.web.intake import presenters, selectors
from provident.web.people.access import Thing, can
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
        "reviewable": presenters.reviewable(row),
    }
    return render(request, "intake/transfer.jinja", context)
