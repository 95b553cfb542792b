"""Forms of alarms."""

from __future__ import annotations

from django import forms

from provident.web.ui.fields import signature


class ActForm(forms.Form):
    """What was done."""

    action = forms.CharField(
        label="What was done",
        help_text="Who talked with the reader, what was trained, what the reader said. No case and no answer.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": "Say what was done about the alarm."},
    )


class CloseForm(forms.Form):
    """Whether it was a real alarm, why it can be closed, and the signature."""

    false_alarm = forms.ChoiceField(
        label="What was it",
        choices=[
            ("no", "The reader had drifted, and reads as planned again"),
            ("yes", "A false alarm: nothing was wrong with the reads"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the alarm was a false one."},
    )
    reason = forms.CharField(
        label="Why it can be closed",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": "Say why the alarm can be closed."},
    )
    password = signature()
