"""Figures say in words and in numbers what they draw."""

from __future__ import annotations

import csv
import io
import math
from xml.etree import ElementTree

import numpy as np
import pytest

from provident import statistics as st
from provident.kernel import InvalidInput
from provident.statistics import charts, figures


title = "Figures of agreement, accuracy and drift"
SVG = "{http://www.w3.org/2000/svg}"


def study(rng, modalities=("CT", "MR"), readers=("ana", "ben", "cai")):
    truth = np.arange(40) % 2 * 1.0
    x = rng.normal(size=(len(modalities), len(readers), 40)) + 1.5 * truth
    return st.ReadStudy(
        treatments=modalities,
        readers=readers,
        cases=tuple(range(40)),
        truth=truth,
        ratings=np.round(2 * x) / 2,
    )


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def limits(rng, log=False):
    a = rng.lognormal(3, 0.4, size=30)
    b = a * rng.lognormal(0.1, 0.1, size=30)
    return a.tolist(), b.tolist(), st.limits_of_agreement(a, b, log=log)


def every_figure(rng):
    a, b, found = limits(rng)
    chart = charts.p_chart([2, 4, 1, 9], [20, 20, 20, 20])
    cusum = charts.BernoulliCusum(in_control=0.1, out_of_control=0.3, limit=3)
    ewma = charts.Ewma(target=0, sd=1)
    one = st.kappa([1, 2, 1, 2, 2], [1, 2, 2, 2, 2])
    return {
        "roc": figures.roc_figure(study(rng)),
        "bland-altman": figures.bland_altman_figure(a, b, found, unit="mm"),
        "agreement": figures.agreement_figure(
            np.array([[np.nan, 0.8], [0.8, np.nan]]), ["ana", "ben"], statistic="kappa"
        ),
        "cross-table": figures.cross_table_figure(
            np.array([[5.0, 1], [2, 7]]), ["no", "yes"], names=("ana", "ben")
        ),
        "funnel": figures.funnel_figure(
            ["ana", "ben"], [3, 30], [100, 100], of="overruled answers"
        ),
        "p": figures.p_chart_figure(chart, of="rate", title="Not evaluable"),
        "cusum": figures.cusum_figure(
            cusum, cusum.follow([0, 1, 0, 1, 1, 1, 1]), of="sum", title="Overruled"
        ),
        "ewma": figures.ewma_figure(
            ewma.follow([0.1, 0.4, 3.0, 3.1]), target=0, of="bias", title="Bias"
        ),
        "forest": figures.forest_figure(
            [("ana", one)], title="Kappa", of="kappa", reference=0
        ),
    }


NAMES = ("roc", "bland-altman", "agreement", "cross-table", "funnel", "p", "cusum", "ewma", "forest")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_drawn_and_described_and_given_as_a_table(rng, name):
    figure = every_figure(rng)[name]
    drawn = ElementTree.fromstring(figures.as_svg(figure))  # noqa: S314  # our own

    assert drawn.attrib["role"] == "img"
    assert drawn.find(f"{SVG}title").text == figure.title
    assert drawn.find(f"{SVG}desc").text == figure.description
    assert figure.description.endswith(".")
    assert "style" not in {name for mark in drawn.iter() for name in mark.attrib}
    rows = list(csv.reader(io.StringIO(figure.table.as_csv())))
    assert rows[0] == list(figure.table.columns)
    assert len(rows) == len(figure.table.rows) + 1 > 1
    assert figure.as_json()["rows"]
    assert figure._repr_html_().startswith("<figure><svg")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_drawn_outside_the_sheet(rng, name):
    figure = every_figure(rng)[name]
    for mark in figure.marks:
        match mark:
            case figures.Line(ends=(x1, y1, x2, y2)):
                places = [(x1, y1), (x2, y2)]
            case figures.Path(points=points):
                places = points
            case figures.Box(x=x, y=y, width=width, height=height):
                places = [(x, y), (x + width, y + height)]
            case _:
                places = [(mark.x, mark.y)]
        for x, y in places:
            assert 0 <= x <= figure.width, mark
            assert 0 <= y <= figure.height, mark


def test_the_mean_curve_has_the_mean_of_the_areas(rng):
    """Its points are those of the thick line: from the sheet back to fractions."""
    drawn = study(rng, modalities=("CT",))
    figure = figures.roc_figure(drawn)
    thick = next(
        m for m in figure.marks if isinstance(m, figures.Path) and m.width == 3
    )
    start, end = thick.points[0], thick.points[-1]
    x = [(p[0] - start[0]) / (end[0] - start[0]) for p in thick.points]
    y = [(p[1] - start[1]) / (end[1] - start[1]) for p in thick.points]
    areas = [st.auc(drawn.truth, row).estimate for row in drawn.ratings[0]]

    assert np.trapezoid(y, x) == pytest.approx(np.mean(areas), abs=0.01)


