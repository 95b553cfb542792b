"""A form is tried with made-up entries before anyone fills it in."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from provident.forms import (
    CODES,
    acceptance_test,
    check_answers,
    compile_form,
    derive,
    synthetic_answers,
)
from provident.plan.document import read_document
from provident.plan.models.forms import FormFile
from tests.unit.forms.made import compiled, every_type, ramris


title = "Acceptance test of a form"


@pytest.mark.parametrize("form", [ramris(), every_type()], ids=["grid", "items"])
def test_a_good_form_is_accepted(form):
    assert acceptance_test(compiled(form), np.random.default_rng(1), entries=50) == []


@pytest.mark.parametrize("name", ["ramris", "us_synovitis"])
def test_the_forms_of_the_example_are_accepted(shared, name):
    path = shared / f"examples/arthritis/forms/{name}.yaml"
    file = FormFile.model_validate(read_document(path.name, path.read_bytes()).value)
    form = compile_form(file)

    assert acceptance_test(form, np.random.default_rng(1), entries=20) == []


def test_the_same_seed_makes_the_same_entries():
    one, two = (synthetic_answers(compiled(), np.random.default_rng(7)) for _ in "ab")

    assert one == two


def test_made_up_entries_are_complete_and_can_be_derived():
    rng = np.random.default_rng(3)
    for _ in range(50):
        answers = synthetic_answers(compiled(), rng, missing=0.3)

        assert check_answers(compiled(), answers, complete=True) == []
        assert set(derive(compiled(), answers)) == {
            "erosion_total",
            "synovitis_total",
            "change",
        }


def test_a_form_without_a_single_question_is_not_accepted():
    form = dataclasses.replace(compiled(), items=(), grids=(), derivations=())

    found = acceptance_test(form, np.random.default_rng(1), entries=1)

    assert [f.code for f in found] == ["FORM.TEST_BLANK"]


def test_a_derivation_that_fails_on_possible_answers_is_found():
    form = every_type()
    form["derive"] = {"broken": "10 ** lesions"}
    form["study_data"] = "all"

    found = acceptance_test(compiled(form), np.random.default_rng(1), entries=5)

    assert {f.code for f in found} == {"FORM.TEST_DERIVE"}
    assert "exponent" in found[0].message


def test_a_text_that_looks_like_a_number_is_found():
    form = every_type()
    form["derive"] = {"code": '"007"'}
    form["study_data"] = "all"

    found = acceptance_test(compiled(form), np.random.default_rng(1), entries=1)

    assert {f.code for f in found} == {"FORM.TEST_CSV"}
    assert {f.where.uid for f in found} == {"code"}


def test_a_missing_code_that_is_read_back_as_a_score_is_found():
    """A form file refuses such a code; the acceptance test would find it all the same."""
    form = compiled()
    cell = dataclasses.replace(form.grids[0].columns[0], missing=("10",))
    grid = dataclasses.replace(form.grids[0], columns=(cell,))
    broken = dataclasses.replace(
        form, grids=(grid,), derivations=(), missing={**form.missing, "10": "Ten"}
    )

    found = acceptance_test(broken, np.random.default_rng(1), entries=30)

    assert {f.code for f in found} == {"FORM.TEST_CSV"}
    assert found[0].code in CODES
