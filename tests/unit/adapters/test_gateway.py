"""What a gateway does with what arrives: nothing identifiable leaves, nothing is dropped."""

from __future__ import annotations

import io

import pydicom
import pytest

from provident.adapters.gateway.holding import Decision, carry_out, look
from provident.adapters.gateway.work import GatewayWork, status
from provident.kernel import InvalidInput, NotFound, Refused
from tests.peers.scans import exam, mr


def land(gateway, files, session="s1", way="dicom"):
    gateway.spool.open_session(session, way, "n", 0.0)
    for data in files:
        gateway.receive(data, session, way)
    gateway.spool.close_session(session, 1.0)


def accounted(gateway) -> dict:
    told = status(gateway)
    assert told["received"] == told["accounted"]
    assert told["ledger"] == "holds"
    return {k: told[k] for k in ("received", "waiting", "sent", "quarantined", "duplicates", "discarded")}  # fmt: skip


def codes(gateway) -> dict:
    return status(gateway)["reasons"]


def test_an_exam_of_a_trial_number_is_deidentified_and_sent(gateway, centre, work):
    land(gateway, exam(3, patient_id="L-101"))
    work.settle()

    assert accounted(gateway)["sent"] == 3
    assert len(centre.stored) == 3
    manifest = centre.announced[0]
    assert manifest["participant"] == "L-101"
    assert manifest["timepoint"] == "baseline"
    assert manifest["acquired_on"] == "2026-03-02"
    assert manifest["day"] == 0


def test_nothing_that_leaves_names_the_person(gateway, centre, work):
    gateway.crosswalk.link("LTH", "1234567", "L-101")
    land(gateway, exam(2))
    work.settle()

    assert len(centre.stored) == 2
    told = str(centre.announced) + str(centre.held)
    for data in [*centre.stored.values(), told.encode()]:
        for word in (b"HARGREAVES", b"ELSPETH", b"1234567", b"OKONKWO", b"ACC99812", b"19610704", b"1.2.826.0.1.3680043.10.1.1"):  # fmt: skip
            assert word not in data
    header = pydicom.dcmread(io.BytesIO(next(iter(centre.stored.values()))))
    assert header.PatientID == "L-101"
    assert header.PatientIdentityRemoved == "YES"
    assert header.ClinicalTrialTimePointID


def test_landed_bytes_are_not_readable_on_the_disk(gateway):
    land(gateway, [mr()])

    for path in gateway.root.rglob("*"):
        if path.is_file():
            assert b"HARGREAVES" not in path.read_bytes()
            assert b"1234567" not in path.read_bytes()


def test_an_unknown_number_waits_for_a_link_and_then_goes_on(gateway, centre, work):
    land(gateway, exam(3))
    work.settle()
    assert codes(gateway) == {"QUARANTINE.UNKNOWN_PARTICIPANT": 3}
    [report] = centre.held
    assert report["kind"] == "identity"
    assert "1234567" not in str(report)

    centre.open_decisions = [
        {"reference": report["reference"], "act": "link", "by": "nurse", "reason": "checked", "participant": "L-101"}
    ]  # fmt: skip
    work.settle()

    assert accounted(gateway)["sent"] == 3
    assert gateway.crosswalk.lookup("LTH", "1234567") == "L-101"
    land(gateway, exam(1, study="1.2.826.0.1.3680043.10.1.2"), "s2")
    work.settle()
    assert accounted(gateway)["sent"] == 4


def test_enrolling_the_participant_lets_held_images_go(gateway, centre, work):
    land(gateway, exam(2, patient_id="L-102"))
    work.settle()
    assert accounted(gateway)["quarantined"] == 2

    centre.enrol("L-102")
    work.settle()

    assert accounted(gateway)["sent"] == 2
    assert centre.held[-1]["resolved"] is True


