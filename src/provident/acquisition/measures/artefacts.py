"""Ghosts, wrap-around, blur and motion of MR images; jumps between slices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provident.acquisition.measures.gathering import Floats, Gathered
from provident.acquisition.measures.model import Measure, missing
from provident.acquisition.measures.objects import Mask, Objects, inner, signal_of


LEAST_BACKGROUND = 50  # pixels
MOST_PAIRS = 600
NO_DIRECTION = "the header does not say which way phase encoding runs (0018,1312)"


def ghost_measures(gathered: Gathered, objects: Objects) -> Iterator[Measure]:
    """Ghosts along phase encoding, at half a field of view, and wrap-around."""
    names = ("ghosting", "half_field_ghost", "wrap_around")
    axes = {n: i.phase_axis for n, i in gathered.sample.items()}
    if not axes or None in axes.values():
        yield from (missing(name, NO_DIRECTION) for name in names)
        return
    found: dict[str, list[float]] = {name: [] for name in names}
    for number, image in gathered.sample.items():
        signal, mask = signal_of(image), objects.whole(gathered, number)
        if axes[number] == 1:  # phase encoding along a row: turn it down the columns
            signal, mask = signal.T, mask.T
        for name, value in _ghosts(signal, mask).items():
            found[name].append(value)
    for name in names[:2]:
        yield _summary(
            name, found[name], "the object leaves no background beside it", np.median
        )
    yield _summary(
        "wrap_around",
        found["wrap_around"],
        "the object does not reach both edges along phase encoding",
        max,
    )


def _summary(name: str, found: list[float], because: str, of: object) -> Measure:
    if not found:
        return missing(name, because)
    assert callable(of)
    return Measure(name=name, value=float(of(found)))


def _ghosts(signal: Floats, mask: Mask) -> dict[str, float]:
    """With phase encoding down the columns. What cannot be told is left out."""
    if not mask.any():
        return {}
    made: dict[str, float] = {}
    wrapped = _wrapped(signal, mask)
    if wrapped is not None:
        made["wrap_around"] = wrapped
    near = ndimage.binary_dilation(mask, iterations=4)
    rows, columns = near.any(axis=1), near.any(axis=0)
    along = np.broadcast_to(~rows[:, None] & columns[None, :], near.shape)
    across = np.broadcast_to(rows[:, None] & ~columns[None, :], near.shape)
    beside = signal[across]
    if beside.size < LEAST_BACKGROUND:
        return made
    level, inside = (
        float(beside.mean()),
        float(
            signal[inner(mask, 1)].mean()
            if inner(mask, 1).any()
            else signal[mask].mean()
        ),
    )
    if np.count_nonzero(along) >= LEAST_BACKGROUND:
        made["ghosting"] = 100 * (float(signal[along].mean()) - level) / inside
    shifted = np.roll(mask, mask.shape[0] // 2, axis=0) & ~near
    if np.count_nonzero(shifted) >= LEAST_BACKGROUND:
        made["half_field_ghost"] = 100 * _power(signal[shifted], beside) / inside
    return made


def _power(ghost: Floats, noise: Floats) -> float:
    """The root of the difference of mean squares: noise adds to a magnitude in squares."""
    more = float((ghost**2.0).mean() - (noise**2.0).mean())
    return math.copysign(math.sqrt(abs(more)), more)


def _wrapped(signal: Floats, mask: Mask) -> float | None:
    """How alike the first and the last lines are, where the object reaches both."""
    first, last = mask[:2].any(axis=0), mask[-2:].any(axis=0)
    reached = min(np.count_nonzero(first), np.count_nonzero(last))
    if reached < 0.05 * mask.shape[1]:
        return None
    one, two = signal[:2].mean(axis=0), signal[-2:].mean(axis=0)
    if one.std() == 0 or two.std() == 0:
        return None
    return float(np.corrcoef(one, two)[0, 1])


def blur_measures(gathered: Gathered, objects: Objects) -> Iterator[Measure]:
    """Entropy of the gradients, and sharpness."""
    entropies, sharp = [], []
    for number, image in gathered.sample.items():
        signal, mask = signal_of(image), objects.whole(gathered, number)
        if np.count_nonzero(mask) < LEAST_BACKGROUND:
            continue
        squared = ndimage.sobel(signal, 0) ** 2 + ndimage.sobel(signal, 1) ** 2
        level = float(signal[mask].mean())
        sharp.append(float(squared[mask].mean()) / level**2)
        entropies.append(entropy(squared))
    none = "no image of the sample has enough of an object"
    yield _summary("gradient_entropy", entropies, none, np.median)
    yield _summary("sharpness", sharp, none, np.median)


def entropy(squared: NDArray[np.floating]) -> float:
    """Entropy of shares, from 0 (all in one pixel) to 1 (the same in all)."""
    total = float(squared.sum())
    if total <= 0 or squared.size < 2:
        return 0.0
    p = squared[squared > 0] / total
    return float(-(p * np.log2(p)).sum() / math.log2(squared.size))


def slice_jumps(gathered: Gathered, objects: Objects, zero: float = 0.0) -> Measure:
    """How far a slice's mean lies from the line through its neighbours' along the positions.

    `zero` is where no signal lies: -1000 HU in CT.
    """
    name = "slice_jumps"
    means: dict[float, list[float]] = {}
    numbers: dict[float, int] = {}
    for number, (glance, small, mask) in enumerate(
        zip(gathered.glances, gathered.small, objects.masks, strict=True)
    ):
        if glance.position is None:
            return missing(name, "an image does not say where it lies")
        if np.count_nonzero(mask) >= LEAST_BACKGROUND // 2:
            means.setdefault(glance.position, []).append(float(small[mask].mean()))
            numbers.setdefault(glance.position, number)
    order = sorted(means)
    if len(order) < 5:
        return missing(name, "fewer than 5 slices hold an object")
    level = np.array([np.median(means[at]) for at in order]) - zero
    place = np.array(order)
    weight = (place[1:-1] - place[:-2]) / (place[2:] - place[:-2])
    between = level[:-2] * (1 - weight) + level[2:] * weight
    jumps = 100 * np.abs(level[1:-1] - between) / np.maximum(np.abs(between), 1e-9)
    worst = int(jumps.argmax())
    return Measure(
        name=name, value=float(jumps[worst]), frames=(numbers[order[worst + 1]],)
    )


def motion_between_volumes(gathered: Gathered, objects: Objects) -> Measure:
    """The largest shift of a volume against the one before it: the median over its slices."""
    name = "motion_between_volumes"
    repeats = [many for many in gathered.repeats() if len(many) > 1]
    if not repeats:
        return missing(name, "no position was acquired twice in the same way")
    if gathered.spacing is None:
        return missing(name, "the size of a pixel is not known")
    shifts: dict[int, list[tuple[float, float]]] = {}
    firsts: dict[int, int] = {}
    step = -(-sum(map(len, repeats)) // MOST_PAIRS)
    for many in repeats[::step]:
        for volume, (first, second) in enumerate(pairwise(many)):
            shift = _shift(gathered, objects, first, second)
            if shift is not None:
                shifts.setdefault(volume, []).append(shift)
                firsts.setdefault(volume, second)
    if not shifts:
        because = "repeated images hold too little of an object, or differ in contrast"
        return missing(name, because)
    far = {v: math.hypot(*np.median(s, axis=0)) for v, s in shifts.items()}
    worst = max(far, key=lambda v: far[v])
    return Measure(name=name, value=far[worst], frames=(firsts[worst],))


def _shift(
    gathered: Gathered, objects: Objects, first: int, second: int
) -> tuple[float, float] | None:
    """In mm, down and right; None where the two images have too little in common."""
    one, two = gathered.small[first], gathered.small[second]
    mask = objects.masks[first] & objects.masks[second]
    if np.count_nonzero(mask) < LEAST_BACKGROUND:
        return None
    level = float(one[mask].mean()), float(two[mask].mean())
    if abs(level[0] - level[1]) > 0.25 * max(level):
        return None
    down, right = registered(one, two)
    assert gathered.spacing is not None
    block = gathered.blocks[first]
    return down * gathered.spacing[0] * block, right * gathered.spacing[1] * block


def registered(one: Floats, two: Floats) -> tuple[float, float]:
    """The shift of the second image against the first, in pixels, to a fraction of one.

    The peak of the phase correlation in low spatial frequencies (high ones are noise), or
    none where that is nearer, refined by least squares of the remaining difference against
    the gradients (Lucas & Kanade, IJCAI 1981).
    """
    first, second = (ndimage.gaussian_filter(x, 1.0) for x in (one, two))
    first = first * (float(second.sum()) / max(float(first.sum()), 1e-9))
    starts = ((0, 0), _peak(first, second))
    moved = [np.roll(second, (-down, -right), (0, 1)) for down, right in starts]
    best = int(np.argmin([float(((m - first) ** 2).sum()) for m in moved]))
    gradients = np.stack([g.ravel() for g in np.gradient(first)], axis=1)
    rest, *_ = np.linalg.lstsq(gradients, (first - moved[best]).ravel(), rcond=None)
    down, right = (
        n + float(r) for n, r in zip(starts[best], np.clip(rest, -1, 1), strict=True)
    )
    return down, right


def _peak(one: Floats, two: Floats) -> tuple[int, int]:
    spectrum = np.fft.fft2(two) * np.conj(np.fft.fft2(one))
    far = np.hypot(*np.meshgrid(*(np.fft.fftfreq(n) for n in one.shape), indexing="ij"))
    low = np.exp(-((far / 0.1) ** 2) / 2)
    size = np.abs(spectrum)
    correlation = np.fft.ifft2(
        spectrum / np.maximum(size, 1e-9 * size.max()) * low
    ).real
    at = np.unravel_index(int(correlation.argmax()), one.shape)
    down, right = (
        int(n) - size if n > size // 2 else int(n)
        for n, size in zip(at, one.shape, strict=True)
    )
    return down, right
