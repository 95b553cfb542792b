"""From the hand's tissue to magnitude images: slices, contrast, coil, motion, noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from provident.synthetic.hand import GRID, HandModel, Labels
from provident.synthetic.pose import Pose, sample, to_pixels
from provident.synthetic.solids import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """Where the slices lie: `plane` coronal or axial, sizes in mm, pixels as rows and columns.

    `centres` are the slices' places along their normal: z of the hand (coronal) or y of the field
    (axial).
    """

    plane: str
    centres: tuple[float, ...]
    thickness: float
    rows: int
    columns: int
    pixel: float


MIDDLE = -4.5  # mm, z of the hand that lies in the middle of the slices
Hand = tuple[Labels, Pose]


def render(
    model: HandModel, hands: Sequence[Hand], slices: Slices, contrast: Floats
) -> Floats:
    """Noise-free images [slice, row, column] in which the brightest tissue is about 1."""
    images = np.zeros((len(slices.centres), slices.rows, slices.columns), np.float32)
    for labels, pose in hands:
        if slices.plane == "coronal":
            one = _coronal(model, labels, pose, slices, contrast)
        else:
            one = _axial(model, labels, pose, slices, contrast)
        np.maximum(images, one, out=images)  # hands that touch do not add up
    return images


def _bright(labels: Labels, texture: Floats, contrast: Floats) -> Floats:
    return contrast[labels] * texture


def _coronal(
    model: HandModel, labels: Labels, pose: Pose, slices: Slices, contrast: Floats
) -> Floats:
    planes = np.zeros((len(slices.centres), *GRID.shape[1:]), np.float32)
    half = slices.thickness / pose.size / 2
    for n, centre in enumerate(slices.centres):
        z = (centre - pose.lift) / pose.size
        part = GRID.box((0, 0, z - half), (0, 0, z + half - GRID.spacing))[0]
        if part.stop > part.start:
            bright = _bright(labels[part], model.texture[part], contrast)
            planes[n] = bright.sum(axis=0) * (GRID.spacing / (2 * half + GRID.spacing))
    planes = ndimage.gaussian_filter(planes, (0, 0.6, 0.6), truncate=2.5)
    x = _centred(slices.columns, slices.pixel)[None, :]
    y = -_centred(slices.rows, slices.pixel)[:, None]
    return sample(planes, *to_pixels(*pose.to_hand(x, y)))


def _axial(
    model: HandModel, labels: Labels, pose: Pose, slices: Slices, contrast: Floats
) -> Floats:
    """Axial slices; the turn of the hand shifts each slice sideways."""
    depth, _, width = GRID.shape
    planes = np.zeros((len(slices.centres), depth, width), np.float32)
    half = slices.thickness / pose.size / 2
    for n, y in enumerate(slices.centres):
        v = (y - pose.y) / pose.size
        part = GRID.box((0, v - half, 0), (0, v + half - GRID.spacing, 0))[1]
        if part.stop > part.start:
            bright = _bright(labels[:, part], model.texture[:, part], contrast)
            planes[n] = bright.mean(axis=1)
    planes = ndimage.gaussian_filter(planes, (0, 0.6, 0.6), truncate=2.5)
    x = _centred(slices.columns, slices.pixel)[None, :]
    z = _centred(slices.rows, slices.pixel)[:, None] + MIDDLE - pose.lift
    middle = np.float32(np.mean(slices.centres))
    u, _ = pose.to_hand(x, np.full((1, 1), middle, np.float32))
    rows = (z / pose.size - GRID.low[2]) / GRID.spacing
    columns = (u - GRID.low[0]) / GRID.spacing
    rows, columns = np.broadcast_arrays(rows, columns)
    return sample(planes, rows.astype(np.float32), columns.astype(np.float32))


def _centred(count: int, pixel: float) -> Floats:
    return ((np.arange(count) - (count - 1) / 2) * pixel).astype(np.float32)


def coil(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """A smooth receive field around 1 [row, column]: nearer to the coil it is brighter."""
    y = np.linspace(-1, 1, shape[-2], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[-1], dtype=np.float32)[None, :]
    a, b, c, d = rng.normal(0, (0.06, 0.06, 0.05, 0.04))
    return np.asarray(1.08 + a * x + b * y - (0.16 + c) * x**2 - (0.22 + d) * y**2)


def move(images: Floats, amount: float, rng: np.random.Generator) -> Floats:
    """Ghosts along the columns, as periodic movement during the scan leaves them."""
    found = np.empty_like(images)
    lines = np.arange(images.shape[1])
    for n, image in enumerate(images):
        k = np.fft.fft(image, axis=0)
        drift = amount * np.sin(
            2 * np.pi * lines / rng.uniform(3.5, 6.5) + rng.uniform(0, 6)
        )
        jump = amount * 1.5 * (rng.random(lines.size) < 0.06)
        k *= np.exp(2j * np.pi * np.fft.fftfreq(lines.size) * (drift + jump))[:, None]
        found[n] = np.abs(np.fft.ifft(k, axis=0))
    return found


def magnitude(images: Floats, noise: float, rng: np.random.Generator) -> Floats:
    """Rician noise: the modulus of a signal with independent noise in both channels."""
    real = images + noise * rng.standard_normal(images.shape, dtype=np.float32)
    imaginary = noise * rng.standard_normal(images.shape, dtype=np.float32)
    return np.asarray(np.sqrt(real * real + imaginary * imaginary), np.float32)


def digitise(images: Floats, full: int) -> npt.NDArray[np.uint16]:
    """Whole numbers; 1.0 becomes `full`, nothing exceeds 12 bits."""
    return np.clip(np.rint(images * full), 0, 4095).astype(np.uint16)
