"""What can be seen of a file, however its pixels are stored (numpy and pydicom's decoders)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.float32]

LARGEST = 1600  # pixels on a side that are looked at; larger images are made smaller
ALONE = 4  # frames of a clip, evenly spread, that are looked at by themselves as well
COLOURED = 12  # of 255: how far channels must differ for a pixel to count as coloured
FEW = 20  # pixels: fewer coloured ones are noise


class NotDecodable(Exception):
    """The pixels cannot be decoded here."""


def frames_of(data: bytes) -> Iterator[Any]:
    """All frames of a file, one after the other: rows, columns and, in colour, red, green, blue.

    Values are as stored; palettes are applied.

    Raises:
        NotDecodable: no decoder can read them.
    """
    import warnings
    from io import BytesIO

    import numpy as np
    import pydicom
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import iter_pixels

    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(BytesIO(data), force=True)
            palette = dataset.get("PhotometricInterpretation") == "PALETTE COLOR"
            for frame in iter_pixels(dataset, raw=False):
                cells = np.asarray(frame)
                if cells.dtype.kind == "f":
                    cells = np.nan_to_num(cells, posinf=0, neginf=0)
                yield _coloured(apply_color_lut(cells, dataset)) if palette else cells
        except Exception as error:  # noqa: BLE001  # decoders raise whatever they like
            raise NotDecodable(type(error).__name__) from None


def can_be_seen(data: bytes) -> bool:
    """Whether the first frame decodes.

    Raises:
        NotDecodable: it does not.
    """
    return any(cells.size > 0 for cells in islice(frames_of(data), 1))


def _coloured(cells: Any) -> Any:
    """Colours of a palette in 8 bits: tables often have 16, of which the upper 8 count."""
    import numpy as np

    return cells if cells.dtype.itemsize == 1 else (cells >> 8).astype(np.uint8)


@contextmanager
def _quiet() -> Iterator[None]:
    """Decoders log what they cannot read, with a traceback; here that is an answer, not an error."""
    logger = logging.getLogger("pydicom")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The minimum and the maximum over all frames, in stored values, made smaller where they are large.

    What stands still stays, what moves is evened out. `single` are some frames by themselves: text
    that another frame covers is lost in the extremes.
    """

    lowest: Any
    highest: Any
    factor: int
    single: list[Any] = field(default_factory=list)

    @property
    def views(self) -> list[Image]:
        """Grey pictures of 0..1 in which text is searched by its look."""
        return [_linear(grey) for cells in self._told for grey in greys(cells)]

    @property
    def alone(self) -> list[Image]:
        """The same of single frames, in their brightest colour."""
        return [_stretched(greys(cells)[0]) for cells in self.single]

    @property
    def evened(self) -> list[Image]:
        """Grey pictures of 0..1 of values that a linear scale hides; noise looks like marks there."""
        return [e for c in self._told for e in _evened(greys(c)[0])]

    @property
    def pictures(self) -> list[Any]:
        """Pictures of 0..255, grey or red, green and blue, in which text is read."""
        import numpy as np

        found = []
        for cells in self._told:
            planes = greys(cells)
            told = planes[0] if len(planes) == 1 else cells[..., :3]
            found += [_linear(told), *_evened(told)]
        return [np.rint(p * 255).astype("uint8") for p in found]

    @property
    def _told(self) -> list[Any]:
        """Both, what stands still first, or the one where they are the same."""
        if self.highest is self.lowest:
            return [self.lowest]
        return [self.lowest, self.highest]


def greys(cells: Any) -> list[Any]:
    """The brightest of a pixel's colours and, where there are colours, the darkest: yellow on white."""
    if cells.ndim == 2:
        return [cells]
    high, low = cells[..., :3].max(axis=-1), cells[..., :3].min(axis=-1)
    if int((high - low > COLOURED).sum()) < FEW:
        return [high]
    return [high, low]


def _stretched(cells: Any) -> Image:
    """Values from the lowest to the highest as 0..1."""
    import numpy as np

    values = np.asarray(cells, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    span = np.float32(high - low if high > low else 1.0)
    return np.asarray((values - np.float32(low)) / span, dtype=np.float32)


def _linear(cells: Any) -> Image:
    """The same, without the rarest values where these take up most of the scale: one hot pixel.

    What lies beyond turns white, and text with it.
    """
    import numpy as np

    if cells.dtype.itemsize > 1:
        low, high = (float(v) for v in np.percentile(cells[::2, ::2], (0.5, 99.5)))
        if low < high < low + 0.8 * float(np.ptp(cells)):
            return _stretched(np.clip(cells, low, high))
    return _stretched(cells)


def _evened(cells: Any) -> list[Image]:
    """Values beyond 8 bits equalised: text may stand at one that no window shows together with the body."""
    import numpy as np

    if cells.dtype.itemsize == 1 or cells.ndim == 3:
        return []
    steps, counts = np.unique(cells, return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / cells.size
    return [np.asarray(shares[np.searchsorted(steps, cells)], dtype=np.float32)]


def extremes(data: bytes) -> Extremes:
    """The minimum and the maximum over all frames.

    Raises:
        NotDecodable: the pixels cannot be decoded.
    """
    import numpy as np

    lowest: Any = None
    highest: Any = None
    factor, count = 1, 0
    single: list[tuple[int, Any]] = []
    for whole in frames_of(data):
        factor = -(-max(whole.shape[:2]) // LARGEST)
        frame = _smaller(whole, factor)
        if count == 0:
            lowest = highest = frame
        elif frame.shape != lowest.shape:
            raise NotDecodable("frames of several sizes")
        else:
            lowest, highest = np.minimum(lowest, frame), np.maximum(highest, frame)
        single, count = _kept(single, frame, count), count + 1
    if lowest is None:
        raise NotDecodable("no frames")
    return Extremes(
        lowest, highest, factor, [f for _, f in single] if count > 1 else []
    )


def _kept(
    single: list[tuple[int, Any]], frame: Any, number: int
) -> list[tuple[int, Any]]:
    """At most `ALONE` frames evenly spread, of a clip whose length shows at its end."""
    step = single[1][0] - single[0][0] if len(single) > 1 else 1
    if number % step:
        return single
    single = [*single, (number, frame)]
    return single[::2] if len(single) > ALONE else single


def _smaller(cells: Any, factor: int) -> Any:
    """The mean over squares of `factor` pixels: letters on large images are large."""
    if factor == 1:
        return cells
    rows, columns = (size // factor for size in cells.shape[:2])
    cut = cells[: rows * factor, : columns * factor]
    squares = cut.reshape(rows, factor, columns, factor, *cells.shape[2:])
    return squares.mean(axis=(1, 3), dtype="float32").astype(cells.dtype)
