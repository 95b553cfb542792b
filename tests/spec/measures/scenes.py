"""Images with a known signal, noise, ghost, shift or cut, as numbers and as DICOM."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from provident.acquisition.measures import Image
from provident.dicom import SeriesFacts


Floats = NDArray[np.float64]
SIDES = ("anterior", "posterior", "right", "left")


def facts(modality: str = "MR") -> SeriesFacts:
    """A series of which nothing but the modality is known."""
    return SeriesFacts(
        uid="1.2", study_uid="1", modality=modality, manufacturer="", model="", files=1, frames=1
    )  # fmt: skip


def disc(
    size: int = 256,
    *,
    radius: float = 0.33,
    at: tuple[float, float] = (0.5, 0.5),
    soft: float = 1.0,
) -> Floats:
    """A disc of 1 whose rim is `soft` pixels wide; sizes are shares of the image."""
    y, x = np.mgrid[:size, :size] + 0.5
    away = np.hypot(y - at[0] * size, x - at[1] * size)
    return np.clip((radius * size - away) / soft + 0.5, 0, 1)


def two_tissues(size: int = 256, contrast: float = 0.4) -> Floats:
    """A disc of 1 with a smaller one of `1 - contrast` within."""
    return disc(size, soft=8) - contrast * disc(size, radius=0.2, soft=8)


def magnitude(signal: Floats, sigma: float, rng: np.random.Generator) -> Floats:
    """The magnitude of a complex signal with noise in both parts: Rician."""
    real = signal + rng.normal(0, sigma, signal.shape)
    return np.hypot(real, rng.normal(0, sigma, signal.shape))


def series(
    images: list[Floats],
    *,
    positions: list[float] | None = None,
    phase_axis: int | None = 0,
) -> list[Image]:
    """MR images 3 mm apart, or at given positions."""
    return [
        Image(
            pixels=np.round(one).astype(np.int16),
            spacing=(1.0, 1.0),
            position=3.0 * n if positions is None else positions[n],
            order=n,
            phase_axis=phase_axis,
            sides=SIDES,
        )
        for n, one in enumerate(images)
    ]


def ct(images: list[Floats]) -> list[Image]:
    """CT images from CT numbers, stored from 0 at -1024 HU."""
    return [
        Image(
            pixels=np.clip(np.round(one + 1024), 0, 4095).astype(np.uint16),
            intercept=-1024.0,
            spacing=(0.8, 0.8),
            position=2.0 * n,
            order=n,
            sides=SIDES,
        )
        for n, one in enumerate(images)
    ]


def body(size: int = 512, *, at: tuple[float, float] = (0.5, 0.5)) -> Floats:
    """Soft tissue of 40 HU in air, with a piece of bone and a piece of lung."""
    hu = -1000 + 1040 * disc(size, at=at, radius=0.36)
    hu += 800 * disc(size, radius=0.05, at=(at[0] + 0.2, at[1]))
    return hu - 800 * disc(size, radius=0.1, at=(at[0], at[1] - 0.17))


def stored(pixels: NDArray[np.uint16], modality: str = "MR", **values: object) -> bytes:
    """A classic instance with these pixels, as a file's bytes."""
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    ds.SOPInstanceUID = f"1.2.3.{values.get('InstanceNumber', 1)}"
    ds.Modality = modality
    ds.Rows, ds.Columns = pixels.shape[-2:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelSpacing = [1, 1]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [0, 0, 0]
    ds.InPlanePhaseEncodingDirection = "COL"
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    ds.PixelData = pixels.astype("<u2").tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    out = BytesIO()
    dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()
