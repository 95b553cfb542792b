"""Tables, times, figures and charts: the parts that pages are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from provident.web.ui import charts, numbers, states, tables, times
from provident.web.ui.figures import in_steps


def svg(text):
    return ElementTree.fromstring(str(text))  # noqa: S314  # our own output


NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
COLUMNS = (
    tables.Column(key="name", label="Name", value=lambda r: r[0]),
    tables.Column(key="size", label="Size", value=lambda r: r[1], numeric=True),
    tables.Column(key="note", label="Note", value=lambda r: "", sortable=False),
)
ROWS = [("b", 2), ("A", None), ("c", 1)]


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=40), "40 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=12), "12 d ago"),
        (-timedelta(days=3), "in 3 d"),
        (-timedelta(seconds=5), "just now"),
    ],
)
def test_times_as_people_say_them(gap, expected):
    assert expected == times.relative(NOW - gap, NOW)


def test_a_time_carries_its_exact_value_for_hover_and_print():
    shown = str(times.ago(NOW - timedelta(hours=3), NOW))

    assert 'title="24 Nov 2026 07:00 UTC"' in shown
    assert 'datetime="2026-11-24T07:00:00+00:00"' in shown


def test_work_past_its_limit_is_bold():
    assert "<b" in times.age(NOW - timedelta(days=8), NOW, 7)
    assert "<b" not in times.age(NOW - timedelta(days=7), NOW, 7)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (512, "512 B"),
        (1500, "1.5 kB"),
        (70_000_000, "70 MB"),
        (2_100_000_000_000, "2.1 TB"),
    ],
)
def test_bytes(count, expected):
    assert expected == times.size(count)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", "Abc"),
        ("-name", "cbA"),
        ("size", "cbA"),
        ("nonsense", "bAc"),
        ("note", "bAc"),
    ],
)
def test_tables_sort_by_what_the_address_asks(sort, expected):
    made = tables.table(ROWS, COLUMNS, {"sort": sort})

    assert expected == "".join(r[0] for r in made.rows)


@pytest.mark.parametrize(
    ("page", "expected"), [("1", 1), ("3", 3), ("99", 3), ("-1", 1), ("x", 1)]
)
def test_a_page_that_does_not_exist_is_the_nearest(page, expected):
    made = tables.table(
        [(str(i), i) for i in range(25)], COLUMNS, {"page": page}, per_page=10
    )

    assert (expected, 3, 25) == (made.page, made.pages, made.total)


def test_the_address_keeps_the_filters_and_drops_the_page():
    made = tables.table(
        ROWS, COLUMNS, {"site": "york", "sort": "name", "page": "2", "format": "csv"}
    )

    assert made.sort_address("name") == "?site=york&sort=-name"


@pytest.mark.parametrize("bad", ["=1+1", "+44", "-x", "@sum", "\tx"])
def test_no_cell_of_a_csv_is_a_formula(bad):
    assert tables.safe_cell(bad) == f"'{bad}"


def test_numbers_of_a_csv_keep_their_sign_and_text_its_zeros():
    text = tables.csv_text(["a", "b"], [[-3, "007"], [None, 'say "x"']])

    assert text == 'a,b\r\n-3,007\r\n,"say ""x"""\r\n'


def test_numbers():
    assert numbers.percent(1, 3) == "33 %"
    assert numbers.percent(0, 0) == numbers.NOTHING
    assert numbers.plural(1, "exam") == "1 exam"
    assert numbers.plural(1200, "query", "queries") == "1,200 queries"
    assert [numbers.plain(v) for v in (None, 0.123456, 1200, "x", True)] == [numbers.NOTHING, "0.1235", "1,200", "x", "True"]  # fmt: skip


@pytest.mark.parametrize("kind", states.KINDS)
def test_every_state_is_a_word_in_a_colour_of_the_palette(kind):
    palette = {"grey", "blue", "amber", "red", "green", "purple"}

    assert all(
        look.word and look.colour in palette for look in states.KINDS[kind].values()
    )


def test_every_state_of_a_slot_has_a_look():
    from provident.recruitment.slots import SlotState

    assert {s.value for s in SlotState} == set(states.SLOT)


def test_a_state_that_is_not_known_is_shown_as_its_word():
    assert states.look("slot", "new_state") == states.Look("grey", "new state")


CHARTS = {
    "spark": charts.spark([1, 2, 3], title="Trend", target=[1, 3]),
    "measure": charts.measure(label="TE", value=95, low=60, high=80, ok=False, title="TE 95"),
    "cover": charts.cover(2, 1, 4, title="Ethics"),
    "history": charts.history([70, None, 95], title="TE", unit="ms", low=60, high=80, marks=[charts.Mark(index=1.5, words="a <b>")]),
    "lines": charts.lines([charts.Line(words="reads", values=[0, 5, 9])], ["Jan", "Feb", "Mar"], title="Reads"),
    "parts": charts.parts([("final", 3, "purple"), ("open", 1, "amber")], title="Cases"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_svg_with_a_title_in_words_and_no_style(name):
    root = svg(CHARTS[name])

    assert root.get("role") == "img"
    assert root.find("title").text
    assert not [e for e in root.iter() if e.get("style")]


def test_nothing_to_draw_draws_nothing():
    made = [
        charts.spark([1], title="x"), charts.history([70, None], title="x"), charts.lines([], [], title="x"),
        charts.measure(label="x", value=None, low=1, high=2, ok=True, title="x"), charts.cover(0, 0, 0, title="x"),
        charts.measure(label="x", value=3, low=None, high=None, ok=True, title="x"), charts.parts([], title="x"),
    ]  # fmt: skip

    assert [str(m) for m in made] == [""] * 7


@pytest.mark.parametrize(
    ("value", "low", "high", "ok"),
    [
        (95, 60, 80, False),
        (70, 60, 80, True),
        (178, 180, None, False),
        (0, None, 0, True),
        (1e9, 1, 2, False),
    ],
)
def test_the_mark_of_a_measure_stays_on_the_bar(value, low, high, ok):
    root = svg(
        str(
            charts.measure(label="x", value=value, low=low, high=high, ok=ok, title="x")
        )
    )
    mark = root.findall("rect")[-1]

    assert 0 <= float(mark.get("x")) <= 167
    assert mark.get("fill") == (charts.GREEN if ok else charts.RED)


def test_the_mark_lies_beside_the_range_when_it_is_outside():
    root = svg(
        str(charts.measure(label="x", value=95, low=60, high=80, ok=False, title="x"))
    )
    _, asked, mark = root.findall("rect")

    assert float(mark.get("x")) > float(asked.get("x")) + float(asked.get("width"))


def test_trends_are_cut_into_equal_steps():
    assert in_steps([1, 2, 3]) == []
    assert in_steps(list(range(8)), 4) == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_dates():
    assert times.day(date(2026, 3, 2)) == "2 Mar 2026"
    assert times.day(None) == numbers.NOTHING
