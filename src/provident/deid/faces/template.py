"""The template head: distances to its skin and to its brain, and where its face and ears lie.

The template's frame: millimetres, x to the left, y to the back, z to the head, 0 on its plane of symmetry.
How it is made: tools/head_template.py and docs/explanation/faces.md.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from scipy import ndimage

from provident.deid.faces.stacks import Array, Grid, Mask, Points
from provident.kernel import InvalidInput


NECK = -112.0  # z below which the template's own surface is not to be trusted
NAPE = (5.0, -55.0)  # behind this y and under this z necks are of any width
_LIPS, _EYES = -84.0, -25.0
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

    def nose(self) -> Points:
        """The tip of the nose: what is farthest in front between the eyes and the lips."""
        middle = self.skin.shape[2] // 2
        cells = np.argwhere(self.skin[:, :, middle - 1 : middle + 2] < 0)
        points = self.grid.of(cells + np.array([0, 0, middle - 1]))
        between = (points[:, 2] > _LIPS) & (points[:, 2] < _EYES)
        points = points[between]
        return np.asarray(points[points[:, 1] <= points[:, 1].min() + 2].mean(axis=0))


class NotATemplate(InvalidInput):
    """A file that is no template head."""


@cache
def template() -> Template:
    """The shipped template, which `tools/head_template.py` makes."""
    return read((files("provident.deid.faces") / "data" / "head.npz").read_bytes())


def read(data: bytes) -> Template:
    """A template from its file: a NumPy archive (npz) of the half of the head with x from 0.

    `skin` and `brain` are signed distances as whole numbers, shape (z, y, x), negative inside, in
    steps of `scale` mm, on a grid whose first cell is at `origin` (x, y, z; x is 0) and whose cells are
    `step` mm apart.

    Raises:
        NotATemplate: it is none, and what is wrong with it.
    """
    try:
        with np.load(BytesIO(data), allow_pickle=False) as told:
            skin, brain = (
                told[name].astype(np.float32) * np.float32(told["scale"])
                for name in ("skin", "brain")
            )
            origin, step = told["origin"].astype(float), float(told["step"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        raise NotATemplate(
            "The head's template is no NumPy archive with skin, brain, origin, step and scale."
        ) from None
    _check(skin, brain, origin, step)
    skin, brain = (np.concatenate([m[:, :, :0:-1], m], axis=2) for m in (skin, brain))
    origin = origin - np.array([(skin.shape[2] // 2) * step, 0.0, 0.0])
    grid = Grid(origin, (skin.shape[0], skin.shape[1], skin.shape[2]), step)
    return Template(grid, skin, brain)


def _check(skin: Array, brain: Array, origin: Points, step: float) -> None:
    if skin.ndim != 3 or skin.shape != brain.shape or origin.shape != (3,):
        raise NotATemplate(
            "In the head's template skin and brain have one shape (z, y, x), and origin three numbers."
        )
    if not 1 <= step <= 6 or origin[0] != 0:
        raise NotATemplate(
            "In the head's template cells are 1 to 6 mm apart and begin at x = 0."
        )
    litres = float((brain < 0).sum()) * 2 * step**3 / 1e6
    if not 0.5 < litres < 2.5 or bool((skin[brain < 0] > 0).any()):
        raise NotATemplate(
            "In the head's template the brain lies inside of the skin and has 0.5 to 2.5 litres."
        )


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
