"""A reader of text in images: rapidocr-onnxruntime where it is installed (its models come in its wheel)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from provident.deid.pixels.regions import Region


WORD_HEIGHT = 48  # pixels
SURE = 0.8  # of 1: of anatomy a reader is less sure, and mostly reads nothing
BOX = 0.4  # of 1: how sure the reader must be that a place holds text at all
READ = (
    0.5  # of 1: below, the letters of a line are a guess (another script, handwriting)
)


@dataclass(frozen=True, slots=True)
class Line:
    """What was read, and where; `sure` where the reader knows its letters."""

    text: str
    region: Region
    sure: bool = True


class Reader(Protocol):
    """Reads lines of text in an image of 0..255, grey or in colour (rows, columns, 3)."""

    def __call__(self, picture: Any) -> list[Line]:
        """All lines that look like text to it, those that it cannot read as well."""
        ...

    def word(self, picture: Any) -> str:
        """What stands in a small cut that may hold a word; empty when it is none."""
        ...


@cache
def installed_reader() -> Reader | None:
    """The reader that is installed here, or None."""
    try:
        module = import_module("rapidocr_onnxruntime")
    except ImportError:
        return None
    # One thread: the same answer each time, and half the CPU time of several.
    return _Rapid(module.RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1))


class _Rapid:
    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __call__(self, picture: Any) -> list[Line]:
        # Its own limit drops what it finds and cannot read: just that must not pass.
        found, _ = self._engine(_bgr(picture), text_score=0.0, box_thresh=BOX)
        return [
            Line(str(text), _region(corners), float(score) >= READ)
            for corners, text, score in found or []
        ]

    def word(self, picture: Any) -> str:
        found, _ = self._engine(
            _enlarged(picture), use_det=False, use_cls=False, use_rec=True
        )
        return " ".join(
            str(text) for text, score in found or [] if float(score) >= SURE
        )


def _bgr(picture: Any) -> Any:
    """The reader takes colours in the order blue, green, red."""
    return picture if picture.ndim == 2 else picture[..., ::-1].copy()


def _enlarged(picture: Any) -> Any:
    """A cut in grey at full contrast and, in whole steps, as high as the reader reads best."""
    grey = picture if picture.ndim == 2 else picture.max(axis=-1)
    low, high = float(grey.min()), float(grey.max())
    full = (grey - low) / (high - low or 1.0) * 255
    times = max(1, round(WORD_HEIGHT / grey.shape[0]))
    return full.repeat(times, axis=0).repeat(times, axis=1).astype("uint8")


def _region(corners: Any) -> Region:
    across = [float(x) for x, _ in corners]
    down = [float(y) for _, y in corners]
    return Region(
        int(min(across)), int(min(down)), int(max(across)) + 1, int(max(down)) + 1
    )
