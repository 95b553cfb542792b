"""Linking a hospital number ahead of the first scan: at the site alone, in the gateway alone, and undone with a reason."""

from __future__ import annotations

import json

import pytest

from provident.web.exams.models import Exam
from provident.web.intake.models import Quarantine
from provident.web.ledger.selectors import events
from tests.peers.scans import exam


@pytest.fixture
def nurse(make_member, as_member, participant, gateway):
    return as_member(make_member("site", "leeds"))


@pytest.fixture
def page(study, participant):
    return f"/s/{study.slug}/participants/{participant.code}/link"


def link(client, page, number, issuer=""):
    return client.post(page, {"number": number, "issuer": issuer})


def test_a_number_linked_ahead_spares_the_exam_the_quarantine(
    nurse, page, study, land, work
):
    assert link(nurse, page, " 1234567 ", "lth").status_code == 302

    land(exam(2))
    work.settle()

    assert Quarantine.objects.count() == 0
    assert Exam.objects.get().received == 2


def test_images_held_before_go_on_by_themselves(nurse, page, land, work):
    land(exam(2))
    work.settle()
    assert Quarantine.objects.get().state == "open"

    link(nurse, page, "1234567", "LTH")
    work.settle()

    assert Quarantine.objects.get().state == "released"
    assert Exam.objects.get().received == 2


def test_the_number_is_in_the_gateway_and_nowhere_else(
    nurse, page, study, gateway, caplog
):
    link(nurse, page, "1234567", "LTHT")

    assert gateway.crosswalk.lookup("LTHT", "1234567") == "L-101"
    [made] = [e for e in events(study.slug) if e.action == "participant.number_linked"]
    assert (made.participant, made.site, made.content) == ("L-101", "leeds", {})
    assert "1234567" not in json.dumps(gateway.ledger.events())
    assert gateway.ledger.events()[-1]["action"] == "crosswalk.linked"
    assert "1234567" not in caplog.text
    shown = nurse.get(page).content.decode()
    assert "1234567" not in shown
    assert "…67" in shown


def test_the_issuer_that_images_named_before_is_offered(nurse, page, gateway):
    gateway.crosswalk.link("LTH", "7654321", "L-102")

    assert 'value="LTH"' in nurse.get(page).content.decode()


def test_another_issuers_number_is_another_number(nurse, page, land, work):
    link(nurse, page, "1234567", "QMC")

    land(exam(1))
    work.settle()

    assert Quarantine.objects.get().code == "QUARANTINE.UNKNOWN_PARTICIPANT"


def test_a_look_in_full_is_recorded_at_both_ends(nurse, page, study, gateway):
    link(nurse, page, "1234567", "LTHT")

    answer = nurse.post(f"{page}/look")

    assert "1234567" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert gateway.ledger.events()[-1]["action"] == "crosswalk.looked_at"
    assert "participant.numbers_looked_at" in {e.action for e in events(study.slug)}


def test_a_wrong_link_is_undone_with_a_reason(nurse, page, study, gateway, land, work):
    link(nurse, page, "1234567", "LTH")
    [known] = gateway.crosswalk.links_of("L-101")
    undo = {"reference": known.reference, "reason": ""}
    refused = nurse.post(f"{page}/undo", undo)
    assert refused.status_code == 422
    assert "Say why the link is wrong" in refused.content.decode()

    done = nurse.post(f"{page}/undo", {**undo, "reason": "mixed up two lines"})

    assert done.status_code == 302
    assert gateway.crosswalk.lookup("LTH", "1234567") is None
    [made] = [e for e in events(study.slug) if e.action == "participant.number_unlinked"]  # fmt: skip
    assert made.content["reason"] == "mixed up two lines"
    land(exam(1))
    work.settle()
    assert Quarantine.objects.get().code == "QUARANTINE.UNKNOWN_PARTICIPANT"
    again = nurse.post(f"{page}/undo", {**undo, "reason": "once more"})
    assert "no such link" in again.content.decode()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "Enter the hospital number"),
        ("   ", "Enter the hospital number"),
        ("12\\34567", "no backslash"),
        ("l-102", "That is a trial number"),
        ("9" * 65, "at most 64 characters"),
        ("7654321", "linked to another participant"),
    ],
)
def test_what_cannot_be_linked_is_said_in_words(
    nurse, page, study, gateway, site, clock, by, number, says
):
    from datetime import date

    from provident.web.participants.actions import enrol
    from provident.web.studies.plans import plan_in_force

    consent = dict.fromkeys(plan_in_force(study).consent.options, True)
    enrol(site=site, anchor_on=date(2026, 3, 3), consent=consent, by=by, clock=clock)
    gateway.crosswalk.link("", "7654321", "L-102")

    answer = link(nurse, page, number)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert gateway.crosswalk.links_of("L-101") == []


def test_the_same_link_again_changes_nothing(nurse, page, study):
    link(nurse, page, "1234567")
    link(nurse, page, "1234567")

    made = [e for e in events(study.slug) if e.action == "participant.number_linked"]
    assert len(made) == 1


@pytest.mark.parametrize("role", ["trial_manager", "qc", "monitor", "statistician"])
def test_nobody_else_sees_or_links_numbers(
    role, page, make_member, as_member, gateway, participant
):
    client = as_member(make_member(role))

    assert client.get(page).status_code == 403
    assert link(client, page, "1234567").status_code == 403
    assert client.post(f"{page}/look").status_code == 403
    assert "Hospital numbers" not in client.get(page.removesuffix("/link")).content.decode()  # fmt: skip


def test_another_site_finds_no_such_participant(page, make_member, as_member, gateway, participant):  # fmt: skip
    client = as_member(make_member("site", "bradford"))

    assert client.get(page).status_code == 404


def test_nobody_is_linked_who_has_withdrawn(nurse, page, participant, clock, by):
    from provident.web.participants.actions import withdraw

    withdraw(participant=participant, kind="stop_visits", on=clock.now().date(), reason="", by=by, clock=clock)  # fmt: skip

    answer = link(nurse, page, "1234567")
    assert answer.status_code == 422
    assert "has withdrawn" in answer.content.decode()


def test_the_participants_page_leads_there(nurse, page):
    assert page in nurse.get(page.removesuffix("/link")).content.decode()


def test_a_site_with_a_gateway_elsewhere_is_sent_there(
    make_member, as_member, page, participant
):
    answer = as_member(make_member("site", "leeds")).get(page)

    assert answer.status_code == 404
    assert "another machine" in answer.content.decode()
