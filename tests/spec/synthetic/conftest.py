"""Scanners, a patient and a truth that the specifications of synthetic scans share."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from provident.synthetic import Exam, HandTruth, Scanner, hand_mri, patients


AT = datetime(2026, 3, 4, 9, 30)  # noqa: DTZ001  # a scanner's own clock
SCANNERS = {
    "siemens": Scanner(id="mr_l1", modality="MR", make="SIEMENS", model="Prisma", software="XA60", serial="167012", field=3.0),
    "siemens15": Scanner(id="mr_b1", modality="MR", make="SIEMENS", model="Aera", software="XA50", serial="142093", field=1.5),
    "ge": Scanner(id="mr_y1", modality="MR", make="GE MEDICAL SYSTEMS", model="SIGNA Premier", software="30.1", serial="Y3T01", field=3.0),
    "philips": Scanner(id="mr_p1", modality="MR", make="Philips", model="Ingenia", software="5.7", serial="41", field=1.5),
    "canon": Scanner(id="mr_c1", modality="MR", make="CANON_MEC", model="Vantage Orian", software="V6", serial="C3", field=1.5),
    "dx": Scanner(id="xr_l1", modality="DX", make="Carestream", model="DRX", software="5.7"),
    "cr": Scanner(id="xr_y1", modality="CR", make="Agfa", model="CR 30", software="3.1"),
    "us": Scanner(id="us_l1", modality="US", make="GE MEDICAL SYSTEMS", model="LOGIQ E10", software="R3"),
}  # fmt: skip
PEOPLE = patients(3, 12)
ILL = HandTruth(
    erosion={"capitate": 2, "lunate": 3, "head2": 4},
    osteitis={"capitate": 3, "lunate": 2},
    synovitis={"radiocarpal": 3, "mcp2": 3, "mcp3": 1},
)


def mri(scanner: str = "siemens", *, seed: int = 5, **options) -> Exam:
    """An MR exam of one person, ill unless `truth` says otherwise."""
    options = {"truth": ILL, **options}
    return hand_mri(PEOPLE[0], SCANNERS[scanner], acquired=AT, rng=np.random.default_rng(seed), **options)  # fmt: skip


def by_description(exam: Exam, part: str) -> list:
    """The datasets of the series whose description holds a word."""
    return [d for d in exam if part.lower() in d.SeriesDescription.lower()]


def volume(datasets: list) -> np.ndarray:
    """Pixels as [slice, row, column]."""
    return np.stack([d.pixel_array for d in datasets]).astype(float)


@pytest.fixture(scope="session")
def ordinary() -> Exam:
    """An ordinary exam, made once."""
    return mri()
