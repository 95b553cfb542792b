"""The order of reading: by lot, drawn once, the same again from its seed."""

from __future__ import annotations

from collections import Counter

import pytest

from provident.kernel import PlanError
from provident.reading import (
    Mode,
    OrderRule,
    Placed,
    draw_order,
    extend_order,
    labels_for,
    stages,
    unmet,
)
from tests.unit.reading.made import by_visit, case, design, single


title = "The order of reading"

CASES = [case(n, site="LSE"[n % 3]) for n in range(45)]


def test_every_reader_gets_every_case_once_in_an_order_of_their_own():
    order = draw_order(design(), CASES, ["R1", "R2"], seed=42)

    one, two = order.of("R1"), order.of("R2")
    assert [p.position for p in one] == list(range(1, 46))
    assert {p.case for p in one} == {p.case for p in two} == {c.id for c in CASES}
    assert [p.case for p in one] != [p.case for p in two]
    assert order.unmet == ()


def test_the_same_seed_gives_the_same_order_however_things_are_named():
    one = draw_order(design(), CASES, ["R1", "R2"], seed=42)
    two = draw_order(design(), CASES[::-1], ["R2", "R1"], seed=42)

    assert one == two
    assert one.placed != draw_order(design(), CASES, ["R1", "R2"], seed=43).placed


def test_the_order_is_the_one_that_was_drawn_when_this_test_was_written():
    """A stored seed must give the same order in every later version, on every machine."""
    order = draw_order(design(), CASES[:6], ["R1", "R2"], seed=2026)

    assert [p.case for p in order.of("R1")] == FROZEN_ORDER
    assert [visit for _, visit in order.of("R1")[0].labels] == FROZEN_LABELS


FROZEN_ORDER = ["case3", "case2", "case0", "case5", "case4", "case1"]
FROZEN_LABELS = ["week52", "week24", "baseline"]


def test_one_order_for_all_is_possible():
    rule = OrderRule(per_reader=False)
    order = draw_order(design(order=rule), CASES, ["R1", "R2"], seed=1)

    assert [p.case for p in order.of("R1")] == [p.case for p in order.of("R2")]


def test_each_stratum_is_spread_evenly_over_the_blocks():
    order = draw_order(design(), CASES, ["R1", "R2"], seed=5)

    blocks: dict[int, Counter[str]] = {}
    for placed in order.of("R1"):
        blocks.setdefault(placed.block, Counter())[dict(placed.strata)["site"]] += 1
    assert [sum(b.values()) for b in blocks.values()] == [15, 15, 15]
    assert all(b == {"L": 5, "S": 5, "E": 5} for b in blocks.values())


def test_which_block_is_the_smaller_one_is_drawn_too():
    sizes = set()
    for seed in range(20):
        own = draw_order(single(), CASES[:41], ["R1"], seed).of("R1")
        sizes.add(tuple(Counter(p.block for p in own).values()))

    assert sizes == {(14, 14, 13), (14, 13, 14), (13, 14, 14)}


def test_cases_of_one_participant_keep_their_distance():
    visits = ["baseline", "week24", "week52"]
    cases = [
        case_of(participant, visit) for participant in range(20) for visit in visits
    ]
    order = draw_order(by_visit(), cases, ["R1", "R2"], seed=3)

    assert order.unmet == ()
    for reader in ("R1", "R2"):
        last: dict[str, int] = {}
        for placed in order.of(reader):
            before = last.get(placed.participant)
            assert before is None or placed.position - before > 10
            last[placed.participant] = placed.position


def case_of(participant, visit):
    made = case(participant, visits=(visit,))
    return type(made)(
        id=f"{made.id}-{visit}",
        participant=made.participant,
        visits=(visit,),
        strata={},
    )


def test_what_cannot_be_met_is_said():
    cases = [case_of(1, "baseline"), case_of(1, "week24"), case_of(2, "baseline")]
    order = draw_order(by_visit(), cases, ["R1", "R2"], seed=3)

    gaps = [u for u in order.unmet if u.kind == "same_participant_gap"]
    assert {u.reader for u in gaps} == {"R1", "R2"}
    assert "between two of one participant, the plan asks for 10" in gaps[0].words


def test_a_stratum_that_is_not_spread_evenly_is_said():
    def placed(position, block, site):
        return Placed(
            case=f"c{position}",
            participant=f"p{position}",
            reader="R1",
            position=position,
            block=block,
            seat=1,
            labels=(("A", "baseline"),),
            strata=(("site", site),),
        )

    places = [placed(1, 1, "L"), placed(2, 1, "L"), placed(3, 2, "S")]

    assert [u.words for u in unmet(OrderRule(), [], places)] == [
        "block 1 has 2 cases of site L, another block 0"
    ]


