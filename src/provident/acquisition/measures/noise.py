"""Noise, signal to noise and contrast to noise of MR images, each by a method that is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from scipy import ndimage

from provident.acquisition.measures.gathering import Floats, Gathered
from provident.acquisition.measures.model import Measure, missing
from provident.acquisition.measures.objects import (
    Mask,
    Objects,
    inner,
    otsu,
    signal_of,
)


NORMAL_MEDIAN = 0.6744898  # median of |x| for a standard normal x
RAYLEIGH_SD = math.sqrt(2 - math.pi / 2)  # 0.655: SD of Rayleigh noise of sigma 1
RAYLEIGH_RATIO = (
    1.65,
    2.25,
)  # mean / SD is 1.913 for one channel, 5 for a sum of squares
LEAST_PIXELS = 200
_LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def haar_noise(image: Floats, mask: Mask) -> float | None:
    """Noise from the diagonal coefficients of the Haar wavelet inside a mask, in signal.

    Donoho & Johnstone, Biometrika 1994;81:425. None when the mask is too small.
    """
    rows, columns = (n // 2 * 2 for n in image.shape)
    x, m = image[:rows, :columns], mask[:rows, :columns]
    diagonal = (x[::2, ::2] - x[1::2, ::2] - x[::2, 1::2] + x[1::2, 1::2]) / 2
    inside = m[::2, ::2] & m[1::2, 1::2]
    if np.count_nonzero(inside) < LEAST_PIXELS // 4:
        return None
    return float(np.median(np.abs(diagonal[inside])) / NORMAL_MEDIAN)


def immerkaer_noise(image: Floats, mask: Mask) -> float | None:
    """Noise from the difference of two Laplacians, steep edges left out. Immerkaer, CVIU 1996;64:300."""
    if np.count_nonzero(mask) < LEAST_PIXELS:
        return None
    response = np.abs(ndimage.convolve(image, _LAPLACIANS))[mask]
    steep = ndimage.gaussian_gradient_magnitude(image, 1.5)[mask]
    flat = response[steep <= np.quantile(steep, 0.9)]
    return float(math.sqrt(math.pi / 2) * flat.mean() / 6)


def without_rician_bias(signal: float, noise: float) -> float:
    """The signal that a magnitude of this size comes from; 0 below the noise.

    Gudbjartsson & Patz, Magn Reson Med 1995;34:910.
    """
    return math.sqrt(max(signal * signal - noise * noise, 0.0))


def noise_measures(gathered: Gathered, objects: Objects) -> Iterator[Measure]:
    """Noise, SNR against three references, and CNR."""
    rows = [
        (image, mask)
        for image, whole in _sampled(gathered, objects)
        if np.count_nonzero(mask := inner(whole)) >= LEAST_PIXELS
    ]
    noise = _median(haar_noise(image, mask) for image, mask in rows)
    yield _or(noise, "noise", "no image of the sample has enough of an object")
    yield _or(
        _median(immerkaer_noise(image, mask) for image, mask in rows),
        "noise_immerkaer",
        "no image of the sample has enough of an object",
    )
    yield _against_noise("snr", noise, rows, _signal)
    yield _background(gathered, objects)
    yield _repeated(gathered, objects)
    yield _against_noise("cnr", noise, rows, _contrast)


def _sampled(gathered: Gathered, objects: Objects) -> Iterator[tuple[Floats, Mask]]:
    for number, image in gathered.sample.items():
        yield signal_of(image), objects.whole(gathered, number)


def _median(found: Iterator[float | None]) -> float | None:
    known = [one for one in found if one is not None]
    return float(np.median(known)) if known else None


def _or(value: float | None, name: str, because: str) -> Measure:
    return missing(name, because) if value is None else Measure(name=name, value=value)


def _signal(image: Floats, mask: Mask) -> float | None:
    return float(np.median(image[mask]))


def _contrast(image: Floats, mask: Mask) -> float | None:
    inside = ndimage.uniform_filter(image, 3)[mask]
    cut = otsu(inside)
    if cut is None:
        return None
    return float(np.median(inside[inside > cut]) - np.median(inside[inside <= cut]))


def _against_noise(
    name: str,
    noise: float | None,
    rows: list[tuple[Floats, Mask]],
    of: Callable[[Floats, Mask], float | None],
) -> Measure:
    if noise is None:
        return missing(name, "the noise is not known")
    if noise == 0:
        return missing(
            name,
            "neighbouring pixels do not differ: the images are smoothed or synthetic",
        )
    value = _median(of(image, mask) for image, mask in rows)
    if value is None:
        return missing(name, "the object has one value only")
    if name == "snr":
        value = without_rician_bias(value, noise)
    return Measure(name=name, value=value / noise)


def _background(gathered: Gathered, objects: Objects) -> Measure:
    found, reasons = [], []
    for image, mask in _sampled(gathered, objects):
        corner = _quietest(image, mask)
        if corner is None:
            reasons.append("the object reaches all corners of the image")
        elif (why := _not_rayleigh(corner)) is not None:
            reasons.append(why)
        elif np.count_nonzero(at := inner(mask)) >= LEAST_PIXELS:
            sigma = float(corner.std() / RAYLEIGH_SD)
            found.append(
                without_rician_bias(float(np.median(image[at])), sigma) / sigma
            )
    if len(found) * 2 < len(reasons) or not found:
        because = (
            max(set(reasons), key=reasons.count)
            if reasons
            else "no image has enough of an object"
        )
        return missing("snr_background", because)
    return Measure(name="snr_background", value=float(np.median(found)))


def _quietest(image: Floats, mask: Mask) -> Floats | None:
    """The darkest corner that holds nothing of the object, an eighth of the image each way."""
    rows, columns = (max(8, n // 8) for n in image.shape)
    near = ndimage.binary_dilation(mask, iterations=3)
    corners = [
        image[down, right]
        for down in (slice(1, rows), slice(-rows, -1))
        for right in (slice(1, columns), slice(-columns, -1))
        if near[down, right].size >= 25 and not near[down, right].any()
    ]
    return min(corners, key=lambda corner: float(corner.mean()), default=None)


def _not_rayleigh(corner: Floats) -> str | None:
    sd = float(corner.std())
    if sd == 0 or np.count_nonzero(corner == 0) > 0.2 * corner.size:
        return "the background was set to zero"
    low, high = RAYLEIGH_RATIO
    if not low <= float(corner.mean()) / sd <= high:
        return "the background is not the noise of one channel (mean / SD is not 1.9): several channels, a filter or ghosts"
    return None


def _repeated(gathered: Gathered, objects: Objects) -> Measure:
    """The difference of images that follow each other at one position, with one weighting."""
    name = "snr_difference"
    patches = gathered.patches
    found = [
        snr
        for repeats in gathered.repeats()
        for first, second in pairwise(n for n in repeats if n < len(patches))
        if (snr := _difference(patches[first], patches[second], objects.threshold))
        is not None
    ]
    if not found:
        return missing(name, "no position was acquired twice in the same way")
    return Measure(name=name, value=float(np.median(found)))


def _difference(first: Floats, second: Floats, threshold: float) -> float | None:
    mask = inner((first > threshold) & (second > threshold), 1)
    if np.count_nonzero(mask) < LEAST_PIXELS:
        return None
    one, two = first[mask], second[mask]
    means = float(one.mean()), float(two.mean())
    sd = float((one - two).std())
    if sd == 0 or abs(means[0] - means[1]) > 0.1 * max(means):
        return None
    sigma = sd / math.sqrt(2)
    return without_rician_bias(float(np.median((one + two) / 2)), sigma) / sigma
