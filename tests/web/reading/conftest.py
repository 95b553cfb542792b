"""A participant whose baseline and week 24 scans are accepted, two readers and an adjudicator."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from provident.kernel.ids import new_uid, sha256


def small_image(number: int, position: float) -> bytes:
    """An 8 x 8 MR image, de-identified, with things that a reader must not see."""
    from pydicom import Dataset

    from provident import dicom

    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = new_uid(), "2.25.1", "2.25.2"
    ds.Modality, ds.PatientID, ds.PatientName, ds.StudyDate = "MR", "L-101", "L-101", "20260302"
    ds.InstitutionName, ds.SeriesDescription = "Leeds", "cor STIR week24"
    ds.ClinicalTrialTimePointID = "week24"
    ds.Rows = ds.Columns = 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.InstanceNumber = 1, "MONOCHROME2", number
    ds.PixelSpacing, ds.ImageOrientationPatient = [0.7, 0.7], [1, 0, 0, 0, 0, -1]
    ds.ImagePositionPatient = [0, position, 0]
    ds.PixelData = np.full((8, 8), 100 * number, dtype="<u2").tobytes()
    return dicom.write(ds)


@pytest.fixture
def make_exam(clock, tmp_path, settings):
    """A function (participant, visit) -> an accepted exam with three series of two images each."""
    from provident.web.exams.models import Exam, Series
    from provident.web.exams.objects import object_store

    def make(participant, visit: str, state: str = "accepted"):
        slot = participant.slots.get(visit=visit, exam_kind="hands_mri")
        slot.state = "accepted"
        slot.save()
        exam = Exam.objects.create(
            study=participant.study, participant=participant, slot=slot, uid=new_uid(), kind="hands_mri", visit=visit,
            acquired_on=slot.opens_on + timedelta(days=1), state=state, outcome="pass",
            verdict={"outcome": "pass", "findings": [], "series": [], "sentence": "As in the manual."},
            first_received_at=clock.now(), decided_at=clock.now(),
        )  # fmt: skip
        for role in ("cor_t1", "cor_stir", "ax_t1_post"):
            uid, rows = new_uid(), []
            for number in (2, 1):
                data = small_image(number, position=number * 3.3)
                key = f"test/{uid}/{number}.dcm"
                object_store().create(key, data)
                rows.append({"sop_uid": str(number), "key": key, "sha256": sha256(data), "size": len(data)})
            manifest = json.dumps({"instances": rows}).encode()
            object_store().create(f"test/{uid}/manifest.json", manifest)
            Series.objects.create(
                exam=exam, uid=uid, modality="MR", role=role, outcome="pass", instances=2, manifest_version=1,
                manifest_key=f"test/{uid}/manifest.json", manifest_sha256=sha256(manifest), sealed_at=clock.now(),
            )  # fmt: skip
        return exam

    return make


@pytest.fixture
def open_case(participant, make_exam, clock):
    """A case of the synovitis design whose copies are made."""
    from provident.web.reading import actions, copies, selectors

    make_exam(participant, "baseline")
    made = actions.prepare_cases(exam=make_exam(participant, "week24"), clock=clock)
    case = next(c for c in made if c.design == "synovitis_change")
    rows = [copies.make(row) for row in selectors.case_series(case)]
    return actions.store_copies(case=case, copies=rows, clock=clock)


@pytest.fixture
def people(make_member):
    """Two readers, an adjudicator, a trial manager."""
    return {
        "ana": make_member("reader", username="ana"),
        "ben": make_member("reader", username="ben"),
        "ada": make_member("adjudicator", username="ada"),
        "tm": make_member("trial_manager", username="tm"),
    }


@pytest.fixture
def drawn(open_case, people, study, clock):
    """The case given to both readers; the smallest detectable change is fixed at 2."""
    from provident.web.reading import actions

    actions.fix_limit(
        study=study, endpoint="synovitis_change", name="smallest_detectable_change", value=2,
        reason="qualification of 1 June", by=people["tm"], clock=clock,
    )  # fmt: skip
    actions.draw(study=study, endpoint="synovitis_change", by=people["tm"], clock=clock, seed=7)
    return open_case


@pytest.fixture
def answers_for():
    """A function (assignment, {visit: synovitis of every joint}) -> complete answers by label."""
    from provident.web.reading.designs import design_of, labels

    def make(assignment, scores):
        form = design_of(assignment.case).form
        answers = {}
        for label, visit in labels(assignment):
            answers[f"{label}:normal"] = 0
            for key, field in form.fields.items():
                if field.grid:
                    answers[f"{label}:{key}"] = scores[visit] if field.column == "syn" else 0
        return answers

    return make
