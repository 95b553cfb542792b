"""A reader of text in images: rapidocr-onnxruntime where it is installed (its models come in its wheel)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from provident.deid.pixels.detector import Region


if TYPE_CHECKING:
    from provident.deid.pixels.frames import Image


WORD_HEIGHT = 48  # pixels
SURE = 0.8  # of 1: of anatomy a reader is less sure, and mostly reads nothing


@dataclass(frozen=True, slots=True)
class Line:
    """What was read, and where."""

    text: str
    region: Region


class Reader(Protocol):
    """Reads lines of text in a grey image of 0..1."""

    def __call__(self, image: Image) -> list[Line]:
        """All lines that it can read."""
        ...

    def word(self, image: Image) -> str:
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

    def __call__(self, image: Image) -> list[Line]:
        found, _ = self._engine((image * 255).astype("uint8"))
        return [Line(str(text), _region(corners)) for corners, text, _ in found or []]

    def word(self, image: Image) -> str:
        found, _ = self._engine(
            _enlarged(image), use_det=False, use_cls=False, use_rec=True
        )
        return " ".join(
            str(text) for text, score in found or [] if float(score) >= SURE
        )


def _enlarged(image: Image) -> Any:
    """A cut at full contrast and, in whole steps, as high as the reader reads best."""
    low, high = float(image.min()), float(image.max())
    full = (image - low) / (high - low or 1.0) * 255
    times = max(1, round(WORD_HEIGHT / image.shape[0]))
    return full.repeat(times, axis=0).repeat(times, axis=1).astype("uint8")


def _region(corners: Any) -> Region:
    across = [float(x) for x, _ in corners]
    down = [float(y) for _, y in corners]
    return Region(
        int(min(across)), int(min(down)), int(max(across)) + 1, int(max(down)) + 1
    )
