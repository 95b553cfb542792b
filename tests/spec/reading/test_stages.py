"""Stages of a read: what is open, what is shown, what is locked (FDA, Imaging Endpoint Process Standards, 2018)."""

from __future__ import annotations

import pytest

from provident.kernel import InvalidInput, PlanError
from provident.reading import Mode, StageKind, changed, merge, open_keys, stages
from tests.unit.reading.made import VISITS, design


title = "Stages of a read"

IN_TIME = (("A", "baseline"), ("B", "week24"), ("C", "week52"))
BY_LOT = (("A", "week52"), ("B", "baseline"), ("C", "week24"))


def sequential(**changes):
    return design(mode=Mode.TIME_SEQUENTIAL, hidden_time_order=False, **changes)


def hybrid(**changes):
    given = {"mode": Mode.HYBRID, "global_may_change": ("grade",), **changes}
    return design(**given)


@pytest.mark.parametrize(
    ("plan", "labels", "opened", "shown"),
    [
        (design(), BY_LOT, ["ABC"], ["ABC"]),
        (design(mode=Mode.RANDOM_TIME), BY_LOT, ["ABC"], ["ABC"]),
        (sequential(), IN_TIME, ["A", "B", "C"], ["A", "AB", "ABC"]),
        (hybrid(), BY_LOT, ["A", "B", "C", ""], ["A", "B", "C", "BCA"]),
        (
            hybrid(hidden_time_order=False),
            IN_TIME,
            ["A", "B", "C", ""],
            ["A", "AB", "ABC", "ABC"],
        ),
    ],
)
def test_what_each_stage_opens_and_shows(plan, labels, opened, shown):
    found = stages(plan, labels)

    assert ["".join(s.open) for s in found] == opened
    assert ["".join(s.shown) for s in found] == shown
    assert [s.last for s in found] == [False] * (len(found) - 1) + [True]


def test_a_stage_takes_its_own_answers_and_no_others():
    plan, (first, second, _) = sequential(), stages(sequential(), IN_TIME)
    locked = {"A:total": 5}

    assert merge(plan, IN_TIME, first, {"A:total": 5}, {}) == locked
    assert merge(plan, IN_TIME, second, {"A:total": 5, "B:total": 7}, locked) == {
        "A:total": 5,
        "B:total": 7,
    }


@pytest.mark.parametrize(
    "answers", [{"A:total": 6}, {"A:grade": "PD"}, {"C:total": 1}, {"D:total": 1}]
)
def test_a_locked_or_later_time_point_is_refused(answers):
    second = stages(sequential(), IN_TIME)[1]
    with pytest.raises(InvalidInput):
        merge(sequential(), IN_TIME, second, answers, {"A:total": 5})


def test_the_global_read_changes_what_the_design_says():
    plan = hybrid()
    last = stages(plan, BY_LOT)[-1]
    locked = {"A:total": 5, "A:grade": "SD", "B:total": 4}

    whole = merge(plan, BY_LOT, last, {"A:grade": "PD"}, locked)

    assert last.kind is StageKind.GLOBAL
    assert open_keys(plan, BY_LOT, last) == ("B:grade", "C:grade", "A:grade")
    assert changed(locked, whole) == {"A:grade": ["SD", "PD"]}
    with pytest.raises(InvalidInput):
        merge(plan, BY_LOT, last, {"A:total": 6}, locked)


@pytest.mark.parametrize(
    "given",
    [
        {"mode": Mode.RANDOM_TIME, "hidden_time_order": False},
        {"mode": Mode.TIME_SEQUENTIAL, "hidden_time_order": True},
        {"mode": Mode.HYBRID},
        {"global_may_change": ("grade",)},
        {"visits": ()},
    ],
)
def test_a_design_that_contradicts_itself_does_not_exist(given):
    with pytest.raises(PlanError):
        design(**{"visits": VISITS, **given})
