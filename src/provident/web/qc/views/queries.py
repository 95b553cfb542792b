"""The pages of queries to sites."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.qc import actions, presenters, selectors
from provident.web.qc.forms import AnswerForm, CloseForm
from provident.web.qc.repeats import RepeatAdvice, advice
from provident.web.studies.plans import plan_in_force


STATES = {"open", "answered", "closed", "late"}


@require_GET
def queries(request: MemberRequest, study: str) -> HttpResponse:
    """All queries, by state."""
    state = request.GET.get("state", "")
    now = clock().now()
    rows = selectors.queries(request.membership, state if state in STATES - {"late"} else "")  # fmt: skip
    if state == "late":
        rows = rows.filter(state="open", due_on__lt=now.date())
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "queries": presenters.query_lines(list(page), now),
        "page": page,
        "state": state,
        "may_see_actions": can(request.membership, "see", Thing.ACTION),
    }
    return render(request, "qc/queries.jinja", context)


def _act(
    request: MemberRequest, row: selectors.Query, form: AnswerForm | CloseForm, repeat: RepeatAdvice
) -> None:  # fmt: skip
    by = request.membership
    if isinstance(form, CloseForm):
        check(by, "close", Thing.QUERY)
        actions.close(query=row, by=by, clock=clock(), **form.cleaned_data)
        messages.success(request, "The query is closed.")
        return
    check(by, "answer", Thing.QUERY)
    actions.answer(query=row, by=by, clock=clock(), repeat=repeat, **form.cleaned_data)
    messages.success(request, "Your answer was sent.")


@require_http_methods(["GET", "POST"])
def query(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One query's thread: answer it (site) or close it (quality)."""
    by = request.membership
    row = selectors.query(by, pk)
    posted = request.POST if request.method == "POST" else None
    closing = posted is not None and "resolution" in posted
    repeat = advice(row.exam, plan_in_force(by.study), clock().now().date())
    answer_form = AnswerForm(None if closing else posted, refused=repeat.refused)
    close_form = CloseForm(posted if closing else None)
    form = close_form if closing else answer_form
    if posted is not None and form.is_valid():
        try:
            _act(request, row, form, repeat)
        except ProvidentError as error:
            if error.http_status == 403:
                raise
            form.add_error(None, str(error))
        else:
            return redirect("qc:query", study=study, pk=pk)
    context = {
        "query": row,
        "line": presenters.query_lines([row], clock().now())[0],
        "thread": presenters.thread(row),
        "answer_form": answer_form,
        "close_form": close_form,
        "repeat": repeat,
        "may_answer": can(by, "answer", Thing.QUERY) and row.state != "closed",
        "may_close": can(by, "close", Thing.QUERY) and row.state != "closed",
    }
    return render(request, "qc/query.jinja", context, status=200 if posted is None else 422)  # fmt: skip
