"""The team of a study, and the access table."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people import actions, presenters, selectors
from provident.web.people.access import Role, Thing, can, check
from provident.web.people.forms import EndRoleForm, MemberForm
from provident.web.people.frame import ROLE_WORDS
from provident.web.people.requests import MemberRequest
from provident.web.studies.plans import plan_in_force


def _add(request: MemberRequest, form: MemberForm) -> None:
    by, given = actions.actor(request.membership), form.cleaned_data
    user = selectors.user_by_name(given["username"])
    if user is None:
        user = actions.create_account(
            username=given["username"], name=given["name"], password=given["password"], email=given["email"],
            by=by, clock=clock(),
        )  # fmt: skip
    role = Role(given["role"])
    actions.give_role(
        user=user, study=request.membership.study, role=role, site=given["site"] if role is Role.SITE else "",
        code=given["username"][:20], plan_role=given["plan_role"], by=by, clock=clock(), reason=given["reason"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def accounts(request: MemberRequest, study: str) -> HttpResponse:
    """Who is in the team; a trial manager adds people."""
    me = request.membership
    check(me, "manage" if request.method == "POST" else "see", Thing.ACCOUNT)
    sites = selectors.site_choices(me)
    form = MemberForm(
        request.POST if request.method == "POST" else None,
        sites=sites,
        plan_roles={n: r.on_platform(n) for n, r in plan_in_force(me.study).people.roles.items()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, form)
        except ProvidentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{form.cleaned_data['username']} has the role now."
            )
            return redirect("people:accounts", study=study)
    lines = presenters.member_lines(selectors.members(study), dict(sites), me)
    context = {
        "members": lines,
        "form": form,
        "may_manage": can(me, "manage", Thing.ACCOUNT),
    }
    status = 422 if form.errors else 200
    return render(request, "people/accounts.jinja", context, status=status)


@require_http_methods(["GET", "POST"])
def end_role(request: MemberRequest, study: str, pk: int) -> HttpResponse:
    """End a role, saying what the person loses."""
    check(request.membership, "manage", Thing.ACCOUNT)
    member = selectors.member(study, pk)
    form = EndRoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.end_role(
            membership=member,
            by=actions.actor(request.membership),
            clock=clock(),
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, "The role has ended; its history stays.")
        return redirect("people:accounts", study=study)
    line = presenters.member_lines(
        [member], dict(selectors.site_choices(member)), request.membership
    )[0]
    context = {"member": line, "form": form}
    status = 422 if form.errors else 200
    return render(request, "people/end_role.jinja", context, status=status)


@require_GET
def access(request: MemberRequest, study: str) -> HttpResponse:
    """The access table, as the platform enforces it; any member may read it."""
    context = {
        "rows": presenters.access_rows(),
        "roles": [ROLE_WORDS[role] for role in Role],
    }
    return render(request, "people/access.jinja", context)
