"""Fields that forms of many pages have, and what a form offers when that is known only as it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import forms


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Offer these values, each with its words, in a field that chooses one or several."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def signature(on: str = "", *, needed_when: str = "") -> forms.CharField:
    """The password with which a person signs; `on` is what, `needed_when` where it is not always needed."""
    what = f"This is your signature on {on}." if on else "This is your signature."
    return forms.CharField(
        label="Your password",
        help_text=f"Needed when {needed_when}: it is your signature." if needed_when else what,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        required=not needed_when,
        error_messages={"required": "Enter your password to sign."},
    )  # fmt: skip
