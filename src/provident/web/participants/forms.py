"""Forms of participants and slots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from provident import plan
from provident.web.studies.words import option_words, plain
from provident.web.ui.fields import offer


class DateInput(forms.DateInput):
    """A date field of the browser's own."""

    input_type = "date"


class EnrolForm(forms.Form):
    """A new participant: site, day 0, consent."""

    site = forms.ChoiceField(
        label="Site", error_messages={"required": "Say at which site"}
    )
    anchor_on = forms.DateField(
        label="Day 0 of the visits",
        widget=DateInput,
        error_messages={
            "required": "Enter the day that the visit windows count from",
            "invalid": "Enter a date such as 2026-03-02",
        },
    )
    code = forms.CharField(
        label="Trial number",
        required=False,
        max_length=20,
        help_text="Leave it empty for the site's next number.",
    )

    def __init__(
        self, *args: Any, sites: list[tuple[str, str]], of: plan.Plan, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)
        self.fields["anchor_on"].help_text = f"The day of {plain(of.study.anchor)}."
        self.fields["consent"] = consent_field(of)

    def answers(self) -> dict[str, bool]:
        """Every option of the plan with the answer given."""
        given = set(self.cleaned_data["consent"])
        return {name: name in given for name, _ in self.fields["consent"].choices}  # type: ignore[attr-defined]


def consent_field(of: plan.Plan) -> forms.MultipleChoiceField:
    """The plan's consent options as boxes."""
    options = of.consent.options if of.consent else {}
    required = [option_words(of, name) for name, o in options.items() if o.required]
    return forms.MultipleChoiceField(
        label="The participant consents to",
        choices=[(name, option_words(of, name)) for name in options],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=f"Needed to take part: {', '.join(required).lower()}."
        if required
        else "",
    )


class ConsentForm(forms.Form):
    """A change of consent with its reason."""

    reason = forms.CharField(
        label="Why it changes",
        widget=forms.Textarea,
        error_messages={"required": "Say why the consent changes"},
        help_text="For example: new consent form signed on 3 March.",
    )

    def __init__(
        self, *args: Any, of: plan.Plan, given: Mapping[str, bool], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"] = consent_field(of)
        self.fields["consent"].initial = [name for name, yes in given.items() if yes]
        self.order_fields(["consent", "reason"])

    def answers(self) -> dict[str, bool]:
        """Every option of the plan with the answer given."""
        given = set(self.cleaned_data["consent"])
        return {name: name in given for name, _ in self.fields["consent"].choices}  # type: ignore[attr-defined]


class BookForm(forms.Form):
    """The day of an exam."""

    on = forms.DateField(
        label="Day of the exam",
        widget=DateInput,
        error_messages={
            "required": "Enter the day of the exam",
            "invalid": "Enter a date such as 2026-03-02",
        },
    )


class NotDoneForm(forms.Form):
    """Why an exam was not done, as a code of the plan."""

    reason = forms.ChoiceField(
        label="Why it was not done",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason"},
    )

    def __init__(self, *args: Any, of: plan.Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", of.study.not_done.items())


WITHDRAWAL_WORDS = {
    "images": "images",
    "derived": "what was read and measured",
    "new_reads": "new reads",
    "backups": "backups",
    "shared": "what was shared",
}


def withdrawal_choices(of: plan.Plan) -> list[tuple[str, str]]:
    """The plan's kinds of withdrawal, each saying what happens to what."""
    kinds = of.consent.withdrawal if of.consent else {}
    choices = []
    for name, kind in kinds.items():
        said = kind.model_dump(exclude_none=True)
        parts = [
            f"{words}: {'no' if said[key] is False else said[key]}"
            for key, words in WITHDRAWAL_WORDS.items()
            if key in said
        ]
        choices.append((name, f"{plain(name).capitalize()} ({'; '.join(parts)})"))
    return choices


class WithdrawForm(forms.Form):
    """A withdrawal of one of the plan's kinds."""

    kind = forms.ChoiceField(
        label="What the participant withdraws",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the participant withdraws"},
    )
    on = forms.DateField(
        label="Day of the withdrawal",
        widget=DateInput,
        error_messages={"required": "Enter the day of the withdrawal"},
    )
    reason = forms.CharField(
        label="What the participant said",
        required=False,
        widget=forms.Textarea,
        help_text="Nobody has to give a reason. Write no name and no hospital number.",
    )

    def __init__(self, *args: Any, of: plan.Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", withdrawal_choices(of))
        self.today = today

    def clean_on(self) -> date:
        """Not after today."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("The day of the withdrawal lies after today")
        return on
