"""Log-in and out, the choice of study and role, the password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provident.kernel import ProvidentError
from provident.web.ledger.clock import clock
from provident.web.people import actions, presenters, selectors
from provident.web.people.demo import demo_accounts
from provident.web.people.forms import LoginForm, PasswordForm


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("people:home")


def _enter(request: HttpRequest, form: LoginForm) -> HttpResponse | None:
    """Log in with a form's name and password; None with an error at the form when they do not fit."""
    name = form.cleaned_data["username"]
    user = authenticate(request, username=name, password=form.cleaned_data["password"])
    if user is None:
        actions.note_failed_login(username=name, clock=clock())
        form.add_error(
            None,
            "That account and password do not fit together. Check both; after ten tries the account closes for 15 minutes.",
        )
        return None
    login(request, user)
    actions.note_login(user=user, clock=clock())
    return HttpResponseRedirect(_next(request))


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page."""
    form = LoginForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(_next(request))
    if request.method == "POST" and form.is_valid():
        answer = _enter(request, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "demo": demo_accounts(),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    status = 422 if form.errors else 200
    return render(request, "people/login.jinja", context, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out."""
    logout(request)
    return redirect("people:login")


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where a person lands: the study they were in, their only one, or the choice."""
    rows = list(selectors.memberships(request.user))
    last = request.session.get("study")
    slugs = {m.study.slug for m in rows}
    if last in slugs or len(rows) == 1:
        return redirect(
            "studies:home", study=last if last in slugs else rows[0].study.slug
        )
    return redirect("people:choose")


@require_http_methods(["GET", "POST"])
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a study and the role to work in."""
    rows = list(selectors.memberships(request.user))
    if request.method == "POST":
        chosen = next((m for m in rows if str(m.pk) == request.POST.get("role")), None)
        if chosen is not None:
            request.session["study"] = chosen.study.slug
            request.session[f"role:{chosen.study.slug}"] = chosen.pk
            return redirect("studies:home", study=chosen.study.slug)
    context = {"choices": presenters.choices(rows)}
    return render(request, "people/choose.jinja", context)


@require_http_methods(["GET", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form, user = (
        PasswordForm(request.POST if request.method == "POST" else None),
        selectors.user(request.user.pk),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                user=user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                clock=clock(),
            )
        except ProvidentError as error:
            form.add_error("old" if error.http_status == 403 else "new", str(error))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is changed.")
            return redirect("people:home")
    return render(
        request,
        "people/password.jinja",
        {"form": form},
        status=422 if form.errors else 200,
    )
