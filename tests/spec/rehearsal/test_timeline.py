"""What happens in the demo's study: a pure function of plan, day and seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from provident import plan, programme
from provident.kernel import InvalidInput
from provident.rehearsal.cast import READERS
from provident.rehearsal.happenings import (
    Booking,
    Enrolment,
    NotDone,
    QualitySession,
    ReadingSession,
    Release,
    Scan,
    SiteDesk,
    Withdrawal,
)
from provident.rehearsal.timeline import timeline


title = "The demo's timeline"
TODAY = date(2026, 11, 24)
WEEK = [TODAY + timedelta(days=n) for n in range(7)]


@pytest.fixture(scope="module")
def demo_plan():
    return plan.load(plan.shipped() / "arthritis-demo").plan


def played(of, today=TODAY, **more):
    return timeline(of, today=today, seed=7, readers=READERS, **more)


def of_kind(happenings, kind):
    return [h for h in happenings if isinstance(h, kind)]


def test_the_same_plan_day_and_seed_give_the_same_happenings(demo_plan):
    assert played(demo_plan) == played(demo_plan)


def test_another_seed_gives_other_days(demo_plan):
    other = timeline(demo_plan, today=TODAY, seed=8, readers=READERS)

    assert played(demo_plan) != other


def test_everybody_whom_the_plan_wants_is_enrolled_with_each_sites_share(demo_plan):
    enrolled = Counter(h.site for h in of_kind(played(demo_plan), Enrolment))

    assert dict(enrolled) == {"leeds": 10, "bradford": 8, "york": 6}


def test_numbers_are_those_that_the_platform_gives_in_order_of_enrolment(demo_plan):
    codes: dict[str, list[str]] = {}
    for h in of_kind(played(demo_plan), Enrolment):
        codes.setdefault(h.site, []).append(h.code)

    assert {
        "leeds": [f"L-{n}" for n in range(101, 111)],
        "bradford": [f"B-{n}" for n in range(101, 109)],
        "york": [f"Y-{n}" for n in range(101, 107)],
    } == codes


@pytest.mark.parametrize("today", WEEK)
def test_it_stays_whole_whatever_the_day_of_the_week(demo_plan, today):
    happenings = played(demo_plan, today)
    scans = of_kind(happenings, Scan)
    enrolled = {h.code: h.at for h in of_kind(happenings, Enrolment)}

    assert happenings == sorted(happenings, key=lambda h: h.at)
    assert all(h.at.date() < today for h in happenings)
    assert all(s.acquired.date() <= s.at.date() for s in scans)
    assert all(enrolled[s.code] < s.at for s in scans if s.code)
    assert {"baseline", "week12", "week24"} <= {s.visit for s in scans}
    # Something for every page: each kind of trouble once, and none of it twice.
    faults = Counter(f for s in scans for f in s.faults)
    expected = {"wrong_echo_time": 2, "burned_in_text": 1, "missing_slice": 1, "late_contrast": 1, "no_laterality": 1}  # fmt: skip
    assert expected == dict(faults)
    assert sum(not s.code for s in scans) == 1
    assert len(of_kind(happenings, Withdrawal)) == 1
    assert len(of_kind(happenings, NotDone)) == 3


@pytest.mark.parametrize("today", WEEK)
def test_the_middle_sites_scanner_got_new_software_within_a_fortnight(demo_plan, today):
    updated = [s for s in of_kind(played(demo_plan, today), Scan) if s.software]

    assert {"bradford"} == {s.site for s in updated}
    assert all((today - s.acquired.date()).days <= 14 for s in updated)


def test_scans_lie_in_their_windows_but_one(demo_plan):
    happenings = played(demo_plan)
    anchors = {h.code: h.anchor for h in of_kind(happenings, Enrolment)}
    outside = []
    for s in of_kind(happenings, Scan):
        if s.code:
            match = programme.visit_for(demo_plan, anchors[s.code], s.acquired.date(), exam=s.exam)  # fmt: skip
            assert s.visit == match.visit
            outside += [s.code] * (not match.in_window)

    assert outside == ["Y-103"]


def test_the_excellent_site_sends_within_the_week_and_the_slow_one_after_it(demo_plan):
    lags: dict[str, list[int]] = {}
    for s in of_kind(played(demo_plan), Scan):
        if s.code:
            lags.setdefault(s.site, []).append((s.at.date() - s.acquired.date()).days)

    assert max(lags["leeds"]) == 0
    assert max(lags["bradford"]) <= 6
    assert min(lags["york"]) >= 7


def test_nothing_happens_to_a_participant_after_the_withdrawal(demo_plan):
    happenings = played(demo_plan)
    gone = of_kind(happenings, Withdrawal)[0]
    after = [h for h in happenings if getattr(h, "code", "") == gone.code and h.at > gone.at]  # fmt: skip

    assert after == []
    assert [n for n in of_kind(happenings, NotDone) if n.code == gone.code] == []


def test_an_exam_that_was_not_done_is_neither_booked_nor_sent(demo_plan):
    happenings = played(demo_plan)
    undone = {(n.code, n.visit, n.exam) for n in of_kind(happenings, NotDone)}
    made = {
        (h.code, h.visit, h.exam) for h in happenings if isinstance(h, Scan | Booking)
    }

    assert set() == undone & made


def test_one_query_is_left_with_its_site_and_one_with_the_physicist(demo_plan):
    happenings = played(demo_plan)
    sites = {h.leave for h in of_kind(happenings, SiteDesk)}
    physicist = {h.leave for h in of_kind(happenings, QualitySession)}

    assert ({frozenset({"Y-103"})}, {frozenset({"B-105"})}) == (sites, physicist)


def test_what_came_last_waits_for_the_physicist(demo_plan):
    happenings = played(demo_plan)
    last = max(h.at for h in of_kind(happenings, QualitySession))
    waiting = [s for s in of_kind(happenings, Scan) if s.at > last]

    assert 2 <= len(waiting) <= 20


def test_readers_sit_down_after_the_first_draw_and_disagreements_are_looked_at_after_that(demo_plan):  # fmt: skip
    happenings = played(demo_plan)
    order = [type(h).__name__ for h in happenings if type(h).__name__ in {"LimitsFixed", "OrderDrawn", "ReadingSession", "Release"}]  # fmt: skip

    assert order[:3] == ["LimitsFixed", "OrderDrawn", "ReadingSession"]
    assert {"ana", "ben", "adele"} == {h.reader for h in of_kind(happenings, ReadingSession)}  # fmt: skip
    assert of_kind(happenings, Release)[-1].keep == 1


def test_a_short_study_has_a_participant_at_every_site(demo_plan):
    enrolled = of_kind(played(demo_plan, participants=3), Enrolment)

    assert {"leeds", "bradford", "york"} == {h.site for h in enrolled}


@pytest.mark.parametrize("count", [0, -1, 301])
def test_a_number_of_participants_that_cannot_be_is_refused(demo_plan, count):
    with pytest.raises(InvalidInput, match="1 to 300"):
        played(demo_plan, participants=count)


def test_it_plays_other_plans_too():
    other = plan.load(plan.shipped() / "start").plan
    happenings = timeline(other, today=TODAY, seed=1, participants=4)

    assert len(of_kind(happenings, Enrolment)) == 4
    assert of_kind(happenings, Scan)
