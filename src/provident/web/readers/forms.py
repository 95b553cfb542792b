"""Forms of the pages of readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from provident.reading.admission import Demand
from provident.web.readers.ticks import Tick
from provident.web.ui.fields import offer, signature


class _Day(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"


class ElsewhereForm(forms.Form):
    """Who qualified elsewhere, and why that stands for the test set."""

    whom = forms.MultipleChoiceField(
        label="Who, and in what",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose who qualified elsewhere, and in what.",
            "invalid_choice": "Choose readers of the list.",
        },
    )
    certificate = forms.CharField(
        label="Certificate",
        help_text="What it is, its number, who gave it.",
        max_length=300,
        error_messages={"required": "Say what the certificate is."},
    )
    on = forms.DateField(
        label="Its day",
        widget=_Day,
        error_messages={
            "required": "Give the day of the certificate.",
            "invalid": "Write the day as 2026-03-31.",
        },
    )
    reason = forms.CharField(
        label="Why it stands for the test set",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why it stands for the test set."},
    )
    password = signature("what you saw of the certificate")

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "whom", choices)

    def chosen(self) -> dict[int, list[str]]:
        """Designs by the reader's key."""
        found: dict[int, list[str]] = {}
        for value in self.cleaned_data["whom"]:
            pk, _, design = value.partition("|")
            found.setdefault(int(pk), []).append(design)
        return found


class TickForm(forms.Form):
    """Criteria and courses with their certificates, one signature for all that are ticked."""

    password = signature("what you saw of the evidence")

    def __init__(self, *args: Any, asked: Sequence[Demand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [d for d in asked if d.kind in ("criterion", "course")]
        for number, demand in enumerate(self.asked):
            # The words stand beside the row; labels repeat them for those who do not see it.
            self.fields[f"says_{number}"] = forms.CharField(
                label=f"Certificate: {demand.words}", max_length=300, required=False
            )
            self.fields[f"on_{number}"] = forms.DateField(
                label=f"Day: {demand.words}", widget=_Day, required=False
            )
            self.fields[f"until_{number}"] = forms.DateField(
                label=f"Valid until: {demand.words}", widget=_Day, required=False
            )
        self.order_fields([n for n in self.fields if n != "password"] + ["password"])

    def rows(self) -> Iterator[tuple[Demand, Any, Any, Any]]:
        """Each demand with its three fields."""
        for number, demand in enumerate(self.asked):
            yield (
                demand,
                self[f"says_{number}"],
                self[f"on_{number}"],
                self[f"until_{number}"],
            )

    def clean(self) -> dict[str, Any]:
        """A row is filled in or left blank, not half."""
        cleaned = super().clean() or {}
        for number, demand in enumerate(self.asked):
            says, on = cleaned.get(f"says_{number}"), cleaned.get(f"on_{number}")
            if bool(says) != bool(on) and f"on_{number}" not in self.errors:
                which = f"on_{number}" if says else f"says_{number}"
                self.add_error(
                    which, f"Give the certificate and its day: {demand.words}."
                )
        return cleaned

    def ticks(self) -> list[Tick]:
        """The rows that were filled in."""
        data = self.cleaned_data
        return [
            Tick(
                kind=demand.kind, name=demand.name, says=data[f"says_{number}"], on=data[f"on_{number}"],
                until=data[f"until_{number}"],
            )
            for number, demand in enumerate(self.asked)
            if data.get(f"says_{number}")
        ]  # fmt: skip


class DeclareForm(forms.Form):
    """What a reader declares."""

    none = forms.BooleanField(label="I have no conflict of interest", required=False)
    says = forms.CharField(
        label="What could influence how you read",
        help_text="Paid work, shares, patents, family; care of participants; a part in the study's design.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    password = signature("your declaration")

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("none")) == bool(cleaned.get("says", "").strip()):
            self.add_error("says", "Tick that there is none, or say what there is.")
        return cleaned


class DecideForm(forms.Form):
    """Whether a declared conflict matters."""

    accepted = forms.ChoiceField(
        label="May this person read?",
        choices=[("yes", "Yes, it does not matter"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether this person may read."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        error_messages={"required": "Say why."},
    )


class HoldForm(forms.Form):
    """Give a reader no new case for a while."""

    why = forms.CharField(
        label="Why",
        help_text="The reader sees this. Nothing of cases or answers.",
        max_length=500,
        error_messages={"required": "Say why the reader is held."},
    )
    requalify = forms.BooleanField(
        label="Passing the test set again lifts it", required=False
    )


class LiftForm(forms.Form):
    """Let a held reader go on."""

    reason = forms.CharField(
        label="What was done",
        max_length=500,
        error_messages={"required": "Say what was done before the reader goes on."},
    )
