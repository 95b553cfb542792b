"""From the gateway to the centre: announced, uploaded, sealed, answered for; once, whatever is sent again."""

from __future__ import annotations

import json

import pytest

from provident.adapters.gateway.centre import multipart
from provident.adapters.gateway.work import status
from provident.adapters.signing import Signer
from provident.kernel import Refused
from provident.web.exams.models import Exam, Series
from provident.web.exams.objects import object_store
from provident.web.intake.models import Quarantine, Transfer
from provident.web.ledger.selectors import events, faults
from tests.peers.scans import exam, mr


SIGNER = Signer(bytes(32))


@pytest.fixture
def sent(land, work, participant):
    """Three images of L-101's exam, through the gateway and at the centre."""
    land(exam(3, patient_id=participant.code))
    work.settle()
    return Exam.objects.get()


def test_an_exam_arrives_with_its_series_and_its_slot(sent, participant):
    assert (sent.received, sent.announced, sent.state) == (3, 3, "complete")
    assert (sent.visit, sent.day) == ("baseline", 0)
    assert sent.acquired_on.isoformat() == "2026-03-02"
    [series] = sent.series.all()
    assert (series.instances, series.manifest_version, series.modality) == (3, 1, "MR")
    slot = participant.slots.get(visit="baseline", exam_kind="hands_mri")
    assert slot.state == "received"
    assert sent.slot == slot


def test_the_receipt_names_each_image_and_what_became_of_it(sent):
    [transfer] = Transfer.objects.all()
    receipt = json.loads(object_store().read(transfer.receipt_key))

    assert transfer.state == "verified"
    assert [row["state"] for row in receipt["instances"]] == ["stored"] * 3
    for row in receipt["instances"]:
        key = (
            f"{sent.study.slug}/{sent.uid}/{sent.series.get().uid}/{row['sha256']}.dcm"
        )
        assert object_store().size(key) == row["size"]


def test_the_manifest_of_a_series_is_sealed_and_hashed(sent):
    from provident.kernel.ids import sha256

    series = sent.series.get()
    content = object_store().read(series.manifest_key)

    assert sha256(content) == series.manifest_sha256
    assert len(json.loads(content)["instances"]) == 3


def test_nothing_identifiable_is_at_the_centre(sent, tmp_path):
    for path in (tmp_path / "objects").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(w in data for w in (b"HARGREAVES", b"OKONKWO", b"ACC99812", b"19610704"))  # fmt: skip


def test_everything_is_in_the_ledger_and_the_chain_holds(sent, study):
    actions = [e.action for e in events(study.slug)]

    assert actions[-2:] == ["transfer.announced", "transfer.verified"]
    assert list(faults(study.slug)) == []


def test_judging_is_asked_for_in_the_same_transaction(sent):
    from django_q.models import OrmQ

    names = [row.name() for row in OrmQ.objects.all()]
    assert f"judge_exam {sent.pk}" in names


def test_sending_again_changes_nothing(sent, land, work, gateway):
    land(exam(3, patient_id="L-101"), "again")
    work.settle()

    assert Transfer.objects.count() == 1
    assert Exam.objects.get().received == 3
    assert status(gateway)["duplicates"] == 3


def test_late_images_reopen_the_exam_under_a_new_manifest_version(sent, land, work):
    Exam.objects.update(state="judged")
    land([mr(patient_id="L-101", number=4)], "late")
    work.settle()

    series = Series.objects.get()
    assert (series.instances, series.manifest_version) == (4, 2)
    assert Exam.objects.get().state == "complete"
    previous = json.loads(object_store().read(series.manifest_key))["previous"]
    assert len(previous) == 64


def test_the_same_manifest_is_the_same_transfer_and_tells_what_is_there(
    sent, centre, gateway
):
    [transfer] = Transfer.objects.all()
    manifest = json.loads(object_store().read(transfer.manifest_key))
    # As the gateway wrote it: its bytes are its name.
    told = centre.announce(manifest, Signer.kept(gateway.root / "signing-key"))

    assert told["transfer"] == transfer.token
    assert told["have"] == sorted(i["sha256"] for i in manifest["instances"])
    assert centre.complete(transfer.token) == centre.complete(transfer.token)
    assert Transfer.objects.count() == 1


