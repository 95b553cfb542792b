"""Readers under watch: what is charted, when a chart signals, and when it says that there is too little."""

from __future__ import annotations

import math

import numpy as np
import pytest

from provident.kernel import InvalidInput
from provident.reading.drift import (
    Line,
    LineState,
    WatchedRead,
    adjudicated_against,
    watch,
)
from provident.reading.drift_rules import Change, Crowd, Kind, Of, Rule


CROWD = Crowd(readers=2, reads=60)


def cusum(**more):
    return Rule(of=Of.ADJUDICATED_AGAINST, kind=Kind.CUSUM, in_control=0.18, **more)


def ewma(of=Of.BIAS, **more):
    return Rule(of=of, kind=Kind.EWMA, detect=Change.of("1 sd"), **more)


def shares(of=Of.NOT_EVALUABLE, **more):
    return Rule(of=of, kind=Kind.P, **more)


def states(board):
    return {line.reader: line.state.value for line in board.lines}


def reads(**by_reader):
    """Reads of the cases 0, 1, ... by reader, each given as the fields that matter."""
    return [
        WatchedRead(reader=reader, case=str(n), **told)
        for reader, many in by_reader.items()
        for n, told in enumerate(many)
    ]


def scores(*values):
    return [{"score": v} for v in values]


@pytest.mark.parametrize(
    ("value", "other", "final", "mine", "others", "against"),
    [
        (2, 8, 3, True, False, False),  # this read was one of the two nearest
        (8, 2, 3, False, True, True),
        (2, 8, 3, False, False, False),  # the adjudicator's value stands: the nearer one won
        (8, 2, 3, False, False, True),
        (2, 4, 3, False, False, None),  # equally far: nobody lost
        ("PD", "SD", "PD", False, False, False),
        ("SD", "PD", "PD", False, False, True),
        ("not evaluable", 3, "not evaluable", False, False, False),
        (3, "not evaluable", "not evaluable", False, False, True),
    ],
)  # fmt: skip
def test_against_whom_an_adjudication_went(value, other, final, mine, others, against):
    assert adjudicated_against(value, other, final, mine=mine, others=others) is against  # fmt: skip


def test_a_reader_who_is_adjudicated_against_signals_and_the_other_does_not():
    lost = [{"against": n % 2 == 0} for n in range(40)]
    won = [{"against": n % 8 == 0} for n in range(40)]

    board = watch(cusum(), reads(ana=won, ben=lost), CROWD, seed=1)

    assert states(board) == {"ana": "quiet", "ben": "signal"}
    assert board.flagged == ("ben",)
    assert board.lines[1].at > board.operating.limit


def test_undecided_cases_are_not_charted():
    told = [{"against": None}] * 10 + [{"against": False}] * 12

    board = watch(cusum(), reads(ana=told), CROWD, seed=1)

    assert board.lines[0].reads == 12


def test_a_chart_that_could_not_signal_yet_says_too_few():
    board = watch(cusum(), reads(ana=[{"against": True}] * 3), CROWD, seed=1)

    assert states(board) == {"ana": "too_few"}
    assert board.lines[0].needed > 3


def test_bias_is_measured_on_the_same_case_against_the_others():
    rng = np.random.default_rng(3)
    true = rng.normal(10, 4, 40)
    ana, ben, cleo = (true + rng.normal(0, 1, 40) for _ in range(3))
    ben[20:] += 3

    board = watch(ewma(), reads(ana=scores(*ana), ben=scores(*ben), cleo=scores(*cleo)), Crowd(readers=3, reads=40), seed=1)  # fmt: skip

    assert "ben" in board.flagged
    assert board.lines[1].first == 21  # after the baseline of 20
    assert board.lines[1].values[-1] > board.lines[1].upper[-1]


def test_cases_that_a_reader_or_all_others_could_not_evaluate_are_left_out():
    told = reads(ana=scores(1, None, 3, 4), ben=scores(2, 2, None, 5))

    board = watch(ewma(sd=1.0), told, CROWD, seed=1)

    assert [line.reads for line in board.lines] == [2, 2]


def test_two_readers_are_told_that_the_chart_does_not_say_which():
    told = reads(ana=scores(*range(8)), ben=scores(*range(8)))

    assert "not which of them moves" in watch(ewma(sd=1.0), told, CROWD, seed=1).remark
    assert watch(ewma(sd=1.0), told, Crowd(readers=3, reads=60), seed=1).remark == ""


