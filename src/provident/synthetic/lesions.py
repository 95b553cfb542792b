"""Puts erosions, bone marrow oedema and synovitis into the hand, as the truth says.

Where a lesion sits belongs to the person, so that it grows in the same place from visit to visit.
An erosion of score n takes about n tenths of its bone's volume, as RAMRIS defines it; a long bone
counts from its articular surface to a depth of 10 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from provident.synthetic.anatomy import BONES_OF_HAND, LONG_BONES, LongBone, Point
from provident.synthetic.hand import HandModel, Labels, hand_model
from provident.synthetic.solids import Box, Floats, around
from provident.synthetic.tissue import Tissue
from provident.synthetic.truth import BONES, JOINTS, HandTruth


_ARTICULAR_DEPTH: Final = 10.0  # mm
_OEDEMA_SHARE: Final = (
    0.0,
    0.22,
    0.5,
    0.85,
)  # of the marrow, by score: thirds, as RAMRIS grades
_SYNOVIUM_MM: Final = (0.0, 1.3, 2.5, 4.0)  # thickness by score


@dataclass(frozen=True, slots=True)
class BoneSite:
    """The voxels that belong to one scored bone: flat indices and places in mm [n, (x, y, z)]."""

    index: npt.NDArray[np.int64]
    place: Floats
    surface: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class JointSite:
    """Where synovium can swell: a box, and for each voxel the thickness that reaches it in mm."""

    box: Box
    reach: Floats


def _bone_of(site: str) -> tuple[str, Point | None]:
    """The model's bone of a scored site, and the articular end that counts for a long one."""
    part = {"head": "metacarpal", "base": "metacarpal", "phalanx": "proximal"}
    word, finger = site.rstrip("12345"), site[-1]
    name = f"{part[word]}{finger}" if word in part else site
    at_end = word in {"head", "radius", "ulna"}
    for bone in LONG_BONES:
        if bone.name == name:
            return name, bone.end if at_end else bone.start
    return name, None


@lru_cache(maxsize=1)
def bone_sites() -> dict[str, BoneSite]:
    """The scored bones of the model, by id."""
    model = hand_model()
    found = {}
    for site in BONES:
        name, end = _bone_of(site)
        box = model.grid.box(*_extent(name))
        inside = model.bone[box] == model.bone_number(name)
        if end is not None:
            x, y, z = model.grid.axes(box)
            near = (x - end[0]) ** 2 + (y - end[1]) ** 2 + (z - end[2]) ** 2
            inside &= near < _ARTICULAR_DEPTH**2 * 1.4
        found[site] = _bone_site(model, box, inside)
    return found


def _extent(name: str) -> tuple[Point, Point]:
    for bone in BONES_OF_HAND:
        if bone.name == name:
            if isinstance(bone, LongBone):
                return around((bone.start, bone.end), max(bone.radii) * 1.2)
            return around((bone.centre,), max(bone.semi_axes))
    raise AssertionError(name)


def _bone_site(model: HandModel, box: Box, inside: npt.NDArray[np.bool_]) -> BoneSite:
    z, y, x = np.nonzero(inside)
    z, y, x = z + box[0].start, y + box[1].start, x + box[2].start
    index = np.ravel_multi_index((z, y, x), model.grid.shape)
    low, step = model.grid.low, model.grid.spacing
    place = np.stack([low[0] + step * x, low[1] + step * y, low[2] + step * z], axis=1)
    surface = model.labels.ravel()[index] == Tissue.CORTEX
    return BoneSite(index, place.astype(np.float32), surface)


@lru_cache(maxsize=1)
def joint_sites() -> dict[str, JointSite]:
    """The scored joints of the model, by id."""
    wrist: dict[str, tuple[Point, Point]] = {
        "druj": ((5.5, -21.0, 1.0), (7.0, 9.0, 10.0)),
        "radiocarpal": ((-1.0, -14.5, 0.5), (24.0, 6.5, 13.0)),
        "intercarpal": ((0.0, 6.0, 0.5), (27.0, 17.0, 13.0)),
    }
    heads = {b.name: b.end for b in LONG_BONES}
    found = {}
    for joint in JOINTS:
        centre, size = wrist.get(joint) or (
            heads[f"metacarpal{joint[3]}"],
            (12.5, 15.0, 13.0),
        )
        found[joint] = _joint_site(joint, centre, size)
    return found


def _joint_site(joint: str, centre: Point, size: Point) -> JointSite:
    model = hand_model()
    box = model.grid.box(*around((centre,), max(size)))
    x, y, z = model.grid.axes(box)
    labels = model.labels[box]
    bone = model.bone[box] > 0
    away = ndimage.distance_transform_edt(~bone) * model.grid.spacing
    far = (
        ((x - centre[0]) / size[0]) ** 2
        + ((y - centre[1]) / size[1]) ** 2
        + ((z - centre[2]) / size[2]) ** 2
    )
    rng = np.random.default_rng(JOINTS.index(joint))
    lumps = ndimage.gaussian_filter(rng.standard_normal(bone.shape), 2.2)
    reach = away * np.maximum(1 + 0.35 * lumps / lumps.std(), 0.3) + 7.0 * np.maximum(
        far - 0.45, 0
    )
    blocked = bone | (labels <= Tissue.SKIN) | (labels == Tissue.TENDON)
    return JointSite(box, np.where(blocked, 99.0, reach).astype(np.float32))


def diseased(truth: HandTruth, person: int) -> Labels:
    """The tissue of every voxel of a hand as ill as `truth` says; `person` seeds the places."""
    labels = hand_model().labels.copy()
    flat = labels.ravel()  # a view
    for joint, site in joint_sites().items():
        thickness = _SYNOVIUM_MM[truth.synovitis.get(joint, 0)]
        labels[site.box][site.reach < thickness] = Tissue.SYNOVIUM
    for n, (bone, place) in enumerate(bone_sites().items()):
        rng = np.random.default_rng([person, n])
        order = _from_surface(place, rng)
        _oedema(flat, place, order, _OEDEMA_SHARE[truth.osteitis.get(bone, 0)])
        taken = round(len(order) * max(truth.erosion.get(bone, 0) - 0.35, 0) / 10)
        flat[place.index[order[:taken]]] = Tissue.EROSION
    return labels


def _from_surface(site: BoneSite, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The site's voxels by distance from a random place on its surface, a little irregularly."""
    start = site.place[site.surface][rng.integers(site.surface.sum())]
    away = np.sqrt(((site.place - start) ** 2).sum(axis=1))
    waves = np.sin(site.place @ rng.normal(0, 0.7, 3) + rng.uniform(0, 6))
    return np.argsort(away + 0.7 * waves)


def _oedema(
    flat: Labels, site: BoneSite, order: npt.NDArray[np.int64], share: float
) -> None:
    for tissue, part in ((Tissue.OEDEMA_EDGE, share * 1.18), (Tissue.OEDEMA, share * 0.85)):  # fmt: skip
        chosen = site.index[order[: round(len(order) * min(part, 1))]]
        chosen = chosen[np.isin(flat[chosen], (Tissue.MARROW, Tissue.OEDEMA_EDGE))]
        flat[chosen] = tissue
