"""Radiographs of both hands from back to palm, by projecting the same hand that the MRI shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
)
from scipy import ndimage

from provident.kernel import InvalidInput
from provident.synthetic.exam import Exam, finish, uid
from provident.synthetic.faults import Fault, faults_of
from provident.synthetic.hand import GRID, Labels, hand_model
from provident.synthetic.headers import (
    Occasion,
    SeriesHead,
    new_instance,
    put_pixels,
    set_all,
)
from provident.synthetic.lesions import diseased
from provident.synthetic.letters import mask
from provident.synthetic.people import Patient
from provident.synthetic.pose import Pose, poses, sample
from provident.synthetic.scanner import Scanner
from provident.synthetic.screen import identity_lines
from provident.synthetic.solids import Floats
from provident.synthetic.tissue import ATTENUATION, Tissue, table
from provident.synthetic.truth import HandTruth


_FINE: Final = 3  # finer pixels of the projection than the model's voxels
_SIZE_MM: Final = (226.0, 236.0)  # rows, columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A maker's detector: pixel in mm, grain, sharpening, brightness curve."""

    pixel: float
    grain: float
    sharpen: float
    gamma: float


def _detector(scanner: Scanner) -> Detector:
    make = scanner.make.lower()
    if scanner.modality == "CR":  # storage phosphor: grainier and softer
        return Detector(pixel=0.2, grain=0.016, sharpen=0.6, gamma=0.95)
    if "philips" in make:
        return Detector(pixel=0.2, grain=0.008, sharpen=1.1, gamma=0.85)
    return Detector(pixel=0.2, grain=0.009, sharpen=0.9, gamma=0.9)


def hand_xray(
    patient: Patient,
    scanner: Scanner,
    *,
    acquired: datetime,
    truth: HandTruth,
    rng: np.random.Generator,
    faults: Iterable[str] = (),
    other: HandTruth | None = None,
    separate: bool = False,
) -> Exam:
    """A radiograph of both hands on one plate, or with `separate` one plate for each hand.

    `truth` is the right hand, `other` the left (default: the milder other side).
    Raises InvalidInput when the scanner is neither DX nor CR, or a fault is unknown.
    """
    wrong = faults_of("hand_xray", faults)
    if scanner.modality not in {"DX", "CR"}:
        raise InvalidInput(
            f"{scanner.id} is {scanner.modality}: a radiograph needs DX or CR"
        )
    software = (
        f"{scanner.software}.9" if Fault.WRONG_SOFTWARE in wrong else scanner.software
    )
    occasion = Occasion.draw(
        patient, scanner, acquired, "XR Hands both PA", software, rng
    )
    right, left = poses(patient.size, rng)
    hands = [
        (diseased(truth, patient.seed), right),
        (diseased(truth.milder() if other is None else other, patient.seed + 1), left),
    ]
    plates = [("R", hands[:1]), ("L", hands[1:])] if separate else [("B", hands)]
    if Fault.SERIES_MISSING in wrong:
        plates = [("R", hands[:1])]
    shown = "Chest" if Fault.WRONG_DESCRIPTION in wrong else "Hand PA"
    head = SeriesHead(
        number=1, uid=uid(rng), description=shown, protocol=shown, start=acquired
    )
    made = [
        _plate(occasion, head, n, side, on_plate, wrong, rng)
        for n, (side, on_plate) in enumerate(plates, start=1)
    ]
    return finish(made, wrong)


def _shadow_of(labels: Labels) -> Floats:
    """The hand's shadow with what erosions took out of it, on pixels finer than the model's."""
    model = hand_model()
    mu = table(ATTENUATION)
    hollow = (labels == Tissue.EROSION) * (mu[model.labels] - mu[Tissue.EROSION])
    found = model.shadow - ndimage.gaussian_filter(
        hollow.sum(axis=0) * GRID.spacing, 0.5
    )
    swollen = ((labels == Tissue.SYNOVIUM) & (model.labels == Tissue.FAT)).sum(axis=0)
    found = found + swollen * GRID.spacing * (mu[Tissue.SYNOVIUM] - mu[Tissue.FAT])
    return np.asarray(ndimage.zoom(found, _FINE, order=2, mode="nearest"), np.float32)