def test_readers_who_always_agree_have_no_spread_to_chart():
    told = reads(ana=scores(*range(30)), ben=scores(*range(30)))

    assert set(states(watch(ewma(), told, CROWD, seed=1)).values()) == {"too_few"}


def test_speed_is_against_the_readers_own_first_reads():
    rng = np.random.default_rng(5)
    slow = rng.lognormal(math.log(20), 0.3, 50)
    fast = rng.lognormal(math.log(8), 0.3, 50)
    fast[22:] /= 4  # hurries from then on

    board = watch(
        ewma(Of.MINUTES), reads(ana=[{"minutes": m} for m in slow], ben=[{"minutes": m} for m in fast]), CROWD, seed=1
    )  # fmt: skip

    assert states(board) == {"ana": "quiet", "ben": "signal"}
    assert [math.exp(line.centre[0]) for line in board.lines] == [pytest.approx(20, rel=0.15), pytest.approx(8, rel=0.15)]  # fmt: skip


def test_reads_that_nobody_timed_are_left_out():
    told = reads(ana=[{"minutes": None}, {"minutes": 0.0}, *[{"minutes": 5.0}] * 3])

    assert watch(ewma(Of.MINUTES), told, CROWD, seed=1).lines[0].reads == 3


def test_shares_are_of_whole_batches_and_a_whole_batch_is_needed():
    told = reads(ana=[{"evaluable": n % 2 == 0} for n in range(30)], ben=[{}] * 24)

    board = watch(shares(in_control=0.1), told, CROWD, seed=1)

    assert states(board) == {"ana": "signal", "ben": "too_few"}
    assert (len(board.lines[0].values), board.lines[0].values[0]) == (1, 12 / 25)


@pytest.mark.parametrize("many", [10, 25])
def test_without_a_rate_in_control_it_comes_from_the_readers_or_the_chart_waits(many):
    told = reads(ana=[{"discordant": n % 5 == 0} for n in range(many)], ben=[{"discordant": n % 5 == 0} for n in range(many)])  # fmt: skip

    board = watch(shares(Of.DISCORDANT), told, CROWD, seed=1)

    assert (board.operating is None) == (many == 10)
    assert ("too few" in board.remark) == (many == 10)


def test_what_never_happens_has_no_rate_to_chart():
    board = watch(shares(), reads(ana=[{}] * 30), CROWD, seed=1)

    assert board.operating is None


def test_no_reads_are_no_lines():
    for rule in (cusum(), ewma(), ewma(Of.MINUTES), shares()):
        assert watch(rule, [], CROWD, seed=1).lines == ()


def test_a_chart_that_began_anew_forgets_what_lay_before():
    lost = [{"against": True}] * 20 + [{"against": False}] * 20

    board = watch(cusum(), reads(ben=lost), CROWD, seed=1, starts={"ben": 20})

    assert states(board) == {"ben": "quiet"}
    assert board.lines[0].reads == 20


def test_a_line_is_stored_and_read_back():
    line = watch(cusum(), reads(ben=[{"against": True}] * 20), CROWD, seed=1).lines[0]

    assert Line.from_json(line.as_json()) == line
    assert line.state is LineState.SIGNAL


@pytest.mark.parametrize(
    ("words", "rate"), [("doubling", 0.305), ("tripling", 0.397), ("40 %", 0.4)]
)
def test_a_doubling_is_one_of_the_odds(words, rate):
    assert Change.of(words).from_rate(0.18) == pytest.approx(rate, abs=0.001)


def test_a_shift_is_in_standard_deviations():
    assert Change.of("1.5 sd").shift == 1.5


@pytest.mark.parametrize("words", ["a lot", "", "sd", "-1 sd"])
def test_other_words_are_no_change(words):
    with pytest.raises(InvalidInput):
        Change.of(words)


@pytest.mark.parametrize(
    "wrong",
    [
        {"of": Of.BIAS, "kind": Kind.CUSUM},
        {"of": Of.NOT_EVALUABLE, "kind": Kind.EWMA},
        {"of": Of.BIAS, "kind": Kind.EWMA, "baseline": 1},
        {"of": Of.BIAS, "kind": Kind.EWMA, "false_alarm": 0.0},
    ],
)
def test_a_rule_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(InvalidInput):
        Rule(**wrong)


@pytest.mark.parametrize("wrong", [{"readers": 0, "reads": 5}, {"readers": 2, "reads": 0}])  # fmt: skip
def test_a_crowd_has_somebody_who_reads(wrong):
    with pytest.raises(InvalidInput):
        Crowd(**wrong)
