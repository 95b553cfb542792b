"""Which visit an exam belongs to, and which scans a plan expects."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident import programme


title = "Visits and slots"
ANCHOR = date(2026, 3, 2)


@pytest.fixture(scope="module")
def study(amend):
    return amend({}).load().require()


@pytest.mark.parametrize(
    ("day", "visit", "in_window", "outside"),
    [
        (-14, "baseline", True, 0),
        (0, "baseline", True, 0),
        (1, "baseline", False, 1),
        (-15, "baseline", False, -1),
        (-56, "baseline", False, -42),
        (-57, None, False, 0),
        (76, "week12", False, -1),
        (77, "week12", True, 0),
        (91, "week12", True, 0),
        (97, "week12", False, 6),
        (126, "week12", False, 35),  # as near to week24: the earlier visit, late
        (127, "week24", False, -34),
        (262, None, False, 0),  # between week24 and week52, far from both
        (378, "week52", True, 0),
        (420, "week52", False, 42),
        (421, None, False, 0),
    ],
)
def test_an_exam_belongs_to_the_nearest_visit(study, day, visit, in_window, outside):
    match = programme.visit_for(study, ANCHOR, ANCHOR + timedelta(days=day))

    assert (match.visit, match.in_window, match.day, match.days_outside) == (
        visit,
        in_window,
        day,
        outside,
    )


def test_only_visits_that_make_the_exam_count(study):
    match = programme.visit_for(
        study, ANCHOR, ANCHOR + timedelta(days=85), exam="hands_xray"
    )

    assert match.visit is None


def test_no_visit_makes_an_unknown_exam(study):
    assert programme.visit_for(study, ANCHOR, ANCHOR, exam="knee_mri").visit is None


def test_every_exam_of_every_visit_is_a_slot(study):
    slots = [(s.visit, s.exam) for s in programme.slots_for(study)]

    assert slots == [
        ("baseline", "hands_mri"),
        ("baseline", "hands_xray"),
        ("baseline", "joints_us"),
        ("week12", "hands_mri"),
        ("week12", "joints_us"),
        ("week24", "hands_mri"),
        ("week24", "hands_xray"),
        ("week24", "joints_us"),
        ("week52", "hands_mri"),
        ("week52", "hands_xray"),
    ]


def test_a_window_in_weeks_is_counted_in_days(amend):
    plan = (
        amend({"study.yaml": [("window: 77..91 d", "window: 11..13 weeks")]})
        .load()
        .require()
    )

    assert programme.window_days(plan.study.visits["week12"]) == (77, 91)
    assert programme.window_dates(plan.study.visits["week12"], ANCHOR) == (
        date(2026, 5, 18),
        date(2026, 6, 1),
    )
