"""Text in pixels, as machines burn it in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from provident.synthetic.people import Patient


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(
        size
    )  # Pillow's own, so that no system font is needed


def shown_name(patient: Patient) -> str:
    """A name as a console shows it: family in capitals, given names after a comma."""
    family, *rest = patient.name.split("=")[0].split("^")
    return f"{family.upper()}, {' '.join(r for r in rest[:2] if r)}".strip(", ")


def mask(
    shape: tuple[int, int], lines: Sequence[str], at: tuple[int, int], size: int
) -> npt.NDArray[np.float32]:
    """Ink from 0 to 1 on a picture of rows x columns: lines of text from (column, row) down."""
    picture = Image.new("L", (shape[1], shape[0]), 0)
    draw = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        draw.text(
            (at[0], at[1] + round(n * size * 1.3)), line, fill=255, font=_font(size)
        )
    return np.asarray(picture, np.float32) / 255
