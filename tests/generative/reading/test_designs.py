"""Random read designs, each carried through order, adjudicator, stages, repeats and final value.

The default run takes 40 designs; `PROVIDENT_DESIGNS=10000` takes as many as one asks for.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provident.kernel import InvalidInput, NotReady, Refused
from provident.plan.quantities import quantity
from provident.reading import (
    Adjudicated,
    Agreed,
    Case,
    CaseState,
    FinalRule,
    Mode,
    NoMajority,
    OrderRule,
    Placed,
    StageKind,
    Tie,
    adjudicator_for,
    draw_order,
    evaluate_read,
    extend_order,
    final_value,
    labels_for,
    merge,
    stages,
    standing,
)
from provident.reading.repeats import FirstRead, RepeatRule, due
from tests.unit.reading.made import VISITS, by_visit, design


DESIGNS = int(os.environ.get("PROVIDENT_DESIGNS", "40"))
PANEL = (Agreed.MEAN_OF_ALL, Agreed.MEDIAN, Agreed.MAJORITY)
TWO = st.one_of(
    st.builds(FinalRule, agreed=st.just(Agreed.MEAN), adjudicated=st.just(Adjudicated.NEAREST), tie=st.sampled_from(Tie)),
    st.builds(FinalRule, agreed=st.sampled_from([Agreed.MEAN, Agreed.FIRST]), adjudicated=st.sampled_from([Adjudicated.ADJUDICATOR, Adjudicated.MAJORITY])),
)  # fmt: skip
MANY = st.builds(FinalRule, agreed=st.sampled_from(PANEL), no_majority=st.sampled_from(NoMajority))  # fmt: skip
ORDERS = st.builds(
    OrderRule, per_reader=st.booleans(), block=st.integers(1, 12), gap=st.integers(0, 5),
    strata=st.sampled_from([(), ("site",), ("site", "visit")]),
)  # fmt: skip


@st.composite
def designs(draw: st.DrawFn):
    """A read design of any mode, unit and paradigm."""
    primaries = draw(st.integers(1, 5))
    third = primaries == 2 and draw(st.booleans())
    final = {1: st.just(FinalRule(agreed=Agreed.FIRST)), 2: TWO}.get(primaries, MANY)
    changes = {"primaries": primaries, "final": draw(final), "order": draw(ORDERS)}
    if not third:
        changes |= {"adjudicator_pool": None, "conditions": {}}
        if primaries == 2:
            changes["final"] = FinalRule(agreed=changes["final"].agreed)
    if draw(st.booleans()):
        return by_visit(**changes)
    mode = draw(st.sampled_from([m for m in Mode if m is not Mode.TIME_POINT]))
    hidden = {Mode.RANDOM_TIME: True, Mode.TIME_SEQUENTIAL: False}.get(mode)
    changes |= {
        "mode": mode, "hidden_time_order": draw(st.booleans()) if hidden is None else hidden,
        "global_may_change": ("grade",) if mode is Mode.HYBRID else (),
    }  # fmt: skip
    return design(**changes)


@st.composite
def studies(draw: st.DrawFn):
    """A design with its cases, readers, adjudicators and a seed."""
    plan = draw(designs())
    cases = []
    for number in range(draw(st.integers(1, 8))):
        site = draw(st.sampled_from("LSE"))
        visits = VISITS[: draw(st.integers(1, 3))]
        cases += [
            Case(id=f"{number}-{shown[0]}", participant=f"P{number}", visits=shown, strata={"site": site, "visit": shown[0]})
            for shown in ([VISITS] if plan.per_participant else [(v,) for v in visits])
        ]  # fmt: skip
    readers = [f"R{i}" for i in range(plan.primaries + draw(st.integers(0, 2)))]
    third = draw(st.lists(st.sampled_from([*readers, "A1", "A2"]), min_size=1, max_size=3, unique=True))  # fmt: skip
    return plan, cases, readers, third, draw(st.integers(0, 2**63 - 1))


def stored(order):
    """What is kept of a draw, and read back."""
    text = json.dumps([p.as_json() for p in order.placed])
    return tuple(Placed.from_json(p) for p in json.loads(text))


def check_order(plan, cases, readers, seed):
    order = draw_order(plan, cases, readers, seed)
    placed = stored(order)

    assert placed == order.placed == draw_order(plan, cases[::-1], readers[::-1], seed).placed  # fmt: skip
    assert Counter(p.case for p in placed) == {c.id: plan.primaries for c in cases}
    for case in cases:
        seats = [p for p in placed if p.case == case.id]
        assert sorted(p.seat for p in seats) == list(range(1, plan.primaries + 1))
        assert len({p.reader for p in seats}) == plan.primaries
        assert len({p.labels for p in seats}) == 1
    for reader in readers:
        check_list(plan, order, reader)
    return order


def check_list(plan, order, reader):
    """One reader's list: positions, blocks, gaps; what is not kept is said."""
    own = order.of(reader)
    assert [p.position for p in own] == list(range(1, len(own) + 1))
    assert all(b.block - a.block in (0, 1) for a, b in pairwise(own))
    assert all(n <= plan.order.block for n in Counter(p.block for p in own).values())
    last, near = {}, set()
    for p in own:
        if p.participant in last and p.position - last[p.participant] <= plan.order.gap:
            near.add(p.position)
        last[p.participant] = p.position
    said = {u.position for u in order.unmet if u.reader == reader and u.kind == "same_participant_gap"}  # fmt: skip
    assert near == said
    counts = Counter(p.participant for p in own)
    most = max(counts.values(), default=0)
    ties = sum(1 for n in counts.values() if n == most)
    if (most - 1) * (plan.order.gap + 1) + ties <= len(own):
        assert not near


