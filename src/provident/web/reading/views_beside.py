"""Pages beside the blinded reads: technical causes, what cannot wait, scores given at the scan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import InvalidInput
from provident.programme.reads import form as plan_form
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.reading import actions, at_scan, beside, scan_form, selectors
from provident.web.reading.forms import (
    AgainForm,
    AnswerForm,
    AskLookForm,
    LookForm,
    QuestionForm,
    TellForm,
)
from provident.web.studies.plans import plan_in_force


# -- technical causes


@require_GET
def technical(request: MemberRequest, study: str) -> HttpResponse:
    """The questions whether a technical cause explains a disagreement."""
    by = request.membership
    context = {
        "queries": selectors.technical_queries(by),
        "may_answer": can(by, "answer", Thing.TECHNICAL),
    }
    return render(request, "reading/technical.jinja", context)


@require_http_methods(["GET", "POST"])
def technical_one(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One question, answered by quality control."""
    by = request.membership
    query = selectors.technical_query(by, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.answer_technical(
            query=query, cause=given["cause"] == "yes", found=given["found"], by=by, clock=clock(),
        )  # fmt: skip
        messages.success(request, "The trial manager has your answer.")
        return redirect("reading:technical", study=study)
    context = {
        "form": form, "query": query, "exams": selectors.exams_of(query.case),
        "may_answer": can(by, "answer", Thing.TECHNICAL) and query.outcome == "open",
    }  # fmt: skip
    return _shown(request, "reading/technical_one.jinja", context)


def _shown(request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a form; 422 where what was sent did not fit."""
    return render(request, page, context, status=422 if request.method == "POST" else 200)  # fmt: skip


@require_POST
def ask_technical(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Ask quality control."""
    case = selectors.case(request.membership, pk)
    form = QuestionForm(request.POST)
    question = str(form.data.get("question") or "")
    actions.ask_technical(
        case=case, question=question, by=request.membership, clock=clock()
    )
    messages.success(request, "Quality control has the question.")
    return redirect("reading:release", study=study, pk=pk)


@require_POST
def read_again(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """A technical cause is mended: the same readers read the case again."""
    case = selectors.case(request.membership, pk)
    mended = str(AgainForm(request.POST).data.get("mended") or "")
    actions.read_again(case=case, reason=mended, by=request.membership, clock=clock())
    messages.success(request, "The two readers have the case anew, behind their other cases.")  # fmt: skip
    return redirect("reading:overview", study=study)


# -- what cannot wait


@require_GET
def side(request: MemberRequest, study: str) -> HttpResponse:
    """Looks outside the blind: due, asked for, done."""
    by = request.membership
    context = {
        "looks": beside.looks_due(by, clock().now()),
        "rows": beside.side_reads(by),
        "policy": beside.policy(by.study),
        "may_look": by.plan_role == beside.role_that_looks(by.study) != "",
        "may_tell": can(by, "tell", Thing.SIDE),
    }
    return render(request, "reading/side.jinja", context)


@require_http_methods(["GET", "POST"])
def side_exam(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Sign the look at one exam, or ask for one."""
    exam = beside.exam_to_look_at(request.membership, pk)
    return _look(request, study, exam, None)


@require_http_methods(["GET", "POST"])
def side_one(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Sign a look that was asked for; see what came of it."""
    row = beside.side_read(request.membership, pk)
    return _look(request, study, row.exam, row)


def _look(
    request: MemberRequest, study: str, exam: Any, row: Any
) -> HttpResponse:  # fmt: skip
    by = request.membership
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.read_for_safety(
            exam=exam, asked=row, by=by, clock=clock(), **form.cleaned_data
        )
        messages.success(request, "Your look at this exam is signed.")
        return redirect("reading:side", study=study)
    may_look = by.plan_role == beside.role_that_looks(by.study) != ""
    context = {
        "exam": exam, "row": row, "form": form, "ask": AskLookForm(), "tell": TellForm(),
        "may_look": may_look and (row is None or row.read_at is None),
        "may_ask": row is None and can(by, "ask", Thing.SIDE), "may_tell": can(by, "tell", Thing.SIDE),
    }  # fmt: skip
    return _shown(request, "reading/side_one.jinja", context)


@require_POST
def ask_side(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Ask for a look outside the blind."""
    by = request.membership
    exam = beside.exam_to_look_at(by, pk)
    kind, reason = (str(request.POST.get(k) or "") for k in ("kind", "reason"))
    actions.ask_side_read(exam=exam, kind=kind, reason=reason, by=by, clock=clock())
    messages.success(request, "Who looks for what cannot wait has been asked.")
    return redirect("reading:side", study=study)


@require_POST
def tell(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Record who was told, or that they acknowledged."""
    by = request.membership
    check(by, "tell", Thing.SIDE)
    row = beside.side_read(by, pk)
    if row.told_at is None:
        whom = str(request.POST.get("whom") or "")
        actions.tell_clinician(row=row, whom=whom, by=by, clock=clock())
    else:
        actions.acknowledge_finding(row=row, by=by, clock=clock())
    messages.success(request, "It is recorded.")
    return redirect("reading:side_one", study=study, pk=pk)


# -- scores given at the scan


@require_GET
def scans(request: MemberRequest, study: str) -> HttpResponse:
    """The scans that wait for the score of who made them, and those that have it."""
    by = request.membership
    done = at_scan.scan_reads(by)  # refuses who may not see them
    context = {"due": at_scan.due(by), "done": done}
    return render(request, "reading/scans.jinja", context)


@require_http_methods(["GET", "POST"])
def scan(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Give the score of one scan, and sign it."""
    by = request.membership
    check(by, "read", Thing.SCAN_READ)
    slot = at_scan.slot(by, pk)
    plan = plan_in_force(by.study)
    compiled = plan_form(plan, at_scan.rules(plan)[slot.exam_kind].form)
    findings, given = [], {}
    if request.method == "POST":
        given = scan_form.answers(compiled, request.POST)
        try:
            actions.sign_scan_read(
                slot=slot, answers=given, password=str(request.POST.get("password") or ""), by=by, clock=clock(),
            )  # fmt: skip
        except InvalidInput as error:
            findings = list(error.findings)
        else:
            messages.success(request, "The score is signed and locked.")
            return redirect("reading:scans", study=study)
    context = {"slot": slot, "form": scan_form.drawn(compiled, given), "findings": findings}  # fmt: skip
    return _shown(request, "reading/scan.jinja", context)
