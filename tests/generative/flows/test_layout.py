"""Any flow model is drawn without arrows through boxes, boxes over boxes, or anything outside the canvas."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provident.flows.layout import BOX_WIDTH, layout
from provident.flows.picture import Arrow, Picture, Stop


LANES = ("a", "b", "c")


@st.composite
def pictures(draw):
    count = draw(st.integers(1, 9))
    stops = tuple(
        Stop(
            id=f"s{n}",
            lane=draw(st.sampled_from(LANES)),
            kind="store",
            lines=("x",) * draw(st.integers(1, 5)),
        )
        for n in range(count)
    )
    ends = st.integers(0, count - 1)
    pairs = draw(
        st.lists(st.tuples(ends, ends).filter(lambda p: p[0] != p[1]), max_size=14)
    )
    arrows = tuple(
        Arrow(id=f"f{n}", source=f"s{a}", target=f"s{b}", what=("d",), level="anonymous", by="web", images=True, on_paper=False)
        for n, (a, b) in enumerate(pairs)
    )  # fmt: skip
    return Picture(
        title="t",
        lanes={name: (name, "") for name in LANES},
        stops=stops,
        arrows=arrows,
    )


def segments(way):
    for leg in way.legs:
        start, y = leg.start.x + BOX_WIDTH, leg.from_y
        if leg.from_y != leg.to_y:
            yield (start, y, leg.track, y)
            yield (leg.track, y, leg.track, leg.to_y)
            start, y = leg.track, leg.to_y
        yield (start, y, leg.end.x, y)
        if leg.end.stop is None:
            yield (leg.end.x, y, leg.end.x + BOX_WIDTH, y)


def crosses(segment, box):
    x1, y1, x2, y2 = segment
    return (
        min(x1, x2) < box.x + BOX_WIDTH
        and max(x1, x2) > box.x
        and min(y1, y2) < box.y + box.height
        and max(y1, y2) > box.y
    )


@given(pictures())
def test_no_arrow_crosses_a_box_and_all_stay_on_the_canvas(picture):
    placed = layout(picture)

    for way in placed.ways:
        for segment in segments(way):
            assert not any(crosses(segment, box) for box in placed.boxes)
            assert min(segment) >= 0
            assert max(segment[0], segment[2]) <= placed.width
            assert max(segment[1], segment[3]) <= placed.height


@given(pictures())
def test_boxes_stand_apart_and_in_their_lane(picture):
    placed = layout(picture)

    for at, box in enumerate(placed.boxes):
        top, height = placed.lanes[box.lane]
        assert top <= box.y
        assert box.y + box.height <= top + height
        for other in placed.boxes[at + 1 :]:
            apart = (
                box.rank != other.rank
                or box.y + box.height <= other.y
                or other.y + other.height <= box.y
            )
            assert apart


@given(pictures())
def test_each_arrow_is_drawn_once_and_in_its_direction(picture):
    placed = layout(picture)

    assert [w.arrow for w in placed.ways] == list(picture.arrows)
    for way in placed.ways:
        ends = (way.legs[0].start.stop.id, way.legs[-1].end.stop.id)
        assert ends == (
            (way.arrow.target, way.arrow.source)
            if way.turned
            else (way.arrow.source, way.arrow.target)
        )
