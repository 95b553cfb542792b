"""A form file of the plan: what is refused, where, and in which words."""

from __future__ import annotations

from copy import deepcopy

import pytest
from pydantic import ValidationError

from provident.plan.models.forms import FormFile
from provident.plan.models.row_lists import ROW_LISTS
from tests.unit.forms.made import every_type, gate, ramris


title = "Form files"


def errors(form):
    with pytest.raises(ValidationError) as caught:
        FormFile.model_validate(form)
    return {
        ".".join(str(step) for step in e["loc"]): e["msg"].removeprefix("Value error, ")
        for e in caught.value.errors()
    }


def changed(path, value, form=None):
    form = deepcopy(form or ramris())
    *way, last = path.split("/")
    here = form
    for step in way:
        here = here[step]
    here[last] = value
    return form


@pytest.mark.parametrize(
    "code",
    [
        "NA",
        "na",
        "N/A",
        "NaN",
        "None",
        "null",
        "NULL",
        "",
        None,
        "true",
        "F",
        "Inf",
        ".",
    ],
)
def test_codes_that_statistics_programs_read_as_empty_are_refused(code):
    found = errors(ramris(missing={code: "Not there", "nv": "x", "nd": "y", "nq": "z"}))

    assert any("statistics programs" in words for words in found.values())


@pytest.mark.parametrize("code", ["1", "9", "-9", "1e5", "n v", "über", "x" * 13])
def test_codes_that_could_be_scores_or_break_a_column_are_refused(code):
    found = errors(ramris(missing={code: "Not there", "nv": "x", "nd": "y", "nq": "z"}))

    assert any("is no code" in words for words in found.values())


@pytest.mark.parametrize("value", ["NA", "None", "T"])
def test_a_choice_may_not_be_read_as_something_else_either(value):
    form = changed("items/normal/choices", {value: "Yes", "no": "No"})

    assert any("statistics programs" in words for words in errors(form).values())


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (
            "items/normal/missing",
            ["nx"],
            "items.normal.missing.0",
            '"nx" is not among the missing codes',
        ),
        ("items/Normal", {}, "items.Normal", "use small letters"),
        ("items/in", {"ask": "?", "range": "0..1"}, "items.in", "a meaning of its own"),
        ("items/a", {"ask": "?", "range": "0..1"}, "items.a", "a meaning of its own"),
        ("items/" + "x" * 33, {}, "items." + "x" * 33, "longer than 32 characters"),
        ("items/sum", {"ask": "?", "range": "0..1"}, "items.sum", "is a function"),
        ("items/change", {"ask": "?", "range": "0..1"}, "items.change", "used twice"),
        ("items/x", {"ask": "?"}, "items.x", "exactly one of choices, range"),
        (
            "items/x",
            {"ask": "?", "range": "0..1", "text": True, "why": "w"},
            "items.x",
            "here are range and text",
        ),
        ("items/x", {"ask": "?", "range": "0..1.5"}, "items.x.range", "whole numbers"),
        ("items/x", {"ask": "?", "range": "0..5 mm"}, "items.x.range", "write number:"),
        ("items/x", {"ask": "?", "range": ">= 0"}, "items.x.range", "whole numbers"),
        ("items/x", {"ask": "?", "range": "10..0"}, "items.x.range", "lower end"),
        ("items/x", {"ask": "?", "range": "many"}, "items.x.range", "is not a range"),
        (
            "items/x",
            {"ask": "?", "number": "0..5 mn"},
            "items.x.number",
            "unknown unit",
        ),
        ("items/x", {"ask": "?", "text": True}, "items.x", "say with why:"),
        (
            "items/x",
            {"ask": "?", "range": "0..1", "why": "w"},
            "items.x",
            "belong to a text",
        ),
        (
            "items/x",
            {"ask": "?", "range": "0..1", "decimals": 1},
            "items.x",
            "decimals belong to a number",
        ),
        (
            "items/x",
            {"ask": "?", "choices": {1: "a"}, "measure": "length"},
            "items.x",
            "a measurement fills",
        ),
        (
            "items/x",
            {"ask": "?", "choices": {1: "a", "b": "c"}},
            "items.x",
            "not mixed",
        ),
        (
            "items/x",
            {"ask": "?", "choices": {"nv": "a"}, "missing": ["nv"]},
            "items.x",
            "both a choice and a missing code",
        ),
        (
            "items/x",
            {"ask": "?", "choices": {True: "a"}},
            "items.x.choices.1.[key]",
            "put it in quotes",
        ),
        ("grids/bones/rows", "ramris_bone", "grids.bones.rows", 'mean "ramris_bones"?'),
        ("grids/bones/rows", ["x", "x"], "grids.bones.rows", '"x" is named twice'),
        ("grids/bones/rows", [["x"]], "grids.bones.rows", "is no id"),
        ("grids/bones/rows", {}, "grids.bones.rows", "at least one row"),
        ("grids/bones/rows", {"ero": "E"}, "grids.bones.columns.ero", "both a column"),
        ("grids/bones/columns", {}, "grids.bones.columns", "at least 1"),
        (
            "grids/bones/gate",
            gate(item="norml"),
            "grids.bones.gate.item",
            'did you mean "normal"?',
        ),
        ("grids/bones/gate", gate(when=5), "grids.bones.gate.when", "can never be 5"),
        (
            "grids/bones/gate",
            gate(otherwise={"fill": 99}),
            "grids.bones.gate.otherwise.fill",
            "no possible answer of column",
        ),
        (
            "derive/change",
            {"value": "erosion_totl"},
            "derive.change.value",
            'did you mean "erosion_total"?',
        ),
        ("derive/change", "bones.ero", "derive.change.value", "one value is needed"),
        ("derive/change", "bones", "derive.change.value", "a group of values"),
        ("derive/change", "sum(bones.lunte.ero)", "derive.change.value", "lunate"),
        ("derive/change", "eval(1)", "derive.change.value", "unknown function"),
        ("derive/change", "change + 1", "derive.change", "need each other: change"),
        (
            "derive/erosion_total",
            "change + 1",
            "derive.change",
            "need each other: change",
        ),
        ("study_data", ["bonez"], "study_data.0", 'did you mean "bones"?'),
        ("needs", ["cor_t1"], "needs.0", "pattern"),
        ("version", 0, "version", "greater than or equal to 1"),
    ],
)
def test_what_does_not_fit_is_named_at_its_place(path, value, place, words):
    found = errors(changed(path, value))

    where = [key for key in found if key.startswith(place)]
    assert where, found
    assert any(words in found[key] for key in where), found


