"""Files that the benchmarks of de-identification make: no real person."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian


def ct_slices(count: int, nested: int = 0) -> list[bytes]:
    """CT slices of 512 x 512 of one series; `nested` functional groups in each."""
    pixels = (
        np.random.default_rng(1).integers(0, 4096, (512, 512), dtype="<u2").tobytes()
    )
    return [_slice(n, nested, pixels) for n in range(count)]


def _slice(number: int, nested: int, pixels: bytes) -> bytes:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = (
        f"1.2.826.0.1.7.1.{number}"
    )
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.826.0.1.7", "1.2.826.0.1.7.1"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20240315"
    ds.AcquisitionTime = f"1011{number % 60:02d}.5"
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName = (
        "CT",
        "SIEMENS",
        "SOMATOM Force",
    )
    ds.InstitutionName, ds.StationName = "St Aldhelm Infirmary", "CTEAST"
    ds.PatientName, ds.PatientID = "Quarrendon^Ottilie", "H7731904"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "19610204", "F", "063Y"
    ds.ReferringPhysicianName = ds.OperatorsName = "Tolliver^Maud"
    ds.StudyDescription, ds.SeriesDescription = "CT Thorax", "Thorax 1.0 Br40"
    ds.ProtocolName, ds.BodyPartExamined = "ThorRoutine", "CHEST"
    for n, keyword in enumerate(
        ("KVP", "XRayTubeCurrent", "ExposureTime", "Exposure", "SliceThickness")
    ):
        setattr(ds, keyword, str(100 + n))
    ds.ImagePositionPatient = [-190, -190, -number]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.SliceLocation, ds.InstanceNumber = str(-number), str(number)
    ds.SharedFunctionalGroupsSequence = Sequence([_group(n) for n in range(nested)])
    ds.Rows = ds.Columns = 512
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = pixels
    out = BytesIO()
    pydicom.dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def _group(number: int) -> Dataset:
    position = Dataset()
    position.ImagePositionPatient = [0, 0, number]
    group = Dataset()
    group.PlanePositionSequence = Sequence([position])
    return group
