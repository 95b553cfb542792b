"""Identifiable headers as hospitals write them: patient, study, series, equipment, requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from pydicom import Dataset, config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from provident.synthetic.exam import add_file_meta, uid
from provident.synthetic.people import Patient
from provident.synthetic.private import add_private
from provident.synthetic.scanner import Scanner, habits


_RADIOLOGISTS = ("Whitfield^Helena^^Dr", "Marsh^Oliver^^Dr", "Ibrahim^Yusuf^^Dr")
_REFERRERS = ("Carmichael^Ruth^^Prof", "Ellis^Gareth^^Dr", "Banerjee^Anjali^^Dr")
_OPERATORS = ("Turner^Kate", "Singh^Harpreet", "Doyle^Sean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One visit of one patient to one scanner: what all instances of the study share."""

    patient: Patient
    scanner: Scanner
    acquired: datetime
    uid: str
    frame_uid: str
    accession: str
    study_id: str
    description: str
    referrer: str
    radiologist: str
    operator: str
    software: str

    @classmethod
    def draw(
        cls, patient: Patient, scanner: Scanner, acquired: datetime, description: str, software: str, rng: np.random.Generator,
    ) -> Occasion:  # fmt: skip
        """An occasion with its numbers and names drawn."""
        return cls(
            patient=patient,
            scanner=scanner,
            acquired=acquired,
            uid=uid(rng),
            frame_uid=uid(rng),
            accession=f"RAD{rng.integers(10**7, 10**8)}",
            study_id=str(rng.integers(10_000, 99_999)),
            description=description,
            referrer=str(rng.choice(_REFERRERS)),
            radiologist=str(rng.choice(_RADIOLOGISTS)),
            operator=str(rng.choice(_OPERATORS)),
            software=software,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesHead:
    """What the instances of one series share."""

    number: int
    uid: str
    description: str
    protocol: str
    start: datetime
    body_part: str = "HAND"


def set_all(dataset: Dataset, values: Mapping[str, Any]) -> None:
    """Set elements by keyword; None leaves an element out."""
    for keyword, value in values.items():
        if value is not None:
            tag = tag_for_keyword(keyword)
            assert tag is not None, keyword
            # pydicom only warns on assignment; here an invalid value must not come to be.
            dataset.add(
                DataElement(
                    tag, dictionary_VR(tag), value, validation_mode=config.RAISE
                )
            )


def da(moment: datetime) -> str:
    """A date as DICOM writes it."""
    return moment.strftime("%Y%m%d")


def tm(moment: datetime) -> str:
    """A time as DICOM writes it, with fractions as scanners give them."""
    return moment.strftime("%H%M%S.%f")


def new_instance(
    occasion: Occasion, series: SeriesHead, sop_class: str, number: int, at: datetime, rng: np.random.Generator,
) -> Dataset:  # fmt: skip
    """A dataset with everything but the image: ready for the modality's own module."""
    ds = Dataset()
    ds.SpecificCharacterSet = occasion.patient.charset
    set_all(ds, {"SOPClassUID": sop_class, "SOPInstanceUID": uid(rng), "Modality": occasion.scanner.modality})  # fmt: skip
    _patient(ds, occasion)
    _study(ds, occasion)
    _series(ds, series)
    _equipment(ds, occasion)
    set_all(
        ds,
        {
            "InstanceNumber": number,
            "ContentDate": da(at),
            "ContentTime": tm(at + timedelta(seconds=2)),
            "AcquisitionDate": da(at),
            "AcquisitionTime": tm(at),
            "InstanceCreationDate": da(at),
            "InstanceCreationTime": tm(at + timedelta(seconds=3)),
        },
    )
    add_private(ds, occasion.patient, occasion.scanner)
    own = habits(occasion.scanner.make)
    version = f"{occasion.scanner.make.split()[0]}_{occasion.software}".upper()
    add_file_meta(ds, implicit=own.implicit and ds.Modality == "MR", version=version)
    return ds


def _patient(ds: Dataset, occasion: Occasion) -> None:
    patient = occasion.patient
    day, born = occasion.acquired.date(), patient.birth_date
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    set_all(
        ds,
        {
            "PatientName": patient.name,
            "PatientID": patient.patient_id,
            "IssuerOfPatientID": patient.issuer,
            "PatientBirthDate": born.strftime("%Y%m%d"),
            "PatientSex": patient.sex,
            "PatientAge": f"{max(age, 0):03d}Y",
            "PatientWeight": f"{patient.weight_kg:.1f}",
            "PatientSize": f"{patient.height_m:.2f}",
            "PatientAddress": patient.address or None,
            "PatientTelephoneNumbers": patient.phone or None,
        },
    )


def _study(ds: Dataset, occasion: Occasion) -> None:
    set_all(
        ds,
        {
            "StudyInstanceUID": occasion.uid,
            "StudyDate": da(occasion.acquired),
            "StudyTime": tm(occasion.acquired),
            "StudyID": occasion.study_id,
            "AccessionNumber": occasion.accession,
            "StudyDescription": occasion.description,
            "ReferringPhysicianName": occasion.referrer,
            "PhysiciansOfRecord": occasion.radiologist,
            "RequestingPhysician": occasion.referrer,
            "RequestedProcedureDescription": occasion.description,
        },
    )


def _series(ds: Dataset, series: SeriesHead) -> None:
    set_all(
        ds,
        {
            "SeriesInstanceUID": series.uid,
            "SeriesNumber": series.number,
            "SeriesDescription": series.description,
            "ProtocolName": series.protocol,
            "SeriesDate": da(series.start),
            "SeriesTime": tm(series.start),
            "BodyPartExamined": series.body_part,
        },
    )


def _equipment(ds: Dataset, occasion: Occasion) -> None:
    scanner = occasion.scanner
    set_all(
        ds,
        {
            "Manufacturer": scanner.make,
            "ManufacturerModelName": scanner.model,
            "InstitutionName": scanner.institution,
            "InstitutionAddress": scanner.address,
            "InstitutionalDepartmentName": scanner.department,
            "StationName": scanner.station or scanner.id.upper(),
            "DeviceSerialNumber": scanner.serial or None,
            "SoftwareVersions": occasion.software or None,
            "OperatorsName": occasion.operator,
            "PerformingPhysicianName": occasion.radiologist,
            "PerformedProcedureStepStartDate": da(occasion.acquired),
            "PerformedProcedureStepStartTime": tm(occasion.acquired),
            "PerformedProcedureStepID": f"PPS{occasion.study_id}",
            "PerformedProcedureStepDescription": occasion.description,
        },
    )
    request = Dataset()
    request.RequestedProcedureID = occasion.accession
    request.ScheduledProcedureStepID = f"SPS{occasion.study_id}"
    request.ScheduledProcedureStepDescription = occasion.description
    ds.RequestAttributesSequence = Sequence([request])


def put_pixels(
    ds: Dataset, pixels: np.ndarray[Any, np.dtype[Any]], *, stored: int = 12, photometric: str = "MONOCHROME2",
) -> None:  # fmt: skip
    """Image pixel module: [row, column] of 16 bits, or [..., row, column, 3] of 8-bit RGB."""
    colour = pixels.ndim > 2 and pixels.shape[-1] == 3
    eight = pixels.dtype == np.uint8
    rows, columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    frames = pixels.size // (rows * columns * (3 if colour else 1))
    bits = 8 if eight else 16
    set_all(
        ds,
        {
            "SamplesPerPixel": 3 if colour else 1,
            "PhotometricInterpretation": "RGB" if colour else photometric,
            "PlanarConfiguration": 0 if colour else None,
            "Rows": int(rows),
            "Columns": int(columns),
            "NumberOfFrames": int(frames) if frames > 1 else None,
            "BitsAllocated": bits,
            "BitsStored": 8 if eight else stored,
            "HighBit": (8 if eight else stored) - 1,
            "PixelRepresentation": 0,
        },
    )
    raw = np.ascontiguousarray(pixels).tobytes()
    # PS3.5 8.1.1: Pixel Data has an even length; its VR is OB for 8 bits, OW for more.
    ds.add(DataElement(Tag(0x7FE0, 0x0010), "OB" if eight else "OW", raw + b"\0" * (len(raw) % 2)))  # fmt: skip
