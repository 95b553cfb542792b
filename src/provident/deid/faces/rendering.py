"""A picture for a person: the head's surface before and after, from the front and from both sides."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from provident.deid.faces.heads import Head
from provident.deid.faces.stacks import Array


Picture = NDArray[np.uint8]

_HEIGHT = 260
_GAP = 6


def picture(head: Head, after: Array) -> bytes:
    """A PNG: above as it came, below as it leaves; front, right side, left side, and the middle slice."""
    from PIL import Image

    rows = [
        np.concatenate(_row(head, values), axis=1) for values in (head.values, after)
    ]
    gap = np.full((_GAP, rows[0].shape[1]), 255, dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(np.concatenate([rows[0], gap, rows[1]])).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def _row(head: Head, values: Array) -> list[Picture]:
    level = _level(head)
    views = [_shaded(v, level) for v in _views(values)]
    counts = head.solid.sum(axis=(0, 1))
    middle = round(float((counts * np.arange(len(counts))).sum() / counts.sum()))
    views.append(_slice(head, values[:, :, middle]))
    gap = np.full((_HEIGHT, _GAP), 255, dtype=np.uint8)
    return [part for view in views for part in (_sized(view), gap)][:-1]


def _level(head: Head) -> float:
    """The brightness of the surface that is drawn."""
    inside = float(np.median(head.values[head.solid]))
    return head.air + (0.45 if head.air < -500 else 0.25) * (inside - head.air)


def _views(values: Array) -> list[Array]:
    """(z, across, away from the eye), the crown above: front, right side, left side."""
    crown_up = values[::-1]
    front = np.moveaxis(crown_up, 1, 2)
    right = crown_up  # the eye looks along x, from the patient's right
    left = crown_up[:, ::-1, ::-1]
    return [front, right[:, ::-1], left[:, ::-1]]


def _shaded(values: Array, level: float) -> Picture:
    """A surface lit from the eye, by the slope of its depth; black where there is none."""
    padded = ndimage.gaussian_filter(values, 0.6)
    above = padded > level
    first = above.argmax(axis=2)
    seen = above.any(axis=2)
    here = np.take_along_axis(padded, first[..., None], 2)[..., 0]
    ahead = np.take_along_axis(padded, np.maximum(first - 1, 0)[..., None], 2)[..., 0]
    step = np.where(here > ahead, (here - level) / np.maximum(here - ahead, 1e-6), 0.0)
    depth = ndimage.gaussian_filter(first - np.clip(step, 0, 1), 0.6)
    down, across = np.gradient(depth)
    light = 1 / np.sqrt(1 + down**2 + across**2) * np.clip(1 + 0.25 * down, 0.6, 1.3)
    far = 1 - 0.35 * (depth - depth.min()) / max(float(np.ptp(depth)), 1.0)
    return np.where(seen, np.clip(35 + 220 * light * far, 0, 255), 0).astype(np.uint8)


def _slice(head: Head, values: Array) -> Picture:
    low, high = (
        (-200.0, 300.0)
        if head.air < -500
        else (head.air, float(np.percentile(head.values, 99)))
    )
    grey = np.clip((values[::-1] - low) / (high - low), 0, 1) * 255
    return np.asarray(grey, dtype=np.uint8)


def _sized(view: Picture) -> Picture:
    from PIL import Image

    width = max(1, round(view.shape[1] * _HEIGHT / view.shape[0]))
    return np.asarray(
        Image.fromarray(view).resize((width, _HEIGHT), Image.Resampling.BICUBIC)
    )
