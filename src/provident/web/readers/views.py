"""Pages of readers: who may read what, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import NotFound, ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import Membership
from provident.web.readers import actions, presenters, selectors
from provident.web.readers.forms import (
    DecideForm,
    DeclareForm,
    ElsewhereForm,
    HoldForm,
    LiftForm,
    TickForm,
)
from provident.web.studies.plans import plan_in_force


def _acted(form: Form, act: Callable[[], Any]) -> bool:
    """Whether the action was done; a refusal stands on the form."""
    try:
        act()
    except ProvidentError as error:
        field = "password" if error.http_status == 403 and "password" in form.fields else None  # fmt: skip
        form.add_error(field, str(error))
        return False
    return True


@require_GET
def table(request: MemberRequest, study: str) -> HttpResponse:
    """Who may read what, and what is missing: for those who run the study, and the lead."""
    by = request.membership
    if by.role in selectors.WHO_READ:
        check(by, "qualify", Thing.READER)
    today = clock().now().date()
    lines = presenters.table(plan_in_force(by.study), selectors.readers(by), today)
    context = {
        "lines": lines,
        "lacking": sum(line.word != "may read" for line in lines),
        "may_qualify": can(by, "qualify", Thing.READER),
        "sets": [
            (endpoint, endpoint.replace("_", " "))
            for endpoint, told in plan_in_force(by.study).reading.items()
            if told.qualify
        ],
    }
    return render(request, "readers/table.jinja", context)


@require_http_methods(["GET", "POST"])
def elsewhere(request: MemberRequest, study: str) -> HttpResponse:
    """Record that readers qualified elsewhere."""
    by = request.membership
    check(by, "qualify", Thing.READER)
    rows = {m.pk: m for m in selectors.readers(by)}
    choices = presenters.elsewhere_choices(plan_in_force(by.study), list(rows.values()), by)  # fmt: skip
    form = ElsewhereForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        del told["whom"]
        whom = {rows[pk]: designs for pk, designs in form.chosen().items()}
        if _acted(form, lambda: actions.qualified_elsewhere(whom=whom, by=by, clock=clock(), **told)):  # fmt: skip
            messages.success(request, "It is recorded and signed.")
            return redirect("readers:table", study=study)
    return _page(
        request, "readers/elsewhere.jinja", {"form": form, "somebody": bool(choices)}
    )


def _page(request: MemberRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, name, context, status=status)


def _one(by: Membership, pk: int, endpoint: str) -> Membership:
    of = selectors.reader(by, pk)
    if endpoint not in selectors.design_names(plan_in_force(by.study), of):
        raise NotFound("This person does not read that design by the plan.")
    return of


@require_http_methods(["GET", "POST"])
def reader(request: MemberRequest, study: str, pk: int, endpoint: str) -> HttpResponse:
    """One reader in one design: what the plan asks, the evidence, qualifications, holds."""
    by = request.membership
    if by.role in selectors.WHO_READ:
        check(by, "qualify", Thing.READER)
    of = _one(by, pk, endpoint)
    found = selectors.standing(of, endpoint)
    forms = {
        "tick": TickForm(_posted(request, "tick"), asked=found.asked),
        "decide": DecideForm(_posted(request, "decide")),
        "hold": HoldForm(_posted(request, "hold")),
    }
    do = request.POST.get("do", "")
    if do in forms and forms[do].is_valid() and _acted(forms[do], _ACTS[do](forms[do], of, endpoint, by)):  # fmt: skip
        messages.success(request, "It is recorded.")
        return redirect("readers:reader", study=study, pk=pk, endpoint=endpoint)
    context = {
        "of": of,
        "line": presenters.line(of, endpoint, found),
        "asked": presenters.asked(of, endpoint, found),
        "forms": forms,
        "failed": forms.get(do),
        "declaration": selectors.declaration(of),
        "qualifications": list(selectors.qualifications(of, endpoint))[::-1],
        "holds": selectors.holds(of, endpoint),
        "may_qualify": can(by, "qualify", Thing.READER) and of.user_id != by.user_id,
        "may_hold": can(by, "hold", Thing.READER) and of.user_id != by.user_id,
        "lift_form": LiftForm(),
    }
    return _page(request, "readers/reader.jinja", context)


def _posted(request: MemberRequest, name: str) -> Any:
    return request.POST if request.POST.get("do") == name else None


def _tick(form: Any, of: Membership, endpoint: str, by: Membership) -> Callable[[], Any]:  # fmt: skip
    return lambda: actions.tick(
        reader=of, design=endpoint, ticks=form.ticks(), password=form.cleaned_data["password"], by=by, clock=clock()
    )  # fmt: skip


def _decide(form: Any, of: Membership, endpoint: str, by: Membership) -> Callable[[], Any]:  # fmt: skip
    told = form.cleaned_data
    return lambda: actions.decide_conflict(
        reader=of, accepted=told["accepted"] == "yes", reason=told["reason"], by=by, clock=clock()
    )  # fmt: skip


def _hold(form: Any, of: Membership, endpoint: str, by: Membership) -> Callable[[], Any]:  # fmt: skip
    return lambda: actions.hold_by_hand(
        reader=of, design=endpoint, by=by, clock=clock(), **form.cleaned_data
    )


_ACTS: dict[str, Callable[..., Callable[[], Any]]] = {
    "tick": _tick,
    "decide": _decide,
    "hold": _hold,
}


@require_http_methods(["GET", "POST"])
def lift(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Let a held reader go on."""
    by = request.membership
    found = selectors.hold(by, pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _acted(form, lambda: actions.lift(hold=found, reason=reason, by=by, clock=clock())):  # fmt: skip
            messages.success(request, "The reader may go on.")
            return redirect("readers:reader", study=study, pk=found.reader_id, endpoint=found.design)  # fmt: skip
    return _page(request, "readers/lift.jinja", {"form": form, "hold": found})


@require_http_methods(["GET", "POST"])
def mine(request: MemberRequest, study: str) -> HttpResponse:
    """A reader's own standing, and the declaration of conflicts."""
    by = request.membership
    check(by, "declare", Thing.READER)
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if _acted(form, lambda: actions.declare(says=told["says"], password=told["password"], by=by, clock=clock())):  # fmt: skip
            messages.success(request, "Your declaration is signed.")
            return redirect("readers:mine", study=study)
    designs = [
        (presenters.line(by, name, found), presenters.asked(by, name, found))
        for name in selectors.design_names(plan_in_force(by.study), by)
        for found in [selectors.standing(by, name)]
    ]
    context = {"designs": designs, "form": form, "declaration": selectors.declaration(by)}  # fmt: skip
    return _page(request, "readers/mine.jinja", context)
