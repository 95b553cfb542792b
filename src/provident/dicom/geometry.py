"""Where slices lie: spacing, gaps, holes, planes and coverage from positions, never from names.

Coordinates are DICOM's patient coordinates (PS3.3 C.7.6.2.1.1), in mm: x to the left,
y to the back, z to the head.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from statistics import median


Vector = tuple[float, float, float]

AXES = ("LR", "AP", "FH")
PLANE_OF_AXIS = {"LR": "sagittal", "AP": "coronal", "FH": "axial"}
SAME_PLACE = 0.02  # mm; closer slices are one position
UNEVEN = 0.1  # of the spacing: beyond it, a distance is not the usual one
OBLIQUE = 45.0  # degrees
SQUARE = 0.02  # cosine; beyond it, row and column are not at right angles


@dataclass(frozen=True, slots=True)
class Frame:
    """What one image says of its place and of the volume that it belongs to.

    `orientation` holds the direction along a row, then down a column.
    `volume` is what tells volumes apart: time, b-value, echo and so on; `time` is the
    number of the temporal position, where the header has one.
    """

    position: Vector | None
    orientation: tuple[float, ...] | None
    volume: Hashable
    number: int | None
    b: float | None = None
    direction: Vector | None = None
    instance: int = 0
    time: int | None = None


@dataclass(slots=True)
class Stack:
    """Slices of one orientation."""

    row: Vector
    column: Vector
    normal: Vector
    distances: list[float] = field(default_factory=list)
    frames: list[list[Frame]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of images, over all positions."""
        return sum(len(at) for at in self.frames)


def cross(a: Vector, b: Vector) -> Vector:
    """The vector product."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """The scalar product."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def unit_vector(v: Vector) -> Vector | None:
    """The vector with length 1, or None for one without length."""
    size = math.sqrt(dot(v, v))
    return None if size < 1e-6 else (v[0] / size, v[1] / size, v[2] / size)


def stacks(frames: Sequence[Frame]) -> list[Stack]:
    """The frames by orientation, and in each by position along the normal; largest first."""
    by_direction: dict[tuple[float, ...], list[Frame]] = defaultdict(list)
    for frame in frames:
        if frame.position is not None and frame.orientation is not None:
            key = tuple(round(x, 3) + 0.0 for x in frame.orientation)
            by_direction[key].append(frame)
    found = [s for group in _merged(by_direction) if (s := _stack(group)) is not None]
    return sorted(found, key=lambda s: -s.size)


def _merged(groups: dict[tuple[float, ...], list[Frame]]) -> list[list[Frame]]:
    """Groups whose directions differ by rounding alone are one."""
    merged: list[tuple[tuple[float, ...], list[Frame]]] = []
    for key, frames in groups.items():
        for other, into in merged:
            if all(abs(a - b) < 0.0025 for a, b in zip(key, other, strict=True)):
                into.extend(frames)
                break
        else:
            merged.append((key, list(frames)))
    return [frames for _, frames in merged]


def _stack(frames: list[Frame]) -> Stack | None:
    o = frames[0].orientation or ()
    row = unit_vector((o[0], o[1], o[2]))
    column = unit_vector((o[3], o[4], o[5]))
    normal = normal_of(o)
    if row is None or column is None or normal is None:
        return None
    stack = Stack(row, column, normal)
    placed = sorted((dot(f.position or (), normal), i) for i, f in enumerate(frames))
    for distance, i in placed:
        if stack.distances and distance - stack.distances[-1] <= SAME_PLACE:
            stack.frames[-1].append(frames[i])
        else:
            stack.distances.append(distance)
            stack.frames.append([frames[i]])
    return stack


@dataclass(frozen=True, slots=True)
class Spacing:
    """The usual distance between neighbours, the holes, and what is uneven beyond holes."""

    usual: float
    holes: int
    uneven: float


def spacing(stack: Stack) -> Spacing | None:
    """How the positions of a stack follow each other; None for fewer than two."""
    steps = [b - a for a, b in zip(stack.distances, stack.distances[1:], strict=False)]
    if not steps:
        return None
    usual = _usual(steps)
    holes, uneven = 0, 0.0
    for step in steps:
        many = round(step / usual)
        off = abs(step - max(many, 1) * usual)
        if off > UNEVEN * usual:
            uneven = max(uneven, abs(step - usual))
        elif many > 1:
            holes += many - 1
    return Spacing(usual, holes, uneven)


def _usual(steps: list[float]) -> float:
    """The median of the steps that most others are like: two holes in five do not move it."""
    rounded = Counter(round(s, 2) for s in steps)
    most = max(rounded.values())
    common = min(s for s, n in rounded.items() if n == most)
    return median(s for s in steps if abs(s - common) <= max(0.05 * common, 0.01))


def nearest_axis(v: Vector) -> tuple[str, float]:
    """The body's axis that a direction is nearest to, and the angle between them in degrees."""
    sizes = [abs(x) for x in v]
    best = max(range(3), key=sizes.__getitem__)
    return AXES[best], math.degrees(math.acos(min(1.0, sizes[best])))


def normal_of(orientation: Sequence[float]) -> Vector | None:
    """The slice normal of the directions along a row and down a column; None when they are not square."""
    o = orientation
    row, column = unit_vector((o[0], o[1], o[2])), unit_vector((o[3], o[4], o[5]))
    if row is None or column is None or abs(dot(row, column)) > SQUARE:
        return None
    return cross(row, column)


def plane_of(normal: Vector) -> tuple[str, float]:
    """The plane and the obliquity in degrees."""
    axis, angle = nearest_axis(normal)
    return ("oblique" if angle > OBLIQUE else PLANE_OF_AXIS[axis]), angle


def axes_of(stack: Stack) -> dict[str, str]:
    """Which edge of the block (slices, row, column) lies along which axis of the body.

    The normal chooses first, then the row: an oblique block's edge is never counted for
    two axes, which would overstate what it covers.
    """
    normal, _ = nearest_axis(stack.normal)
    left = [i for i, name in enumerate(AXES) if name != normal]
    row = AXES[max(left, key=lambda i: abs(stack.row[i]))]
    column = next(AXES[i] for i in left if AXES[i] != row)
    return {"slices": normal, "row": row, "column": column}


def skew_of(stack: Stack) -> float | None:
    """The angle between the normal and the line through the positions, in degrees."""
    if len(stack.distances) < 2:
        return None
    first, last = stack.frames[0][0].position, stack.frames[-1][0].position
    if first is None or last is None:
        return None
    line = unit_vector((last[0] - first[0], last[1] - first[1], last[2] - first[2]))
    return (
        None
        if line is None
        else math.degrees(math.acos(min(1.0, abs(dot(line, stack.normal)))))
    )


def volumes_of(stack: Stack) -> tuple[int, int]:
    """How many volumes the positions hold, and how many of them are incomplete."""
    counts = [len(at) for at in stack.frames]
    return max(counts), max(counts) - min(counts)


def duplicates_of(stack: Stack) -> int:
    """Images that repeat another one of the same position and volume.

    Where most positions hold several images that nothing tells apart, the scanner has not
    said which volume they are of; then only the same instance number repeats an image.
    """
    same = [Counter(f.volume for f in at) for at in stack.frames]
    usual = median(max(c.values()) for c in same)
    if usual > 1:
        same = [Counter((f.volume, f.number) for f in at) for at in stack.frames]
        usual = median(max(c.values()) for c in same)
        if usual > 1:
            return 0
    return sum(n - 1 for c in same for n in c.values())
