"""What follows from an arrived exam: facts, verdict, labels, scanner, slot; nothing holds an image back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from provident.kernel import NotReady, Outcome
from provident.web.exams import judging
from provident.web.exams.arrivals import kind_by_modality
from provident.web.exams.models import Exam
from provident.web.exams.workflow import TRANSITIONS, moved
from provident.web.jobs.models import Failure
from provident.web.ledger.selectors import events, faults
from provident.web.studies.plans import plan_in_force
from tests.peers.scans import mr


# An exam at the centre, by the way that images take


@pytest.fixture
def arrive(study, clock, site, participant, settings, tmp_path):
    """A function images -> Exam, through gateway and intake; a later call with the same study extends it."""
    import time

    import httpx

    from provident.adapters.gateway.centre import Centre
    from provident.adapters.gateway.work import GatewayWork
    from provident.web.config.wsgi import application
    from provident.web.intake.actions import ensure_built_in
    from provident.web.intake.builtin import built_in

    settings.DATA_DIRECTORY, settings.ALLOWED_HOSTS = tmp_path, ["*"]
    ensure_built_in(study_id=study.pk, clock=clock)
    gateway = built_in(site)
    centre = Centre("http://c", gateway.registration.token, transport=httpx.WSGITransport(app=application))  # fmt: skip
    at = [time.time()]
    work = GatewayWork(gateway, centre, clock, quiet=1, now=lambda: at[0])

    def go(images):
        session = f"s{at[0]}"
        gateway.spool.open_session(session, "dicom", "n", 0.0)
        for data in images:
            gateway.receive(data, session, "dicom")
        gateway.spool.close_session(session, 1.0)
        for _ in range(5):
            at[0] += 3
            work.step()
        return Exam.objects.order_by("-pk").first()

    yield go
    centre.close()


def judge(exam) -> Exam:
    from provident.web.exams.tasks import judge_exam, make_thumbnails

    judge_exam(str(exam.pk))
    make_thumbnails(str(exam.pk))
    assert not Failure.objects.exists()
    return Exam.objects.get(pk=exam.pk)


def series(n: int = 6, **more) -> list[bytes]:
    return [mr(patient_id="L-101", number=k + 1, **more) for k in range(n)]


def test_an_exam_is_judged_labelled_and_its_slot_checked(arrive, participant, study):
    exam = judge(arrive(series()))

    assert (exam.state, exam.kind, exam.visit) == ("judged", "hands_mri", "baseline")
    assert exam.outcome == "fail"
    assert "off_protocol" in exam.labels
    assert "out_of_window" not in exam.labels
    assert exam.scanner.code == "mr_l1"
    [row] = exam.series.all()
    assert row.role == "cor_t1"
    assert row.facts["facts"]["TR"]["value"] == 550
    assert row.description == "T1 SE COR"
    slot = participant.slots.get(visit="baseline", exam_kind="hands_mri")
    assert slot.state == "checked"
    assert [e.action for e in events(study.slug)][-2:] == ["exam.facts_stored", "exam.judged"]  # fmt: skip
    assert list(faults(study.slug)) == []


def test_the_plan_version_that_judged_is_named(arrive, study):
    exam = judge(arrive(series()))

    assert exam.plan == study.plans.get()


def test_quality_control_is_asked_next(arrive):
    from django_q.models import OrmQ

    exam = judge(arrive(series()))
    assert f"exam_judged {exam.pk}" in [row.name() for row in OrmQ.objects.all()]


def test_each_series_gets_a_small_picture(arrive):
    from provident.web.exams.objects import object_store

    exam = judge(arrive(series()))
    [row] = exam.series.all()
    assert object_store().read(row.thumbnail_key).startswith(b"\x89PNG")


def test_judging_again_gives_the_same_and_nothing_twice(arrive):
    exam = judge(arrive(series()))
    verdict, picture = exam.verdict, exam.series.get().thumbnail_key
    again = judge(exam)

    assert again.verdict == verdict
    assert again.series.get().thumbnail_key == picture


def test_late_images_reopen_and_are_judged_anew(arrive):
    exam = judge(arrive(series(3)))
    exam = arrive([mr(patient_id="L-101", number=9)])
    assert exam.state == "complete"

    exam = judge(exam)
    assert (exam.state, exam.received) == ("judged", 4)


def test_an_exam_of_no_kind_is_kept_and_never_a_pass(arrive):
    exam = judge(arrive(series(2, Modality="CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.2")))  # fmt: skip

    assert (exam.kind, exam.outcome) == ("", "not_assessable")
    assert {"off_protocol", "unscheduled"} & set(exam.labels)
    assert exam.verdict["findings"][0]["code"] == "EXAM.UNKNOWN_KIND"


def test_out_of_window_is_kept_and_labelled(arrive):
    exam = judge(arrive(series(2, date="20260312")))

    assert exam.state == "judged"
    assert "out_of_window" in exam.labels


def test_an_exam_far_from_any_visit_is_unscheduled(arrive):
    exam = judge(arrive(series(2, date="20280101")))

    assert exam.visit == ""
    assert exam.slot is None
    assert "unscheduled" in exam.labels


def test_a_scanner_that_is_not_registered_is_labelled(arrive):
    exam = judge(arrive(series(2, DeviceSerialNumber="999", ManufacturerModelName="X")))

    assert exam.scanner is None
    assert "unregistered_scanner" in exam.labels


def test_a_second_exam_of_a_slot_is_a_repeat(arrive):
    judge(arrive(series(2)))
    second = judge(arrive(series(2, study="1.2.826.0.1.3680043.10.1.2")))

    assert "repeat" in second.labels


def test_a_scanner_change_is_seen_on_the_first_changed_exam(arrive, study):
    from provident.web.sites.models import ScannerChange

    judge(arrive(series(2)))
    assert not ScannerChange.objects.exists()
    judge(arrive(series(2, study="1.2.3.5", date="20260520", SoftwareVersions="XA61")))
    [change] = ScannerChange.objects.all()
    assert (change.fact, change.old, change.new) == ("software", "XA60", "XA61")

    # An old exam that comes late is no change back.
    judge(arrive(series(2, study="1.2.3.6", date="20260301")))
    assert ScannerChange.objects.count() == 1


def test_rejudging_touches_no_image(arrive, monkeypatch):
    from provident.web.exams import tasks

    exam = judge(arrive(series(2)))
    monkeypatch.setattr(tasks, "object_store", None)
    tasks.rejudge_exam(str(exam.pk))

    assert not Failure.objects.exists()


# Pure


@pytest.mark.parametrize(
    ("modalities", "kind"),
    [
        (["MR"], "mri"),
        (["MR", "SR"], "mri"),
        (["DX"], "xray"),
        (["CR"], "xray"),
        (["US"], ""),
        (["MR", "DX"], ""),
        (["SR"], ""),
        ([], ""),
    ],
)
def test_the_kind_of_exam_that_modalities_can_be(modalities, kind):
    kinds = [("mri", ("MR",)), ("xray", ("DX", "CR"))]

    assert kind_by_modality(modalities, kinds) == kind


def test_two_kinds_of_one_modality_are_not_guessed():
    assert kind_by_modality(["MR"], [("a", ("MR",)), ("b", ("MR",))]) == ""


R = judging.Registered
REGISTER = [
    R(pk=1, modality="MR", make="SIEMENS", model="Prisma", serial="167012"),
    R(pk=2, modality="MR", make="GE MEDICAL SYSTEMS", model="SIGNA", serial=""),
    R(pk=3, modality="US", make="Philips", model="EPIQ", serial=""),
    R(pk=4, modality="US", make="Philips", model="EPIQ", serial=""),
]


@pytest.mark.parametrize(
    ("told", "modality", "pk"),
    [
        ({"serial": "167012", "model": "Prisma"}, "MR", 1),
        ({"serial": "167012 ", "model": "Skyra"}, "MR", 1),
        ({"model": "Prisma", "make": "SIEMENS"}, "MR", 1),
        ({"serial": "9", "model": "Prisma", "make": "SIEMENS"}, "MR", None),
        ({"serial": "9", "model": "SIGNA", "make": "GE MEDICAL SYSTEMS"}, "MR", 2),
        ({"model": "SIGNA", "make": "SIEMENS"}, "MR", None),
        ({"model": "EPIQ", "make": "Philips"}, "US", None),
        ({}, "MR", None),
    ],
)
def test_which_registered_scanner_made_the_images(told, modality, pk):
    assert judging.scanner_of(told, modality, REGISTER) == pk


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        ({}, []),
        ({"outcome": Outcome.FAIL}, ["off_protocol"]),
        ({"kind": None}, ["off_protocol"]),
        ({"visit": ""}, ["unscheduled"]),
        ({"kind": "hands_xray", "visit": "week12"}, ["unscheduled"]),
        ({"acquired": date(2026, 3, 12)}, ["out_of_window"]),
        ({"acquired": None}, ["out_of_window"]),
        ({"registered": False}, ["unregistered_scanner"]),
        ({"repeat": True}, ["repeat"]),
    ],
)
def test_labels(study, given, labels):
    told = {
        "kind": "hands_mri", "visit": "baseline", "anchor": date(2026, 3, 2), "acquired": date(2026, 3, 2),
        "outcome": Outcome.PASS, "registered": True, "repeat": False,
    }  # fmt: skip

    assert judging.labels_of(plan_in_force(study), **{**told, **given}) == labels


def test_the_workflow_covers_every_state():
    assert set(TRANSITIONS) == set(Exam.State.values)
    for targets in TRANSITIONS.values():
        assert targets <= set(Exam.State.values)
    with pytest.raises(NotReady, match="can become"):
        moved("receiving", "accepted")


def test_a_job_on_an_exam_that_is_not_there_is_kept_by_code(db):
    from provident.web.exams.tasks import judge_exam
    from provident.web.jobs.queue import JobFailed

    with pytest.raises(JobFailed):
        judge_exam("99999")
    assert Failure.objects.get().code == "NotFound"


def test_a_job_is_part_of_the_transaction_that_asks_for_it(db):
    from django.db import transaction
    from django_q.models import OrmQ

    from provident.web.jobs.queue import enqueue

    @transaction.atomic
    def change_that_crashes():
        enqueue("provident.web.exams.tasks.judge_exam", 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_crashes()
    assert not OrmQ.objects.exists()


def test_a_killed_worker_s_jobs_are_given_back(db, clock):
    from datetime import timedelta

    from django_q.models import OrmQ

    from provident.kernel import SystemClock
    from provident.web.jobs.queue import enqueue, take_back

    enqueue("provident.web.exams.tasks.judge_exam", 1)
    OrmQ.objects.update(lock=SystemClock().now() + timedelta(minutes=11))

    assert take_back() == 1
    assert OrmQ.objects.get().lock <= SystemClock().now()


# Drift of a device


def drifted(arrive, *changes) -> list[Exam]:
    """Exams of one device a day apart, each with its own changes of the header."""
    return [
        judge(arrive([mr(patient_id="L-101", number=1, study=f"1.2.826.0.1.3680043.10.2.{n}", **more)]))
        for n, more in enumerate(changes)
    ]  # fmt: skip


def drift_of(exam: Exam) -> dict[str, str]:
    return {f["code"]: f["found"] for f in exam.verdict["drift"]}


def test_a_retained_tag_that_has_gone_is_labelled_and_found(arrive):
    first, second, third = drifted(arrive, {}, {}, {"EchoTime": None})

    assert drift_of(first) == drift_of(second) == {}
    assert drift_of(third) == {"DRIFT.TAG_GONE": "EchoTime"}
    assert "tag_gone" in third.labels
    assert "tag_gone" not in second.labels


def test_one_earlier_exam_is_too_few_to_miss_a_tag(arrive):
    _, second = drifted(arrive, {}, {"EchoTime": None})

    assert drift_of(second) == {}


def test_images_that_another_program_had_are_labelled(arrive):
    method = {"PatientIdentityRemoved": "YES", "DeidentificationMethod": "CTP"}
    plain, before = drifted(arrive, {}, method)

    assert "another_anonymiser" not in plain.labels
    assert "another_anonymiser" in before.labels
    assert "DRIFT.ANOTHER_ANONYMISER" in drift_of(before)


def test_judging_again_keeps_what_the_headers_said(arrive):
    from provident.web.exams.tasks import rejudge_exam

    *_, third = drifted(arrive, {}, {}, {"EchoTime": None})
    rejudge_exam(str(third.pk))
    again = judge(Exam.objects.get(pk=third.pk))

    assert drift_of(again) == {"DRIFT.TAG_GONE": "EchoTime"}
    assert "tag_gone" in again.labels


@pytest.mark.parametrize(
    ("text", "suspect"),
    [("T1 SE COR", set()), ("call 0113 4960778", {"SeriesDescription"}), ("ID: QX7741903", {"SeriesDescription"})],
)  # fmt: skip
def test_a_pattern_of_an_identifier_in_retained_text_is_found(text, suspect):
    from provident import dicom
    from provident.web.exams.drift import findings, fingerprint

    made = fingerprint([dicom.read_header(mr(description=text, PatientAddress=None))])

    assert made.suspects == suspect
    codes = {f.code for f in findings(made, [], uid="1.2", anonymised=False)}
    assert codes == ({"DRIFT.IDENTIFIER_PATTERN"} if suspect else set())


def test_a_new_private_creator_is_found():
    from pydicom import Dataset

    from provident.web.exams.drift import findings, fingerprint

    old, new = Dataset(), Dataset()
    for ds, creator in ((old, "SIEMENS MR HEADER"), (new, "SCRIPT 1.0")):
        ds.private_block(0x0019, creator, create=True).add_new(0x0C, "IS", 800)

    [found] = findings(fingerprint([new]), [fingerprint([old])], uid="1.2", anonymised=False)  # fmt: skip

    assert (found.code, found.found) == ("DRIFT.NEW_PRIVATE_CREATOR", "SCRIPT 1.0")


def test_drift_waits_for_those_who_decide_and_has_a_page(
    arrive, make_member, as_member, study, clock
):
    from provident.web.intake.waits import waits

    *_, third, _ = drifted(arrive, {}, {}, {"EchoTime": None}, {"EchoTime": None})
    words = "Exams whose headers have changed: look"

    assert words in {w.words for w in waits(make_member("qc"), clock.now())}
    assert words not in {w.words for w in waits(make_member("site", "york"), clock.now())}  # fmt: skip
    client = as_member(make_member("trial_manager"))
    for path in ("transfers/drift", "sites/leeds/images"):
        page = client.get(f"/s/{study.slug}/{path}").content.decode()
        assert "always sent are missing" in page
        assert "EchoTime" in page
        assert "Prisma" in page
    assert "EchoTime" not in client.get(f"/s/{study.slug}/sites/york/images").content.decode()  # fmt: skip
    assert "Headers that have changed" in client.get(f"/s/{study.slug}/exams/{third.pk}").content.decode()  # fmt: skip


def test_signs_are_listed_once_with_first_last_and_count(arrive, make_member, clock):
    from provident.web.exams.pages import drift_signs

    method = {"PatientIdentityRemoved": "YES", "DeidentificationMethod": "CTP"}
    exams = drifted(arrive, {}, method, {}, method)

    [sign] = drift_signs(make_member("qc"), "leeds")

    assert (sign.code, sign.exams, sign.waiting) == ("DRIFT.ANOTHER_ANONYMISER", 2, 2)
    assert (sign.device, sign.software) == ("SIEMENS Prisma", "XA60")
    assert (sign.first_seen, sign.last_seen) == (exams[1].first_received_at, exams[3].first_received_at)  # fmt: skip
    assert sign.last_exam == exams[3].pk
    assert drift_signs(make_member("site", "york")) == []


DRIFT_IN_PLAN = """indicators:
  header_drift: {warn: "> 0", act: "> 5"}
