"""Forms of the pages of scanners and phantoms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from provident.web.ui.fields import offer, signature


class DateInput(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"


class WhichForm(forms.Form):
    """A scanner with its phantom and protocol."""

    which = forms.ChoiceField(
        label="Scanner and phantom",
        error_messages={
            "required": "Choose the scanner and the phantom",
            "invalid_choice": "Choose one of the list",
        },
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offer(self, "which", [("", "Choose"), *choices])

    def chosen(self) -> tuple[int, str, str]:
        """Scanner's key, phantom, protocol."""
        pk, phantom, protocol = self.cleaned_data["which"].split("|")
        return int(pk), phantom, protocol


class EnterForm(WhichForm):
    """Values that a person measured."""

    acquired_on = forms.DateField(
        label="Day of the scan",
        widget=DateInput,
        error_messages={
            "required": "Enter the day of the scan",
            "invalid": "Enter a date such as 2026-03-02",
        },
    )
    version = forms.CharField(
        label="Measured with",
        max_length=60,
        help_text="Software or method and its version, such as: ACR manual 2022 on the console. Another one has charts of its own.",
        error_messages={"required": "Say with what it was measured"},
    )

    def __init__(self, *args: Any, measures: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        for name, unit in measures:
            label = name.replace("_", " ").capitalize()
            self.fields[f"value_{name}"] = forms.FloatField(
                label=f"{label}, {unit}" if unit else label, required=False,
                error_messages={"invalid": f"Enter {label.lower()} as a number"},
            )  # fmt: skip

    def values(self) -> dict[str, float]:
        """The values that were entered."""
        told = self.cleaned_data.items()
        return {n.removeprefix("value_"): v for n, v in told if n.startswith("value_") and v is not None}  # fmt: skip


class DecideForm(forms.Form):
    """A signed decision about phantom scans; which ones is read beside it."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[("accepted", "Accept"), ("rejected", "Reject: it is scanned again")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose to accept or to reject."},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="Needed when you reject, or accept what is not within its limits.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )
    password = signature("the decision and the values of the scans")


class ReleaseForm(forms.Form):
    """What the bridging check showed."""

    outcome = forms.CharField(
        label="What the bridging check showed",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what the bridging check showed."},
    )
    password = signature("the release of the scanner")


class EvidenceForm(forms.Form):
    """Something that was accepted besides phantoms."""

    need = forms.ChoiceField(label="What", widget=forms.RadioSelect, error_messages={"required": "Choose what it is"})  # fmt: skip
    day = forms.DateField(
        label="On which day",
        widget=DateInput,
        error_messages={"required": "Enter the day", "invalid": "Enter a date such as 2026-03-02"},
    )  # fmt: skip
    words = forms.CharField(
        label="What was looked at, and what it showed",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": "Say what it showed"},
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offer(self, "need", choices)


class AccreditForm(forms.Form):
    """A signed step of an accreditation."""

    protocol = forms.ChoiceField(label="Protocol", required=False)
    to = forms.ChoiceField(
        label="Step",
        widget=forms.RadioSelect,
        choices=[
            ("accredited", "Accredit, or renew"),
            ("suspended", "Suspend"),
            ("withdrawn", "Withdraw or refuse"),
            ("applied", "Apply again"),
        ],
        error_messages={"required": "Choose a step"},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="Needed when you suspend or withdraw.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )
    password = signature("this step and its evidence")

    def __init__(self, *args: Any, protocols: Sequence[str], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offer(self, "protocol", [(p, p or "all") for p in protocols])


class OverruleForm(forms.Form):
    """Why a slot is booked although no scanner is accredited."""

    on = forms.DateField(
        label="Day of the exam",
        widget=DateInput,
        error_messages={"required": "Enter the day of the exam", "invalid": "Enter a date such as 2026-03-02"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why it is booked all the same",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why it is booked all the same"},
    )
