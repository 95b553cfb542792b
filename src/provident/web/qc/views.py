"""Quality pages: worklist, review of one exam, queries."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.qc import actions, presenters, selectors
from provident.web.qc.forms import AnswerForm, AskForm, CloseForm, ReviewForm


@require_GET
def worklist(request: MemberRequest, study: str) -> HttpResponse:
    """Exams that wait for a decision, and queries that wait for somebody."""
    by = request.membership
    check(by, "see", Thing.REVIEW)
    page = Paginator(selectors.exams_to_review(by), 50).get_page(
        request.GET.get("page")
    )
    answered = selectors.queries(by, "answered")[:50]
    context = {
        "exams": presenters.to_review(page, clock().now().date()),
        "page": page,
        "answered": presenters.query_lines(list(answered), clock().now()),
        "may_review": can(by, "review", Thing.REVIEW),
    }
    return render(request, "qc/worklist.jinja", context)


def _review_context(
    request: MemberRequest, exam, form: ReviewForm, scores: dict
) -> dict:
    by = request.membership
    return {
        "exam": exam,
        "rows": presenters.score_rows(exam),
        "scores": scores,
        "form": form,
        "ask_form": AskForm(),
        "findings": [
            *exam.verdict.get("findings", ()),
            *(f for s in exam.verdict.get("series", ()) for f in s.get("findings", ())),
        ],
        "series": list(exam.series.all()),
        "queries": presenters.query_lines(
            list(selectors.open_queries(exam)), clock().now()
        ),
        "reviews": list(selectors.reviews(exam)),
        "may_review": can(by, "review", Thing.REVIEW) and exam.state == "judged",
        "may_ask": can(by, "ask", Thing.QUERY),
    }


@require_http_methods(["GET", "POST"])
def review(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One exam to score and decide."""
    by = request.membership
    exam = selectors.exam(by, pk)
    check(by, "review" if request.method == "POST" else "see", Thing.REVIEW)
    form = ReviewForm(request.POST or None)
    scores = presenters.scores_of(request.POST.dict().items())
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(
                exam=exam, scores=scores, by=by, clock=clock(), **form.cleaned_data
            )
        except ProvidentError as error:
            form.add_error("password" if error.http_status == 403 else None, str(error))
        else:
            messages.success(
                request,
                f"{exam.participant.code}: the exam is {form.cleaned_data['decision']}ed.",
            )
            return redirect("qc:worklist", study=study)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "qc/review.jinja",
        _review_context(request, exam, form, scores),
        status=status,
    )


@require_POST
def ask(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Ask the site about an exam."""
    by = request.membership
    check(by, "ask", Thing.QUERY)
    exam = selectors.exam(by, pk)
    form = AskForm(request.POST)
    if not form.is_valid():
        context = {**_review_context(request, exam, ReviewForm(), {}), "ask_form": form}
        return render(request, "qc/review.jinja", context, status=422)
    query = actions.ask(exam=exam, by=by, clock=clock(), **form.cleaned_data)
    messages.success(
        request, f"The site is asked. It should answer by {query.due_on:%-d %B %Y}."
    )
    return redirect("qc:query", study=study, pk=query.pk)


@require_GET
def queries(request: MemberRequest, study: str) -> HttpResponse:
    """All queries, by state."""
    state = request.GET.get("state", "")
    rows = selectors.queries(
        request.membership, state if state in {"open", "answered", "closed"} else ""
    )
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "queries": presenters.query_lines(list(page), clock().now()),
        "page": page,
        "state": state,
    }
    return render(request, "qc/queries.jinja", context)


@require_http_methods(["GET", "POST"])
def query(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One query's thread: answer it (site) or close it (quality)."""
    by = request.membership
    row = selectors.query(by, pk)
    closing = request.method == "POST" and "resolution" in request.POST
    answer_form = AnswerForm(
        request.POST if request.method == "POST" and not closing else None
    )
    close_form = CloseForm(request.POST if closing else None)
    form = close_form if closing else answer_form
    if request.method == "POST" and form.is_valid():
        check(by, "close" if closing else "answer", Thing.QUERY)
        act = actions.close if closing else actions.answer
        act(query=row, by=by, clock=clock(), **form.cleaned_data)
        messages.success(
            request, "The query is closed." if closing else "Your answer was sent."
        )
        return redirect("qc:query", study=study, pk=pk)
    context = {
        "query": row,
        "line": presenters.query_lines([row], clock().now())[0],
        "thread": list(row.messages.all()),
        "answer_form": answer_form,
        "close_form": close_form,
        "may_answer": can(by, "answer", Thing.QUERY) and row.state != "closed",
        "may_close": can(by, "close", Thing.QUERY) and row.state != "closed",
    }
    return render(
        request,
        "qc/query.jinja",
        context,
        status=422 if request.method == "POST" else 200,
    )
