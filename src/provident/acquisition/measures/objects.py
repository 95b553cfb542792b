"""Where the object is: a threshold for the whole series, and masks made with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provident.acquisition.measures.gathering import Floats, Gathered, scaled
from provident.acquisition.measures.images import Image


Mask = NDArray[np.bool_]
BODY_HU = -300.0
SMALLEST = 0.002  # of the image; smaller islands are noise or text


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """The object in each image, on the small copies; `threshold` in the unit of the signal."""

    threshold: float
    masks: tuple[Mask, ...]

    def whole(self, gathered: Gathered, number: int) -> Mask:
        """The mask of one image in full size, what the small copy left out being background."""
        shape = gathered.sample[number].pixels.shape
        block = gathered.blocks[number]
        large = np.repeat(np.repeat(self.masks[number], block, 0), block, 1)
        made = np.zeros(shape, bool)
        made[: large.shape[0], : large.shape[1]] = large[: shape[0], : shape[1]]
        return made


def otsu(x: NDArray[np.floating], bins: int = 256) -> float | None:
    """The threshold with the largest variance between two classes; None for a constant.

    Otsu, IEEE Trans SMC 1979;9:62.
    """
    low, high = float(x.min()), float(x.max())
    if not high > low:
        return None
    counts, edges = np.histogram(x, bins=bins, range=(low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    between[~np.isfinite(between)] = -1
    # Where no value lies between the classes all cuts are equal: the middle is meant.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float((edges[best[0] + 1] + edges[best[-1] + 1]) / 2)


def two_classes(x: NDArray[np.floating]) -> float | None:
    """Otsu's threshold where it parts two classes; None for one class or a slope.

    A threshold explains 64 % of the variance of a normal distribution, 75 % of an even one.
    """
    cut = otsu(x)
    if cut is None:
        return None
    above = x > cut
    share = float(above.mean())
    between = share * (1 - share) * float(x[above].mean() - x[~above].mean()) ** 2
    return cut if between > 0.8 * float(x.var()) else None


def find_objects(gathered: Gathered, modality: str) -> Objects | None:
    """The object of each image; None where nothing stands out.

    The square root brings bright fat and dim muscle nearer together than to the background.
    """
    if modality == "CT":
        threshold: float | None = BODY_HU
    else:
        pooled = np.sqrt(
            np.maximum(np.concatenate([s.ravel() for s in gathered.small]), 0)
        )
        top = float(np.percentile(pooled, 99.5))
        root = otsu(np.minimum(pooled, top))
        threshold = None if root is None else root**2
    if threshold is None:
        return None
    masks = tuple(_mask(one, threshold) for one in gathered.small)
    return (
        Objects(threshold=threshold, masks=masks)
        if any(m.any() for m in masks)
        else None
    )


def _mask(small: Floats, threshold: float) -> Mask:
    above = ndimage.binary_opening(small > threshold, border_value=0) | (
        _border(small.shape) & (small > threshold)
    )
    labels, many = ndimage.label(above)
    if not many:
        return np.zeros(small.shape, bool)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = sizes >= max(4, SMALLEST * small.size)
    return np.asarray(ndimage.binary_fill_holes(large[labels]), bool)


def _border(shape: tuple[int, ...]) -> Mask:
    edge = np.ones(shape, bool)
    edge[1:-1, 1:-1] = False
    return edge


def inner(mask: Mask, by: int = 3) -> Mask:
    """The mask without its rim, where signal mixes with the background."""
    return np.asarray(ndimage.binary_erosion(mask, iterations=by, border_value=1), bool)


def signal_of(image: Image) -> Floats:
    """The whole image in the unit of the signal."""
    return scaled(image, image.pixels)
