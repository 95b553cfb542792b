"""What becomes of what a reader draws: placed in the patient, measured again, compared, bound to an answer."""

from __future__ import annotations

import dataclasses

import pytest

from provident.kernel import InvalidInput
from provident.reading.measurements import Check, Measurement
from provident.reading.taking import MEASUREMENT_CODES, Tolerance, take
from tests.unit.reading.drawn import form, image
from tests.unit.reading.made import design


title = "Measurements taken with a read"

LABELS = (("A", "week12"), ("B", "baseline"))
IMAGES = {"/1.dcm": image(), "/2.dcm": image("2", "baseline")}
LINE = {"id": "m1", "kind": "length", "image": "/1.dcm", "points": [[1, 1], [9, 1]], "value": 4.0, "unit": "mm"}  # fmt: skip
BOX = {"id": "m2", "kind": "rectangle", "image": "/1.dcm", "points": [[1, 1], [3, 1], [1, 3], [3, 3]], "value": 16.5, "unit": "HU"}  # fmt: skip


def taken(*given, answers=None, labels=LABELS, **tolerance):
    made = dataclasses.replace(design(), form=form())
    return take(made, labels, answers or {}, given, IMAGES.get, Tolerance(**tolerance))


def codes(found):
    return [(f.code.partition(".")[2], f.where.uid) for f in found.findings]


def test_a_measurement_is_kept_on_the_stored_image_in_pixels_and_in_the_patient():
    (made,) = taken(LINE).measurements

    assert (made.visit, made.role, made.image.sop_uid) == ("week12", "chest", "2.25.31")
    assert made.points == ((1, 1), (9, 1))
    # the first pixel's centre lies at (0.5, 0.5) of the image and at the image's position
    assert made.patient == ((-99.75, -80.0, 11.5), (-95.75, -80.0, 11.5))
    assert made.values["length"].value == pytest.approx(4.0)
    assert made.check is Check.AGREES


def test_what_is_stored_comes_back_as_it_was():
    found = taken({**LINE, "item": "A:long"}, BOX, answers={"week12": {"long": 4.0}})

    assert [Measurement.from_json(m.as_json()) for m in found.measurements] == list(found.measurements)  # fmt: skip


def test_a_measurement_of_an_unknown_schema_is_refused():
    stored = taken(LINE).measurements[0].as_json()

    with pytest.raises(InvalidInput, match="schema 2"):
        Measurement.from_json({**stored, "schema": 2})


def test_the_room_gets_back_what_it_drew():
    (made,) = taken({**BOX, "item": "A:density"}).measurements
    again = made.as_client("/1.dcm", "A:")

    assert {k: again[k] for k in BOX} == BOX
    assert again["item"] == "A:density"
    assert again["stats"] == {"mean": 16.5, "sd": 5.802, "min": 11.0, "max": 22.0, "area_mm2": 4.0}  # fmt: skip


@pytest.mark.parametrize(
    ("item", "given", "part", "gives"),
    [
        ("long", LINE, "length", 4.0),
        ("long", {**LINE, "kind": "bidirectional", "points": [[1, 1], [9, 1], [5, 1], [5, 2]]}, "long_axis", 4.0),
        ("short", {**LINE, "kind": "bidirectional", "points": [[1, 1], [9, 1], [5, 1], [5, 2]]}, "short_axis", 0.2),
        ("bend", {**LINE, "kind": "angle", "points": [[1, 1], [5, 1], [5, 2]], "value": 90, "unit": "deg"}, "angle", 90.0),
        ("density", BOX, "mean", 16.5),
        ("uptake", BOX, "suv_max", 2.2),
        ("adc", BOX, "adc", 0.17),
        ("nodes", {**LINE, "kind": "points", "points": [[1, 1], [2, 2]], "value": 2, "unit": ""}, "count", 2.0),
    ],
)  # fmt: skip
def test_an_answer_is_given_in_its_own_unit(item, given, part, gives):
    found = taken({**given, "item": f"A:{item}"}, answers={"week12": {item: gives}})

    assert codes(found) == []
    assert [dataclasses.astuple(f) for f in found.measurements[0].fills] == [
        (item, part, gives, True)
    ]


