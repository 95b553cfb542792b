"""A copy of the console's screen, saved as an image: who the patient is stands in its pixels."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from pydicom import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from provident.synthetic.exam import uid
from provident.synthetic.headers import (
    Occasion,
    SeriesHead,
    new_instance,
    put_pixels,
    set_all,
)
from provident.synthetic.letters import mask, shown_name


def identity_lines(occasion: Occasion) -> list[str]:
    """What consoles show of a patient: name, number, birth date, hospital, time."""
    patient = occasion.patient
    return [
        shown_name(patient),
        f"ID {patient.patient_id}   DOB {patient.birth_date:%d/%m/%Y}  {patient.sex}",
        occasion.scanner.institution,
        f"{occasion.acquired:%d/%m/%Y %H:%M}",
    ]


def screen_copy(
    occasion: Occasion,
    number: int,
    at: datetime,
    shown: Dataset,
    rng: np.random.Generator,
) -> Dataset:
    """A Secondary Capture of one image with the patient's identity over it."""
    head = SeriesHead(
        number=number, uid=uid(rng), description="Screen Save", protocol="", start=at
    )
    ds = new_instance(occasion, head, SecondaryCaptureImageStorage, 1, at, rng)
    picture = np.frombuffer(shown.PixelData, "<u2").reshape(shown.Rows, shown.Columns)
    small = np.clip(picture / max(int(picture.max()), 1) * 230, 0, 255)
    grey = np.kron(small, np.ones((2, 2)))
    ink = mask((grey.shape[0], grey.shape[1]), identity_lines(occasion), (10, 8), 14)
    set_all(ds, {"ConversionType": "WSD", "PatientOrientation": "", "ImageLaterality": "U", "ImageType": ["DERIVED", "SECONDARY"], "BurnedInAnnotation": "YES"})  # fmt: skip
    put_pixels(ds, np.maximum(grey, 255 * ink).astype(np.uint8))
    return ds
