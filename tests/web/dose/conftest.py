"""Radiographs at the centre with or without a dose, and a study whose plan allows what a test says."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from provident.kernel.ids import new_uid, sha256
from tests.spec.dose.written import as_bytes, image


PASSWORD = "correct horse battery"
S = "/s/arthur-2"


def radiograph(number: int, dap_dgycm2: float | None = 0.18):
    """A radiograph of a hand; None: the machine has no meter."""
    told = {} if dap_dgycm2 is None else {"ImageAndFluoroscopyAreaDoseProduct": str(dap_dgycm2)}  # fmt: skip
    made = image(number, "DX", BodyPartExamined="HAND", ViewPosition="PA", AcquisitionTime=f"10{number:02}00", **told)  # fmt: skip
    made.SOPInstanceUID = f"2.25.77.{number}"
    return made


@pytest.fixture
def store_series(clock):
    """A function (exam, headers, modality='DX') -> its series, as a transfer seals it; again: a newer manifest."""
    from provident.web.exams.models import Series
    from provident.web.exams.objects import object_store

    def store(exam, headers, modality="DX", uid=None):
        rows, uid = [], uid or new_uid()
        for n, header in enumerate(headers):
            data = header if isinstance(header, bytes) else as_bytes(header)
            key = f"test/{uid}/{n}-{sha256(data)[:12]}.dcm"
            if not object_store().exists(key):
                object_store().create(key, data)
            rows.append({"sop_uid": str(n), "key": key, "sha256": sha256(data), "size": len(data)})  # fmt: skip
        manifest = json.dumps({"instances": rows}).encode()
        key = f"test/{uid}/manifest-{sha256(manifest)[:12]}.json"
        if not object_store().exists(key):
            object_store().create(key, manifest)
        found, _ = Series.objects.update_or_create(
            exam=exam, uid=uid,
            defaults={"modality": modality, "instances": len(rows), "manifest_key": key, "manifest_sha256": sha256(manifest),
                      "manifest_version": 1, "sealed_at": clock.now(), "number": 1},
        )  # fmt: skip
        return found

    return store


@pytest.fixture
def make_radiographs(participant, clock, store_series):
    """A function (visit, dap, ...) -> a judged exam of hand radiographs, its dose not yet reckoned."""
    from provident.web.exams.models import Exam
    from provident.web.studies.plans import version_in_force

    def make(visit="baseline", daps=(0.18,), of=participant, **changes):
        slot = of.slots.get(visit=visit, exam_kind="hands_xray")
        values = {
            "study": of.study, "participant": of, "slot": slot, "uid": new_uid(), "kind": "hands_xray", "visit": visit,
            "acquired_on": slot.opens_on + timedelta(days=1), "state": "judged", "outcome": "pass",
            "verdict": {"outcome": "pass", "findings": [], "series": [], "sentence": "As in the manual."},
            "plan": version_in_force(of.study), "first_received_at": clock.now(), "judged_at": clock.now(),
        }  # fmt: skip
        exam = Exam.objects.create(**{**values, **changes})
        if daps:
            store_series(exam, [radiograph(n, dap) for n, dap in enumerate(daps, 1)])
        return exam

    return make


@pytest.fixture
def count():
    """A function exam -> its dose row, after the jobs of dose and of the question to the site have run."""
    from provident.web.dose.models import ExamDose
    from provident.web.dose.tasks import exam_judged
    from provident.web.qc.doses import exam_dose_counted

    def run(exam):
        exam_judged(str(exam.pk))
        exam_dose_counted(str(exam.pk))
        return ExamDose.objects.filter(exam=exam).first()

    return run


@pytest.fixture
def allow(study, by, clock):
    """A function (constraint text, expected, recall) -> a plan version in force that says so of the radiographs."""
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import as_bytes as plan_bytes
    from provident.web.studies.plans import version_in_force

    versions: list[str] = []

    def load(*edits: tuple[str, str]):
        files = {n: plan_bytes(t) for n, t in version_in_force(study).files.items()}
        text = files["imaging/hands-xray.yaml"].decode()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        files["imaging/hands-xray.yaml"] = text.encode()
        versions.append(f"9.{len(versions)}")
        study_file = files["study.yaml"].decode()
        files["study.yaml"] = re.sub(r'(?m)^version: .*$', f'version: "{versions[-1]}"', study_file, count=1).encode()  # fmt: skip
        return load_plan(files=files, by=by, clock=clock, reason="a test")

    return load


@pytest.fixture
def as_role(make_member):
    """A function (plan's role) -> a member in that role: at leeds, or at the centre."""
    places = {"practitioner": ("site", "leeds"), "investigator": ("site", "leeds"), "radiographer": ("site", "leeds"), "physicist": ("qc", "")}  # fmt: skip

    made = {}

    def make(plan_role: str, site: str | None = None):
        role, home = places[plan_role]
        home = home if site is None else site
        if (plan_role, home) not in made:
            member = make_member(role, home, username=f"{plan_role}-{home}".rstrip("-"))
            member.plan_role = plan_role
            member.save(update_fields=["plan_role"])
            made[plan_role, home] = member
        return made[plan_role, home]

    return make
