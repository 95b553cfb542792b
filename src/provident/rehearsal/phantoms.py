"""Synthetic scans of a uniform phantom with realistic noise, as a scanner sends them, and what drifts on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from provident.kernel.ids import new_uid
from provident.plan import Plan
from provident.rehearsal.days import moment
from provident.rehearsal.happenings import PhantomsDecided, PhantomsSent
from provident.rehearsal.people import kinds_of_site


BATCH = 4  # scans that a site sends at once
UNDECIDED = 10  # days before today from which on nothing is decided yet
DRIFTS = 0.5  # share of the time after which the slow site's scanner drifts
SIZE, PIXEL, DIAMETER = 256, 1.0, 190.0  # pixels, mm, mm
SIGNAL = 1000.0


def phantom_days(plan: Plan, first: date, today: date) -> Iterator[PhantomsSent | PhantomsDecided]:  # fmt: skip
    """When phantoms are scanned, sent and decided about, in the rhythm of the plan; the last are left undecided."""
    rules = plan.phantoms.phantoms.items() if plan.phantoms else ()
    for phantom, rule in rules:
        step = timedelta(days=round(rule.every.to("d")))
        days = [first + n * step for n in range(1, (today - first) // step + 1)]
        batches = [days[n : n + BATCH] for n in range(0, len(days), BATCH)]
        for batch in batches:
            sent = min(batch[-1] + timedelta(days=2), today - timedelta(days=1))
            for scanner in used(plan, phantom, first):
                yield PhantomsSent(
                    at=moment(sent, 9), site=plan.sites.site_of(scanner) or "", scanner=scanner, phantom=phantom,
                    days=tuple(batch), drift=_drift(plan, scanner, batch, first, today),
                )  # fmt: skip
            if (today - sent).days > UNDECIDED:
                yield PhantomsDecided(at=moment(sent + timedelta(days=1), 10))


def used(plan: Plan, phantom: str, on: date) -> list[str]:
    """The scanners that a phantom is scanned on, as far as they are in use."""
    scanners = plan.phantoms.phantoms[phantom].scanners if plan.phantoms else ()
    told = {name: plan.sites.scanners[name] for name in scanners}
    return [n for n, s in told.items() if s.from_ is None or s.from_.first <= on]


def _drift(
    plan: Plan, scanner: str, days: Sequence[date], first: date, today: date
) -> tuple[float, ...]:
    """What the slow site's scanner has lost in uniformity on each day, as a share."""
    slow = plan.sites.site_of(scanner) == kinds_of_site(plan).slow
    begins = first + (today - first) * DRIFTS
    return tuple(0.012 if slow and day >= begins else 0.0 for day in days)


def phantom_scan(
    plan: Plan, scanner: str, day: date, rng: np.random.Generator, drift: float = 0.0
) -> bytes:
    """One scan of the phantom on a scanner of the plan, of one image, set up a little differently each time."""
    told = plan.sites.scanners[scanner]
    return phantom_image(
        rng, day=day, series=new_uid(), make=told.make, model=told.model, software=told.software or "1",
        serial=told.serial or "", snr=float(rng.normal(90, 2)), tilt=float(rng.normal(0.03, 0.003)) + drift,
        ghost=float(rng.normal(0.008, 0.001)),
    )  # fmt: skip


def phantom_image(
    rng: np.random.Generator,
    *,
    day: date,
    number: int = 1,
    snr: float = 90.0,
    tilt: float = 0.03,
    ghost: float = 0.004,
    series: str = "",
    make: str = "SIEMENS",
    model: str = "Prisma",
    software: str = "XA60",
    serial: str = "167012",
    patient: str = "PHANTOM^ACR",
    modality: str = "MR",
) -> bytes:
    """One image of a uniform disc of 190 mm with Rician noise (Gudbjartsson & Patz, Magn Reson Med 1995;34:910).

    Args:
        snr: signal to noise in the middle.
        tilt: share of the signal gained from the middle to the right edge of the measured area.
        ghost: share of the signal that comes again half a field of view away.
        series: its series UID; a new one when not given.
    """
    from pydicom import Dataset

    from provident import dicom

    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = new_uid(), new_uid(), series or f"2.25.{day:%Y%m%d}"  # fmt: skip
    ds.Modality, ds.PatientName, ds.PatientID = modality, patient, "QA1" if "PHANTOM" in patient else patient  # fmt: skip
    ds.StudyDate = ds.AcquisitionDate = f"{day:%Y%m%d}"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = make, model, software  # fmt: skip
    ds.DeviceSerialNumber, ds.InstanceNumber, ds.SliceThickness = serial, number, 5
    ds.ImagePositionPatient = [-SIZE / 2, -SIZE / 2, 5.0 * number]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.Rows = ds.Columns = SIZE
    ds.PixelSpacing = [PIXEL, PIXEL]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.PixelData = _pixels(rng, snr, tilt, ghost).tobytes()
    return dicom.write(ds)


def _pixels(
    rng: np.random.Generator, snr: float, tilt: float, ghost: float
) -> np.ndarray:
    place = (np.arange(SIZE) - (SIZE - 1) / 2) * PIXEL
    disc = np.clip((DIAMETER / 2 - np.hypot(place[:, None], place[None, :])) / PIXEL + 0.5, 0, 1)  # fmt: skip
    shaded = disc * (1 + tilt * place[None, :] / (0.8 * DIAMETER / 2))
    signal = SIGNAL * (shaded + ghost * np.roll(disc, SIZE // 2, axis=0) * (disc < 0.5))  # fmt: skip
    sigma = SIGNAL / snr
    real = signal + rng.normal(0, sigma, signal.shape)
    whole = np.hypot(real, rng.normal(0, sigma, signal.shape))
    pixels: np.ndarray = np.round(whole).clip(0, 4095).astype("<u2")
    return pixels
