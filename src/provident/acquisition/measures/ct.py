"""Noise and the CT number of air, without a region drawn by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provident.acquisition.measures.gathering import Floats, Gathered
from provident.acquisition.measures.model import Measure, missing
from provident.acquisition.measures.objects import Mask, Objects, signal_of


SQUARE_MM = 7.0
TISSUE_HU = (0.0, 100.0)
AIR_HU = -900.0
LEAST = 500  # pixels in the histogram
SLICES = 8  # of the sample: the mode of their pixels hardly changes with more


def ct_measures(gathered: Gathered, objects: Objects) -> Iterator[Measure]:
    """Noise in soft tissue and in air, and the CT number of air."""
    tissue, air, numbers = [], [], []
    wanted = list(gathered.sample)[:: max(1, len(gathered.sample) // SLICES)]
    for number in wanted:
        image = signal_of(gathered.sample[number])
        sd, mean = local(image, _square(gathered))
        tissue.append(sd[_soft(image, mean)])
        outside = ~ndimage.binary_dilation(
            objects.whole(gathered, number), iterations=4
        )
        beside = _air(image, mean, outside)
        air.append(sd[beside])
        numbers.append(image[beside & (sd < 60)])
    yield _mode(
        "ct_noise",
        np.concatenate(tissue),
        "no homogeneous soft tissue (0 to 100 HU) in the sample",
    )
    yield _mode(
        "ct_noise_air", np.concatenate(air), "no air beside the object in the sample"
    )
    pooled = np.concatenate(numbers)
    if pooled.size < LEAST:
        yield missing("ct_air", "no air beside the object in the sample")
    else:
        yield Measure(name="ct_air", value=float(np.median(pooled)))


def _square(gathered: Gathered) -> int:
    spacing = gathered.spacing[0] if gathered.spacing else SQUARE_MM / 9
    return max(3, round(SQUARE_MM / spacing) // 2 * 2 + 1)


def local(image: Floats, side: int) -> tuple[Floats, Floats]:
    """SD and mean of the square about each pixel."""
    wide = image.astype(np.float64)
    mean = ndimage.uniform_filter(wide, side)
    squared = ndimage.uniform_filter(wide * wide, side)
    sd = np.sqrt(np.maximum(squared - mean * mean, 0))
    return sd.astype(np.float32), mean.astype(np.float32)


def _soft(image: Floats, mean: Floats) -> Mask:
    low, high = TISSUE_HU
    return (mean >= low) & (mean <= high) & (image >= low - 150) & (image <= high + 150)


def _air(image: Floats, mean: Floats, outside: Mask) -> Mask:
    """Air, but not what was filled in outside the circle, which has one value."""
    padding = image <= image.min()
    return np.asarray(
        (mean < AIR_HU) & outside & ~ndimage.binary_dilation(padding, iterations=6)
    )


def _mode(name: str, sds: NDArray[np.floating], because: str) -> Measure:
    if sds.size < LEAST:
        return missing(name, because)
    value = mode(sds)
    return (
        Measure(name=name, value=value)
        if value > 0
        else missing(name, "the pixels there all have one value")
    )


def mode(x: NDArray[np.floating]) -> float:
    """The peak of a histogram smoothed a little, to a tenth of its bins."""
    top = float(np.percentile(x, 95))
    if top <= 0:
        return 0.0
    counts, edges = np.histogram(x, bins=200, range=(0, top))
    smooth = ndimage.gaussian_filter1d(counts.astype(float), 2.5)
    at = int(smooth.argmax())
    return float((edges[at] + edges[at + 1]) / 2)