def test_all_problems_are_reported_at_once():
    form = changed("derive/change", "erosion_totl")
    form["grids"]["bones"]["rows"] = "ramris_bone"
    form["items"]["normal"]["missing"] = ["nx"]

    assert set(errors(form)) == {
        "derive.change.value",
        "grids.bones.rows",
        "items.normal.missing.0",
    }


def test_one_wrong_part_does_not_hide_what_else_is_wrong():
    form = changed("derive/change", "erosion_totl")
    form["grids"]["joints"]["columns"]["syn"]["range"] = "0..3 mm"
    form["items"]["normal"]["wrong"] = 1
    form["grids"]["bones"]["rows"] = "ramris_bone"
    form["study_data"] = ["joints", "normal", "jonts"]

    assert set(errors(form)) == {
        "derive.change.value",
        "grids.joints.columns.syn.range",
        "items.normal.wrong",
        "grids.bones.rows",
        "study_data.2",
    }


def test_what_is_wrong_in_itself_counts_as_there():
    """`joints` is broken, but `sum(joints.syn)` is no second mistake."""
    form = ramris()
    form["grids"]["joints"]["columns"]["syn"]["range"] = "0..3 mm"

    assert set(errors(form)) == {"grids.joints.columns.syn.range"}


@pytest.mark.parametrize("form", [["a list"], "a text", None])
def test_a_file_that_is_no_mapping_is_refused_once(form):
    assert list(errors(form)) == [""]


def test_a_form_that_asks_nothing_is_refused():
    found = errors(ramris(items={}, grids={}, derive={}))

    assert list(found.values()) == ["a form asks something: give items or grids"]


def test_two_columns_of_an_export_may_not_share_a_name():
    form = ramris()
    form["items"]["bones_lunate_ero"] = {"ask": "?", "range": "0..1"}

    assert "exported as bones_lunate_ero" in errors(form)["grids.bones"]


def test_a_decision_table_is_checked():
    form = every_type()
    form["tables"] = {"t": {"key": ["response", "lesions"], "rows": {"CR": 1}}}

    assert "has 1 cells, its keys are response, lesions" in errors(form)["tables"]


def test_a_derivation_through_a_table_is_compiled():
    form = every_type()
    form["tables"] = {
        "t": {"key": ["response", "lesions"], "rows": {"CR,*": 1, "*,0": 2}}
    }
    form["derive"] = {"grade": 'lookup("t", response, lesions)'}
    form["study_data"] = "all"

    assert FormFile.model_validate(form).key == "mixed@1"


def test_rows_may_be_a_plain_list():
    form = changed("grids/bones/rows", ["capitate", "distal_radius"])

    rows = FormFile.model_validate(form).grids["bones"].rows
    assert rows == {"capitate": "capitate", "distal_radius": "distal radius"}


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ramris_bones", 23),
        ("ramris_joints", 7),
        ("hand_joints22", 22),
        ("shs_hand_erosion", 32),
        ("shs_hand_narrowing", 30),
        ("shs_foot", 12),
    ],
)
def test_shipped_lists_have_the_sites_that_the_paper_counts(name, count):
    rows = [row for row, _ in ROW_LISTS[name].rows]

    assert count == len(rows) == len(set(rows))
    assert ROW_LISTS[name].source


def test_ramris_has_15_bones_of_the_wrist_and_8_of_the_finger_joints():
    rows = [row for row, _ in ROW_LISTS["ramris_bones"].rows]

    fingers = [r for r in rows if r.startswith(("head", "phalanx"))]
    assert (len(rows) - len(fingers), len(fingers)) == (15, 8)
