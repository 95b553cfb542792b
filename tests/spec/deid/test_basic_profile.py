"""What the basic profile and its options do with attributes (PS3.15 Annex E)."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Action, Override, Profile
from tests.spec.deid.files import DEFAULT, ct_file, data_set, file_of, result, run


title = "The basic profile and its options"

GONE = None
BASIC = Profile.basic()


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("AccessionNumber", "ACC0081", ""),
        ("InstitutionName", "St Aldhelm Infirmary", "REMOVED"),
        ("InstitutionAddress", "4 Priory Row", GONE),
        ("ReferringPhysicianName", "Tolliver^Maud", ""),
        ("OperatorsName", "Penhallow^Jory", "REMOVED"),
        ("OtherPatientIDs", "X99120", GONE),
        ("PatientAddress", "12 Sallow Lane", GONE),
        ("PatientTelephoneNumbers", "020 7946 0018", GONE),
        ("PatientBirthDate", "19610204", ""),
        ("PatientSex", "F", ""),
        ("PatientAge", "063Y", GONE),
        ("PatientWeight", "71", GONE),
        ("StationName", "CT_EAST", "REMOVED"),
        ("DeviceSerialNumber", "88120", "REMOVED"),
        ("StudyDescription", "CT chest", GONE),
        ("StudyDate", "20240315", ""),
        ("SeriesDate", "20240315", "19000101"),
        ("StudyID", "4471", ""),
        ("PatientComments", "comes with her sister", GONE),
        ("KVP", "120", "120"),
        ("Manufacturer", "SIEMENS", "SIEMENS"),
        ("TimezoneOffsetFromUTC", "+0100", GONE),
    ],
)
def test_the_basic_profile_without_options(keyword, value, expected):
    out = result(ct_file(**{keyword: value}), BASIC)

    assert expected == (None if keyword not in out else str(out[keyword].value or ""))


@pytest.mark.parametrize(
    ("option", "keyword", "value", "expected"),
    [
        (113105, "StudyDescription", "CT chest", "CT chest"),
        (113106, "StudyDate", "20240315", "20240315"),
        (113107, "StudyDate", "20240315", "20231206"),
        (113107, "AcquisitionDateTime", "20240315101112.5+0100", "20231206101112.5"),
        (113107, "StudyTime", "101112", "101112"),
        (113108, "PatientSex", "F", "F"),
        (113108, "PatientAge", "063Y", "063Y"),
        (113108, "PatientWeight", "71", "71"),
        (113109, "DeviceSerialNumber", "88120", "88120"),
        (113109, "StationName", "CT_EAST", "CT_EAST"),
        (113112, "InstitutionName", "St Aldhelm Infirmary", "St Aldhelm Infirmary"),
        (113110, "StudyInstanceUID", "1.2.826.0.1.99.1", "1.2.826.0.1.99.1"),
    ],
)
def test_an_option_keeps_or_cleans_what_it_names(option, keyword, value, expected):
    out = result(ct_file(**{keyword: value}), Profile.basic(option))

    assert expected == str(out[keyword].value)


def test_ages_above_the_cap_become_the_cap_and_one():
    ages = {
        a: result(ct_file(PatientAge=a)).PatientAge
        for a in ("089Y", "094Y", "102Y", "018M")
    }

    assert ages == {"089Y": "089Y", "094Y": "090Y", "102Y": "090Y", "018M": "018M"}


@pytest.mark.parametrize(
    ("policy", "age", "expected"),
    [
        ("remove", "063Y", ""),
        ("year", "063Y", "19600101"),
        ("shift", "063Y", "19601027"),
        ("year", "094Y", ""),  # the year of birth would tell an age above the cap
    ],
)
def test_the_birth_date_by_policy(policy, age, expected):
    profile = Profile(birth_date=policy)

    assert expected == result(ct_file(PatientAge=age), profile).PatientBirthDate


def test_elements_that_no_dictionary_knows_are_removed():
    made = data_set()
    made.add_new(0x00109FF0, "LO", "Quarrendon Ottilie")
    made.add_new(0x00189FF2, "DS", "1.5")

    out = result(file_of(made))

    assert [0x00109FF0 in out, 0x00189FF2 in out] == [False, False]


def test_overlays_curves_and_icons_are_removed():
    made = data_set()
    made.add_new(0x60003000, "OW", b"\x01\x02")
    made.add_new(0x50003000, "OW", b"\x01\x02")
    made.IconImageSequence = Sequence([data_set()])

    out = result(file_of(made))

    assert [0x60003000 in out, 0x50003000 in out, "IconImageSequence" in out] == [
        False
    ] * 3


def test_the_preamble_is_zeros_and_no_station_is_named_in_the_file_meta():
    done = run(ct_file())

    assert done.data is not None
    assert bytes(128) == done.data[:128]
    assert b"WARD" not in done.data


def test_the_file_meta_length_is_right_and_the_instance_is_the_same_in_both_places():
    out = result(ct_file())

    assert out.file_meta.MediaStorageSOPInstanceUID == out.SOPInstanceUID
    assert out.file_meta.MediaStorageSOPClassUID == out.SOPClassUID


def test_persons_are_removed_from_every_depth():
    inner = Dataset()
    inner.OperatorsName = "Penhallow^Jory"
    inner.InstitutionName = "St Aldhelm Infirmary"
    inner.Manufacturer = "ACME"
    done = run(file_of(data_set(ContributingEquipmentSequence=Sequence([inner]))))

    assert done.data is not None
    assert b"Penhallow" not in done.data
    assert b"Aldhelm" not in done.data


def test_codes_that_stand_for_a_person_or_institution_go_with_their_sequence():
    code = Dataset()
    code.CodeValue = "P-4471"
    code.CodeMeaning = "Maud Tolliver"
    done = run(
        file_of(
            data_set(
                InstitutionCodeSequence=Sequence([code]),
                PersonIdentificationCodeSequence=Sequence([code]),
            )
        )
    )

    assert done.data is not None
    assert b"4471" not in done.data
    assert b"Tolliver" not in done.data


def test_an_override_of_the_study_wins_over_the_table():
    keep = Override(tag=0x00081010, action=Action.KEEP, why="scanner register")
    profile = Profile(overrides=(keep,))

    assert result(ct_file(StationName="CT_EAST"), profile).StationName == "CT_EAST"


def test_an_override_for_one_class_leaves_the_others_alone():
    keep = Override(
        tag=0x00081010,
        action=Action.KEEP,
        why="mammography",
        sop_class="1.2.840.10008.5.1.4.1.1.1.2",
    )
    profile = Profile(overrides=(keep,))

    assert result(ct_file(StationName="CT_EAST"), profile).StationName == "REMOVED"


def test_an_override_needs_a_reason():
    with pytest.raises(ValueError, match="written reason"):
        Override(tag=0x00081010, action=Action.KEEP, why=" ")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"options": frozenset({113199})}, "no de-identification options"),
        ({"options": frozenset({113106, 113107})}, "exclude each other"),
        ({"date_shift": (5, -5)}, "above its upper end"),
        ({"birth_date": "sometimes"}, "birth_date is one of"),
        ({"text": "maybe"}, "text is one of"),
    ],
)
def test_a_profile_that_says_the_impossible_does_not_exist(fault, words):
    with pytest.raises(ValueError, match=words):
        Profile(**fault)


def test_a_profile_has_a_hash_over_all_that_decides():
    others = [
        Profile(version="2"),
        Profile(age_cap=80),
        Profile.basic(),
        Profile(keep_text=("x",)),
    ]

    assert DEFAULT.hash == Profile().hash
    assert len({DEFAULT.hash, *(p.hash for p in others)}) == 5