"""


@pytest.mark.parametrize(
    ("when", "asked"),
    [("header_drift warns", True), ("header_drift acts", False), ("", False)],
)
def test_the_site_is_asked_about_drift_where_the_plan_says_so(arrive, study, by, clock, when, asked):  # fmt: skip
    from provident.web.qc.tasks import exam_judged

    if when:
        _with_trigger(study, when, by, clock)
    *_, third = drifted(arrive, {}, {}, {"EchoTime": None})
    exam_judged(str(third.pk))
    exam_judged(str(third.pk))  # once for an exam and its signs

    about = third.queries.filter(finding="DRIFT.TAG_GONE")
    assert about.count() == int(asked)
    assert not asked or "EchoTime" in about.get().messages.get().text


def _with_trigger(study, when, by, clock):
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import as_bytes, version_in_force

    files = {name: as_bytes(text) for name, text in version_in_force(study).files.items()}  # fmt: skip
    quality = files["quality.yaml"].decode()
    quality = quality.replace("indicators:\n", DRIFT_IN_PLAN)
    files["quality.yaml"] = quality.replace("triggers: [", f"triggers: [{{when: {when}, open: query}}, ").encode()  # fmt: skip
    files["study.yaml"] = re.sub(rb"(?m)^version: .*$", b'version: "9.8"', files["study.yaml"])  # fmt: skip
    load_plan(files=files, by=by, clock=clock, reason="drift is asked about")