def test_a_manifest_by_another_key_than_the_gateways_is_refused(sent, centre, participant):  # fmt: skip
    told = _manifest(participant, [mr(patient_id="L-101", number=9)])

    with pytest.raises(Refused, match="signs with another key"):
        centre.announce(told, SIGNER)


def test_a_manifest_that_was_changed_after_it_was_signed_is_refused(centre, participant):  # fmt: skip
    class Forged(Signer):
        def sign(self, purpose, document):
            return super().sign(purpose, {**document, "participant": "L-102"})

    with pytest.raises(Refused, match="not signed by this gateway"):
        centre.announce(_manifest(participant, [b"x"]), Forged(bytes(32)))
    assert not Transfer.objects.exists()


def test_an_exam_is_not_complete_before_all_announced_images_are_there(
    participant, centre, gateway
):
    manifest = _manifest(participant, [mr(patient_id="L-101")])
    token = centre.announce(manifest, SIGNER)["transfer"]

    with pytest.raises(Refused, match="1 of 1 announced images have not arrived"):
        centre.complete(token)
    assert not Exam.objects.exists()


def _manifest(person, images, **more):
    from provident.kernel.ids import sha256

    return {
        "study": person.study.slug, "site": person.site.code, "participant": person.code,
        "exam_uid": "2.25.1", "timepoint": "baseline", "in_window": True, "day": 0, "acquired_on": "2026-03-02",
        "way": "dicom", "plan": {"version": "1", "hash": "x"}, "profile": {"id": "p", "version": "1", "hash": "h"},
        "instances": [
            {"sop_uid": f"2.25.2.{n}", "series_uid": "2.25.3", "modality": "MR", "sha256": sha256(data), "size": len(data)}
            for n, data in enumerate(images)
        ],
        **more,
    }  # fmt: skip


def _clean(**more):
    """An image that says it is de-identified, of exam 2.25.1."""
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113100", "DCM", "Basic"  # fmt: skip
    told = {
        "patient_id": "L-101", "PatientName": "L-101", "AccessionNumber": "", "ReferringPhysicianName": "",
        "PatientIdentityRemoved": "YES", "DeidentificationMethodCodeSequence": [code], "StudyInstanceUID": "2.25.1",
        "SeriesInstanceUID": "2.25.3", "SOPInstanceUID": "2.25.2.0",
    }  # fmt: skip
    return mr(**{**told, **more})


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({"PatientIdentityRemoved": "NO"}, "not_deidentified"),
        ({"DeidentificationMethodCodeSequence": []}, "not_deidentified"),
        ({"patient_id": "1234567"}, "participant"),
        ({"PatientName": "HARGREAVES^ELSPETH"}, "participant"),
        ({"AccessionNumber": "ACC1"}, "identifier"),
        ({"ReferringPhysicianName": "OKONKWO^B"}, "identifier"),
        ({"SOPInstanceUID": "2.25.9"}, "names"),
        ({"StudyInstanceUID": "2.25.9"}, "names"),
        (b"DICM? no", "unreadable"),
    ],
)
def test_the_centre_stores_nothing_that_its_own_check_refuses(
    participant, centre, image, code
):
    data = image if isinstance(image, bytes) else _clean(**image)
    token = centre.announce(_manifest(participant, [data]), SIGNER)["transfer"]
    from provident.kernel.ids import sha256

    [result] = centre.send(token, [(sha256(data), data)])
    receipt = centre.complete(token)

    assert (result["state"], result["code"]) == ("refused", code)
    assert receipt["instances"][0]["state"] == "refused"
    assert Transfer.objects.get().state == "refused"
    assert not any(k.endswith(".dcm") for k in object_store().keys(""))
    assert not Exam.objects.exists()
    assert "transfer.instances_refused" in [e.action for e in events(participant.study.slug)]  # fmt: skip


