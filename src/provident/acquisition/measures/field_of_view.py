"""Does the object run out of the image? By side, in words of anatomy where they are known."""

from __future__ import annotations

import math

import numpy as np

from provident.acquisition.measures.gathering import Floats, Gathered
from provident.acquisition.measures.model import Measure
from provident.acquisition.measures.objects import Mask, Objects


_QUARTERS = 360


def field_of_view_cut(gathered: Gathered, objects: Objects, modality: str) -> Measure:
    """The largest share of an edge that lies in the object, by side."""
    round_field = modality == "CT" and _is_round(gathered)
    shares = np.array(
        [_around(mask) if round_field else _edges(mask) for mask in objects.masks]
    )
    worst = shares.max(axis=0)
    details = {
        side: 100 * float(x) for side, x in zip(gathered.sides, worst, strict=True)
    }
    value = max(details.values())
    touched = tuple(side for side, share in details.items() if share > 0)
    return Measure(
        name="field_of_view_cut",
        value=value,
        note=f"at the {' and '.join(touched)}"
        if touched
        else "the object lies within the image",
        details=details,
        frames=(int(shares.max(axis=1).argmax()),) if value else (),
    )


def _edges(mask: Mask) -> list[float]:
    return [
        float(mask[0].mean()),
        float(mask[-1].mean()),
        float(mask[:, 0].mean()),
        float(mask[:, -1].mean()),
    ]


def _is_round(gathered: Gathered) -> bool:
    """Whether CT filled what lies outside a circle: all corners have the lowest value there is."""
    lowest = min(float(one.min()) for one in gathered.small)
    return all(_corners_are(one, lowest) for one in gathered.small)


def _corners_are(small: Floats, lowest: float) -> bool:
    return bool(np.allclose(small[[0, 0, -1, -1], [0, -1, 0, -1]], lowest))


def _around(mask: Mask) -> list[float]:
    """Shares of four quarters of the circle within: top, bottom, left, right."""
    rows, columns = mask.shape
    radius = (
        min(rows, columns) / 2 - 2.5
    )  # two blocks within: the last mix with the padding
    angles = (np.arange(_QUARTERS) + 0.5) * 2 * math.pi / _QUARTERS
    down = np.clip(
        np.round((rows - 1) / 2 - radius * np.cos(angles)), 0, rows - 1
    ).astype(int)
    right = np.clip(
        np.round((columns - 1) / 2 + radius * np.sin(angles)), 0, columns - 1
    ).astype(int)
    on = mask[down, right]
    quarter = ((angles * 180 / math.pi + 45) % 360 // 90).astype(
        int
    )  # top, right, bottom, left
    top, right_side, bottom, left = (float(on[quarter == q].mean()) for q in range(4))
    return [top, bottom, left, right_side]
