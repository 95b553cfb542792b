"""What the tests of the platform share: a study on the demo plan, people in each role, a clock that stands still.

The suite runs on SQLite; with PROVIDENT_TEST_DATABASE=postgresql://... on PostgreSQL.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from provident.kernel import FixedClock
from provident.kernel.ids import new_uid, sha256


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clock() -> FixedClock:
    """10:00 UTC on 24 November 2026."""
    return FixedClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


@pytest.fixture
def by():
    """An actor for the set-up."""
    from provident.web.ledger.record import Actor

    return Actor(name="setup", role="system")


@pytest.fixture
def plan_files():
    """The demo plan's files by path; a module may give changed ones."""
    folder = ROOT / "plans/arthritis-demo"
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def study(db, clock, by, plan_files):
    """The demo study with its three sites, all open."""
    from provident.web.sites.actions import activate, take_sites
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import plan_of

    version = load_plan(files=plan_files, by=by, clock=clock)
    for site in take_sites(
        study=version.study, of=plan_of(version), by=by, clock=clock
    ):
        activate(site=site, by=by, clock=clock, reason="checklist complete", waiver="a test of the platform")  # fmt: skip
        accredit(site)
    return version.study


def accredit(site) -> None:
    """Every scanner of a site is accredited on 2 January 2026: the gate before bookings is open."""
    from provident.web.scanners.models import Accreditation

    needs = ("phantom", "volunteer_scan")
    step = {
        "state": "accredited", "day": "2026-01-02", "by": "setup", "note": "",
        "evidence": [{"need": n, "id": "1", "day": "2026-01-02"} for n in needs],
    }  # fmt: skip
    for scanner in site.scanners.all():
        Accreditation.objects.create(
            scanner=scanner, steps=[step], changed_at=datetime(2026, 1, 2, tzinfo=UTC)
        )


@pytest.fixture
def site(study):
    """The site leeds."""
    return study.sites.get(code="leeds")


@pytest.fixture
def make_member(study, clock, by):
    """A function (role, site='', username=None) -> Membership; the password is `correct horse battery`.

    Who reads or adjudicates has qualified for every design of the plan, unless `qualified=False`.
    """
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role
    from provident.web.people.models import User

    def make(
        role: str, site: str = "", username: str | None = None, qualified: bool = True
    ):
        name = username or f"{role}-{site}".rstrip("-")
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User(username=name, name=name.title())
            user.set_password("correct horse battery")
            user.save()
        member = give_role(
            user=user,
            study=study,
            role=Role(role),
            site=site,
            by=by,
            clock=clock,
            code=name[:20],
        )
        if qualified and role in ("reader", "adjudicator"):
            qualify(member, clock)
        return member

    return make


def qualify(member, clock) -> None:
    """A reader passed the test set of every design of the plan in force, today."""
    from provident.web.readers.models import Qualification
    from provident.web.studies.plans import plan_in_force

    for endpoint, design in plan_in_force(member.study).reading.items():
        Qualification.objects.create(
            reader=member, design=endpoint, way="test set", passed=True, form=design.form, on=clock.now().date(),
            at=clock.now(),
        )  # fmt: skip


@pytest.fixture
def participant(site, clock, by):
    """L-101, enrolled on 2 March 2026 with every consent."""
    from provident.web.participants.actions import enrol
    from provident.web.studies.plans import plan_in_force

    consent = dict.fromkeys(plan_in_force(site.study).consent.options, True)
    return enrol(
        site=site, anchor_on=date(2026, 3, 2), consent=consent, by=by, clock=clock
    )


