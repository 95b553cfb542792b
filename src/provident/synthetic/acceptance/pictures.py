"""Pixels of an output against what was planted: the same where nothing was drawn, hidden where a person was."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom import Dataset

from provident.synthetic.acceptance.answers import (
    BLOCK,
    Answer,
    blocks_of,
    digest_of,
    grey_of,
)
from provident.synthetic.acceptance.recognise import decoded


HIDDEN = 0.25  # of the planted contrast: less cannot be read
STAYS = 0.5
_APART = 12  # pixels around a box that painting may reach
_LEVELS = 4.0  # grey levels by which a square's mean may differ after lossy coding


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing about a picture: whether it is right, and whether it is a leak when it is not."""

    check: str
    right: bool
    words: str = ""
    leak: bool = False


def judged(answer: Answer, ds: Dataset) -> Iterator[Judgement]:
    """All that can be said of an output's pixels; nothing where none were planted."""
    if not answer.pixels:
        return
    array = decoded(ds)
    if array is None:
        yield Judgement("kept: pixels", False, "no pixels that can be decoded")
    elif answer.boxes:
        yield from _drawn(answer, array)
    elif answer.lossy:
        yield Judgement("kept: pixels", array.shape == tuple(answer.shape), "another size")  # fmt: skip
    else:
        yield Judgement("kept: pixels", digest_of(array) == answer.pixels, "other values")  # fmt: skip


def _drawn(answer: Answer, array: np.ndarray[Any, Any]) -> Iterator[Judgement]:
    grey = grey_of(array)
    if grey.shape != _size(answer):
        yield Judgement("kept: pixels", False, "another size")
        return
    for box in answer.boxes:
        share = abs(_contrast(box, grey) / box["contrast"])
        if box["leak"]:
            yield Judgement("burned-in text hidden", share < HIDDEN, leak=True)
        else:
            yield Judgement("kept: burned-in settings", share > STAYS, "a scanner setting was painted over")  # fmt: skip
    yield Judgement("kept: pixels outside text", _outside(answer, array), "other values outside the text")  # fmt: skip


def _size(answer: Answer) -> tuple[int, ...]:
    colour = len(answer.shape) > 2 and answer.shape[-1] == 3
    return tuple(answer.shape[-3:-1] if colour else answer.shape[-2:])


def _contrast(box: dict[str, Any], grey: np.ndarray[Any, np.dtype[np.float32]]) -> float:  # fmt: skip
    """How much the letters' pixels stand out from those between them."""
    left, top, right, bottom = box["at"]
    shape = (bottom - top, right - left)
    packed = np.frombuffer(base64.b64decode(box["letters"]), np.uint8)
    letters = np.unpackbits(packed, count=shape[0] * shape[1]).reshape(shape) > 0
    cut = grey[top:bottom, left:right]
    return float(cut[letters].mean() - cut[~letters].mean())


def _outside(answer: Answer, array: np.ndarray[Any, Any]) -> bool:
    """Whether the squares that no text is near are as they were."""
    means = blocks_of(array)
    raw = np.frombuffer(base64.b64decode(answer.blocks), np.float32)
    planted = raw.reshape(means.shape)
    near = np.zeros(means.shape, bool)
    for box in answer.boxes:
        left, top, right, bottom = box["at"]
        rows = slice(max(0, top - _APART) // BLOCK, (bottom + _APART) // BLOCK + 1)
        columns = slice(max(0, left - _APART) // BLOCK, (right + _APART) // BLOCK + 1)
        near[rows, columns] = True
    return bool((np.abs(means - planted)[~near] <= _LEVELS).all())
