"""Forms of the quality pages."""

from __future__ import annotations

from django import forms

from provident.web.qc.words import ANSWER_WORDS, RESOLUTION_WORDS


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
    password = forms.CharField(
        label="Your password",
        help_text="This is your signature on the decision and the scores above.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password to sign."},
    )


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
    """A site's answer."""

    kind = forms.ChoiceField(
        label="Answer", choices=list(ANSWER_WORDS.items()), widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="In words",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what happened or what was done."},
    )


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
