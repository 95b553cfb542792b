"""Synthetic volumes for the reading room alone: CT, PET in the same place, a radiograph, a scanned ultrasound frame."""

# ruff: noqa: INP001  # a folder of scripts, never installed
from __future__ import annotations

from pathlib import Path

import numpy as np
from mock_scans import _new, _pixels
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, generate_uid


CT = UID("1.2.840.10008.5.1.4.1.1.2")
PET = UID("1.2.840.10008.5.1.4.1.1.128")
DX = UID("1.2.840.10008.5.1.4.1.1.1.1")
US = UID("1.2.840.10008.5.1.4.1.1.6.1")

LESION = (30.0, -20.0, 12.0)
"""The centre of the hot sphere in the patient, mm."""
SUV_FACTOR = 0.0005
"""SUV of one Bq/ml in the synthetic PET."""


def _save(ds: FileDataset, folder: Path) -> Path:
    path = folder / f"{ds.SOPInstanceUID}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def write_ct(
    folder: Path,
    *,
    slices: int,
    size: int,
    frame: str,
    apart: float = 3.0,
    seed: int = 1,
) -> list[Path]:
    """Axial slices of a trunk, a bright sphere at LESION; 320 mm wide, centred on the origin."""
    rng, series, paths = np.random.default_rng(seed), generate_uid(), []
    spacing = 320 / size
    at = (np.arange(size) - (size - 1) / 2) * spacing
    y, x = np.meshgrid(at, at, indexing="ij")
    body = (x / 150) ** 2 + (y / 100) ** 2 < 1
    spine = (x / 22) ** 2 + ((y - 62) / 20) ** 2 < 1
    for i in range(slices):
        z = (i - (slices - 1) / 2) * apart
        lungs = (
            ((np.abs(x) - 70) / 50) ** 2 + (y / 60) ** 2 + (z / 90) ** 2 < 1
        ) & body
        values = np.where(body, 40.0, -1000.0)
        values[lungs] = -820
        values[spine] = 420
        ball = (x - LESION[0]) ** 2 + (y - LESION[1]) ** 2 + (
            z - LESION[2]
        ) ** 2 < 12**2
        values[ball] = 110
        values = values + rng.normal(0, 12, values.shape)
        ds = _new(CT)
        ds.Modality, ds.SeriesInstanceUID, ds.InstanceNumber = "CT", series, i + 1
        ds.FrameOfReferenceUID = frame
        ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        ds.ImagePositionPatient = [at[0], at[0], z]
        ds.PixelSpacing, ds.SliceThickness = [spacing, spacing], apart
        ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
        ds.WindowCenter, ds.WindowWidth = 40, 400
        stored = np.clip(values + 1024, 0, 4095).astype(np.uint16)
        _pixels(ds, stored, photometric="MONOCHROME2", bits=16)
        paths.append(_save(ds, folder))
    return paths


def write_pet(
    folder: Path, *, slices: int, size: int, frame: str, suv: bool = True
) -> list[Path]:
    """Axial PET over the same trunk, coarser than the CT; SUV 8 in the sphere, 1 in the body."""
    series, paths, spacing, apart, slope = generate_uid(), [], 320 / size, 4.0, 0.75
    at = (np.arange(size) - (size - 1) / 2) * spacing
    y, x = np.meshgrid(at, at, indexing="ij")
    for i in range(slices):
        z = (i - (slices - 1) / 2) * apart
        values = np.where((x / 150) ** 2 + (y / 100) ** 2 < 1, 1.0, 0.0)
        values[
            (x - LESION[0]) ** 2 + (y - LESION[1]) ** 2 + (z - LESION[2]) ** 2 < 12**2
        ] = 8.0
        ds = _new(PET)
        ds.Modality, ds.SeriesInstanceUID, ds.InstanceNumber = "PT", series, i + 1
        ds.FrameOfReferenceUID = frame
        ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        ds.ImagePositionPatient = [at[0], at[0], z]
        ds.PixelSpacing, ds.SliceThickness = [spacing, spacing], apart
        ds.RescaleSlope, ds.RescaleIntercept = slope, 0
        if suv:
            ds.RealWorldValueMappingSequence = [_suv(slope)]
        stored = np.round(values / SUV_FACTOR / slope).astype(np.uint16)
        _pixels(ds, stored, photometric="MONOCHROME2", bits=16)
        paths.append(_save(ds, folder))
    return paths


def _suv(slope: float) -> Dataset:
    """As a reading copy carries it: real world values count from the stored ones (PS3.3 C.7.6.16.2.11)."""
    item, unit = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = (
        "{SUVbw}g/ml",
        "UCUM",
        "SUVbw",
    )
    item.RealWorldValueFirstValueMapped = 0
    item.RealWorldValueLastValueMapped = 65535
    item.RealWorldValueIntercept, item.RealWorldValueSlope = 0.0, SUV_FACTOR * slope
    item.LUTLabel, item.LUTExplanation = "SUV", "SUV by body weight"
    item.MeasurementUnitsCodeSequence = [unit]
    return item


def write_radiograph(folder: Path) -> list[Path]:
    """A projection with its spacing at the detector alone; a bar of 100 by 20 pixels in it."""
    ds = _new(DX)
    ds.Modality, ds.ImagerPixelSpacing = "DX", [0.2, 0.2]
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    y, x = np.mgrid[0:1200, 0:900]
    values = 900 + 500 * np.exp(-(((x - 450) / 300) ** 2 + ((y - 600) / 420) ** 2))
    values[590:610, 400:500] = 3500
    values[::2, ::2] += 60  # fine texture, which only the magnifier shows
    _pixels(ds, values.astype(np.uint16), photometric="MONOCHROME2", bits=16)
    return [_save(ds, folder)]


def write_ultrasound(folder: Path) -> list[Path]:
    """A still with two regions: tissue in centimetres, and a strip of time."""
    ds = _new(US)
    ds.Modality = "US"
    tissue, strip = Dataset(), Dataset()
    for region, top, units in ((tissue, 0, (3, 3)), (strip, 300, (4, 3))):
        region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
        region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, top
        region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 399, top + 299
        region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection = units
        region.PhysicalDeltaX, region.PhysicalDeltaY = 0.01, 0.02
    ds.SequenceOfUltrasoundRegions = [tissue, strip]
    y, x = np.mgrid[0:600, 0:400]
    values = (120 + 80 * np.sin(x / 17) * np.cos(y / 23)).astype(np.uint8)
    _pixels(ds, np.repeat(values[..., None], 3, axis=2), photometric="RGB", bits=8)
    ds.PlanarConfiguration = 0
    return [_save(ds, folder)]