@pytest.mark.parametrize(
    ("enrolled", "code"),
    [
        ({"status": "withdrawn"}, "QUARANTINE.WITHDRAWN"),
        ({"consent": False}, "QUARANTINE.NO_CONSENT"),
    ],
)
def test_without_consent_images_stay_and_go_when_it_is_recorded(
    gateway, centre, work, enrolled, code
):
    centre.enrol("L-101", **enrolled)
    land(gateway, exam(2, patient_id="L-101"))
    work.settle()
    assert codes(gateway) == {code: 2}
    assert centre.stored == {}

    centre.enrol("L-101")
    work.settle()

    assert accounted(gateway)["sent"] == 2


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([b""], "QUARANTINE.EMPTY"),
        ([b"just some text, and more of it" * 20], "QUARANTINE.NOT_DICOM"),
        ([mr(patient_id="L-101")[:3000]], "QUARANTINE.TRUNCATED"),
        ([mr(patient_id="L-101")[:695]], "QUARANTINE.TRUNCATED"),
        ([mr(patient_id="")], "QUARANTINE.NO_PATIENT_ID"),
        (
            [mr(patient_id="L-101"), mr(patient_id="1234567", number=2)],
            "QUARANTINE.MIXED_IDENTITY",
        ),
    ],
)
def test_what_cannot_pass_is_held_with_its_reason(gateway, centre, work, files, code):
    land(gateway, files)
    work.settle()

    assert codes(gateway) == {code: len(files)}
    assert centre.stored == {}
    assert accounted(gateway)["quarantined"] == len(files)


def test_images_without_a_number_can_be_linked_by_hand(gateway, centre, work):
    land(gateway, exam(2, patient_id=""))
    work.settle()
    [report] = centre.held
    centre.open_decisions = [
        {"reference": report["reference"], "act": "link", "by": "nurse", "reason": "r", "participant": "L-101"}
    ]  # fmt: skip
    work.settle()

    assert accounted(gateway)["sent"] == 2
    assert gateway.crosswalk.linked() == 0


def test_the_same_image_again_is_a_duplicate(gateway, centre, work):
    land(gateway, exam(3, patient_id="L-101"))
    land(gateway, exam(3, patient_id="L-101"), "s2")
    work.settle()
    land(gateway, exam(3, patient_id="L-101"), "s3")
    work.settle()

    assert accounted(gateway) == {
        "received": 9, "waiting": 0, "sent": 3, "quarantined": 0, "duplicates": 6, "discarded": 0
    }  # fmt: skip
    assert len(centre.stored) == 3


def test_the_same_image_in_another_transfer_syntax_is_a_duplicate(gateway, work):
    data = mr(patient_id="L-101")
    again = pydicom.dcmread(io.BytesIO(data))
    again.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    out = io.BytesIO()
    again.save_as(out, implicit_vr=True, little_endian=True, enforce_file_format=True)
    land(gateway, [data, out.getvalue()])
    work.settle()

    assert accounted(gateway)["duplicates"] == 1


def test_one_number_with_two_contents_keeps_the_first_and_holds_the_second(
    gateway, centre, work
):
    land(gateway, [mr(patient_id="L-101"), mr(patient_id="L-101", shade=5)])
    work.settle()

    assert codes(gateway) == {"QUARANTINE.CONFLICT": 1}
    assert accounted(gateway)["sent"] == 1


def test_late_images_of_an_exam_make_a_second_transfer_under_the_same_names(
    gateway, centre, work
):
    land(gateway, exam(3, patient_id="L-101")[:2])
    work.settle()
    land(gateway, exam(3, patient_id="L-101")[2:], "s2")
    work.settle()

    first, second = centre.announced
    assert len(first["instances"]) == 2
    assert len(second["instances"]) == 1
    assert first["exam_uid"] == second["exam_uid"]
    assert first["instances"][0]["series_uid"] == second["instances"][0]["series_uid"]


def test_nothing_is_sent_while_the_sender_is_at_work(gateway, centre, work, time):
    gateway.spool.open_session("s1", "dicom", "n", 0.0)
    gateway.receive(mr(patient_id="L-101"), "s1", "dicom")
    work.settle()
    assert centre.stored == {}

    gateway.spool.close_session("s1", 1.0)
    work.settle()
    assert len(centre.stored) == 1


@pytest.mark.parametrize("answers", range(9))
def test_a_centre_that_goes_away_at_any_moment_gets_everything_once(
    gateway, centre, work, time, answers
):
    land(gateway, exam(3, patient_id="L-101"))
    centre.away_after = answers
    work.settle()
    centre.away_after = None
    work.settle()
    work.settle()

    assert accounted(gateway)["sent"] == 3
    assert len(centre.stored) == 3


@pytest.mark.parametrize("lost", ["outbox", "file"])
def test_a_lost_outbox_is_made_again_from_the_landing_store(
    gateway, centre, clock, work, time, lost
):
    land(gateway, exam(3, patient_id="L-101"))
    centre.away_after = 2  # fetches the schedule, then announcing fails
    work.settle()
    [folder] = gateway.outbox.iterdir()
    files = sorted(p for p in folder.iterdir() if len(p.name) == 64)
    for path in files if lost == "file" else folder.iterdir():
        path.unlink()
    centre.away_after = None
    again = GatewayWork(gateway, centre, clock, quiet=1, now=time)
    again.begin()
    for _ in range(8):
        time.passes(6)
        again.step()

    assert accounted(gateway)["sent"] == 3
    assert set(centre.stored) == {p.name for p in files}


def test_bytes_whose_row_was_never_written_are_found_again(gateway, centre, work):
    gateway.vault.put(mr(patient_id="L-101"))
    work.begin()
    work.settle()

    assert accounted(gateway)["sent"] == 1


def test_what_the_centre_refuses_is_held(gateway, centre, work):
    centre.refuses = True
    land(gateway, exam(2, patient_id="L-101"))
    work.settle()

    assert codes(gateway) == {"QUARANTINE.REFUSED_BY_CENTRE": 2}


def test_instances_that_the_centre_refuses_are_held_alone(gateway, centre, work):
    land(gateway, exam(3, patient_id="L-101"))
    centre.away_after = 2
    work.settle()
    [folder] = gateway.outbox.iterdir()
    centre.refuses_instances = {min(p.name for p in folder.iterdir() if len(p.name) == 64)}  # fmt: skip
    centre.away_after = None
    work.settle()

    assert accounted(gateway)["sent"] == 2
    assert codes(gateway) == {"QUARANTINE.REFUSED_BY_CENTRE": 1}


def test_discarding_erases_the_bytes_and_keeps_the_account(gateway, clock, work):
    land(gateway, exam(2))
    work.settle()
    [hold] = gateway.spool.holds()
    carry_out(gateway, clock, Decision(hold=hold.id, act="discard", by="nurse", reason="test patient"))  # fmt: skip
    work.settle()

    assert accounted(gateway)["discarded"] == 2
    assert gateway.vault.names() == set()


def test_an_act_that_the_reason_does_not_allow_is_refused(gateway, clock, work):
    land(gateway, [b""])
    work.settle()
    [hold] = gateway.spool.holds()

    with pytest.raises(Refused):
        carry_out(gateway, clock, Decision(hold=hold.id, act="release", by="x"))
    with pytest.raises(NotFound):
        carry_out(gateway, clock, Decision(hold="nothing", act="discard", by="x"))


def test_a_number_is_never_linked_to_two_participants(gateway, centre, work):
    centre.enrol("L-102")
    gateway.crosswalk.link("LTH", "1234567", "L-101")
    with pytest.raises(Refused, match="another participant"):
        gateway.crosswalk.link("LTH", "1234567", "L-102")

    assert gateway.crosswalk.lookup("lth ", " 1234567") == "L-101"


def test_a_look_is_recorded_and_shows_who_it_is(gateway, clock, work):
    land(gateway, exam(1))
    work.settle()
    [hold] = gateway.spool.holds()

    seen = look(gateway, clock, hold.id, "nurse")

    assert seen["Hospital number"] == "1234567"
    assert gateway.ledger.events()[-1]["action"] == "hold.looked_at"
    assert gateway.ledger.events()[-1]["actor"] == "nurse"
    assert "1234567" not in str(gateway.ledger.events())


