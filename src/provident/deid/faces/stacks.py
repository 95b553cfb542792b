"""Frames as planes in the patient's space, and volumes made of parallel planes.

Millimetres in the patient's coordinates (PS3.3 C.7.6.2.1.1): x to the left, y to the back, z to the head.
Planes may lie oblique, sheared (a tilted gantry) and at uneven distances: nothing here
expects a regular grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates


Array = NDArray[np.float32]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]

WORKING_MM = 3.0
LARGEST_MM = 420.0  # of a side of the working grid; a head and shoulders


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where one frame lies: its first pixel's centre, the steps (mm) to the next column and row, and its size."""

    position: tuple[float, float, float]
    column_step: tuple[float, float, float]
    row_step: tuple[float, float, float]
    rows: int
    columns: int

    def __post_init__(self) -> None:
        steps = np.array([self.column_step, self.row_step])
        if self.rows < 1 or self.columns < 1 or not np.isfinite(steps).all():
            raise ValueError("a plane has rows, columns and finite steps")
        if float(np.linalg.norm(np.cross(*steps))) < 1e-6:
            raise ValueError("the rows and columns of a plane have a length and differ")

    @property
    def normal(self) -> Points:
        """The unit vector across the plane."""
        across = np.cross(self.column_step, self.row_step)
        return np.asarray(across / np.linalg.norm(across))

    @property
    def height(self) -> float:
        """The position along the normal in mm."""
        return float(self.normal @ np.array(self.position))

    def points(self, rows: Points, columns: Points) -> Points:
        """Patient coordinates of pixels, shape (..., 3)."""
        return np.asarray(
            np.array(self.position)
            + columns[..., None] * np.array(self.column_step)
            + rows[..., None] * np.array(self.row_step)
        )

    def parallel_to(self, other: Plane) -> bool:
        """Whether both have the same size, steps and direction (to a hundredth of a step)."""
        if (self.rows, self.columns) != (other.rows, other.columns):
            return False
        mine = np.array([self.column_step, self.row_step])
        theirs = np.array([other.column_step, other.row_step])
        return bool(np.abs(mine - theirs).max() <= 0.01 * np.abs(mine).max())


def grouped(planes: Sequence[Plane]) -> list[list[int]]:
    """The indices of planes that are parallel, in order of first appearance."""
    groups: list[list[int]] = []
    for index, plane in enumerate(planes):
        for group in groups:
            if planes[group[0]].parallel_to(plane):
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


@dataclass(frozen=True, slots=True)
class Volume:
    """Values on parallel planes sorted by height, made smaller in-plane by a whole factor."""

    values: Array
    heights: Points
    positions: Points
    plane: Plane
    factor: int

    @property
    def thickness(self) -> float:
        """The largest distance of neighbouring planes in mm."""
        return float(np.diff(self.heights).max()) if len(self.heights) > 1 else 0.0

    @property
    def extent(self) -> float:
        """From the first to the last plane in mm."""
        return float(self.heights[-1] - self.heights[0])

    @property
    def worth(self) -> float:
        """How well it may show a head: far and thin."""
        return min(self.extent, 180.0) / float(np.sqrt(max(self.thickness, 1.5)))

    def corners(self) -> Points:
        """The corners of the first and last plane, shape (8, 3)."""
        rows, columns = self.plane.rows - 1, self.plane.columns - 1
        edges = np.array(
            [
                np.array(self.plane.column_step) * c + np.array(self.plane.row_step) * r
                for r in (0, rows)
                for c in (0, columns)
            ]
        )
        return np.concatenate([self.positions[0] + edges, self.positions[-1] + edges])

    def indices(self, points: Points) -> Points:
        """(plane, row, column) of patient coordinates in the values, shape (3, n)."""
        height = points @ self.plane.normal
        plane = np.interp(
            height, self.heights, np.arange(len(self.heights)), left=-9.0, right=1e6
        )
        base = np.stack(
            [np.interp(height, self.heights, self.positions[:, i]) for i in range(3)],
            axis=-1,
        )
        steps = np.array([self.plane.column_step, self.plane.row_step])
        in_plane = (points - base) @ np.linalg.pinv(steps)
        half = (self.factor - 1) / 2
        column, row = ((in_plane[..., i] - half) / self.factor for i in (0, 1))
        return np.stack([plane, row, column])

    def sample(self, points: Points, outside: float) -> tuple[Array, Mask]:
        """Linear interpolation at patient coordinates, and which of them lie inside."""
        where = self.indices(points)
        last = np.array(self.values.shape) - 1
        inside = np.logical_and.reduce(
            [(w >= -0.5) & (w <= m + 0.5) for w, m in zip(where, last, strict=True)]
        )
        found = map_coordinates(
            self.values, where, order=1, mode="nearest", output=np.float32
        )
        return np.where(inside, found, np.float32(outside)), inside


