"""Whatever is sent as answers: findings, never a crash; and what passes can be stored and derived."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provident.forms import (
    CODES,
    NOT_EVALUABLE,
    check_answers,
    derive,
    expand,
    synthetic_answers,
)
from tests.unit.forms.made import compiled, every_type


FORMS = [compiled(), compiled(every_type())]
forms = st.sampled_from(FORMS)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.integers(),
    st.floats(),
    st.sampled_from(["nv", "nd", "nq", "", "NA", "CR", "PD", "0"]),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)


@st.composite
def sent(draw: st.DrawFn):
    form = draw(forms)
    keys = st.sampled_from([*form.fields, *(d.id for d in form.derivations), "x", ""])
    return form, draw(st.dictionaries(keys, values, max_size=14))


@given(sent())
@settings(max_examples=300, deadline=None)
def test_any_answers_are_checked_without_a_crash(given_):
    form, answers = given_
    for complete in (False, True):
        for finding in check_answers(form, answers, complete):
            assert finding.code in CODES
            assert finding.where.uid is not None


@given(sent())
@settings(max_examples=300, deadline=None)
def test_a_draft_without_findings_can_be_expanded_and_derived(given_):
    form, answers = given_
    if check_answers(form, answers, complete=False):
        return

    expanded = expand(form, answers)
    derived = derive(form, answers)

    assert set(derived) == {d.id for d in form.derivations}
    assert expand(form, expanded.values) == expanded
    assert all(v == NOT_EVALUABLE or not isinstance(v, str) for v in derived.values())


@given(
    seed=st.integers(0, 2**32), form=forms, share=st.floats(0, 1), open_=st.floats(0, 1)
)
@settings(max_examples=100, deadline=None)
def test_made_up_entries_are_always_complete(seed, form, share, open_):
    rng = np.random.default_rng(seed)
    answers = synthetic_answers(form, rng, missing=share, gate_open=open_)

    assert check_answers(form, answers, complete=True) == []


@given(seed=st.integers(0, 2**32), code=st.sampled_from(["nd", "nq"]))
@settings(max_examples=50, deadline=None)
def test_a_missing_code_is_never_counted_as_a_score(seed, code):
    """Replacing any cell by a code can only turn its total into `not evaluable`."""
    form = FORMS[0]
    rng = np.random.default_rng(seed)
    answers = synthetic_answers(form, rng, missing=0, gate_open=1)
    before = derive(form, answers)
    key = list(form.fields)[1 + seed % (len(form.fields) - 1)]

    after = derive(form, {**answers, key: "nv"})

    for name, value in after.items():
        assert value in (before[name], NOT_EVALUABLE)
    assert NOT_EVALUABLE in after.values() or "ost" in key
    assert set(derive(form, {"normal": code}).values()) == {NOT_EVALUABLE}
