"""The parts that the specifications do not reach one by one."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from provident.kernel import InvalidInput
from provident.statistics import intervals
from provident.statistics.ratings import column, is_blank, numbers, ratings
from provident.statistics.resampling import Bootstrap, percentile_interval
from provident.statistics.sample_size import _noncentrality
from provident.statistics.values import Estimate, plain
from provident.statistics.weights import weight_matrix


def test_quantiles_are_scipys():
    assert intervals.z_quantile(0.9) == pytest.approx(stats.norm.ppf(0.95))
    assert intervals.t_quantile(7.5, 0.95) == pytest.approx(stats.t.ppf(0.975, 7.5))
    assert intervals.t_quantile(math.inf, 0.95) == intervals.z_quantile(0.95)
    assert intervals.f_quantile(3, 9.5, 0.9) == pytest.approx(stats.f.ppf(0.9, 3, 9.5))
    assert intervals.chi2_quantile(5, 0.1) == pytest.approx(stats.chi2.ppf(0.1, 5))
    assert intervals.f_p_value(3.1, 2, 9) == pytest.approx(stats.f.sf(3.1, 2, 9))
    assert intervals.f_p_value(3.1, 2, math.inf) == pytest.approx(stats.chi2.sf(6.2, 2))
    assert intervals.t_p_value(-2.0, 4) == pytest.approx(2 * stats.t.sf(2, 4))
    assert intervals.t_p_value(2.0, math.inf) == intervals.z_p_value(2.0)


def test_an_interval_without_degrees_of_freedom_is_none():
    assert all(math.isnan(end) for end in intervals.t_interval(1.0, 0.1, 0, 0.95))


def test_the_logit_interval_of_a_share_of_one_is_walds():
    assert intervals.logit_interval(1.0, 0.1, 0.95) == intervals.normal_interval(
        1.0, 0.1, 0.95
    )


def test_the_noncentrality_gives_the_power():
    ncp = _noncentrality(0.8, 0.05)

    assert stats.ncx2.sf(stats.chi2.ppf(0.95, 1), 1, ncp) == pytest.approx(0.8)


@pytest.mark.parametrize("value", [None, "", math.nan])
def test_blanks(value):
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, "0", 0.0, "none", False])
def test_what_is_no_blank(value):
    assert not is_blank(value)


def test_words_and_numbers_are_read_with_their_blanks():
    found = ratings([["b", "a"], [None, "a"], ["", None]])

    assert found.categories == ("a", "b")
    assert found.codes.tolist() == [[1, 0], [-1, 0]]
    assert not found.ordered
    assert ratings([[1.0, 2.0], [math.nan, 2.0]]).categories == (1, 2)


def test_numbers_in_words_are_numbers():
    assert numbers([["1.5", 2], [None, "3"]]).tolist()[0] == [1.5, 2]
    assert column([], "nothing").tolist() == []


def test_what_json_does_not_know_becomes_null():
    value = {"a": np.float64("nan"), "b": (np.int64(3), math.inf), 1: np.arange(2)}

    assert plain(value) == {"a": None, "b": [3, None], "1": [0, 1]}
    nested = Estimate(
        statistic="x",
        method="y",
        estimate=1.0,
        se=math.nan,
        ci=(0.0, math.inf),
        level=0.95,
        n=3,
    )
    assert plain([nested])[0]["ci"] == [0.0, None]


def test_bootstrap_counts_add_up_and_are_uniform():
    counts = Bootstrap(rng=np.random.default_rng(3), samples=4000).counts(10)

    assert (counts.sum(axis=1) == 10).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(10), abs=0.06)
    assert counts.var() == pytest.approx(0.9, abs=0.02)


def test_replicates_without_an_answer_are_left_out():
    values = np.array([1.0, 2.0, math.nan, 3.0])

    assert percentile_interval(values, 0.5) == pytest.approx((1.5, 2.5))


@pytest.mark.parametrize(
    "kind", ["linear", "quadratic", "ordinal", "radical", "ratio", "unweighted"]
)
def test_named_weights_are_weights_of_agreement(kind):
    w = weight_matrix(kind, [1, 2, 4])

    assert np.diag(w).tolist() == [1, 1, 1]
    assert w[0, 2] == pytest.approx(0)
    assert np.array_equal(w, w.T)
    assert np.array_equal(weight_matrix(w, [1, 2, 4]), w)


@pytest.mark.parametrize(
    ("kind", "first_row"),
    [
        ("circular", [1, 0.618034, 0, 0, 0.618034]),
        ("bipolar", [1, 0.857143, 0.666667, 0.4, 0]),
    ],
)
def test_circular_and_bipolar_weights_are_those_of_irrcac(kind, first_row):
    found = weight_matrix(kind, [1, 2, 3, 4, 5])

    assert found[0].tolist() == pytest.approx(first_row, abs=1e-6)
    assert np.array_equal(found, found.T)


def test_a_level_in_percent_is_refused():
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        intervals.z_quantile(95)


def test_the_library_needs_numpy_and_scipy_only():
    code = (
        "import sys, provident.statistics; "
        "heavy = {'pandas', 'django', 'pydantic', 'pydicom', 'scipy.stats', 'typer'}; "
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
