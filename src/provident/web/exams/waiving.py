"""Letting a broken rule go for one exam, and taking that back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from provident.kernel import Denied, InvalidInput, NotReady
from provident.web.exams import actions, judging, selectors
from provident.web.exams.forms import WaiveForm
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest
from provident.web.studies.plans import plan_of


@require_http_methods(["GET", "POST"])
def waive(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Sign that one rule of the manual need not hold for this exam."""
    by = request.membership
    check(by, "accept", Thing.EXAM)
    exam = selectors.exam(by, pk)
    rules = judging.waivable(exam, plan_of(exam.plan)) if exam.plan else []
    form = WaiveForm(request.POST or None, rules=[(r.rule, r.words) for r in rules])
    if request.method == "POST" and form.is_valid():
        try:
            actions.waive_rule(exam=exam, by=by, clock=clock(), **form.cleaned_data)
        except (Denied, InvalidInput, NotReady) as error:
            form.add_error("password" if isinstance(error, Denied) else None, str(error))  # fmt: skip
        else:
            messages.success(request, "The rule is let go for this exam. It is judged again; what was found stays on it.")  # fmt: skip
            return redirect("exams:exam", study=study, pk=pk)
    context = {"form": form, "exam": exam, "rules": rules}
    return render(request, "exams/waive.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


@require_POST
def end(request: MemberRequest, study: str, pk: int, waiver: int) -> HttpResponse:
    """Let a waived rule hold again."""
    by = request.membership
    row = selectors.waiver(by, pk, waiver)
    actions.end_waiver(
        waiver=row, reason=request.POST.get("reason", ""), by=by, clock=clock()
    )
    messages.success(request, "The rule holds again for this exam.")
    return redirect("exams:exam", study=study, pk=pk)
