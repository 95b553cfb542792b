"""What a shape measures on stored pixels, against values worked out by hand and by another way."""

import math

import numpy as np
import pytest

from provident.kernel import InvalidInput
from provident.reading.measuring import Raster, Scale, Value, mask_of, values_of
from provident.reading.shapes import (
    PARTS,
    Shape,
    as_drawn,
    parts_for,
    points_of,
    single,
)


title = "Measurements on stored images"

# 0 to 79 row by row; 0.5 mm between columns, 2 mm between rows.
RAMP = Raster(pixels=np.arange(80.0).reshape(8, 10), spacing=(0.5, 2.0))
PLAIN = Raster(pixels=np.arange(80.0).reshape(8, 10))


def measured(kind, points, raster=RAMP):
    shape = Shape(kind)
    found = values_of(shape, points_of(shape, points), raster)
    return {name: (round(v.value, 6), v.unit) for name, v in found.items()}


@pytest.mark.parametrize(
    ("kind", "points", "found"),
    [
        ("length", [(1, 1), (7, 1)], {"length": (3.0, "mm")}),
        ("length", [(1, 1), (1, 4)], {"length": (6.0, "mm")}),
        ("length", [(1, 1), (9, 2.5)], {"length": (5.0, "mm")}),
        ("bidirectional", [(1, 1), (9, 1), (5, 1), (5, 2)], {"long_axis": (4.0, "mm"), "short_axis": (2.0, "mm")}),
        ("angle", [(1, 1), (5, 1), (5, 2)], {"angle": (90.0, "deg")}),
        ("angle", [(1, 1), (5, 1), (9, 1)], {"angle": (180.0, "deg")}),
        ("angle", [(9, 1), (5, 1), (9, 2)], {"angle": (45.0, "deg")}),
        ("points", [(1, 1), (2, 2), (3, 3)], {"count": (3.0, "")}),
    ],
)  # fmt: skip
def test_lines_are_measured_in_millimetres(kind, points, found):
    assert found == measured(kind, points)


def test_a_line_drawn_longer_in_pixels_is_not_the_long_axis_when_it_is_shorter_in_mm():
    found = measured("bidirectional", [(1, 4), (5, 4), (3, 1), (3, 4)])

    assert found == {"long_axis": (6.0, "mm"), "short_axis": (2.0, "mm")}


def test_an_image_that_does_not_say_how_far_its_pixels_lie_apart_gives_pixels():
    assert measured("length", [(1, 1), (7, 1)], PLAIN) == {"length": (6.0, "px")}
    found = measured("rectangle", [(0, 0), (2, 0), (0, 2), (2, 2)], PLAIN)
    assert "area" not in found


def test_a_region_counts_the_pixels_whose_centres_lie_in_it():
    found = measured("rectangle", [(1, 1), (3, 1), (1, 3), (3, 3)])

    # columns 1 and 2 of rows 1 and 2: 11, 12, 21, 22
    assert {
        "mean": (16.5, ""), "sd": (round(math.sqrt(101 / 3), 6), ""), "min": (11.0, ""), "max": (22.0, ""),
        "area": (4.0, "mm2"),
    } == found  # fmt: skip


def test_an_ellipse_has_its_own_area_and_the_pixels_inside():
    circle = [(2, 4), (8, 4), (5, 1), (5, 7)]
    found = measured("ellipse", circle)

    inside = [
        RAMP.pixels[row, column]
        for row in range(8)
        for column in range(10)
        if math.dist((column + 0.5, row + 0.5), (5, 4)) <= 3
    ]
    assert found["mean"] == (round(float(np.mean(inside)), 6), "")
    assert found["area"] == (round(math.pi * 9, 6), "mm2")


def test_a_polygon_and_a_rectangle_of_the_same_corners_measure_the_same():
    corners = [(1.2, 1.3), (6.1, 1.3), (6.1, 5.8), (1.2, 5.8)]

    assert measured("rectangle", corners) == measured("polygon", corners)


