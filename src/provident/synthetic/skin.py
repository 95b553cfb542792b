"""The outline of the hand: fingers, palm and wrist joined by smooth fillets."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from provident.synthetic.anatomy import Point, chain, girth
from provident.synthetic.solids import Floats, Grid, blend, to_segment


# Radius of the finger around metacarpal head, middle joint, end joint and tip, in mm.
_FINGER_RADII = (11.5, 9.6, 8.6, 7.4, 6.4)


def body_distance(grid: Grid) -> Floats:
    """Signed distance to the skin in mm (negative inside), computed on a coarser grid."""
    coarse = Grid(grid.low, tuple(n // 2 + 2 for n in grid.shape), grid.spacing * 2)  # type: ignore[arg-type]  # three sizes
    found = np.full(coarse.shape, 50.0, np.float32)
    for finger in range(2, 6):
        found = np.minimum(found, _finger(coarse, finger))
    found = blend(found, _palm(coarse), 7.0)
    found = blend(found, _thumb(coarse), 9.0)
    found = blend(found, _forearm(coarse), 14.0)
    fine = ndimage.zoom(found, 2, order=1, grid_mode=False)
    return np.asarray(fine[tuple(slice(0, n) for n in grid.shape)], np.float32)


def _cone(grid: Grid, start: Point, end: Point, r0: float, r1: float) -> Floats:
    """A tapered round rod, thinner from palm to back than from side to side."""
    x, y, z = grid.axes(grid.whole())
    a, step = np.array(start), np.subtract(end, start)
    t = (x - a[0]) * step[0] + (y - a[1]) * step[1] + (z - a[2]) * step[2]
    t = np.clip(t / float(step @ step), 0, 1)
    away = to_segment(grid, grid.whole(), start, end, 0.94)
    return np.asarray(away - (r0 + t * (r1 - r0)), np.float32)


def _finger(grid: Grid, finger: int) -> Floats:
    joints = [(x, y, z - 1.5) for x, y, z in chain(finger)[1:]]
    tip = np.array(joints[-1]) + 0.12 * np.subtract(joints[-1], joints[-2])
    joints[-1] = (float(tip[0]), float(tip[1]), float(tip[2]))
    found = np.full(grid.shape, 50.0, np.float32)
    radii = [r * girth(finger) for r in _FINGER_RADII]
    for start, end, r0, r1 in zip(joints, joints[1:], radii, radii[1:], strict=False):
        found = blend(found, _cone(grid, start, end, r0, r1), 3.0)
    return found


def _thumb(grid: Grid) -> Floats:
    base, knuckle, joint, tip = chain(1)
    found = _cone(grid, base, knuckle, 15.0, 12.5)
    found = blend(found, _cone(grid, knuckle, joint, 11.5, 10.0), 3.0)
    return blend(found, _cone(grid, joint, tip, 10.0, 7.8), 3.0)


def _palm(grid: Grid) -> Floats:
    found = np.full(grid.shape, 50.0, np.float32)
    for finger in range(2, 6):
        base, head = chain(finger)[:2]
        start = (base[0], base[1] - 12, base[2] - 2.5)
        end = (head[0], head[1], head[2] - 2.0)
        found = blend(
            found, _cone(grid, start, end, 14.5, 11.8 * girth(finger) ** 0.5), 5.0
        )
    return found


def _forearm(grid: Grid) -> Floats:
    x, y, z = grid.axes(grid.whole())
    width = np.interp(y, (-60.0, -30.0, 0.0, 10.0), (28.5, 27.0, 27.5, 26.0))
    height = np.interp(y, (-60.0, 0.0), (19.0, 17.5))
    across = np.sqrt(((x - 0.5) / width) ** 2 + (z / height) ** 2)
    radial = (across - 1) * 18
    return np.asarray(np.maximum(radial, y - 12.0), np.float32)
