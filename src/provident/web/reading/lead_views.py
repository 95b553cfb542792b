"""Pages of those who lead the readers: repeats and bridging reads as figures, and the replacement of a reader."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import NotFound, ProvidentError
from provident.plan.models.reading_parts import Replace
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest
from provident.web.readers import selectors as readers
from provident.web.reading import actions, again
from provident.web.reading.set_forms import ReplaceForm
from provident.web.studies.plans import plan_in_force


@require_GET
def figures(request: MemberRequest, study: str) -> HttpResponse:
    """How well readers agree with themselves, and new ones with whom they replaced."""
    check(request.membership, "hold", Thing.READER)
    return render(request, "reading/again.jinja", {"lines": again.lines(request.membership)})  # fmt: skip


@require_http_methods(["GET", "POST"])
def replace(request: MemberRequest, study: str, pk: int, endpoint: str) -> HttpResponse:
    """Replace a reader who leaves."""
    by = request.membership
    check(by, "replace", Thing.READER)
    plan, leaving = plan_in_force(by.study), readers.reader(by, pk)
    if endpoint not in readers.design_names(plan, leaving):
        raise NotFound("This person does not read that design by the plan.")
    others = {
        m.pk: m
        for m in readers.readers(by)
        if m.role == leaving.role and m.user_id != leaving.user_id and endpoint in readers.design_names(plan, m)
    }  # fmt: skip
    choices = [(str(m.pk), m.user.name or m.user.username) for m in others.values()]
    form = ReplaceForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        change = actions.Change(
            endpoint=endpoint, leaving=leaving, taking=others[int(data["taking"])], reason=data["reason"]
        )  # fmt: skip
        try:
            actions.replace_reader(change=change, password=data["password"], by=by, clock=clock())  # fmt: skip
        except ProvidentError as error:
            form.add_error("password" if error.http_status == 403 else None, str(error))
        else:
            messages.success(request, "The new reader has the cases.")
            return redirect("readers:table", study=study)
    context = {"form": form, "leaving": leaving, "endpoint": endpoint, "rule": plan.reading[endpoint].replace or Replace()}  # fmt: skip
    return render(request, "reading/replace.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip
