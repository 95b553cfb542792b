"""Turns an RGB dataset into JPEG baseline, the way ultrasound machines send their clips."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit


QUALITY = 88


def compress(dataset: Dataset) -> None:
    """Encode the pixels of an 8-bit RGB dataset in place (PS3.5 8.2.1: YBR_FULL_422, lossy)."""
    frames = np.frombuffer(dataset.PixelData, np.uint8)
    count = int(dataset.get("NumberOfFrames", 1))
    frames = frames[: count * dataset.Rows * dataset.Columns * 3]
    encoded = [
        _jpeg(f) for f in frames.reshape(count, dataset.Rows, dataset.Columns, 3)
    ]
    dataset.PixelData = encapsulate(encoded)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionMethod = "ISO_10918_1"
    dataset.LossyImageCompressionRatio = f"{frames.nbytes / sum(map(len, encoded)):.1f}"
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit


def _jpeg(frame: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    into = BytesIO()
    Image.fromarray(frame).save(into, "JPEG", quality=QUALITY, subsampling="4:2:2")
    return into.getvalue()
