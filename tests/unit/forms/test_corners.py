"""Corners of forms that the behaviour tests do not reach."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from provident.forms import (
    Choice,
    Field,
    check_answers,
    compile_form,
    expand,
    synthetic_answers,
)
from provident.forms.entries import acceptance_test
from provident.kernel import PlanError
from provident.plan.models.forms import FormFile
from provident.plan.quantities import interval
from tests.unit.forms.made import compiled, every_type, ramris


def test_a_field_has_what_its_type_needs_and_nothing_else():
    with pytest.raises(PlanError, match="a choice has choices"):
        Field(key="x", label="X", type="choice")
    with pytest.raises(PlanError, match="a choice has choices"):
        Field(key="x", label="X", type="text", choices=(Choice(value=1, label="a"),))
    with pytest.raises(PlanError, match="a number has a range"):
        Field(key="x", label="X", type="integer")
    with pytest.raises(PlanError, match="a number has a range"):
        Field(key="x", label="X", type="text", bounds=interval("0..1"))


def test_what_may_be_answered_is_said_in_words():
    fields = compiled(every_type()).fields

    assert fields["response"].expected == "CR (Complete) or PD (Progressive)"
    assert fields["longest"].expected == "a number, 0..300 mm"
    assert fields["remark"].expected == "a text of at most 20 characters"


def test_a_grid_without_a_gate_is_asked_cell_by_cell():
    form = ramris()
    del form["grids"]["joints"]["gate"]
    made = compiled(form)

    assert expand(made, {"normal": 1}).implied == {
        key for key in made.fields if key.startswith("bones.")
    }
    assert "gate" not in made.as_client()["blocks"][2]
    assert len(check_answers(made, {"normal": 1}, complete=True)) == 7
    assert acceptance_test(made, np.random.default_rng(0), entries=10) == []


def test_a_derivation_that_does_not_fit_is_refused_when_compiled_too():
    """The file's own checks come first; a file made without them is refused all the same."""
    file = FormFile.model_validate(ramris())
    broken = file.model_copy(
        update={
            "derive": {
                "x": file.derive["change"].model_copy(update={"value": "nothing"})
            }
        }
    )

    with pytest.raises(PlanError, match='unknown name "nothing"'):
        compile_form(broken)


def test_a_number_whose_ends_are_open_has_made_up_entries_too():
    form = every_type()
    form["items"]["ratio"]["number"] = "< 5"
    form["items"]["exact"] = {"ask": "Exact", "number": "0.25..0.26"}
    rng = np.random.default_rng(0)
    made = compiled(form)

    for _ in range(20):
        answers = synthetic_answers(made, rng)
        assert answers["ratio"] < 5
        assert 0.25 <= answers["exact"] <= 0.26


def test_a_question_is_asked_of_an_integer_gate_too():
    form = ramris()
    form["items"]["normal"] = {"ask": "Lesions?", "range": "0..3", "missing": ["nd"]}
    form["grids"]["bones"]["gate"]["when"] = 2
    form["grids"]["joints"]["gate"]["when"] = 2
    made = compiled(form)

    assert len(expand(made, {"normal": 0}).implied) == 11
    assert expand(made, {"normal": 2}).implied == frozenset()
    assert expand(made, {"normal": 9}).implied == frozenset()


def test_a_form_is_a_value():
    assert compiled(ramris()) == compiled(ramris())
    assert dataclasses.replace(compiled(), version=3) != compiled()
