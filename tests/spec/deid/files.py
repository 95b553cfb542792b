"""DICOM files made for the tests of de-identification: no real person, made up names."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from provident.deid import Profile, SiteKey, Subject, deidentify
from provident.deid.profile import PlainDevice
from provident.deid.report import Deidentified


CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
KEY = SiteKey(bytes(range(32)))
SUBJECT = Subject(
    participant="LE-017",
    date_shift_days=-100,
    timepoint_id="week12",
    timepoint_description="Week 12",
    day_offset=84.0,
)
DEFAULT = Profile()
MODEL = "Of the tests"
# A device that the plan says burns in nothing: without a reader the detector alone looks at its images.
PLAIN = Profile(
    plain=(PlainDevice(make="SIEMENS", model=MODEL, why="the tests draw its images"),)
)


def data_set(**attributes: Any) -> Dataset:
    """A small CT image of Ottilie Quarrendon, with any attributes on top; None leaves one out."""
    told: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 100",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": "1.2.826.0.1.99.1.1.1",
        "StudyInstanceUID": "1.2.826.0.1.99.1",
        "SeriesInstanceUID": "1.2.826.0.1.99.1.1",
        "StudyDate": "20240315",
        "StudyTime": "101112",
        "Modality": "CT",
        "Manufacturer": "SIEMENS",
        "PatientName": "Quarrendon^Ottilie",
        "PatientID": "H7731904",
        "PatientBirthDate": "19610204",
        "PatientSex": "F",
        "PatientAge": "063Y",
        "Rows": 2,
        "Columns": 2,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "PixelData": np.arange(4, dtype="<u2").tobytes(),
    }
    made = Dataset()
    for keyword, value in (told | attributes).items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def file_of(made: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a file with preamble and file meta information."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", CT_IMAGE)
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", "1.2.3")
    made.file_meta.SourceApplicationEntityTitle = "WARD7_CT"
    out = BytesIO()
    pydicom.dcmwrite(out, made, enforce_file_format=True)
    return b"FROM WARD 7" + out.getvalue()[11:]


def ct_file(syntax: str = ExplicitVRLittleEndian, **attributes: Any) -> bytes:
    """A small CT file."""
    return file_of(data_set(**attributes), syntax)


def implicit_ct_file(**attributes: Any) -> bytes:
    """The same in implicit VR."""
    return ct_file(ImplicitVRLittleEndian, **attributes)


def run(
    data: bytes, profile: Profile = DEFAULT, subject: Subject = SUBJECT
) -> Deidentified:
    """De-identify with the tests' key."""
    return deidentify(data, profile=profile, key=KEY, subject=subject)


def result(
    data: bytes, profile: Profile = DEFAULT, subject: Subject = SUBJECT
) -> Dataset:
    """The output, read by pydicom."""
    done = run(data, profile, subject)
    assert done.data is not None, done.reason
    return pydicom.dcmread(BytesIO(done.data))


def raw_element(tag: int, vr: bytes, value: bytes) -> bytes:
    """One explicit VR element as any sender might write it, right or wrong."""
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"UR"):
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def with_raw(data: bytes, *elements: bytes) -> bytes:
    """A file whose data set has raw elements appended (tags above those that are there)."""
    return data + b"".join(elements)