def test_a_hole_of_a_polygon_is_not_inside():
    # a square around another, joined by a seam
    points = [(0, 0), (8, 0), (8, 8), (0, 8), (0, 0), (2, 2), (6, 2), (6, 6), (2, 6), (2, 2)]  # fmt: skip
    mask = mask_of(Shape.POLYGON, points, RAMP)

    assert mask[0, 0]
    assert not mask[4, 4]


def test_suv_and_adc_come_with_the_mean_where_the_header_gives_their_scale():
    pet = Raster(
        pixels=np.full((4, 4), 5000.0), unit="", scales={"suv": Scale(factor=0.001, unit="SUV")}
    )  # fmt: skip
    mr = Raster(
        pixels=np.full((4, 4), 1100.0), scales={"adc": Scale(factor=1e-6, unit="mm2/s")}
    )  # fmt: skip
    box = [(0, 0), (3, 0), (0, 3), (3, 3)]

    assert measured("rectangle", box, pet)["suv_mean"] == (5.0, "SUV")
    assert measured("rectangle", box, pet)["suv_max"] == (5.0, "SUV")
    assert measured("rectangle", box, mr)["adc"] == (0.0011, "mm2/s")
    assert "adc" not in measured("rectangle", box, pet)


@pytest.mark.parametrize(
    ("kind", "points", "says"),
    [
        ("length", [(1, 1)], "it has 1 points, and needs 2"),
        ("angle", [(1, 1), (2, 2)], "it has 2 points, and needs 3"),
        ("length", [(1, 1), (1, 1)], "it has no size"),
        ("ellipse", [(1, 1), (3, 1), (2, 1), (2, 1)], "it has no size"),
        ("rectangle", [(1, 1), (1, 1), (1, 3), (1, 3)], "it has no size"),
        ("rectangle", [(1, 1), (3, 2), (1, 3), (3, 3)], "its sides are not those of the image"),
        ("length", [("a", 1), (2, 2)], "its points are not pairs of numbers"),
        ("length", [(float("nan"), 1), (2, 2)], "its points are not pairs of numbers"),
        ("length", [(1e300, 1), (2, 2)], "its points are not pairs of numbers"),
        ("length", [(1, 2, 3), (2, 2)], "its points are not pairs of numbers"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused(kind, points, says):
    with pytest.raises(InvalidInput) as refused:
        points_of(Shape(kind), points)

    assert says == str(refused.value)


def test_a_region_between_the_centres_of_pixels_is_refused():
    box = [(1.6, 1.6), (2.4, 1.6), (1.6, 2.4), (2.4, 2.4)]

    with pytest.raises(InvalidInput, match="no pixel's centre lies in it"):
        measured("rectangle", box)


def test_points_are_stored_in_32_bits_and_in_one_order():
    assert single(0.1) == float(np.float32(0.1))
    short_first = [(5, 3), (5, 5), (1, 4), (9, 4)]
    assert points_of(Shape.ELLIPSE, short_first) == ((1, 4), (9, 4), (5, 3), (5, 5))
    rows = [(1, 1), (3, 1), (1, 3), (3, 3)]
    ring = points_of(Shape.RECTANGLE, rows)
    assert ring == ((1, 1), (3, 1), (3, 3), (1, 3))
    assert as_drawn(Shape.RECTANGLE, ring) == [list(p) for p in rows]


@pytest.mark.parametrize(
    ("measure", "shapes"),
    [
        ("length", "length bidirectional"),
        ("short_axis", "bidirectional"),
        ("adc", "ellipse rectangle polygon"),
        ("count", "points"),
    ],
)
def test_an_answer_is_filled_by_the_shapes_that_give_what_it_asks(measure, shapes):
    wanted = set(parts_for(measure))

    assert shapes.split() == [str(s) for s, parts in PARTS.items() if wanted & {*parts}]


def test_a_value_has_a_unit():
    assert Value(value=1.0).unit == ""
