"""What the page for sending from a browser asks of the server: the key, whose images, transfers under a session."""

from __future__ import annotations

import json

import pytest

from provident.adapters.browser.glance import person_code
from provident.adapters.gateway.centre import multipart
from provident.adapters.gateway.sitekey import LEAST_ITERATIONS, wrap
from provident.deid import SiteKey
from provident.kernel.ids import sha256
from provident.web.exams.models import Exam
from provident.web.intake.models import PersonCode, Transfer, WrappedKey
from provident.web.ledger.selectors import events, faults
from tests.web.intake.test_transfers import _clean


BASE = "/s/arthur-2/send/"
KEY = SiteKey(bytes(range(32)))
PHRASE = "violin harbour zebra cotton"


def wrapped(key=KEY, site="leeds", study="arthur-2"):
    return wrap(key, PHRASE, study=study, site=site, iterations=LEAST_ITERATIONS).as_json()  # fmt: skip


@pytest.fixture
def nurse(make_member, as_member):
    """A client of a radiographer of Leeds."""
    return as_member(make_member("site", "leeds"))


@pytest.fixture
def keyed(nurse, participant):
    """The same, once the site has its key and a participant."""
    assert ask(nurse, "key", {"act": "make", "wrapped": wrapped()}).status_code == 200
    return nurse


def ask(client, path, told):
    return client.post(f"{BASE}api/{path}", json.dumps(told), "application/json")


def manifest(data: bytes, **more) -> str:
    told = {
        "study": "arthur-2", "site": "leeds", "participant": "L-101", "exam_uid": "2.25.1", "timepoint": "baseline",
        "in_window": True, "day": 0, "acquired_on": None, "way": "browser", "plan": {"version": "1", "hash": "x"},
        "profile": {"id": "p", "version": "1", "hash": "h"},
        "instances": [
            {"sop_uid": "2.25.2.0", "series_uid": "2.25.3", "modality": "MR", "sha256": sha256(data), "size": len(data)}
        ],
        **more,
    }  # fmt: skip
    return json.dumps(told)


def announce(client, data: bytes, patient="123", same_person="", **more):
    told = {
        "manifest": manifest(data, **more), "person": person_code(KEY, "", patient), "namespace": "1",
        "same_person": same_person,
    }  # fmt: skip
    return ask(client, "transfers", told)


def upload(client, token: str, data: bytes):
    kind = 'multipart/related; type="application/dicom"; boundary=xyz'
    return client.post(f"{BASE}api/transfers/{token}/instances", multipart("xyz", [(sha256(data), data)]), kind)  # fmt: skip


def test_a_transfer_goes_as_from_a_gateway_and_the_ledger_names_the_person(
    keyed, study
):
    data = _clean()
    told = announce(keyed, data).json()
    stored = upload(keyed, told["transfer"], data).json()["instances"]
    receipt = ask(keyed, f"transfers/{told['transfer']}/complete", {}).json()

    assert stored == [{"sha256": sha256(data), "state": "stored"}]
    assert [row["state"] for row in receipt["receipt"]["instances"]] == ["stored"]
    exam = Exam.objects.get()
    assert (exam.visit, exam.day, exam.acquired_on.isoformat()) == ("baseline", 0, "2026-03-02")  # fmt: skip
    found = {e.action: e.actor for e in events(study.slug)}
    assert found["transfer.announced"] == found["transfer.verified"] == "site-leeds"
    assert list(faults(study.slug)) == []


def test_the_same_again_is_the_same_transfer(keyed):
    data = _clean()
    first = announce(keyed, data).json()
    upload(keyed, first["transfer"], data)
    second = announce(keyed, data).json()

    assert second["transfer"] == first["transfer"]
    assert second["have"] == [sha256(data)]
    assert upload(keyed, first["transfer"], data).json()["instances"][0]["state"] == "duplicate"  # fmt: skip
    answers = [ask(keyed, f"transfers/{first['transfer']}/complete", {}).json() for _ in "ab"]  # fmt: skip
    assert answers[0] == answers[1]
    assert Transfer.objects.count() == 1


