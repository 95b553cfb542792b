"""Forms of the sites' pages."""

from __future__ import annotations

from django import forms


class ActivateForm(forms.Form):
    """On what grounds a site is opened."""

    reason = forms.CharField(
        label="On what grounds",
        help_text="Survey accepted, agreement signed, delegation and training complete.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say on what grounds the site is opened."},
    )
    waiver = forms.CharField(
        label="Why it is opened without a transfer test that holds, or over a closed flow",
        help_text="Leave it empty to wait for it. What you write is on record under your name.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
