"""Pages of transfers and quarantine: who sees what, and what can be done in place."""

from __future__ import annotations

import pytest

from provident.adapters.gateway.work import status
from provident.web.exams.models import Exam
from provident.web.intake.models import Quarantine, Transfer
from provident.web.ledger.selectors import events
from tests.peers.scans import exam


@pytest.fixture
def held(land, work, participant):
    """Two images of an unknown number, held at leeds."""
    land(exam(2))
    work.settle()
    return Quarantine.objects.get()


def test_a_held_group_is_linked_in_place_and_goes_on(
    held, make_member, as_member, study, work, gateway
):
    nurse = as_member(make_member("site", "leeds"))
    page = nurse.get(f"/s/{study.slug}/quarantine").content.decode()
    assert "belongs to nobody who is enrolled" in page
    assert "1234567" not in page

    answer = nurse.post(
        f"/s/{study.slug}/quarantine/{held.pk}/decide",
        {"act": "link", "participant": "L-101", "reason": "checked with the ward list"},
    )
    assert answer.status_code == 302
    work.settle()

    held.refresh_from_db()
    assert (held.state, held.participant.code) == ("released", "L-101")
    assert held.carried_out_at is not None
    assert Exam.objects.get().received == 2
    assert "checked with the ward list" in nurse.get(f"/s/{study.slug}/quarantine").content.decode()  # fmt: skip