def test_sent_originals_expire_after_their_days(gateway, centre, work, time):
    land(gateway, exam(2, patient_id="L-101"))
    work.settle()
    assert len(gateway.vault.names()) == 2

    time.passes(31 * 86400)
    work.settle()

    assert gateway.vault.names() == set()
    assert accounted(gateway)["sent"] == 2


def test_the_ledger_of_the_gateway_cannot_be_changed(gateway, clock):
    import sqlite3

    gateway.ledger.record(clock, "a", "b")
    raw = sqlite3.connect(gateway.root / "ledger.sqlite3")
    for statement in (
        "UPDATE event SET actor = 'x'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event VALUES (1, '', '', '', '', '', '')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
    raw.close()


def test_a_directory_without_a_gateway_is_told_in_words(tmp_path):
    from provident.adapters.gateway.site import SiteGateway

    with pytest.raises(InvalidInput, match="no gateway"):
        SiteGateway(tmp_path)


def burned_in(number: int = 1) -> bytes:
    """A secondary capture with letters in its pixels."""
    import numpy as np
    from PIL import Image, ImageDraw

    picture = Image.new("L", (512, 256), 20)
    ImageDraw.Draw(picture).text((20, 20), "ELSPETH HARGREAVES 04.07.1961", fill=255, font_size=24)  # fmt: skip
    pixels = (np.asarray(picture).astype("<u2") * 16).tobytes()
    return mr(
        patient_id="L-101", number=number, SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="OT", Rows=256,
        Columns=512, PixelData=pixels, ImageType=["DERIVED", "SECONDARY"],
    )  # fmt: skip


def test_text_in_the_pixels_waits_for_a_look_and_goes_when_a_person_lets_it(
    gateway, centre, work, clock
):
    from provident.adapters.gateway.holding import picture

    land(gateway, [burned_in()])
    work.settle()
    assert codes(gateway) == {"DEID.PIXELS_NEED_REVIEW": 1}
    [report] = centre.held
    assert picture(gateway, clock, report["reference"], 0, "nurse").startswith(
        b"\x89PNG"
    )
    with pytest.raises(NotFound):
        picture(gateway, clock, report["reference"], 1, "nurse")

    centre.open_decisions = [
        {"reference": report["reference"], "act": "release", "by": "nurse", "reason": "a phantom's label", "participant": ""}
    ]  # fmt: skip
    work.settle()

    assert accounted(gateway)["sent"] == 1
    assert gateway.ledger.events()[-1]["action"] == "hold.release"


def test_a_centre_that_starts_more_slowly_is_asked_again_at_once(
    gateway, centre, clock, time
):
    from provident.adapters.gateway.work import GatewayWork

    land(gateway, exam(1, patient_id="L-101"))
    made = GatewayWork(gateway, centre, clock, quiet=1, now=time)
    centre.away_after = 0
    made.step()
    centre.away_after = None
    for _ in range(3):  # seconds
        time.at += 1.1
        made.step()

    assert accounted(gateway)["sent"] == 1


def test_a_number_with_a_universal_issuer_is_not_a_bare_number(gateway, centre, work):
    issuer = pydicom.Dataset()
    issuer.UniversalEntityID, issuer.UniversalEntityIDType = "1.2.826.0.1.5", "ISO"
    gateway.crosswalk.link("", "1234567", "L-101")
    land(gateway, [mr(issuer="", IssuerOfPatientIDQualifiersSequence=[issuer])])
    work.settle()

    assert codes(gateway) == {"QUARANTINE.UNKNOWN_PARTICIPANT": 1}
    gateway.crosswalk.link("ISO:1.2.826.0.1.5", "1234567", "L-101")
    assert gateway.crosswalk.lookup("iso:1.2.826.0.1.5", "1234567") == "L-101"