def test_points_on_several_images_are_counted_together():
    one = {**LINE, "kind": "points", "points": [[1, 1]], "value": 1, "unit": "", "item": "A:nodes"}  # fmt: skip
    found = taken(one, {**one, "id": "m9", "points": [[2, 2], [3, 3]], "value": 2}, answers={"week12": {"nodes": 3}})  # fmt: skip

    assert [f.gives for m in found.measurements for f in m.fills] == [3.0, 3.0]
    assert all(f.kept for m in found.measurements for f in m.fills)


def test_an_answer_that_the_reader_typed_beside_is_said_to_be_typed():
    found = taken({**LINE, "item": "A:long"}, answers={"week12": {"long": 12.0}})

    assert codes(found) == []
    assert [(f.gives, f.kept) for f in found.measurements[0].fills] == [(4.0, False)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"image": "/of another case.dcm"}, "NOT_THIS_CASE"),
        ({"points": [[1, 1], [11.2, 1]]}, "OUTSIDE"),
        ({"points": [[1, 1], [1, 1]]}, "UNREADABLE"),
        ({"points": [[1, 1]]}, "UNREADABLE"),
        ({"points": "1,1"}, "UNREADABLE"),
        ({"kind": "freehand"}, "UNREADABLE"),
        ({"kind": ["length"]}, "UNREADABLE"),
        ({"image": None}, "UNREADABLE"),
        ({"value": 5.0}, "DIFFERS"),
        ({"value": 4.0, "unit": "px"}, "DIFFERS"),
        ({"item": "B:long"}, "ITEM"),
        ({"item": "A:seen"}, "ITEM"),
        ({"item": "A:nowhere"}, "ITEM"),
        ({"item": "A:short"}, "ITEM"),
        ({"item": "long"}, "ITEM"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(change, code):
    found = taken({**LINE, **change})

    assert codes(found) == [(code, change.get("item") or "m1")]


def test_something_that_is_no_measurement_is_refused():
    assert codes(taken("a line")) == [("UNREADABLE", "")]
    assert codes(taken({"kind": "length"})) == [("UNREADABLE", "")]


def test_two_measurements_of_one_name_are_refused():
    assert codes(taken(LINE, LINE)) == [("TWICE", "m1")]


def test_an_image_that_cannot_be_read_is_refused():
    def broken(address):
        raise InvalidInput("damaged")

    found = take(dataclasses.replace(design(), form=form()), LABELS, {}, [LINE], broken)

    assert codes(found) == [("NO_PIXELS", "m1")]


def test_a_region_without_a_pixel_is_refused():
    small = [[1.6, 1.6], [2.4, 1.6], [1.6, 2.4], [2.4, 2.4]]

    assert codes(taken({**BOX, "points": small})) == [("NO_PIXELS", "m2")]


def test_with_one_time_point_an_answer_needs_no_label():
    found = taken({**LINE, "item": "long"}, labels=(("A", "week12"),))

    assert codes(found) == []


@pytest.mark.parametrize(
    ("shown", "unit", "share", "check"),
    [
        (4.0, "mm", 0.01, "agrees"),
        (0.4, "cm", 0.01, "agrees"),
        (4.05, "mm", 0.01, "agrees"),
        (4.1, "mm", 0.01, "differs"),
        (4.1, "mm", 0.05, "agrees"),
        (None, "", 0.01, "not shown"),
        (True, "", 0.01, "not shown"),
    ],
)
def test_what_was_shown_is_compared_within_the_plan_s_tolerance(shown, unit, share, check):  # fmt: skip
    found = taken({**LINE, "value": shown, "unit": unit}, share=share, refuse=False)

    assert codes(found) == []
    assert str(found.measurements[0].check) == check


def test_every_code_is_documented_and_given_somewhere():
    given = {"NOT_THIS_CASE", "OUTSIDE", "UNREADABLE", "DIFFERS", "ITEM", "TWICE", "NO_PIXELS"}  # fmt: skip

    assert {f"MEAS.{c}" for c in given} == set(MEASUREMENT_CODES)
