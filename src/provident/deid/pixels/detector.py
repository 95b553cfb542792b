"""Text burned into images, found by its look (numpy and scipy, imported when called).

What this is: a detector of lines of sharp, evenly bright marks of letter size, on the minimum and
maximum over frames. What it is not: it does not read. It cannot tell a name from a measurement, so
whoever uses it lets a person look. Handwriting, slanted text and text of a low contrast escape it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provident.deid.pixels.frames import Extremes, extremes


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.float32]
    Mask = NDArray[np.bool_]

LEVELS = (0.25, 0.4, 0.55, 0.7, 0.85)  # of the frame's range: where marks are cut out
HEIGHT = (5, 48)  # pixels: of letters
LETTERS = 4  # in a line, before it counts as text whatever stands there
SHORT = 2  # letters of a line that counts where nothing but text can stand, or when it can be read
STANDS_OUT = 0.035  # of the range: how far a mark is from its surroundings, at least
EVEN = 0.3  # of that distance: how far ink and paper may stray from their own middle
MOSTLY = 0.6  # share of their pixels that must not stray
SURROUNDINGS = (
    25  # pixels: the window in which a pixel is compared with what is around it
)


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels: left, top, right, bottom (the last two excluded)."""

    left: int
    top: int
    right: int
    bottom: int

    def times(self, factor: int) -> Region:
        """The same rectangle in an image that is `factor` times as large."""
        return Region(
            self.left * factor,
            self.top * factor,
            self.right * factor,
            self.bottom * factor,
        )

    def meets(self, other: Region) -> bool:
        """Whether the two share a pixel."""
        across = min(self.right, other.right) > max(self.left, other.left)
        return across and min(self.bottom, other.bottom) > max(self.top, other.top)

    def lies_in(self, other: Region) -> bool:
        """Whether it lies wholly in another one."""
        return (
            other.left <= self.left
            and other.top <= self.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


def burned_in_text(data: bytes) -> list[Region]:
    """Where text seems to be burned in.

    Raises:
        NotDecodable: the pixels cannot be decoded.
    """
    return lines_in(extremes(data))


def lines_in(seen: Extremes) -> list[Region]:
    """Lines of text on the minimum and maximum over frames, in pixels of the image itself."""
    return lines_by_length(seen)[0]


def lines_by_length(seen: Extremes) -> tuple[list[Region], list[Region]]:
    """Lines of text, and lines of two or three marks that may be text (initials) or chance."""
    found = [line for view in seen.views for line in text_lines(view)]
    long = merged([region for region, letters in found if letters >= LETTERS])
    short = merged([region for region, letters in found if letters < LETTERS])
    alone = [r for r in short if not any(overlap(r, line) for line in long)]
    return [r.times(seen.factor) for r in long], [r.times(seen.factor) for r in alone]


def text_lines(grey: Image) -> list[tuple[Region, int]]:
    """Lines of marks that look like letters, bright on dark or dark on bright, and how many marks."""
    found: list[tuple[Region, int]] = []
    for image in (grey, 1 - grey):
        for mask in (*(image > level for level in LEVELS), _local(image)):
            found += _lines(_marks(image, mask))
    return found


def _local(image: Image) -> Mask:
    """What is in the upper half of the range around it: text of little contrast on a banner."""
    import numpy as np
    from scipy import ndimage

    low = ndimage.minimum_filter(image, SURROUNDINGS)
    high = ndimage.maximum_filter(image, SURROUNDINGS)
    return np.asarray((image - low > 0.5 * (high - low)) & (high - low > STANDS_OUT))


@dataclass(frozen=True, slots=True)
class _Mark:
    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def _marks(image: Image, mask: Mask) -> list[_Mark]:
    """Marks of letter size that stand out sharply from what is around them."""
    import numpy as np
    from scipy import ndimage

    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count == 0 or count > 40_000:
        return []
    boxes = ndimage.find_objects(labels)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    marks = []
    for number, box in enumerate(boxes, 1):
        mark = _Mark(box[1].start, box[0].start, box[1].stop, box[0].stop)
        if _letter_sized(mark, int(areas[number])) and _sharp(
            image, labels, number, mark
        ):
            marks.append(mark)
    return marks


def _letter_sized(mark: _Mark, area: int) -> bool:
    if not HEIGHT[0] <= mark.height <= HEIGHT[1]:
        return False
    if mark.width > 2.2 * mark.height:
        return False
    filled = area / (mark.height * mark.width)
    thin = mark.width <= max(2, mark.height // 4)
    return filled >= 0.15 and (filled <= 0.8 or thin)


def _sharp(image: Image, labels: Any, number: int, mark: _Mark) -> bool:
    """Whether a mark is evenly bright and its surroundings are evenly darker."""
    top, left = max(0, mark.top - 2), max(0, mark.left - 2)
    window = (slice(top, mark.bottom + 2), slice(left, mark.right + 2))
    inside = labels[window] == number
    values = image[window]
    ink, paper = values[inside], values[labels[window] == 0]
    if ink.size < 6 or paper.size < 6:
        return False
    bright, dark = _median(ink), _median(paper)
    distance = bright - dark
    return (
        distance >= STANDS_OUT
        and _share(abs(paper - dark) <= EVEN * distance) >= MOSTLY
        and _share(abs(ink - bright) <= EVEN * distance) >= MOSTLY
    )


def _median(values: Any) -> float:
    import numpy as np

    return float(np.median(values))


def _share(true: Any) -> float:
    return float(true.mean())


def _lines(marks: list[_Mark]) -> list[tuple[Region, int]]:
    """Runs of marks of like height on one line, with gaps as between letters or words."""
    lines: list[list[_Mark]] = []
    for mark in sorted(marks, key=lambda m: (m.left, m.top)):
        for line in lines:
            if _continues(line[-1], mark):
                line.append(mark)
                break
        else:
            lines.append([mark])
    return [
        (_hull(line), len(line)) for line in lines if len(line) >= SHORT and _even(line)
    ]


def _continues(last: _Mark, mark: _Mark) -> bool:
    height = max(last.height, mark.height)
    gap = mark.left - last.right
    apart = abs((mark.bottom + mark.top) - (last.bottom + last.top)) / 2
    alike = min(last.height, mark.height) >= 0.55 * height
    return -1 <= gap <= 1.6 * height and apart <= 0.45 * height and alike


def _even(line: list[_Mark]) -> bool:
    """Letters of a line stand on one base or under one top: most of them, to a pixel or two."""
    bases = sorted(m.bottom for m in line)
    tops = sorted(m.top for m in line)
    base, top = bases[len(bases) // 2], tops[len(tops) // 2]
    slack = max(1, round(0.12 * (base - top)))
    on_base = sum(abs(m.bottom - base) <= slack for m in line)
    return on_base >= 0.7 * len(line)


def _hull(line: list[_Mark]) -> Region:
    return Region(
        min(m.left for m in line),
        min(m.top for m in line),
        max(m.right for m in line),
        max(m.bottom for m in line),
    )


def merged(regions: list[Region]) -> list[Region]:
    """The same line found at several levels, once."""
    kept: list[Region] = []
    for region in sorted(
        regions, key=lambda r: (r.left - r.right) * (r.bottom - r.top)
    ):
        if not any(overlap(region, k) for k in kept):
            kept.append(region)
    return kept


def overlap(a: Region, b: Region) -> bool:
    """Whether two regions lie on one line and share some of it."""
    across = min(a.right, b.right) - max(a.left, b.left)
    down = min(a.bottom, b.bottom) - max(a.top, b.top)
    return across > 0 and down > 0.5 * min(a.bottom - a.top, b.bottom - b.top)