@lru_cache(maxsize=1)
def _trabeculae(shape: tuple[int, ...]) -> Floats:
    """Fine streaks along the bones, mean 0, standard deviation 1; part of the model."""
    noise = np.random.default_rng(20030502).standard_normal(shape, dtype=np.float32)
    found = ndimage.gaussian_filter(noise, (2.4, 0.9)) - ndimage.gaussian_filter(
        noise, 5
    )
    return np.asarray(found / found.std(), np.float32)


def _project(
    hands: list[tuple[Labels, Pose]], shape: tuple[int, int], pixel: float, rng: np.random.Generator
) -> Floats:  # fmt: skip
    """Attenuation integrals on the detector; hands that overlap add up, as X-rays do."""
    rows, columns = shape
    y = ((np.arange(rows) - (rows - 1) / 2) * -pixel).astype(np.float32)[:, None]
    x = ((np.arange(columns) - (columns - 1) / 2) * pixel).astype(np.float32)[None, :]
    if len(hands) == 1:
        x = x + np.float32(hands[0][1].x)
    total = np.zeros(shape, np.float32)
    for labels, pose in hands:
        shadow = _shadow_of(labels)
        bone = np.clip(
            (shadow - 0.42) * 1.2, 0, 1
        )  # more than soft tissue alone can be
        streaks = np.roll(_trabeculae(shadow.shape), rng.integers(500), axis=0)
        shadow *= 1 + 0.05 * bone * streaks
        u, v = pose.to_hand(x, y)
        height, width = (n * GRID.spacing for n in GRID.shape[1:])
        r = (v - GRID.low[1]) * (shadow.shape[0] - 1) / (height - GRID.spacing)
        c = (u - GRID.low[0]) * (shadow.shape[1] - 1) / (width - GRID.spacing)
        total += sample(shadow[None], r, c)[0]
    return total


def _expose(
    integrals: Floats, detector: Detector, faults: frozenset[Fault], rng: np.random.Generator
) -> Floats:  # fmt: skip
    """Processed image from 0 to 1, bone bright: log signal, grain, edge enhancement, curve."""
    if Fault.MOTION in faults:
        integrals = ndimage.gaussian_filter(integrals, (0.5, 4.0))
    scale = 0.5 if Fault.OVEREXPOSED in faults else 1.0
    grain = detector.grain * scale * np.exp(integrals / 2)
    noisy = integrals + grain * rng.standard_normal(integrals.shape, dtype=np.float32)
    soft = ndimage.uniform_filter(noisy, 9)
    sharp = ndimage.gaussian_filter(noisy, 0.6) + detector.sharpen * 0.5 * (
        noisy - soft
    )
    return np.asarray(np.clip((sharp + 0.08) / 2.3, 0, 1) ** detector.gamma, np.float32)


