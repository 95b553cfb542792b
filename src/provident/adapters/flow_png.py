"""The data flow diagram as a PNG, for where SVG cannot stand (Word). The same layout as the SVG."""

from __future__ import annotations

import io
import textwrap
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from provident.flows import Picture
from provident.flows.diagram import COLOURS, LANE_COLOURS, colour_of
from provident.flows.layout import BOX_WIDTH, LABEL_WIDTH, LANE_HEAD, Slot, Way, layout


_SCALE, _TOP, _FOOT_LINE = 2, 30, 17


class _Sheet:
    """A drawing surface in the units of the layout."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width * _SCALE, height * _SCALE), "white")
        self.draw = ImageDraw.Draw(self.image)

    def box(
        self,
        x: int,
        y: int,
        w: int,
        h: int,
        fill: str,
        edge: str,
        thick: float,
        round_: int = 0,
    ) -> None:
        corners = [x * _SCALE, y * _SCALE, (x + w) * _SCALE, (y + h) * _SCALE]
        self.draw.rounded_rectangle(
            corners,
            round_ * _SCALE,
            fill=fill,
            outline=edge,
            width=round(thick * _SCALE),
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = COLOURS["ink"],
        size: int = 12,
    ) -> None:
        font = ImageFont.load_default(size * _SCALE)
        self.draw.text((x * _SCALE, (y - size) * _SCALE), words, fill=colour, font=font)

    def line(
        self, points: list[tuple[int, int]], colour: str, thick: float, *, dashed: bool
    ) -> None:
        for start, end in pairwise(points):
            for a, b in _dashes(start, end) if dashed else [(start, end)]:
                scaled = [tuple(_SCALE * v for v in point) for point in (a, b)]
                self.draw.line(scaled, fill=colour, width=round(thick * _SCALE))

    def head(self, x: int, y: int, colour: str, *, to_the_right: bool) -> None:
        back = x - 11 if to_the_right else x + 11
        points = [(x, y), (back, y - 5), (back, y + 5)]
        self.draw.polygon([(a * _SCALE, b * _SCALE) for a, b in points], fill=colour)


def _dashes(
    start: tuple[int, int], end: tuple[int, int]
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    if length == 0:
        return []
    step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)

    def at(way: int) -> tuple[int, int]:
        return (round(start[0] + step[0] * way), round(start[1] + step[1] * way))

    return [(at(way), at(min(way + 7, length))) for way in range(0, length, 11)]


def as_png(picture: Picture) -> bytes:
    """The picture as the bytes of a PNG file, two pixels to a unit."""
    placed = layout(picture)
    width = max(placed.width, 760)
    numbers = {fault: at for at, fault in enumerate(picture.all_faults, 1)}
    foot = [
        line
        for fault, number in numbers.items()
        for line in textwrap.wrap(f"{number}  {fault}", width // 7)
    ]
    sheet = _Sheet(width, placed.height + _TOP + 20 + _FOOT_LINE * (len(foot) + 1))
    sheet.text(8, 20, picture.title, size=15)
    for at, (lane, (name, country)) in enumerate(picture.lanes.items()):
        top, height = placed.lanes[lane]
        colour = LANE_COLOURS[at % len(LANE_COLOURS)]
        sheet.box(0, top + _TOP, width, height, colour, "#8a8a8a", 1)
        sheet.line(
            [(LANE_HEAD, top + _TOP), (LANE_HEAD, top + _TOP + height)],
            "#8a8a8a",
            1,
            dashed=False,
        )
        for line_at, line in enumerate([*textwrap.wrap(name, 17), country]):
            sheet.text(10, top + _TOP + 24 + 16 * line_at, line, size=13)
    for way in placed.ways:
        _way(sheet, way, numbers)
    for box in placed.boxes:
        _box(sheet, box, numbers)
    for at, line in enumerate(foot):
        sheet.text(
            8, placed.height + _TOP + 30 + _FOOT_LINE * at, line, COLOURS["fault"]
        )
    out = io.BytesIO()
    sheet.image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _way(sheet: _Sheet, way: Way, numbers: dict[str, int]) -> None:
    arrow, first, last = way.arrow, way.legs[0], way.legs[-1]
    points = [(first.start.x + BOX_WIDTH, first.from_y)]
    for leg in way.legs:
        points += [(leg.track, leg.from_y), (leg.track, leg.to_y)]
        points.append((leg.end.x if leg is last else leg.end.x + BOX_WIDTH, leg.to_y))
    points = [(x, y + _TOP) for x, y in points]
    colour = colour_of(arrow)
    sheet.line(points, colour, 2.6 if arrow.images else 1.4, dashed=arrow.on_paper)
    x, y = points[0] if way.turned else points[-1]
    sheet.head(x, y, colour, to_the_right=not way.turned)
    left, middle = last.end.x - LABEL_WIDTH + 8, last.to_y + _TOP
    numbered = "".join(f" ({numbers[f]})" for f in arrow.faults)
    what = f"{arrow.id}: {', '.join(arrow.what)}{numbered}"
    how = " · ".join(w for w in (arrow.level, arrow.by, arrow.cadence) if w)
    sheet.text(left, middle - 4, what[:34], colour, 11)
    sheet.text(left, middle + 14, how[:36], size=11)


def _box(sheet: _Sheet, box: Slot, numbers: dict[str, int]) -> None:
    stop = box.stop
    assert stop is not None
    edge = COLOURS["fault"] if stop.faults else COLOURS["ink"]
    round_ = {"role": min(box.height // 2, 24), "step": 8, "store": 0}[stop.kind]
    thick = 2.5 if stop.faults else 1.2
    sheet.box(box.x, box.y + _TOP, BOX_WIDTH, box.height, "white", edge, thick, round_)
    top = box.y + _TOP + (box.height - 15 * len(stop.lines)) // 2 + 11
    numbered = "".join(f" ({numbers[f]})" for f in stop.faults)
    for at, line in enumerate(stop.lines):
        words = line + numbered if at == 0 else line
        sheet.text(box.x + 14, top + 15 * at, words[:27])
