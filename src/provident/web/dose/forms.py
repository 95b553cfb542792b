"""Forms of the dose pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from provident.web.dose.words import KIND_WORDS
from provident.web.ui.fields import offer, signature


UNITS = {
    "ct": ("mGy.cm", "Gy.cm"),
    "projection": ("Gy.cm2", "dGy.cm2", "cGy.cm2", "mGy.cm2", "uGy.m2"),
    "mammography": ("mGy",),
    "administration": ("MBq", "GBq", "mCi"),
}
SIGNED = {"decided", "justified"}  # steps of a repeat that need a signature


class EnterForm(forms.Form):
    """What a console or a paper shows of one exposure."""

    kind = forms.ChoiceField(label="Kind of exposure", widget=forms.RadioSelect)
    value = forms.FloatField(
        label="Dose",
        help_text="The number as the console shows it.",
        error_messages={
            "required": "Enter the dose that the console shows.",
            "invalid": "Enter a number, such as 0.042.",
        },
    )
    unit = forms.ChoiceField(label="Unit, as it stands beside the number")
    number = forms.IntegerField(
        label="Which exposure",
        help_text="1 for the first or for the whole exam. The same number again corrects what was entered.",
        min_value=1,
        max_value=50,
        initial=1,
    )
    region = forms.CharField(
        label="Part of the body",
        help_text="Such as chest or hand; effective dose is reckoned by it.",
        max_length=40,
        required=False,
    )
    phantom_cm = forms.TypedChoiceField(
        label="CTDI phantom",
        choices=[("", "does not apply"), ("16", "16 cm"), ("32", "32 cm")],
        coerce=int,
        empty_value=None,
        required=False,
    )
    side = forms.ChoiceField(
        label="Breast",
        choices=[("", "does not apply"), ("left", "left"), ("right", "right")],
        required=False,
    )
    tracer = forms.CharField(
        label="Radiopharmaceutical",
        help_text="Such as FDG.",
        max_length=40,
        required=False,
    )
    reason = forms.CharField(
        label="Where it was read, and why it is entered",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages={"required": "Say where the dose was read."},
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind, KIND_WORDS[kind]) for kind in kinds]
        units = [unit for kind in kinds for unit in UNITS[kind]]
        offer(self, "kind", choices)
        offer(self, "unit", [(u, u) for u in dict.fromkeys(units)])
        self.fields["kind"].initial = kinds[0] if kinds else ""
        needless = {
            "phantom_cm": "ct",
            "side": "mammography",
            "tracer": "administration",
        }
        for name, kind in needless.items():
            if kind not in kinds:
                del self.fields[name]


class SignForm(forms.Form):
    """A signature for a higher dose."""

    up_to = forms.FloatField(
        label="Up to",
        error_messages={
            "required": "Enter the dose up to which you sign.",
            "invalid": "Enter a number, such as 0.3.",
        },
    )
    reason = forms.CharField(
        label="Why the exposure is worth the dose",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why the exposure is worth the dose."},
    )
    password = signature("the dose and the reason above")


class ProposeForm(forms.Form):
    """A wish to have an exam again."""

    reason = forms.CharField(
        label="Why it should be repeated",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why the exam should be repeated."},
    )


class MoveForm(forms.Form):
    """The next step of a repeat."""

    to = forms.ChoiceField(
        label="Your decision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    note = forms.CharField(
        label="In words",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    password = signature(needed_when="you want the repeat or justify the exposure")

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not SIGNED & {choice for choice, _ in choices}:
            del self.fields["password"]
        offer(self, "to", choices)


class GiveUpForm(forms.Form):
    """A repeat that was not made."""

    note = forms.CharField(
        label="Why it was not made",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages={"required": "Say why the repeat was not made."},
    )
