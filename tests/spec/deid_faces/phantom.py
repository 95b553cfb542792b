"""A head made of numbers: its skin, skull, brain, face and ears are known exactly.

Made of ellipsoids by hand measures of an adult's head; it knows nothing of the template that the
product ships. Frame: millimetres, x to the left, y to the back, z to the head, 0 in the middle of the skull.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation


AIR, SKIN, FLESH, BONE, BRAIN_GREY, BRAIN_WHITE, FLUID, EYE, GRISTLE = range(9)

# What each tissue looks like, in the order above (MR in any unit, CT in Hounsfield units).
CONTRASTS = {
    "CT": (-1000, -40, 50, 900, 38, 28, 6, 15, 120),
    "T1": (0, 900, 420, 70, 430, 560, 160, 180, 380),
    "T2": (0, 600, 260, 60, 520, 380, 1100, 1000, 330),
    "FLAIR": (0, 520, 330, 55, 560, 440, 90, 120, 330),
    "T2 fat suppressed": (0, 130, 240, 50, 520, 380, 1100, 1000, 260),
    "PD": (0, 800, 560, 90, 700, 620, 760, 720, 520),
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How one head differs from another; 1 is an average adult, lengths in mm."""

    size: float = 1.0
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)
    face: float = 1.0  # height of the face against the skull: children 0.8
    nose: float = 1.0
    chin: float = 0.0  # forwards
    ears: float = 1.0
    lug: float = 18.0  # degrees that the ears stand off
    scalp: float = 5.0
    skull: float = 7.0
    atrophy: float = 2.0  # between brain and skull


