"""Data pages: exports, lock, unblinding."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import InvalidInput, NotFound, NotReady, ProvidentError
from provident.web.exams.objects import object_store
from provident.web.ledger.clock import clock
from provident.web.people.access import Field, Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.reports import actions, making, papers, selectors
from provident.web.reports.forms import SignForm, UnblindForm
from provident.web.reports.presenters import ReportPage, report_page


@require_GET
def data(request: MemberRequest, study: str) -> HttpResponse:
    """What may be exported now, the exports made, the lock."""
    by = request.membership
    context = {
        "exports": list(selectors.exports(by)[:100]),
        "holds": sorted(selectors.fields(by)),
        "open_work": selectors.open_work(by.study),
        "locks": list(selectors.locks(by.study)),
        "may_make": can(by, "make", Thing.EXPORT),
        "may_lock": can(by, "lock", Thing.LOCK) and by.study.locked_at is None,
        "may_unblind": can(by, "unblind", Thing.LOCK) and by.study.unblinded_at is None,
    }
    return render(request, "reports/data.jinja", context)


@require_POST
def make(request: MemberRequest, study: str) -> HttpResponse:
    """Make an export."""
    made = actions.make_export(by=request.membership, clock=clock())
    messages.success(
        request,
        f"The export is made: {len(made.files)} files, ledger event {made.ledger_number}.",
    )
    return redirect("reports:data", study=study)


@require_GET
def fetch(request: MemberRequest, study: str, pk: int, name: str) -> HttpResponse:
    """One file of an export; that it was fetched is an event."""
    by = request.membership
    export = selectors.export(by, pk)
    if name not in export.files:
        raise NotFound("There is no such file in this export.")
    body = object_store().read(export.files[name]["key"])
    actions.note_fetched(export=export, name=name, by=by, clock=clock())
    kind = "application/json" if name.endswith(".json") else "text/csv; charset=utf-8"
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{study}-{pk}-{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _signed(
    request: MemberRequest, study: str, form, template: str, act, done: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.membership, clock=clock(), **form.cleaned_data)
        except ProvidentError as error:
            form.add_error("password" if error.http_status == 403 else None, str(error))
        else:
            messages.success(request, done)
            return redirect("reports:data", study=study)
    context = {"form": form, "open_work": selectors.open_work(request.membership.study)}
    return render(
        request, template, context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "POST"])
def lock(request: MemberRequest, study: str) -> HttpResponse:
    """Lock the study's imaging data, signed."""
    check(request.membership, "lock", Thing.LOCK)
    form = SignForm(request.POST or None)
    return _signed(
        request,
        study,
        form,
        "reports/lock.jinja",
        actions.lock,
        "The imaging data are locked.",
    )


@require_http_methods(["GET", "POST"])
def unblind(request: MemberRequest, study: str) -> HttpResponse:
    """Unblind a locked study, signed."""
    check(request.membership, "unblind", Thing.LOCK)
    form = UnblindForm(request.POST or None, request.FILES or None)
    return _signed(
        request,
        study,
        form,
        "reports/unblind.jinja",
        actions.unblind,
        "The study is unblinded.",
    )


@require_GET
def flow(request: MemberRequest, study: str) -> HttpResponse:
    """The data flow diagram of the plan in force, with live counts."""
    check(request.membership, "see", Thing.PLAN)
    return render(
        request, "reports/flow.jinja", {"diagram": papers.drawn(request.membership)}
    )


@require_GET
def documents(request: MemberRequest, study: str) -> HttpResponse:
    """The kinds of documents that the plan makes."""
    check(request.membership, "see", Thing.PLAN)
    return render(request, "reports/documents.jinja", {"papers": papers.papers()})


@require_GET
def document(request: MemberRequest, study: str, kind: str, form: str) -> HttpResponse:
    """One document of the plan in force, to keep: a page or a Word file."""
    check(request.membership, "see", Thing.PLAN)
    body = papers.paper(request.membership, kind, form)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    kinds = {"docx": word, "html": "text/html; charset=utf-8"}
    answer = HttpResponse(body, content_type=kinds[form])
    answer["Content-Disposition"] = f'attachment; filename="{study}-{kind}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def statistics(request: MemberRequest, study: str, kind: str) -> HttpResponse:
    """Agreement or accuracy of the reads, with figures; before the lock only when it will be there."""
    by = request.membership
    check(by, "make", Thing.EXPORT)
    if Field.SCORE not in selectors.fields(by):
        return render(request, f"reports/{kind}.jinja", {"page": None, "report": None})
    page = making.asked(kind, by, request.GET)
    report: ReportPage | None = None
    why = ""
    try:
        report = report_page(making.report_of(by, page, clock().now()))
    except InvalidInput as error:
        why = str(error)
    if page.arm:
        actions.note_seen(kind=kind, arm=page.arm, by=by, clock=clock())
    context = {
        "page": page,
        "report": report,
        "why": why,
        "query": request.GET.urlencode(),
    }
    return render(request, f"reports/{kind}.jinja", context)


@require_GET
def statistics_file(
    request: MemberRequest, study: str, kind: str, form: str
) -> HttpResponse:
    """The same report to keep, as a page, a PDF or data; that it was fetched is an event."""
    by = request.membership
    check(by, "make", Thing.EXPORT)
    if Field.SCORE not in selectors.fields(by):
        raise NotReady("Reads are shown once the imaging data are locked.")
    if form not in making.FORMS:
        raise NotFound(f"A report is to be had as {', '.join(making.FORMS)}.")
    page = making.asked(kind, by, request.GET)
    body = making.made(making.report_of(by, page, clock().now()), form)
    actions.note_report(kind=kind, form=form, arm=page.arm, by=by, clock=clock())
    answer = HttpResponse(body, content_type=making.FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{study}-{kind}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