def _marks(
    image: Floats, side: str, occasion: Occasion, faults: frozenset[Fault]
) -> Floats:
    """Lead letters at the plate's edges, and identity where somebody burned it in."""
    height, width = image.shape
    size = height // 22
    if Fault.NO_LATERALITY not in faults:
        for letter, column in (("R", size), ("L", width - 2 * size)):
            if side in {letter, "B"}:
                ink = mask((height, width), [letter], (column, size // 2), size)
                image = np.maximum(image, 0.97 * ink)
    if Fault.BURNED_IN_TEXT in faults:
        ink = mask((height, width), identity_lines(occasion), (12, height - 120), 20)
        image = np.maximum(image, ink)
    return image


def _plate(
    occasion: Occasion, head: SeriesHead, number: int, side: str, hands: list[tuple[Labels, Pose]],
    faults: frozenset[Fault], rng: np.random.Generator,
) -> Dataset:  # fmt: skip
    detector = _detector(occasion.scanner)
    pixel = 0.28 if Fault.COARSE_PIXELS in faults else detector.pixel
    width = _SIZE_MM[1] / (2 if len(hands) == 1 else 1)
    shape = (round(_SIZE_MM[0] / pixel), round(width / pixel))
    image = _expose(_project(hands, shape, pixel, rng), detector, faults, rng)
    image = _marks(image, side, occasion, faults)
    at = occasion.acquired + timedelta(minutes=2 * number)
    digital = occasion.scanner.modality == "DX"
    sop = (
        DigitalXRayImageStorageForPresentation
        if digital
        else ComputedRadiographyImageStorage
    )
    ds = new_instance(occasion, head, sop, number, at, rng)
    _x_ray(ds, pixel, "" if Fault.NO_LATERALITY in faults else side, faults, rng)
    if digital:
        _digital(ds, pixel)
    stored = _stored(image)
    low, high = (int(v) for v in np.percentile(stored, (20, 99.8)))
    set_all(
        ds, {"WindowCenter": str((low + high) // 2), "WindowWidth": str(high - low)}
    )
    put_pixels(ds, stored)
    return ds


def _stored(image: Floats) -> npt.NDArray[np.uint16]:
    return np.rint(image * 4095).astype(np.uint16)


def _x_ray(
    ds: Dataset, pixel: float, side: str, faults: frozenset[Fault], rng: np.random.Generator
) -> None:  # fmt: skip
    """What CR (PS3.3 A.2) and DX (A.26) share: view, side, exposure and dose."""
    times = 3.0 if Fault.OVEREXPOSED in faults else 1.0
    spread = float(rng.normal(1, 0.05)) * times
    set_all(
        ds,
        {
            "ImageType": ["ORIGINAL", "PRIMARY", ""],
            "ViewPosition": "PA",
            "ImageLaterality": side or None,
            "PatientOrientation": ["L", "H"],
            "KVP": "52",
            "Exposure": str(round(2.5 * times)),
            "ExposureInuAs": str(round(2500 * spread)),
            "ExposureTime": str(round(12 * times)),
            "XRayTubeCurrent": "200",
            "DistanceSourceToDetector": "1100",
            "ImageAndFluoroscopyAreaDoseProduct": f"{0.018 * spread:.4f}",  # dGy.cm2, PS3.3 C.4.18
            "EntranceDoseInmGy": f"{0.062 * spread:.4f}",
            "ImagerPixelSpacing": [f"{pixel:g}"] * 2,
            "PixelSpacing": [f"{pixel:g}"] * 2,
            "PixelSpacingCalibrationType": "GEOMETRY",
            "PixelSpacingCalibrationDescription": "hands lie on the detector",
            "RescaleIntercept": "0",
            "RescaleSlope": "1",
            "RescaleType": "US",
            "BurnedInAnnotation": "YES" if Fault.BURNED_IN_TEXT in faults else "NO",
            "LossyImageCompression": "00",
        },
    )


def _digital(ds: Dataset, pixel: float) -> None:
    """DX Image and DX Detector modules (PS3.3 C.8.11)."""
    set_all(
        ds,
        {
            "PresentationIntentType": "FOR PRESENTATION",
            "PixelIntensityRelationship": "LOG",
            "PixelIntensityRelationshipSign": -1,
            "PresentationLUTShape": "IDENTITY",
            "DetectorType": "DIRECT",
            "DetectorConfiguration": "AREA",
            "DetectorID": "PAD-2207",
            "DetectorActiveShape": "RECTANGLE",
            "FieldOfViewShape": "RECTANGLE",
            "DetectorElementSpacing": [f"{pixel:g}"] * 2,
            "PositionerType": "NONE",
        },
    )
    region = Dataset()
    set_all(region, {"CodeValue": "85562004", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Hand"})  # fmt: skip
    ds.AnatomicRegionSequence = Sequence([region])
    view = Dataset()
    set_all(view, {"CodeValue": "272479007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "postero-anterior"})  # fmt: skip
    ds.ViewCodeSequence = Sequence([view])
    ds.AcquisitionContextSequence = Sequence([])
