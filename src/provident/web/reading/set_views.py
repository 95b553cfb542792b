"""Pages of test sets and attempts: the data manager brings a set, a reader reads it, both see what it yields."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import Finding, InvalidInput, NotFound, ProvidentError
from provident.reading.qualification import open_limit
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import Membership
from provident.web.readers.selectors import WHO_READ
from provident.web.reading import actions, set_presenters, set_selectors
from provident.web.reading.designs import designs, open_limits
from provident.web.reading.set_files import read_set
from provident.web.reading.set_forms import SetForm
from provident.web.studies.plans import plan_in_force


@require_http_methods(["GET", "POST"])
def test_set(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """The test sets of a design; a new one is brought here."""
    by = request.membership
    check(by, "qualify", Thing.READER)
    found = designs(by.study)
    told = plan_in_force(by.study).reading
    if endpoint not in found or told[endpoint].qualify is None:
        raise NotFound("The plan asks for no test set of readers of this design.")
    form = SetForm(request.POST or None, request.FILES or None)
    findings: list[Finding] = []
    if request.method == "POST":
        check(by, "test", Thing.READER)
        if form.is_valid():
            findings = _bring(form, by, endpoint)
            if not form.errors and not findings:
                messages.success(request, "The test set is there.")
                return redirect("reading:test_set", study=study, endpoint=endpoint)
    context = {
        "form": form,
        "findings": [f.as_json() for f in findings],
        "endpoint": endpoint,
        "asked": told[endpoint].qualify,
        "design": found[endpoint],
        "columns": ", ".join(list(found[endpoint].form.fields)[:6]),
        "sets": [s for s in set_selectors.sets(by) if s.design == endpoint],
        "may_test": can(by, "test", Thing.READER),
        "limits": _limits(by, endpoint),
        "open_figures": open_limits(by.study, found[endpoint]),
    }
    return render(request, "reading/test_set.jinja", context, status=422 if request.method == "POST" else 200)  # fmt: skip


def _bring(form: SetForm, by: Membership, endpoint: str) -> list[Finding]:
    told = plan_in_force(by.study).reading[endpoint].qualify
    assert told is not None  # the page asked
    data = form.cleaned_data
    key = settings.ENVIRONMENT.secret("reading").encode()
    try:
        taken = read_set(designs(by.study)[endpoint], data["archive"], data["table"].read(), least=told.set, key=key)  # fmt: skip
        kept = actions.keep_images(by.study.slug, taken)
        origin = actions.Origin(name=data["name"], came_from=data["came_from"])
        actions.import_set(endpoint=endpoint, origin=origin, taken=taken, kept=kept, by=by, clock=clock())  # fmt: skip
    except InvalidInput as error:
        form.add_error(None, str(error))
        return list(error.findings)
    except ProvidentError as error:
        form.add_error(None, str(error))
    return []


def _limits(by: Membership, endpoint: str) -> list[Any]:
    """What the readers' passed attempts yield for figures that the plan leaves open."""
    design = designs(by.study)[endpoint]
    if not open_limits(by.study, design):
        return []
    newest = next((s for s in set_selectors.sets(by) if s.design == endpoint), None)
    return open_limit(design, set_selectors.at_work(design, newest)) if newest else []


@require_POST
def begin(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """A reader begins an attempt."""
    made = actions.begin_attempt(endpoint=endpoint, by=request.membership, clock=clock())  # fmt: skip
    return redirect("reading:attempt", study=study, pk=made.pk)


@require_GET
def attempt(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """One attempt: its cases while it runs, its result afterwards, and the reference where the plan lets it be seen."""
    by = request.membership
    found = set_selectors.attempt(by, pk)
    own = by.role in WHO_READ
    design = designs(by.study)[found.design]
    shows = set_selectors.may_see_reference(found) or can(by, "test", Thing.READER)
    context = {
        "attempt": found,
        "own": own,
        "ready": set_selectors.ready(found),
        "places": set_presenters.places(set_selectors.places(found)) if own else [],
        "signed": len(set_selectors.signed(design, found)),
        "of": len(set_selectors.places(found)),
        "compared": set_presenters.compared(
            design, set_selectors.signed(design, found), set_selectors.reference(design, found.test_set)
        )
        if shows and found.state in ("passed", "failed")
        else [],
    }  # fmt: skip
    return render(request, "reading/attempt.jinja", context)
