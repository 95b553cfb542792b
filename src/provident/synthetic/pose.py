"""How the hands lie in the scanner: place, turn, size and spread, new at every visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provident.synthetic.hand import GRID
from provident.synthetic.solids import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """One hand in the room: `right` puts the thumb to the person's middle.

    `x`, `y` in mm from the middle of the field (x towards the person's left, y towards the fingers),
    `turn` in radians, `size` relative to the model, `lift` in mm towards the back of the hand,
    `bend` moves fingers sideways in mm, more towards their tips.
    """

    right: bool
    x: float
    y: float
    turn: float
    size: float
    lift: float
    bend: float

    def to_hand(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Places in the field, in mm, as places in the hand's own frame."""
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        if self.right:
            dx = -dx
        cos, sin = np.cos(self.turn) / self.size, np.sin(self.turn) / self.size
        u = (dx * cos + dy * sin).astype(np.float32)
        v = (dy * cos - dx * sin).astype(np.float32)
        u = u - self.bend * (np.maximum(v - 60, 0) / 100) ** 2
        return u.astype(np.float32), v


def poses(
    size: float, rng: np.random.Generator, apart: float = 57.0
) -> tuple[Pose, Pose]:
    """Right and left hand side by side; `size` belongs to the person, the rest to the visit."""
    right, left = (
        Pose(
            right=side < 0,
            x=side * apart + rng.normal(0, 1.2),
            y=-71.0 + rng.normal(0, 3.0),
            turn=rng.normal(-0.03, 0.025),
            size=size,
            lift=rng.normal(0, 0.7),
            bend=rng.normal(0, 2.0),
        )
        for side in (-1, 1)
    )
    return right, left


def sample(planes: Floats, rows: Floats, columns: Floats) -> Floats:
    """Bilinear values of each plane [n, h, w] at places given in its own pixels; 0 outside.

    The same places serve all planes, which is what makes this several times quicker than
    interpolating each plane on its own.
    """
    count, height, width = planes.shape
    r0, c0 = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
    inside = (r0 >= 0) & (r0 < height - 1) & (c0 >= 0) & (c0 < width - 1)
    start = r0[inside] * width + c0[inside]
    fr = (rows[inside] - r0[inside]).astype(np.float32)
    fc = (columns[inside] - c0[inside]).astype(np.float32)
    flat = planes.reshape(count, -1)
    found = np.zeros((count, *rows.shape), np.float32)
    found[:, inside] = (
        flat[:, start] * ((1 - fr) * (1 - fc))
        + flat[:, start + 1] * ((1 - fr) * fc)
        + flat[:, start + width] * (fr * (1 - fc))
        + flat[:, start + width + 1] * (fr * fc)
    )
    return found


def to_pixels(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Places in the hand's frame as rows (y) and columns (x) of the model's grid."""
    return (
        ((v - GRID.low[1]) / GRID.spacing).astype(np.float32),
        ((u - GRID.low[0]) / GRID.spacing).astype(np.float32),
    )
