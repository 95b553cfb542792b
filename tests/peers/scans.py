"""Small DICOM files that carry a patient's identity, for tests of receiving. Nobody in them exists."""

from __future__ import annotations

import io

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage


def mr(
    *,
    patient_id: str = "1234567",
    issuer: str = "LTH",
    study: str = "1.2.826.0.1.3680043.10.1.1",
    series: int = 1,
    number: int = 1,
    date: str = "20260302",
    description: str = "T1 SE COR",
    shade: int = 0,
    side: int = 64,
    **more: object,
) -> bytes:
    """One MR image as a scanner would send it; `shade` changes the pixels."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID = MRImageStorage
    ds.SOPInstanceUID = f"{study}.{series}.{number}"
    ds.StudyInstanceUID = study
    ds.SeriesInstanceUID = f"{study}.{series}"
    ds.Modality = "MR"
    ds.Manufacturer = "SIEMENS"
    ds.ManufacturerModelName = "Prisma"
    ds.DeviceSerialNumber = "167012"
    ds.SoftwareVersions = "XA60"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    ds.PatientName = "HARGREAVES^ELSPETH"
    ds.PatientID = patient_id
    ds.IssuerOfPatientID = issuer
    ds.PatientBirthDate = "19610704"
    ds.PatientSex = "F"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = date
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "101500"
    ds.AccessionNumber = "ACC99812"
    ds.ReferringPhysicianName = "OKONKWO^B"
    ds.StudyID = "77"
    ds.SeriesNumber = series
    ds.InstanceNumber = number
    ds.SeriesDescription = description
    ds.BodyPartExamined = "HAND"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions = "SE", "SK", ""
    ds.MRAcquisitionType = "2D"
    ds.MagneticFieldStrength = 3
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle = 550, 12, 90
    ds.SliceThickness = 3
    ds.PixelSpacing = [0.4, 0.4]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    ds.ImagePositionPatient = [-100, 3.0 * number, 100]
    ds.FrameOfReferenceUID = f"{study}.99"
    ds.Rows = ds.Columns = side
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    rows, columns = np.indices((side, side))
    ds.PixelData = (
        ((rows * 13 + columns * 7 + number * 31 + shade) % 4096).astype("<u2").tobytes()
    )
    for name, value in more.items():
        setattr(ds, name, value)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta = meta
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def exam(images: int = 3, **more: object) -> list[bytes]:
    """An exam of one series."""
    return [mr(number=n + 1, **more) for n in range(images)]
