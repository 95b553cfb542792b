"""Whatever is drawn: exported as a structured report and read again it is the same, to the last bit."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from provident.adapters.sr_export import structured_report
from provident.adapters.sr_import import measurements_of, read_report
from provident.reading.measurements import Measurement
from provident.reading.shapes import Shape
from provident.reading.taking import Tolerance, take
from tests.unit.reading.drawn import PLANE, form, image
from tests.unit.reading.made import design
from tests.unit.reading.sr import header, reported


title = "Measurements through a structured report"

FLAG = Tolerance(refuse=False)
x = st.floats(0, 10, allow_nan=False)
y = st.floats(0, 8, allow_nan=False)
point = st.tuples(x, y).map(list)
several = {
    "length": st.lists(point, min_size=2, max_size=2),
    "bidirectional": st.lists(point, min_size=4, max_size=4),
    "angle": st.lists(point, min_size=3, max_size=3),
    "ellipse": st.lists(point, min_size=4, max_size=4),
    "rectangle": st.tuples(x, y, x, y).map(
        lambda b: [[b[0], b[1]], [b[2], b[1]], [b[0], b[3]], [b[2], b[3]]]
    ),
    "polygon": st.lists(point, min_size=3, max_size=9),
    "points": st.lists(point, min_size=1, max_size=9),
}
ITEMS = {"length": "long", "bidirectional": "short", "angle": "bend", "ellipse": "density", "points": "nodes"}  # fmt: skip


@st.composite
def drawings(draw):
    made = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(sorted(several)))
        item = f"A:{ITEMS[kind]}" if kind in ITEMS and draw(st.booleans()) else None
        made.append(
            {
                "id": f"m{number}", "kind": kind, "image": "/1", "points": draw(several[kind]), "item": item,
                "value": draw(st.floats(-1e6, 1e6)), "unit": draw(st.sampled_from(["", "mm", "HU", "px", "deg"])),
            }
        )  # fmt: skip
    return made


@settings(max_examples=25, deadline=None)
@given(drawings())
def test_a_report_gives_back_what_was_stored(given_):
    with_form = dataclasses.replace(design(), form=form())
    kept = take(with_form, (("A", "week12"),), {}, given_, lambda _: image(), FLAG)
    read = reported(measurements=kept.measurements)

    report = read_report(structured_report(read, [header()]))
    again = measurements_of(report, lambda ref: (image().ref, PLANE))

    assert again == kept.measurements
    assert [Measurement.from_json(m.as_json()) for m in again] == list(again)


@given(st.sampled_from(sorted(several)).flatmap(lambda k: st.tuples(st.just(k), several[k])))  # fmt: skip
def test_what_is_stored_is_stored_so_again(drawn):
    from provident.kernel import InvalidInput
    from provident.reading.shapes import as_drawn, points_of

    kind, points = drawn
    try:
        once = points_of(Shape(kind), points)
    except InvalidInput:
        return
    assert points_of(Shape(kind), once) == once
    assert points_of(Shape(kind), as_drawn(Shape(kind), once)) == once
