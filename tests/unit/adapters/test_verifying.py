"""The gateway's own look at an output: what must be there is there, or nothing leaves."""

from __future__ import annotations

import io
import time
import zlib
from dataclasses import replace

import pydicom
import pytest
from pydicom import Dataset

from provident import deid, dicom
from provident.adapters.gateway import deidentifying, verifying
from provident.adapters.gateway.indexing import index_new, read_names
from provident.adapters.gateway.preparing import prepare
from provident.adapters.gateway.schedule import Enrolled, Schedule
from provident.adapters.gateway.workers import Alone
from tests.peers.scans import mr


KEY = deid.SiteKey(bytes(range(32)))
PROFILE = deid.Profile(burned_in="hold")
SUBJECT = deid.Subject(participant="L-101", date_shift_days=-40)


def made(data, profile=PROFILE):
    return deid.deidentify(data, profile=profile, key=KEY, subject=SUBJECT)


def edited(done, change):
    """The output with an element changed, or bytes."""
    ds = pydicom.dcmread(io.BytesIO(done.data))
    change(ds)
    out = io.BytesIO()
    ds.save_as(out)
    return replace(done, data=out.getvalue())


def faults(original, done, *, profile=PROFILE, painted=False):
    header = dicom.read_header(done.data, only=verifying.TAGS)
    found = verifying.file_faults(
        original, done, header, profile=profile, subject=SUBJECT, key=KEY, noted=read_names(original), painted=painted
    )  # fmt: skip
    return {f.code for f in found}


def with_reference(uid="1.2.826.0.1.3680043.10.1.1.1.2", **more):
    ds = pydicom.dcmread(io.BytesIO(mr(**more)))
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", uid  # fmt: skip
    ds.ReferencedImageSequence = [item]
    out = io.BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize("original", [mr(), with_reference(), mr(StudyInstanceUID="2.25.77")])  # fmt: skip
def test_what_the_engine_makes_is_whole(original):
    assert faults(original, made(original)) == set()


def test_a_reference_leads_to_what_its_image_is_called_now():
    original = with_reference()

    [(before, after)] = verifying.references(original, made(original).data, KEY)

    assert before == "1.2.826.0.1.3680043.10.1.1.1.2"
    assert after == deid.hidden_uid(KEY, before)


def set_value(**values):
    return lambda ds: [setattr(ds, name, value) for name, value in values.items()]


def to_nowhere(ds):
    ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = "2.25.4711"


def other_pixels(ds):
    ds.PixelData = b"\x01" + ds.PixelData[1:]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_value(PatientIdentityRemoved="NO"), "method"),
        (set_value(DeidentificationMethod=""), "method"),
        (lambda ds: delattr(ds, "DeidentificationMethodCodeSequence"), "method"),
        (lambda ds: ds.DeidentificationMethodCodeSequence.pop(), "method"),
        (set_value(StudyDate="20260302"), "date"),
        (set_value(ContentDate="20260122"), "date"),
        (to_nowhere, "uid"),
        (other_pixels, "pixels"),
        (set_value(Rows=32, Columns=128), None),  # the pixels are the same bytes
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_found(change, code):
    original = with_reference()
    done = edited(made(original), change)

    assert faults(original, done) == ({code} if code else set())


def test_a_file_that_was_looked_at_says_so():
    original = mr()
    looked = replace(PROFILE, examine=frozenset({"MR"}))
    done = made(original, looked)
    assert faults(original, done, profile=looked) == set()

    silent = edited(done, lambda ds: delattr(ds, "BurnedInAnnotation"))

    assert faults(original, silent, profile=looked) == {"burned_in"}


def test_painted_pixels_must_be_told_by_their_code():
    original = mr()

    assert faults(original, made(original), painted=True) == {"pixels"}


def test_a_date_that_is_taken_out_or_no_date_keeps_no_interval():
    original = mr(SeriesDate="")
    done = edited(made(original), lambda ds: delattr(ds, "StudyDate"))

    assert faults(original, done) == set()


def test_a_deflated_original_is_looked_into():
    """Its UIDs stand in what is compressed (PS3.5 A.5)."""
    plain = with_reference()
    start = 144 + int.from_bytes(plain[140:144], "little")
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeezed.compress(plain[start:]) + squeezed.flush()
    ds = pydicom.dcmread(io.BytesIO(plain))
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.99"
    meta = io.BytesIO()
    pydicom.filewriter.write_file_meta_info(meta, ds.file_meta, enforce_standard=True)
    original = plain[:132] + meta.getvalue() + body + b"\0" * (len(body) % 2)

    assert faults(original, made(original)) == set()


