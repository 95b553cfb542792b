"""The voxel model of one healthy right hand, computed once per process.

Bones press against each other: a voxel belongs to the nearest bone, and where two bones are almost
equally near there is a joint space. So facets fit as they do in a wrist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from provident.synthetic.anatomy import (
    BONES_OF_HAND,
    NERVES,
    TENDONS,
    VESSELS,
    LongBone,
    ShortBone,
    Tube,
)
from provident.synthetic.skin import body_distance
from provident.synthetic.solids import (
    Box,
    Floats,
    Grid,
    around,
    to_long_bone,
    to_segment,
    to_short_bone,
)
from provident.synthetic.tissue import ATTENUATION, Tissue, table


GRID: Final = Grid(low=(-68.0, -54.0, -29.0), shape=(100, 476, 236), spacing=0.5)
JOINT_SPACE: Final = 1.7  # mm between the cortices of two bones of a joint
_CARPAL_CORTEX: Final = 0.75
_END_CORTEX: Final = 0.65

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class HandModel:
    """Tissue of every voxel (`Tissue` values), and which bone it belongs to (0: none).

    Arrays are indexed [z, y, x] on `grid`; `shadow` is what X-rays from the back to the palm see,
    the sum of attenuation along z, indexed [y, x].
    """

    grid: Grid
    labels: Labels
    bone: Labels
    names: tuple[str, ...]  # bone n has the name names[n - 1]
    texture: Floats  # relative brightness of each voxel, mean 1
    shadow: Floats

    def bone_number(self, name: str) -> int:
        """The number that marks a bone in `bone`."""
        return self.names.index(name) + 1


@dataclass(frozen=True, slots=True)
class _Bones:
    number: Labels
    names: tuple[str, ...]
    depth: Floats  # mm under the bone's surface; negative outside
    thickness: Floats  # of the cortex, mm
    joint_space: npt.NDArray[np.bool_]


@lru_cache(maxsize=1)
def hand_model() -> HandModel:
    """The healthy right hand. Takes some seconds the first time; then it is kept."""
    bones = _bones()
    body = body_distance(GRID)
    texture, lobules = _texture()
    labels = _soft_tissue(body, lobules)
    inside = bones.number > 0
    labels[bones.joint_space & ~inside & (labels > 0)] = Tissue.CARTILAGE
    labels[inside] = Tissue.MARROW
    labels[inside & (bones.depth <= bones.thickness)] = Tissue.CORTEX
    return HandModel(
        GRID, labels, bones.number, bones.names, texture, _shadow(bones, body)
    )


def _bones() -> _Bones:
    best = np.full(GRID.shape, 9.0, np.float32)
    second = np.full(GRID.shape, 9.0, np.float32)
    number = np.zeros(GRID.shape, np.uint8)
    thickness = np.zeros(GRID.shape, np.float32)
    names = []
    for n, bone in enumerate(BONES_OF_HAND, start=1):
        names.append(bone.name)
        box, distance, cortex = _one_bone(bone)
        nearer = distance < best[box]
        second[box] = np.where(nearer, best[box], np.minimum(second[box], distance))
        best[box] = np.where(nearer, distance, best[box])
        number[box] = np.where(nearer, n, number[box])
        thickness[box] = np.where(nearer, cortex, thickness[box])
    depth = np.minimum(-best, (second - best - JOINT_SPACE) / 2)
    number[depth <= 0] = 0
    return _Bones(number, tuple(names), depth, thickness, (best < 0.2) & (second < 1.6))


def _one_bone(bone: LongBone | ShortBone) -> tuple[Box, Floats, Floats]:
    """The box around a bone, the distance to it and its cortex thickness there, in mm."""
    if isinstance(bone, LongBone):
        box = GRID.box(*around((bone.start, bone.end), max(bone.radii) * 1.2 + 3))
        distance, along = to_long_bone(GRID, box, bone)
        return box, distance, _tube_cortex(bone, along)
    box = GRID.box(*around((bone.centre,), max(bone.semi_axes) + 3))
    distance = to_short_bone(GRID, box, bone)
    return box, distance, np.full(distance.shape, _CARPAL_CORTEX, np.float32)


def _shadow(bones: _Bones, body: Floats) -> Floats:
    """Attenuation summed along z, with soft edges: hard voxels would draw contour lines."""
    mu = table(ATTENUATION)
    step = GRID.spacing
    found = np.clip(0.5 - body / step, 0, 1) * mu[Tissue.CONNECTIVE]
    within = np.clip(0.5 + bones.depth / step, 0, 1)
    cortex = np.clip(0.5 + (bones.thickness - bones.depth) / step, 0, 1)
    solid = mu[Tissue.MARROW] + cortex * (mu[Tissue.CORTEX] - mu[Tissue.MARROW])
    found += within * (solid - mu[Tissue.CONNECTIVE])
    return np.asarray(found.sum(axis=0) * step, np.float32)


def _tube_cortex(bone: LongBone, along: Floats) -> Floats:
    """Thick in the middle of the shaft, thin at both ends."""
    length = float(np.linalg.norm(np.subtract(bone.end, bone.start)))
    found = np.interp(
        along / length,
        (0.0, 0.22, 0.42, 0.62, 0.82, 1.0),
        (_END_CORTEX, 0.8, bone.shaft_cortex, bone.shaft_cortex, 0.8, _END_CORTEX),
    )
    return np.asarray(found, np.float32)  # fmt: skip


def _soft_tissue(body: Floats, lobules: npt.NDArray[np.bool_]) -> Labels:
    """Everything but bone: from the skin inwards, then muscles, tendons, vessels and nerves."""
    labels = np.zeros(GRID.shape, np.uint8)
    labels[body < 0] = Tissue.SKIN
    labels[body < -1.4] = Tissue.FAT
    deep = body < -3.8
    labels[deep & ~lobules] = Tissue.CONNECTIVE
    _muscles(labels, deep)
    for tubes, tissue in ((TENDONS, Tissue.TENDON), (VESSELS, Tissue.VESSEL), (NERVES, Tissue.NERVE)):  # fmt: skip
        for tube in tubes:
            _draw(labels, tube, tissue)
    return labels


def _muscles(labels: Labels, deep: npt.NDArray[np.bool_]) -> None:
    """Thenar, hypothenar and interossei; the rest of the palm is fat between fascicles."""
    bellies = (
        (((-20.0, 8.0, -9.0), (-34.0, 48.0, -13.0)), 11.5),
        (((-16.0, 18.0, -11.0), (-30.0, 40.0, -8.0)), 10.0),
        (((18.0, 4.0, -9.0), (32.0, 55.0, -8.0)), 8.0),
        (((-16.0, 24.0, 0.0), (-33.0, 52.0, -3.0)), 5.5),
        (((-7.0, 24.0, 1.0), (-13.0, 68.0, -1.0)), 4.6),
        (((4.0, 24.0, 1.0), (5.0, 66.0, -1.0)), 4.4),
        (((14.5, 23.0, -1.0), (22.5, 58.0, -3.0)), 4.4),
        (((-6.0, -60.0, -6.0), (-6.0, -38.0, -8.0)), 13.0),
        (((4.0, -60.0, 8.0), (4.0, -42.0, 9.0)), 9.0),
    )
    for (start, end), radius in bellies:
        box = GRID.box(*around((start, end), radius + 1))
        inside = to_segment(GRID, box, start, end, flat=0.8) < radius
        labels[box][inside & deep[box]] = Tissue.MUSCLE


def _draw(labels: Labels, tube: Tube, tissue: Tissue) -> None:
    for start, end in zip(tube.path, tube.path[1:], strict=False):
        box: Box = GRID.box(*around((start, end), tube.radius + 1))
        inside = to_segment(GRID, box, start, end, tube.flat) < tube.radius
        labels[box][inside & (labels[box] > Tissue.SKIN)] = tissue


def _texture() -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Brightness of trabeculae and lobules around 1, and where fat lies between fascicles."""
    rng = np.random.default_rng(
        20030501
    )  # part of the model, the same in every process
    fine = ndimage.uniform_filter(
        rng.standard_normal(GRID.shape, dtype=np.float32), 2, mode="nearest"
    )
    middle = _smooth_noise(rng, (2, 8, 3))
    coarse = _smooth_noise(rng, (6, 6, 6))
    found = 1 + 0.10 * fine / fine.std() + 0.07 * coarse
    return np.clip(found, 0.5, 1.5).astype(np.float32), middle > 0.35


def _smooth_noise(rng: np.random.Generator, size: tuple[int, int, int]) -> Floats:
    """Noise that varies over `size` voxels, standard deviation 1."""
    shape = [n // s + 2 for n, s in zip(GRID.shape, size, strict=True)]
    found = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 0.7)
    found = ndimage.zoom(found, size, order=1)[tuple(slice(0, n) for n in GRID.shape)]
    return np.asarray(found / found.std(), np.float32)
