"""Forms of test sets and replacements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from provident.web.ui.fields import offer, signature


class SetForm(forms.Form):
    """A test set: an archive of images and the table of its reference."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        error_messages={"required": "Give the set a name."},
    )
    came_from = forms.CharField(
        label="Whose images and answers these are",
        help_text="Such as 20 cases of the pilot, read in consensus by two experts. No case of this study.",
        max_length=500,
        error_messages={"required": "Say whose images and answers they are."},
    )
    archive = forms.FileField(
        label="Images",
        help_text="A ZIP file of de-identified DICOM: case/visit/series role/file.",
        error_messages={"required": "Choose the archive of images."},
    )
    table = forms.FileField(
        label="Reference answers",
        help_text="A CSV file with the columns case and visit, and one for each place of the form.",
        error_messages={"required": "Choose the table of reference answers."},
    )


class ReplaceForm(forms.Form):
    """Who takes over from a reader who leaves."""

    taking = forms.ChoiceField(
        label="Who takes over",
        error_messages={
            "required": "Choose who takes over.",
            "invalid_choice": "Choose a reader of the list.",
        },
    )
    reason = forms.CharField(
        label="Why the reader leaves",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why the reader leaves."},
    )
    password = signature("the replacement")

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "taking", [("", "Choose"), *choices])
