"""What the database itself refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from provident.web.dose.models import DoseSignature, EnteredDose, ExamDose, Repeat


pytestmark = pytest.mark.django_db


def refused(model, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**values)


def test_one_row_an_exam(make_radiographs, count, clock):
    exam = make_radiographs()
    count(exam)

    refused(ExamDose, exam=exam, research=True, read_from="x", assessed_at=clock.now())


@pytest.mark.parametrize("changes", [{"value": 0}, {"value": -1}, {"reason": ""}])
def test_an_entered_dose_is_above_zero_and_has_a_reason(make_radiographs, as_role, clock, changes):  # fmt: skip
    values = {"value": 1.0, "reason": "console", **changes}

    refused(EnteredDose, exam=make_radiographs(), by=as_role("radiographer"), at=clock.now(), kind="projection", unit="Gy.cm2", **values)  # fmt: skip


@pytest.mark.parametrize("changes", [{"up_to": 0}, {"reason": ""}])
def test_a_signature_names_a_dose_and_a_reason(participant, as_role, clock, changes):
    from provident.web.people.actions import sign
    from tests.web.dose.conftest import PASSWORD

    who = as_role("practitioner")
    signature = sign(membership=who, password=PASSWORD, meaning="x", thing="participant", thing_id="L-101", content={}, clock=clock)  # fmt: skip
    values = {"up_to": 1.0, "reason": "worth it", **changes}

    refused(DoseSignature, participant=participant, by=who, at=clock.now(), role="practitioner", quantity="E", signature=signature, **values)  # fmt: skip


def test_one_open_repeat_an_exam_and_a_reason(make_radiographs, as_role, clock):
    exam = make_radiographs()
    told = {"exam": exam, "by": as_role("physicist"), "opened_at": clock.now()}
    Repeat.objects.create(**told, reason="first", state="withdrawn")
    Repeat.objects.create(**told, reason="second")

    refused(Repeat, **told, reason="third")
    refused(Repeat, **told, reason="", state="withdrawn")
