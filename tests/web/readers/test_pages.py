"""The pages of readers: who may read what, evidence, holds, one's own standing."""

from __future__ import annotations

import re

import pytest

from provident.web.ledger.record import SYSTEM
from provident.web.readers import actions
from provident.web.readers.models import (
    Declaration,
    Evidence,
    Hold,
    Qualification,
)
from tests.web.readers.conftest import DESIGN, PASSWORD


S = "/s/arthur-2"


@pytest.fixture
def page_of(ana):
    return f"{S}/readers/standing/{ana.pk}/{DESIGN}"


def test_the_table_says_what_is_missing(ana, tm, as_member):
    page = as_member(tm).get(f"{S}/readers/standing").text

    assert "Ana" in page
    assert "not qualified yet" in page
    assert "gcp: no evidence is recorded (stops nobody)" in page


def test_qualified_elsewhere_through_the_page(ana, tm, as_member):
    client = as_member(tm)
    address = f"{S}/readers/standing/elsewhere"
    # As the rehearsal finds the readers on the page.
    whom = re.findall(r'name="whom"[^>]*value="([^"]+)"', client.get(address).text)
    assert f"{ana.pk}|{DESIGN}" in whom
    told = {"whom": whom, "certificate": "Course 12", "on": "2026-06-01", "reason": "same form", "password": PASSWORD}  # fmt: skip

    wrong = client.post(address, {**told, "password": "no"})
    assert wrong.status_code == 422
    assert "not your password" in wrong.text
    assert client.post(address, {**told, "whom": []}).status_code == 422
    assert not Qualification.objects.exists()

    assert client.post(address, told).status_code == 302
    assert "may read" in client.get(f"{S}/readers/standing").text


def test_evidence_is_signed_on_the_readers_page(ana, lead, as_member, page_of):
    client = as_member(lead)
    assert "GCP" in client.get(page_of).text or "gcp" in client.get(page_of).text
    told = {"do": "tick", "says_0": "GCP 99", "on_0": "2026-01-05", "password": PASSWORD}  # fmt: skip

    half = client.post(page_of, {**told, "on_0": ""})
    assert half.status_code == 422
    assert "Give the certificate and its day" in half.text
    assert client.post(page_of, told).status_code == 302
    assert Evidence.objects.get().says == "GCP 99"


def test_a_hold_and_its_end(ana, lead, as_member, page_of):
    client = as_member(lead)
    assert client.post(page_of, {"do": "hold", "why": ""}).status_code == 422
    assert client.post(page_of, {"do": "hold", "why": "on leave"}).status_code == 302
    row = Hold.objects.get()

    lift = f"{S}/readers/holds/{row.pk}/lift"
    assert "on leave" in client.get(lift).text
    assert client.post(lift, {"reason": ""}).status_code == 422
    assert client.post(lift, {"reason": "back at work"}).status_code == 302
    assert client.get(lift).status_code == 404


def test_a_reader_sees_their_own_standing_and_declares(ana, as_member, clock):
    actions.hold(reader=ana, design=DESIGN, why="an alarm", by=SYSTEM, clock=clock)
    client = as_member(ana)
    page = client.get(f"{S}/reading/standing")
    assert "Held: an alarm" in page.text

    both = {"none": "on", "says": "shares", "password": PASSWORD}
    assert client.post(f"{S}/reading/standing", both).status_code == 422
    told = {"none": "on", "says": "", "password": PASSWORD}
    assert client.post(f"{S}/reading/standing", told).status_code == 302
    assert Declaration.objects.get().says == ""


def test_a_conflict_is_decided_on_the_page(ana, lead, as_member, page_of, clock):
    actions.declare(says="shares", password=PASSWORD, by=ana, clock=clock)
    client = as_member(lead)
    assert "shares" in client.get(page_of).text
    told = {"do": "decide", "accepted": "yes", "reason": "sold"}

    assert client.post(page_of, {**told, "reason": ""}).status_code == 422
    assert client.post(page_of, told).status_code == 302
    assert Declaration.objects.get().accepted


@pytest.mark.parametrize("page", ["readers/standing", "readers/again", "readers/standing/elsewhere"])  # fmt: skip
def test_the_lead_may_open_and_a_reader_not(page, ana, lead, as_member):
    assert as_member(lead).get(f"{S}/{page}").status_code == 200
    assert as_member(ana).get(f"{S}/{page}").status_code == 403


def test_another_design_or_person_is_not_there(tm, as_member):
    client = as_member(tm)
    assert client.get(f"{S}/readers/standing/{tm.pk}/{DESIGN}").status_code == 404


def test_what_waits_is_counted(ana, lead, as_member):
    assert "Readers who may begin no case" in as_member(lead).get(f"{S}/").text
