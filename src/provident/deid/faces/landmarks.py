"""What a head tells of itself, without a template: its plane of symmetry and its nose.

A second opinion on a fit. Nothing here knows the template or the fit: the plane is the one in which the
skin mirrors itself best, the nose what stands off the head in that plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import least_squares

from provident.deid.faces.heads import Head, grown, opened
from provident.deid.faces.stacks import Array, Mask, Points


_COUNT = 1500
_SOFT_MM = 4.0
_UPPER_MM = (
    130.0  # of the head below its top; further down heads and necks lie as they like
)
_YAWS = (-0.35, 0.0, 0.35)  # starts, rad
_BALL_MM = 14.0  # rolls inside the head and does not get into the nose
_RIM_MM = 6.0
_BAND_MM = 12.0  # beside the plane, in which the nose lies
_LEAST_OFF_MM, _LEAST_MM3, _MOST_MM3, _WIDEST_MM = 6.0, 500.0, 60_000.0, 54.0
_WINDOW_MM = (-36.0, 33.0)  # below and above the tip of the nose: lips to eyes
_HALF_MM = 42.0  # beside it
_RAY_MM = (-24.0, 48.0)  # before and behind it
_MOVED_MM = 4.0


@dataclass(frozen=True, slots=True)
class Mirror:
    """The plane of symmetry: `across` is its normal (to the left), `offset` its distance (mm) from 0."""

    across: Points
    offset: float
    error_mm: float

    def beside(self, points: Points) -> Points:
        """Signed distance (mm) from the plane, to the left."""
        return np.asarray(points @ self.across - self.offset)

    def mirrored(self, points: Points) -> Points:
        """Points on the other side."""
        away = 2 * self.beside(points)[..., None]
        return np.asarray(points - away * self.across)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What was found; None where the volume does not show it."""

    mirror: Mirror | None
    nose: Points | None


def landmarks_of(head: Head) -> Landmarks:
    """The landmarks of a head."""
    mirror = mirror_of(head)
    if mirror is None:
        return Landmarks(None, None)
    return Landmarks(mirror, nose_of(head, mirror))


def mirror_of(head: Head) -> Mirror | None:
    """The plane in which the skin mirrors itself best, or None where too little of it is seen."""
    top = head.skin[:, 2].max() if len(head.skin) else 0.0
    skin = head.skin[head.skin[:, 2] > top - _UPPER_MM]
    if len(skin) < 300:
        return None
    rng = np.random.default_rng(29)
    skin = skin[rng.permutation(len(skin))[:_COUNT]]
    depth, covered = head.depth(), head.covered.astype(np.float32)
    middle = (skin.min(axis=0) + skin.max(axis=0)) / 2

    def distances(x: Points) -> tuple[Points, Mask]:
        moved = _mirror(x, middle).mirrored(skin)
        seen = head.grid.sample(covered, moved) > 0.99
        return head.grid.sample(depth, moved).astype(float), np.asarray(seen)

    def residuals(x: Points) -> Points:
        off, seen = distances(x)
        # A plane that mirrors all skin out of the field would be no answer.
        soft = np.where(seen, off / _SOFT_MM, 1.5)
        return np.asarray(np.sign(soft) * np.sqrt(2 * (np.sqrt(1 + soft**2) - 1)))

    found = [
        least_squares(
            residuals, [yaw, 0.0, 0.0], x_scale=[0.1, 0.1, 8.0], diff_step=1e-3,
            max_nfev=25,
        )
        for yaw in _YAWS
    ]  # fmt: skip
    best = min(found, key=lambda f: float(f.cost))
    off, seen = distances(best.x)
    if seen.sum() < 200:
        return None
    error = float(np.quantile(np.abs(off[seen]), 0.8))
    told = _mirror(best.x, middle)
    return Mirror(told.across, told.offset, error)


def _mirror(x: Points, middle: Points) -> Mirror:
    yaw, roll, shift = (float(v) for v in x)
    across = np.array(
        [np.cos(yaw) * np.cos(roll), np.sin(yaw) * np.cos(roll), np.sin(roll)]
    )
    return Mirror(across, float(across @ middle) + shift, 0.0)


