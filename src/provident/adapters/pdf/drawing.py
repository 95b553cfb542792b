"""The marks of a figure as a PDF's own drawing orders."""

from __future__ import annotations

from collections.abc import Iterator

from provident.adapters.pdf.letters import encoded, width
from provident.statistics.figures import (
    Box,
    Dot,
    Figure,
    Line,
    Mark,
    Path,
    Words,
    outline,
)


_ROUND = 0.5523  # of the radius: where a circle's handles lie


def colour(code: str) -> str:
    """#rrggbb as three shares."""
    parts = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return " ".join(f"{part:.3f}" for part in parts)


def text(
    words: str,
    x: float,
    y: float,
    size: float,
    *,
    bold: bool = False,
    ink: str = "#1d1d1d",
) -> bytes:
    """One line of text whose left end stands at x, y (points from below)."""
    at = f"1 0 0 1 {x:.2f} {y:.2f} Tm"
    return _shown(words, size, bold, ink, at)


def _shown(words: str, size: float, bold: bool, ink: str, at: str) -> bytes:
    letters = encoded(words)
    for special in (b"\\", b"(", b")"):
        letters = letters.replace(special, b"\\" + special)
    font = "F2" if bold else "F1"
    head = f"BT {colour(ink)} rg /{font} {size:.2f} Tf {at} ("
    return head.encode() + letters + b") Tj ET\n"


def figure(drawn: Figure, x: float, y: float, scale: float) -> bytes:
    """The figure with its upper left corner at x, y. Sheets have y downwards, PDF upwards."""
    parts = [f"q {scale:.4f} 0 0 {scale:.4f} {x:.2f} {y:.2f} cm\n".encode()]
    parts += [part for mark in drawn.marks for part in _mark(mark)]
    return b"".join([*parts, b"Q\n"])


def _mark(mark: Mark) -> Iterator[bytes]:
    match mark:
        case Line():
            x1, y1, x2, y2 = mark.ends
            yield _stroked([(x1, y1), (x2, y2)], mark.ink, mark.width, mark.dashed)
        case Path():
            yield _stroked(list(mark.points), mark.ink, mark.width, mark.dashed)
        case Box():
            size = f"{mark.x:.2f} {-mark.y - mark.height:.2f} {mark.width:.2f} {mark.height:.2f}"
            yield f"{colour(mark.fill)} rg {size} re f\n".encode()
        case Dot():
            yield from _dot(mark)
        case Words():
            yield _words(mark)


def _stroked(
    points: list[tuple[float, float]], ink: str, thick: float, dashed: bool
) -> bytes:
    (x, y), *others = points
    way = " ".join(f"{a:.2f} {-b:.2f} l" for a, b in others)
    dash = "[5 4] 0 d" if dashed else "[] 0 d"
    return f"{colour(ink)} RG {thick:g} w {dash} {x:.2f} {-y:.2f} m {way} S\n".encode()


def _dot(dot: Dot) -> Iterator[bytes]:
    x, y, r = dot.x, dot.y, dot.size
    if dot.shape == "cross":
        yield _stroked([(x - r, y - r), (x + r, y + r)], dot.fill, 2, False)
        yield _stroked([(x - r, y + r), (x + r, y - r)], dot.fill, 2, False)
    elif dot.shape == "disc":
        yield _disc(x, -y, r, dot.fill)
    else:
        (a, b), *others = outline(dot)
        way = " ".join(f"{c:.2f} {-d:.2f} l" for c, d in others)
        yield f"{colour(dot.fill)} rg {a:.2f} {-b:.2f} m {way} f\n".encode()


def _disc(x: float, y: float, r: float, fill: str) -> bytes:
    h = _ROUND * r
    quarters = (
        (x + r, y + h, x + h, y + r, x, y + r),
        (x - h, y + r, x - r, y + h, x - r, y),
        (x - r, y - h, x - h, y - r, x, y - r),
        (x + h, y - r, x + r, y - h, x + r, y),
    )
    way = " ".join(" ".join(f"{v:.2f}" for v in q) + " c" for q in quarters)
    return f"{colour(fill)} rg {x + r:.2f} {y:.2f} m {way} f\n".encode()


def _words(mark: Words) -> bytes:
    long = width(mark.text, mark.size, bold=mark.bold)
    back = {"start": 0.0, "middle": long / 2, "end": long}[mark.anchor]
    if mark.turned:
        at = f"0 1 -1 0 {mark.x:.2f} {-mark.y - back:.2f} Tm"
    else:
        at = f"1 0 0 1 {mark.x - back:.2f} {-mark.y:.2f} Tm"
    return _shown(mark.text, mark.size, mark.bold, mark.ink, at)
