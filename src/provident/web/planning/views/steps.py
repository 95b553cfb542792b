"""One step: a form on a page of its own, an action, and where to go next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from provident.kernel import InvalidInput, PlanError, ProvidentError
from provident.web.people.requests import MemberRequest


def sent(request: MemberRequest) -> QueryDict | None:
    """What was sent, which may be nothing at all; None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def refused(form: forms.Form, error: ProvidentError) -> None:
    """Put what an action refused into its form: a wrong password at the password."""
    at_password = error.http_status == 403 and "password" in form.fields
    form.add_error("password" if at_password else None, str(error))


def attempt(form: forms.Form, act: Callable[..., object]) -> bool:
    """Whether the form is complete and the action took place with its fields; what was refused stands in the form."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except PlanError:
        raise
    except ProvidentError as error:
        refused(form, error)
        return False
    return True


def step(
    request: MemberRequest,
    form: forms.Form,
    act: Callable[..., object],
    *,
    done: str,
    to: str,
    page: dict,
    **where: Any,
) -> HttpResponse:
    """Show the form, or do what it says and go on.

    Args:
        page: heading, lead, button, back, crumbs of the page; `loss` names what is lost, where something is.
    """
    if request.method == "POST" and attempt(form, act):
        messages.success(request, done)
        where["study"] = request.membership.study.slug
        return redirect(reverse(to, kwargs=where))
    context = {"form": form, "fields": list(form), **page}
    return render(request, "planning/step.jinja", context, status=422 if form.errors else 200)  # fmt: skip


def uploaded(form: forms.Form, name: str, largest: int) -> bytes:
    """The bytes of a file of a form that is complete.

    Raises:
        InvalidInput: it is larger than it may be.
    """
    file: UploadedFile = form.cleaned_data[name]
    if (file.size or 0) > largest:
        raise InvalidInput(f"The file is larger than {largest // 2**20} MB; compress the plan's folder alone.")  # fmt: skip
    content: bytes = file.read()
    return content
