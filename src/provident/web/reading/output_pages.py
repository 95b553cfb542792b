"""The data manager's page: bring the output of an algorithm that reads, and see what was brought."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from provident.kernel import Denied, Finding, InvalidInput
from provident.web.ledger.clock import clock
from provident.web.people.access import Thing, check
from provident.web.people.requests import MemberRequest
from provident.web.reading import outputs
from provident.web.reading.actions.software import take_output


LARGEST = 50 * 2**20


class OutputForm(forms.Form):
    """A file of an algorithm's output."""

    file = forms.FileField(
        label="Output of the software, as it came",
        help_text="CSV, or a DICOM structured report or segmentation, as the plan maps it.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )
    version = forms.CharField(
        label="Version of the software",
        help_text="Only where the file does not name it itself.",
        max_length=100,
        required=False,
    )
    rerun = forms.BooleanField(
        label="The software was run anew for this file", required=False
    )
    password = forms.CharField(
        label="Your password, which signs",
        widget=forms.PasswordInput,
        error_messages={"required": "Type your password."},
    )

    def clean_file(self):
        """A file that is not too large to be looked through at once."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError("The file is larger than 50 MB; use the command line.")  # fmt: skip
        return given


@require_http_methods(["GET", "POST"])
def bring(request: MemberRequest, study: str, endpoint: str) -> HttpResponse:
    """Look a file through, and take it in whole or not at all."""
    by = request.membership
    check(by, "import", Thing.READ)
    _, algorithm = outputs.algorithm_of(by.study, endpoint)
    form = OutputForm(request.POST or None, request.FILES or None)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = take_output(
                endpoint=endpoint, name=given["file"].name, data=given["file"].read(), password=given["password"],
                by=by, clock=clock(), declared=given["version"], rerun=given["rerun"],
            )  # fmt: skip
        except Denied as error:
            form.add_error("password", str(error))
        except InvalidInput as error:
            form.add_error("file", str(error))
            findings = error.findings
        else:
            messages.success(request, f"{made.reads} reads are signed; {made.same} were there already.")  # fmt: skip
            return redirect("reading:bring", study=study, endpoint=endpoint)
    context = {
        "form": form,
        "findings": findings,
        "endpoint": endpoint,
        "algorithm": algorithm,
        "files": outputs.taken(by.study, endpoint),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reading/bring.jinja", context, status=status)