def test_a_held_group_is_discarded_with_a_reason(
    held, make_member, as_member, study, work, gateway
):
    nurse = as_member(make_member("site", "leeds"))
    nurse.post(
        f"/s/{study.slug}/quarantine/{held.pk}/decide",
        {"act": "discard", "reason": "sent by mistake"},
    )
    work.settle()

    assert status(gateway)["discarded"] == 2
    assert gateway.vault.names() == set()
    [event] = [e for e in events(study.slug) if e.action == "quarantine.discard"]
    assert event.reason == "sent by mistake"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"act": "discard", "reason": ""}, "Say why"),
        ({"act": "link", "reason": "r"}, "Choose the participant"),
        ({"act": "link", "participant": "Y-101", "reason": "r"}, "not one of"),
        ({"act": "release", "reason": "r"}, "cannot be done"),
        ({"act": "sing", "reason": "r"}, "not one of"),
    ],
)
def test_an_incomplete_decision_is_answered_in_words(
    held, make_member, as_member, study, told, words
):
    nurse = as_member(make_member("site", "leeds"))
    answer = nurse.post(f"/s/{study.slug}/quarantine/{held.pk}/decide", told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    held.refresh_from_db()
    assert held.state == "open"


def test_a_decision_that_the_gateway_cannot_do_comes_back_with_its_reason(
    held, make_member, as_member, study, work, gateway, site, participant, by, clock
):
    from datetime import date

    from provident.web.participants.actions import enrol

    enrol(site=site, anchor_on=date(2026, 3, 2), consent=participant.consent, by=by, clock=clock)  # fmt: skip
    gateway.crosswalk.link("LTH", "1234567", "L-102")
    nurse = as_member(make_member("site", "leeds"))
    nurse.post(
        f"/s/{study.slug}/quarantine/{held.pk}/decide",
        {"act": "link", "participant": "L-101", "reason": "r"},
    )
    # The gateway resolves the rest by itself once it knows who L-102 is; here it must not link twice.
    from provident.adapters.gateway.holding import Decision, carry_out
    from provident.kernel import Refused
    from provident.web.intake.actions import decision_done

    with pytest.raises(Refused) as refused:
        carry_out(gateway, clock, Decision(hold=held.reference, act="link", by="n", participant="L-101"))  # fmt: skip
    decision_done(gateway=held.gateway, reference=held.reference, error=str(refused.value), clock=clock)  # fmt: skip

    held.refresh_from_db()
    assert held.state == "open"
    assert "another participant" in nurse.get(f"/s/{study.slug}/quarantine").content.decode()  # fmt: skip


def test_a_look_shows_whose_they_are_once_and_is_recorded(
    held, make_member, as_member, study, gateway
):
    nurse = as_member(make_member("site", "leeds"))
    page = nurse.post(f"/s/{study.slug}/quarantine/{held.pk}/look")

    assert "1234567" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    assert "quarantine.looked_at" in [e.action for e in events(study.slug)]
    assert gateway.ledger.events()[-1]["action"] == "hold.looked_at"
    image = nurse.get(f"/s/{study.slug}/quarantine/{held.pk}/pictures/0")
    assert image.content.startswith(b"\x89PNG")
    assert "no-store" in image["Cache-Control"]
    assert gateway.ledger.events()[-1]["action"] == "hold.image_seen"
    assert nurse.get(f"/s/{study.slug}/quarantine/{held.pk}/pictures/9").status_code == 404  # fmt: skip
    assert "1234567" not in nurse.get(f"/s/{study.slug}/quarantine").content.decode()


@pytest.mark.parametrize(
    ("role", "of", "sees", "decides"),
    [
        ("site", "leeds", 200, 302),
        ("site", "york", 200, 404),
        ("trial_manager", "", 200, 403),
        ("qc", "", 200, 403),
        ("reader", "", 403, 403),
        ("statistician", "", 403, 403),
    ],
)
def test_who_sees_and_who_decides(
    held, make_member, as_member, study, role, of, sees, decides
):
    browser = as_member(make_member(role, of))
    page = browser.get(f"/s/{study.slug}/quarantine")
    answer = browser.post(
        f"/s/{study.slug}/quarantine/{held.pk}/decide",
        {"act": "discard", "reason": "r"},
    )
    look = browser.post(f"/s/{study.slug}/quarantine/{held.pk}/look")
    image = browser.get(f"/s/{study.slug}/quarantine/{held.pk}/pictures/0")

    assert image.status_code == look.status_code
    assert (page.status_code, answer.status_code) == (sees, decides)
    assert look.status_code == (200 if decides == 302 else decides)
    if of == "york":
        assert "belongs to nobody" not in page.content.decode()


def test_transfers_and_their_receipts(
    land, work, participant, make_member, as_member, study
):
    land(exam(3, patient_id="L-101"))
    work.settle()
    [transfer] = Transfer.objects.all()
    manager = as_member(make_member("trial_manager"))

    page = manager.get(f"/s/{study.slug}/transfers").content.decode()
    assert "L-101" in page
    assert "verified" in page
    receipt = manager.get(f"/s/{study.slug}/transfers/{transfer.pk}").content.decode()
    assert "stored and verified" in receipt
    download = manager.get(f"/s/{study.slug}/transfers/{transfer.pk}?format=json").json()  # fmt: skip
    assert len(download["instances"]) == 3
    assert download["instances"][0]["sha256"] in receipt


def test_another_site_s_transfer_is_not_there(
    land, work, participant, make_member, as_member, study
):
    land(exam(1, patient_id="L-101"))
    work.settle()
    [transfer] = Transfer.objects.all()
    other = as_member(make_member("site", "york"))

    assert other.get(f"/s/{study.slug}/transfers/{transfer.pk}").status_code == 404
    assert "L-101" not in other.get(f"/s/{study.slug}/transfers").content.decode()


def test_empty_pages_teach(make_member, as_member, study, gateway):
    nurse = as_member(make_member("site", "leeds"))

    assert "No transfer here yet" in nurse.get(f"/s/{study.slug}/transfers").content.decode()  # fmt: skip
    assert "No image waits here" in nurse.get(f"/s/{study.slug}/quarantine").content.decode()  # fmt: skip
    assert "Send images from Leeds" in nurse.get(f"/s/{study.slug}/transfers/new").content.decode()  # fmt: skip


def test_a_receipt_that_is_not_there_yet_is_answered_in_words(
    participant, make_member, as_member, study, gateway, clock
):
    from provident.web.intake.models import Gateway

    row = Transfer.objects.create(
        study=study, site=participant.site, gateway=Gateway.objects.get(site=participant.site), participant=participant,
        token="t", manifest_sha256="0" * 64, manifest_key="x", way="dicom", announced=3, opened_at=clock.now(),
    )  # fmt: skip
    manager = as_member(make_member("trial_manager"))

    answer = manager.get(f"/s/{study.slug}/transfers/{row.pk}?format=json")
    assert answer.status_code == 409
    assert "arriving" in manager.get(f"/s/{study.slug}/transfers/{row.pk}").content.decode()  # fmt: skip


@pytest.mark.parametrize(
    ("role", "of", "count"),
    [
        ("site", "leeds", 1),
        ("site", "york", 0),
        ("trial_manager", "", 1),
        ("qc", "", 1),
        ("reader", "", 0),
        ("statistician", "", 0),
    ],
)
def test_held_images_wait_on_the_home_page_of_those_who_see_them(
    held, make_member, clock, role, of, count
):
    from provident.web.intake.waits import waits

    found = waits(make_member(role, of), clock.now())
    assert sum(w.count for w in found) == count
