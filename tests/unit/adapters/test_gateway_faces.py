"""Faces at the gateway: an exam of the head leaves without one, or waits with its picture for the site."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from PIL import Image

from provident.adapters.gateway import faces
from provident.adapters.gateway.holding import Decision, carry_out, hold_back
from provident.adapters.gateway.reasons import act_words, reason
from provident.adapters.gateway.work import status
from provident.adapters.gateway.workers import Alone, Pool
from provident.kernel import NotFound
from tests.spec.deid_faces.conftest import SHAPES
from tests.spec.deid_faces.exams import Scan, classic, edited, slices, stored
from tests.spec.deid_faces.phantom import make
from tests.unit.adapters.test_gateway import land


SCAN = Scan(contrast="T1", slice=6.0, pixel=3.0)


@pytest.fixture(scope="module")
def head():
    told = {"PatientID": "L-101", "PatientName": "L-101", "BodyPartExamined": "HEAD", "StudyDate": "20260302", "SeriesDate": "20260302", "AcquisitionDate": "20260302"}  # fmt: skip
    return [edited(f, **told) for f in classic(slices(make(SHAPES["an adult"], 3.0), SCAN), SCAN)]  # fmt: skip


def _held(gateway):
    return gateway.spool.holds("code = ?", faces.NEEDS_REMOVAL)


def test_an_exam_of_the_head_is_sent_without_its_face(gateway, centre, work, head):
    land(gateway, head)
    work.settle()

    made = [pydicom.dcmread(io.BytesIO(data)) for data in centre.stored.values()]
    assert len(made) == len(head)
    assert {ds.RecognizableVisualFeatures for ds in made} == {"NO"}
    assert all("113102" in {c.CodeValue for c in ds.DeidentificationMethodCodeSequence} for ds in made)  # fmt: skip
    before = {ds.tobytes() for ds in map(stored, head)}
    assert sum(ds.pixel_array.tobytes() not in before for ds in made) > 10
    kept = (gateway.root / "faces" / next(iter(gateway.root.glob("faces/*"))).name).read_bytes()  # fmt: skip
    assert b"PNG" not in kept
    assert b"verdict" not in kept


def test_what_is_not_verified_waits_and_goes_when_a_person_has_looked(
    gateway, centre, work, clock, head
):
    land(gateway, head[:3])
    work.settle()

    assert centre.stored == {}
    [hold] = _held(gateway)
    assert status(gateway)["reasons"] == {faces.NEEDS_REMOVAL: 3}
    assert "too few images" in " ".join(faces.words_of_hold(gateway, hold.id))
    assert "picture" in reason(hold.code).message
    assert "looked" in act_words(hold.code, "release")
    assert not list(gateway.outbox.rglob("*.dcm"))

    carry_out(gateway, clock, Decision(hold=hold.id, act="release", by="ruth"))
    work.settle()

    assert len(centre.stored) == 3


def test_the_picture_is_for_the_site_and_each_look_is_recorded(gateway, clock, head):
    land(gateway, head[:3])
    [arrival, *_] = gateway.spool.arrivals("1 = 1")
    with pytest.raises(NotFound):
        faces.picture_of_hold(gateway, clock, "none", "ruth")
    hold = hold_back(gateway, clock, [arrival], faces.NEEDS_REMOVAL, exam="x1")
    with pytest.raises(NotFound, match="no picture"):
        faces.picture_of_hold(gateway, clock, hold, "ruth")
    out = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), dtype=np.uint8)).save(out, "PNG")
    gateway.keep_faces("x1", faces.told(faces.Removed((), {}, out.getvalue())))

    assert faces.picture_of_hold(gateway, clock, hold, "ruth") == out.getvalue()
    assert any(e["action"] == "hold.face_seen" for e in gateway.ledger.events())


@pytest.mark.slow
def test_work_that_ends_its_process_gives_nothing_and_the_exam_waits():
    pool = Pool(1)
    try:
        assert pool.apart(_die) is None
        assert pool.apart(_seven) == 7
    finally:
        pool.close()
    assert Alone().apart(_seven) == 7


def _die():
    import os

    os._exit(3)


def _seven():
    return 7
