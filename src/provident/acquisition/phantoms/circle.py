"""Find a round phantom in an image, to a fraction of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provident.acquisition.measures.objects import otsu


Floats = NDArray[np.float64]
RAYS = 360
FOUND = 0.9  # of the rays
ROUND = 0.02  # RMS of the residuals, of the radius


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Centre (row, column) in pixels; radii in mm along each ray, and the fitted one."""

    row: float
    column: float
    radius: float
    rays: tuple[float, ...]
    residual: float

    def diameter(self, angle: float) -> float:
        """Across the centre at an angle in degrees from the row direction, in mm: the mean of 5 rays each way."""
        at = round(angle / 360 * RAYS)
        offsets = range(-2, 3)
        one = np.nanmean([self.rays[(at + o) % RAYS] for o in offsets])
        other = np.nanmean([self.rays[(at + o + RAYS // 2) % RAYS] for o in offsets])
        return float(one + other)


def find_circle(image: Floats, spacing: tuple[float, float]) -> Circle | str:
    """The circle of the largest object, or why there is none.

    The edge along each of 360 rays is where the signal crosses half of that inside, to a
    fraction of a pixel; the circle is fitted by least squares (Kasa, IEEE Trans Instrum
    Meas 1976;25:8).
    """
    level = _half_level(image)
    if level is None:
        return "nothing stands out from the background"
    labels, many = ndimage.label(ndimage.binary_opening(image > level, iterations=2))
    if not many:
        return "nothing stands out from the background"
    largest = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
    filled = ndimage.binary_fill_holes(labels == largest)
    row, column = ndimage.center_of_mass(filled)
    for _ in range(2):  # the second time from the fitted centre
        edges = _edges(image, filled, level, (row, column), spacing)
        known = np.isfinite(edges)
        if known.mean() < FOUND:
            return "the object runs out of the image, or is not closed"
        down, right, radius = _kasa(edges[known], np.flatnonzero(known))
        row, column = row + down / spacing[0], column + right / spacing[1]
    residual = float(
        np.sqrt(
            np.mean(
                (_edges(image, filled, level, (row, column), spacing)[known] - radius)
                ** 2
            )
        )
    )
    if not residual <= ROUND * radius:
        return f"the object is not round: its edge lies {100 * residual / radius:.1f} % of the radius off a circle"
    rays = _edges(image, filled, level, (row, column), spacing)
    return Circle(
        row=row,
        column=column,
        radius=radius,
        rays=tuple(rays.tolist()),
        residual=residual,
    )


def _half_level(image: Floats) -> float | None:
    cut = otsu(image)
    if cut is None:
        return None
    return float(np.median(image[image > cut]) + np.median(image[image <= cut])) / 2


def _edges(
    image: Floats,
    filled: NDArray[np.bool_],
    level: float,
    centre: tuple[float, float],
    spacing: tuple[float, float],
) -> Floats:
    """Distance of the edge along each ray in mm; NaN where it leaves the image first.

    Rays start inside the outline, where a phantom's inserts are filled.
    """
    step = min(spacing) / 2
    reach = math.hypot(image.shape[0] * spacing[0], image.shape[1] * spacing[1]) / 2
    far = np.arange(0, reach, step)
    angles = np.arange(RAYS) * 2 * math.pi / RAYS
    rows = centre[0] + np.sin(angles)[:, None] * far / spacing[0]
    columns = centre[1] + np.cos(angles)[:, None] * far / spacing[1]
    inside = (
        ndimage.map_coordinates(
            filled.astype(np.uint8), [rows, columns], order=0, cval=0
        )
        > 0
    )
    signal = ndimage.map_coordinates(image, [rows, columns], order=1, cval=np.nan)
    last = np.where(
        inside.any(axis=1), inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1), -1
    )
    found = np.full(RAYS, np.nan)
    for ray in range(RAYS):
        found[ray] = _crossing(signal[ray], int(last[ray]), level) * step
    return found


def _crossing(signal: Floats, last: int, level: float) -> float:
    """Where the signal falls through the level about the outline, in steps."""
    if last < 0:
        return math.nan
    start, stop = max(0, last - 6), min(signal.size - 1, last + 7)
    part = signal[start : stop + 1]
    if not np.isfinite(part).all():
        return math.nan
    falls = np.flatnonzero((part[:-1] >= level) & (part[1:] < level))
    if not falls.size:
        return math.nan
    at = int(falls[-1])
    return start + at + float((part[at] - level) / (part[at] - part[at + 1]))


def _kasa(edges: Floats, rays: NDArray[np.int_]) -> tuple[float, float, float]:
    """Offset of the centre (down, right) and the radius, in mm."""
    angles = rays * 2 * math.pi / RAYS
    x, y = edges * np.cos(angles), edges * np.sin(angles)
    terms = np.stack([2 * x, 2 * y, np.ones_like(x)], axis=1)
    (a, b, c), *_ = np.linalg.lstsq(terms, x * x + y * y, rcond=None)
    return float(b), float(a), float(math.sqrt(max(c + a * a + b * b, 0.0)))