def check_added_later(plan, cases, readers, seed, order):
    """Cases that come later are added with a seed of their own; the stored places stay and give them again."""
    half = len(cases) // 2
    first = draw_order(plan, cases[:half], readers, seed) if half else None
    before = stored(first) if first else ()
    later = extend_order(plan, before, cases[half:], readers, seed + 1)

    assert later.placed == extend_order(plan, before, cases[half:][::-1], readers, seed + 1).placed  # fmt: skip
    whole = [*before, *later.placed]
    for reader in readers:
        positions = sorted(p.position for p in whole if p.reader == reader)
        assert positions == list(range(1, len(positions) + 1))


def check_adjudicator(plan, order, third, seed):
    if plan.adjudicator_pool is None:
        return
    for name in {p.case for p in order.placed}:
        readers = {p.reader for p in order.placed if p.case == name}
        try:
            chosen = adjudicator_for(plan, name, readers, third, seed)
        except NotReady:
            assert set(third) <= readers
        else:
            assert chosen not in readers


def check_stages(plan, case, seed):
    """Each label is open once, nothing is open before it is shown, and no lock is reopened by what comes later."""
    labels = labels_for(plan, case, seed)
    found, locked = stages(plan, labels), {}
    names = [label for label, _ in labels]
    assert sorted(n for s in found for n in s.open) == sorted(names)
    for stage in found:
        assert set(stage.open) <= set(stage.shown)
        later = {n for s in found[stage.number :] for n in s.open}
        assert not later & set(stage.shown)
        for key in (*locked, *(f"{n}:total" for n in later)):
            if stage.kind is StageKind.GLOBAL and key.endswith(":grade"):
                continue
            with pytest.raises(InvalidInput):
                merge(plan, labels, stage, {key: 999}, locked)
        new = {f"{n}:{k}": 1 for n in stage.open for k in ("total", "grade")}
        locked = merge(plan, labels, stage, new, locked)


def check_repeats(plan, order, readers, seed, share, washout, closes, today):
    """A repeat is due after its washout, up to the closing day, once a case, and never beyond the share."""
    rule = RepeatRule(share=share, washout=quantity(f"{washout} d"), closes=closes)
    for reader in readers:
        reads = [
            FirstRead(case=p.case, on=date(2026, 1, 1) + timedelta(days=p.position), stratum=(p.participant,))
            for p in order.of(reader)
        ]  # fmt: skip
        done = {r.case for r in reads[:1]}
        chosen = due(rule, reads, done, today, seed=seed, reader=reader)
        assert chosen == due(rule, reads[::-1], done, today, seed=seed, reader=reader)
        assert all(r.on + timedelta(days=washout) <= today for r in chosen)
        assert not chosen or today <= closes
        cases = [r.case for r in chosen]
        assert len(set(cases)) == len(cases)
        assert not set(cases) & done
        assert len(chosen) <= max(0, int(share * len(reads) + 0.5) - len(done))


def check_final(plan, case, changes):
    """The final value comes from first reads alone: with a repeat in the place of one there is none."""
    visits = VISITS if plan.per_participant else case.visits
    reads = [
        evaluate_read(plan, {v: {"total": 100 + (value if v == visits[-1] else 0), "grade": "SD"} for v in visits},
                      read_id=f"r{seat}", case=case.id, reader=f"R{seat}", seat=seat)
        for seat, value in zip(range(1, plan.primaries + 1), changes, strict=False)
    ]  # fmt: skip
    stands = standing(plan, reads)
    if stands.state is CaseState.FINAL:
        assert set(stands.final.reads) <= {r.id for r in reads}
        assert stands.final == final_value(plan, reads[::-1])
    for i, read in enumerate(reads):
        again = [*reads[:i], replace(read, id="again", occasion=2), *reads[i + 1 :]]
        with pytest.raises(Refused, match="never enters the analysis"):
            final_value(plan, again)


@given(
    studies(),
    st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0]),
    st.integers(0, 60),
    st.integers(0, 150),
    st.integers(0, 150),
    st.lists(st.integers(-40, 40), min_size=5, max_size=5),
)
@settings(
    max_examples=DESIGNS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_design_keeps_what_it_promises(study, share, washout, closes, on, changes):
    plan, cases, readers, third, seed = study
    start = date(2026, 1, 1)

    order = check_order(plan, cases, readers, seed)
    check_added_later(plan, cases, readers, seed, order)
    check_adjudicator(plan, order, third, seed)
    check_stages(plan, cases[0], seed)
    check_repeats(plan, order, readers, seed, share, washout, start + timedelta(days=closes), start + timedelta(days=on))  # fmt: skip
    check_final(plan, cases[0], changes)
