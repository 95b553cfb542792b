"""Text burned into images, found by its look (numpy and scipy, imported when called).

What this is: a detector of lines of sharp, evenly bright marks of letter size, level, slanted or
upright, and of joined handwriting, on the minimum and maximum over frames, on each colour, in
several sizes. What it is not: it does not read. It cannot tell a name from a measurement, so
whoever uses it lets a person look, or a reader read as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from provident.deid.pixels.frames import Extremes, extremes
from provident.deid.pixels.marks import HEIGHT, Marks, marks_of
from provident.deid.pixels.regions import Region, apart, hull, merged


if TYPE_CHECKING:
    from provident.deid.pixels.frames import Image

LETTERS = 4  # in a line, before it counts as text whatever stands there
SLANTED = (
    6  # in a line that is neither level nor upright: chance looks like shorter ones
)
RARE = 6  # letters of a line where text is rare (slices, plain devices): of fingers chance makes fives
SLANTS = (-60, -45, -30, -20, -10, 10, 20, 30, 45, 60)  # degrees
SHORT = 2  # letters of a line that counts where nothing but text can stand, or when it can be read
SIZES = (1, 2, 4)  # the image is made smaller by these, for letters beyond 48 pixels
FARTHEST = 1.6 * HEIGHT[1]  # pixels between two letters of a line
BAND = 44  # half pixels, above 2 x 0.45 x 48: so far apart the middles of two letters of a line can be
SMALLEST = 64  # pixels on a side: nothing is made smaller than that


def burned_in_text(data: bytes) -> list[Region]:
    """Where text seems to be burned in.

    Raises:
        NotDecodable: the pixels cannot be decoded.
    """
    seen = extremes(data)
    return merged([*lines_in(seen), *lines_of_any_value(seen)])


def lines_in(seen: Extremes) -> list[Region]:
    """Lines of text in what can be seen of a file, in pixels of the image itself."""
    return lines_by_length(seen)[0]


def lines_by_length(seen: Extremes) -> tuple[list[Region], list[Region]]:
    """Lines of text, and lines of two or three marks that may be text (initials) or chance."""
    return by_length(seen, text_lines_in(seen), LETTERS)


def text_lines_in(seen: Extremes, *, slanted: bool = True) -> list[tuple[Region, int]]:
    """Lines of marks in all views of a file, and how many marks each has."""
    found = [ln for view in seen.views for ln in text_lines(view, slanted=slanted)]
    for view in seen.alone:
        found += text_lines(view, sizes=SIZES[:1], slanted=slanted)
    return found


def by_length(
    seen: Extremes, found: Sequence[tuple[Region, int]], least: int
) -> tuple[list[Region], list[Region]]:
    """Lines of `least` marks or more, and apart from them those of two or three, in pixels of the image itself."""
    long = merged(region for region, letters in found if letters >= least)
    short = merged(region for region, letters in found if letters < LETTERS)
    alone = apart(short, long)
    return [r.times(seen.factor) for r in long], [r.times(seen.factor) for r in alone]


def lines_of_any_value(seen: Extremes, least: int = LETTERS) -> list[Region]:
    """Lines of text at values that a linear scale hides; noise of the air around a body makes some, too."""
    found = [ln for view in seen.evened for ln in text_lines(view, level=True)]
    return [r.times(seen.factor) for r in merged(r for r, n in found if n >= least)]


def text_lines(
    grey: Image,
    *,
    level: bool = False,
    sizes: Sequence[int] = SIZES,
    slanted: bool = True,
) -> list[tuple[Region, int]]:
    """Lines of marks that look like letters, bright on dark or dark on bright, and how many marks.

    `level` finds none but level lines of many letters in the image's own size: chance makes the others
    where noise is strong.
    """
    found: list[tuple[Region, int]] = []
    for size in SIZES[:1] if level else sizes:
        if size > 1 and min(grey.shape) < SMALLEST * size:
            break
        image = _smaller(grey, size)
        least = SHORT if size == 1 and not level else LETTERS
        for marks in marks_of(image):
            # Of what was made smaller, chance makes pairs of marks; letters are many.
            lines = level_lines(marks.upright) if level else _lines(marks, slanted)
            found += [(r.times(size), n) for r, n in lines if n >= least]
    return found


def _smaller(image: Image, size: int) -> Image:
    if size == 1:
        return image
    rows, columns = (n // size for n in image.shape)
    squares = image[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return squares.mean(axis=(1, 3), dtype="float32")  # type: ignore[no-any-return]  # numpy's stub


def _lines(marks: Marks, slanted: bool) -> list[tuple[Region, int]]:
    runs = _level_runs(marks.upright)
    found = [(hull(run), len(run)) for run in runs]
    found += [(r, LETTERS) for r in marks.scrawls]
    # Letters of level lines stand above one another as well: that is no line.
    used = {m for run in runs if len(run) >= LETTERS for m in run}
    upright = [_turned(m) for m in marks.lying if m not in used]
    for run in _runs(upright):
        if len(run) >= SLANTED and _even(run):
            found.append((_turned(hull(run)), len(run)))
    left = [m for m in marks.upright if m not in used] if slanted else []
    if len(left) >= SLANTED:
        for slant in SLANTS:
            found += _slanted(left, slant)
    return found


def level_lines(marks: list[Region]) -> list[tuple[Region, int]]:
    """Level lines of marks and how many marks."""
    return [(hull(run), len(run)) for run in _level_runs(marks)]


def _level_runs(marks: list[Region]) -> list[list[Region]]:
    return [run for run in _runs(marks) if len(run) >= SHORT and _even(run)]


def _turned(mark: Region) -> Region:
    return Region(mark.top, mark.left, mark.bottom, mark.right)


def _slanted(marks: list[Region], slant: float) -> list[tuple[Region, int]]:
    """Runs along a slanted line: marks keep their size, their middles are turned level."""
    across, down = math.cos(math.radians(slant)), math.sin(math.radians(slant))
    real = {}
    for mark in marks:
        x, y = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2
        left = round(x * across + y * down - mark.width / 2)
        top = round(y * across - x * down - mark.height / 2)
        real[Region(left, top, left + mark.width, top + mark.height)] = mark
    # Boxes around slanted letters touch: their gaps say less than between level ones.
    runs = [run for run in _runs(list(real), closer=0.6) if len(run) >= SLANTED]
    return [(hull(real[m] for m in run), len(run)) for run in runs if _in_file(run)]


def _runs(marks: list[Region], closer: float = 0.0) -> list[list[Region]]:
    """Marks one after the other; `closer` is how far boxes may overlap, of their height."""
    runs: list[list[Region]] = []
    # Only runs that end near a mark's height can go on with it: they are kept by bands as wide as marks can be apart.
    bands: dict[int, list[int]] = {}
    for mark in sorted(marks, key=lambda m: (m.left, m.top)):
        band = (mark.top + mark.bottom) // BAND
        near = [n for b in (band - 1, band, band + 1) for n in bands.get(b, ())]
        for number in sorted(near, reverse=True):
            if _continues(runs[number][-1], mark, closer):
                _move(bands, number, runs[number][-1], band)
                runs[number].append(mark)
                break
        else:
            bands.setdefault(band, []).append(len(runs))
            runs.append([mark])
    return runs


def _move(bands: dict[int, list[int]], number: int, last: Region, band: int) -> None:
    """A run ends in another band now."""
    before = (last.top + last.bottom) // BAND
    if before != band:
        bands[before].remove(number)
        bands.setdefault(band, []).append(number)


def _continues(last: Region, mark: Region, closer: float) -> bool:
    gap = mark.left - last.right
    if gap > FARTHEST:
        return False
    tall, low = last.bottom - last.top, mark.bottom - mark.top
    if tall < low:
        tall, low = low, tall
    if low < 0.55 * tall or not -1 - closer * tall <= gap <= 1.6 * tall:
        return False
    return abs((mark.bottom + mark.top) - (last.bottom + last.top)) / 2 <= 0.45 * tall


def _even(line: list[Region]) -> bool:
    """Letters of a line stand on one base or under one top: most of them, to a pixel or two."""
    bases = sorted(m.bottom for m in line)
    tops = sorted(m.top for m in line)
    base, top = bases[len(bases) // 2], tops[len(tops) // 2]
    slack = max(1, round(0.12 * (base - top)))
    on_base = sum(abs(m.bottom - base) <= slack for m in line)
    return on_base >= 0.7 * len(line)


def _in_file(line: list[Region]) -> bool:
    """The middles of slanted letters lie on one line, to a sixth of their height; most of them."""
    middles = sorted(m.top + m.bottom for m in line)
    middle = middles[len(middles) // 2]
    heights = sorted(m.height for m in line)
    slack = max(2, heights[len(heights) // 2] / 3)
    return sum(abs(m - middle) <= slack for m in middles) >= 0.75 * len(line)
