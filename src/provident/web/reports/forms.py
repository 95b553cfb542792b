"""Forms of the data pages."""

from __future__ import annotations

import csv
import io

from django import forms

from provident.web.ui.fields import signature


class SignForm(forms.Form):
    """A reason and a password."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": "Say on what grounds."},
    )
    password = signature()


class UnblindForm(SignForm):
    """The allocation list as well."""

    allocation = forms.FileField(
        label="Allocation list",
        help_text="A CSV file with the columns participant and arm.",
        error_messages={"required": "Choose the allocation list."},
    )

    def clean_allocation(self) -> dict[str, str]:
        """The list as participant number to arm."""
        data = self.cleaned_data["allocation"].read(2_000_000)
        try:
            reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
            rows = [(r["participant"].strip(), r["arm"].strip()) for r in reader]
        except (UnicodeDecodeError, KeyError, AttributeError, csv.Error):
            raise forms.ValidationError(
                "That is not a CSV file with the columns participant and arm."
            ) from None
        if len({code for code, _ in rows}) != len(rows) or not all(
            arm for _, arm in rows
        ):
            raise forms.ValidationError(
                "A participant stands twice, or one has no arm."
            )
        return dict(rows)
