"""Marks as SVG: attributes only, so that it stands on pages that forbid inline styles."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from provident.statistics.figures.marks import (
    Box,
    Dot,
    Line,
    Mark,
    Path,
    Words,
)


_FONT = "Inter Variable, Arial, Helvetica, sans-serif"


def drawing(
    marks: Iterable[Mark],
    size: tuple[float, float],
    *,
    title: str,
    description: str,
    css: str,
) -> str:
    """The sheet of that width and height with its marks, title and description."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(css)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" font-family="{_FONT}" '
        'preserveAspectRatio="xMinYMid meet">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"{''.join(map(_mark, marks))}</svg>"
    )


def _mark(mark: Mark) -> str:
    match mark:
        case Line():
            x1, y1, x2, y2 = mark.ends
            return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{_stroke(mark)}/>'
        case Path():
            points = " ".join(f"{x:.1f} {y:.1f}" for x, y in mark.points)
            return f'<path d="M{points}" fill="none"{_stroke(mark)}/>'
        case Box():
            size = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" height="{mark.height:.1f}"'
            return _told("rect", f'{size} fill="{mark.fill}"', mark.words)
        case Dot():
            return _dot(mark)
        case Words():
            return _words(mark)


def _stroke(mark: Line | Path) -> str:
    dash = ' stroke-dasharray="5 4"' if mark.dashed else ""
    return f' stroke="{mark.ink}" stroke-width="{mark.width:g}"{dash}'


def _told(tag: str, attributes: str, words: str) -> str:
    if not words:
        return f"<{tag} {attributes}/>"
    return f"<{tag} {attributes}><title>{escape(words)}</title></{tag}>"


def outline(dot: Dot) -> tuple[tuple[float, float], ...]:
    """The corners of a mark that is no disc and no cross."""
    x, y, r = dot.x, dot.y, dot.size
    if dot.shape == "square":
        r *= 0.89
        return ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))
    if dot.shape == "diamond":
        r *= 1.25
        return ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    r *= 1.2
    return ((x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r))


def _dot(dot: Dot) -> str:
    if dot.shape == "disc":
        round_ = f'cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="{dot.size:.1f}"'
        return _told("circle", f'{round_} fill="{dot.fill}"', dot.words)
    if dot.shape == "cross":
        x, y, r = dot.x, dot.y, dot.size
        path = f"M{x - r:.1f} {y - r:.1f}L{x + r:.1f} {y + r:.1f}M{x - r:.1f} {y + r:.1f}L{x + r:.1f} {y - r:.1f}"
        drawn = f'd="{path}" fill="none" stroke="{dot.fill}" stroke-width="2"'
        return _told("path", drawn, dot.words)
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline(dot))
    return _told("polygon", f'points="{corners}" fill="{dot.fill}"', dot.words)


def _words(mark: Words) -> str:
    bold = ' font-weight="bold"' if mark.bold else ""
    turn = f' transform="rotate(-90 {mark.x:.1f} {mark.y:.1f})"' if mark.turned else ""
    return (
        f'<text x="{mark.x:.1f}" y="{mark.y:.1f}" font-size="{mark.size:g}" fill="{mark.ink}" '
        f'text-anchor="{mark.anchor}"{bold}{turn}>{escape(mark.text)}</text>'
    )
