"""What people fill in about transfers and quarantines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import forms


class DecisionForm(forms.Form):
    """What to do with held images, and why."""

    act = forms.ChoiceField(choices=[("link", "link"), ("release", "release"), ("discard", "discard")])  # fmt: skip
    participant = forms.ChoiceField(label="Participant", required=False)
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="In a few words, without names or hospital numbers.",
        error_messages={"required": "Say why, in a few words."},
    )

    def __init__(self, *args, participants: Iterable[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast("forms.ChoiceField", self.fields["participant"])
        chosen.choices = [
            ("", "Choose a participant"),
            *((code, code) for code in participants),
        ]
