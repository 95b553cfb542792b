"""How a head lay in one series against another of the same patient space: people move between series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from provident.deid.faces.heads import Head
from provident.deid.faces.stacks import Array, Points


STILL_MM = 2.0
_COUNT = 1200


@dataclass(frozen=True, slots=True)
class Motion:
    """A rigid motion from one series' patient coordinates to another's; `error_mm` is what is left of it."""

    turn: Points
    shift: Points
    error_mm: float

    def apply(self, points: Points) -> Points:
        """Points moved, shape (n, 3)."""
        return np.asarray(points @ self.turn.T + self.shift)


def motion_between(head: Head, reference: Head) -> Motion | None:
    """The motion of a head to where it lay in the reference, or None where it lay still."""
    depth = reference.depth()
    rng = np.random.default_rng(11)
    skin = head.skin[rng.permutation(len(head.skin))[:_COUNT]]
    still = _distances(skin, reference, depth)
    if len(still) < 100 or np.median(np.abs(still)) <= STILL_MM:
        return None
    middle = skin.mean(axis=0)

    def residuals(x: Points) -> Points:
        moved = (
            (skin - middle) @ Rotation.from_rotvec(x[:3]).as_matrix().T + middle + x[3:]
        )
        return np.concatenate(
            [_distances(moved, reference, depth, every=True), x[:3] * 10]
        )

    start = np.zeros(6)
    found = least_squares(
        residuals, start, loss="soft_l1", f_scale=3.0, max_nfev=25,
        x_scale=[0.1, 0.1, 0.1, 10, 10, 10], diff_step=1e-4,
    )  # fmt: skip
    turn = Rotation.from_rotvec(found.x[:3]).as_matrix()
    shift = middle + found.x[3:] - turn @ middle
    left = _distances(skin @ turn.T + shift, reference, depth)
    error = float(np.median(np.abs(left))) if len(left) else 99.0
    return Motion(turn, np.asarray(shift), error)


def _distances(
    points: Points, reference: Head, depth: Array, *, every: bool = False
) -> Points:
    """Distances (mm) from the reference's skin, where it was covered; 0 elsewhere with `every`."""
    covered = reference.grid.sample(reference.covered.astype(np.float32), points) > 0.99
    distance = reference.grid.sample(depth, points).astype(float)
    # Beyond the reference's own field a neighbour's edge says nothing.
    return np.where(covered, distance, 0.0) if every else distance[covered]
