"""The exam of a transfer test: synthetic files with planted identifiers, the same for every site. Nobody in them exists."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from provident import deid


PARTICIPANT = "ACCEPTANCE"
FIRST = date(2021, 3, 9)  # of the first exam
INTERVAL = 84  # days to the second
NUMBER = "QX7741903"
_ROOT = "1.2.826.0.1.3680043.8.498.77"
IDENTIFIERS = deid.Identifiers(
    names=frozenset({"quibblewick", "arabella", "thistledown", "oddsbodkin"}),
    numbers=frozenset({NUMBER, "ACCQ55120", "0113 4960778"}),
    places=frozenset({"Nettlecombe General", "14 Foxglove Passage"}),
)
"""What must not be found in any file that leaves."""
KEPT = {"RepetitionTime": 550.0, "EchoTime": 12.0, "SliceThickness": 3.0, "Rows": 64}
"""What must be there in an MR image that leaves: without it the images are of no use."""
HELD = {
    "burned-in-text": frozenset({"DEID.PIXELS_NEED_REVIEW"}),
    "document": frozenset({"DEID.DOCUMENT_NEEDS_REVIEW"}),
}
"""Files that a profile may hold, and why; what is not here must leave."""
MR, CT = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"
SC, PDF = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.104.1"
SR = "1.2.840.10008.5.1.4.1.1.88.11"
_IMPLICIT, _EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"


@dataclass(frozen=True, slots=True)
class Planted:
    """One file of the test."""

    name: str
    data: bytes = field(repr=False)


def files() -> list[Planted]:
    """The files, always the same bytes."""
    return [
        *(Planted(f"mr-first-{n}", _mr(1, FIRST, n)) for n in (1, 2)),
        *(Planted(f"mr-second-{n}", _mr(2, FIRST + timedelta(days=INTERVAL), n)) for n in (1, 2)),
        Planted("ct-implicit", _bytes(_image(CT, "CT", 3, FIRST, 1), _IMPLICIT)),
        Planted("report", _bytes(_report(), _EXPLICIT)),
        Planted("burned-in-text", _bytes(_burned_in(), _EXPLICIT)),
        Planted("document", _bytes(_document(), _EXPLICIT)),
    ]  # fmt: skip


def uid_of(study: int, number: int) -> str:
    """The SOP Instance UID of a planted image."""
    return f"{_ROOT}.{study}.1.{number}"


def _dataset(sop_class: str, modality: str, study: int, day: date, number: int) -> Any:
    from pydicom import Dataset

    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, uid_of(study, number)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{_ROOT}.{study}", f"{_ROOT}.{study}.1"
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName = modality, "SIEMENS", "Prisma"  # fmt: skip
    ds.PatientName, ds.PatientID = "QUIBBLEWICK^ARABELLA", NUMBER
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "19470316", "F", "073Y"
    ds.PatientAddress, ds.PatientTelephoneNumbers = "14 Foxglove Passage", "0113 4960778"  # fmt: skip
    ds.OtherPatientIDs, ds.AccessionNumber = NUMBER, "ACCQ55120"
    ds.ReferringPhysicianName, ds.OperatorsName = "Thistledown^Basil", "Oddsbodkin^Una"
    ds.InstitutionName, ds.InstitutionAddress = "Nettlecombe General", "14 Foxglove Passage"  # fmt: skip
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = day.strftime("%Y%m%d")  # fmt: skip
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = "101500"
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", 1, number
    ds.StudyDescription = "MR HAND Quibblewick"
    ds.SeriesDescription, ds.BodyPartExamined = "T1 SE COR", "HAND"
    ds.PatientComments = "Mrs Quibblewick, ward 7, call 0113 4960778"
    request = Dataset()
    request.RequestingPhysician, request.AccessionNumber = "Thistledown^Basil", "ACCQ55120"  # fmt: skip
    request.RequestedProcedureDescription = "HAND"
    ds.RequestAttributesSequence = [request]
    private = ds.private_block(0x0029, "NETTLECOMBE PACS", create=True)
    private.add_new(0x10, "LO", "Quibblewick Arabella")
    return ds


def _image(sop_class: str, modality: str, study: int, day: date, number: int) -> Any:
    ds = _dataset(sop_class, modality, study, day, number)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    ds.SliceThickness, ds.PixelSpacing = 3, [0.4, 0.4]
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 0, -1], [0, 3 * number, 0]  # fmt: skip
    ds.FrameOfReferenceUID = f"{_ROOT}.{study}.9"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = 64
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = b"".join(
        ((r * 13 + c * 7 + number) % 4096).to_bytes(2, "little") for r in range(64) for c in range(64)
    )  # fmt: skip
    return ds


def _mr(study: int, day: date, number: int) -> bytes:
    ds = _image(MR, "MR", study, day, number)
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions = "SE", "SK", ""
    ds.MRAcquisitionType, ds.MagneticFieldStrength = "2D", 3
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle = 550, 12, 90
    return _bytes(ds, _EXPLICIT)


def _report() -> Any:
    """A report that names the person in its text and points to an image."""
    from pydicom import Dataset

    ds = _dataset(SR, "SR", 1, FIRST, 90)
    ds.SeriesInstanceUID = f"{_ROOT}.1.2"
    ds.CompletionFlag, ds.VerificationFlag, ds.ValueType = "COMPLETE", "UNVERIFIED", "CONTAINER"  # fmt: skip
    ds.ContinuityOfContent = "SEPARATE"
    ds.ConceptNameCodeSequence = [_code("18748-4", "LN", "Diagnostic Imaging Report")]
    image = Dataset()
    image.RelationshipType, image.ValueType = "CONTAINS", "IMAGE"
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = MR, uid_of(1, 1)  # fmt: skip
    image.ReferencedSOPSequence = [reference]
    text = Dataset()
    text.RelationshipType, text.ValueType = "CONTAINS", "TEXT"
    text.ConceptNameCodeSequence = [_code("121071", "DCM", "Finding")]
    text.TextValue = "Arabella Quibblewick: HAND, normal"
    ds.ContentSequence = [image, text]
    return ds


def _code(value: str, scheme: str, meaning: str) -> Any:
    from pydicom import Dataset

    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def _burned_in() -> Any:
    """A secondary capture with the name in its pixels."""
    from PIL import Image, ImageDraw, ImageFont

    side = (512, 256)
    picture = Image.new("L", side, 10)
    font = ImageFont.load_default(size=20)
    ImageDraw.Draw(picture).text((12, 12), "QUIBBLEWICK ARABELLA  QX7741903", fill=250, font=font)  # fmt: skip
    ds = _dataset(SC, "OT", 4, FIRST, 1)
    ds.ImageType, ds.ConversionType = ["DERIVED", "SECONDARY"], "WSD"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Columns, ds.Rows = side
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation, ds.BurnedInAnnotation = 7, 0, "NO"
    ds.PixelData = picture.tobytes()
    return ds


def _document() -> Any:
    ds = _dataset(PDF, "DOC", 5, FIRST, 1)
    ds.BurnedInAnnotation, ds.DocumentTitle = "YES", "Letter about Mrs Quibblewick"
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    letter = b"%PDF-1.4 Letter about Arabella Quibblewick, QX7741903"
    ds.EncapsulatedDocument = letter + b"\0" * (len(letter) % 2)
    ds.ConceptNameCodeSequence = []
    return ds


def _bytes(ds: Any, syntax: str) -> bytes:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID  # fmt: skip
    meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta = meta
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
