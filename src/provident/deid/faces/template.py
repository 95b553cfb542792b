"""The template head: distances to its skin and to its brain, and where its face and ears lie.

The template's frame: millimetres, x to the left, y to the back, z to the head, 0 on its plane of symmetry.
How it was made: docs/explanation/faces.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from scipy import ndimage

from provident.deid.faces.stacks import Array, Grid, Mask, Points


NECK = -112.0  # z below which the template's own surface is not to be trusted
NAPE = (5.0, -55.0)  # behind this y and under this z necks are of any width
CENTRE = np.array([0.0, -8.0, 5.0])  # of the skull; turning and scaling are about it
CROWN = 92.0  # z of the top of the head

# The face: below the line from above the brows to above the ear, in front of the ear and of the
# angle of the jaw, down to the hyoid bone.
BROW, BROW_SLOPE = np.array([-100.0, 9.0]), -0.23
TRAGUS = 0.0
JAW, JAW_SLOPE = -88.0, 0.5
THROAT = -162.0
FACE_DEPTH = 33.0
BRAIN_MARGIN_CT = 4.5  # the same in CT, where noise frays its edge
BRAIN_MARGIN = 2.5  # mm around this head's own brain
SAFE_MARGIN = (
    5.0  # mm around the template's brain, where this head's own cannot be told
)
SURE = -3.0  # mm: so deep in the template's brain it is brain, whatever it looks like
PEEL = 4.5  # mm of skin that are never brain, wherever the brain is thought to be

# The ears: a box on each side, outside of the side of the head.
EAR_LOW, EAR_HIGH = np.array([52.0, -10.0, -88.0]), np.array([130.0, 56.0, 8.0])
EAR_DEPTH = 5.0


@dataclass(frozen=True, slots=True)
class Template:
    """Signed distances in mm, negative inside; `skin` is that of a head without ears."""

    grid: Grid
    skin: Array
    brain: Array

    def points(self) -> Points:
        """Points of the skin above the neck, about 2 mm off at most."""
        edge = np.abs(self.skin) < 2.0
        points = self.grid.of(np.argwhere(edge))
        return np.asarray(points[points[:, 2] > NECK])


@cache
def template() -> Template:
    """The shipped template."""
    with (files("provident.deid.faces") / "data" / "head.npz").open("rb") as file:
        told = np.load(file)
        skin, brain = (told[name].astype(np.float32) for name in ("skin", "brain"))
        origin, step = told["origin"].astype(float), float(told["step"])
    grid = Grid(origin, (skin.shape[0], skin.shape[1], skin.shape[2]), step)
    return Template(grid, skin, brain)


def face_field(points: Points) -> Array:
    """How far (mm, roughly) points in the template's frame are from the wedge of the face; negative inside."""
    _, y, z = np.moveaxis(points, -1, 0)
    above = z - (BROW[1] + BROW_SLOPE * (y - BROW[0]))
    behind = y - (TRAGUS + np.minimum(0.0, JAW_SLOPE * (z - JAW)))
    return np.asarray(np.maximum.reduce([above, behind, THROAT - z]), dtype=np.float32)


def ear_field(points: Points) -> Array:
    """How far (mm) points in the template's frame are from the boxes of the ears; negative inside."""
    x, y, z = np.moveaxis(points, -1, 0)
    folded = np.stack([np.abs(x), y, z], axis=-1)
    return np.asarray(
        np.maximum(EAR_LOW - folded, folded - EAR_HIGH).max(axis=-1), dtype=np.float32
    )


def steady(points: Points) -> Mask:
    """Which points in the template's frame lie where heads are alike: not the ears, nor the neck."""
    _, y, z = np.moveaxis(points, -1, 0)
    nape = (y > NAPE[0]) & (z < NAPE[1])
    return np.asarray((z > NECK) & ~nape & (ear_field(points) > 0))


def smooth(values: Array, cells: float) -> Array:
    """A field without the steps of its grid."""
    return np.asarray(ndimage.gaussian_filter(values, cells, mode="nearest"))
