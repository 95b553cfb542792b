"""Writing is strict: what DICOM does not allow is an error that names the element."""

from __future__ import annotations

import warnings

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.dicom import read_header, write
from provident.dicom.writing import allowed
from provident.kernel import InvalidInput
from tests.spec.dicom.test_reading import image


def faulty(keyword: str, value: object) -> Dataset:
    ds = image()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        setattr(ds, keyword, value)
    return ds


def test_a_valid_data_set_is_written_in_explicit_little_endian_and_read_back():
    ds = image()
    ds.ImagePositionPatient = [1.5, -2.25, 3]
    ds.ReferencedImageSequence = Sequence([Dataset()])

    header = read_header(write(ds))

    assert (header.ImagePositionPatient, header.EchoTime) == ([1.5, -2.25, 3], 12.5)
    assert header.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert header.file_meta.MediaStorageSOPInstanceUID == "1.2.3.1"


def test_the_same_data_set_gives_the_same_bytes():
    assert write(image()) == write(image())


FAULTS = [
    ("SOPInstanceUID", "1.2.x", "(0008,0018)"),
    ("StudyDate", "yesterday", "(0008,0020)"),
    ("Modality", "much too long a word", "(0008,0060)"),
    ("PatientAge", "12", "(0010,1010)"),
    ("SeriesDescription", "x" * 70, "(0008,103E)"),
]


@pytest.mark.parametrize(("keyword", "value", "place"), FAULTS)
def test_an_invalid_value_is_refused_with_its_place_and_without_its_content(
    keyword, value, place
):
    with pytest.raises(InvalidInput) as refused:
        write(faulty(keyword, value))

    (finding,) = refused.value.findings
    assert place in finding.message
    assert value not in finding.message


def test_all_invalid_values_are_told_at_once_those_in_sequences_too():
    ds = faulty("StudyDate", "yesterday")
    ds.ReferencedImageSequence = Sequence([faulty("PatientAge", "12")])

    with pytest.raises(InvalidInput) as refused:
        write(ds)

    assert len(refused.value.findings) == 2


def test_what_is_not_allowed_can_be_left_out():
    copy = allowed(faulty("StudyDate", "yesterday"))

    assert ("StudyDate" in copy, "EchoTime" in copy) == (False, True)


def test_a_number_written_too_long_is_refused_and_can_be_rounded():
    ds = faulty("PixelSpacing", ["0.48828125000000001234", "0.5"])
    with pytest.raises(InvalidInput):
        write(ds)

    assert [float(v) for v in read_header(write(allowed(ds))).PixelSpacing] == [
        0.48828125,
        0.5,
    ]


def test_a_data_set_without_the_uids_of_a_file_cannot_be_written():
    with pytest.raises(InvalidInput, match="cannot be written"):
        write(Dataset())
