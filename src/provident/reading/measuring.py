"""What a shape measures, from the stored pixels: lengths, angles, and statistics of the pixels inside.

A pixel lies in a shape when its centre does. That is the reading room's rule (`viewer/src/room/stage/roi.ts`),
so that what the reader saw and what is stored can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provident.kernel import InvalidInput
from provident.reading.shapes import REGIONS, Point, Shape


if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number and its unit (`mm`, `deg`, `mm2`, `HU`, `SUV`, `mm2/s`, `px`, or none)."""

    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How a value of the image becomes one of another unit: it is multiplied by `factor`."""

    factor: float
    unit: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of an ultrasound image: left, top, right, bottom in pixels, and its own spacing in mm, if it has one."""

    box: tuple[float, float, float, float]
    spacing: tuple[float, float] | None

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it."""
        left, top, right, bottom = self.box
        return left <= point[0] <= right and top <= point[1] <= bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """One frame as it is stored.

    Attributes:
        pixels: (rows, columns), rescaled as the image's header says, colour as its mean.
        spacing: millimetres between columns and between rows; None where the image does not say.
        regions: of an ultrasound image; then a scale holds within a region alone.
        unit: the unit of the pixels, such as `HU`; empty where they have none of their own.
        scales: by `suv` and `adc`, how the pixels become those; absent where the header does not allow it.
    """

    pixels: NDArray[Any]
    spacing: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    unit: str = ""
    scales: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """The pixels of a row."""
        return int(self.pixels.shape[1])

    @property
    def rows(self) -> int:
        """The pixels of a column."""
        return int(self.pixels.shape[0])

    def spacing_at(self, points: Sequence[Point]) -> tuple[float, float] | None:
        """The spacing that holds for all of the points; None where nothing says."""
        if not self.regions:
            return self.spacing
        for region in self.regions:
            if region.spacing and all(region.holds(p) for p in points):
                return region.spacing
        return None

    def holds(self, points: Sequence[Point]) -> bool:
        """Whether all points lie on the image; its edges belong to it, and half a pixel beyond."""
        return all(
            -0.5 <= x <= self.columns + 0.5 and -0.5 <= y <= self.rows + 0.5
            for x, y in points
        )


def values_of(
    shape: Shape, points: Sequence[Point], raster: Raster
) -> dict[str, Value]:
    """What a shape measures on a frame, by the name of each part.

    Lengths are in mm where the image says how far its pixels lie apart, else in px; an angle in
    deg, measured in the plane of the image.

    Raises:
        InvalidInput: no centre of a pixel lies in a region.
    """
    if shape in REGIONS:
        return _region(shape, points, raster)
    spacing = raster.spacing_at(points)
    sides, unit = spacing or (1.0, 1.0), "mm" if spacing else "px"
    flat = [(x * sides[0], y * sides[1]) for x, y in points]
    match shape:
        case Shape.LENGTH:
            return {"length": Value(value=math.dist(*flat), unit=unit)}
        case Shape.BIDIRECTIONAL:
            # Drawn longer in pixels is not always longer in mm: the longer one is the long axis.
            lengths = sorted((math.dist(*flat[:2]), math.dist(*flat[2:])))
            return {
                "long_axis": Value(value=lengths[1], unit=unit),
                "short_axis": Value(value=lengths[0], unit=unit),
            }
        case Shape.ANGLE:
            return {"angle": Value(value=_angle(flat), unit="deg")}
        case _:
            return {"count": Value(value=float(len(points)))}


def _angle(points: Sequence[Point]) -> float:
    """The angle at the middle of three points, 0 to 180 degrees."""
    (ax, ay), (bx, by), (cx, cy) = points
    one, two = (ax - bx, ay - by), (cx - bx, cy - by)
    across = one[0] * two[1] - one[1] * two[0]
    along = one[0] * two[0] + one[1] * two[1]
    return math.degrees(math.atan2(abs(across), along))


def _region(shape: Shape, points: Sequence[Point], raster: Raster) -> dict[str, Value]:
    import numpy as np

    inside = raster.pixels[mask_of(shape, points, raster)].astype(np.float64)
    if inside.size == 0:
        raise InvalidInput("no pixel's centre lies in it")
    mean, unit = float(inside.mean()), raster.unit
    high = float(inside.max())
    found = {
        "mean": Value(value=mean, unit=unit),
        "sd": Value(
            value=float(inside.std(ddof=1)) if inside.size > 1 else 0.0, unit=unit
        ),
        "min": Value(value=float(inside.min()), unit=unit),
        "max": Value(value=high, unit=unit),
    }
    if spacing := raster.spacing_at(points):
        size = _area(shape, points) * spacing[0] * spacing[1]
        found["area"] = Value(value=size, unit="mm2")
    if suv := raster.scales.get("suv"):
        found["suv_mean"] = Value(value=mean * suv.factor, unit=suv.unit)
        found["suv_max"] = Value(value=high * suv.factor, unit=suv.unit)
    if adc := raster.scales.get("adc"):
        found["adc"] = Value(value=mean * adc.factor, unit=adc.unit)
    return found


def mask_of(shape: Shape, points: Sequence[Point], raster: Raster) -> NDArray[Any]:
    """The pixels whose centres lie in a region: booleans, (rows, columns)."""
    import numpy as np

    x = np.arange(raster.columns)[None, :] + 0.5
    y = np.arange(raster.rows)[:, None] + 0.5
    if shape is Shape.ELLIPSE:
        return _in_ellipse(points, x, y)
    if shape is Shape.RECTANGLE:
        (left, top), (right, bottom) = points[0], points[2]
        found: NDArray[Any] = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
        return found
    return _in_polygon(points, x, y)


def _in_ellipse(
    points: Sequence[Point], x: NDArray[Any], y: NDArray[Any]
) -> NDArray[Any]:
    import numpy as np

    cx, cy = (sum(p[i] for p in points) / 4 for i in (0, 1))
    away = np.zeros((y.shape[0], x.shape[1]))
    for a, b in (points[:2], points[2:]):
        size = math.dist(a, b)
        along = ((b[0] - a[0]) / size, (b[1] - a[1]) / size)
        away += (((x - cx) * along[0] + (y - cy) * along[1]) / (size / 2)) ** 2
    inside: NDArray[Any] = away <= 1
    return inside


def _in_polygon(
    points: Sequence[Point], x: NDArray[Any], y: NDArray[Any]
) -> NDArray[Any]:
    """By the even-odd rule: a ray to the right crosses the outline an odd number of times."""
    import numpy as np

    inside = np.zeros((y.shape[0], x.shape[1]), dtype=bool)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        at = ax + (y - ay) * (bx - ax) / (by - ay)
        inside ^= crosses & (x < at)
    return inside


def _area(shape: Shape, points: Sequence[Point]) -> float:
    """The area of the shape itself, in square pixels."""
    if shape is Shape.ELLIPSE:
        return math.pi * math.dist(*points[:2]) * math.dist(*points[2:]) / 4
    following = [*points[1:], points[0]]
    return (
        abs(
            sum(
                a[0] * b[1] - b[0] * a[1]
                for a, b in zip(points, following, strict=True)
            )
        )
        / 2
    )
