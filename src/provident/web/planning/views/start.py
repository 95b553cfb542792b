"""Start a plan from a template: the questions of `provident new`, checked as they are answered."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident import plan, programme
from provident.kernel import Finding, PlanError, ProvidentError, Severity
from provident.plan import starting
from provident.plan.models.study import OpenPoint
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest
from provident.web.planning import actions, archive, forms, selectors
from provident.web.planning.views.steps import refused, sent


SETTLED_LATER = "OPEN.TO_SETTLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the check says of the answers so far, and what only the team can know."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    settle: tuple[OpenPoint, ...]


@require_GET
def templates(request: MemberRequest, study: str) -> HttpResponse:
    """The templates, each with what it is."""
    check(request.membership, "draft", Thing.AMENDMENT)
    shown = [(name, starting.about(name)) for name in plan.templates()]
    return render(request, "planning/templates.jinja", {"templates": shown})


def _told(files: dict[str, bytes]) -> Told:
    report = programme.check_plan(plan.load_files(files))
    open_ = [f for f in report.findings if f.code != SETTLED_LATER]
    return Told(
        errors=tuple(f for f in open_ if f.severity is Severity.ERROR),
        warnings=tuple(f for f in open_ if f.severity is not Severity.ERROR),
        settle=starting.open_points(files),
    )


def _form(request: MemberRequest, like: str) -> forms.StartForm:
    """The questions, with this study's own name and title in the place of the template's."""
    here = selectors.plan_names(request.membership)
    return forms.StartForm(sent(request), like=like, asked=starting.questions(like), here=here)  # fmt: skip


def _answers(form: forms.StartForm) -> dict[str, str]:
    """The answers that fit; what does not fit yet is left at what the template says."""
    return {k: v for k, v in form.cleaned_data.items() if k not in form.errors}


@require_POST
def checked(request: MemberRequest, study: str, like: str) -> HttpResponse:
    """What the check says of the answers so far: a part of the page."""
    check(request.membership, "draft", Thing.AMENDMENT)
    form = _form(request, like)
    form.is_valid()
    context = {"told": _told(starting.started(like, _answers(form))), "form": form}
    return render(request, "planning/started.jinja", context)


@require_http_methods(["GET", "POST"])
def questions(request: MemberRequest, study: str, like: str) -> HttpResponse:
    """The questions of one template; a POST writes the folder, or keeps it here as a draft."""
    check(request.membership, "draft", Thing.AMENDMENT)
    form = _form(request, like)
    posted = request.method == "POST"
    fits = posted and form.is_valid()
    files = starting.started(like, _answers(form) if posted else form.given())
    if fits:
        if request.POST.get("do") == "folder":
            return _folder(files, form.cleaned_data["id"].lower())
        if request.POST.get("do") == "draft":
            answer = _draft(request, form, files)
            if answer is not None:
                return answer
    context = {"form": form, "like": like, "about": starting.about(like), "told": _told(files)}  # fmt: skip
    return render(request, "planning/questions.jinja", context, status=422 if form.errors else 200)  # fmt: skip


def _folder(files: dict[str, bytes], name: str) -> HttpResponse:
    answer = HttpResponse(archive.zipped(files, name), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


def _draft(
    request: MemberRequest, form: forms.StartForm, files: dict[str, bytes]
) -> HttpResponse | None:
    why = f"Started from the template {form.like}."
    try:
        made = actions.draft(files=files, why=why, by=request.membership, clock=clock())
    except PlanError as error:
        form.add_error(None, f"{error} What is wrong stands beside the questions.")
    except ProvidentError as error:
        refused(form, error)
    else:
        messages.success(request, f"The draft of plan {made.version} is kept. Take its folder away, settle what is open, and draft it again.")  # fmt: skip
        return redirect("planning:amendment", study=made.study.slug, pk=made.pk)
    return None
