"""Random designs and cases: orders come again from their seed and keep what the plan asks for."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from provident.reading import Case, OrderRule, draw_order, extend_order, labels_for
from tests.unit.reading.made import VISITS, by_visit, design


seeds = st.integers(0, 2**63 - 1)
rules = st.builds(
    OrderRule,
    per_reader=st.booleans(),
    block=st.integers(1, 25),
    strata=st.sampled_from([(), ("site",), ("site", "visit")]),
    gap=st.integers(0, 6),
)
pools = st.integers(2, 4).map(lambda n: [f"R{i}" for i in range(n)])


@st.composite
def some_cases(draw: st.DrawFn):
    """Participants with one to three visits, each visit a case."""
    cases = []
    for participant in range(draw(st.integers(1, 12))):
        site = draw(st.sampled_from("LSE"))
        count = draw(st.integers(1, 3))
        cases += [
            Case(
                id=f"{participant}-{visit}",
                participant=f"P{participant}",
                visits=(visit,),
                strata={"site": site, "visit": visit},
            )
            for visit in VISITS[:count]
        ]
    return cases


@given(rules, some_cases(), pools, seeds)
@settings(max_examples=120, deadline=None)
def test_an_order_comes_again_from_its_seed(rule, cases, pool, seed):
    plan = by_visit(order=rule)

    order = draw_order(plan, cases, pool, seed)

    assert order == draw_order(plan, cases[::-1], pool[::-1], seed)
    assert Counter(p.case for p in order.placed) == {c.id: 2 for c in cases}
    for reader in pool:
        own = order.of(reader)
        assert [p.position for p in own] == list(range(1, len(own) + 1))
        assert all(b.block - a.block in (0, 1) for a, b in pairwise(own))
        assert all(n <= rule.block for n in Counter(p.block for p in own).values())
    seats = {
        c.id: sorted(p.seat for p in order.placed if p.case == c.id) for c in cases
    }
    assert all(s == [1, 2] for s in seats.values())


def feasible(counts: Counter[str], gap: int) -> bool:
    """Whether cases with these numbers per participant can keep the gap (the cooling-down bound)."""
    most = max(counts.values())
    as_many = sum(1 for n in counts.values() if n == most)
    return (most - 1) * (gap + 1) + as_many <= sum(counts.values())


@given(rules, some_cases(), seeds)
@settings(max_examples=200, deadline=None)
def test_the_gap_is_kept_wherever_it_can_be(rule, cases, seed):
    plan = by_visit(order=rule)

    order = draw_order(plan, cases, ["R1", "R2"], seed)

    gaps = [u for u in order.unmet if u.kind == "same_participant_gap"]
    if feasible(Counter(c.participant for c in cases), rule.gap):
        assert gaps == []
    for reader in ("R1", "R2"):
        found = set()
        last: dict[str, int] = {}
        for placed in order.of(reader):
            before = last.get(placed.participant)
            if before is not None and placed.position - before <= rule.gap:
                found.add(placed.position)
            last[placed.participant] = placed.position
        assert found == {u.position for u in gaps if u.reader == reader}


@given(rules, some_cases(), seeds)
@settings(max_examples=120, deadline=None)
def test_strata_are_spread_evenly_or_it_is_said(rule, cases, seed):
    order = draw_order(by_visit(order=rule), cases, ["R1", "R2"], seed)

    for reader in ("R1", "R2"):
        blocks: dict[int, Counter[object]] = {}
        for placed in order.of(reader):
            blocks.setdefault(placed.block, Counter())[placed.strata] += 1
        strata = {s for counts in blocks.values() for s in counts}
        uneven = any(
            max(c[s] for c in blocks.values()) - min(c[s] for c in blocks.values()) > 1
            for s in strata
        )
        said = any(u.kind == "strata" and u.reader == reader for u in order.unmet)
        assert uneven == said
    if rule.gap == 0:
        assert order.unmet == ()


@given(rules, some_cases(), pools, seeds, st.lists(st.integers(1, 8), max_size=6))
@settings(max_examples=100, deadline=None)
def test_what_was_drawn_never_changes_when_cases_are_added(
    rule, cases, pool, seed, steps
):
    plan = by_visit(order=rule)
    placed = ()
    left = list(cases)
    for step in [*steps, len(cases)]:
        new, left = left[:step], left[step:]
        added = extend_order(plan, placed, new, pool, seed)
        assert added == extend_order(plan, placed, new[::-1], pool, seed)
        assert {p.case for p in added.placed} == {c.id for c in new}
        placed += added.placed

    for reader in pool:
        positions = sorted(p.position for p in placed if p.reader == reader)
        assert positions == list(range(1, len(positions) + 1))
    assert Counter(p.case for p in placed) == {c.id: 2 for c in cases}


@given(some_cases(), seeds)
@settings(max_examples=60, deadline=None)
def test_pairs_of_readers_get_equal_shares(cases, seed):
    order = draw_order(by_visit(), cases, ["R1", "R2", "R3"], seed)

    pairs = Counter(
        tuple(sorted(p.reader for p in order.placed if p.case == c.id)) for c in cases
    )
    shares = [pairs[p] for p in (("R1", "R2"), ("R1", "R3"), ("R2", "R3"))]
    assert max(shares) - min(shares) <= 1


@given(seeds, st.permutations(VISITS), st.text("abc123", min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_labels_hide_the_visits_and_come_again_from_the_seed(seed, visits, name):
    case = Case(id=name, participant="P1", visits=tuple(visits))
    labels = labels_for(design(), case, seed)

    assert labels == labels_for(design(), case, seed)
    assert [label for label, _ in labels] == ["A", "B", "C"]
    assert sorted(visit for _, visit in labels) == sorted(VISITS)
    given_in_time_order = Case(id=name, participant="P1", visits=VISITS)
    assert labels == labels_for(design(), given_in_time_order, seed)