def test_uids_that_are_kept_are_no_strangers():
    original = with_reference()
    keeps = replace(PROFILE, options=PROFILE.options | {113110})

    assert faults(original, made(original, keeps), profile=keeps) == set()


A, B = {"study_uid": "1.2", "series_uid": "1.2.1", "sop_uid": "1.2.1.1"}, {"study_uid": "1.2", "series_uid": "1.2.1", "sop_uid": "1.2.1.2"}  # fmt: skip


def hidden(names):
    return {name: deid.hidden_uid(KEY, uid) for name, uid in names.items()}


@pytest.mark.parametrize(
    ("pairs", "whole"),
    [
        ([(A, hidden(A)), (B, hidden(B))], True),
        ([(A, hidden(A)), (B, hidden(A))], False),  # two became one
        (
            [(A, hidden(A)), (B, {**hidden(B), "series_uid": "2.25.9"})],
            False,
        ),  # one became two
        ([(A, {**hidden(A), "study_uid": "2.25.9"})], False),  # by another key
        ([], True),
    ],
)
def test_an_exam_keeps_its_shape(pairs, whole):
    assert bool(verifying.exam_faults(pairs, profile=PROFILE, key=KEY)) is not whole


@pytest.fixture
def schedule(gateway, centre):
    from provident.adapters.gateway.schedule import fetch, known_schedule

    fetch(centre, gateway.root)
    found = known_schedule(gateway.root)
    consent = dict.fromkeys(found.plan.consent.options, True)
    from datetime import date

    return Schedule(participants={"L-101": Enrolled(code="L-101", anchor=date(2026, 3, 2), active=True, consent=consent)}, plan=found.plan)  # fmt: skip


def prepared(gateway, clock, schedule, files):
    for data in files:
        gateway.receive(data, "", "test")
    index_new(gateway, clock)
    now = time.time() + 1
    for exam in gateway.spool.quiet_exams(now, now):
        prepare(gateway, clock, schedule, exam, now, Alone())
    return gateway.spool.counts(), {h.code for h in gateway.spool.holds()}


def test_an_exam_whose_names_do_not_fit_is_held_whole(gateway, schedule, clock, monkeypatch):  # fmt: skip
    whole = deidentifying.make_ready

    def twisted(original, **told):
        ready, data = whole(original, **told)
        return replace(ready, sop_uid="2.25.5"), data

    monkeypatch.setattr(deidentifying, "make_ready", twisted)

    counts, codes = prepared(gateway, clock, schedule, [mr(patient_id="L-101", number=n) for n in (1, 2)])  # fmt: skip

    assert (counts["held"], counts["prepared"]) == (2, 0)
    assert codes == {verifying.NOT_VERIFIED}
    assert not list(gateway.outbox.glob("*/*.json"))


def test_the_manifest_counts_where_references_lead(gateway, schedule, clock):
    import json

    files = [mr(patient_id="L-101", number=2), with_reference(patient_id="L-101", number=3),
             with_reference("1.2.3.4.5", patient_id="L-101", number=4)]  # fmt: skip
    prepared(gateway, clock, schedule, files)
    [path] = gateway.outbox.glob("*/manifest.json")

    assert json.loads(path.read_text())["references"] == {"within": 1, "elsewhere": 1}


def test_a_file_that_does_not_fit_is_held_and_the_others_go(gateway, schedule, clock, monkeypatch):  # fmt: skip
    engine = deid.deidentify

    def one_is_wrong(data, **told):
        done = engine(data, **told)
        return edited(done, other_pixels) if b"NUMBER TWO" in data else done  # fmt: skip

    monkeypatch.setattr(deid, "deidentify", one_is_wrong)
    files = [mr(patient_id="L-101", number=1), mr(patient_id="L-101", number=2, ImageComments="NUMBER TWO")]  # fmt: skip

    counts, codes = prepared(gateway, clock, schedule, files)

    assert (counts["held"], counts["prepared"]) == (1, 1)
    assert codes == {verifying.NOT_VERIFIED}
