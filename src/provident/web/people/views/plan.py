"""The plan: coverage of the 12 domains, findings with their place, files, versions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest
from provident.web.studies import plans, presenters


@require_GET
def plan(request: MemberRequest, study: str) -> HttpResponse:
    """What the plan answers, and what in it would fail."""
    check(request.membership, "see", Thing.PLAN)
    version = plans.version_in_force(request.membership.study)
    context = {"checked": presenters.checked(version), "version": version}
    return render(request, "studies/plan.jinja", context)


@require_GET
def versions(request: MemberRequest, study: str) -> HttpResponse:
    """All versions of the plan, the one in force first."""
    check(request.membership, "see", Thing.PLAN)
    rows = presenters.versions(request.membership.study)
    return render(request, "studies/versions.jinja", {"versions": rows})


@require_GET
def file(request: MemberRequest, study: str, name: str) -> HttpResponse:
    """One file of the plan, with an anchor at each line and the findings beside theirs."""
    check(request.membership, "see", Thing.PLAN)
    version = plans.version_in_force(request.membership.study)
    context = {"file": presenters.plan_file(version, name), "version": version}
    return render(request, "studies/file.jinja", context)
