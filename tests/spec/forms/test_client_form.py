"""A form as the browser draws it, and the columns that it gives in exports."""

from __future__ import annotations

import json

from provident.forms import columns
from tests.unit.forms.made import compiled, every_type


title = "Forms in the browser and in exports"


def test_the_browser_gets_the_form_as_the_architecture_says():
    drawn = compiled().as_client()

    assert json.loads(json.dumps(drawn)) == drawn
    assert (drawn["id"], drawn["scope"]) == ("ramris@2", "timepoint")
    assert drawn["missing"]["nv"] == "Not visible"
    assert drawn["blocks"][0] == {
        "kind": "item",
        "id": "normal",
        "ask": "All sites visible and normal?",
        "type": "choice",
        "choices": [{"value": 1, "label": "Yes"}, {"value": 0, "label": "No"}],
        "missing": ["nd", "nq"],
    }
    bones = drawn["blocks"][1]
    assert bones["kind"] == "grid"
    assert bones["gate"] == {"item": "normal", "when": 0, "fill": 0}
    assert bones["rows"][1] == {"id": "lunate", "label": "Lunate"}
    assert bones["columns"][0] == {
        "id": "ero",
        "label": "Erosion",
        "type": "integer",
        "min": 0,
        "max": 10,
        "missing": ["nv"],
    }


def test_every_type_is_drawn_with_what_it_needs():
    blocks = {b["id"]: b for b in compiled(every_type()).as_client()["blocks"]}

    longest = blocks["longest"]
    assert (longest["type"], longest["unit"], longest["decimals"]) == (
        "number",
        "mm",
        1,
    )
    assert (longest["min"], longest["max"], longest["measure"]) == (0, 300, "length")
    assert (blocks["ratio"]["min"], blocks["ratio"]["max"]) == (0, None)
    assert (blocks["remark"]["type"], blocks["remark"]["max_length"]) == ("text", 20)
    assert blocks["remark"]["help"] == "Never a name."


def test_nothing_that_is_computed_or_hidden_goes_to_the_browser():
    text = json.dumps(compiled().as_client())

    assert "erosion_total" not in text
    assert "baseline" not in text


def test_each_place_of_a_form_is_a_column_with_its_codebook():
    by_key = {c.key: c for c in columns(compiled())}

    cell = by_key["bones.lunate.ero"]
    assert (cell.name, cell.label) == ("bones_lunate_ero", "Lunate, Erosion")
    assert (cell.type, cell.low, cell.high) == ("integer", 0, 10)
    # nd and nq can come here through the gate question, so the codebook has them.
    assert cell.missing == (
        ("nv", "Not visible"),
        ("nd", "Not done"),
        ("nq", "Quality inadequate"),
    )
    total = by_key["erosion_total"]
    assert (total.derived, total.formula) == (True, "sum(bones.ero)")
    assert total.missing == (("not evaluable", "Not evaluable"),)
    assert len(by_key) == 1 + 2 * 2 + 7 + 3


def test_what_is_no_study_data_says_so():
    by_key = {c.key: c for c in columns(compiled(every_type()))}

    assert by_key["longest"].study_data
    assert not by_key["remark"].study_data
    assert by_key["area"].unit == "mm2"


def test_columns_that_are_computed_row_by_row_are_exported_too():
    from tests.unit.forms.made import ramris

    form = ramris()
    form["grids"]["bones"]["each"] = {"both": "ero + ost"}

    by_key = {c.key: c for c in columns(compiled(form))}

    assert by_key["bones.lunate.both"].formula == "ero + ost"
    assert by_key["bones.lunate.both"].label == "Lunate, Both"
