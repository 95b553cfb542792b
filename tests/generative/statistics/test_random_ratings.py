"""Random ratings: what must hold of every agreement statistic, whatever the numbers are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from provident import statistics as stat
from provident.kernel import InvalidInput
from provident.statistics import charts


CATEGORIES = (1, 2, 3, 4)
MEASURES = [
    stat.fleiss_kappa,
    stat.conger_kappa,
    stat.gwet_ac,
    stat.brennan_prediger,
    stat.light_kappa,
    stat.krippendorff,
]

tables = hnp.arrays(
    np.float64,
    st.tuples(st.integers(4, 15), st.integers(2, 4)),
    elements=st.sampled_from([*map(float, CATEGORIES), math.nan]),
)
measurements = hnp.arrays(
    np.float64,
    st.tuples(st.integers(4, 12), st.integers(2, 4)),
    elements=st.floats(-50, 50).map(lambda x: round(x, 2)),
)


def answered(measure, *args, **how):
    """The answer, or nothing where the statistic says in words that there is none."""
    try:
        return measure(*args, **how)
    except InvalidInput:
        return None


@settings(max_examples=60, deadline=None)
@given(table=tables, measure=st.sampled_from(MEASURES), data=st.data())
def test_the_order_of_cases_and_readers_does_not_matter(table, measure, data):
    rows = data.draw(st.permutations(range(table.shape[0])))
    columns = data.draw(st.permutations(range(table.shape[1])))
    found = answered(measure, table, categories=CATEGORIES)
    turned = answered(measure, table[rows][:, columns], categories=CATEGORIES)

    assert (found is None) == (turned is None)
    if found is not None:
        assert turned.estimate == pytest.approx(found.estimate)
        assert turned.se == pytest.approx(found.se, abs=1e-9, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(table=tables, measure=st.sampled_from(MEASURES), data=st.data())
def test_unweighted_coefficients_do_not_depend_on_names(table, measure, data):
    names = data.draw(st.permutations(CATEGORIES))
    renamed = [
        [None if math.isnan(x) else names[int(x) - 1] for x in row] for row in table
    ]
    found = answered(measure, table, categories=CATEGORIES)
    other = answered(measure, renamed, categories=CATEGORIES)

    assert (found is None) == (other is None)
    if found is not None:
        assert other.estimate == pytest.approx(found.estimate)


@settings(max_examples=60, deadline=None)
@given(
    table=tables,
    measure=st.sampled_from(MEASURES),
    weights=st.sampled_from(
        [
            "unweighted",
            "linear",
            "quadratic",
            "ordinal",
            "radical",
            "ratio",
            "circular",
            "bipolar",
        ]
    ),
)
def test_an_answer_is_at_most_one_and_its_error_not_negative(table, measure, weights):
    found = answered(measure, table, categories=CATEGORIES, weights=weights)

    if found is not None:
        assert found.estimate <= 1 + 1e-12
        # Leaving one case out may leave nothing to compare: then there is no error.
        assert found.se >= 0 or math.isnan(found.se)
        assert math.isnan(found.se) or found.ci[0] <= found.estimate <= found.ci[1]
        assert found.as_json()["estimate"] is not None


@settings(max_examples=60, deadline=None)
@given(table=measurements, shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_the_icc_does_not_depend_on_unit_or_origin(table, shift, scale):
    assume(np.ptp(table) > 0.1)
    found = stat.icc_forms(table)
    other = stat.icc_forms(table * scale + shift)
    for form, one in found.items():
        assume(math.isfinite(one.estimate) and abs(one.estimate) < 50)
        assert other[form].estimate == pytest.approx(one.estimate, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_reml_is_the_analysis_of_variance_where_no_cell_is_missing(seed):
    from provident.statistics.reml import crossed

    rng = np.random.default_rng(seed)
    table = rng.normal(size=(20, 1)) * 2 + rng.normal(size=(1, 4)) * 1.5
    table = table + rng.normal(size=(20, 4))
    squares = stat.icc(table).details
    expected = [
        (squares["ms_cases"] - squares["ms_error"]) / 4,
        (squares["ms_readers"] - squares["ms_error"]) / 20,
        squares["ms_error"],
    ]
    assume(min(expected) > 0.01)
    found = crossed(table)

    assert [found.cases, found.readers, found.error] == pytest.approx(
        expected, rel=1e-4
    )


@settings(max_examples=80, deadline=None)
@given(
    events=st.lists(st.integers(0, 1), max_size=60),
    low=st.floats(0.02, 0.4),
    times=st.floats(1.2, 2.4),
    limit=st.floats(0.5, 6),
)
def test_a_cusum_is_never_below_zero_and_signals_only_at_its_limit(
    events, low, times, limit
):
    chart = charts.BernoulliCusum(
        in_control=low, out_of_control=low * times, limit=limit
    )
    path = chart.follow(events)

    assert all(value >= 0 for value in path.values)
    assert set(path.signals) == {
        i for i, value in enumerate(path.values) if value >= limit - 1e-9
    }
    assert low < float(chart.step) < low * times
