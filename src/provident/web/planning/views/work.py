"""The page on which a team works through its plan: give, discuss, waive, sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import NotFound
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, can, check
from provident.web.people.requests import MemberRequest
from provident.web.people.selectors import member
from provident.web.planning import actions, forms, items, presenters, selectors
from provident.web.planning.views.steps import attempt, sent, step


SHOW = (("", "everything"), ("mine", "given to me"), ("open", "open"), ("unassigned", "given to nobody"), ("waived", "waived"))  # fmt: skip


@require_GET
def work(request: MemberRequest, study: str) -> HttpResponse:
    """All findings and unanswered considerations with the work on them, and the 12 domains to sign."""
    by = request.membership
    check(by, "work", Thing.PLAN)
    version = presenters.in_force(by)
    everything = presenters.work_lines(by, version, clock().now().date())
    show, domain = request.GET.get("show", ""), request.GET.get("domain", "")
    domains = presenters.domains(by, version, everything)
    context = {
        "version": version,
        "lines": presenters.filtered(everything, show, domain),
        "everything": everything,
        "domains": domains,
        "shows": SHOW,
        "domain_choices": [("", "every domain"), *((d.id, d.name) for d in domains)],
        "show": show,
        "domain": domain,
        "pasted": presenters.pasted(by),
    }
    return render(request, "planning/work.jinja", context)


def _acts(request: MemberRequest, key: str) -> dict[str, Callable[..., object]]:
    """By button: what it does with the fields of its form."""
    by = request.membership

    def assign(to: str, due_on: date) -> None:
        person = member(by.study.slug, int(to))
        actions.assign(key=key, to=person, due_on=due_on, by=by, clock=clock())

    def finish(outcome: str) -> None:
        task = selectors.open_task(by, key)
        actions.finish(task=task, outcome=outcome, by=by, clock=clock())

    def end_waiver(why: str) -> None:
        waiver = selectors.waiver(by, key)
        actions.end_waiver(waiver=waiver, why=why, by=by, clock=clock())

    return {
        "assign": assign,
        "comment": partial(actions.comment, key=key, by=by, clock=clock()),
        "finish": finish,
        "waive": partial(actions.waive, key=key, by=by, clock=clock()),
        "end_waiver": end_waiver,
    }


def _forms(request: MemberRequest, asked: str) -> dict:
    """By button: its form; the one that was sent holds what was written."""

    def data(name: str):
        return request.POST if name == asked else None

    people = presenters.people(request.membership)
    return {
        "assign": forms.AssignForm(data("assign"), people=people, auto_id="assign_%s"),
        "comment": forms.CommentForm(data("comment"), auto_id="comment_%s"),
        "finish": forms.FinishForm(data("finish"), auto_id="finish_%s"),
        "waive": forms.WaiveForm(data("waive"), auto_id="waive_%s"),
        "end_waiver": forms.ReasonForm(data("end_waiver"), auto_id="end_%s"),
    }


@require_http_methods(["GET", "POST"])
def item(request: MemberRequest, study: str, key: str) -> HttpResponse:
    """One finding or consideration: who looks after it, what was said, whether it is waived."""
    by = request.membership
    check(by, "work", Thing.PLAN)
    asked = request.POST.get("do", "")
    shown = _forms(request, asked)
    if request.method == "POST":
        act = _acts(request, key).get(asked)
        if act is None:
            raise NotFound(
                "There is no such step. Go back to the page and choose a button."
            )
        if attempt(shown[asked], act):
            shown = _forms(request, "")
    version, now = presenters.in_force(by), clock().now()
    found = items.item(version, key)
    line = next(x for x in presenters.work_lines(by, version, now.date()) if x.item.key == key)  # fmt: skip
    wrong = shown[asked] if asked in shown and shown[asked].errors else None
    context = {
        "line": line,
        "item": found,
        "forms": shown,
        "wrong": wrong,
        "asked": asked if wrong else "",
        "tasks": selectors.tasks_of(by, key),
        "thread": selectors.thread(by, key),
        "waiver": selectors.waivers(by).get(key),
        "may_waive": can(by, "waive", Thing.PLAN),
        "consider": presenters.considerations(found),
        "has_file": found.file in version.files,
    }
    return render(request, "planning/item.jinja", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def sign(request: MemberRequest, study: str, domain: str) -> HttpResponse:
    """Sign that the team has considered a domain."""
    by = request.membership
    check(by, "work", Thing.PLAN)
    version = presenters.in_force(by)
    everything = presenters.work_lines(by, version, clock().now().date())
    found = next((d for d in presenters.domains(by, version, everything) if d.id == domain), None)  # fmt: skip
    if found is None:
        raise NotFound("There is no such domain.")
    form = forms.SignForm(sent(request))
    act = partial(actions.sign_domain, domain=domain, version=version, by=by, clock=clock())  # fmt: skip
    still = f"{found.open} of its findings and considerations are open; the signature covers them as they are." if found.open else "Nothing in it is open."  # fmt: skip
    page = {
        "heading": f"Sign: {found.name}",
        "lead": f"You sign for your role that the team has considered this domain in plan {version.version}. {still}",
        "button": "Sign",
        "back": "planning:work",
        "here": found.name,
    }
    return step(request, form, act, done=f"{found.name} is signed.", to="planning:work", page=page)  # fmt: skip
