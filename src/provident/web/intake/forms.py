"""What people fill in about transfers and quarantines."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from provident.web.ui.fields import offer


class DecisionForm(forms.Form):
    """What to do with held images, and why."""

    act = forms.ChoiceField(choices=[("link", "link"), ("release", "release"), ("rerun", "rerun"), ("discard", "discard")])  # fmt: skip
    participant = forms.ChoiceField(label="Participant", required=False)
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="In a few words, without names or hospital numbers.",
        error_messages={"required": "Say why, in a few words."},
    )

    def __init__(self, *args, participants: Iterable[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "participant", [("", "Choose a participant"), *((code, code) for code in participants)])  # fmt: skip


class RulingForm(forms.Form):
    """Values to approve and attributes to remove, with the reason."""

    approved = forms.MultipleChoiceField(required=False)
    marked = forms.MultipleChoiceField(required=False)
    why = forms.CharField(required=False, max_length=200)
    then = forms.ChoiceField(
        choices=[("", "keep"), ("rerun", "run again")], required=False
    )

    def __init__(
        self, *args, approvable: Iterable[str], attributes: Iterable[str], **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("approved", approvable), ("marked", attributes)):
            offer(self, name, [(v, v) for v in dict.fromkeys(values)])


class MarkForm(forms.Form):
    """A region of an image, in its pixels."""

    image = forms.IntegerField(min_value=0)
    left = forms.IntegerField(min_value=0)
    top = forms.IntegerField(min_value=0)
    right = forms.IntegerField(min_value=1)
    bottom = forms.IntegerField(min_value=1)
    why = forms.CharField(max_length=200, required=False)


class WordsForm(forms.Form):
    """Values of the list that may stay, with the reason."""

    approved = forms.MultipleChoiceField(required=False)
    why = forms.CharField(required=False, max_length=200)

    def __init__(self, *args, approvable: Iterable[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "approved", [(v, v) for v in dict.fromkeys(approvable)])


class LinkForm(forms.Form):
    """A hospital number to be linked to a participant."""

    number = forms.CharField(
        label="Hospital number",
        max_length=64,
        help_text="As it stands on the images (Patient ID).",
        error_messages={
            "required": "Enter the hospital number as it stands on the images."
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issuer = forms.CharField(
        label="Issued by",
        max_length=64,
        required=False,
        help_text="Only if your images name an issuer (Issuer of Patient ID); both must then agree.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class UnlinkForm(forms.Form):
    """A wrong link to be undone."""

    reference = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why it is wrong",
        max_length=300,
        error_messages={
            "required": "Say why the link is wrong, in a few words and without names or hospital numbers."
        },
    )
