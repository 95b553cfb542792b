"""Forms of the reading pages."""

from __future__ import annotations

from django import forms

from provident.web.ui.fields import signature


class ReleaseForm(forms.Form):
    """What was looked at before a third person reads."""

    reason = forms.CharField(
        label="What was looked at, and what was found",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what was looked at."},
    )


class LimitForm(forms.Form):
    """A figure that the plan leaves to the qualification."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=60)
    value = forms.FloatField(
        label="Value", min_value=0, error_messages={"required": "Give the value."}
    )
    reason = forms.CharField(
        label="Where it comes from",
        max_length=500,
        error_messages={"required": "Say where the value comes from."},
    )


class QuestionForm(forms.Form):
    """What quality control is to look at."""

    question = forms.CharField(
        label="What is quality control to look at?",
        help_text="Say nothing of what the readers answered.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what is to be looked at."},
    )


class AnswerForm(forms.Form):
    """Whether there is a technical cause."""

    cause = forms.ChoiceField(
        label="Does a technical cause explain that the readers differ?",
        choices=[
            ("no", "No: the images are whole, right and of good quality"),
            ("yes", "Yes: it is mended first, and the case is read again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say yes or no."},
    )
    found = forms.CharField(
        label="What you looked at, and what you found",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what you found."},
    )


class AgainForm(forms.Form):
    """What was mended before a case is read again."""

    mended = forms.CharField(
        label="What was mended",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": "Say what was mended."},
    )


class LookForm(forms.Form):
    """The signature under a look at one exam outside the blind."""

    found = forms.CharField(
        label="What you found",
        help_text="Leave it empty where you found nothing.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    urgent = forms.BooleanField(label="It cannot wait", required=False)
    password = signature()

    def clean(self) -> dict[str, object]:
        """What is urgent is said in words."""
        given = super().clean() or {}
        if given.get("urgent") and not str(given.get("found") or "").strip():
            self.add_error("found", "Say what cannot wait.")
        return given


class TellForm(forms.Form):
    """Who was told of a finding."""

    whom = forms.CharField(
        label="Which clinician was told (role, not the participant)",
        max_length=200,
        error_messages={"required": "Name the clinician who was told, by role."},
    )


class AskLookForm(forms.Form):
    """Why somebody has to look at an exam outside the blind."""

    kind = forms.ChoiceField(
        label="What is asked for",
        choices=[
            ("unexpected_finding", "A look at something unexpected"),
            ("early_release", "Early release of the images to the clinical team"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what is asked for."},
    )
    reason = forms.CharField(
        label="Why it cannot wait for the end of the trial",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why somebody has to look now."},
    )
