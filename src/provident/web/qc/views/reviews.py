"""The worklist of quality control and the review of one exam."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import NotFound, ProvidentError
from provident.web.exams.measures import image_measures
from provident.web.exams.pages import scanner_exams
from provident.web.ledger.clock import clock
from provident.web.people.access import Field, Thing, can, check, visible
from provident.web.people.requests import MemberRequest
from provident.web.qc import actions, presenters, selectors, stack
from provident.web.qc.forms import AskForm, ReviewForm, SignForm
from provident.web.qc.repeats import advice
from provident.web.studies.plans import plan_in_force, plan_of


MOST = 50  # exams accepted by one signature


def _worklist(request: MemberRequest, sign_form: SignForm) -> dict[str, Any]:
    by, today = request.membership, clock().now().date()
    page = Paginator(selectors.exams_to_review(by, looked_at=True), 50).get_page(
        request.GET.get("page")
    )
    undrawn = list(selectors.exams_to_review(by, looked_at=False)[:MOST])
    oldest = plan_in_force(by.study).quality.human.within
    return {
        "exams": presenters.to_review(page, today, oldest),
        "undrawn": presenters.to_review(undrawn, today, oldest),
        "page": page,
        "answered": presenters.query_lines(
            list(selectors.queries(by, "answered")[:50]), clock().now()
        ),
        "may_review": can(by, "review", Thing.REVIEW),
        "sign_form": sign_form,
        "within": presenters.span(oldest),
    }


@require_GET
def worklist(request: MemberRequest, study: str) -> HttpResponse:
    """Exams that wait for a decision, and queries that wait for somebody."""
    check(request.membership, "see", Thing.REVIEW)
    return render(request, "qc/worklist.jinja", _worklist(request, SignForm()))


@require_POST
def accept_undrawn(request: MemberRequest, study: str) -> HttpResponse:
    """Accept the chosen exams that were not drawn, on their verdict alone, signed."""
    by = request.membership
    check(by, "review", Thing.REVIEW)
    form = SignForm(request.POST)
    wanted = {int(pk) for pk in request.POST.getlist("exam") if pk.isdigit()}
    chosen = [e for e in selectors.exams_to_review(by, looked_at=False)[:MOST] if e.pk in wanted]  # fmt: skip
    if form.is_valid() and not chosen:
        form.add_error(None, "Choose at least one exam.")
    if form.is_valid():
        try:
            for exam in chosen:
                actions.review(
                    exam=exam, decision="accept", scores={}, reason="", by=by, clock=clock(),
                    password=form.cleaned_data["password"],
                )  # fmt: skip
        except ProvidentError as error:
            form.add_error("password" if error.http_status == 403 else None, str(error))
        else:
            messages.success(request, f"{len(chosen)} accepted on the verdict alone.")
            return redirect("qc:worklist", study=study)
    return render(request, "qc/worklist.jinja", _worklist(request, form), status=422)


def _review_context(
    request: MemberRequest, exam: selectors.Exam, form: ReviewForm, scores: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    by, now = request.membership, clock().now()
    of = plan_of(exam.plan) if exam.plan else plan_in_force(by.study)
    measured = {m.series: m for m in image_measures(exam, of)}
    return {
        "exam": exam,
        "rows": presenters.score_rows(exam, of, measured),
        "scores": scores,
        "form": form,
        "ask_form": AskForm(),
        "findings": [
            *exam.verdict.get("findings", ()),
            *(f for s in exam.verdict.get("series", ()) for f in s.get("findings", ())),
        ],
        "queries": presenters.query_lines(list(selectors.open_queries(exam)), now),
        "reviews": list(selectors.reviews(exam)),
        "may_review": can(by, "review", Thing.REVIEW) and exam.state == "judged",
        "may_ask": can(by, "ask", Thing.QUERY),
        "sees_images": Field.IMAGE in visible(by, Thing.EXAM),
        "selection": presenters.selection_words(exam),
        "history": scanner_exams(by, exam)[::-1],
        "repeat": advice(exam, of, now.date()),
        "after": selectors.next_to_review(by, exam),
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
    context = _review_context(request, exam, form, scores)
    return render(request, "qc/review.jinja", context, status=status)


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
@cache_control(private=True, max_age=3600)
def image(
    request: MemberRequest, study: str, pk: int, series: int, number: int
) -> HttpResponse:
    """One image of a series as a picture, for those who may see pictures."""
    by = request.membership
    exam = selectors.exam(by, pk)
    check(by, "see", Thing.REVIEW)
    row = exam.series.filter(pk=series).first()
    shown = Field.IMAGE in visible(by, Thing.EXAM)
    picture = stack.picture(row, number) if row is not None and shown else b""
    if not picture:
        raise NotFound("There is no such image, or it cannot be decoded.")
    return HttpResponse(picture, content_type="image/png")
