"""Looks at what came out: how much of face and ears is left, how much brain was lost, and whether the fit is right.

Apart from what made it: it measures images before and after, with definitions of its own of face,
ears and brain. From the fit it takes which way the head looks; and that is held against what the head
tells of itself (`landmarks`, `tilting`), so that a fit that is wrong does not measure itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from provident.deid.faces.fitting import Fit
from provident.deid.faces.heads import (
    Head,
    grown,
    largest,
    opened,
    shrunk,
    signed_depth,
)
from provident.deid.faces.landmarks import Landmarks
from provident.deid.faces.stacks import Array, Mask, Points
from provident.deid.faces.template import CENTRE, Template
from provident.deid.faces.tilting import tilt_of_face


WORST_FIT_MM = 7.2
MOST_TURNED = 45.0
_SMALLEST_MM3 = 2000.0  # less face than this is none
_SHELL_MM = 12.0
_LUG_MM = 14.0
_ON_BRAIN_MM = 14.0
_GOOD_MIRROR_MM = 4.5
_MOST_ASKEW, _MOST_ASIDE_MM, _MOST_TILTED = 8.0, 8.0, 7.5  # degrees, mm, degrees
_NOSE_OFF_MM = (16.0, 20.0, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Shares from 0 to 1; None where the volume shows none of it."""

    left: float | None
    ears_left: float | None
    brain_lost: float | None
    depth_change_mm: float | None


def verify(
    head: Head,
    after: Array,
    fit: Fit,
    modality: str,
    remove: Collection[str] = ("face", "ears"),
) -> Measured:
    """Measures a head against what came of it on the same grid; `remove` is what should be gone."""
    same = np.abs(after - head.values) <= _little(head, modality)
    posed = fit.to_template(head.grid.points()).reshape(*head.grid.shape, 3)
    brain = _brain(head, posed, modality)
    # What lies on the brain cannot go with the face; nobody is known by it.
    face = _face(head, posed) & ~grown(brain, _ON_BRAIN_MM, head.grid.step)
    ears = _ears(head, posed)
    return Measured(
        left=_share(same, _asked_for(remove, face, ears), head),
        ears_left=_share(same, ears, head) if "ears" in remove else None,
        brain_lost=_share(~same, brain, head),
        depth_change_mm=_depth_change(head, after, face),
    )


def _asked_for(remove: Collection[str], face: Mask, ears: Mask) -> Mask:
    if "ears" not in remove:
        return face & ~ears
    return face | ears if "face" in remove else ears


def disagreeing(head: Head, fit: Fit, found: Landmarks, known: Template) -> bool:
    """Whether what the head tells of itself lies elsewhere than the fit has it.

    A tilted fit leaves its own measures unmoved, since they are tilted with it: symmetry, nose and relief
    are not.
    """
    if _askew(fit, found) or _off_the_nose(fit, found, known):
        return True
    tilt = tilt_of_face(head, fit, known)
    return tilt is not None and abs(tilt) > _MOST_TILTED


def _askew(fit: Fit, found: Landmarks) -> bool:
    if found.mirror is None or found.mirror.error_mm > _GOOD_MIRROR_MM:
        return False
    cosine = abs(float(found.mirror.across @ fit.turn[0]))
    aside = abs(float(found.mirror.beside(fit.to_patient(CENTRE[None]))[0]))
    return bool(cosine < np.cos(np.radians(_MOST_ASKEW)) or aside > _MOST_ASIDE_MM)


def _off_the_nose(fit: Fit, found: Landmarks, known: Template) -> bool:
    if found.nose is None:
        return False
    off = np.abs(fit.to_template(found.nose[None])[0] - known.nose())
    return bool((off > np.array(_NOSE_OFF_MM)).any())


def doubtful(fit: Fit) -> bool:
    """Whether a fit is not to be trusted, whatever the measures say."""
    stretched = bool((fit.stretch < 0.7).any() or (fit.stretch > 1.75).any())
    return (
        fit.error_mm > WORST_FIT_MM
        or fit.degrees > MOST_TURNED
        or stretched
        or fit.shared < 0.15
    )


def _little(head: Head, modality: str) -> float:
    """A difference that interpolation between planes makes."""
    if modality == "CT":
        return 3.0
    return 1e-3 * max(1.0, float(np.percentile(head.values, 99)) - head.air)


def _face(head: Head, posed: Points) -> Mask:
    """Tissue near the skin between brow and chin, in front of the cheekbones' ends."""
    _, y, z = np.moveaxis(posed, -1, 0)
    front = (y < -32.0) & (z < -5.0 - 0.2 * (y + 95.0)) & (z > -104.0)
    # Where the volume ends is no skin.
    depth = signed_depth(head.solid | ~head.covered, head.grid.step)
    return np.asarray(front & head.tissue & head.solid & (depth < _SHELL_MM))


def _ears(head: Head, posed: Points) -> Mask:
    """Tissue beside the head, where the rolling ball that fits into the head does not go."""
    x, y, z = np.moveaxis(posed, -1, 0)
    beside = (np.abs(x) > 60) & (y > -4) & (y < 50) & (z > -80) & (z < 2)
    body = opened(head.solid, _LUG_MM, head.grid.step)
    near = ndimage.binary_dilation(head.solid, iterations=1)
    return np.asarray(head.tissue & near & ~body & beside)


def _brain(head: Head, posed: Points, modality: str) -> Mask:
    """What is as bright as the middle of the head and hangs together there, above the skull's base."""
    x, y, z = np.moveaxis(posed, -1, 0)
    floor = np.where(y < -28.0, -12.0, -44.0)
    vault = (x / 66.0) ** 2 + ((y + 5.0) / 84.0) ** 2 + ((z - 18.0) / 68.0) ** 2 < 1
    inside = vault & (z > floor) & head.covered & (head.depth() > 8.0)
    middle = inside & (
        (x / 40.0) ** 2 + ((y + 5.0) / 50.0) ** 2 + ((z - 20.0) / 35.0) ** 2 < 1
    )
    if middle.sum() < 500:
        middle = inside
    if not middle.any():
        return np.asarray(inside)
    values = ndimage.uniform_filter(head.values, 3)
    centre = float(np.median(values[middle]))
    spread = 60.0 if modality == "CT" else 0.5 * abs(centre - head.air)
    like = inside & (np.abs(values - centre) < spread)
    core = shrunk(like, head.grid.step, head.grid.step)
    return np.asarray(largest(core) if core.any() else core)


def _share(what: Mask, of: Mask, head: Head) -> float | None:
    total = int(of.sum())
    if total * head.grid.step**3 < _SMALLEST_MM3:
        return None
    return float((what & of).sum() / total)


def _depth_change(head: Head, after: Array, face: Mask) -> float | None:
    """The mean change (mm) of how far the surface is from somebody in front, over the face."""
    shown = face.any(axis=1)
    if shown.sum() < 50:
        return None
    limit = float(head.values[head.tissue].min())
    still = head.solid & (after >= limit)
    before, now = (
        depth_map(m, head.grid.step) for m in (head.solid & head.tissue, still)
    )
    return float(np.abs(now - before)[shown].mean())


def depth_map(solid: Mask, step: float) -> Array:
    """For each (z, x) how far (mm) the first cell is from the front; the back where there is none."""
    first = np.where(solid.any(axis=1), solid.argmax(axis=1), solid.shape[1])
    return np.asarray(first * step, dtype=np.float32)
