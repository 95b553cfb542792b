"""Forms of the reading pages."""

from __future__ import annotations

from django import forms


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