def volume_of(
    planes: Sequence[Plane], frames: Iterable[Array], target: float = 1.5
) -> Volume:
    """A volume of parallel planes; of planes at one place the first counts.

    `target` is the in-plane step (mm) that the values are averaged to.
    """
    factor = reduction(planes[0], target)
    chosen: dict[float, tuple[Plane, Array]] = {}
    for plane, frame in zip(planes, frames, strict=True):
        chosen.setdefault(round(plane.height, 2), (plane, smaller(frame, factor)))
    order = sorted(chosen)
    return Volume(
        values=np.stack([chosen[h][1] for h in order]),
        heights=np.array(order),
        positions=np.array([chosen[h][0].position for h in order]),
        plane=planes[0],
        factor=factor,
    )


def reduction(plane: Plane, target: float) -> int:
    """How many pixels are averaged along each side to reach a step of about `target` mm."""
    step = min(np.linalg.norm(plane.column_step), np.linalg.norm(plane.row_step))
    most = max(1, min(plane.rows, plane.columns) // 8)
    return int(np.clip(round(target / float(step)), 1, most))


def smaller(frame: Array, factor: int) -> Array:
    """The mean over squares of `factor` pixels."""
    if factor == 1:
        return np.asarray(frame, dtype=np.float32)
    rows, columns = (size // factor for size in frame.shape)
    cut = frame[: rows * factor, : columns * factor]
    total = np.add.reduceat(cut.astype(np.float32), range(0, rows * factor, factor), 0)
    total = np.add.reduceat(total, range(0, columns * factor, factor), 1)
    return np.asarray(total / np.float32(factor * factor))


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of cubes along the patient's axes; arrays over it have the shape (z, y, x)."""

    origin: Points
    shape: tuple[int, int, int]
    step: float = WORKING_MM

    def points(self) -> Points:
        """Patient coordinates of all cells, shape (z * y * x, 3)."""
        z, y, x = (np.arange(n) * self.step for n in self.shape)
        zz, yy, xx = np.meshgrid(z, y, x, indexing="ij")
        return np.stack([xx, yy, zz], axis=-1).reshape(-1, 3) + self.origin

    def sample(self, values: Array, points: Points) -> Array:
        """Linear interpolation of values over the grid; the nearest outside."""
        where = np.moveaxis((points - self.origin) / self.step, -1, 0)[::-1]
        return np.asarray(
            map_coordinates(values, where, order=1, mode="nearest", output=np.float32)
        )

    def of(self, indices: NDArray[np.int64]) -> Points:
        """Patient coordinates of cells given as (z, y, x)."""
        return np.asarray(indices[:, ::-1] * self.step + self.origin)


def grid_around(corners: Points, step: float = WORKING_MM) -> Grid:
    """The grid that holds the given points, cut at `LARGEST_MM` a side from the top of the head down."""
    low, high = corners.min(axis=0) - step, corners.max(axis=0) + step
    middle = (low + high) / 2
    half = np.minimum((high - low) / 2, LARGEST_MM / 2)
    start, end = middle - half, middle + half
    start[2], end[2] = high[2] - 2 * half[2], high[2]
    count = np.ceil((end - start) / step).astype(int) + 1
    return Grid(
        origin=start, shape=(int(count[2]), int(count[1]), int(count[0])), step=step
    )


def resampled(volume: Volume, grid: Grid, outside: float) -> tuple[Array, Mask]:
    """A volume on a grid, and where the volume covers it."""
    values = np.empty(grid.shape, dtype=np.float32)
    inside = np.empty(grid.shape, dtype=bool)
    for z, layer in _layers(grid):
        found, within = volume.sample(layer, outside)
        values[z] = found.reshape(grid.shape[1:])
        inside[z] = within.reshape(grid.shape[1:])
    return values, inside


def _layers(grid: Grid) -> Iterator[tuple[int, Points]]:
    layer = Grid(grid.origin, (1, *grid.shape[1:]), grid.step).points()
    for z in range(grid.shape[0]):
        yield z, layer + np.array([0.0, 0.0, z * grid.step])
