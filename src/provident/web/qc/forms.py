"""Forms of the quality pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from provident.web.qc.words import ANSWER_WORDS, RESOLUTION_WORDS
from provident.web.ui.fields import offer, signature


Choices = Sequence[tuple[str, str]]


class ReviewForm(forms.Form):
    """A decision on an exam; the scores are read beside it."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[
            ("accept", "Accept: it may be read"),
            ("reject", "Reject: it is expected again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose to accept or to reject."},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="Needed when you reject, or accept an exam that is not as the manual asks.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    password = signature("the decision and the scores above")


class AskForm(forms.Form):
    """A question to a site."""

    text = forms.CharField(
        label="Question to the site",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Write what the site is asked."},
    )
    series_role = forms.CharField(
        required=False, max_length=40, widget=forms.HiddenInput
    )


class AnswerForm(forms.Form):
    """A site's answer; "we will scan again" is offered while a repeat can be made."""

    kind = forms.ChoiceField(
        label="Answer", choices=list(ANSWER_WORDS.items()), widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="In words",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what happened or what was done."},
    )

    def __init__(self, posted: QueryDict | None, *, refused: str) -> None:
        """Make the form; `refused` says why no repeat can be made, and is empty where one can."""
        super().__init__(posted)
        if refused:
            offer(self, "kind", ((k, words) for k, words in ANSWER_WORDS.items() if k != "rescan"))  # fmt: skip
            self.fields["kind"].error_messages["invalid_choice"] = refused


class CloseForm(forms.Form):
    """Closing a query."""

    resolution = forms.ChoiceField(
        label="How was it resolved?",
        choices=list(RESOLUTION_WORDS.items()),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="Why that will do",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": "Say why that will do."},
    )


class SignForm(forms.Form):
    """A signature."""

    password = signature("the exams chosen above")


def _date(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Give a day.",
            "invalid": "Give the day as 2026-11-24.",
        },
    )


class NewActionForm(forms.Form):
    """An action that is opened by hand."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            ("corrective", "Corrective action: something went wrong"),
            ("preventive", "Preventive action: it could go wrong"),
            ("visit", "Monitoring visit"),
            ("retraining", "Retraining"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is."},
    )
    what = forms.CharField(
        label="What has to be done, and why",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": "Say what has to be done, and why."},
    )
    site = forms.ChoiceField(label="Site", required=False)
    owner = forms.ChoiceField(label="Owner", required=False)
    due_on = _date("Due on")

    def __init__(self, *args: Any, sites: Choices, owners: Choices, **more: Any):
        super().__init__(*args, **more)
        offer(self, "site", [("", "The whole study"), *sites])
        offer(self, "owner", [("", "Nobody yet"), *owners])


class AssignForm(forms.Form):
    """Who owns an action, and until when."""

    owner = forms.ChoiceField(
        label="Owner", error_messages={"required": "Choose an owner."}
    )
    due_on = _date("Due on")
    reason = forms.CharField(
        label="Reason",
        help_text="Needed when it is due later than before.",
        required=False,
        max_length=1000,
    )

    def __init__(self, *args: Any, owners: Choices, **more: Any):
        super().__init__(*args, **more)
        offer(self, "owner", [("", ""), *owners])


class DoneForm(forms.Form):
    """What the cause was and what was done."""

    root_cause = forms.CharField(
        label="Root cause",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": "Say what the root cause was."},
    )
    done = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": "Say what was done."},
    )


class EffectForm(forms.Form):
    """The check of an action's effect, signed."""

    effective = forms.ChoiceField(
        label="Did it help?",
        choices=[("yes", "Yes: close the action"), ("no", "No: open it again")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it helped."},
    )
    effect = forms.CharField(
        label="What the check showed",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": "Say what the check showed."},
    )
    password = signature("the check")


class ReleaseForm(forms.Form):
    """A decision that a site goes on from its pilot stage, signed."""

    reason = forms.CharField(
        label="Why may the site go on?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why the site may go on."},
    )
    password = signature("the decision")
