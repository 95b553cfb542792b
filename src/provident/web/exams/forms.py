"""Forms of the exam pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from provident.web.ui.fields import offer, signature


class DateInput(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"


class WaiveForm(forms.Form):
    """A rule that is let go for one exam, signed."""

    rule = forms.ChoiceField(
        label="Rule",
        help_text="What cannot be read, and what the manual calls critical, is not in this list.",
        error_messages={
            "required": "Choose the rule",
            "invalid_choice": "Choose a rule of the list",
        },
    )
    reason = forms.CharField(
        label="Why may the exam stand without it?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why the exam may stand without it"},
    )
    until = forms.DateField(
        label="Last day on which this holds",
        required=False,
        help_text="Leave it empty where it holds for good. After that day the rule decides again, unless the exam is decided by then.",
        widget=DateInput,
        error_messages={"invalid": "Enter a date such as 2026-03-02"},
    )
    password = signature("the waiver")

    def __init__(self, *args: Any, rules: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offer(self, "rule", [("", "Choose"), *rules])
