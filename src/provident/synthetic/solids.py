"""Distances to simple solids on a voxel grid: the geometry behind the hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from provident.synthetic.anatomy import LongBone, Point, ShortBone


Floats = npt.NDArray[np.float32]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular grid in the hand's frame; arrays on it are indexed [z, y, x]."""

    low: Point  # x, y, z of voxel 0, in mm
    shape: tuple[int, int, int]  # z, y, x
    spacing: float  # mm

    def box(self, low: Point, high: Point) -> Box:
        """The voxels between two corners, cut to the grid."""
        found = []
        for axis in (2, 1, 0):
            size = self.shape[2 - axis]
            first = int(np.floor((low[axis] - self.low[axis]) / self.spacing))
            last = int(np.ceil((high[axis] - self.low[axis]) / self.spacing)) + 1
            found.append(slice(min(max(first, 0), size), min(max(last, 0), size)))
        return (found[0], found[1], found[2])

    def whole(self) -> Box:
        """Every voxel."""
        nz, ny, nx = self.shape
        return (slice(0, nz), slice(0, ny), slice(0, nx))

    def axes(self, box: Box) -> tuple[Floats, Floats, Floats]:
        """x, y, z in mm of a box, shaped to broadcast to it."""
        lengths = [
            (self.low[2 - i] + self.spacing * np.arange(s.start, s.stop)).astype(
                np.float32
            )
            for i, s in enumerate(box)
        ]
        return (
            lengths[2][None, None, :],
            lengths[1][None, :, None],
            lengths[0][:, None, None],
        )


def around(points: tuple[Point, ...], margin: float) -> tuple[Point, Point]:
    """The corners of the box around points, with a margin in mm."""
    low = np.min(points, axis=0) - margin
    high = np.max(points, axis=0) + margin
    return (
        (float(low[0]), float(low[1]), float(low[2])),
        (float(high[0]), float(high[1]), float(high[2])),
    )


def to_long_bone(grid: Grid, box: Box, bone: LongBone) -> tuple[Floats, Floats]:
    """Signed distance in mm (negative inside, approximate) and place along the bone in mm."""
    x, y, z = grid.axes(box)
    start, end = np.array(bone.start), np.array(bone.end)
    length = float(np.linalg.norm(end - start))
    axis = (end - start) / length
    across = np.cross(axis, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    up = np.cross(across, axis)
    dx, dy, dz = x - start[0], y - start[1], z - start[2]
    along = (dx * axis[0] + dy * axis[1] + dz * axis[2]).astype(np.float32)
    side = (dx * across[0] + dy * across[1] + dz * across[2]) / bone.width
    lift = (dx * up[0] + dy * up[1] + dz * up[2]) / bone.height
    radius = np.interp(along, np.linspace(0, length, len(bone.radii)), bone.radii)
    corner = np.interp(along, (0.0, length), bone.corner)
    radial = np.sqrt(side**2 + lift**2) - (radius - corner)
    axial = (
        np.abs(along - bone.slant * side * (along > length / 2) - length / 2)
        - length / 2
        + corner
    )
    outside = np.sqrt(np.maximum(radial, 0) ** 2 + np.maximum(axial, 0) ** 2)
    distance = outside + np.minimum(np.maximum(radial, axial), 0) - corner
    return distance.astype(np.float32), along


def to_short_bone(grid: Grid, box: Box, bone: ShortBone) -> Floats:
    """Signed distance in mm to a carpal bone (approximate, squarer than an ellipsoid)."""
    x, y, z = grid.axes(box)
    turn = np.deg2rad(bone.turn)
    dx, dy = x - bone.centre[0], y - bone.centre[1]
    a, b, c = bone.semi_axes
    u = np.abs(dx * np.cos(turn) + dy * np.sin(turn)) / a
    v = np.abs(-dx * np.sin(turn) + dy * np.cos(turn)) / b
    w = np.abs(z - bone.centre[2]) / c
    size = (u**2.6 + v**2.6 + w**2.6) ** (1 / 2.6)
    return np.asarray((size - 1) * min(a, b, c) * 1.1, np.float32)


def to_segment(
    grid: Grid, box: Box, start: Point, end: Point, flat: float = 1.0
) -> Floats:
    """Distance in mm to the line between two points; `flat` < 1 makes its solid thinner in z."""
    x, y, z = grid.axes(box)
    a, b = np.array(start), np.array(end)
    step = b - a
    dx, dy, dz = x - a[0], y - a[1], z - a[2]
    t = np.clip((dx * step[0] + dy * step[1] + dz * step[2]) / float(step @ step), 0, 1)
    found = (dx - t * step[0]) ** 2 + (dy - t * step[1]) ** 2
    found = found + ((dz - t * step[2]) / flat) ** 2
    return np.asarray(np.sqrt(found), np.float32)


def blend(a: Floats, b: Floats, width: float) -> Floats:
    """The union of two solids with a soft fillet of `width` mm between them (polynomial minimum)."""
    h = np.maximum(width - np.abs(a - b), 0) / width
    return np.asarray(np.minimum(a, b) - h * h * width * 0.25, np.float32)
