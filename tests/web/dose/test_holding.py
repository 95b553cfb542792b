"""Holding: what a constraint stops, who signs for more, and that images and care are never held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.kernel import Denied, InvalidInput, Refused
from provident.programme.exposures import exam_rules
from provident.web.dose import actions
from provident.web.dose.models import DoseSignature
from provident.web.ledger.models import Event
from provident.web.participants.actions import book
from provident.web.studies.plans import plan_in_force
from tests.web.dose.conftest import PASSWORD


pytestmark = pytest.mark.django_db
TIGHT = ("participant: E <= 0.2 mSv", "participant: DAP <= 0.05 Gy.cm2")


@pytest.fixture
def at_the_limit(allow, make_radiographs, count):
    """Two exams of 0.03 Gy.cm2 where the study may give 0.05; the exam's own limit is 0.05."""
    allow(TIGHT, ("expected: E <= 0.01 mSv", "expected: DAP <= 0.02 Gy.cm2"))
    for visit in ("baseline", "week24"):
        count(make_radiographs(visit, daps=(0.3,), state="accepted"))


def next_slot(participant):
    return participant.slots.get(visit="week52", exam_kind="hands_xray")


def booked(participant, by, clock, slot=None):
    slot = slot or next_slot(participant)
    return book(slot=slot, on=slot.opens_on + timedelta(days=1), by=by, clock=clock)


def signed(participant, who, clock, up_to=0.09, **changes):
    told = {"reason": "the last visit is worth it", "password": PASSWORD, **changes}
    rules = exam_rules(plan_in_force(participant.study), "hands_xray")
    return actions.sign_for(participant=participant, rules=rules, up_to=up_to, by=who, clock=clock, **told)  # fmt: skip


def test_at_the_constraint_the_next_research_exposure_cannot_be_booked(at_the_limit, participant, by, clock):  # fmt: skip
    with pytest.raises(Refused, match=r"held by the dose ledger.*practitioner and physicist"):  # fmt: skip
        booked(participant, by, clock)

    assert next_slot(participant).state == "expected"


def test_an_exam_that_does_not_expose_is_booked_all_the_same(at_the_limit, participant, by, clock):  # fmt: skip
    slot = participant.slots.get(visit="week24", exam_kind="hands_mri")

    assert booked(participant, by, clock, slot).state == "booked"


def test_routine_care_is_never_held(allow, at_the_limit, participant, by, clock):
    allow(("kind: research", "kind: routine"))

    assert booked(participant, by, clock).state == "booked"


def test_images_that_come_are_taken_and_counted_all_the_same(at_the_limit, make_radiographs, count):  # fmt: skip
    assert count(make_radiographs("week52", daps=(0.3,))).amounts["DAP"] == pytest.approx(0.03)  # fmt: skip


def test_what_would_pass_the_constraint_is_held_before_it_is_reached(allow, make_radiographs, count, participant, by, clock):  # fmt: skip
    allow(TIGHT, ("expected: E <= 0.01 mSv", "expected: DAP <= 0.03 Gy.cm2"))
    count(make_radiographs(daps=(0.3,)))

    with pytest.raises(Refused, match="would pass the constraint"):
        booked(participant, by, clock)


def test_a_booking_counts_before_the_next_one(allow, make_radiographs, count, participant, by, clock):  # fmt: skip
    allow(TIGHT, ("expected: E <= 0.01 mSv", "expected: DAP <= 0.02 Gy.cm2"))
    count(make_radiographs(daps=(0.1,), state="accepted"))
    booked(participant, by, clock, participant.slots.get(visit="week24", exam_kind="hands_xray"))  # fmt: skip
    booked(participant, by, clock)  # 0.01 given, 0.02 booked, 0.02 more: just within

    allow(("expected: DAP <= 0.02 Gy.cm2", "expected: DAP <= 0.03 Gy.cm2"))
    with pytest.raises(Refused, match="would pass the constraint"):
        booked(participant, by, clock)


def test_a_dose_that_nobody_knows_or_expects_holds_the_next_exposure(allow, make_radiographs, count, participant, by, clock):  # fmt: skip
    allow(("  expected: E <= 0.01 mSv\n", ""))
    count(make_radiographs(daps=(None,)))

    with pytest.raises(Refused, match="Answer the query on its dose"):
        booked(participant, by, clock)


def test_one_signature_of_two_is_not_enough(at_the_limit, participant, by, clock, as_role):  # fmt: skip
    signed(participant, as_role("practitioner"), clock)

    with pytest.raises(Refused):
        booked(participant, by, clock)


def test_both_signatures_let_it_go_on_up_to_the_lower_dose(at_the_limit, participant, by, clock, as_role):  # fmt: skip
    signed(participant, as_role("practitioner"), clock, up_to=0.2)
    signed(participant, as_role("physicist"), clock, up_to=0.079)
    with pytest.raises(Refused, match="would pass the constraint"):
        booked(participant, by, clock)  # 0.06 given and 0.02 expected

    signed(participant, as_role("physicist"), clock, up_to=0.09)

    assert booked(participant, by, clock).state == "booked"
    assert Event.objects.filter(action="dose.signed").count() == 3


@pytest.mark.parametrize(
    ("role", "changes", "error", "words"),
    [
        ("radiographer", {}, Refused, "Only the practitioner and the physicist"),
        ("practitioner", {"up_to": 0.05}, Refused, "above the constraint"),
        ("practitioner", {"up_to": float("nan")}, Refused, "above the constraint"),
        ("practitioner", {"reason": " "}, InvalidInput, "worth the dose"),
        ("practitioner", {"password": "wrong"}, Denied, "not your password"),
    ],
)
def test_what_is_not_signed(at_the_limit, participant, clock, as_role, role, changes, error, words):  # fmt: skip
    with pytest.raises(error, match=words):
        signed(participant, as_role(role), clock, **changes)

    assert not DoseSignature.objects.exists()


def test_without_a_constraint_there_is_nothing_to_sign(allow, participant, clock, as_role):  # fmt: skip
    allow(("participant: E <= 0.2 mSv, ", ""))

    with pytest.raises(Refused, match="no constraint"):
        signed(participant, as_role("practitioner"), clock)
