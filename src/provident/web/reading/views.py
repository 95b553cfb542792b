"""Reading pages: a reader's list, the room, the trial manager's overview."""

from __future__ import annotations

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import NotFound
from provident.web.ledger.clock import clock
from provident.web.people.access import Role, Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import memberships
from provident.web.reading import actions, outputs, presenters, selectors
from provident.web.reading.designs import designs, open_limits
from provident.web.reading.forms import AgainForm, LimitForm, QuestionForm, ReleaseForm


@require_GET
def worklist(request: MemberRequest, study: str) -> HttpResponse:
    """A reader's own list."""
    by = request.membership
    rows = presenters.my_cases(selectors.mine(by))
    following = selectors.next_open(by)
    context = {
        "shut": selectors.shut(by),
        "cases": rows,
        "done": sum(r.state == "submitted" for r in rows),
        "next": following,
        "minutes": presenters.minutes_left(following, selectors.place(following).left)
        if following
        else None,
    }
    return render(request, "reading/worklist.jinja", context)


@require_GET
@cache_control(no_store=True)
# Cornerstone sets styles from script; this page alone allows it (docs/explanation/security.md).
@csp_update(  # type: ignore[arg-type]  # its stub knows views without arguments alone
    {
        "style-src": ["'unsafe-inline'"],
        "img-src": ["blob:"],
        "worker-src": ["'self'"],
    }
)
def room(request: HttpRequest, token: str) -> HttpResponse:
    """The reading room for one case."""
    if not request.user.is_authenticated:
        return redirect(f"/login?next=/read/room/{token}")
    assignment = selectors.assignment_of(request.user, token)
    by = selectors.reader_membership(request.user, assignment)
    context = {
        "case_address": f"/read/api/case/{token}",
        "token": get_token(request),
        "list_address": reverse("reading:worklist", kwargs={"study": by.study.slug}),
    }
    return render(request, "reading/room.jinja", context)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where the room sends a reader who leaves it: their worklist."""
    for membership in (
        memberships(request.user) if request.user.is_authenticated else []
    ):
        if membership.role in selectors.READING:
            return redirect("reading:worklist", study=membership.study.slug)
    return redirect("/")


@require_GET
def overview(request: MemberRequest, study: str) -> HttpResponse:
    """The designs, how far their reads are, and the cases."""
    by = request.membership
    rows = selectors.cases(by)
    lines = [
        presenters.DesignLine(
            endpoint=endpoint,
            label=endpoint.replace("_", " "),
            ready=selectors.ready(by.study, endpoint),
            states=selectors.counts(by.study, endpoint),
            open_limits=open_limits(by.study, design),
            readers=len(selectors.readers(by.study, Role.READER)),
            draws=selectors.draws(by.study, endpoint),
        )
        for endpoint, design in designs(by.study).items()
    ]
    context = {
        "designs": lines,
        "cases": presenters.case_lines(rows),
        "software": outputs.read_by_software(by),
        "may_assign": can(by, "assign", Thing.CASE),
        "may_release": can(by, "release", Thing.ADJUDICATION),
    }
    return render(request, "reading/overview.jinja", context)


@require_POST
def draw(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """Draw the order of the cases that are ready."""
    by = request.membership
    check(by, "assign", Thing.CASE)
    _known(by, endpoint)
    made = actions.draw(study=by.study, endpoint=endpoint, by=by, clock=clock())
    cases = len({p["case"] for p in made.placed})
    messages.success(
        request,
        f"{cases} cases were given to the readers, in an order drawn by lot and kept.",
    )
    for words in made.unmet:
        messages.warning(request, words)
    return redirect("reading:overview", study=study)


def _known(by, endpoint: str) -> None:
    if endpoint not in designs(by.study):
        raise NotFound("The plan has no such read design.")


@require_http_methods(["GET", "POST"])
def limit(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """Fix a figure that the plan leaves open."""
    by = request.membership
    check(by, "assign", Thing.CASE)
    _known(by, endpoint)
    waiting = open_limits(by.study, designs(by.study)[endpoint])
    form = LimitForm(
        request.POST or None, initial={"name": waiting[0] if waiting else ""}
    )
    if request.method == "POST" and form.is_valid():
        actions.fix_limit(
            study=by.study, endpoint=endpoint, by=by, clock=clock(), **form.cleaned_data
        )
        messages.success(request, "The figure is fixed.")
        return redirect("reading:overview", study=study)
    context = {"form": form, "endpoint": endpoint, "open_figures": waiting}
    return render(
        request,
        "reading/limit.jinja",
        context,
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "POST"])
def release(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Say that no technical cause explains a disagreement."""
    by = request.membership
    check(by, "release", Thing.ADJUDICATION)
    case = selectors.case(by, pk)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.release_to_adjudication(
            case=case, by=by, clock=clock(), **form.cleaned_data
        )
        messages.success(request, "The adjudicator has the case.")
        return redirect("reading:overview", study=study)
    queries = selectors.technical_queries_of(case)
    context = {
        "form": form, "case": case, "exams": selectors.exams_of(case), "queries": queries,
        "waits": queries[0].outcome if queries else "", "question": QuestionForm(), "again": AgainForm(),
        "consensus": designs(by.study)[case.design].consensus,
    }  # fmt: skip
    return render(
        request,
        "reading/release.jinja",
        context,
        status=422 if request.method == "POST" else 200,
    )
