"""Grey frames of a file, however its pixels are stored (numpy and pydicom's decoders)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.float32]

LARGEST = 1600  # pixels on a side that are looked at; larger images are made smaller
MAX_FRAMES = 64  # looked at of a clip, evenly spread; text stands still over frames


class NotDecodable(Exception):
    """The pixels cannot be decoded here."""


def frames_of(data: bytes) -> Iterator[Image]:
    """Grey frames of a file, scaled to 0..1.

    Raises:
        NotDecodable: no decoder can read them.
    """
    import warnings
    from io import BytesIO

    import numpy as np
    import pydicom
    from pydicom.pixels.utils import iter_pixels

    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(BytesIO(data), force=True)
            count = int(dataset.get("NumberOfFrames") or 1)
            wanted = sorted(
                set(
                    np.linspace(0, count - 1, min(count, MAX_FRAMES))
                    .astype(int)
                    .tolist()
                )
            )
            for frame in iter_pixels(dataset, indices=wanted, raw=False):
                yield _grey(np.asarray(frame))
        except Exception as error:  # noqa: BLE001  # decoders raise whatever they like
            raise NotDecodable(type(error).__name__) from None


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


def _grey(frame: Any) -> Image:
    import numpy as np

    grey = (
        frame.max(axis=-1) if frame.ndim == 3 and frame.shape[-1] in (3, 4) else frame
    )
    grey = np.asarray(grey, dtype=np.float32)
    low, high = float(grey.min()), float(grey.max())
    span = np.float32(high - low if high > low else 1.0)
    return np.asarray((grey - np.float32(low)) / span, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The minimum and the maximum over frames, made smaller by a whole factor where they are large."""

    lowest: Image
    highest: Image
    factor: int

    @property
    def views(self) -> list[Image]:
        """Both, or the one where they are the same."""
        return (
            [self.highest]
            if self.highest is self.lowest
            else [self.highest, self.lowest]
        )


def extremes(data: bytes) -> Extremes:
    """The minimum and the maximum over frames: what stands still stays, what moves is evened out.

    Raises:
        NotDecodable: the pixels cannot be decoded.
    """
    import numpy as np

    lowest: Image | None = None
    highest: Image | None = None
    factor = 1
    for whole in frames_of(data):
        factor = -(-max(whole.shape) // LARGEST)
        frame = _smaller(whole, factor)
        if lowest is None or highest is None:
            lowest, highest = frame, frame
        elif frame.shape == lowest.shape:
            lowest, highest = np.minimum(lowest, frame), np.maximum(highest, frame)
    if lowest is None or highest is None:
        raise NotDecodable("no frames")
    return Extremes(lowest, highest, factor)


def _smaller(image: Image, factor: int) -> Image:
    """The mean over squares of `factor` pixels: letters on large images are large."""
    if factor == 1:
        return image
    rows, columns = (size // factor for size in image.shape)
    cut = image[: rows * factor, : columns * factor]
    squares = cut.reshape(rows, factor, columns, factor)
    return squares.mean(axis=(1, 3), dtype="float32")  # type: ignore[no-any-return]  # numpy's stub
