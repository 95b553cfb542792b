"""Instances per CPU-second of header de-identification with verification, pixels not looked at.

    python bench/deid/speed.py [FOLDER ...]

Without folders a made series is measured: 200 CT slices of 512 x 512 with a full header, and 40
enhanced-like objects with nested sequences. Peers are not run here yet.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from provident.deid import Profile, SiteKey, Subject, Workbench, verify


def slices(count: int, nested: int) -> list[bytes]:
    """CT slices of one series; `nested` functional groups in each."""
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


def measure(name: str, files: list[bytes]) -> None:
    """De-identify and verify, and print the pace."""
    profile = replace(Profile(), options=Profile().options - {113101})
    bench = Workbench(
        profile, SiteKey(bytes(32)), Subject(participant="P001", date_shift_days=-100)
    )
    begun = time.process_time()
    held = leaks = 0
    for data in files:
        done = bench.deidentify(data)
        held += done.data is None
        if done.data is not None:
            leaks += len(
                verify(
                    done.data,
                    identifiers=done.identifiers,
                    profile=profile,
                    shifted_by=-100,
                )
            )
    spent = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name:32s} {len(files):5d} files {len(files) / spent:7.0f} per CPU-second, {held} held, {leaks} leaks, {memory} MB"
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        measure("CT 512 x 512", slices(200, 0))
        measure("with 100 functional groups", slices(40, 100))
    for folder in map(Path, sys.argv[1:]):
        measure(
            folder.name,
            [p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()],
        )
