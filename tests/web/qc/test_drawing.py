"""Which exams a person looks at: drawn from the plan's share, drawn again with the same result, only added to."""

from __future__ import annotations

import pytest

from provident.web.ledger.models import Event
from provident.web.qc import actions, selectors
from provident.web.qc.drawing import draw, uniform
from provident.web.qc.models import Selection


pytestmark = pytest.mark.django_db
UNDRAWN = "1.2.77"  # uniform("seed", UNDRAWN) is above 0.2


@pytest.fixture
def quality(study):
    from provident.web.studies.plans import plan_in_force

    return plan_in_force(study).quality


def test_the_share_of_many_exams_is_the_plans(quality):
    drawn = [draw(quality, seed="seed", uid=f"2.25.{n}", outcome="pass", in_pilot=False) for n in range(4000)]  # fmt: skip

    assert 0.18 < sum(d.looked_at for d in drawn) / 4000 < 0.22


def test_the_same_seed_and_exam_give_the_same_draw(quality):
    one, two = (draw(quality, seed="seed", uid="1.2.3", outcome="pass", in_pilot=False) for _ in range(2))  # fmt: skip

    assert one == two
    assert uniform("seed", "1.2.3") != uniform("another", "1.2.3")


@pytest.mark.parametrize(
    ("outcome", "in_pilot", "because"),
    [
        ("pass", True, "pilot"),
        ("pass", False, "not_drawn"),
        ("warn", False, "verdict"),
        ("fail", True, "verdict"),
        ("not_assessable", False, "verdict"),
    ],
)
def test_why_a_person_looks(quality, outcome, in_pilot, because):
    uid = next(f"1.2.{n}" for n in range(99) if uniform("seed", f"1.2.{n}") >= 0.2)
    found = draw(quality, seed="seed", uid=uid, outcome=outcome, in_pilot=in_pilot)

    assert (found.because, found.looked_at) == (because, because != "not_drawn")


def test_a_later_verdict_adds_a_look_and_never_takes_one_away(arrive, clock, quality):
    exam = arrive(uid=next(f"1.2.{n}" for n in range(99) if uniform("s", f"1.2.{n}") >= 0.2))  # fmt: skip
    first = draw(quality, seed="s", uid=exam.uid, outcome="pass", in_pilot=False)
    failed = draw(quality, seed="s", uid=exam.uid, outcome="fail", in_pilot=False)
    for drawn in (first, first, failed, first):
        actions.choose(exam=exam, draw=drawn, clock=clock)

    assert Selection.objects.get().because == "verdict"
    assert Event.objects.filter(action="review.selected").count() == 2


@pytest.fixture
def undrawn(arrive, clock, quality):
    def make(**changes):
        exam = arrive(**changes)
        Selection.objects.create(exam=exam, looked_at=False, because="not_drawn", share=0.2, seed="s", drawn=0.9, at=clock.now())  # fmt: skip
        return exam

    return make


def test_what_was_not_drawn_is_accepted_by_one_signature(undrawn, arrive, as_member, physicist):  # fmt: skip
    left_out, looked_at = [undrawn(), undrawn()], arrive()
    client, base = as_member(physicist), f"/s/{looked_at.study.slug}/quality"
    page = client.get(base).text
    assert "Chance left these out" in page
    wanted = [e.pk for e in (*left_out, looked_at)]

    assert client.post(f"{base}/undrawn", {"exam": wanted, "password": "guess"}).status_code == 422  # fmt: skip
    assert client.post(f"{base}/undrawn", {"password": "correct horse battery"}).status_code == 422  # fmt: skip
    done = client.post(f"{base}/undrawn", {"exam": wanted, "password": "correct horse battery"})  # fmt: skip
    for exam in (*left_out, looked_at):
        exam.refresh_from_db()

    assert done.status_code == 302
    assert [e.state for e in (*left_out, looked_at)] == ["accepted", "accepted", "judged"]  # fmt: skip


def test_the_worklist_has_both_kinds_and_each_once(undrawn, arrive, physicist):
    left_out, looked_at = undrawn(), arrive()

    assert list(selectors.exams_to_review(physicist, looked_at=True)) == [looked_at]
    assert list(selectors.exams_to_review(physicist, looked_at=False)) == [left_out]
    assert selectors.exams_to_review(physicist).count() == 2
    assert selectors.next_to_review(physicist, left_out) == looked_at.pk
    assert selectors.next_to_review(physicist, looked_at) is None


@pytest.mark.parametrize("role", ["trial_manager", "monitor", "site", "reader"])
def test_who_may_not_decide_cannot_accept_them(undrawn, as_member, make_member, role):
    exam = undrawn()
    client = as_member(make_member(role, "leeds" if role == "site" else ""))

    assert client.post(f"/s/{exam.study.slug}/quality/undrawn", {"exam": [exam.pk], "password": "x"}).status_code == 403  # fmt: skip
