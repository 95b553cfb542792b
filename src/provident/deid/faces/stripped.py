"""Whether a series shows the brain alone: taken out of its skull by somebody before, so that it has no face.

Said only where everything speaks for it, since such a series keeps all its voxels.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from provident.deid.faces.heads import Head
from provident.deid.faces.landmarks import Landmarks


_UPPER_MM = 90.0
_STEPS_MM = np.arange(3.0, 13.0, 1.5)  # under the surface, where a head has its skull
_DEEP_MM = 25.0
_AS_BRAIN = 0.6  # of the deep brightness; a skull is darker in MR
_BONE_HU = 250.0
_MOST_OF_IT = 0.7
_LITRES = (0.6, 2.2)
_AT_RIM = 0.01


def brain_alone(head: Head, marks: Landmarks, modality: str) -> bool:
    """Whether what lies free in the volume has a brain's size, no nose and no skull under its surface."""
    litres = float(head.solid.sum()) * head.grid.step**3 / 1e6
    if marks.nose is not None or not _LITRES[0] < litres < _LITRES[1]:
        return False
    rim = head.solid & ndimage.binary_dilation(~head.covered)
    if rim.sum() > _AT_RIM * head.solid.sum() or modality not in ("CT", "MR"):
        return False
    return _without_skull(head, modality) > _MOST_OF_IT


def _without_skull(head: Head, modality: str) -> float:
    """The share of the upper surface under which no skull is met."""
    depth = head.depth()
    upper = head.skin[head.skin[:, 2] > head.skin[:, 2].max() - _UPPER_MM]
    slopes = np.gradient(ndimage.gaussian_filter(depth, 1.5))[::-1]
    inwards = np.stack([head.grid.sample(s, upper) for s in slopes], axis=-1)
    inwards /= np.linalg.norm(inwards, axis=1, keepdims=True) + 1e-6
    met = np.stack(
        [head.grid.sample(head.values, upper + inwards * mm) for mm in _STEPS_MM]
    )
    if modality == "CT":
        return float((met.max(axis=0) < _BONE_HU).mean())
    deep = head.values[depth > _DEEP_MM]
    level = head.air + _AS_BRAIN * (float(np.median(deep)) - head.air) if len(deep) else np.inf  # fmt: skip
    return float((met.min(axis=0) > level).mean())