def test_an_image_that_names_its_patient_is_refused_by_the_centre_too(keyed):
    data = _clean(patient_id="1234567")
    told = announce(keyed, data).json()

    assert upload(keyed, told["transfer"], data).json()["instances"][0]["code"] == "participant"  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"participant": "L-999"}, "Nobody with that number"),
        ({"site": "york"}, "Nobody with that number"),
        ({"timepoint": "week12"}, "do not fit the plan"),
        ({"day": 300}, "do not fit the plan"),
        ({"day": None}, "do not fit the plan"),
        ({"in_window": False}, "do not fit the plan"),
        ({"way": "dicom"}, "no manifest of the browser page"),
        ({"acquired_on": "2026-03-02"}, "no manifest of the browser page"),
        ({"instances": []}, "between one and"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_in_words(keyed, more, words):
    answer = announce(keyed, _clean(), **more)

    assert 400 <= answer.status_code < 500
    assert words in answer.json()["message"]
    assert not Transfer.objects.exists()


def test_another_site_s_slot_and_transfer_are_not_there(
    keyed, make_member, as_member, study
):
    token = announce(keyed, _clean()).json()["transfer"]
    york = as_member(make_member("site", "york"))

    assert "Nobody with that number" in announce(york, _clean()).json()["message"]
    assert upload(york, token, _clean()).status_code == 404
    assert ask(york, f"transfers/{token}/complete", {}).status_code == 404
    assert york.get(f"{BASE}key.json").status_code == 404
    told = york.get(f"{BASE}api/settings").json()
    assert (told["site"], told["participants"], told["key"]) == ("york", [], None)


@pytest.mark.parametrize(
    "role", ["trial_manager", "qc", "reader", "adjudicator", "statistician", "monitor"]
)
def test_only_a_site_may_send(make_member, as_member, participant, role):
    client = as_member(make_member(role))

    assert client.get(BASE).status_code == 403
    assert client.get(f"{BASE}api/settings").status_code == 403
    assert ask(client, "key", {"act": "make", "wrapped": wrapped()}).status_code == 403
    assert announce(client, _clean()).status_code == 403
    assert not WrappedKey.objects.exists()


def test_nobody_sends_without_a_session_or_its_csrf_token(client, keyed, participant):
    from django.test import Client

    assert ask(Client(), "whose", {}).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = keyed.cookies
    assert ask(strict, "transfers", {}).status_code == 403


def test_the_settings_hold_nothing_that_a_site_may_not_see(keyed, participant):
    participant.arm = "active"
    participant.save()
    told = keyed.get(f"{BASE}api/settings").content.decode()

    assert '"arm"' not in told
    assert "Drug X" not in told
    assert json.loads(told)["participants"][0]["anchor"] == "2026-03-02"


def test_the_patient_is_held_against_earlier_transfers(keyed, participant):
    announce(keyed, _clean())
    other = announce(keyed, _clean(), patient="456", exam_uid="2.25.9")
    same = announce(keyed, _clean(), patient="456", exam_uid="2.25.9", same_person="merged in the PACS")  # fmt: skip

    assert "another patient than those sent for L-101" in other.json()["message"]
    assert same.status_code == 200
    assert PersonCode.objects.filter(participant=participant).count() == 2


def test_the_same_patient_under_two_participants_is_refused(
    keyed, site, clock, by, participant
):
    from datetime import date

    from provident.web.participants.actions import enrol

    enrol(site=site, anchor_on=date(2026, 3, 2), consent=participant.consent, by=by, clock=clock)  # fmt: skip
    announce(keyed, _clean())
    refused = announce(keyed, _clean(), participant="L-102", same_person="I am sure")
    told = ask(keyed, "whose", {"participant": "L-102", "person": person_code(KEY, "", "123"), "namespace": "1"})  # fmt: skip

    assert "sent for L-101" in refused.json()["message"]
    assert told.json() == {"known": "other", "owner": "L-101"}


def test_a_wrong_person_can_be_undone_with_a_reason(keyed, participant, study):
    announce(keyed, _clean())

    assert ask(keyed, "participants/L-101/forget", {}).status_code in (400, 422)
    answer = ask(keyed, "participants/L-101/forget", {"reason": "wrong CD"})
    assert answer.json() == {"undone": 1}
    assert announce(keyed, _clean(), patient="456", exam_uid="2.25.9").status_code == 200  # fmt: skip
    assert "participant.person_forgotten" in [e.action for e in events(study.slug)]


def test_a_missing_consent_keeps_the_images_at_the_site(keyed, participant):
    participant.consent = {}
    participant.save()

    assert "A consent that the study requires" in announce(keyed, _clean()).json()["message"]  # fmt: skip


def test_the_centre_keeps_the_key_wrapped_and_the_ledger_no_secret(keyed, study):
    from provident.adapters.gateway.sitekey import read_wrapped

    row = WrappedKey.objects.get()
    held = json.dumps(row.wrapped)

    assert KEY.secret.hex() not in held
    assert PHRASE not in held
    assert read_wrapped(row.wrapped).unwrap(PHRASE) == KEY
    assert "site.key_make" in [e.action for e in events(study.slug)]
    assert keyed.get(f"{BASE}key.json").json() == row.wrapped


OTHER = SiteKey(bytes(range(1, 33)), "2")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"act": "make", "wrapped": wrapped()}, "has a key already"),
        ({"act": "import", "wrapped": wrapped()}, "has a key already"),
        ({"act": "passphrase", "wrapped": wrapped(OTHER)}, "another key than the one in force"),
        ({"act": "replace", "wrapped": wrapped(OTHER)}, "Say why the key is replaced"),
        ({"act": "replace", "wrapped": wrapped(), "reason": "lost"}, "of the next namespace"),
        ({"act": "steal", "wrapped": wrapped(OTHER)}, "Say what to do"),
        ({"act": "replace", "wrapped": wrapped(OTHER, site="york")}, "not of this site"),
        ({"act": "replace", "wrapped": {"format": "x"}}, "no wrapped site key"),
        ({"act": "replace", "wrapped": {**wrapped(OTHER), "kdf": {"name": "PBKDF2-SHA256", "iterations": 1000, "salt": ""}}},
         "no wrapped site key"),
    ],
)  # fmt: skip
def test_a_key_that_does_not_fit_changes_nothing(keyed, told, words):
    answer = ask(keyed, "key", told)

    assert 400 <= answer.status_code < 500
    assert words in answer.json()["message"]
    assert WrappedKey.objects.get().check_value == wrapped()["check"]


