"""Rectangles of pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


LETTER = 1.2  # of a line's height: a rest of a line that is no wider holds no letters


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels: left, top, right, bottom (the last two excluded)."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def times(self, factor: int) -> Region:
        """The same rectangle in an image that is `factor` times as large."""
        return Region(
            self.left * factor,
            self.top * factor,
            self.right * factor,
            self.bottom * factor,
        )

    def over(self, factor: int) -> Region:
        """The same rectangle in an image that is smaller by `factor`."""
        return Region(
            self.left // factor,
            self.top // factor,
            -(-self.right // factor),
            -(-self.bottom // factor),
        )

    def grown(self, edge: int) -> Region:
        """With an edge of so many pixels around it; it may reach beyond the image."""
        return Region(
            self.left - edge, self.top - edge, self.right + edge, self.bottom + edge
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


def hull(regions: Iterable[Region]) -> Region:
    """The smallest rectangle around all of them."""
    told = list(regions)
    return Region(
        min(r.left for r in told),
        min(r.top for r in told),
        max(r.right for r in told),
        max(r.bottom for r in told),
    )


def merged(regions: Iterable[Region]) -> list[Region]:
    """The same line found more than once, once: the larger."""
    kept: list[Region] = []
    for region in sorted(regions, key=lambda r: -r.width * r.height):
        if not any(overlap(region, k) for k in kept):
            kept.append(region)
    return kept


def overlap(a: Region, b: Region) -> bool:
    """Whether two regions lie on one line and share some of it."""
    across = min(a.right, b.right) - max(a.left, b.left)
    down = min(a.bottom, b.bottom) - max(a.top, b.top)
    return across > 0 and down > 0.5 * min(a.height, b.height)


def apart(seen: Sequence[Region], others: Sequence[Region]) -> list[Region]:
    """What of the regions lies on none of the others.

    A line of which a part was read is not read: its rest counts, where letters fit into it.
    """
    return [rest for region in seen for rest in _rests(region, others)]


def _rests(region: Region, others: Sequence[Region]) -> list[Region]:
    on = [o for o in others if overlap(region, o) or o.lies_in(region)]
    if not on:
        return [region]
    along = region.width >= region.height
    thick = region.height if along else region.width
    start, end = _ends(region, along)
    rests = []
    for left, right in sorted(_ends(o, along) for o in on):
        rests.append((start, min(left, end)))
        start = max(start, right)
    rests.append((start, end))
    return [
        Region(a, region.top, b, region.bottom)
        if along
        else Region(region.left, a, region.right, b)
        for a, b in rests
        if b - a > LETTER * thick
    ]


def _ends(region: Region, along: bool) -> tuple[int, int]:
    return (region.left, region.right) if along else (region.top, region.bottom)
