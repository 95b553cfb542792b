"""Enrolment, booking, not done, consent, withdrawal: through the pages, with what can go wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.web.ledger.models import Event
from provident.web.participants.models import Participant


S = "/s/arthur-2"
ENROL = {
    "site": "leeds",
    "anchor_on": "2026-11-02",
    "consent": ["take_part", "store_images", "recontact"],
    "code": "",
}


@pytest.fixture
def at_leeds(as_member, make_member):
    """Somebody of the site leeds, logged in."""
    return as_member(make_member("site", "leeds"))


def test_enrolment_gives_the_next_number_and_lays_out_the_exams(at_leeds, participant):
    answer = at_leeds.post(f"{S}/participants/enrol", ENROL, follow=True)

    made = Participant.objects.get(code="L-102")
    assert "L-102 is enrolled" in answer.text
    assert (made.consent["recontact"], made.consent["commercial"]) == (True, False)
    assert made.slots.count() == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"consent": ["recontact"]}, "nobody can be enrolled"),
        ({"anchor_on": "2.11.26"}, "Enter a date such as"),
        ({"anchor_on": ""}, "Enter the day that the visit windows count from"),
        ({"site": "york"}, "Select a valid choice"),
        ({"code": "Y-900"}, "taken or does not begin with L-"),
        ({"consent": ["no_such"]}, "Select a valid choice"),
    ],
)
def test_an_enrolment_that_does_not_fit(at_leeds, study, changes, words):
    answer = at_leeds.post(f"{S}/participants/enrol", {**ENROL, **changes})

    assert answer.status_code == 422
    assert words in answer.text
    assert not Participant.objects.exists()


def test_a_site_that_is_not_open_cannot_enrol(at_leeds, study):
    study.sites.update(activated_at=None)

    assert "No site is open" in at_leeds.get(f"{S}/participants/enrol").text
    assert at_leeds.post(f"{S}/participants/enrol", ENROL).status_code == 422


@pytest.fixture
def open_slot(participant, clock):
    """A slot of L-101 whose window is open today."""
    today = clock.now().date()
    slot = participant.slots.last()
    slot.opens_on, slot.closes_on = today - timedelta(days=3), today + timedelta(days=9)
    slot.save()
    return slot


def test_booking_an_exam(at_leeds, open_slot):
    answer = at_leeds.post(
        f"{S}/slots/{open_slot.pk}",
        {"do": "book", "on": open_slot.closes_on.isoformat()},
        follow=True,
    )

    open_slot.refresh_from_db()
    assert "The exam is booked" in answer.text
    assert "booked the exam" in answer.text
    assert ("booked", open_slot.closes_on) == (open_slot.state, open_slot.booked_on)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "book", "on": "2030-01-01"}, "outside the window"),
        ({"do": "book", "on": "tomorrow"}, "Enter a date such as"),
        ({"do": "not_done"}, "Choose a reason"),
        ({"do": "not_done", "reason": "rain"}, "Select a valid choice"),
    ],
)
def test_a_booking_that_is_refused_says_why_at_the_field(
    at_leeds, open_slot, form, words
):
    answer = at_leeds.post(f"{S}/slots/{open_slot.pk}", form)

    assert answer.status_code == 422
    assert answer.text.count(words) >= 2
    assert "nhsuk-error-summary" in answer.text


def test_an_exam_that_was_not_done_has_a_reason_of_the_plan(at_leeds, open_slot):
    answer = at_leeds.post(
        f"{S}/slots/{open_slot.pk}", {"do": "not_done", "reason": "unwell"}, follow=True
    )

    open_slot.refresh_from_db()
    assert "Participant unwell" in answer.text
    assert (open_slot.state, open_slot.reason) == ("not_done", "unwell")


def test_after_the_window_nothing_can_be_booked_but_everything_explained(
    at_leeds, participant
):
    text = at_leeds.get(f"{S}/slots/{participant.slots.first().pk}").text

    assert "past its window" in text
    assert "Book it" not in text
    assert "It was not done" in text


def test_a_final_slot_offers_nothing(at_leeds, open_slot):
    open_slot.state = "final"
    open_slot.save()

    assert "Book it" not in at_leeds.get(f"{S}/slots/{open_slot.pk}").text


@pytest.mark.parametrize("role", ["qc", "statistician", "monitor"])
def test_who_may_not_book_cannot_post_either(as_member, make_member, open_slot, role):
    client = as_member(make_member(role))

    assert "Book it" not in client.get(f"{S}/slots/{open_slot.pk}").text
    assert (
        client.post(
            f"{S}/slots/{open_slot.pk}", {"on": open_slot.closes_on}
        ).status_code
        == 403
    )


def test_withdrawal_says_what_is_lost_then_does_it(at_leeds, participant):
    page = f"{S}/participants/L-101/withdraw"

    assert (
        "10 exams that are expected or booked will be marked as not done"
        in at_leeds.get(page).text
    )
    answer = at_leeds.post(
        page, {"kind": "stop_visits", "on": "2026-11-20", "reason": ""}, follow=True
    )

    participant.refresh_from_db()
    assert "Withdrawn on 20 Nov 2026: stop visits." in answer.text
    assert participant.status == "withdrawn"
    assert {"not_done"} == set(participant.slots.values_list("state", flat=True))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "", "on": "2026-11-20"}, "Choose what the participant withdraws"),
        ({"kind": "stop_visits", "on": ""}, "Enter the day of the withdrawal"),
        ({"kind": "stop_visits", "on": "2026-12-24"}, "lies after today"),
        ({"kind": "vanish", "on": "2026-11-20"}, "Select a valid choice"),
    ],
)
def test_a_withdrawal_that_does_not_fit(
    at_leeds, participant, clock, monkeypatch, form, words
):
    monkeypatch.setattr("provident.web.participants.views.people.clock", lambda: clock)

    answer = at_leeds.post(f"{S}/participants/L-101/withdraw", form)

    assert answer.status_code == 422
    assert words in answer.text
    assert Participant.objects.get().status == "active"


def test_a_change_of_consent_needs_a_reason_and_is_recorded(at_leeds, participant):
    page = f"{S}/participants/L-101/consent"
    without = ["take_part", "store_images"]

    assert at_leeds.post(page, {"consent": without, "reason": ""}).status_code == 422
    at_leeds.post(page, {"consent": without, "reason": "new form of 3 March"})

    participant.refresh_from_db()
    event = Event.objects.get(action="participant.consent_changed")
    assert not participant.consent["commercial"]
    assert event.reason == "new form of 3 March"


def test_the_list_sorts_filters_and_exports(as_member, make_member, participant):
    client = as_member(make_member("trial_manager"))

    assert "L-101" in client.get(f"{S}/participants?sort=-code").text
    assert "0 of" not in client.get(f"{S}/participants?site=Leeds").text
    text = client.get(f"{S}/participants?format=csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("L-101,Leeds,active")


def test_no_arm_on_any_page_before_the_unblinding(as_member, make_member, participant):
    participant.arm = "active drug X"
    participant.save()

    for role in ("trial_manager", "qc", "statistician", "monitor"):
        text = as_member(make_member(role)).get(f"{S}/participants/L-101").text

        assert "active drug X" not in text


def test_a_statistician_sees_the_arm_once_unblinded(
    as_member, make_member, participant, clock
):
    participant.arm = "active drug X"
    participant.save()
    member = make_member("statistician")
    study = member.study
    study.locked_at = study.unblinded_at = clock.now()
    study.save()

    assert "active drug X" in as_member(member).get(f"{S}/participants/L-101").text


@pytest.fixture
def late_slot(participant):
    """A slot of L-101 whose window closed long ago."""
    return participant.slots.first()


def test_the_trial_manager_asks_and_the_site_sees_it(as_member, make_member, late_slot):
    manager, site = make_member("trial_manager"), make_member("site", "leeds")
    page = as_member(manager).get(f"{S}/matrix/ask").text
    assert "L-101, Baseline, MRI of both hands" in page

    answer = as_member(manager).post(
        f"{S}/matrix/ask", {"site": ["leeds"]}, follow=True
    )

    assert "Leeds: asked" in answer.text
    assert "asked for just now" in as_member(site).get(f"{S}/").text
    event = Event.objects.get(action="slot.asked_for")
    assert (event.site, event.content["participants"]["new"]) == ("leeds", ["L-101"])


def test_a_site_that_is_not_late_or_not_chosen_is_not_asked(
    as_member, make_member, late_slot
):
    client = as_member(make_member("trial_manager"))

    answer = client.post(f"{S}/matrix/ask", {"site": ["york"]}, follow=True)

    assert "Nobody was asked" in answer.text
    assert not Event.objects.filter(action="slot.asked_for").exists()


def test_nobody_else_asks_sites(as_member, make_member, late_slot):
    for role in ("qc", "statistician", "monitor"):
        assert (
            as_member(make_member(role))
            .post(f"{S}/matrix/ask", {"site": ["leeds"]})
            .status_code
            == 403
        )


def test_without_late_exams_there_is_nothing_to_ask(as_member, make_member, study):
    assert (
        "No exam is late"
        in as_member(make_member("trial_manager")).get(f"{S}/matrix/ask").text
    )
