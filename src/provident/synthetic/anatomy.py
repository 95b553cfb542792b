"""Measures of an adult right hand, in millimetres, as a table of solids.

The hand's own frame: x towards the ulnar side, y towards the fingertips, z towards the back of the
hand; the origin lies in the capitate. Lengths of metacarpals and phalanges follow Buryanov and
Kotiuk 2010 (IFMBE Proceedings 31:508); the carpal bones are ellipsoids pressed against each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongBone:
    """A tapered tube with flared ends: radii along its length, roundness of both ends."""

    name: str
    start: Point
    end: Point
    radii: tuple[float, ...]  # at equal steps from start to end
    corner: tuple[float, float]  # rounding radius of the start and of the end
    width: float = 1.1  # of the cross-section, relative to its radius
    height: float = 0.92
    shaft_cortex: float = 1.5
    slant: float = 0.0  # how far the far end leans: mm along per mm to the ulnar side


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortBone:
    """An ellipsoid, turned in the coronal plane by `turn` degrees (positive: top to the radial side)."""

    name: str
    centre: Point
    semi_axes: Point
    turn: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A tendon, nerve or vessel: a path of points with one radius."""

    path: tuple[Point, ...]
    radius: float
    flat: float = 1.0  # thickness towards the palm, relative to the width


CARPALS: Final = (
    ShortBone(
        name="capitate", centre=(0.5, 4.5, 1.5), semi_axes=(7.2, 12.5, 9.0), turn=4
    ),
    ShortBone(
        name="hamate", centre=(12.5, 5.0, 0.5), semi_axes=(7.8, 11.5, 8.5), turn=-18
    ),
    ShortBone(
        name="trapezoid", centre=(-9.5, 10.0, 2.0), semi_axes=(5.6, 7.2, 7.0), turn=12
    ),
    ShortBone(
        name="trapezium", centre=(-19.0, 7.5, -3.0), semi_axes=(7.8, 8.0, 7.0), turn=25
    ),
    ShortBone(
        name="scaphoid", centre=(-13.5, -4.5, -1.0), semi_axes=(6.8, 13.0, 7.2), turn=40
    ),
    ShortBone(
        name="lunate", centre=(-1.0, -11.5, 0.5), semi_axes=(8.2, 7.2, 8.8), turn=-6
    ),
    ShortBone(
        name="triquetrum", centre=(13.0, -7.5, 0.5), semi_axes=(7.6, 7.0, 7.2), turn=-25
    ),
    ShortBone(name="pisiform", centre=(16.5, -6.0, -9.5), semi_axes=(4.8, 5.8, 4.6)),
)

_FOREARM: Final = (
    LongBone(
        name="radius",
        start=(-9.0, -75.0, 0.0),
        end=(-10.0, -17.0, 0.0),
        radii=(6.4, 6.4, 6.6, 7.2, 9.0, 12.4, 13.6, 12.2),
        corner=(1.0, 3.5),
        width=1.08,
        height=0.74,
        shaft_cortex=2.2,
        slant=-0.26,
    ),
    LongBone(
        name="ulna",
        start=(12.0, -75.0, 2.0),
        end=(12.5, -19.5, 2.0),
        radii=(5.4, 5.2, 5.0, 5.0, 5.6, 7.4, 7.0),
        corner=(1.0, 4.0),
        width=1.0,
        height=0.95,
        shaft_cortex=2.0,
        slant=0.1,
    ),
)

# Per finger, from the thumb: the joints from metacarpal base to fingertip.
_CHAINS: Final[dict[int, tuple[Point, ...]]] = {
    1: ((-25.5, 15.5, -6.0), (-42.5, 55.0, -10.0), (-49.5, 85.0, -11.5), (-53.0, 107.0, -12.5)),
    2: ((-11.5, 18.5, 2.5), (-24.0, 84.0, 0.5), (-30.5, 123.5, -2.5), (-33.0, 146.5, -5.0), (-34.5, 162.5, -6.5)),
    3: ((-1.5, 18.5, 3.5), (-4.0, 83.0, 2.0), (-5.5, 128.0, -1.0), (-6.0, 155.5, -3.5), (-6.0, 173.5, -5.5)),
    4: ((9.5, 18.0, 2.0), (14.5, 75.5, 1.0), (18.5, 117.5, -2.0), (20.0, 143.5, -4.5), (20.8, 161.5, -6.5)),
    5: ((17.5, 17.0, -0.5), (31.0, 68.0, -1.5), (37.5, 100.5, -4.0), (40.5, 119.5, -6.0), (42.5, 135.5, -7.5)),
}  # fmt: skip
_GIRTH: Final = {1: 1.12, 2: 1.0, 3: 1.02, 4: 0.93, 5: 0.84}
_METACARPAL: Final = (7.6, 6.6, 4.9, 4.2, 4.1, 4.4, 5.6, 7.5, 7.3)
_PROXIMAL: Final = (7.4, 6.3, 4.9, 4.3, 4.1, 4.3, 5.2, 5.5)
_MIDDLE: Final = (6.4, 5.2, 4.1, 3.7, 3.7, 4.6, 4.9)
_DISTAL: Final = (5.6, 4.2, 2.9, 2.5, 2.9, 3.7)
PARTS: Final = ("metacarpal", "proximal", "middle", "distal")