def nose_of(head: Head, mirror: Mirror) -> Points | None:
    """The tip of the nose (mm), or None where nothing stands off the head in its plane of symmetry."""
    off = _standing_off(head)
    labels, _ = ndimage.label(off > 0)
    # What touches the end of the volume is the rest of something.
    rim = grown(~head.covered, _RIM_MM, head.grid.step)
    best: tuple[float, Points] | None = None
    for label, place in enumerate(ndimage.find_objects(labels), 1):
        cells = np.argwhere(labels[place] == label) + [s.start for s in place]
        points = head.grid.of(cells)
        if rim[tuple(cells.T)].any() or not _like_a_nose(
            points, mirror, head.grid.step
        ):
            continue
        far = off[tuple(cells.T)]
        if far.max() >= _LEAST_OFF_MM and (best is None or far.max() > best[0]):
            tip = points[far >= far.max() - 1.5].mean(axis=0)
            best = (float(far.max()), np.asarray(tip))
    return None if best is None else best[1]


def _standing_off(head: Head) -> Array:
    """How far (mm) cells stand off the body that the rolling ball leaves; 0 for what is part of it."""
    # What the volume does not show counts as body: its edge is no nose.
    whole = head.solid | ~head.covered
    body = opened(whole, _BALL_MM, head.grid.step)
    away = ndimage.distance_transform_edt(~body) * head.grid.step
    return np.where(head.solid & (away > head.grid.step), away, 0.0).astype(np.float32)


def _like_a_nose(points: Points, mirror: Mirror, step: float) -> bool:
    if not _LEAST_MM3 <= len(points) * step**3 <= _MOST_MM3:
        return False
    beside = mirror.beside(points)
    return bool(abs(np.median(beside)) < _BAND_MM and np.ptp(beside) < _WIDEST_MM)


def seen_from_front(head: Head, after: Array, landmarks: Landmarks) -> float | None:
    """Which share of what somebody in front sees around the nose is where it was; None without a nose.

    A depth map before and one after, in the head's own directions: a nose or an eye that stayed stays in it.
    """
    if landmarks.nose is None or landmarks.mirror is None:
        return None
    rays = _rays(landmarks.nose, landmarks.mirror.across, _inwards(head, landmarks))
    least = float(head.values[head.tissue].min())
    before, now = (
        _first(head.grid.sample(m.astype(np.float32), rays) > 0.5)
        for m in (head.tissue, head.tissue & (after >= least))
    )
    seen = before < rays.shape[2]
    if not seen.any():
        return None
    moved = (now - before) * head.grid.step >= _MOVED_MM
    return float((seen & ~moved).sum() / seen.sum())


def _inwards(head: Head, landmarks: Landmarks) -> Points:
    """The direction from the nose into the head, level with the patient's axes and in the plane."""
    assert landmarks.mirror is not None
    assert landmarks.nose is not None
    across = landmarks.mirror.across
    top = head.skin[:, 2].max()
    upper = head.skin[head.skin[:, 2] > top - 110.0]
    way = (upper.min(axis=0) + upper.max(axis=0)) / 2 - landmarks.nose
    way[2] = 0.0
    way -= (way @ across) * across
    return np.asarray(way / np.linalg.norm(way))


def _rays(tip: Points, across: Points, inwards: Points) -> Points:
    """Points along rays into the face, shape (heights, beside, along, 3)."""
    up = np.cross(across, inwards)
    up *= np.sign(up[2]) or 1.0
    steps = [
        np.arange(low, high + 0.1, 3.0)
        for low, high in (_WINDOW_MM, (-_HALF_MM, _HALF_MM), _RAY_MM)
    ]
    h, b, a = np.meshgrid(*steps, indexing="ij")
    return np.asarray(
        tip + h[..., None] * up + b[..., None] * across + a[..., None] * inwards
    )


def _first(hit: Mask) -> NDArray[np.int64]:
    """How many steps along its ray the first hit is; the ray's length where there is none."""
    return np.asarray(np.where(hit.any(axis=2), hit.argmax(axis=2), hit.shape[2]))
