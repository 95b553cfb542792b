"""Hidden repeats: by share, washout and stratum, closed in time, and placed where nobody can tell them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident.plan.models.reading_parts import Repeats
from provident.plan.quantities import quantity
from provident.reading.lots import lot
from provident.reading.repeats import (
    UNTOUCHED,
    FirstRead,
    RepeatRule,
    Waiting,
    due,
    place,
    rule_of,
    tertiles,
)
from provident.reading.spans import after, before


START = date(2026, 1, 5)
RULE = RepeatRule(share=0.1, washout=quantity("28 d"))


def reads(number, every=1, strata=("",)):
    return [
        FirstRead(case=str(i), on=START + timedelta(days=i * every), stratum=(strata[i % len(strata)],))
        for i in range(number)
    ]  # fmt: skip


def drawn(rule, rows, repeated=(), days=400, seed=1):
    return due(rule, rows, repeated, START + timedelta(days=days), seed=seed, reader="ana")  # fmt: skip


@pytest.mark.parametrize(
    ("signed", "share", "repeats"),
    [(0, 0.1, 0), (4, 0.1, 0), (5, 0.1, 1), (40, 0.1, 4), (40, 0.05, 2), (10, 1, 10)],
)
def test_the_share_of_what_was_read(signed, share, repeats):
    rule = RepeatRule(share=share, washout=quantity("28 d"))

    assert len(drawn(rule, reads(signed))) == repeats


def test_what_was_drawn_counts_and_is_not_drawn_again():
    first = {r.case for r in drawn(RULE, reads(40))}

    assert drawn(RULE, reads(40), first) == []
    assert not first & {r.case for r in drawn(RULE, reads(60), first)}


@pytest.mark.parametrize(("days", "repeats"), [(27, 0), (28, 1)])
def test_no_repeat_before_its_washout(days, repeats):
    rows = [FirstRead(case=str(i), on=START) for i in range(10)]

    assert len(drawn(RULE, rows, days=days)) == repeats


@pytest.mark.parametrize(("day", "repeats"), [(100, 4), (101, 0)])
def test_after_the_closing_day_nothing_is_drawn(day, repeats):
    rule = RepeatRule(share=0.1, washout=quantity("28 d"), closes=START + timedelta(days=100))  # fmt: skip

    assert len(drawn(rule, reads(40), days=day)) == repeats


def test_each_stratum_gets_its_share():
    rows = reads(60, strata=("low", "middle", "high"))
    found = drawn(RULE, rows)

    assert sorted(r.stratum for r in found) == [("high",)] * 2 + [("low",)] * 2 + [("middle",)] * 2  # fmt: skip


def test_the_same_seed_draws_the_same():
    assert drawn(RULE, reads(40)) == drawn(RULE, reads(40))
    assert drawn(RULE, reads(40)) != drawn(RULE, reads(40), seed=2)


def test_the_plan_closes_by_its_milestone():
    told = Repeats.model_validate({"share": "10 %", "washout": "28 d", "last_draw": "84 d before data_lock"})  # fmt: skip

    assert rule_of(told, {"data_lock": date(2027, 3, 26)}).closes == date(2027, 1, 1)
    assert rule_of(told, {}).closes is None


def test_thirds_of_a_readers_values():
    assert tertiles({"a": 5, "b": 1, "c": 9, "d": None}) == {"a": "middle", "b": "low", "c": "high", "d": "none"}  # fmt: skip


def waiting(*rows):
    return [Waiting(key=str(i), block=block, participant=who) for i, (block, who) in enumerate(rows)]  # fmt: skip


def where(rows, block=1, gap=0, who="P", seeds=200):
    return {place(rows, who, block=block, gap=gap, seed=s, purpose=("d",)) for s in range(seeds)}  # fmt: skip


class TestPlace:
    def test_in_a_later_block_anywhere(self):
        rows = waiting((1, "a"), (1, "b"), (2, "c"), (2, "d"), (3, "e"))

        assert where(rows) == {2, 3, 4, 5}

    def test_never_among_what_the_room_has_fetched_ahead(self):
        rows = waiting((2, "a"), (2, "b"), (2, "c"))

        assert min(where(rows)) == UNTOUCHED

    def test_at_the_end_where_no_block_follows(self):
        assert where(waiting((1, "a"), (1, "b"), (1, "c"))) == {3}
        assert where([]) == {0}

    def test_away_from_cases_of_its_participant(self):
        rows = waiting((2, "a"), (2, "b"), (2, "P"), (2, "c"), (2, "d"), (2, "e"))

        assert where(rows, gap=2) == {5, 6}

    def test_as_far_as_it_goes_where_no_place_is_far_enough(self):
        assert where(waiting((2, "a"), (2, "b"), (2, "P"), (2, "c")), gap=9) == {4}


@pytest.mark.parametrize(
    ("day", "span", "later", "earlier"),
    [
        (date(2026, 1, 31), "1 month", date(2026, 2, 28), date(2025, 12, 31)),
        (date(2024, 2, 29), "3 years", date(2027, 2, 28), date(2021, 2, 28)),
        (date(2026, 1, 5), "12 weeks", date(2026, 3, 30), date(2025, 10, 13)),
        (date(2026, 1, 5), "5 working days", date(2026, 1, 12), date(2025, 12, 29)),
    ],
)
def test_durations_on_the_calendar(day, span, later, earlier):
    assert after(day, quantity(span)) == later
    assert before(day, quantity(span)) == earlier


def one_trial(
    closes_before, seed, *, washout=56, cases=230, weeks=60, at_signing=False
):
    """One reader at work up to the lock: whether every drawn repeat was read by then, and the share reached.

    Cases become ready evenly until two weeks before the lock. The reader has time for four or five a week, which is
    just enough, so that a repeat at the end of the list waits for weeks.
    `at_signing` is the rule that is not used here: a tenth of the reads is drawn as they are signed, to be read once
    their washout is over.
    """
    rule = RepeatRule(share=0.1, washout=quantity(f"{washout} d"), closes=START + timedelta(days=7 * weeks - closes_before))  # fmt: skip
    queue, signed, repeated, done, ready = [], {}, set(), 0, 0
    for week in range(weeks):
        today = START + timedelta(days=7 * week)
        arrived = min(cases, round(cases * week / (weeks - 2)))
        queue += [("first", f"{seed}:{i}", i // 20) for i in range(ready, arrived)]
        ready = arrived
        rows = [FirstRead(case=c, on=on) for c, on in signed.items()]
        if at_signing and today <= rule.closes:
            new = [r for r in rows if r.on == today - timedelta(days=7) and lot(seed, r.case) % 10 == 0]  # fmt: skip
        else:
            new = due(rule, rows, repeated, today, seed=seed, reader="ana")
        for read in new:
            list_ = [Waiting(key=c, block=b, participant=c) for _, c, b in queue]
            at = place(list_, read.case, block=0, gap=5, seed=seed, purpose=(read.case,))  # fmt: skip
            block = list_[at].block if at < len(list_) else 99
            queue.insert(at, ("repeat", read.case, block))
            repeated.add(read.case)
        for _ in range(4 + lot(seed, str(week)) % 2):
            possible = [q for q in queue if q[0] == "first" or today >= signed[q[1]] + timedelta(days=washout)]  # fmt: skip
            if not possible:
                break
            queue.remove(possible[0])
            kind, case, _ = possible[0]
            if kind == "first":
                signed[case] = today
            else:
                done += 1
    return done == len(repeated), done / cases


def chance(closes_before, runs=40, **how):
    """The chance that all drawn repeats are read by the lock, and the mean share of cases that are."""
    found = [one_trial(closes_before, seed, **how) for seed in range(runs)]
    return sum(d for d, _ in found) / runs, sum(s for _, s in found) / runs


def test_closed_twelve_weeks_before_the_lock_all_are_read_by_then():
    """Washout of 8 weeks: drawn as reads are signed and never closed, hardly any trial has all its repeats at the lock."""
    naive, _ = chance(0, runs=15, at_signing=True)
    closed, share = chance(84, runs=15)

    assert naive <= 0.2
    assert closed >= 0.9
    assert share >= 0.06