@dataclass(frozen=True)
class Phantom:
    """Labels on a grid of `step` mm, with what must go and what must stay."""

    labels: np.ndarray
    face: np.ndarray
    ears: np.ndarray
    brain: np.ndarray
    origin: np.ndarray
    step: float

    def at(self, points: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The values of the nearest cells; 0 outside."""
        cells = np.rint((points - self.origin) / self.step).astype(int)[..., ::-1]
        last = np.array(values.shape) - 1
        inside = ((cells >= 0) & (cells <= last)).all(axis=-1)
        cells = np.clip(cells, 0, last)
        found = values[cells[..., 0], cells[..., 1], cells[..., 2]]
        return np.where(inside, found, values.dtype.type(0))


def _ellipsoid(p, centre, radii, turn=None):
    q = p - np.array(centre, dtype=np.float32)
    if turn is not None:
        q = q @ Rotation.from_euler("xyz", turn, degrees=True).as_matrix().astype(
            np.float32
        )
    r = np.array(radii, dtype=np.float32)
    k0 = np.linalg.norm(q / r, axis=-1)
    k1 = np.linalg.norm(q / r**2, axis=-1) + 1e-9
    return k0 * (k0 - 1) / k1


def _joined(a, b, k=7.0):
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b * (1 - h) + a * h - k * h * (1 - h)


def _both(p, ellipsoid):
    """The same on both sides."""
    centre, radii, turn = ellipsoid
    folded = p * np.array([1, 1, 1], dtype=np.float32)
    folded[..., 0] = np.abs(folded[..., 0])
    return _ellipsoid(folded, centre, radii, turn)


def make(shape: Shape = Shape(), step: float = 2.5) -> Phantom:
    """A head of that shape, from the crown to the middle of the neck."""
    scale = shape.size * np.array(shape.stretch)
    low, high = np.array([-112, -140, -205]) * scale, np.array([112, 118, 88]) * scale
    count = np.ceil((high - low) / step).astype(int)
    z, y, x = (low[i] + np.arange(count[i]) * step for i in (2, 1, 0))
    zz, yy, xx = np.meshgrid(z, y, x, indexing="ij")
    p = (np.stack([xx, yy, zz], axis=-1) / scale).astype(np.float32)
    p[..., 2] = np.where(p[..., 2] < -15, (p[..., 2] + 15) / shape.face - 15, p[..., 2])

    skull = _ellipsoid(p, (0, 0, 0), (74, 93, 78))
    skull = _joined(skull, _ellipsoid(p, (0, 8, -40), (70, 64, 56)), 10)
    block = _ellipsoid(p, (0, -38, -68), (58, 52, 62))
    block = _joined(block, _both(p, ((36, -62, -56), (26, 26, 30), None)))
    block = _joined(block, _ellipsoid(p, (0, -76 - shape.chin, -116), (23, 21, 16)))
    block = _joined(block, _ellipsoid(p, (0, -84, -17), (44, 12, 9)))
    block = _joined(block, _ellipsoid(p, (0, -92, -90), (22, 9, 10)), 4)
    sockets = _both(p, ((32, -98, -33), (17, 15, 12), None))
    block = np.maximum(block, -sockets)
    eyes = _both(p, ((32, -76, -32), (12, 12, 12), None))
    n = shape.nose
    nose = _ellipsoid(p, (0, -90, -52), (10, 12 * n, 24), (-12, 0, 0))
    nose = _joined(nose, _ellipsoid(p, (0, -95 - 7 * n, -66), (14, 11 * n, 10)), 6)
    neck = np.maximum(
        np.hypot(p[..., 0] / 1.0, (p[..., 1] - 22 - 0.12 * (p[..., 2] + 90)) / 1.05)
        - 57,
        p[..., 2] + 40,
    )
    bare = _joined(_joined(skull, block), neck, 12)
    head = np.minimum(_joined(bare, nose, 5), eyes)
    e = shape.ears
    pinna = _both(p, ((75, 16, -40), (4, 19 * e, 32 * e), (0, 0, -shape.lug)))
    pinna = np.minimum(
        pinna, _both(p, ((81, 24, -38), (3, 12 * e, 24 * e), (0, 0, -shape.lug - 15)))
    )
    concha = _both(p, ((76, 8, -40), (7, 7, 10), None))
    pinna = np.maximum(pinna, -concha)

    mm = float(scale.min())
    inner = (shape.scalp + shape.skull) / mm
    base = np.where(
        p[..., 1] < -36,
        -19.0,
        np.where(
            np.abs(p[..., 0]) > 18,
            np.where(p[..., 1] < 8, -46.0, -62.0),
            np.where(p[..., 1] < 8, -24.0, -70.0),
        ),
    )
    cavity = np.maximum(skull + inner, base - p[..., 2])
    brain = cavity + shape.atrophy / mm
    labels = np.zeros(p.shape[:-1], dtype=np.uint8)
    labels[head < 0] = SKIN
    labels[(head < -shape.scalp / mm)] = FLESH
    labels[(skull < -shape.scalp / mm) & (p[..., 2] > base - 9)] = BONE
    jaw = (np.abs(block + 16) < 4) & (p[..., 2] < -66) & (p[..., 1] < -20)
    cheek = (np.abs(block + 12) < 3) & (p[..., 2] > -66) & (p[..., 1] < -30)
    spine = np.hypot(p[..., 0], p[..., 1] - 22) < 13
    labels[(jaw | cheek) & (head < -8)] = BONE
    labels[spine & (p[..., 2] < -78) & (head < 0)] = BONE
    labels[cavity < 0] = FLUID
    labels[brain < 0] = BRAIN_GREY
    labels[brain < -6] = BRAIN_WHITE
    labels[_both(p, ((13, -5, 12), (6, 28, 9), (0, 0, 12))) < 0] = FLUID
    airway = np.minimum(
        _ellipsoid(p, (0, -50, -58), (10, 34, 16)),
        _ellipsoid(p, (0, -14, -100), (10, 8, 60)),
    )
    airway = np.minimum(airway, _both(p, ((28, -58, -60), (12, 14, 15), None)))
    labels[(airway < 0) & (head < -7)] = AIR
    labels[(eyes < 0)] = EYE
    ears = (pinna < 0) & (head > 0)
    labels[ears] = GRISTLE
    gristle = (nose < 0) & (bare > -2)
    labels[gristle] = GRISTLE

    wedge = (
        (p[..., 1] < -22)
        & (p[..., 2] < -9 + 0.2 * (p[..., 1] + 84) * -1)
        & (p[..., 2] > -134)
    )
    wedge &= p[..., 1] < -22 - 0.9 * np.maximum(0, -100 - p[..., 2])
    shell = (head < 0) & (head > -14 / mm)
    face = (
        ((wedge & shell) | gristle | (eyes < 0)) & (labels != AIR) & (cavity > 4 / mm)
    )
    return Phantom(
        labels,
        face,
        ears,
        (labels == BRAIN_GREY)
        | (labels == BRAIN_WHITE)
        | ((labels == FLUID) & (brain < 0)),
        low,
        step,
    )


def image(
    labels: np.ndarray,
    contrast: str,
    rng: np.random.Generator,
    *,
    noise: float = 0.02,
    bias: float = 0.0,
    blur: float = 0.5,
) -> np.ndarray:
    """What a scanner would show of labels: noise as a share of the brain's signal, a bias over the field."""
    table = np.array(CONTRASTS[contrast], dtype=np.float32)
    values = ndimage.gaussian_filter(table[labels], blur)
    if contrast == "CT":
        return values + rng.normal(0, 400 * noise, values.shape).astype(np.float32)
    ramp = np.stack(
        np.meshgrid(*(np.linspace(-1, 1, n) for n in values.shape), indexing="ij")
    )
    values *= 1 + bias * (
        np.tensordot(rng.normal(0, 0.6, 3), ramp, 1) - 0.5 * (ramp**2).sum(0)
    )
    sigma = noise * table[BRAIN_GREY]
    real = values + rng.normal(0, sigma, values.shape)
    return np.abs(real + 1j * rng.normal(0, sigma, values.shape)).astype(np.float32)
