"""The swimlane diagram of a data flow model as SVG, readable in print and without colours.

Only presentation attributes are used, so that it stands on a page whose policy allows no inline styles.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from provident.flows.layout import (
    BOX_WIDTH,
    LABEL_WIDTH,
    LANE_HEAD,
    Layout,
    Slot,
    Way,
    layout,
)
from provident.flows.picture import Arrow, Picture


LANE_COLOURS = (
    "#dcebf7",
    "#e2f2dc",
    "#fdf3d0",
    "#f5e0ee",
    "#e6e3f5",
    "#e3f3f1",
    "#f7e6d8",
    "#ececec",
)
COLOURS = {
    "fault": "#b3001b",
    "images": "#00457c",
    "derived": "#1f6b2c",
    "ink": "#1d1d1d",
    "soft": "#4c4c4c",
}
_FONT = 'font-family="Arial, Helvetica, sans-serif"'
_FOOT_LINE = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The drawing, the same in words, and its faults as numbered in it."""

    svg: str
    description: str
    faults: tuple[str, ...]


def diagram(picture: Picture) -> Diagram:
    """Draw a picture. What it holds of the plan's words is escaped."""
    numbers = {fault: at for at, fault in enumerate(picture.all_faults, 1)}
    placed = layout(picture)
    width = max(placed.width, 760)
    foot = [
        line
        for fault, number in numbers.items()
        for line in textwrap.wrap(f"{number}  {fault}", width // 7)
    ]
    height = placed.height + 30 + 46 + _FOOT_LINE * len(foot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="flow-title flow-description" {_FONT} font-size="12" fill="{COLOURS["ink"]}">',
        f'<title id="flow-title">{escape(picture.title)}</title>',
        f'<desc id="flow-description">{escape(picture.description)}</desc>',
        _heads(),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="20" font-size="15" font-weight="bold">{escape(picture.title)}</text>',
        '<g transform="translate(0 30)">',
        *_lanes(picture, placed, width),
        *(part for way in placed.ways for part in _way(way, numbers)),
        *(part for box in placed.boxes for part in _box(box, numbers)),
        "</g>",
        f'<g transform="translate(8 {placed.height + 52})">',
        *_legend(),
        "</g>",
        f'<g transform="translate(8 {placed.height + 82})" fill="{COLOURS["fault"]}">',
        *(
            f'<text y="{at * _FOOT_LINE}">{escape(line)}</text>'
            for at, line in enumerate(foot)
        ),
        "</g></svg>",
    ]
    return Diagram(
        svg="\n".join(parts), description=picture.description, faults=tuple(numbers)
    )


def _heads() -> str:
    marks = "".join(
        f'<marker id="head-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" '
        f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{colour}"/></marker>'
        for name, colour in (
            ("images", COLOURS["images"]),
            ("derived", COLOURS["derived"]),
            ("fault", COLOURS["fault"]),
        )
    )
    return f"<defs>{marks}</defs>"


def _lanes(picture: Picture, placed: Layout, width: int) -> Iterator[str]:
    for at, (lane, (name, country)) in enumerate(picture.lanes.items()):
        top, height = placed.lanes[lane]
        colour = LANE_COLOURS[at % len(LANE_COLOURS)]
        yield f'<rect y="{top}" width="{width}" height="{height}" fill="{colour}" stroke="#8a8a8a"/>'
        yield f'<line x1="{LANE_HEAD}" x2="{LANE_HEAD}" y1="{top}" y2="{top + height}" stroke="#8a8a8a"/>'
        for line_at, line in enumerate(textwrap.wrap(name, 17)):
            yield f'<text x="10" y="{top + 24 + 16 * line_at}" font-weight="bold" font-size="13">{escape(line)}</text>'
        if country:
            below = top + 24 + 16 * len(textwrap.wrap(name, 17))
            yield f'<text x="10" y="{below}" fill="{COLOURS["soft"]}">{escape(country)}</text>'


def _box(box: Slot, numbers: dict[str, int]) -> Iterator[str]:
    stop = box.stop
    assert stop is not None
    edge = COLOURS["fault"] if stop.faults else COLOURS["ink"]
    thick = 2.5 if stop.faults else 1.2
    round_ = {
        "role": box.height // 2 if box.height < 60 else 24,
        "step": 8,
        "store": 0,
    }[stop.kind]
    yield (
        f'<rect x="{box.x}" y="{box.y}" width="{BOX_WIDTH}" height="{box.height}" rx="{round_}" fill="#ffffff" '
        f'stroke="{edge}" stroke-width="{thick}"/>'
    )
    if stop.kind == "store":
        yield f'<line x1="{box.x + 5}" x2="{box.x + 5}" y1="{box.y}" y2="{box.y + box.height}" stroke="{edge}"/>'
    top = box.y + (box.height - 15 * len(stop.lines)) // 2 + 11
    for at, line in enumerate(stop.lines):
        weight = ' font-weight="bold"' if at == 0 else f' fill="{COLOURS["soft"]}"'
        yield f'<text x="{box.x + 14}" y="{top + 15 * at}"{weight}>{escape(_short(line, 25))}</text>'
    yield from _badges(box.x + BOX_WIDTH, box.y, stop.faults, numbers)


def colour_of(arrow: Arrow) -> str:
    """The colour of an arrow: red with a fault, else by what it carries."""
    return COLOURS[_kind(arrow)]


def _kind(arrow: Arrow) -> str:
    if arrow.faults:
        return "fault"
    return "images" if arrow.images else "derived"


def _way(way: Way, numbers: dict[str, int]) -> Iterator[str]:
    arrow = way.arrow
    if not way.legs:
        return
    kind = _kind(arrow)
    colour = COLOURS[kind]
    first, last = way.legs[0], way.legs[-1]
    path = [f"M{first.start.x + BOX_WIDTH} {first.from_y}"]
    for leg in way.legs:
        if leg.from_y != leg.to_y:
            path.append(f"H{leg.track} V{leg.to_y}")
        path.append(f"H{leg.end.x if leg is last else leg.end.x + BOX_WIDTH}")
    dash = ' stroke-dasharray="7 4"' if arrow.on_paper else ""
    end = "marker-start" if way.turned else "marker-end"
    thick = 2.6 if arrow.images else 1.4
    yield "<g>"
    yield f"<title>{escape(arrow.sentence)}</title>"
    yield (
        f'<path d="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="{thick}" '
        f'stroke-linejoin="round"{dash} {end}="url(#head-{kind})"/>'
    )
    x, y = last.end.x - LABEL_WIDTH + 8, last.to_y
    what = _short(f"{arrow.id}: {', '.join(arrow.what)}", 30)
    bold = ' font-weight="bold"' if arrow.level == "identifiable" else ""
    beside = " · ".join(w for w in (arrow.by, arrow.cadence) if w)
    yield f'<text x="{x}" y="{y - 5}" fill={quoteattr(colour)} font-weight="bold" font-size="11">{escape(what)}</text>'
    yield (
        f'<text x="{x}" y="{y + 13}" font-size="11"><tspan{bold}>{arrow.level}</tspan>'
        f"<tspan> · {escape(_short(beside, 30 - len(arrow.level)))}</tspan></text>"
    )
    if arrow.count:
        yield f'<text x="{x}" y="{y + 26}" font-size="11">{escape(_short(arrow.count, 32))}</text>'
    yield from _badges(x - 10, y, arrow.faults, numbers)
    yield "</g>"


def _badges(
    x: int, y: int, faults: tuple[str, ...], numbers: dict[str, int]
) -> Iterator[str]:
    for at, fault in enumerate(faults):
        cx = x - 19 * at
        yield f'<circle cx="{cx}" cy="{y}" r="9" fill="{COLOURS["fault"]}"/>'
        yield (
            f'<text x="{cx}" y="{y + 4}" text-anchor="middle" fill="#ffffff" font-size="11" font-weight="bold">'
            f"{numbers[fault]}</text>"
        )


def _legend() -> Iterator[str]:
    lines = (
        ("images", COLOURS["images"], 2.6, "", "images"),
        ("derived", COLOURS["derived"], 1.4, "", "derived data and forms"),
        (
            "images",
            COLOURS["images"],
            2.6,
            ' stroke-dasharray="7 4"',
            "paper or courier",
        ),
        ("fault", COLOURS["fault"], 2.0, "", "a fault, numbered below"),
    )
    for at, (head, colour, thick, dash, words) in enumerate(lines):
        x = 180 * at
        yield (
            f'<path d="M{x} 0 H{x + 34}" stroke="{colour}" stroke-width="{thick}"{dash} marker-end="url(#head-{head})"/>'
        )
        yield f'<text x="{x + 42}" y="4">{words}</text>'


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