@pytest.fixture(autouse=True, scope="session")
def _one_connection():
    """Requests end inside a test's transaction; Django would close its connection then, as at the end of any request."""
    from django.core import signals
    from django.db import close_old_connections

    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Tests write rows that no event tells of; what waits is reckoned anew in each."""
    from provident.web.people.kept_waits import forget

    forget()


@pytest.fixture(autouse=True, scope="session")
def _fast_passwords():
    """One round of hashing is enough for tests."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def as_member(client):
    """A function membership -> a logged-in client."""

    def log_in(membership):
        client.force_login(
            membership.user, backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return log_in


def small_image(number: int, position: float) -> bytes:
    """An 8 x 8 MR image, de-identified, with things that a reader must not see."""
    from pydicom import Dataset

    from provident import dicom

    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = (
        new_uid(),
        "2.25.1",
        "2.25.2",
    )
    ds.Modality, ds.PatientID, ds.PatientName, ds.StudyDate = (
        "MR",
        "L-101",
        "L-101",
        "20260302",
    )
    ds.InstitutionName, ds.SeriesDescription = "Leeds", "cor STIR week24"
    ds.ClinicalTrialTimePointID = "week24"
    ds.Rows = ds.Columns = 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.InstanceNumber = (
        1,
        "MONOCHROME2",
        number,
    )
    ds.PixelSpacing, ds.ImageOrientationPatient = [0.7, 0.7], [1, 0, 0, 0, 0, -1]
    ds.ImagePositionPatient = [0, position, 0]
    ds.PixelData = np.full((8, 8), 100 * number, dtype="<u2").tobytes()
    return dicom.write(ds)


@pytest.fixture
def make_exam(clock):
    """A function (participant, visit) -> an accepted exam with three series of two images each."""
    from provident import dicom
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
                rows.append(
                    {
                        "sop_uid": str(
                            dicom.read_header(io.BytesIO(data)).SOPInstanceUID
                        ),
                        "key": key,
                        "sha256": sha256(data),
                        "size": len(data),
                    }
                )
            manifest = json.dumps({"instances": rows}).encode()
            object_store().create(f"test/{uid}/manifest.json", manifest)
            Series.objects.create(
                exam=exam, uid=uid, modality="MR", role=role, outcome="pass", instances=2, manifest_version=1,
                manifest_key=f"test/{uid}/manifest.json", manifest_sha256=sha256(manifest), sealed_at=clock.now(),
            )  # fmt: skip
        return exam

    return make


@pytest.fixture
def judged_exam(participant, clock):
    """A function -> a judged exam of L-101 at baseline with two series; keyword arguments change the exam."""

    def make(**changes):
        from provident.web.exams.models import Exam, Series
        from provident.web.studies.plans import version_in_force

        slot = participant.slots.filter(exam_kind="hands_mri").first()
        verdict = {
            "uid": "1.2.3", "exam": "hands_mri", "manual": "3.1", "visit": "baseline", "outcome": "fail",
            "sentence": "The coronal STIR has to be repeated.", "findings": [],
            "series": [
                {"uid": "1.2.3.1", "role": "cor_t1", "outcome": "pass", "findings": [], "counts": True, "label": "",
                 "measures": [{"rule": "TR", "label": "repetition time", "unit": "ms", "value": 560.0, "low": 400.0,
                               "high": 700.0, "expected": "400 to 700 ms", "found": "560 ms", "outcome": "pass"}]},
                {"uid": "1.2.3.2", "role": "cor_stir", "outcome": "fail", "counts": True, "label": "",
                 "findings": [{"code": "ACQ.TE", "severity": "error", "where": {"uid": "1.2.3.2"},
                               "message": "The echo time is 95 ms.", "expected": "70 ± 5 ms", "found": "95 ms",
                               "remedy": "Ask for a repeat before the window closes.", "subdomain": None}],
                 "measures": [{"rule": "TE", "label": "echo time", "unit": "ms", "value": 95.0, "low": 60.0,
                               "high": 80.0, "expected": "70 ± 5 ms", "found": "95 ms", "outcome": "fail"}]},
            ],
        }  # fmt: skip
        values = {
            "study": participant.study, "participant": participant, "slot": slot, "uid": "1.2.3", "kind": "hands_mri",
            "visit": "baseline", "acquired_on": slot.opens_on, "day": -10, "state": "judged", "announced": 48,
            "received": 48, "outcome": "fail", "verdict": verdict, "plan": version_in_force(participant.study),
            "first_received_at": clock.now(), "complete_at": clock.now(), "judged_at": clock.now(),
        }  # fmt: skip
        exam = Exam.objects.create(**{**values, **changes})
        for number, role in enumerate(("cor_t1", "cor_stir"), start=1):
            facts = {
                "facts": {
                    "TE": {
                        "value": 95.0,
                        "unit": "ms",
                        "source": "(0018,0081)",
                        "derivation": "",
                    }
                }
            }
            Series.objects.create(
                exam=exam, uid=f"{exam.uid}.{number}", number=number, modality="MR", role=role, instances=24, facts=facts,
            )  # fmt: skip
        return exam

    return make
