"""Which part of a head goes: a field over the patient's space, negative where voxels are replaced.

The face with what lies in front of it, down to `FACE_DEPTH` below this head's own skin, in the wedge
that the template tells; and the ears, by the template's boxes and this head's own shape. What is
near the brain stays: the template's brain, laid onto this head, with a margin.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from provident.deid.faces.brains import SLACK_MM, SLACK_MR_MM, brain_of
from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import (
    EAR_MM,
    Head,
    grown,
    opened,
    signed_depth,
    widened,
)
from provident.deid.faces.motion import Motion
from provident.deid.faces.stacks import Array, Grid, Mask, Plane, Points
from provident.deid.faces.template import (
    BRAIN_MARGIN,
    BRAIN_MARGIN_CT,
    EAR_DEPTH,
    FACE_DEPTH,
    PEEL,
    SAFE_MARGIN,
    SURE,
    Template,
    ear_field,
    face_field,
    smooth,
)


_BEYOND = 10.0  # cells
_COARSE_MM = (
    3.0  # between the pixels at which the field is looked up before it is drawn out
)


@dataclass(frozen=True, slots=True)
class Region:
    """The field over a grid; `face` and `ears` apart, for the report."""

    grid: Grid
    face: Array
    ears: Array

    def field(self, remove: Collection[str]) -> Array:
        """The field of `face`, `ears` or both together."""
        parts = [getattr(self, name) for name in ("face", "ears") if name in remove]
        return np.asarray(np.minimum.reduce(parts))

    def on(
        self,
        plane: Plane,
        field: Array,
        motion: Motion | None = None,
        *,
        through: bool = False,
    ) -> Mask:
        """Which pixels of a plane lie in a field of this region, shape (rows, columns).

        With `through` a pixel counts when anything before or behind it does: a projection.
        """
        step = min(np.linalg.norm(plane.column_step), np.linalg.norm(plane.row_step))
        factor = max(1, int(_COARSE_MM // float(step)))
        rows = np.arange(0, plane.rows - 1 + factor, factor, dtype=float)
        columns = np.arange(0, plane.columns - 1 + factor, factor, dtype=float)
        rr, cc = np.meshgrid(rows, columns, indexing="ij")
        points = plane.points(rr, cc).reshape(-1, 3)
        offsets = np.arange(-300.0, 301.0, 6.0) if through else (0.0,)
        coarse = np.full(len(points), np.inf, dtype=np.float32)
        for offset in offsets:
            there = points + offset * plane.normal
            moved = there if motion is None else motion.apply(there)
            np.minimum(coarse, self._looked_up(field, moved), out=coarse)
        if coarse.min() >= 0:
            return np.zeros((plane.rows, plane.columns), dtype=bool)
        drawn = _drawn_out(coarse.reshape(rr.shape), factor, plane.rows, plane.columns)
        return np.asarray(drawn < 0)

    def _looked_up(self, field: Array, points: Points) -> Array:
        """The field, which beyond its grid goes on as at its edge for a short way."""
        cells = (points - self.grid.origin) / self.grid.step
        last = np.array(self.grid.shape[::-1]) - 1
        near = ((cells > -_BEYOND) & (cells < last + _BEYOND)).all(axis=-1)
        return np.where(near, self.grid.sample(field, points), np.float32(99.0))


def region_of(head: Head, fit: Fit, modality: str, known: Template) -> Region:
    """The field of a head whose template is laid on."""
    # Other series of the exam may show more of this head than the one that it was found in.
    head = widened(head, fit.to_patient(_bounds()))
    shape = head.grid.shape
    points = fit.to_template(head.grid.points())
    mm = float(1 / fit.stretch.mean())  # of this head in a mm of the template
    brain = known.grid.sample(known.brain, points).reshape(shape) * mm
    skin = known.grid.sample(known.skin, points).reshape(shape) * mm
    wedge = face_field(points).reshape(shape) * mm
    box = ear_field(points).reshape(shape) * mm
    inside = head.solid | (~head.covered & (skin < 0))
    depth = smooth(signed_depth(inside, head.grid.step), 0.7)
    apart = _apart(head, brain, modality)
    deep = np.maximum(depth - FACE_DEPTH, apart)
    face = np.maximum(wedge, np.minimum(deep, depth - PEEL))
    beyond = np.minimum(-EAR_DEPTH - skin, _distance(_lugs(head, box)) - 3.0)
    ears = np.maximum.reduce([box, beyond, apart])
    return Region(head.grid, smooth(face, 0.6), smooth(ears, 0.6))


def _bounds() -> Points:
    """The corners of what a head takes up in the template's frame, ears and nose with it."""
    corners = np.array([[-115.0, -140.0, -150.0], [115.0, 105.0, 105.0]])
    picks = np.indices((2, 2, 2)).reshape(3, -1).T
    return np.take_along_axis(corners, picks, axis=0)


def _apart(head: Head, expected: Array, modality: str) -> Array:
    """How far (mm) cells are inside of what must stay for the brain's sake; negative outside of it."""
    slack = SLACK_MM if modality == "CT" else SLACK_MR_MM
    own = brain_of(head, expected, modality, slack)
    if own is None:
        return SAFE_MARGIN - expected
    margin = BRAIN_MARGIN_CT if modality == "CT" else BRAIN_MARGIN
    return margin - _distance(own | (expected < SURE)) + head.grid.step / 2


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