def test_the_table_of_curves_holds_every_threshold(rng):
    drawn = study(rng)
    rows = figures.roc_figure(drawn).table.rows
    first = [r for r in rows if r[:2] == ("CT", "ana")]

    assert (first[0][2:], first[-1][3:]) == ((None, 0.0, 0.0), (1.0, 1.0))
    assert len(first) == len(np.unique(drawn.ratings[0, 0])) + 1


def test_limits_on_logarithms_are_drawn_as_ratios(rng):
    a, b, found = limits(rng, log=True)
    figure = figures.bland_altman_figure(a, b, found, names=("CT", "MR"))

    assert "mean ratio of CT and MR" in figure.description
    assert figure.table.columns[-1] == "ratio"
    assert figure.table.rows[0][-1] == pytest.approx(a[0] / b[0])


def test_points_that_fall_together_are_drawn_larger():
    a, b = [1.0, 1, 1, 2, 3], [2.0, 2, 2, 2, 2]
    figure = figures.bland_altman_figure(a, b, st.limits_of_agreement(a, b))
    sizes = {d.words: d.size for d in figure.marks if isinstance(d, figures.Dot)}

    assert sizes["1.5: -1, 3 cases"] > sizes["2: 0"]


def test_a_reader_outside_the_funnel_is_named_and_has_another_shape(rng):
    figure = every_figure(rng)["funnel"]
    shapes = {d.words: d.shape for d in figure.marks if isinstance(d, figures.Dot)}

    assert "Outside the outer limits: ana, ben" in figure.description
    assert set(shapes.values()) == {"diamond"}
    same = figures.funnel_figure(["a", "b"], [10, 10], [100, 100], of="queries")
    assert "None lies outside" in same.description


def test_a_rate_of_nothing_is_drawn_without_limits():
    figure = figures.funnel_figure(["a", "b"], [0, 0], [10, 12], of="queries")

    assert not [m for m in figure.marks if isinstance(m, figures.Path)]


def test_a_chart_says_how_often_it_flags_readers_who_are_as_planned(rng):
    assert "flags one of them in" in every_figure(rng)["cusum"].description


def test_what_is_written_on_a_figure_cannot_become_markup():
    figure = figures.agreement_figure(
        np.array([[np.nan, 0.5], [0.5, np.nan]]),
        ["<b>x</b>", '"&'],
        statistic="<script>",
    )
    drawn = figures.as_svg(figure)

    assert "<script>" not in drawn
    assert "<b>" not in drawn
    ElementTree.fromstring(drawn)  # noqa: S314  # our own


def test_a_cell_that_a_spreadsheet_would_run_is_made_text():
    table = figures.Table(
        caption="x", columns=("a", "b"), rows=(("=1+1", -2.5), (None, math.nan))
    )

    assert table.as_csv() == "a,b\n'=1+1,-2.5\n,\n"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda r: figures.bland_altman_figure([1, 2], [1, 2], limits(r)[2]),
            "3 pairs",
        ),
        (
            lambda r: figures.bland_altman_figure(
                [-1, 2, 3], [1, 2, 3], limits(r, log=True)[2]
            ),
            "above 0",
        ),
        (
            lambda r: figures.agreement_figure(np.eye(3), ["a", "b"], statistic="k"),
            "readers by readers",
        ),
        (
            lambda r: figures.cross_table_figure(
                np.eye(3), ["a", "b"], names=("x", "y")
            ),
            "categories by categories",
        ),
        (lambda r: figures.funnel_figure(["a"], [5], [3], of="x"), "between 0 and"),
        (lambda r: figures.funnel_figure([], [], [], of="x"), "between 0 and"),
        (lambda r: figures.forest_figure([], title="x", of="x"), "no estimate"),
        (
            lambda r: figures.control_figure(
                [], centre=0, lower=None, upper=[], signals=(), of="x", title="x"
            ),
            "needs values",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(rng, ask, words):
    with pytest.raises(InvalidInput, match=words):
        ask(rng)


def test_no_curve_without_both_truths(rng):
    drawn = study(rng)
    x = drawn.ratings.copy()
    x[:, :, drawn.truth == 1] = np.nan
    whole = st.ReadStudy(
        treatments=drawn.treatments,
        readers=drawn.readers,
        cases=drawn.cases,
        truth=drawn.truth,
        ratings=x,
    )

    with pytest.raises(InvalidInput, match="no curve"):
        figures.roc_figure(whole)
