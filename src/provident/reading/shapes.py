"""What is drawn on an image: the shapes, their points, and what each of them measures."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum

from provident.kernel import InvalidInput


Point = tuple[float, float]
"""x along a row, y down a column, in pixels; (0, 0) is the outer corner of the first pixel (PS3.3 C.10.5.1.2)."""


class Shape(StrEnum):
    """What can be drawn."""

    LENGTH = "length"
    BIDIRECTIONAL = "bidirectional"
    ANGLE = "angle"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    POINTS = "points"


REGIONS = frozenset({Shape.ELLIPSE, Shape.RECTANGLE, Shape.POLYGON})
"""The shapes that hold pixels."""

LONGEST = {
    Shape.LENGTH: "length",
    Shape.BIDIRECTIONAL: "long_axis",
    Shape.ANGLE: "angle",
    Shape.ELLIPSE: "mean",
    Shape.RECTANGLE: "mean",
    Shape.POLYGON: "mean",
    Shape.POINTS: "count",
}
"""The value that a shape is first drawn for: what the browser shows beside it."""

_OF_REGIONS = ("mean", "sd", "min", "max", "area", "suv_mean", "suv_max", "adc")
PARTS: Mapping[Shape, tuple[str, ...]] = {
    Shape.LENGTH: ("length",),
    Shape.BIDIRECTIONAL: ("long_axis", "short_axis"),
    Shape.ANGLE: ("angle",),
    **dict.fromkeys((Shape.ELLIPSE, Shape.RECTANGLE, Shape.POLYGON), _OF_REGIONS),
    Shape.POINTS: ("count",),
}
"""The values that each shape can give, by name."""

# (fewest, most) points of each shape.
_COUNT = {
    Shape.LENGTH: (2, 2),
    Shape.BIDIRECTIONAL: (4, 4),
    Shape.ANGLE: (3, 3),
    Shape.ELLIPSE: (4, 4),
    Shape.RECTANGLE: (4, 4),
    Shape.POLYGON: (3, 1000),
    Shape.POINTS: (1, 1000),
}
# Which part fills an item with `measure:`; a length is filled by the long axis of two, too.
_FILLS = {"length": ("length", "long_axis")}


def parts_for(measure: str) -> tuple[str, ...]:
    """The values that may fill an item with this `measure:` (`adc` -> (`adc`,))."""
    return _FILLS.get(measure, (measure,))


def single(value: float) -> float:
    """The number as 32-bit floating point holds it, as DICOM keeps graphic data (VR FL).

    What is stored so is the same, bit for bit, after it was exported and read again.
    """
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def points_of(shape: Shape, given: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    """Points as they are stored: 32-bit, in the shape's own order.

    An ellipse has the ends of its longer axis first (PS3.3 C.18.6.1.2), two lines the longer
    line first, a rectangle its corners in a ring from the upper left.

    Raises:
        InvalidInput: a wrong number of points, or a shape of no size.
    """
    fewest, most = _COUNT[shape]
    if not fewest <= len(given) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise InvalidInput(f"it has {len(given)} points, and needs {wanted}")
    try:
        points = tuple((single(x), single(y)) for x, y in given)
    except (OverflowError, TypeError, ValueError, struct.error):
        raise InvalidInput("its points are not pairs of numbers") from None
    if not all(math.isfinite(v) for point in points for v in point):
        raise InvalidInput("its points are not pairs of numbers")
    return _ordered(shape, points)


def _ordered(shape: Shape, points: tuple[Point, ...]) -> tuple[Point, ...]:
    if shape is Shape.RECTANGLE:
        return _ring(points)
    if shape in (Shape.ELLIPSE, Shape.BIDIRECTIONAL):
        first, second = points[:2], points[2:]
        if math.dist(*second) > math.dist(*first):
            points = second + first
    sizes = {
        Shape.LENGTH: lambda: math.dist(points[0], points[1]),
        Shape.BIDIRECTIONAL: lambda: math.dist(points[0], points[1]),
        Shape.ANGLE: lambda: (
            math.dist(points[0], points[1]) * math.dist(points[1], points[2])
        ),
        Shape.ELLIPSE: lambda: math.dist(points[2], points[3]),
    }
    if shape in sizes and sizes[shape]() == 0:
        raise InvalidInput("it has no size")
    return points


def _ring(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Corners clockwise from the upper left; the sides are those of the image.

    Raises:
        InvalidInput: the sides are not along rows and columns, or have no length.
    """
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if left == right or top == bottom:
        raise InvalidInput("it has no size")
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    # Drawn through millimetres and back, a corner may be a thousandth of a pixel off.
    if any(min(math.dist(p, c) for c in corners) > 0.01 for p in points):
        raise InvalidInput("its sides are not those of the image")
    return corners


def as_drawn(shape: Shape, points: Sequence[Point]) -> list[list[float]]:
    """Points in the order in which the reading room draws the shape again.

    A rectangle there has its corners row by row.
    """
    if shape is Shape.RECTANGLE:
        first, second, third, fourth = points
        points = (first, second, fourth, third)
    return [list(point) for point in points]
