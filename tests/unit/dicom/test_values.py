"""Single values: decoded from raw bytes, or from what pydicom has made of them already."""

from __future__ import annotations

import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from provident.dicom import values
from provident.dicom.special import acquired, moment, view_word
from provident.dicom.values import NOT_A_NUMBER, NOT_TEXT


def raw(
    vr: str | None, data: bytes, tag: int = 0x00180081, *, little: bool = True
) -> Dataset:
    element = RawDataElement(BaseTag(tag), vr, len(data), data, 0, vr is None, little)
    return Dataset({BaseTag(tag): element})


NUMBERS = [
    ("DS", b"12.5", (12.5,)),
    ("DS", b" 1\\-2.5e1\\+3 ", (1, -25, 3)),
    ("IS", b"7\0", (7,)),
    ("DS", b"", None),
    ("DS", b"  ", None),
    ("DS", b"12,5", NOT_A_NUMBER),
    ("DS", b"abc", NOT_A_NUMBER),
    ("DS", b"1\\\\2", NOT_A_NUMBER),
    ("DS", b"nan", NOT_A_NUMBER),
    ("DS", b"1e999", NOT_A_NUMBER),
    ("US", b"\x01\x00\x02\x00", (1, 2)),
    ("US", b"\x01\x00\x02", NOT_A_NUMBER),
    ("FL", b"\x00\x00\x80\x3f", (1.0,)),
    ("FD", b"\x00\x00\x00\x00\x00\x00\xf8\x7f", NOT_A_NUMBER),
    (None, b"12.5", (12.5,)),
    ("UN", b"12.5", (12.5,)),
    ("LO", b"12.5", (12.5,)),
]


@pytest.mark.parametrize(("vr", "data", "expected"), NUMBERS)
def test_numbers_are_read_or_said_to_be_none(vr, data, expected):
    assert values.numbers(raw(vr, data), 0x00180081) == expected


def test_the_byte_order_of_the_file_counts():
    assert values.numbers(raw("US", b"\x00\x01", little=False), 0x00180081) == (1,)


def test_a_private_element_of_unknown_type_is_read_by_what_it_is_known_to_hold():
    ds = raw("UN", b"\x00\x00\x7a\x44", 0x20011003)

    assert values.numbers(ds, 0x20011003, "FL") == (1000,)


MADE = [
    ([1, 2], (1, 2)),
    (3, (3,)),
    ("", None),
    (None, None),
    ("x", NOT_A_NUMBER),
    ([], None),
]


@pytest.mark.parametrize(("value", "expected"), MADE)
def test_numbers_that_pydicom_has_made_are_read_too(value, expected):
    ds = Dataset()
    ds.add(
        DataElement(
            0x00180081, "LO" if value == "x" else "FD", value, already_converted=True
        )
    )

    assert values.numbers(ds, 0x00180081) == expected


TEXTS = [
    ("LO", b"stir cor ", ("stir cor",)),
    ("CS", b"A\\B\\\\C", ("A", "B", "", "C")),
    ("LO", b"  \0", None),
    ("LO", b"", None),
    ("US", b"\x01\x00", ("1",)),
    ("US", b"\x01", NOT_A_NUMBER),
    ("OW", b"\x01\x00", NOT_TEXT),
    ("LO", b"W\xfcrzburg", ("W\u00fcrzburg",)),
]


@pytest.mark.parametrize(("vr", "data", "expected"), TEXTS)
def test_texts_are_read_or_said_to_be_none(vr, data, expected):
    ds = raw(vr, data)
    ds.SpecificCharacterSet = "ISO_IR 100"

    assert values.texts(ds, 0x00180081) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["A", "B"], ("A", "B")), ("A", ("A",)), (None, None), ("", None)],
)
def test_texts_that_pydicom_has_made_are_read_too(value, expected):
    ds = Dataset()
    ds.add(DataElement(0x00080008, "CS", value))

    assert values.texts(ds, 0x00080008) == expected


def test_what_is_not_there_is_none():
    ds = Dataset()

    assert (
        values.numbers(ds, 0x00180081),
        values.texts(ds, 0x00180081),
        values.data(ds, 0x00180081),
    ) == (None,) * 3
    assert values.items(ds, 0x00186011) == []


def test_a_sequence_that_is_broken_has_no_items():
    assert (
        values.items(raw("SQ", b"\xff\xff\xff\xff\x01", 0x00186011), 0x00186011) == []
    )
    assert values.items(raw("LO", b"text", 0x00186011), 0x00186011) == []


def test_a_sequence_has_its_items():
    ds = Dataset()
    ds.SequenceOfUltrasoundRegions = Sequence([Dataset(), Dataset()])

    assert len(values.items(ds, 0x00186011)) == 2


MOMENTS = [
    ("20260302", "101500.25", "2026-03-02T10:15:00.250000"),
    ("20260302", "1015", "2026-03-02T10:15:00"),
    ("20260302", "10", "2026-03-02T10:00:00"),
    ("2026.03.02", "10:15:00", "2026-03-02T10:15:00"),
    ("20261302", "101500", None),
    ("yesterday", "101500", None),
    ("20260302", "noon", None),
    ("", "", None),
]


@pytest.mark.parametrize(("day", "clock", "expected"), MOMENTS)
def test_dates_and_times_of_old_and_new_writing_are_read(day, clock, expected):
    found = moment(day, clock)

    assert (found.isoformat() if found else None) == expected


WHEN = [
    (
        {
            "AcquisitionDateTime": "20260302101500.5+0100",
            "StudyDate": "20260301",
            "StudyTime": "09",
        },
        "2026-03-02T10:15:00.500000",
    ),
    (
        {"AcquisitionDate": "20260302", "AcquisitionTime": "101500"},
        "2026-03-02T10:15:00",
    ),
    (
        {"StudyDate": "20260301", "StudyTime": "0900", "AcquisitionTime": "101500"},
        "2026-03-01T09:00:00",
    ),
    ({"StudyDate": "20260301"}, None),
]


@pytest.mark.parametrize(("elements", "expected"), WHEN)
def test_the_most_exact_time_is_taken(elements, expected):
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)

    found = acquired(ds)

    assert (found[0].isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("said", "short"),
    [("medio-lateral oblique", "MLO"), ("Postero-anterior", "PA"), ("odd", "odd")],
)
def test_views_have_short_words(said, short):
    assert view_word(said) == short
