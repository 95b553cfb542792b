"""Random courses of cases: blinding, independence, final values and locks hold in all of them."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provident.forms import NOT_EVALUABLE
from provident.kernel import NotReady, Refused
from provident.reading import (
    CASE,
    Adjudicated,
    Agreed,
    CaseState,
    FinalRule,
    FinalValue,
    Phase,
    Tie,
    Viewer,
    adjudicator_for,
    assign,
    final_value,
    standing,
    visible_reads,
)
from tests.unit.reading.made import case, design, read


changes = st.one_of(st.integers(-50, 50), st.floats(-50, 50), st.just("nv"))
rules = st.one_of(
    st.builds(
        FinalRule,
        agreed=st.just(Agreed.MEAN),
        adjudicated=st.just(Adjudicated.NEAREST),
        tie=st.sampled_from(Tie),
    ),
    st.builds(
        FinalRule,
        agreed=st.sampled_from([Agreed.MEAN, Agreed.FIRST]),
        adjudicated=st.sampled_from([Adjudicated.ADJUDICATOR, Adjudicated.MAJORITY]),
    ),
)


@given(changes, changes, changes, rules)
@settings(max_examples=150, deadline=None)
def test_a_final_value_can_be_made_again_from_its_reads(one, other, third, rule):
    plan = design(final=rule)
    reads, adjudication = [read(one, 1), read(other, 2)], read(third, 0)

    stands = standing(plan, reads)
    if stands.state is CaseState.DISCORDANT:
        stands = standing(plan, reads, adjudication)
    final = stands.final

    assert final is not None
    used = adjudication if stands.reasons else None
    assert final == final_value(plan, reads[::-1], used)
    assert final == FinalValue.from_json(json.loads(json.dumps(final.as_json())))
    assert set(final.reads) <= {"read-R1", "read-R2", "read-R9"}
    assert final.adjudicated == bool(stands.reasons)
    assert final.values["week52.change"] == final.value


@given(changes, changes, changes, rules)
@settings(max_examples=150, deadline=None)
def test_a_final_value_lies_among_the_reads_that_it_came_from(one, other, third, rule):
    final = final_value(
        design(final=rule), [read(one, 1), read(other, 2)], read(third, 0)
    )
    values = {"read-R1": one, "read-R2": other, "read-R9": third}
    used = [values[name] for name in final.reads]

    if final.value == NOT_EVALUABLE:
        assert "nv" in used
    else:
        assert "nv" not in used
        assert min(used) - 1e-9 <= final.value <= max(used) + 1e-9


@given(st.lists(st.integers(-40, 40), min_size=3, max_size=3), st.sampled_from(Tie))
@settings(max_examples=120, deadline=None)
def test_which_primary_reader_is_first_never_changes_the_mean_of_the_two_nearest(
    values, tie
):
    rule = FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.NEAREST, tie=tie)
    one, other, third = values
    made = {
        final_value(design(final=rule), [read(a, 1), read(b, 2)], read(third, 0)).value
        for a, b in permutations((one, other))
    }

    assert len(made) == 1


people = st.lists(
    st.sampled_from([f"R{i}" for i in range(8)]), min_size=2, max_size=6, unique=True
)


@given(people, people, st.integers(0, 2**63 - 1))
@settings(max_examples=120, deadline=None)
def test_nobody_is_both_reader_and_adjudicator_of_a_case(pool, adjudicators, seed):
    seats = assign(design(), [case(n) for n in range(6)], pool, seed)
    for name, readers in seats.items():
        try:
            third = adjudicator_for(design(), name, readers, adjudicators, seed)
        except NotReady:
            assert set(adjudicators) <= set(readers)
        else:
            assert third not in readers


@given(st.sampled_from(["R1", "R2"]))
def test_a_final_value_refuses_a_reader_as_adjudicator(name):
    with pytest.raises(Refused):
        final_value(design(), [read(0, 1), read(20, 2)], read(5, 0, reader=name))


@given(
    changes,
    changes,
    st.sampled_from([p for p in Phase if p is not Phase.UNBLINDED]),
    st.sampled_from(["R1", "R2", "R9", None]),
    st.sampled_from(["reader", "adjudicator", "site", "qc"]),
)
@settings(max_examples=120, deadline=None)
def test_no_reader_ever_sees_anothers_read(one, other, phase, name, acts_as):
    viewer = Viewer(role=acts_as, acts_as=acts_as, reader=name)
    reads = [read(one, 1), read(other, 2), read(5, 0)]

    shown = visible_reads(design(), reads, viewer=viewer, phase=phase)

    assert {s.read.reader for s in shown} <= {name}


@given(st.lists(st.sampled_from(CaseState), max_size=30))
@settings(max_examples=120, deadline=None)
def test_a_locked_case_never_changes(wanted):
    state, locked = CaseState.WAITING, False
    for new in wanted:
        try:
            CASE.check_move(state, new)
        except Refused:
            continue
        assert not locked
        state = new
        locked = state is CaseState.LOCKED
