"""The template's head laid onto a head: turned, moved and stretched until the skins agree.

Skins, not intensities: the border between head and air looks the same in CT and in every MR
contrast, and says where the nose is. Only skin that the volume shows takes part, so that a volume
that shows half a head is fitted with half a head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from provident.deid.faces.brains import brain_of
from provident.deid.faces.heads import Head
from provident.deid.faces.stacks import Array, Mask, Points
from provident.deid.faces.template import CENTRE, CROWN, Template, steady


Parameters = NDArray[np.float64]
Residuals = Callable[[Parameters], Parameters]

# What is known of heads beforehand (standard deviations): turned by 0.18 rad, and stretched by
# 10 % as a whole, 7 % of one axis against another.
_TURN, _SIZE, _SHAPE = 0.18, 0.10, 0.07
_SOFT_MM = 4.0
_SLACKS_MM = (16.0, 10.0)  # how far off the brain may be looked for, first and then
_BRAIN_POINTS = 1500
_STARTS_TILT = (-0.35, 0.0, 0.35)
_STARTS_HEIGHT = (0.0, -45.0, 45.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the template's head is: template = CENTRE + stretch * (turn @ (patient - middle))."""

    turn: Points
    stretch: Points
    middle: Points
    error_mm: float
    shared: float

    def to_template(self, points: Points) -> Points:
        """Patient coordinates in the template's frame."""
        return np.asarray(CENTRE + (points - self.middle) @ self.turn.T * self.stretch)

    def to_patient(self, points: Points) -> Points:
        """The template's coordinates in the patient's frame."""
        return np.asarray((points - CENTRE) / self.stretch @ self.turn + self.middle)

    @property
    def degrees(self) -> float:
        """By how much the head is turned against the patient's axes."""
        return float(np.degrees(Rotation.from_matrix(self.turn).magnitude()))


def fit(head: Head, modality: str, known: Template) -> Fit:
    """The template fitted to a head: its skin first, the best of several starts, then its brain too."""
    depth = -head.depth()
    few = _problem(head, depth, 500, known)
    tried = sorted(
        (_solved(few, start, 12) for start in _starts(head)), key=lambda pair: pair[0]
    )
    many = _problem(head, depth, 2500, known)
    best = min((_solved(many, x, 40) for _, x in tried[:2]), key=lambda pair: pair[0])
    # In MR the base of the brain runs into fat and muscle of its own brightness.
    for slack in _SLACKS_MM if modality == "CT" else ():
        brain = brain_of(head, _expected(head, best[1], known), modality, slack)
        if brain is None:
            break
        best = _solved(_with_brain(many, head, brain, known), best[1], 25)
    return _measured(head, depth, best[1], known)


def _expected(head: Head, x: Parameters, known: Template) -> Array:
    """The signed distance (mm) from the template's brain laid onto the head."""
    turn, middle, stretch = _unpacked(x)
    moved = CENTRE + (head.grid.points() - middle) @ turn.T * stretch
    found = known.grid.sample(known.brain, moved).reshape(head.grid.shape)
    return np.asarray(found / np.float32(stretch.mean()))


def _with_brain(
    skins: Residuals, head: Head, brain: Mask, known: Template
) -> Residuals:
    """The same problem, and the surface of this head's own brain against the template's."""
    inner = ndimage.binary_erosion(brain, border_value=1)
    edge = brain & ~inner & ndimage.binary_erosion(head.covered)
    points = head.grid.of(np.argwhere(edge))
    rng = np.random.default_rng(23)
    points = points[rng.permutation(len(points))[:_BRAIN_POINTS]]

    def residuals(x: Parameters) -> Parameters:
        turn, middle, stretch = _unpacked(x)
        moved = CENTRE + (points - middle) @ turn.T * stretch
        there = known.grid.sample(known.brain, moved) + 1.0
        return np.concatenate([skins(x), _soft(there)])

    return residuals


