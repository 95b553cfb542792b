"""Forms of the work on the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms

from provident.plan.starting import Question, wrong_answers
from provident.web.ui.fields import signature


def _words(label: str, wrong: str, hint: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": wrong},
    )  # fmt: skip


def _day(label: str, hint: str = "", **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose a day.", "invalid": "Write the day as year-month-day, such as 2026-12-31."}, **options,
    )  # fmt: skip


class AssignForm(forms.Form):
    """To whom an item is given, and until when."""

    to = forms.ChoiceField(label="Who looks after it", error_messages={"required": "Choose a person.", "invalid_choice": "Choose somebody of the team."})  # fmt: skip
    due_on = _day("Until when")

    def __init__(
        self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        to = cast(forms.ChoiceField, self.fields["to"])
        to.choices = [
            ("", "Choose a person"),
            *((str(pk), name) for pk, name in people),
        ]


class CommentForm(forms.Form):
    """A comment."""

    text = _words("Comment", "Write what you have to say.")


class FinishForm(forms.Form):
    """What became of an item."""

    outcome = _words("What became of it", "Say what became of it.", "Changed in the draft of 1.5; agreed with the sites.", 2)  # fmt: skip


class WaiveForm(forms.Form):
    """Why an item may stand, signed."""

    why = _words("Why it may stand", "Say why it may stand.", "Whoever reads the report sees this with your name.")  # fmt: skip
    password = signature()


class ReasonForm(forms.Form):
    """A reason."""

    why = _words("Why", "Say why.", rows=2)


class SignForm(forms.Form):
    """A signature."""

    password = signature()


class DraftForm(forms.Form):
    """The folder of a new version as a ZIP archive."""

    archive = forms.FileField(
        label="The plan's folder as a ZIP archive",
        help_text="With its new version in study.yaml. It is checked before anything is kept.",
        error_messages={"required": "Choose the ZIP archive.", "empty": "The archive is empty.", "invalid": "Choose the ZIP archive."},
    )  # fmt: skip
    why = _words("Why the plan is amended", "Say why the plan is amended.", rows=2)


class StartForm(forms.Form):
    """What is asked when a plan is started from a template; each field has the name of its question."""

    def __init__(
        self,
        *args: Any,
        like: str,
        asked: Iterable[Question],
        here: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.like = like
        for question in asked:
            kind = "date" if question.kind == "date" else "text"
            self.fields[question.key] = forms.CharField(
                label=question.ask, help_text=question.hint, initial=here.get(question.key, question.given), strip=True,
                widget=forms.TextInput(attrs={"type": kind}), error_messages={"required": "Write an answer, or keep what stands there."},
            )  # fmt: skip

    def given(self) -> dict[str, str]:
        """What stands in the fields before anybody answers."""
        return {name: str(field.initial) for name, field in self.fields.items()}

    def clean(self) -> dict[str, Any]:
        """Each answer fits its question."""
        given = super().clean() or {}
        for key, words in wrong_answers(self.like, given).items():
            self.add_error(key, words)
        return given


class StartsForm(forms.Form):
    """From which day an amendment holds at each site."""

    def __init__(
        self, *args: Any, sites: Iterable[tuple[str, str]], first: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for code, name in sites:
            self.fields[f"site-{code}"] = _day(f"{name}: from", initial=first)


class ApproveForm(forms.Form):
    """A signature in a role, with the letter where somebody without an account has decided."""

    role = forms.ChoiceField(label="In which role", error_messages={"required": "Choose the role.", "invalid_choice": "Choose the role."})  # fmt: skip
    evidence = forms.CharField(
        label="Letter", required=False, max_length=200,
        help_text="Where you sign for a sponsor who has no account here: the letter's reference and date.",
    )  # fmt: skip
    password = signature()

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [(r, r.replace("_", " ").capitalize()) for r in roles]


class LetPassForm(forms.Form):
    """Why images may pass over a closed flow, and until when."""

    reason = _words("Why images may pass all the same", "Say why images may pass all the same.", "Who agreed to it, and what is done until the plan is amended.")  # fmt: skip
    until = _day("Until when", "At most 60 days ahead.")