def chain(finger: int) -> tuple[Point, ...]:
    """The joints of a finger (1 thumb to 5), from the metacarpal's base to the tip of the bone."""
    return _CHAINS[finger]


def girth(finger: int) -> float:
    """How thick a finger is, relative to the index finger."""
    return _GIRTH[finger]


def _overlap(start: Point, end: Point, by: float = 2.2) -> Point:
    """The base of a proximal phalanx reaches over the head, which hollows it out."""
    length = math.dist(start, end)
    x, y, z = (a - by / length * (b - a) for a, b in zip(start, end, strict=True))
    return (x, y, z)


def _finger_bones(finger: int) -> list[LongBone]:
    joints = _CHAINS[finger]
    parts = PARTS if finger > 1 else ("metacarpal", "proximal", "distal")
    profiles = {
        "metacarpal": (_METACARPAL, (2.5, 7.2)),
        "proximal": (_PROXIMAL, (2.0, 3.8)),
        "middle": (_MIDDLE, (2.0, 3.4)),
        "distal": (_DISTAL, (1.8, 3.2)),
    }
    bones = []
    for part, start, end in zip(parts, joints, joints[1:], strict=False):
        radii, corner = profiles[part]
        if part == "proximal":
            start = _overlap(start, end)
        size = _GIRTH[finger] * (0.95 if part == "metacarpal" else 1.0)
        bones.append(
            LongBone(
                name=f"{part}{finger}",
                start=start,
                end=end,
                radii=tuple(r * size for r in radii),
                shaft_cortex=1.5 * size * max(radii) / 7.5,
                corner=(corner[0] * size, corner[1] * size),
            )
        )
    return bones


LONG_BONES: Final = (*_FOREARM, *(b for f in range(1, 6) for b in _finger_bones(f)))


def _along(finger: int, dz: float) -> tuple[Point, ...]:
    """The finger's joints moved towards the back (dz > 0) or the palm (dz < 0)."""
    shrink = (1.0, 1.0, 0.86, 0.72, 0.6)
    return tuple(
        (x, y, z + dz * k)
        for (x, y, z), k in zip(_CHAINS[finger], shrink, strict=False)
    )


def _sideways(finger: int, dx: float) -> tuple[Point, ...]:
    """A digital vessel: beside the flexor tendon, from the mid palm to the fingertip."""
    shrink = (0.0, 0.75, 1.0, 0.9, 0.75)
    return tuple(
        (x + dx * k, y, z - 5.5)
        for (x, y, z), k in zip(_CHAINS[finger], shrink, strict=False)
    )[1:]


def _flexor(finger: int) -> Tube:
    fan = {1: -9.0, 2: -5.0, 3: -1.0, 4: 3.0, 5: 6.5}[finger]
    tunnel = ((fan * 0.8, -60.0, -9.0), (fan * 0.7, -15.0, -11.0), (fan, 8.0, -12.0))
    return Tube(path=(*tunnel, *_along(finger, -10.5)[1:]), radius=2.5, flat=0.8)


def _extensor(finger: int) -> Tube:
    fan = {1: -18.0, 2: -6.0, 3: -2.0, 4: 3.0, 5: 12.0}[finger]
    wrist = ((fan * 0.8, -60.0, 10.5), (fan * 0.9, -15.0, 12.0), (fan, 5.0, 12.5))
    return Tube(path=(*wrist, *_along(finger, 8.6)[1:]), radius=2.3, flat=0.5)


TENDONS: Final = tuple(make(f) for f in range(1, 6) for make in (_flexor, _extensor))
VESSELS: Final = (
    *(Tube(path=_sideways(f, dx), radius=0.9) for f in range(2, 6) for dx in (-6.5, 6.5)),
    Tube(path=((-22.0, -60.0, -9.0), (-21.0, -18.0, -9.5), (-22.0, 5.0, -9.0), (-14.0, 35.0, -12.0)), radius=1.5),
    Tube(path=((20.0, -60.0, -9.0), (19.0, -15.0, -12.5), (15.0, 10.0, -14.0), (4.0, 42.0, -13.0)), radius=1.4),
    Tube(path=((-20.0, -60.0, 9.0), (-16.0, -10.0, 13.5), (-16.0, 30.0, 12.0), (-14.0, 78.0, 10.0)), radius=1.1),
    Tube(path=((16.0, -60.0, 11.0), (12.0, 0.0, 13.5), (6.0, 40.0, 12.0), (5.0, 80.0, 10.5)), radius=1.0),
    Tube(path=((12.0, 0.0, 13.5), (22.0, 40.0, 9.5), (24.0, 70.0, 7.5)), radius=0.9),
)  # fmt: skip
NERVES: Final = (
    Tube(path=((-4.0, -60.0, -8.0), (-4.0, -15.0, -13.5), (-4.0, 8.0, -14.5), (-8.0, 32.0, -14.0)), radius=2.2, flat=0.6),
)  # fmt: skip
BONES_OF_HAND: Final[tuple[LongBone | ShortBone, ...]] = (*CARPALS, *LONG_BONES)
