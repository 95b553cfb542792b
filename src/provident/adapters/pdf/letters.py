"""Letters of a PDF's own Helvetica: their widths, and words in the bytes that it knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


# Adobe's font metrics of Helvetica (Core 14 AFM), in thousandths of the size, from the space on.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHER = 600
_BOLD = 1.07  # bold letters are this much wider at most


def encoded(text: str) -> bytes:
    """The text in Windows' Latin letters; what they lack loses its accents, or becomes ?."""
    made = bytearray()
    for letter in text:
        try:
            made += letter.encode("cp1252")
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore")
            made += bare or b"?"
    return bytes(made)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide the text is at a size, in points."""
    thousandths = sum(
        _WIDTHS[code - 32] if 32 <= code < 127 else _OTHER for code in encoded(text)
    )
    return thousandths * size / 1000 * (_BOLD if bold else 1.0)


def wrapped(
    text: str, size: float, most: float, *, bold: bool = False
) -> Iterator[str]:
    """The text in lines no wider than `most`; a word that is wider is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width(longer, size, bold=bold) <= most:
            line = longer
            continue
        if line:
            yield line
        while width(word, size, bold=bold) > most and len(word) > 1:
            fits = max(1, int(len(word) * most / width(word, size, bold=bold)) - 1)
            yield word[:fits]
            word = word[fits:]
        line = word
    if line or not text.strip():
        yield line
