"""Synthetic scans for the reading room alone: a hand in MR, an ultrasound clip. No real person."""

# ruff: noqa: INP001  # a folder of scripts, never installed
from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid


Image = NDArray[np.float64]

MR = UID("1.2.840.10008.5.1.4.1.1.4")
US_CLIP = UID("1.2.840.10008.5.1.4.1.1.3.1")

# Bones of a coronal hand: x, y, half width, half height (share of the image), tilt in degrees.
CARPUS = [
    (0.40, 0.66, 0.042, 0.038, 10), (0.48, 0.64, 0.040, 0.045, 0), (0.56, 0.655, 0.038, 0.040, -10),
    (0.37, 0.73, 0.045, 0.036, 20), (0.455, 0.74, 0.036, 0.030, 0), (0.535, 0.735, 0.034, 0.032, -15),
    (0.60, 0.72, 0.026, 0.026, 0),
]  # fmt: skip
FOREARM = [(0.42, 0.89, 0.085, 0.11, 0), (0.57, 0.90, 0.042, 0.10, 0)]
FINGERS = [
    (0.30, 0.52, 0.026, 0.095, -22), (0.41, 0.48, 0.029, 0.115, -6), (0.50, 0.47, 0.028, 0.112, 2),
    (0.58, 0.49, 0.026, 0.105, 9), (0.655, 0.53, 0.024, 0.092, 16),
    (0.37, 0.27, 0.025, 0.085, -6), (0.50, 0.245, 0.025, 0.088, 2), (0.61, 0.28, 0.023, 0.080, 10),
    (0.71, 0.36, 0.020, 0.066, 18),
]  # fmt: skip


def _ellipse(
    x: Image, y: Image, shape: tuple[float, float, float, float, float]
) -> Image:
    cx, cy, a, b, tilt = shape
    turn = np.deg2rad(tilt)
    u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
    v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
    return np.asarray((u / a) ** 2 + (v / b) ** 2)


def _edge(distance: Image) -> Image:
    """1 inside, 0 outside, soft between."""
    return np.asarray(1 / (1 + np.exp(np.clip(distance, -50, 50))))


def _smooth(image: Image, times: int) -> Image:
    for _ in range(times):
        image = (
            image
            + np.roll(image, 1, 0) + np.roll(image, -1, 0)
            + np.roll(image, 1, 1) + np.roll(image, -1, 1)
        ) / 5  # fmt: skip
    return image


def hand(
    depth: float, *, size: int, stir: bool, lesion: float, rng: np.random.Generator
) -> Image:
    """One coronal slice at `depth` (-1 palm to 1 back), as STIR or as T1; values 0 to about 1,000."""
    y, x = np.mgrid[0:size, 0:size] / size
    thick = np.sqrt(max(0.05, 1 - depth**2))
    skin = np.minimum.reduce([
        _ellipse(x, y, (0.49, 0.70, 0.185 * thick, 0.34, 0)),
        *[_ellipse(x, y, (cx, cy, a * 2.1 * thick, b * 1.35, t)) for cx, cy, a, b, t in FINGERS],
        _ellipse(x, y, (0.49, 0.95, 0.165 * thick, 0.25, 0)),
    ])  # fmt: skip
    flesh = _edge((skin - 1) * 14)
    image = flesh * (150 if stir else 330)
    image += flesh * 70 * _smooth(rng.normal(0, 1, (size, size)), 14)
    trabeculae = 55 * _smooth(rng.normal(0, 1, (size, size)), 4)
    for bone in [*CARPUS, *FOREARM, *FINGERS]:
        cx, cy, a, b, tilt = bone
        shrink = max(0.3, thick)
        distance = _ellipse(x, y, (cx, cy, a * shrink, b * shrink, tilt))
        inside = _edge((distance - 1) * 16)
        rim = np.exp(-(((distance - 1.12) / 0.22) ** 2))
        marrow = (70 if stir else 640) + trabeculae
        image = image * (1 - inside) + marrow * inside - rim * (40 if stir else 230)
    for cx, cy, strength in (
        (0.475, 0.625, 1.0),
        (0.385, 0.735, 0.8),
        (0.43, 0.365, 0.7),
    ):
        spot = (
            np.exp(-_ellipse(x, y, (cx, cy, 0.022, 0.020, 0)) * 1.2) * lesion * strength
        )
        image += spot * (620 if stir else -420) * np.exp(-((depth - 0.1) ** 2) * 6)
    if (
        not stir
    ):  # a capsule at the reader's upper left, which is the right hand side of the body
        image += 1400 * np.exp(-(_ellipse(x, y, (0.10, 0.25, 0.02, 0.03, 0)) ** 2))
    return np.clip(image + rng.normal(0, 13, (size, size)), 0, 1500)


