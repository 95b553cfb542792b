"""Control charts find what changes, and say how often they cry wolf."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from provident.statistics import charts


title = "Control charts of readers and scanners"


def test_a_cusum_of_overruled_reads_rises_with_each_and_falls_between():
    chart = charts.BernoulliCusum(in_control=0.18, out_of_control=0.36, limit=2)
    path = chart.follow([1, 0, 0, 1, 1, 0])

    step = 5 / 19  # between 18 % and 36 %
    assert float(chart.step) == pytest.approx(step)
    assert path.values == pytest.approx(
        [1 - step, 1 - 2 * step, 1 - 3 * step, 2 - 4 * step, 3 - 5 * step, 3 - 6 * step]
    )
    assert path.signals == ()
    assert chart.follow([1, 1, 1]).signals == (2,)


def test_the_cusum_starts_again_after_a_signal():
    chart = charts.BernoulliCusum(in_control=0.1, out_of_control=0.3, limit=1.5)

    assert chart.follow([1] * 6).signals == (1, 3, 5)


def test_the_chance_of_a_signal_is_exact():
    chart = charts.BernoulliCusum(in_control=0.2, out_of_control=0.4, limit=1.6)
    chance = sum(
        math.prod(0.3 if event else 0.7 for event in events)
        for events in itertools.product((0, 1), repeat=9)
        if chart.follow(events).signals
    )

    assert chart.signal_probability(0.3, 9) == pytest.approx(chance)


def test_the_run_length_is_the_sum_of_the_chances_of_no_signal():
    chart = charts.BernoulliCusum(in_control=0.2, out_of_control=0.4, limit=1.2)
    summed = sum(1 - chart.signal_probability(0.4, n) for n in range(120))

    assert chart.run_length(0.4) == pytest.approx(summed, rel=1e-6)
    assert chart.run_length(0.4) < chart.run_length(0.2) / 2


@pytest.mark.parametrize(
    ("readers", "reads", "rate"), [(4, 150, 0.18), (2, 60, 0.05), (8, 300, 0.3)]
)
def test_a_designed_cusum_flags_equal_readers_as_seldom_as_asked(readers, reads, rate):
    chart = charts.design_bernoulli_cusum(
        in_control=rate, out_of_control=2 * rate, readers=readers, reads=reads
    )
    found = chart.false_alarms(readers=readers, reads=reads)

    assert 0.02 < found.any_reader <= 0.05
    assert found.any_reader == pytest.approx(1 - (1 - found.per_reader) ** readers)
    assert f"With {readers} readers" in found.words
    assert found.as_json()["words"] == found.words


@pytest.mark.parametrize(
    ("limit", "shift", "published"),
    [(4, 0, 168), (5, 0, 465), (4, 1, 8.38), (5, 1, 10.4)],
)
def test_run_lengths_of_the_tabular_cusum_are_montgomerys(limit, shift, published):
    chart = charts.TabularCusum(target=0, slack=0.5, limit=limit)

    assert chart.run_length(sd=1, shift=shift) == pytest.approx(published, rel=0.01)


def test_a_tabular_cusum_finds_a_shift_either_way_and_says_its_false_alarms():
    chart = charts.TabularCusum(target=10, slack=1, limit=8)

    assert chart.follow([10] * 5 + [14] * 4).signals == (7, 8)
    assert chart.follow([10] * 5 + [6] * 4).signals == (7, 8)
    found = chart.false_alarms(sd=2, readers=3, reads=100)
    rng = np.random.default_rng(4)
    flagged = [
        bool(chart.follow(rng.normal(10, 2, size=100)).signals) for _ in range(600)
    ]
    assert found.per_reader == pytest.approx(np.mean(flagged), abs=0.05)


@pytest.mark.parametrize(
    ("weight", "width"), [(0.1, 2.814), (0.2, 2.962), (0.25, 2.998), (0.4, 3.054)]
)
def test_run_lengths_of_the_ewma_are_lucas_and_saccuccis(weight, width):
    chart = charts.Ewma(target=5, sd=2, weight=weight, width=width, steady=True)

    assert chart.run_length() == pytest.approx(500, rel=0.002)


def test_the_ewma_limits_widen_and_its_chance_is_that_of_simulation():
    chart = charts.Ewma(target=0, sd=1, weight=0.2, width=2.5)
    path = chart.follow([0.0, 0.0, 0.0])

    assert path.upper[0] == pytest.approx(0.5)
    assert path.upper[0] < path.upper[1] < path.upper[2]
    rng = np.random.default_rng(5)
    flagged = [bool(chart.follow(row).signals) for row in rng.normal(size=(2000, 30))]
    assert chart.signal_probability(30) == pytest.approx(np.mean(flagged), abs=0.03)
    assert chart.run_length(shift=1) < chart.run_length() / 5
    found = chart.false_alarms(readers=6, reads=30)
    assert found.any_reader > found.per_reader


def test_the_ewma_run_length_is_the_sum_of_survivals_while_limits_widen():
    chart = charts.Ewma(target=0, sd=1, weight=0.3, width=1.5)
    summed = 1 + sum(1 - chart.signal_probability(n) for n in range(1, 90))

    assert chart.run_length() == pytest.approx(summed, rel=1e-3)


def test_a_shewhart_chart_flags_one_point_in_370():
    chart = charts.Shewhart(target=10, sd=2)
    found = chart.false_alarms(readers=1, reads=1)

    assert chart.limits == (4, 16)
    assert chart.signals([10, 16.5, 15, 3]) == (1, 3)
    assert found.run_length == pytest.approx(370.4, abs=0.1)
    assert found.any_reader == pytest.approx(0.0027, abs=1e-5)


def test_a_p_chart_has_limits_for_each_size_and_exact_false_alarms():
    chart = charts.p_chart([2, 30, 4], [20, 100, 25], rate=0.1)

    assert chart.signals == (1,)
    assert chart.upper[0] > chart.upper[1]
    assert chart.lower == (0, pytest.approx(0.01), 0)
    rng = np.random.default_rng(6)
    flagged = np.mean(
        [
            bool(
                charts.p_chart(
                    rng.binomial([20, 100, 25], 0.1), [20, 100, 25], rate=0.1
                ).signals
            )
            for _ in range(2000)
        ]
    )
    assert chart.false_alarms().per_reader == pytest.approx(flagged, abs=0.01)
    assert chart.false_alarms(readers=5).any_reader > chart.false_alarms().per_reader


def test_the_mean_plus_sd_rule_flags_equal_readers_in_most_trials():
    rates = [
        charts.mean_plus_sd_false_alarm(
            readers=n, reads=100, rate=0.2, rng=np.random.default_rng(1)
        )
        for n in (3, 10)
    ]

    assert rates == pytest.approx([0.47, 0.98], abs=0.02)


def test_funnel_limits_close_in_as_readers_read_more():
    low, high = charts.funnel_limits(0.2, [10, 50, 500], level=0.95)

    assert list(high) == sorted(high, reverse=True)
    assert list(low) == sorted(low)
    assert (low[2], high[2]) == pytest.approx((0.166, 0.236), abs=0.003)