def _starts(head: Head) -> Iterator[Parameters]:
    heights = np.flatnonzero(head.solid.any(axis=(1, 2)))
    top = head.grid.origin[2] + heights[-1] * head.grid.step
    upper = head.skin[head.skin[:, 2] > top - 110.0]
    middle = (upper.min(axis=0) + upper.max(axis=0)) / 2
    middle[2] = top - (CROWN - CENTRE[2])
    for height in _STARTS_HEIGHT[: 2 if head.crown_seen else 3]:
        for tilt in _STARTS_TILT:
            yield np.array(
                [tilt, 0, 0, *(middle + np.array([0.0, 0.0, height])), 0, 0, 0]
            )


def _unpacked(x: Parameters) -> tuple[Points, Points, Points]:
    return Rotation.from_rotvec(x[:3]).as_matrix(), x[3:6], np.exp(x[6:9])


def _problem(head: Head, depth: Array, count: int, known: Template) -> Residuals:
    """The distances between the skins, both ways, and the distance from what heads are like."""
    rng = np.random.default_rng(17)
    skin = head.skin[rng.permutation(len(head.skin))[:count]]
    theirs = known.points()
    theirs = theirs[steady(theirs)]
    theirs = theirs[rng.permutation(len(theirs))[: count // 2]]
    covered = head.covered.astype(np.float32)

    def residuals(x: Parameters) -> Parameters:
        turn, middle, stretch = _unpacked(x)
        moved = CENTRE + (skin - middle) @ turn.T * stretch
        there = known.grid.sample(known.skin, moved) + 1.0
        there = np.where(steady(moved), there, 0.0)
        back = (theirs - CENTRE) / stretch @ turn + middle
        here = head.grid.sample(depth, back)
        seen = head.grid.sample(covered, back) > 0.99
        here = np.where(seen & _within(head, back), here, 0.0)
        size = x[6:9].mean()
        prior = np.concatenate(
            [x[:3] / _TURN, [size / _SIZE], (x[6:9] - size) / _SHAPE]
        )
        weight = np.sqrt(2000.0 / count)
        return np.concatenate(
            [_soft(there) * weight, _soft(here) * weight, prior * 12.0 * np.sqrt(0.5)]
        )

    return residuals


def _soft(mm: Array) -> Parameters:
    """Distances whose square grows no faster than linearly: a holder, hair or a tube counts little."""
    scaled = np.asarray(mm, dtype=np.float64) / _SOFT_MM
    soft = np.sign(scaled) * np.sqrt(2 * (np.sqrt(1 + scaled**2) - 1))
    return np.asarray(soft)


def _within(head: Head, points: Points) -> NDArray[np.bool_]:
    cells = (points - head.grid.origin) / head.grid.step
    last = np.array(head.grid.shape[::-1]) - 1
    return np.asarray(((cells >= 0) & (cells <= last)).all(axis=-1))


def _solved(
    residuals: Residuals, start: Parameters, steps: int
) -> tuple[float, Parameters]:
    scale = np.array([0.1, 0.1, 0.1, 10, 10, 10, 0.1, 0.1, 0.1])
    found = least_squares(
        residuals, start, x_scale=scale, max_nfev=steps, diff_step=1e-4
    )
    return float(found.cost), np.asarray(found.x)


def _measured(head: Head, depth: Array, x: Parameters, known: Template) -> Fit:
    turn, middle, stretch = _unpacked(x)
    bare = Fit(turn, stretch, middle, 0.0, 0.0)
    moved = bare.to_template(head.skin)
    trusted = steady(moved)
    there = np.abs(known.grid.sample(known.skin, moved[trusted]) + 1.0)
    ours = known.points()
    back = bare.to_patient(ours[steady(ours)])
    seen = head.grid.sample(head.covered.astype(np.float32), back) > 0.99
    seen &= _within(head, back)
    here = np.abs(head.grid.sample(depth, back[seen]))
    both = [float(np.quantile(v, 0.8)) if len(v) > 50 else 99.0 for v in (there, here)]
    return Fit(turn, stretch, middle, max(both), float(seen.mean()))
