"""Which part of a head goes: a field over the patient's space, negative where voxels are replaced.

The face with what lies in front of it, down to `FACE_DEPTH` below this head's own skin, in the wedge
that the template tells; and the ears, by the template's boxes and this head's own shape. What is
near the brain stays: the template's brain, laid onto this head, with a margin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from provident.deid.faces.brains import brain_of
from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import EAR_MM, Head, grown, opened
from provident.deid.faces.stacks import Array, Grid, Mask, Plane, Points
from provident.deid.faces.template import (
    BRAIN_MARGIN,
    SAFE_MARGIN,
    SURE,
    EAR_DEPTH,
    FACE_DEPTH,
    PEEL,
    ear_field,
    face_field,
    smooth,
    template,
)


_COARSE_MM = (
    3.0  # between the pixels at which the field is looked up before it is drawn out
)


@dataclass(frozen=True, slots=True)
class Region:
    """The field over a grid; `face` and `ears` apart, for the report."""

    grid: Grid
    face: Array
    ears: Array

    @property
    def field(self) -> Array:
        """Both together."""
        return np.minimum(self.face, self.ears)

    def on(self, plane: Plane, field: Array, moved: Motion | None = None) -> Mask:
        """Which pixels of a plane lie in a field of this region, shape (rows, columns)."""
        step = min(np.linalg.norm(plane.column_step), np.linalg.norm(plane.row_step))
        factor = max(1, int(_COARSE_MM // float(step)))
        rows = np.arange(0, plane.rows - 1 + factor, factor, dtype=float)
        columns = np.arange(0, plane.columns - 1 + factor, factor, dtype=float)
        rr, cc = np.meshgrid(rows, columns, indexing="ij")
        points = plane.points(rr, cc).reshape(-1, 3)
        if moved is not None:
            points = moved.apply(points)
        coarse = self.grid.sample(field, points).reshape(rr.shape)
        if coarse.min() >= 0:
            return np.zeros((plane.rows, plane.columns), dtype=bool)
        return np.asarray(_drawn_out(coarse, factor, plane.rows, plane.columns) < 0)


@dataclass(frozen=True, slots=True)
class Motion:
    """A rigid motion from one series' patient coordinates to another's."""

    turn: Points
    shift: Points

    def apply(self, points: Points) -> Points:
        """Points moved, shape (n, 3)."""
        return np.asarray(points @ self.turn.T + self.shift)


def region_of(head: Head, fit: Fit, modality: str) -> Region:
    """The field of a head whose template is laid on."""
    known, shape = template(), head.grid.shape
    points = fit.to_template(head.grid.points())
    mm = float(1 / fit.stretch.mean())  # of this head in a mm of the template
    brain = known.grid.sample(known.brain, points).reshape(shape) * mm
    skin = known.grid.sample(known.skin, points).reshape(shape) * mm
    wedge = face_field(points).reshape(shape) * mm
    box = ear_field(points).reshape(shape) * mm
    depth = smooth(head.depth(), 0.7)
    apart = _apart(head, brain, modality)
    deep = np.maximum(depth - FACE_DEPTH, apart)
    face = np.maximum(wedge, np.minimum(deep, depth - PEEL))
    beyond = np.minimum(-EAR_DEPTH - skin, _distance(_lugs(head, box)) - 3.0)
    ears = np.maximum.reduce([box, beyond, apart])
    return Region(head.grid, smooth(face, 0.6), smooth(ears, 0.6))


def _apart(head: Head, expected: Array, modality: str) -> Array:
    """How far (mm) cells are inside of what must stay for the brain's sake; negative outside of it."""
    own = brain_of(head, expected, modality)
    if own is None:
        return SAFE_MARGIN - expected
    return BRAIN_MARGIN - _distance(own | (expected < SURE)) + head.grid.step / 2


def _lugs(head: Head, box: Array) -> Mask:
    """What stands off this head near where its ears should be."""
    body = opened(grown(head.solid, 3.0, head.grid.step), EAR_MM, head.grid.step)
    return np.asarray(head.tissue & ~body & (box < 8.0))


def _distance(mask: Mask) -> Array:
    if not mask.any():
        return np.full(mask.shape, 99.0, dtype=np.float32)
    away = ndimage.distance_transform_edt(~mask) * 3.0
    return np.asarray(away, dtype=np.float32)


def _drawn_out(coarse: Array, factor: int, rows: int, columns: int) -> Array:
    """Linear interpolation of a field known at every `factor`-th pixel."""
    if factor == 1:
        return coarse[:rows, :columns]
    wide = _between(coarse, factor, columns)
    return np.asarray(_between(wide.T, factor, rows).T)


def _between(values: Array, factor: int, count: int) -> Array:
    at = np.arange(count, dtype=np.float32) / np.float32(factor)
    low = np.minimum(at.astype(int), values.shape[1] - 2)
    share = at - low
    return np.asarray(values[:, low] * (1 - share) + values[:, low + 1] * share)