def test_a_new_passphrase_keeps_the_key_and_a_replacement_is_a_new_namespace(
    keyed, participant
):
    before = WrappedKey.objects.get().wrapped
    assert ask(keyed, "key", {"act": "passphrase", "wrapped": wrapped()}).status_code == 200  # fmt: skip
    after = WrappedKey.objects.get().wrapped
    assert after["check"] == before["check"]
    assert after["cipher"] != before["cipher"]
    told = {"act": "replace", "wrapped": wrapped(OTHER), "reason": "the passphrase is lost"}  # fmt: skip
    assert ask(keyed, "key", told).json()["namespace"] == 2
    assert "replaced meanwhile" in announce(keyed, _clean()).json()["message"]
    rows = {row.namespace: row.replaced_at is None for row in WrappedKey.objects.all()}
    assert rows == {2: True, 1: False}


def test_the_database_keeps_one_key_in_force_and_one_owner_of_a_code(
    keyed, participant, site, clock
):
    from django.db import IntegrityError, transaction

    values = {"study": site.study, "site": site, "made_at": clock.now(), "wrapped": {}, "check_value": "x"}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        WrappedKey.objects.create(namespace=2, **values)
    code = {"study": site.study, "site": site, "participant": participant, "namespace": 1, "code": "0" * 64, "noted_at": clock.now()}  # fmt: skip
    PersonCode.objects.create(**code)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonCode.objects.create(**code)
