"""Marks that look like ink: sharp, evenly bright on evenly darker paper, of the size of letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provident.deid.pixels.regions import Region


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.float32]
    Mask = NDArray[np.bool_]

LEVELS = (0.25, 0.4, 0.55, 0.7, 0.85)  # of the frame's range: where marks are cut out
HEIGHT = (5, 48)  # pixels: of letters, in one scale
STANDS_OUT = 0.035  # of the range: how far a mark is from its surroundings, at least
EVEN = 0.3  # of that distance: how far ink and paper may stray from their own middle
MOSTLY = 0.6  # share of their pixels that must not stray
ON_PAPER = 0.9  # the same of the paper around joined handwriting: contours of anatomy are alike
# pixels: the window in which a pixel is compared with what is around it
SURROUNDINGS = 25
TOO_MANY = 40_000  # marks: noise, not writing
PEN = 0.12  # of the height of handwriting: half of its thickest stroke
CROSSED = 1.6  # strokes that a column of joined handwriting crosses, on average


@dataclass(frozen=True, slots=True)
class Marks:
    """What was cut out of an image at one level."""

    upright: list[Region]  # of the shape of letters
    lying: list[Region]  # of the shape of letters of a line that runs up or down
    scrawls: list[Region]  # of the shape of words whose letters are joined


def marks_of(image: Image) -> list[Marks]:
    """Marks at several levels, brighter and then darker than their surroundings, in an image of 0..1."""
    import numpy as np
    from scipy import ndimage

    low = ndimage.minimum_filter(image, SURROUNDINGS)
    high = ndimage.maximum_filter(image, SURROUNDINGS)
    # The upper or lower half of the range around a pixel: text of little contrast on a banner.
    middle, varied = low + 0.5 * (high - low), high - low > STANDS_OUT
    bright = [*(image > level for level in LEVELS), (image > middle) & varied]
    dark = [*(image < 1 - level for level in LEVELS), (image < middle) & varied]
    inverse = np.float32(1) - image
    return [_marks(image, mask) for mask in bright] + [
        _marks(inverse, mask) for mask in dark
    ]


def _marks(image: Image, mask: Mask) -> Marks:
    import numpy as np
    from scipy import ndimage

    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    found = Marks([], [], [])
    if count == 0 or count > TOO_MANY:
        return found
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    # Specks of fewer pixels than a letter is high are dropped at once: noise has thousands.
    kept = areas >= HEIGHT[0]
    kept[0] = False
    labels, areas = (np.cumsum(kept) * kept).astype(labels.dtype)[labels], np.append(0, areas[kept])  # fmt: skip
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        if max(down.stop - down.start, across.stop - across.start) < HEIGHT[0]:
            continue  # a speck
        mark = Region(across.start, down.start, across.stop, down.stop)
        area = int(areas[number])
        shapes = _shapes(mark, area)
        if not shapes or not _is_ink(image, labels, number, mark, MOSTLY):
            continue
        if "u" in shapes:
            found.upright.append(mark)
        if "l" in shapes:
            found.lying.append(mark)
        if "s" in shapes and _is_scrawled(image, labels, number, mark):
            found.scrawls.append(mark)
    return found


def _shapes(mark: Region, area: int) -> str:
    """Which of upright, lying and scrawl the size of a mark allows."""
    filled = area / (mark.height * mark.width)
    if filled < 0.15:
        return "s" if _wide(mark) and filled >= 0.05 else ""
    upright = _letter_sized(mark.width, mark.height, filled)
    lying = _letter_sized(mark.height, mark.width, filled)
    scrawl = _wide(mark) and filled <= 0.5
    return "u" * upright + "l" * lying + "s" * scrawl


def _letter_sized(wide: int, high: int, filled: float) -> bool:
    if not HEIGHT[0] <= high <= HEIGHT[1] or wide > 2.2 * high:
        return False
    thin = wide <= max(2, high // 4)
    return filled <= 0.8 or thin


def _wide(mark: Region) -> bool:
    return 8 <= mark.height <= 1.5 * HEIGHT[1] and mark.width > 2.2 * mark.height


def _is_scrawled(image: Image, labels: Any, number: int, mark: Region) -> bool:
    """Whether its strokes go up and down all along, as joined letters do and a curve or edge does not."""
    import numpy as np
    from scipy import ndimage

    inside = labels[mark.top : mark.bottom, mark.left : mark.right] == number
    starts = (np.diff(inside.astype("i1"), axis=0, prepend=0) > 0).sum(axis=0)
    if starts.mean() < CROSSED or (starts >= 1).mean() <= 0.9:
        return False
    if not _is_ink(image, labels, number, mark, ON_PAPER):
        return False
    thick = ndimage.distance_transform_edt(np.pad(inside, 1)).max()
    return bool(thick <= max(2.0, PEN * mark.height))


def _is_ink(
    image: Image, labels: Any, number: int, mark: Region, mostly: float
) -> bool:
    """Whether a mark is evenly bright and its surroundings are evenly darker."""
    top, left = max(0, mark.top - 2), max(0, mark.left - 2)
    window = (slice(top, mark.bottom + 2), slice(left, mark.right + 2))
    cut = labels[window]
    values = image[window]
    ink, paper = values[cut == number], values[cut == 0]
    if ink.size < 6 or paper.size < 6:
        return False
    light, dark = median(ink), median(paper)
    distance = light - dark
    return (
        distance >= STANDS_OUT
        and _share(paper, dark, EVEN * distance) >= mostly
        and _share(ink, light, EVEN * distance) >= MOSTLY
    )


def _share(values: Any, middle: float, stray: float) -> float:
    """The share of values that stray no further from a middle."""
    return float((abs(values - middle) <= stray).mean())


def median(values: Any) -> float:
    """The middle value, or the upper of two."""
    import numpy as np

    half = values.size // 2
    return float(np.partition(values, half)[half])
