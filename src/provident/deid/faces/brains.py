"""This head's own brain, near where the template says: what has a brain's brightness and hangs together inside the skull."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from provident.deid.faces.heads import Head, grown, largest, shrunk
from provident.deid.faces.stacks import Array, Mask


SLACK_MM = 9.0  # how far this brain may reach beyond the template's
SLACK_MR_MM = 4.5  # the same in MR, where eyes and fat are as bright as the brain
_CORE_MM = 18.0  # how deep in the template's brain it is brain for certain
_BRAIN_HU = (-20.0, 110.0)
_SCALP_MM = 5.0
_NECK_MM = 6.0  # what hangs on the brain by less than twice this is another thing


def brain_of(
    head: Head, expected: Array, modality: str, slack: float = SLACK_MM
) -> Mask | None:
    """The brain, or None where it cannot be told from what is around it.

    `expected` is the signed distance (mm) from the template's brain laid onto this head; this brain may
    reach `slack` (mm) beyond it.
    """
    core = (expected < -_CORE_MM) & head.covered & head.solid
    if core.sum() < 2000:
        return None
    values = ndimage.gaussian_filter(head.values, 0.5)
    level = float(np.median(values[core]))
    low, high = (
        _BRAIN_HU
        if modality == "CT"
        else (head.air + 0.50 * (level - head.air), np.inf)
    )
    like = (values > low) & (values < high) & (expected < slack) & head.covered
    like &= head.depth() > _SCALP_MM
    inner = shrunk(like, _NECK_MM, head.grid.step)
    labels, _ = ndimage.label(inner)
    at_core = np.bincount(labels[core])
    if len(at_core) < 2 or at_core[1:].max() < 0.3 * core.sum():
        return None
    kept = labels == at_core[1:].argmax() + 1
    found = grown(kept, _NECK_MM + 2.0, head.grid.step) & (like | core)
    closed = ~grown(~grown(found, 6.0, 3.0), 6.0, 3.0) | found
    found = largest(
        ndimage.binary_fill_holes(closed) & (expected < slack) & head.covered
    )
    # A brain that leaves much of the template's brain out is a wrong answer, not a small brain.
    inside = (expected < 0) & head.covered
    return found if (found & inside).sum() > 0.6 * inside.sum() else None
