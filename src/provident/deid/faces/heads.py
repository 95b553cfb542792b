"""The head in a volume: what is tissue, where its skin is. Holds for CT and for any MR contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from provident.deid.faces.stacks import (
    Array,
    Grid,
    Mask,
    Points,
    Volume,
    grid_around,
    resampled,
)


AIR_HU, SKIN_HU = -1000.0, -300.0
EAR_MM = (
    12.0  # radius of the ball that rolls inside a head and does not get into its ears
)


@dataclass(frozen=True, slots=True)
class Head:
    """A volume on a working grid.

    `tissue` is what is brighter than air, `solid` the head with its airways filled, `covered` where
    the volume has been, `skin` points of the surface with air in front of them.
    """

    grid: Grid
    values: Array
    covered: Mask
    tissue: Mask
    solid: Mask
    skin: Points
    air: float

    @property
    def crown_seen(self) -> bool:
        """Whether the volume goes on above the head."""
        heights = np.flatnonzero(self.solid.any(axis=(1, 2)))
        above = min(int(heights[-1]) + 2, self.grid.shape[0] - 1)
        under = self.solid[heights[-1]]
        return bool(self.covered[above][under].mean() > 0.5)

    def depth(self) -> Array:
        """Distance from the skin in mm, negative outside of the head."""
        return signed_depth(self.solid, self.grid.step)


def widened(head: Head, points: Points) -> Head:
    """The same head on a grid that holds further points; what is added is not covered."""
    step = head.grid.step
    first = head.grid.origin
    last = first + (np.array(head.grid.shape[::-1]) - 1) * step
    before = np.ceil(np.maximum(first - points.min(axis=0), 0) / step).astype(int)[::-1]
    behind = np.ceil(np.maximum(points.max(axis=0) - last, 0) / step).astype(int)[::-1]
    pads = [(int(b), int(a)) for b, a in zip(before, behind, strict=True)]
    covered, tissue, solid = (
        np.pad(m, pads) for m in (head.covered, head.tissue, head.solid)
    )
    values = np.pad(head.values, pads, constant_values=head.air)
    z, y, x = values.shape
    grid = Grid(first - before[::-1] * step, (z, y, x), step)
    return Head(grid, values, covered, tissue, solid, head.skin, head.air)


def signed_depth(inside: Mask, step: float) -> Array:
    """Distance from the edge of a mask in mm, negative outside of it."""
    inner = ndimage.distance_transform_edt(inside) * step
    outer = ndimage.distance_transform_edt(~inside) * step
    signed = np.where(inside, inner - step / 2, step / 2 - outer)
    return np.asarray(signed, dtype=np.float32)


class NoHead(Exception):
    """Nothing in the volume looks like a head."""


def head_of(volume: Volume, modality: str) -> Head:
    """The head in a volume of CT (Hounsfield units) or of anything else (any unit, air dark).

    Raises:
        NoHead: there is no tissue, or nothing but tissue.
    """
    air, threshold = tissue_limits(volume.values, modality)
    grid = grid_around(volume.corners())
    values, covered = resampled(volume, grid, air)
    tissue = (values > threshold) & covered
    solid = _solid(tissue, covered)
    if not 400_000 < solid.sum() * grid.step**3 < 3e7:  # mm3
        raise NoHead("no tissue of a head's size")
    return Head(grid, values, covered, tissue, solid, _skin(solid, covered, grid), air)


def tissue_limits(values: Array, modality: str) -> tuple[float, float]:
    """The level of air, and the level above which something is tissue."""
    if modality == "CT":
        return AIR_HU, SKIN_HU
    if modality == "PT":
        return 0.0, float(np.percentile(values, 99.5)) * 0.05
    sampled = values[:, ::2, ::2].ravel()
    top = float(np.percentile(sampled, 99.5))
    if top <= 0:
        raise NoHead("the images are empty")
    split = _otsu(sampled, top)
    low = sampled[sampled <= split]
    signal = float(np.median(sampled[sampled > split]))
    air = float(np.median(low[low <= np.percentile(low, 75)]))
    noise = float(np.percentile(low, 65)) - air
    return air, min(max(air + 5 * noise, air + 0.13 * (signal - air)), split)


def _otsu(sampled: Array, top: float) -> float:
    """The threshold between two classes of brightness (Otsu 1979)."""
    counts, edges = np.histogram(sampled, bins=256, range=(float(sampled.min()), top))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    total = np.cumsum(counts * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (total[-1] * below - total * below[-1]) ** 2 / (below * above)
    return float(middles[int(np.nanargmax(between[:-1]))])


def ball(radius_mm: float, step: float) -> Mask:
    """A ball of cells."""
    n = int(radius_mm // step)
    z, y, x = np.ogrid[-n : n + 1, -n : n + 1, -n : n + 1]
    return np.asarray((z * z + y * y + x * x) * step**2 <= radius_mm**2 + 1e-6)


def grown(mask: Mask, mm: float, step: float) -> Mask:
    """A mask and all within `mm` of it."""
    if not mask.any():
        return mask
    return np.asarray(ndimage.distance_transform_edt(~mask) * step <= mm)


def shrunk(mask: Mask, mm: float, step: float) -> Mask:
    """A mask without what is within `mm` of its edge; beyond the array it goes on."""
    padded = np.pad(mask, 1, mode="edge")
    return np.asarray(
        ndimage.distance_transform_edt(padded)[1:-1, 1:-1, 1:-1] * step > mm
    )


def opened(mask: Mask, mm: float, step: float) -> Mask:
    """A mask without parts thinner than twice `mm`."""
    return grown(shrunk(mask, mm, step), mm, step) & mask


def largest(mask: Mask) -> Mask:
    """The largest connected part."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())


def _solid(tissue: Mask, covered: Mask) -> Mask:
    """The largest body without thin things (holder, cushion), its airways and the skull filled."""
    kept = largest(ndimage.binary_opening(tissue, ball(3.0, 3.0)))
    if not kept.any():
        return kept
    near = (
        grown(kept, 4.0, 3.0) & tissue
    )  # what the opening took off: lips, ears, the tip of the nose
    kept = largest(kept | near)
    closed = ~grown(~grown(kept, 9.0, 3.0), 9.0, 3.0) | kept
    return _filled(closed) & covered


def _filled(mask: Mask) -> Mask:
    """Holes filled in every layer across each axis that closes them for certain."""
    filled = ndimage.binary_fill_holes(mask)
    layers = np.stack([ndimage.binary_fill_holes(layer) for layer in filled])
    return np.asarray(layers, dtype=bool)


def _skin(solid: Mask, covered: Mask, grid: Grid) -> Points:
    """Cells of the head with covered air beside them."""
    air = covered & ~solid
    beside = ndimage.binary_dilation(air) & solid
    return grid.of(np.argwhere(beside))
