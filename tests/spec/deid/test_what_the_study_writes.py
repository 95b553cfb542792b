"""What the study itself writes, or keeps by its own choice, is no leak; the same word elsewhere is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provident.deid import Identifiers, Profile, Subject, Trial, verify
from tests.spec.deid.files import SUBJECT, ct_file, result, run


title = "What the study itself writes"

TRIAL = Trial(
    sponsor="University of Leeds",
    protocol="ARTHUR-2",
    site="leeds",
    site_name="Leeds hand clinic",
)
OURS = replace(Profile(), trial=TRIAL)


def left(data: bytes, profile: Profile = OURS, subject: Subject = SUBJECT) -> list[str]:
    """The kinds of leaks of a file's own output."""
    done = run(data, profile, subject)
    assert done.data is not None, done.reason
    found = verify(
        done.data, identifiers=done.identifiers, profile=profile, subject=subject
    )
    return [leak.kind for leak in found]


@pytest.mark.parametrize(
    "told",
    [
        {"InstitutionName": "Leeds"},
        {"InstitutionName": "University of Leeds"},
        {"PatientID": "LE-017"},
        {"PatientName": "LE-017"},
        {"PatientID": "ARTHUR-2", "PatientName": "Week 12"},
        {"PatientName": "Option^Ottilie"},
        {"InstitutionalDepartmentName": "MR"},
        {"InstitutionalDepartmentName": "Radiology", "StudyDescription": "radiology"},
        {"RequestingService": "RADIOLOGY", "StudyDescription": "Radiology wrist"},
        {"StationName": "MRI", "SeriesDescription": "MRI wrist"},
    ],
    ids=str,
)
def test_an_identifier_that_is_a_word_of_the_study_s_is_no_leak(told):
    assert left(ct_file(**told)) == []


def test_the_same_word_elsewhere_in_the_output_is_one():
    done = run(ct_file(InstitutionName="Leeds"), OURS)
    assert done.data is not None
    # As if the engine had left the word in the device's own name.
    spoilt = done.data.replace(b"SIEMENS ", b"At Leeds")

    found = verify(spoilt, identifiers=done.identifiers, profile=OURS, subject=SUBJECT)
    assert [leak.kind for leak in found] == ["place"]


def test_a_person_called_as_the_sponsor_is_still_looked_for():
    done = run(ct_file(PatientName="Leeds^Ottilie"), OURS)
    assert done.data is not None
    spoilt = done.data.replace(b"SIEMENS ", b"to Leeds")

    clean = verify(
        done.data, identifiers=done.identifiers, profile=OURS, subject=SUBJECT
    )
    found = verify(spoilt, identifiers=done.identifiers, profile=OURS, subject=SUBJECT)
    assert ([leak.kind for leak in clean], [leak.kind for leak in found]) == (
        [],
        ["name"],
    )


def test_a_department_of_imaging_words_leaves_descriptions_alone():
    out = result(
        ct_file(
            InstitutionalDepartmentName="Radiology", StudyDescription="Radiology wrist"
        ),
        OURS,
    )

    assert out.StudyDescription == "Radiology wrist"


def test_an_institution_is_taken_out_even_where_its_name_is_an_imaging_word():
    out = result(
        ct_file(InstitutionName="Aberdeen", StudyDescription="Aberdeen wrist"), OURS
    )

    assert out.StudyDescription == "wrist"


def test_a_device_s_serial_number_stays_where_option_113109_keeps_it():
    keeps = replace(OURS, options=OURS.options | {113109})
    data = ct_file(DeviceSerialNumber="SN4471903", StationName="CTEAST7")

    assert result(data, keeps).DeviceSerialNumber == "SN4471903"
    assert left(data, keeps) == []
    assert "SN4471903" not in str(result(data, OURS))


def test_a_serial_number_gathered_from_another_file_is_no_leak_where_it_is_kept():
    keeps = replace(OURS, options=OURS.options | {113109})
    known = Identifiers(numbers=frozenset({"SN4471903"}))
    subject = replace(SUBJECT, identifiers=known)

    assert left(ct_file(DeviceSerialNumber="SN4471903"), keeps, subject) == []


def test_a_date_that_is_another_one_moved_is_no_leak_for_the_subject():
    # 100 days apart, and moved by 100 days.
    data = ct_file(StudyDate="20240624", SeriesDate="20240316")

    assert left(data) == []
