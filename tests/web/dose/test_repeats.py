"""Repeats: advice, decision, justification, dose counted before the site is asked, and what takes its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.kernel import Denied, FixedClock, InvalidInput, NotReady, Refused
from provident.web.dose import actions
from provident.web.dose.models import Repeat
from provident.web.ledger.models import Event
from tests.web.dose.conftest import PASSWORD
from tests.web.dose.test_counting import standing_of


pytestmark = pytest.mark.django_db
WITH_DOSE = ("expected: E <= 0.01 mSv", "expected: E <= 0.05 mSv")


@pytest.fixture
def in_window(participant):
    """A clock within the window of the first visit."""
    from datetime import UTC, datetime, time

    slot = participant.slots.get(visit="baseline", exam_kind="hands_xray")
    return FixedClock(datetime.combine(slot.closes_on - timedelta(days=1), time(9), UTC))  # fmt: skip


@pytest.fixture
def proposed(allow, make_radiographs, count, as_role, in_window):
    """A repeat of the first radiographs, proposed by the physicist."""
    allow(WITH_DOSE)
    exam = make_radiographs(first_received_at=in_window.now())
    count(exam)
    return actions.propose(exam=exam, reason="the thumb is cut off", by=as_role("physicist"), clock=in_window)  # fmt: skip


def moved(row, to, who, clock, **changes):
    told = {"note": "as seen in the image", "password": PASSWORD, **changes}
    return actions.move(repeat=row, to=to, by=who, clock=clock, **told)


@pytest.fixture
def justified(proposed, as_role, in_window):
    """A repeat that was advised, decided and justified."""
    for to, role in (("advised", "physicist"), ("decided", "investigator"), ("justified", "practitioner")):  # fmt: skip
        moved(proposed, to, as_role(role), in_window)
    return Repeat.objects.get()


def test_the_expected_dose_is_counted_before_the_site_is_asked(justified, as_role, in_window, participant):  # fmt: skip
    actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)

    assert standing_of(participant).used == pytest.approx(0.05 + 0.00018)
    assert Event.objects.get(action="repeat.asked").values_in_clear.content["counted_beforehand"]["new"] == ["DAP 0.05 Gy.cm2", "E 0.05 mSv"]  # fmt: skip


def test_the_exam_is_expected_again(justified, as_role, in_window):
    slot = justified.exam.slot
    slot.state = "checked"
    slot.save()
    actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)
    slot.refresh_from_db()

    assert slot.state == "expected"


def test_what_the_repeat_gave_takes_the_place_of_what_was_expected(justified, as_role, in_window, make_radiographs, count, participant):  # fmt: skip
    actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)
    later = in_window.now() + timedelta(hours=4)
    again = make_radiographs(daps=(0.20,), first_received_at=later)
    row = count(again)

    justified.refresh_from_db()
    assert (justified.state, justified.made_id) == ("done", again.pk)
    assert row.repeat_of == justified.exam.uid
    assert standing_of(participant).used == pytest.approx(0.00018 + 0.0002)
    assert Event.objects.filter(action="repeat.done").count() == 1
    count(again)
    assert Event.objects.filter(action="repeat.done").count() == 1


def test_a_repeat_that_was_not_made_is_taken_off_again(justified, as_role, in_window, participant):  # fmt: skip
    actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)
    actions.give_up(repeat=justified, note="did not come", by=as_role("radiographer"), clock=in_window)  # fmt: skip

    assert standing_of(participant).used == pytest.approx(0.00018)


@pytest.mark.parametrize(
    ("to", "role", "changes", "error", "words"),
    [
        ("advised", "radiographer", {}, Refused, "Only the physicist"),
        ("advised", "physicist", {"note": ""}, Refused, "Say why"),
        ("decided", "investigator", {}, Refused, "cannot become decided"),
        ("justified", "practitioner", {}, Refused, "cannot become justified"),
        ("asked", "physicist", {}, Refused, "together with the dose ledger"),
        ("nonsense", "physicist", {}, InvalidInput, "Choose one"),
    ],
)
def test_a_step_out_of_turn_is_refused(proposed, as_role, in_window, to, role, changes, error, words):  # fmt: skip
    with pytest.raises(error, match=words):
        moved(proposed, to, as_role(role), in_window, **changes)
    proposed.refresh_from_db()

    assert proposed.state == "proposed"


def test_a_decision_is_signed_with_the_password(proposed, as_role, in_window):
    moved(proposed, "advised", as_role("physicist"), in_window)

    with pytest.raises(Denied, match="not your password"):
        moved(proposed, "decided", as_role("investigator"), in_window, password="wrong")
    moved(proposed, "decided", as_role("investigator"), in_window)
    step = proposed.steps.last()
    assert (step.state, step.signature.meaning) == ("decided", "I want this exam repeated")  # fmt: skip


def test_without_justification_an_exposure_is_not_asked_for(proposed, as_role, in_window):  # fmt: skip
    moved(proposed, "advised", as_role("physicist"), in_window)
    moved(proposed, "decided", as_role("investigator"), in_window)

    with pytest.raises(Refused, match="cannot become asked"):
        actions.ask(repeat=proposed, by=as_role("physicist"), clock=in_window)


def test_after_the_recall_window_nothing_is_asked(justified, as_role, clock):
    with pytest.raises(Refused, match="recall window is over"):
        actions.ask(repeat=justified, by=as_role("physicist"), clock=clock)


def test_a_repeat_that_would_pass_the_constraint_is_refused(allow, justified, as_role, in_window):  # fmt: skip
    allow(("expected: E <= 0.05 mSv", "expected: E <= 0.3 mSv"))

    with pytest.raises(Refused, match="would pass the constraint"):
        actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)


def test_more_repeats_than_the_plan_allows_are_refused(allow, justified, as_role, in_window):  # fmt: skip
    allow(("repeats: 1", "repeats: 0"))

    with pytest.raises(Refused, match="they are used"):
        actions.ask(repeat=justified, by=as_role("physicist"), clock=in_window)


def test_one_repeat_of_an_exam_at_a_time_and_with_a_reason(proposed, as_role, in_window):  # fmt: skip
    told = {"exam": proposed.exam, "by": as_role("physicist"), "clock": in_window}

    with pytest.raises(NotReady, match="under way already"):
        actions.propose(reason="again", **told)
    with pytest.raises(InvalidInput, match="Say why"):
        actions.propose(reason=" ", **told)


def test_an_exam_of_no_known_kind_cannot_be_repeated(judged_exam, as_role, clock):
    with pytest.raises(InvalidInput, match="no kind"):
        actions.propose(exam=judged_exam(kind=""), reason="x", by=as_role("physicist"), clock=clock)  # fmt: skip


def test_an_exam_without_radiation_needs_no_justification(judged_exam, as_role, participant, count):  # fmt: skip
    from datetime import UTC, datetime, time

    exam = judged_exam()
    now = FixedClock(datetime.combine(exam.slot.closes_on, time(9), UTC))
    row = actions.propose(exam=exam, reason="movement", by=as_role("physicist"), clock=now)  # fmt: skip
    moved(row, "advised", as_role("physicist"), now)
    moved(row, "decided", as_role("investigator"), now)
    with pytest.raises(Refused):
        moved(row, "justified", as_role("practitioner"), now)
    actions.ask(repeat=row, by=as_role("physicist"), clock=now)
    again = judged_exam(uid="1.2.4", first_received_at=now.now() + timedelta(hours=1))
    assert count(again) is None
    row.refresh_from_db()

    assert (row.state, row.made_id) == ("done", again.pk)
