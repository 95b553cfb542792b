"""How a plan hangs the images of a case: what it may say, what is refused, and what the browser is sent."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from provident.plan.models.hanging import Hang, HungPane
from provident.plan.models.reading import ReadDesignFile
from provident.programme.hanging import hang_of
from provident.reading.hanging import hang_json, presets_json
from tests.unit.reading.written import written


title = "Hanging protocols"

SHOWN = ("cor_t1", "cor_stir", "pet", "ct")


def hang(**changes):
    return {"layouts": {"all": {"rows": [["cor_stir"], ["cor_t1"]]}}, **changes}


def design(hanging, *, time_order="hidden"):
    given = written(show=list(SHOWN), hang=hanging)
    given["present"] = {**given["present"], "time_order": time_order}
    if time_order == "shown":
        given["hide"] = [h for h in given["hide"] if h not in ("visit_order",)]
    return ReadDesignFile.model_validate(given)


def refusals(hanging, **more):
    with pytest.raises(ValidationError) as caught:
        design(hanging, **more)
    return {
        ".".join(str(step) for step in e["loc"]): e["msg"]
        for e in caught.value.errors()
    }


@pytest.mark.parametrize(
    ("words", "pane"),
    [
        ("nothing", HungPane(series=None)),
        ("cor_t1", HungPane(series="cor_t1")),
        ("cor_t1 as axial", HungPane(series="cor_t1", plane="axial")),
        (
            "pet over ct as coronal at prior with suv_10 inverted",
            HungPane(series="pet", under="ct", plane="coronal", at="prior", preset="suv_10", inverted=True),
        ),
        ("pet   over ct", HungPane(series="pet", under="ct")),
    ],
)  # fmt: skip
def test_a_pane_is_one_line_of_words(words, pane):
    made = Hang.model_validate({"layouts": {"one": {"rows": [[words]]}}})

    assert made.layouts["one"].rows == ((pane,),)
    assert str(pane) == " ".join(words.split())


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        (hang(layouts={}), "hang.layouts", "at least 1 item"),
        (hang(layouts={"a": {"rows": []}}), "hang.layouts.a.rows", "at least 1 item"),
        (hang(layouts={"a": {"rows": [["cor t1"]]}}), "hang.layouts.a.rows.0.0", "is not what a pane shows"),
        (hang(layouts={"a": {"rows": [["cor_t1 as oblique"]]}}), "hang.layouts.a.rows.0.0", "is not what a pane shows"),
        (hang(layouts={"a": {"rows": [[3]]}}), "hang.layouts.a.rows.0.0", "is not what a pane shows"),
        (hang(layouts={"a": {"rows": [["pet over pet"]]}}), "hang.layouts.a.rows.0.0", "cannot lie over itself"),
        (hang(layouts={"a": {"rows": [["ct with bone"]]}}), "hang.layouts.a.rows.0.0", 'there is no preset "bone"'),
        (hang(layouts={"a": {"rows": [["ct"]], "panes": 2}}), "hang.layouts.a.panes", "Extra inputs"),
        (hang(layouts={"a": {"rows": [["ct"]], "time_points": "all"}}), "hang.layouts.a.time_points", "'each'"),
        (hang(link="always"), "hang.link", "'position'"),
        (hang(presets={"bone": {"window": 900}}), "hang.presets.bone", "window and level, or lower and upper"),
        (hang(presets={"bone": {"window": 900, "level": 400, "lower": 0, "upper": 1}}), "hang.presets.bone", "window and level, or lower and upper"),
        (hang(presets={"suv": {"lower": 10, "upper": 5}}), "hang.presets.suv", "lies above"),
        (hang(screen={"megapixels": 0}), "hang.screen.megapixels", "greater than 0"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_refused_at_its_place(given, place, words):
    assert words in refusals(given)[place]


def test_a_preset_for_other_series_is_refused():
    presets = {"suv": {"lower": 0, "upper": 10, "series": ["pet"]}}
    given = hang(layouts={"a": {"rows": [["ct with suv"]]}}, presets=presets)

    assert "is not for ct" in refusals(given)["hang.layouts.a.rows.0.0"]


@pytest.mark.parametrize(
    "layout",
    [
        {"rows": [["ct"]], "time_points": "prior and scored"},
        {"rows": [["ct"]], "time_points": "first and last"},
        {"rows": [["ct at prior"]]},
        {"rows": [["ct at last"]]},
    ],
)
def test_a_hidden_order_is_not_told_by_the_layout(layout):
    given = hang(layouts={"a": layout})

    assert any("order of the time points is hidden" in w for w in refusals(given).values())  # fmt: skip
    assert design(given, time_order="shown").hang is not None


def test_without_hanging_protocols_nothing_changes():
    assert ReadDesignFile.model_validate(written()).hang is None
    assert hang_json(hang_of(None), ["A", "B"]) is None
    assert presets_json(None) == []


def sent(layout, labels=("A", "B", "C")):
    made = hang_of(Hang.model_validate({"layouts": {"one": layout}}))
    (only,) = hang_json(made, labels)["layouts"]
    return [
        [p and f"{p['series']} {p['at']} {p['plane']}" for p in row]
        for row in only["rows"]
    ]


@pytest.mark.parametrize(
    ("layout", "rows"),
    [
        ({"rows": [["ct"]]}, [["ct A acquired", "ct B acquired", "ct C acquired"]]),
        ({"rows": [["ct", "pet"]], "time_points": "scored"}, [["ct scored acquired", "pet scored acquired"]]),
        ({"rows": [["ct as axial"]], "time_points": "prior and scored"}, [["ct prior axial", "ct scored axial"]]),
        ({"rows": [["ct"]], "time_points": "first and last"}, [["ct A acquired", "ct C acquired"]]),
        ({"rows": [["ct at first", "pet"], ["nothing"]], "time_points": "scored"}, [["pet scored acquired", "ct A acquired"], [None]]),
    ],
)  # fmt: skip
def test_a_row_is_repeated_for_each_time_point(layout, rows):
    assert sent(layout) == rows


def test_presets_by_their_ends_become_window_and_level():
    made = hang_of(Hang.model_validate(hang(presets={
        "bone": {"window": 1500, "level": 400},
        "suv_10": {"label": "SUV 0 to 10", "lower": 0, "upper": 10, "series": ["pet"]},
    })))  # fmt: skip

    bone, suv = presets_json(made)
    assert (bone["name"], bone["window"], bone["level"], bone["series"]) == (
        "Bone",
        1500,
        400,
        [],
    )
    # PS3.3 C.11.2.1.2.1: values at or below level - 0.5 - (window - 1) / 2 are black.
    assert suv["level"] - 0.5 - (suv["window"] - 1) / 2 == 0
    assert suv["level"] - 0.5 + (suv["window"] - 1) / 2 == 10
    assert (suv["name"], suv["series"]) == ("SUV 0 to 10", ["pet"])


def test_a_hang_tells_what_the_display_must_have():
    made = hang_json(hang_of(Hang.model_validate(hang(screen={"megapixels": 3}))), ["A"])  # fmt: skip

    assert made["screen"] == {"megapixels": 3.0, "grey_check_days": 30}
    assert made["link"] == "position"
