"""An entry has an answer or a reason everywhere; blanks and contradictions are refused."""

from __future__ import annotations

import pytest

from provident.forms import CODES, check_answers
from tests.unit.forms.made import compiled, every_type, full


title = "Filling in a form"


def problems(form, answers, complete=True, **more):
    found = check_answers(form, answers, complete, **more)
    assert all(f.code in CODES for f in found)
    return {f.where.uid: f.code for f in found}


def test_a_complete_entry_has_no_findings():
    assert problems(compiled(), full(bones__lunate__ero="nv")) == {}


def test_one_answer_may_stand_for_a_whole_form():
    assert problems(compiled(), {"normal": 1}) == {}
    assert problems(compiled(), {"normal": "nd"}) == {}


def test_an_empty_entry_asks_the_question_before_the_grids_first():
    assert problems(compiled(), {}) == {"normal": "FORM.BLANK"}


def test_a_draft_may_have_blanks():
    assert problems(compiled(), {}, complete=False) == {}
    assert problems(compiled(), {"normal": 0, "bones.lunate.ero": None}, False) == {}


def test_every_blank_cell_is_named_with_what_may_be_given():
    answers = full()
    answers["bones.lunate.ero"] = ""
    del answers["joints.mcp2.syn"]

    found = check_answers(compiled(), answers, complete=True)

    assert {f.where.uid for f in found} == {"bones.lunate.ero", "joints.mcp2.syn"}
    assert found[0].message == "Lunate, Erosion: no answer"
    assert found[0].expected == "a whole number, 0..10; or nv (Not visible)"
    assert found[0].remedy == "Answer it, or say why there is no answer."


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("bones.lunate.ero", 11, "FORM.RANGE"),
        ("bones.lunate.ero", -1, "FORM.RANGE"),
        ("bones.lunate.ero", 2.5, "FORM.VALUE"),
        ("bones.lunate.ero", 2.0, "FORM.VALUE"),
        ("bones.lunate.ero", True, "FORM.VALUE"),
        ("bones.lunate.ero", "3", "FORM.VALUE"),
        ("bones.lunate.ero", [3], "FORM.VALUE"),
        ("bones.lunate.ero", {"a": 1}, "FORM.VALUE"),
        ("bones.lunate.ero", 10**400, "FORM.RANGE"),
        ("bones.lunate.ero", "nq", "FORM.CODE"),
        ("bones.lunate.ero", "nd", "FORM.CODE"),
        ("normal", 2, "FORM.VALUE"),
        ("normal", "nv", "FORM.CODE"),
        ("normal", True, "FORM.VALUE"),
        ("normal", 1.0, "FORM.VALUE"),
        ("bones.ulna.ero", 1, "FORM.UNKNOWN"),
        ("A:normal", 1, "FORM.UNKNOWN"),
        ("erosion_total", 1, "FORM.DERIVED"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(key, value, code):
    answers = {**full(), key: value}

    assert problems(compiled(), answers)[key] == code


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("response", "CR", None),
        ("response", "XX", "FORM.VALUE"),
        ("response", "nv", "FORM.CODE"),
        ("lesions", 20, None),
        ("lesions", "nd", "FORM.CODE"),
        ("longest", 12.5, None),
        ("longest", 12, None),
        ("longest", "nv", None),
        ("longest", 300.1, "FORM.RANGE"),
        ("longest", float("nan"), "FORM.VALUE"),
        ("longest", float("inf"), "FORM.VALUE"),
        ("longest", "twelve", "FORM.VALUE"),
        ("ratio", 0, "FORM.RANGE"),
        ("ratio", 0.001, None),
        ("remark", "fits", None),
        ("remark", "much too long for it, really", "FORM.RANGE"),
        ("remark", 5, "FORM.VALUE"),
    ],
)
def test_each_type_of_item_has_its_own_limits(key, value, code):
    found = problems(compiled(every_type()), {key: value}, complete=False)

    assert found == ({key: code} if code else {})


def test_a_cell_that_contradicts_the_question_before_it_is_refused():
    found = check_answers(
        compiled(), {"normal": 1, "bones.lunate.ero": 3}, complete=True
    )

    assert [f.code for f in found] == ["FORM.IMPLIED"]
    assert found[0].message == (
        'Lunate, Erosion contradicts the answer to "All sites visible and normal?"'
    )
    assert (found[0].expected, found[0].found) == ("0", "3")


def test_a_zero_contradicts_that_nobody_looked():
    found = check_answers(
        compiled(), {"normal": "nd", "bones.lunate.ero": 0}, complete=True
    )

    assert [f.code for f in found] == ["FORM.IMPLIED"]
    assert found[0].expected == "nd (Not done)"


def test_what_the_gate_implies_may_be_sent_back():
    answers = {"normal": "nd", "bones.lunate.ero": "nd", "joints.mcp2.syn": "nd"}

    assert problems(compiled(), answers) == {}


def test_a_wrong_answer_to_the_gate_question_implies_nothing():
    assert problems(compiled(), {"normal": 7}) == {"normal": "FORM.VALUE"}
    assert problems(compiled(), {"normal": True}) == {"normal": "FORM.VALUE"}


def test_a_prefix_names_the_time_point():
    found = check_answers(compiled(), {"normal": 7}, True, prefix="B:")

    assert found[0].where.uid == "B:normal"


def test_what_a_person_typed_is_never_repeated():
    """A text in the wrong place may be a patient's name, and findings are logged."""
    found = check_answers(compiled(), {"normal": "Jane Smith"}, complete=False)

    assert "Jane" not in str(found[0])
    assert found[0].found == "a text of 10 characters"