def test_cases_that_become_readable_later_are_appended():
    first = draw_order(design(), CASES[:20], ["R1", "R2"], seed=42)
    later = extend_order(design(), first.placed, CASES[20:], ["R1", "R2"], seed=42)

    assert {p.case for p in later.placed} == {c.id for c in CASES[20:]}
    assert min(p.position for p in later.of("R1")) == 21
    assert min(p.block for p in later.of("R1")) == 2
    assert first == draw_order(design(), CASES[:20], ["R1", "R2"], seed=42)


def test_an_appended_case_keeps_its_distance_to_what_was_drawn_before():
    some = [case_of(n, "baseline") for n in range(12)]
    first = draw_order(by_visit(), some, ["R1", "R2"], seed=1)
    more = [case_of(n, "week24") for n in range(12)]
    later = extend_order(by_visit(), first.placed, more, ["R1", "R2"], seed=1)

    for reader in ("R1", "R2"):
        seen = {p.participant: p.position for p in first.of(reader)}
        for placed in later.of(reader):
            assert placed.position - seen[placed.participant] > 10


def test_with_a_larger_pool_all_pairs_get_equal_shares():
    order = draw_order(design(), CASES, ["R1", "R2", "R3"], seed=8)

    pairs = Counter(
        tuple(sorted(p.reader for p in order.placed if p.case == c.id)) for c in CASES
    )
    assert set(pairs.values()) == {15}
    seats = Counter((p.reader, p.seat) for p in order.placed)
    assert max(seats.values()) - min(seats.values()) <= 1


def test_shares_stay_equal_when_cases_come_one_by_one():
    placed: tuple[Placed, ...] = ()
    for one in CASES[:30]:
        placed += extend_order(design(), placed, [one], ["R1", "R2", "R3"], 8).placed

    load = Counter(p.reader for p in placed)
    assert set(load.values()) == {20}


def test_the_visits_hide_behind_labels_in_an_order_by_lot():
    orders = {
        tuple(visit for _, visit in labels_for(design(), case(n), seed=1))
        for n in range(60)
    }

    assert len(orders) == 6  # each of the 3! orders comes up, the true one too
    assert [label for label, _ in labels_for(design(), case(1), 1)] == ["A", "B", "C"]


def test_both_readers_see_a_case_under_the_same_labels():
    order = draw_order(design(), CASES, ["R1", "R2"], seed=42)

    one = {p.case: p.labels for p in order.of("R1")}
    assert one == {p.case: p.labels for p in order.of("R2")}


def test_a_repeat_is_labelled_anew():
    labels = [
        labels_for(design(), case(n), 1, occasion=o) for n in range(9) for o in (1, 2)
    ]

    assert labels[::2] != labels[1::2]


def test_where_the_time_order_is_shown_the_labels_follow_it():
    shown = design(mode=Mode.TIME_SEQUENTIAL, hidden_time_order=False)
    labels = labels_for(shown, case(1, visits=("week52", "baseline")), seed=1)

    assert labels == (("A", "baseline"), ("B", "week52"))
    assert [s.open for s in stages(shown, labels)] == [("A",), ("B",)]
    assert [s.open for s in stages(design(), labels)] == [("A", "B")]


def test_what_is_stored_comes_back_as_it_was():
    for placed in draw_order(design(), CASES, ["R1", "R2"], seed=42).placed:
        assert Placed.from_json(placed.as_json()) == placed


@pytest.mark.parametrize(
    ("cases", "readers", "words"),
    [
        ([case(1), case(1)], ["R1", "R2"], "has a place in the order already"),
        ([case(1)], ["R1"], "needs 2 readers"),
        ([case(1)], ["R1", "R1"], "named twice"),
        ([case(1, visits=("week99",))], ["R1", "R2"], "is no visit of the read design"),
        ([case(1, visits=("baseline",) * 27)], ["R1", "R2"], "more than 26 visits"),
    ],
)
def test_impossible_draws_are_refused(cases, readers, words):
    with pytest.raises(PlanError, match=words):
        draw_order(design(), cases, readers, seed=1)


def test_where_everyone_reads_there_must_be_as_many_readers_as_reads():
    with pytest.raises(PlanError, match="exactly 2 readers, there are 3"):
        draw_order(design(everyone_reads=True), CASES, ["R1", "R2", "R3"], 1)


def test_a_case_that_was_drawn_before_is_refused():
    first = draw_order(single(), CASES[:3], ["R1"], seed=42)

    with pytest.raises(PlanError, match="has a place in the order already"):
        extend_order(single(), first.placed, CASES[:1], ["R1"], seed=42)


def test_a_case_without_a_visit_does_not_exist():
    with pytest.raises(PlanError, match="no visit to read"):
        case(1, visits=())


def test_nothing_to_draw_is_an_empty_order():
    assert draw_order(design(), [], ["R1", "R2"], seed=1).placed == ()