def ultrasound(frame: int, frames: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One colour frame of a joint clip with power Doppler."""
    height, width = 300, 400
    y, x = np.mgrid[0:height, 0:width]
    beat = 0.5 + 0.5 * np.sin(2 * np.pi * frame / frames * 3)
    bone = 190 + 26 * np.sin((x - 30) / 75) - 40 * np.exp(-(((x - 200) / 26) ** 2))
    grey = 90 * np.exp(-np.abs(y - 40) / 22) + 55
    grey = grey * (0.75 + 0.5 * _smooth(rng.normal(0, 1, (height, width)), 3))
    grey = np.where(y > bone + 5, grey * 0.18, grey) + 190 * np.exp(
        -(((y - bone) / 4) ** 2)
    )
    pouch = np.exp(-((((x - 200) / 62) ** 2) + ((y - 150) / 26) ** 2) * 1.4)
    grey = grey * (1 - 0.75 * pouch)
    rgb = np.repeat(np.clip(grey, 0, 255)[..., None], 3, axis=2)
    for cx, cy, r in ((185, 148, 13), (214, 158, 10), (232, 143, 8)):
        flow = np.exp(-(((x - cx) / r) ** 2 + ((y - cy) / (r * 0.7)) ** 2)) * (
            0.35 + 0.65 * beat
        )
        rgb = rgb * (1 - flow[..., None]) + flow[..., None] * np.array([255, 120, 30])
    return np.asarray(np.clip(rgb, 0, 255), dtype=np.uint8)


def _new(sop_class: UID) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    return ds


def write_hand(
    folder: Path, *, slices: int, size: int, stir: bool, lesion: float, seed: int
) -> list[Path]:
    """A coronal series in files of one image each."""
    rng = np.random.default_rng(seed)
    frame_of_reference, series = generate_uid(), generate_uid()
    paths = []
    for i in range(slices):
        depth = -0.9 + 1.8 * i / max(1, slices - 1)
        pixels = hand(depth, size=size, stir=stir, lesion=lesion, rng=rng).astype(
            np.uint16
        )
        ds = _new(MR)
        ds.Modality, ds.SeriesInstanceUID, ds.InstanceNumber = "MR", series, i + 1
        ds.FrameOfReferenceUID = frame_of_reference
        ds.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
        ds.ImagePositionPatient = [-90, -30 + 3 * i, 90]
        ds.PixelSpacing = [180 / size, 180 / size]
        ds.SliceThickness = 3
        ds.WindowCenter, ds.WindowWidth = (330, 700) if stir else (430, 900)
        _pixels(ds, pixels, photometric="MONOCHROME2", bits=16)
        path = folder / f"{series}.{i}.dcm"
        ds.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def write_clip(folder: Path, *, frames: int, seed: int) -> list[Path]:
    """A colour clip: one file of several frames."""
    rng = np.random.default_rng(seed)
    ds = _new(US_CLIP)
    ds.Modality, ds.NumberOfFrames, ds.FrameTime = "US", frames, 50
    ds.FrameIncrementPointer = 0x00181063
    _pixels(
        ds,
        np.stack([ultrasound(i, frames, rng) for i in range(frames)]),
        photometric="RGB",
        bits=8,
    )
    ds.PlanarConfiguration = 0
    path = folder / f"{ds.SOPInstanceUID}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return [path]


def _pixels(
    ds: FileDataset,
    pixels: NDArray[np.uint16] | NDArray[np.uint8],
    *,
    photometric: str,
    bits: int,
) -> None:
    colour = photometric == "RGB"
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3 if colour else 1), photometric
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = (
        bits,
        bits,
        bits - 1,
        0,
    )
    ds.PixelData = pixels.tobytes()
