"""Burned-in text found, read, painted out of every frame, and the result looked at again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from provident.deid.pixels.detector import (
    LETTERS,
    RARE,
    SHORT,
    by_length,
    lines_by_length,
    lines_of_any_value,
    text_lines_in,
)
from provident.deid.pixels.frames import Extremes, NotDecodable, extremes
from provident.deid.pixels.painting import MARGIN, way_of, without_regions
from provident.deid.pixels.reading import Line, Reader
from provident.deid.pixels.regions import Region, apart


GUESSED = 3  # letters that a reader must see where it is not sure of them
LONG = 3  # times as long as thick: the shape of a line
SHARE = (
    0.12  # of an image's shorter side: what is thicker and cannot be read is anatomy
)
ROOM = 1.5  # of a line's height: more than a letter and its gap take
AROUND = 24  # pixels, at least, that are read again around a painted place
STRAY = 8  # of 255: how far a painted pixel may stray; colour of a coarser plane reaches in at edges


@dataclass(frozen=True, slots=True)
class Looked:
    """The result of a look: a reason to wait, or the file (painted where text was), or neither."""

    reason: str | None = None
    data: bytes | None = None
    painted: int = 0
    how: str = ""  # it was painted, in words


def look(
    data: bytes,
    *,
    reader: Reader | None,
    may_stay: Callable[[str], bool],
    settings: Sequence[Region] = (),
    anatomy: Sequence[Region] = (),
    painting: bool = True,
    guessing: bool = True,
    rare: bool = False,
) -> Looked:
    """Look at an image: let it pass, paint text out of it, or make it wait.

    Text in the regions `settings`, where the device shows nothing else, may stay unread. `anatomy`
    is where the device says that it shows the body (ultrasound regions): outside of it two letters
    are text already. Without a reader, or without `painting`, whatever looks like text makes the
    image wait. With both, lines that `may_stay` stay, all others and whatever looks like text and
    was not read are painted out; if after that text is seen again where none may stay, it waits.
    Without `guessing` what a reader is not sure of does not count, nor equalised values: in slices
    of CT and MR, of few pixels each, anatomy and noise look like letters. `rare` is where the plan
    says that a device burns in nothing: only level and upright lines of many letters count, if no reader
    is at hand.
    """
    rare = rare and reader is None
    try:
        whole = extremes(data)
        few = rare or not guessing
        found = text_lines_in(whole, slanted=not few)
        seen, short = by_length(whole, found, RARE if few else LETTERS)
        seen = _outside(seen, settings)
        short = [] if few and not anatomy else _outside(short, settings)
        # A reader reads equalised values itself, and is not deceived by their noise.
        if guessing and reader is None:
            least = RARE if rare else LETTERS
            seen += _outside(lines_of_any_value(whole, least), settings)
        if reader is None or not painting:
            if seen or _off(short, anatomy):
                return Looked("pixels_need_review")
            return Looked(_read_too(whole, reader, settings, guessing))
        stay, go = read_lines(whole, reader, may_stay, guessing)
        stay += settings
        go = _outside(go, settings)
        go += _words(whole, apart(short, (*stay, *go)), reader, may_stay)
        wanted = [*go, *apart(seen, (*stay, *go))]
        if not wanted:
            return Looked()
        paint = partial(without_regions, keep=stay) if stay else without_regions
        done = paint(data, wanted)
        left = _still_seen(whole, extremes(done), wanted, stay, reader, may_stay)
    except NotDecodable:
        return Looked("pixels_unreadable")
    if left:
        return Looked("pixels_need_review")
    return Looked(data=done, painted=len(wanted), how=way_of(data, done))


def _read_too(
    whole: Extremes, reader: Reader | None, settings: Sequence[Region], guessing: bool
) -> str | None:
    """Whether a reader sees text in what shows none by its look; measurements too."""
    if reader is None:
        return None
    _, text = read_lines(whole, reader, lambda _: False, guessing)
    return "pixels_need_review" if _outside(text, settings) else None


def read_lines(
    whole: Extremes,
    reader: Reader,
    may_stay: Callable[[str], bool],
    guessing: bool = True,
) -> tuple[list[Region], list[Region]]:
    """The lines that may stay and those that may not.

    What the reader takes for text and cannot read (another script, handwriting) may not stay.
    """
    stay: list[Region] = []
    go: list[Region] = []
    for picture in whole.pictures:
        for line in reader(picture):
            if (is_text if guessing else is_surely_text)(line, picture):
                fine = fits(line) and may_stay(line.text)
                (stay if fine else go).append(line.region.times(whole.factor))
    return stay, go


def is_text(line: Line, picture: Any) -> bool:
    """Whether what the reader takes for text is text, read or not: of anatomy it finds such as well.

    Many letters are, what has the shape of a line, and what is as small as writing: a skull is an O
    to the reader, but a large one.
    """
    if _letters(line.text) >= (SHORT if fits(line) else GUESSED):
        return True
    thick, long = sorted((line.region.width, line.region.height))
    return _is_small(line, picture) or (bool(line.text) and long > LONG * thick)


def _is_small(line: Line, picture: Any) -> bool:
    thick = min(line.region.width, line.region.height)
    return bool(thick <= SHARE * min(picture.shape[:2]))


def is_surely_text(line: Line, picture: Any) -> bool:
    """Whether it is a word that the reader is sure of, and no larger than a word in a slice is."""
    enough = _letters(line.text) >= GUESSED
    return enough and fits(line) and _is_small(line, picture)


def fits(line: Line) -> bool:
    """Whether a reading is sure and has as many letters as its place has room for, roughly.

    Of a script that it does not know a reader is sure of one letter for a whole line.
    """
    thick, long = sorted((line.region.width, line.region.height))
    return line.sure and long <= ROOM * thick * len(line.text)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _words(
    whole: Extremes,
    regions: Sequence[Region],
    reader: Reader,
    may_stay: Callable[[str], bool],
) -> list[Region]:
    """Of marks that may be a short word, those that can be read as one which may not stay."""
    pictures = whole.pictures if regions else []
    edge = MARGIN + 2
    return [
        r
        for r in regions
        if _tells(
            [cut_of(p, r.over(whole.factor), edge) for p in pictures], reader, may_stay
        )
    ]


def _tells(
    cuts: Sequence[Any], reader: Reader, may_stay: Callable[[str], bool]
) -> bool:
    told = [reader.word(cut).strip() for cut in cuts]
    return any(_letters(text) >= SHORT and not may_stay(text) for text in told)


def cut_of(picture: Any, region: Region, edge: int = 0) -> Any:
    """A region of a picture, with some room around it."""
    return picture[
        max(0, region.top - edge) : region.bottom + edge,
        max(0, region.left - edge) : region.right + edge,
    ]


def _still_seen(
    before: Extremes,
    whole: Extremes,
    painted: Sequence[Region],
    stay: Sequence[Region],
    reader: Reader,
    may_stay: Callable[[str], bool],
) -> bool:
    """Whether the painted file, decoded anew, shows text that was not allowed to stay.

    Three looks that do not lean on one another: each painted place is flat in every frame, whoever
    found it; marks are searched again; and it is read again. What is pixel by pixel as it was would be read as
    it was, so only what lies on and around painted places is.
    """
    if not all(_is_flat(whole, r) for r in painted):
        return True
    seen, short = lines_by_length(whole)
    if apart(seen, stay):
        return True
    if _words(whole, apart(short, (*stay, *painted)), reader, may_stay):
        return True
    # An edge of what was left out can look like a letter: what is read there must be read in the whole, too.
    pictures = (_around(before, whole, painted), whole.pictures[0])
    return all(
        apart(_go_again(p, whole.factor, reader, may_stay), (*stay, *painted))
        for p in pictures
    )


def _go_again(
    picture: Any, factor: int, reader: Reader, may_stay: Callable[[str], bool]
) -> list[Region]:
    """Lines that are surely read and may not stay."""
    return [
        line.region.times(factor)
        for line in reader(picture)
        if fits(line) and _letters(line.text) >= SHORT and not may_stay(line.text)
    ]


def _around(before: Extremes, whole: Extremes, painted: Sequence[Region]) -> Any:
    """The first picture with nothing but the surroundings of painted places; all of it where more has changed."""
    import numpy as np

    picture = whole.pictures[0]
    near = np.zeros(picture.shape[:2], bool)
    for region in painted:
        edge = max(AROUND, 2 * min(region.width, region.height)) // whole.factor
        r = region.over(whole.factor).grown(edge)
        near[max(0, r.top) : r.bottom, max(0, r.left) : r.right] = True
    if _differs(before.lowest, whole.lowest, near) or _differs(before.highest, whole.highest, near):  # fmt: skip
        return picture
    # The darkest value: an edge of paper on it is no letter.
    return np.where(near if picture.ndim == 2 else near[..., None], picture, picture.min())  # fmt: skip


def _differs(old: Any, new: Any, apart_from: Any) -> bool:
    """Whether any pixel has another value outside of a mask."""
    import numpy as np

    if old.shape != new.shape:
        return True
    return not np.array_equal(old[~apart_from], new[~apart_from])


def _is_flat(whole: Extremes, region: Region) -> bool:
    """Whether a place is of one value in all frames, to what compression does to colours."""
    import numpy as np

    limit = STRAY if whole.lowest.dtype.itemsize == 1 else 0
    low, high = (
        cut_of(cells, region.over(whole.factor))
        for cells in (whole.lowest, whole.highest)
    )
    if low.size == 0:
        return True
    return int(np.max(high.max(axis=(0, 1)) - low.min(axis=(0, 1)))) <= limit


def _off(seen: Sequence[Region], anatomy: Sequence[Region]) -> list[Region]:
    """What does not touch the body's picture; nothing where nobody says where that is."""
    if not anatomy:
        return []
    return [r for r in seen if not any(r.meets(a) for a in anatomy)]


def _outside(seen: Sequence[Region], settings: Sequence[Region]) -> list[Region]:
    return [r for r in seen if not any(r.lies_in(s) for s in settings)]
