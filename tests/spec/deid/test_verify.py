"""Verification: code apart from the engine that looks for what must not be there."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.deid import Identifiers, Profile, gather, verify
from provident.deid.verify import in_name
from tests.spec.deid.files import ct_file, data_set, file_of, raw_element, run, with_raw


title = "Verification"

WHO = gather(ct_file())


def kinds(data: bytes, who: Identifiers = WHO, **told) -> set[str]:
    return {
        leak.kind for leak in verify(data, identifiers=who, profile=Profile(), **told)
    }


def clean(**attributes) -> bytes:
    done = run(ct_file(**attributes))
    assert done.data is not None, done.reason
    return done.data


def planted(element: bytes) -> bytes:
    """An output without pixels, with one more element behind its last."""
    done = run(ct_file(PixelData=None))
    assert done.data is not None
    return with_raw(done.data, element)


def test_what_the_engine_makes_passes():
    assert set() == kinds(clean())


def test_an_untouched_original_does_not():
    found = kinds(ct_file())

    assert {
        "name",
        "number",
        "date",
        "uid",
        "preamble",
        "file_meta",
        "not_marked",
    } <= found


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"xx QUARRENDON yy ", "name"),
        (b"ottilie ", "name"),
        ("Quarrendon".encode("utf-16-le"), "name"),
        ("Quarrendon".encode("utf-16-be"), "name"),
        (b"H7731904", "number"),
        (b"of 15/03/2024", "date"),
        (b"20240315", "date"),
        (b"1.2.826.0.1.99.1", "uid"),
    ],
)
def test_each_kind_of_identifier_is_found_in_any_bytes(value, kind):
    assert kind in kinds(
        planted(raw_element(0x7FE00020, b"OB", value + b"\0" * (len(value) % 2)))
    )


@pytest.mark.parametrize(
    "encoding", ["latin-1", "utf-8", "iso8859_2", "utf-16-le", "gb18030"]
)
def test_names_with_accents_are_found_in_every_encoding(encoding):
    who = Identifiers.of(
        names=[
            "Żółć^Müller" if encoding in ("utf-8", "utf-16-le", "gb18030") else "Müller"
        ]
    )
    raw = "Müller".encode(encoding)

    assert "name" in kinds(
        planted(raw_element(0x7FE00020, b"OB", raw + b"\0" * (len(raw) % 2))), who
    )


def test_a_name_inside_compressed_pixels_is_found():
    from pydicom.encaps import encapsulate

    made = data_set(
        PixelData=encapsulate([b"\xff\xd8\xff\xfe\x00\x12Quarrendon\xff\xd9"])
    )
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    done = run(file_of(made, "1.2.840.10008.1.2.4.50"))

    assert done.data is not None
    assert "name" in kinds(done.data)


def test_a_date_that_is_another_one_shifted_is_no_leak():
    data = clean(
        StudyDate="20240315", SeriesDate="20231206"
    )  # 100 days apart, as the shift
    who = gather(ct_file(StudyDate="20240315", SeriesDate="20231206"))

    assert "date" in kinds(data, who)
    assert set() == kinds(data, who, shifted_by=-100)


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        (raw_element(0x40080102, b"PN", b"Tolliver^Maud "), "name"),
        (raw_element(0x7FE10010, b"LO", b"ACME"), "private"),
        (raw_element(0xFFFCFFFC, b"OB", b"\0\0"), "padding"),
        (raw_element(0x60000010, b"US", b"\2\0"), "graphics"),
        (raw_element(0x40080040, b"SH", b"R44718"), "attribute"),
        (raw_element(0x40084000, b"ST", b"seen 3 May 2024 "), "date_in_text"),
        (raw_element(0x40084000, b"ST", b"call 020 7946 0018"), "contact_in_text"),
    ],
)
def test_what_the_profile_removes_must_be_gone(element, kind):
    assert kind in kinds(planted(element), Identifiers())


def test_it_looks_inside_sequences():
    item = Dataset()
    item.OperatorsName = "Penhallow^Jory"
    leaks = verify(
        file_of(data_set(ContributingEquipmentSequence=Sequence([item]))),
        identifiers=Identifiers(), profile=Profile(),
    )  # fmt: skip

    assert "(0018,a001)[0].(0008,1070)" in {leak.where for leak in leaks}


def test_a_leak_never_says_the_value():
    leaks = verify(ct_file(), identifiers=WHO, profile=Profile())

    assert not any(
        "uarrendon" in f"{leak}" or "H7731904" in f"{leak}" for leak in leaks
    )


def test_what_cannot_be_read_is_not_verified():
    assert {"unreadable"} == kinds(b"no dicom at all", Identifiers())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Quarrendon_Ottilie/IM1.dcm", True),
        ("H7731904/IM1", True),
        ("EXPORT01/IM1", False),
    ],
)
def test_names_of_files_and_folders(name, expected):
    assert expected == in_name(name, WHO)


def test_gathering_finds_names_numbers_and_places_at_every_depth():
    inner = Dataset()
    inner.OtherPatientNames = "Wimbush^Clara"
    inner.PatientID = "NHS9434765919"
    who = gather(
        file_of(
            data_set(
                InstitutionName="St Aldhelm Infirmary",
                ReferringPhysicianName="Tolliver^Maud^^Dr",
                OtherPatientIDsSequence=Sequence([inner]),
            )
        )
    )

    assert {
        "Quarrendon",
        "Ottilie",
        "Wimbush",
        "Clara",
        "Tolliver",
        "Maud",
    } == who.names
    assert {"H7731904", "NHS9434765919"} <= who.numbers
    assert {"St Aldhelm Infirmary", "Aldhelm"} <= who.places
    assert {"20240315", "19610204"} <= who.dates


def test_gathering_from_what_is_no_dicom_finds_nothing():
    assert not gather(b"no dicom")


@pytest.mark.parametrize("knows_the_profile", [True, False])
def test_a_device_that_the_profile_retains_is_no_leak(knows_the_profile):
    profile = Profile(options=Profile().options | {113109, 113112})
    data = ct_file(
        DeviceSerialNumber="88120167",
        StationName="CT_EAST",
        InstitutionName="St Aldhelm Infirmary",
    )
    done = run(data, profile)
    who = gather(data, profile) if knows_the_profile else gather(data)

    assert done.data is not None
    assert verify(done.data, identifiers=who, profile=profile, shifted_by=-100) == []
    assert b"88120167" in done.data


def test_a_device_that_is_retained_is_still_a_leak_where_the_profile_does_not_retain_it():
    data = ct_file(DeviceSerialNumber="88120167")
    retaining = run(data, Profile(options=Profile().options | {113109}))

    found = verify(
        retaining.data or b"",
        identifiers=gather(data),
        profile=Profile(),
        shifted_by=-100,
    )
    assert "number" in {leak.kind for leak in found}


def test_a_name_that_is_part_of_an_imaging_word_is_no_leak_there_and_one_elsewhere():
    who = Identifiers.of(names=["Presse^Anna"])

    assert "name" not in kinds(
        planted(raw_element(0x7FE00020, b"OB", b"compressed")), who
    )
    assert "name" in kinds(
        planted(raw_element(0x7FE00020, b"OB", b"compressed presse ")), who
    )
