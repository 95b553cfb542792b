"""One pass over the images: cheap numbers of all, small copies of all, and a sample in full.

Memory stays at the sample and the small copies, whatever the series holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from provident.acquisition.measures.images import (
    Image,
    Pixels,
    Source,
    Undecodable,
    images_of,
)


SAMPLE = 16
SMALL = 96
PATCH = 96
PATCHES = 1000
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is kept of every image. `smallest` and `largest` are stored values with their counts."""

    pixels: int
    smallest: float
    at_smallest: int
    largest: float
    at_largest: int
    range: float
    digest: bytes
    position: float | None
    weighting: float | None
    order: int


@dataclass(slots=True)
class Gathered:
    """A series after one pass.

    `small` are copies with sides of at most 96 pixels (block means), in CT numbers for CT,
    each made with blocks of `block` pixels; `patches` are the middle of each image in full;
    `sample` holds some images whole, by their number.
    """

    glances: list[Glance] = field(default_factory=list)
    small: list[Floats] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    patches: list[Floats] = field(default_factory=list)
    sample: dict[int, Image] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    sides: tuple[str, str, str, str] = ("top", "bottom", "left", "right")
    spacing: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self.glances)

    def repeats(self) -> list[list[int]]:
        """The images of each position with one size and weighting, in the order of acquisition."""
        at: dict[tuple[object, ...], list[int]] = {}
        for number, one in enumerate(self.glances):
            if one.position is not None:
                key = (one.position, one.weighting, self.small[number].shape)
                at.setdefault(key, []).append(number)
        return [
            sorted(many, key=lambda n: self.glances[n].order) for many in at.values()
        ]


def gather(sources: Sequence[Source | Image]) -> Gathered:
    """Go through a series once. Instances that cannot be decoded are counted."""
    found = Gathered()
    chosen = _chosen(len(sources))
    share = max(1, SAMPLE // max(1, len(sources)))
    for at, source in enumerate(sources):
        images: list[Image | Undecodable] = (
            [source] if isinstance(source, Image) else list(images_of([source]))
        )
        decoded = [image for image in images if isinstance(image, Image)]
        found.unreadable += [i.why for i in images if isinstance(i, Undecodable)]
        wanted = _chosen(len(decoded), share) if at in chosen else frozenset()
        for number, image in enumerate(decoded):
            _take(found, image, whole=number in wanted)
    return found


def _chosen(many: int, share: int = SAMPLE) -> frozenset[int]:
    """Evenly spread numbers, the middle first: ends of a stack hold little of the object."""
    if many <= share:
        return frozenset(range(many))
    return frozenset(int((n + 0.5) * many / share) for n in range(share))


def _take(found: Gathered, image: Image, *, whole: bool) -> None:
    stored = image.pixels
    if not stored.size:
        found.unreadable.append("no_pixels")
        return
    if not found.glances:
        found.sides, found.spacing = image.sides, image.spacing
    found.glances.append(_glance(image, len(found.glances)))
    block = max(1, -(-max(stored.shape) // SMALL))
    found.small.append(scaled(image, _block_means(stored, block)))
    found.blocks.append(block)
    if len(found.patches) < PATCHES:
        found.patches.append(scaled(image, _middle(stored)))
    if whole:
        found.sample[len(found.glances) - 1] = image


def scaled(image: Image, part: Pixels) -> Floats:
    """Stored values as CT numbers (CT), activity (PET) or unchanged."""
    made = part.astype(np.float32)
    if image.slope != 1.0 or image.intercept != 0.0:
        made = made * np.float32(image.slope) + np.float32(image.intercept)
    return made


def _glance(image: Image, number: int) -> Glance:
    stored = np.ascontiguousarray(image.pixels)
    smallest, largest = stored.min(), stored.max()
    some = stored[:: max(1, stored.shape[0] // 64), :: max(1, stored.shape[1] // 64)]
    low, high = np.percentile(some, (1, 99))
    return Glance(
        pixels=stored.size,
        smallest=float(smallest),
        at_smallest=int(np.count_nonzero(stored == smallest)),
        largest=float(largest),
        at_largest=int(np.count_nonzero(stored == largest)),
        range=float(high - low),
        digest=blake2b(stored.tobytes(), digest_size=16).digest(),
        position=image.position,
        weighting=image.weighting,
        order=number if image.order is None else image.order,
    )


def _block_means(stored: Pixels, block: int) -> Floats:
    rows, columns = (max(1, n // block) for n in stored.shape)
    cut = stored[: rows * block, : columns * block]
    if cut.shape[0] < block or cut.shape[1] < block:
        return np.full((1, 1), stored.mean(), np.float32)
    summed = np.add.reduceat(
        cut, np.arange(0, cut.shape[1], block), axis=1, dtype=np.float32
    )
    summed = np.add.reduceat(summed, np.arange(0, cut.shape[0], block), axis=0)
    return np.asarray(summed / np.float32(block * block), np.float32)


def _middle(stored: Pixels) -> Pixels:
    rows, columns = stored.shape
    top, left = max(0, (rows - PATCH) // 2), max(0, (columns - PATCH) // 2)
    return stored[top : top + PATCH, left : left + PATCH]
