"""What each rule costs: its false alarms among equal readers, and how soon it finds a change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident.reading.drift import WatchedRead, watch
from provident.reading.drift_rules import (
    Change,
    Crowd,
    Kind,
    Of,
    Rule,
    average,
    cusum,
    shares,
)


def rule(of, kind, **more):
    detect = Change.of("1 sd" if kind is Kind.EWMA else "doubling")
    return Rule(of=of, kind=kind, detect=detect, **more)


AGAINST = rule(Of.ADJUDICATED_AGAINST, Kind.CUSUM, in_control=0.18)
BIAS, SPEED = rule(Of.BIAS, Kind.EWMA), rule(Of.MINUTES, Kind.EWMA)
SHARE = rule(Of.NOT_EVALUABLE, Kind.P, in_control=0.1)
CROWDS = [Crowd(readers=n, reads=r) for n, r in ((2, 72), (3, 100), (5, 200))]


def set_for(one, crowd):
    if one.kind is Kind.EWMA:
        return average(one, crowd, seed=1)
    if one.kind is Kind.P:
        return shares(one, one.in_control, crowd, seed=1)
    return cusum(one, one.in_control, crowd, seed=1)[1]


@pytest.mark.parametrize("crowd", CROWDS, ids=str)
@pytest.mark.parametrize("one", [AGAINST, BIAS, SPEED, SHARE], ids=lambda r: r.of.value)
def test_a_limit_that_the_plan_leaves_open_flags_equal_readers_seldom(one, crowd):
    assert set_for(one, crowd).false_alarms.any_reader <= 0.0505


@pytest.mark.parametrize("one", [AGAINST, BIAS, SPEED], ids=lambda r: r.of.value)
def test_a_limit_of_the_plan_stands_and_its_false_alarms_are_told(one):
    from dataclasses import replace

    given = replace(one, limit=2.8)
    found = set_for(given, CROWDS[0])

    assert found.limit == 2.8
    assert found.false_alarms.any_reader > 0.15


@pytest.mark.parametrize("of", [Of.BIAS, Of.MINUTES])
def test_the_simulated_share_is_that_of_the_charts_themselves(of):
    """Equal readers, charted as a study charts them, are flagged about as often as the rule says."""
    rng, flagged, trials = np.random.default_rng(11), 0, 150
    one, crowd = rule(of, Kind.EWMA, limit=3.0), Crowd(readers=2, reads=50)
    for _ in range(trials):
        values = rng.normal(0, 1, (2, 50)) + (0 if of is Of.MINUTES else rng.normal(10, 3, 50))  # fmt: skip
        told = [
            WatchedRead(reader=str(r), case=str(c), score=float(values[r, c]), minutes=math.exp(values[r, c]))
            for r in range(2) for c in range(50)
        ]  # fmt: skip
        flagged += bool(watch(one, told, crowd, seed=1).flagged)

    said = average(one, crowd, seed=1).false_alarms.any_reader
    assert flagged / trials == pytest.approx(said, abs=4 * math.sqrt(said * (1 - said) / trials))  # fmt: skip


def test_the_false_alarms_of_adjudications_are_exact():
    chart, told = cusum(AGAINST, 0.18, CROWDS[0], seed=1)
    rng = np.random.default_rng(7)
    runs = [bool(chart.follow((rng.random(72) < 0.18).astype(int)).signals) for _ in range(4000)]  # fmt: skip

    assert np.mean(runs) == pytest.approx(told.false_alarms.per_reader, abs=0.012)


@pytest.mark.parametrize(("readers", "low", "high"), [(3, 0.43, 0.52), (5, 0.75, 0.85), (12, 0.95, 1.0)])  # fmt: skip
def test_the_published_rule_flags_somebody_nearly_always(readers, low, high):
    told = cusum(AGAINST, 0.18, Crowd(readers=readers, reads=200), seed=1)[1]

    assert low <= told.plain_rule <= high
    assert "mean + 1 SD" in told.plain_words


def test_the_published_rule_says_nothing_of_one_reader_and_cannot_flag_one_of_two():
    one, two = (cusum(AGAINST, 0.18, Crowd(readers=n, reads=100), seed=1)[1] for n in (1, 2))  # fmt: skip

    assert (one.plain_rule, one.plain_words) == (None, "")
    assert two.plain_rule == 0
    assert "never flag" in two.plain_words


def test_the_delay_is_the_reads_until_half_are_found():
    chart, told = cusum(AGAINST, 0.18, CROWDS[0], seed=1)
    rate = AGAINST.detect.from_rate(0.18)

    assert chart.signal_probability(rate, int(told.delay)) >= 0.5
    assert chart.signal_probability(rate, int(told.delay) - 1) < 0.5


def test_averages_find_a_shift_sooner_than_shares_find_a_rise():
    assert average(BIAS, CROWDS[0], seed=1).delay < 20
    assert shares(SHARE, 0.1, CROWDS[0], seed=1).delay > 100


def test_what_a_chart_never_finds_is_said():
    never = rule(Of.NOT_EVALUABLE, Kind.P, in_control=0.1, limit=39.0)
    told = shares(never, 0.1, CROWDS[0], seed=1)

    assert told.delay == math.inf
    assert "hardly ever" in told.words


def test_the_same_seed_gives_the_same_limit_and_another_nearly_the_same():
    one, again, other = (average(BIAS, CROWDS[1], seed=s).limit for s in (1, 1, 2))

    assert one == again
    assert one == pytest.approx(other, rel=0.03)


def test_the_words_name_readers_reads_share_and_change():
    words = average(BIAS, CROWDS[0], seed=1).words

    assert "With 2 readers" in words
    assert "72 reads each (simulated)" in words
    assert "a shift of 1 SD" in words
