"""Slow variation of intensity over a volume: receive coils, transmit field, failed elements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provident.acquisition.measures.gathering import Gathered
from provident.acquisition.measures.model import Measure, missing
from provident.acquisition.measures.objects import Objects, inner, two_classes


NAME = "inhomogeneity"
LEAST = 300
MOST = 40_000


def inhomogeneity(gathered: Gathered, objects: Objects) -> Measure:
    """SD of a fitted second-order polynomial of the log signal, in per cent."""
    places, signal = _inside(gathered, objects)
    if signal.size < LEAST:
        return missing(NAME, "too little of an object")
    cut = two_classes(np.log(signal))
    bright = np.ones(signal.size, bool) if cut is None else np.log(signal) > cut
    if np.count_nonzero(bright) < LEAST:
        return missing(NAME, "too little of the brighter class of the object")
    logs, terms = np.log(signal[bright]), _terms(places[bright])
    step = -(-logs.size // MOST)
    fitted, *_ = np.linalg.lstsq(terms[::step], logs[::step], rcond=None)
    return Measure(name=NAME, value=float(100 * (terms @ fitted).std()))


def _inside(
    gathered: Gathered, objects: Objects
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places, signals = [], []
    positions = [
        g.position if g.position is not None else float(n)
        for n, g in enumerate(gathered.glances)
    ]
    for small, mask, at in zip(gathered.small, objects.masks, positions, strict=True):
        down, right = np.nonzero(inner(mask, 1) & (small > 0))
        signals.append(small[down, right])
        places.append(
            np.stack(
                [down / small.shape[0], right / small.shape[1], np.full(down.size, at)],
                axis=1,
            )
        )
    return np.concatenate(places).astype(float), np.concatenate(signals).astype(float)


def _terms(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """1, x, y, z and their products, each coordinate scaled to -1..1."""
    low, high = places.min(axis=0), places.max(axis=0)
    x, y, z = ((places - (low + high) / 2) / np.maximum((high - low) / 2, 1e-9)).T
    return np.stack(
        [np.ones_like(x), x, y, z, x * x, y * y, z * z, x * y, x * z, y * z], axis=1
    )