def test_a_clean_image_is_stored(participant, centre):
    from provident.kernel.ids import sha256

    data = _clean()
    token = centre.announce(_manifest(participant, [data]), SIGNER)["transfer"]

    assert centre.send(token, [(sha256(data), data)])[0]["state"] == "stored"
    assert centre.send(token, [(sha256(data), data)])[0]["state"] == "duplicate"
    assert centre.complete(token)["instances"][0]["state"] == "stored"


def test_an_image_that_was_not_announced_is_refused(participant, centre):
    token = centre.announce(_manifest(participant, [_clean()]), SIGNER)["transfer"]

    [result] = centre.send(token, [("x", _clean(shade=1))])

    assert (result["state"], result["code"]) == ("refused", "not_announced")


def test_other_content_under_a_known_name_never_replaces_the_first(participant, centre):
    from provident.kernel.ids import sha256

    first, second = _clean(), _clean(shade=1)
    for data in (first, second):
        token = centre.announce(_manifest(participant, [data]), SIGNER)["transfer"]
        centre.send(token, [(sha256(data), data)])
        receipt = centre.complete(token)

    assert receipt["instances"][0]["state"] == "conflict"
    manifest = json.loads(object_store().read(Series.objects.get().manifest_key))
    assert manifest["instances"][0]["sha256"] == sha256(first)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"site": "york"}, "may not send for that site"),
        ({"participant": "L-999"}, "Nobody with that number"),
        ({"instances": []}, "between one and"),
        ({"exam_uid": "../../etc"}, "cannot be read"),
        ({"exam_uid": "2.25." + "1" * 70}, "cannot be read"),
        ({"day": "x"}, "cannot be read"),
        ({"acquired_on": "yesterday"}, "cannot be read"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_in_words(
    participant, centre, change, words
):
    with pytest.raises(Refused, match=words):
        centre.announce(_manifest(participant, [b"x"], **change), SIGNER)
    assert not Transfer.objects.exists()


def test_a_withdrawn_participant_s_images_are_refused_at_the_centre_too(
    participant, centre
):
    from datetime import date

    participant.status, participant.withdrawn_on = "withdrawn", date(2026, 4, 1)
    participant.save()

    with pytest.raises(Refused, match="withdrawn"):
        centre.announce(_manifest(participant, [b"x"]), SIGNER)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_token_nothing_is_told(client, gateway, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for method, path in (("get", "schedule"), ("post", "transfers"), ("get", "decisions")):  # fmt: skip
        answer = getattr(client, method)(f"/intake/api/{path}", headers=headers)
        assert answer.status_code == 401


def test_a_revoked_gateway_is_shut_out(gateway, centre, clock, by):
    from provident.web.intake.actions import revoke_gateway
    from provident.web.intake.models import Gateway

    row = Gateway.objects.get(site__code="leeds")
    revoke_gateway(gateway=row, by=by, clock=clock, reason="machine lost")

    with pytest.raises(Refused, match="revoked"):
        centre.schedule()


def test_a_gateway_sees_its_own_site_alone(study, clock, by, participant, centre):
    from datetime import date

    from provident.web.participants.actions import enrol

    enrol(site=study.sites.get(code="york"), anchor_on=date(2026, 3, 2), consent=participant.consent, by=by, clock=clock)  # fmt: skip
    codes = [p["code"] for p in centre.schedule()["participants"]]

    assert codes == ["L-101"]


@pytest.mark.parametrize(
    "body",
    [
        b"nothing of it",
        b"--x",
        b"--x\r\nContent-Type: application/dicom\r\n\r\nhalf",
        b"--x\r\n" + b"A" * 40_000,
    ],
)
def test_a_body_that_ends_in_the_middle_is_answered_in_words(
    participant, client, gateway, centre, body
):
    token = centre.announce(_manifest(participant, [b"x"]), SIGNER)["transfer"]
    answer = client.post(
        f"/intake/api/transfers/{token}/instances",
        data=body,
        content_type='multipart/related; type="application/dicom"; boundary=x',
        headers={"Authorization": f"Bearer {gateway.registration.token}"},
    )

    assert answer.status_code == 400
    assert "ended" in answer.json()["message"]


def test_the_multipart_reader_gives_back_what_was_written():
    import io

    from provident.web.intake.multipart import boundary_of, parts

    payloads = [b"", b"\r\n--", b"\r\n--bx\r\n", bytes(range(256)) * 9000, b"--b"]
    body = multipart("bound", [(str(n), p) for n, p in enumerate(payloads)])
    boundary = boundary_of('multipart/related; type="application/dicom"; boundary="bound"')  # fmt: skip
    for step in (1, 7, 4096, 2**20):
        if step == 1 and len(body) > 10**6:
            continue
        source = io.BytesIO(body)
        read = parts(lambda n, s=step, f=source: f.read(min(n, s)), boundary)

        assert [b"".join(pieces) for _, pieces in read] == payloads


def test_what_a_gateway_holds_is_reported_without_any_identifier(
    land, work, participant, study
):
    land(exam(2, patient_id="1234567"))
    work.settle()

    [row] = Quarantine.objects.all()
    assert (row.kind, row.code, row.files, row.modality) == (
        "identity", "QUARANTINE.UNKNOWN_PARTICIPANT", 2, "MR"
    )  # fmt: skip
    told = json.dumps([[*e.commitments, e.thing_id, str(e.content)] for e in events(study.slug)])  # fmt: skip
    assert "1234567" not in told + str(vars(row))


def test_two_transfers_of_one_series_completed_at_once_lose_no_image(
    participant, centre, monkeypatch
):
    from provident.kernel.ids import sha256
    from provident.web.intake.actions import transfers as actions

    first, second = _clean(), _clean(SOPInstanceUID="2.25.2.1", shade=1)
    tokens = []
    for number, data in enumerate((first, second)):
        manifest = _manifest(participant, [data])
        manifest["instances"][0]["sop_uid"] = f"2.25.2.{number}"
        tokens.append(centre.announce(manifest, SIGNER)["transfer"])
        centre.send(tokens[-1], [(sha256(data), data)])
    seal, other = actions.seal, [tokens[1]]

    def seal_and_meanwhile(*arguments):
        made = seal(*arguments)
        if other:
            centre.complete(other.pop())
        return made

    monkeypatch.setattr(actions, "seal", seal_and_meanwhile)
    centre.complete(tokens[0])

    series = Series.objects.get()
    assert (series.instances, series.manifest_version) == (2, 2)
    assert len(json.loads(object_store().read(series.manifest_key))["instances"]) == 2


def test_over_a_closed_flow_images_wait_at_the_gateway_and_come_by_themselves(land, work, participant, make_member, clock):  # fmt: skip
    from provident.plan import content_hash
    from provident.web.planning.actions import let_pass
    from provident.web.planning.models import HeldTransfer
    from provident.web.studies.models import PlanVersion
    from provident.web.studies.plans import as_bytes, version_in_force

    now = version_in_force(participant.study)
    untested = now.files["flows.yaml"].replace(", tested: {on: 2026-01-20, evidence: T2}}", "}")  # fmt: skip
    files = {**now.files, "flows.yaml": untested}
    digest = content_hash({n: as_bytes(t) for n, t in files.items()})
    PlanVersion.objects.create(
        study=participant.study, version="1.5", hash=digest, files=files, loaded_at=clock.now(), in_force_from=clock.now(),
    )  # fmt: skip
    land(exam(3, patient_id=participant.code))
    work.settle()
    assert (Transfer.objects.count(), HeldTransfer.objects.count()) == (0, 1)
    assert not Quarantine.objects.exists()

    from provident.web.ledger.clock import clock as platform_clock

    today = platform_clock().now().date()
    let_pass(flow="send", reason="tested today", until=today, by=make_member("trial_manager"), clock=platform_clock())  # fmt: skip
    work.settle()

    assert Exam.objects.get().received == 3
    assert HeldTransfer.objects.get().passed_at is not None
