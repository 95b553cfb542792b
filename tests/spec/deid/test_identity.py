"""UIDs, dates and the participant: keyed, one way, the same at any time."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import (
    Profile,
    SiteKey,
    Subject,
    Trial,
    date_shift,
    deidentify,
    hidden_uid,
)
from tests.spec.deid.files import KEY, SUBJECT, ct_file, data_set, file_of, result, run


title = "Identity"


def test_the_same_input_gives_the_same_bytes():
    data = ct_file()

    assert run(data).data == run(data).data


def test_a_hidden_uid_is_under_2_25_and_fits_a_uid():
    uid = hidden_uid(KEY, "1.2.826.0.1.99.1")

    assert uid.startswith("2.25.")
    assert len(uid) <= 64
    assert uid == hidden_uid(KEY, "1.2.826.0.1.99.1")


def test_another_key_or_a_rotated_one_hides_differently():
    keys = (KEY, SiteKey(bytes(32)), SiteKey(KEY.secret, namespace="2"))

    assert len({hidden_uid(k, "1.2.826.0.1.99.1") for k in keys}) == 3


def test_uids_of_the_standard_stay():
    assert hidden_uid(KEY, "1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"


def test_a_key_is_not_shown_and_has_256_bits():
    assert KEY.secret.hex() not in repr(KEY)
    with pytest.raises(ValueError, match="32 bytes"):
        SiteKey(b"short")


def test_a_document_of_a_later_day_still_points_to_the_image():
    reference = Dataset()
    reference.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    reference.ReferencedSOPInstanceUID = "1.2.826.0.1.99.1.1.1"
    later = data_set(
        SOPInstanceUID="1.2.826.0.1.99.9", ReferencedImageSequence=Sequence([reference])
    )

    image, document = result(ct_file()), result(file_of(later))

    pointed = document.ReferencedImageSequence[0].ReferencedSOPInstanceUID
    assert image.SOPInstanceUID == pointed
    assert pointed != "1.2.826.0.1.99.1.1.1"


def test_intervals_are_exact_and_times_stay():
    first = result(
        ct_file(StudyDate="20240228", AcquisitionDateTime="20240228235959.123")
    )
    second = result(ct_file(StudyDate="20240522"))

    assert (first.StudyDate, second.StudyDate) == (
        "20231120",
        "20240212",
    )  # 84 days, as before
    assert first.AcquisitionDateTime == "20231120235959.123"


@pytest.mark.parametrize("bad", ["unknown", "2024131", "20241399", "0000"])
def test_what_is_no_date_does_not_pass_as_one(bad):
    out = result(file_of(data_set(StudyDate=None)) + b"")
    assert "StudyDate" not in out

    made = data_set()
    made.add_new(0x00080020, "DA", "")
    data = file_of(made).replace(
        b"\x08\x00\x20\x00DA\x00\x00",
        b"\x08\x00\x20\x00DA" + len(_even(bad)).to_bytes(2, "little") + _even(bad),
    )

    assert result(data).StudyDate == ""


def _even(text: str) -> bytes:
    return (text + " " * (len(text) % 2)).encode()


def test_the_shift_is_one_per_participant_within_the_range_and_never_none():
    profile = Profile(date_shift=(-3, 3))
    drawn = {date_shift(KEY, f"P{n}", profile) for n in range(200)}

    assert {-3, -2, -1, 1, 2, 3} == drawn
    assert date_shift(KEY, "P1", profile) == date_shift(KEY, "P1", profile)


def test_who_the_participant_is_and_which_visit_is_written():
    profile = Profile(
        trial=Trial(sponsor="University of Leeds", protocol="ARTHUR-2", site="leeds")
    )

    out = result(ct_file(), profile)

    assert (str(out.PatientName), out.PatientID, out.ClinicalTrialSubjectID) == (
        "LE-017",
        "LE-017",
        "LE-017",
    )
    assert (
        out.ClinicalTrialSponsorName,
        out.ClinicalTrialProtocolID,
        out.ClinicalTrialSiteID,
    ) == ("University of Leeds", "ARTHUR-2", "leeds")
    assert (
        out.ClinicalTrialTimePointID,
        out.ClinicalTrialTimePointDescription,
        out.LongitudinalTemporalOffsetFromEvent,
        out.LongitudinalTemporalEventType,
    ) == ("week12", "Week 12", 84.0, "ENROLLMENT")


def test_what_was_done_is_written_and_no_more():
    out = result(ct_file(), Profile.basic(113105, 113107, 113101))

    codes = [c.CodeValue for c in out.DeidentificationMethodCodeSequence]
    assert codes == [
        "113100",
        "113105",
        "113107",
    ]  # a CT image's pixels were not looked at
    assert (
        out.PatientIdentityRemoved,
        out.LongitudinalTemporalInformationModified,
    ) == ("YES", "MODIFIED")
    assert "BurnedInAnnotation" not in out


@pytest.mark.parametrize(
    ("options", "expected"),
    [((), "REMOVED"), ((113106,), "UNMODIFIED"), ((113107,), "MODIFIED")],
)
def test_what_became_of_dates_is_told(options, expected):
    out = result(ct_file(), Profile.basic(*options))

    assert expected == out.LongitudinalTemporalInformationModified


def test_earlier_trial_and_method_attributes_are_not_passed_on():
    made = data_set(
        ClinicalTrialSubjectID="OTHER-9",
        ClinicalTrialSponsorName="Elsewhere",
        PatientIdentityRemoved="NO",
    )
    made.ClinicalTrialSeriesDescription = "of Ottilie"

    out = result(file_of(made))

    assert (out.ClinicalTrialSubjectID, out.ClinicalTrialSponsorName) == ("LE-017", "")
    assert "ClinicalTrialSeriesDescription" not in out


@pytest.mark.parametrize("bad", ["", "A\\B", "x" * 65, "line\nbreak"])
def test_a_participant_number_that_dicom_cannot_hold_is_refused(bad):
    with pytest.raises(ValueError, match="participant"):
        Subject(participant=bad)


def test_a_participant_number_with_accents_is_written_in_the_file_s_character_set():
    subject = Subject(participant="Zürich-7", date_shift_days=-9)
    utf8 = deidentify(
        ct_file(SpecificCharacterSet="ISO_IR 192"),
        profile=Profile(),
        key=KEY,
        subject=subject,
    )
    ascii_only = deidentify(
        ct_file(SpecificCharacterSet=None), profile=Profile(), key=KEY, subject=subject
    )

    names = [
        str(pydicom.dcmread(BytesIO(d.data)).PatientName) for d in (utf8, ascii_only)
    ]
    assert names == ["Zürich-7", "Zurich-7"]


def test_the_sop_instance_of_the_report_is_the_new_one():
    done = run(ct_file())

    assert hidden_uid(KEY, "1.2.826.0.1.99.1.1.1") == done.report.sop_instance_uid
    assert (SUBJECT.participant, None) == ("LE-017", done.reason)


def test_a_subject_whose_dates_would_stay_where_they_are_is_refused():
    with pytest.raises(ValueError, match="shift is 0 days"):
        run(ct_file(), Profile(), Subject(participant="LE-017"))
