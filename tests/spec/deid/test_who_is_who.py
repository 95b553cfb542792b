"""Hospital numbers as sites write them: whose is whose, and when two are one."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest

from provident.deid import Profile, SiteKey, Subject, deidentify
from provident.deid.codebook import CrosswalkFile, Entry
from provident.deid.subjects import subject_of
from tests.spec.deid.files import KEY, ct_file


title = "Who is who"

BOOK = CrosswalkFile(
    [
        Entry("WARD A", "0047", "P001"),
        Entry("WARD B", "0047", "P002"),
        Entry("", "8812", "P003"),
    ]
)


def who(**attributes: str) -> str | None:
    told = subject_of(ct_file(**attributes))
    entry = BOOK.entry_of(told)
    return entry.participant if entry else None


@pytest.mark.parametrize(
    ("issuer", "number", "participant"),
    [
        ("WARD A", "0047", "P001"),
        ("WARD B", "0047", "P002"),  # the same number of another issuer is another person
        ("WARD C", "0047", None),
        ("WARD A", "47", None),  # leading zeros belong to the number
        ("WARD A", " 0047 ", "P001"),  # blanks around it do not (PS3.5 6.2, LO)
        (" WARD A ", "0047", "P001"),
        ("ward a", "0047", None),  # case does
        ("WARD C", "8812", "P003"),  # an entry without an issuer stands for any
        (None, "8812", "P003"),
        (None, "0047", None),  # of two issuers: nobody guesses
    ],
)  # fmt: skip
def test_a_number_belongs_to_whom_its_issuer_gave_it(issuer, number, participant):
    attributes = {"PatientID": number, "IssuerOfPatientID": issuer}

    assert participant == who(**attributes)


def test_a_rotated_key_is_a_new_namespace_and_the_old_one_goes_on():
    rotated = SiteKey(KEY.secret, namespace="2")
    subject = Subject(participant="LE-017", date_shift_days=-100)
    first, second, again = (
        pydicom.dcmread(
            BytesIO(
                deidentify(ct_file(), profile=Profile(), key=k, subject=subject).data
            )
        )
        for k in (KEY, rotated, KEY)
    )

    assert first.SOPInstanceUID == again.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID != second.StudyInstanceUID
    assert first.StudyDate == second.StudyDate  # the shift is the subject's


def test_the_same_file_gives_the_same_bytes_whatever_was_read_before():
    subject = Subject(participant="LE-017", date_shift_days=-100)
    profile = Profile()

    def out(data: bytes) -> bytes:
        done = deidentify(data, profile=profile, key=KEY, subject=subject)
        assert done.data is not None
        return done.data

    mine = ct_file(StudyDescription="knee Zorblatt Head")
    before = out(mine)
    for name in ("Zorblatt^Head", "Knee^Ottilie", "Head^Zorblatt"):
        other = out(ct_file(PatientName=name, StudyDescription="knee Zorblatt Head"))
        assert b"orblatt" not in other

    assert before == out(mine)
