"""Where values lie on a chart's sheet, and what a signature asks for."""

from __future__ import annotations

import pytest
from django import forms

from provident.web.ui.fields import offer, signature
from provident.web.ui.sheets import Sheet


SHEET = {"left": 50, "right": 566, "top": 10, "bottom": 170}


def test_values_stand_side_by_side_and_the_greatest_highest():
    sheet = Sheet.of([1.0, 3.0, 2.0], 3, **SHEET)

    assert [sheet.x(n) for n in range(3)] == [58, 308, 558]
    assert 170 > sheet.y(1.0) > sheet.y(2.0) > sheet.y(3.0) > 10
    assert sheet.y(2.0) == 90


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_one_value_or_equal_ones_stand_in_the_middle(value):
    sheet = Sheet.of([value], 1, **SHEET)

    assert (sheet.x(0), sheet.y(value)) == (58, 90)


class Signed(forms.Form):
    password = signature("the check")


class Perhaps(forms.Form):
    what = forms.ChoiceField()
    password = signature(needed_when="you accept")


def test_a_signature_is_asked_for():
    form = Signed({"password": ""})

    assert form.errors == {"password": ["Enter your password to sign."]}
    assert form.fields["password"].help_text == "This is your signature on the check."


def test_one_that_is_not_always_needed_says_when():
    form = Perhaps({"what": "b", "password": ""})
    offer(form, "what", [("a", "A"), ("b", "B")])

    assert form.is_valid()
    assert form.fields["password"].help_text == "Needed when you accept: it is your signature."  # fmt: skip
