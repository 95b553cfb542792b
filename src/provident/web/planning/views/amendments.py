"""Amendments: the list, a draft, one amendment with its steps."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import PlanError, ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import site_choices
from provident.web.planning import actions, archive, forms, presenters, selectors
from provident.web.planning.views.steps import refused, sent, step, uploaded


@require_GET
def amendments(request: MemberRequest, study: str) -> HttpResponse:
    """The study's amendments, as far as this person may know of them."""
    by = request.membership
    check(by, "see", Thing.AMENDMENT)
    context = {"lines": presenters.amendment_lines(by), "may_draft": can(by, "draft", Thing.AMENDMENT)}  # fmt: skip
    return render(request, "planning/amendments.jinja", context)


@require_http_methods(["GET", "POST"])
def draft(request: MemberRequest, study: str) -> HttpResponse:
    """Upload the folder of a new version; what is wrong with it is shown and nothing is kept."""
    by = request.membership
    check(by, "draft", Thing.AMENDMENT)
    posted = sent(request) is not None
    form = forms.DraftForm(sent(request), request.FILES if posted else None)
    findings: tuple = ()
    if posted and form.is_valid():
        try:
            files = archive.plan_files(uploaded(form, "archive", archive.LARGEST))
            made = actions.draft(files=files, why=form.cleaned_data["why"], by=by, clock=clock())  # fmt: skip
        except PlanError as error:
            findings = tuple(error.findings)
            form.add_error("archive", str(error))
        except ProvidentError as error:
            refused(form, error)
        else:
            messages.success(request, f"The draft of plan {made.version} is kept. Say now from which day it holds.")  # fmt: skip
            return redirect("planning:amendment", study=study, pk=made.pk)
    context = {"form": form, "findings": findings}
    return render(request, "planning/draft.jinja", context, status=422 if form.errors else 200)  # fmt: skip


def _rejudging(study: str) -> str:
    """The page that shows what would be judged otherwise, where the installation has it."""
    try:
        return reverse("exams:rejudging", kwargs={"study": study})
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "POST"])
def amendment(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One amendment: what changes for whom, who has signed, who has read it; a POST is a remark."""
    by = request.membership
    row = selectors.amendment(by, pk)
    form = forms.CommentForm(sent(request))
    if request.method == "POST":
        check(by, "review", Thing.AMENDMENT)
        if form.is_valid():
            actions.remark(amendment=row, text=form.cleaned_data["text"], by=by, clock=clock())  # fmt: skip
            return redirect("planning:amendment", study=study, pk=pk)
    context = {
        "page": presenters.amendment_page(by, row, clock().now().date()),
        "state": row.state,
        "thread": selectors.remarks(by, row),
        "form": form,
        "may_draft": can(by, "draft", Thing.AMENDMENT),
        "may_review": can(by, "review", Thing.AMENDMENT),
        "may_load": can(by, "load", Thing.PLAN),
        "rejudging": _rejudging(study),
    }
    return render(request, "planning/amendment.jinja", context, status=422 if form.errors else 200)  # fmt: skip


def _page(row, heading: str, lead: str, button: str, loss: str = "") -> dict:
    return {
        "heading": heading, "lead": lead, "button": button, "loss": loss, "here": heading,
        "back": "planning:amendment", "back_pk": row.pk,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def starts(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """From which day the amendment holds at each site."""
    by = request.membership
    row = selectors.amendment(by, pk, "draft")
    names = dict(site_choices(by))
    sites = [(code, names.get(code, name)) for code, name in presenters.sites_of(row)]
    first = clock().now().date()
    form = forms.StartsForm(sent(request), sites=sites, first=first)
    page = _page(row, f"Plan {row.version}: its days", "Until its day a site works by the version before. The signatures cover the days.", "Keep the days")  # fmt: skip

    def act(**given: date) -> None:
        days = {code: given[f"site-{code}"] for code, _ in sites}
        actions.set_starts(amendment=row, days=days, by=by, clock=clock())

    return step(request, form, act, done="The days are kept.", to="planning:amendment", page=page, pk=pk)  # fmt: skip


@require_POST
def move(request: MemberRequest, study: str, pk: int, to: str) -> HttpResponse:
    """A step that asks nothing more: to review, in force, acknowledged."""
    by, verb = request.membership, {"submit": "draft", "force": "see", "acknowledge": "acknowledge"}[to]  # fmt: skip
    row = selectors.amendment(by, pk, verb)
    act, done = {
        "submit": (actions.submit, "The amendment is in review."),
        "force": (actions.put_in_force, f"Plan {row.version} is in force."),
        "acknowledge": (actions.acknowledge, "Noted: you have read what changes for you."),
    }[to]  # fmt: skip
    try:
        act(amendment=row, by=by, clock=clock())
    except ProvidentError as error:
        if error.http_status == 403:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("planning:amendment", study=study, pk=pk)


@require_http_methods(["GET", "POST"])
def approve(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Sign the amendment in a role that the plan names."""
    by = request.membership
    row = selectors.amendment(by, pk, "review")
    seen = presenters.amendment_page(by, row, clock().now().date())
    form = forms.ApproveForm(sent(request), roles=seen.i_sign_as)
    page = _page(row, f"Sign plan {row.version}", "The signature covers every file of the new version and the day at each site. Read what changes first.", "Sign")  # fmt: skip
    page["nothing"] = "" if seen.i_sign_as else f"Nothing is yours to sign here. It is {seen.line.state}; it waits for {' and '.join(seen.waits_for) or 'nobody'}."  # fmt: skip
    act = partial(actions.approve, amendment=row, by=by, clock=clock())
    return step(request, form, act, done="Signed.", to="planning:amendment", page=page, pk=pk)  # fmt: skip


@require_http_methods(["GET", "POST"])
def send_back(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Send an amendment in review back to draft."""
    by = request.membership
    row = selectors.amendment(by, pk, "draft")
    form = forms.ReasonForm(sent(request))
    page = _page(row, f"Send plan {row.version} back to draft", "", "Send it back", "Its signatures become void; whoever signed signs again.")  # fmt: skip
    act = partial(actions.send_back, amendment=row, by=by, clock=clock())
    return step(request, form, act, done="It is a draft again.", to="planning:amendment", page=page, pk=pk)  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """Withdraw an amendment that is not in force."""
    by = request.membership
    row = selectors.amendment(by, pk, "draft")
    form = forms.ReasonForm(sent(request))
    page = _page(row, f"Withdraw plan {row.version}", "", "Withdraw it", "It cannot be taken up again; its files, remarks and signatures stay on record. The version's number is free for another draft.")  # fmt: skip
    act = partial(actions.withdraw, amendment=row, by=by, clock=clock())
    return step(request, form, act, done="It is withdrawn.", to="planning:amendment", page=page, pk=pk)  # fmt: skip
