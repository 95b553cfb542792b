"""Text in pixels, as machines burn it in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from provident.synthetic.people import Patient


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(
        size
    )  # Pillow's own, so that no system font is needed


# Letters that do not decompose into a base letter and an accent (Unicode NFKD).
_PLAIN: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "AE", "đ": "d", "Đ": "D", "þ": "th"}
)  # fmt: skip


def shown_name(patient: Patient) -> str:
    """A name as a console shows it: family in capitals, given names after a comma, plain letters.

    Consoles draw plain Latin letters, and so does the font here; a name that has none is shown by
    the patient's `latin` name, else by number.
    """
    written = (patient.latin or patient.name.split("=")[0]).translate(_PLAIN)
    plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    family, *rest = plain.split("^")
    given = " ".join(r for r in rest[:2] if r)
    return f"{family.upper()}, {given}".strip(", ") or patient.patient_id


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
    return np.asarray(np.asarray(picture) / 255, np.float32)
