"""Voxels replaced by air, and the file written again with nothing else changed but what says so."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

from provident.deid.faces.reading import Frame, Image
from provident.deid.faces.stacks import Mask


SAYS = "Face and ears replaced by the level of air"
_LOSSY = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}


def paint(image: Image, frame: Frame, mask: Mask, air: float) -> int:
    """Replaces the pixels of a frame in a mask by air; padding stays. Gives how many changed.

    `air` is a real value (Hounsfield units where it is CT).
    """
    if not mask.any():
        return 0
    pixels = image.stored[frame.number]
    fill = _stored_value(image, frame, air)
    change = mask & (pixels != fill) & ~_padding(image.dataset, pixels)
    changed = int(change.sum())
    if changed:
        if not image.stored.flags.writeable:
            image.stored = image.stored.copy()
        image.stored[frame.number][change] = fill
    return changed


def _stored_value(image: Image, frame: Frame, air: float) -> int:
    bits = int(image.dataset.get("BitsStored") or image.stored.dtype.itemsize * 8)
    signed = image.stored.dtype.kind == "i"
    low, high = (
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    )
    return int(np.clip(round((air - frame.intercept) / frame.slope), low, high))


def _padding(dataset: Dataset, pixels: NDArray[Any]) -> Mask:
    """Pixels that are no part of the image (PS3.3 C.7.5.1.1.2)."""
    value = dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(pixels.shape, dtype=bool)
    other = dataset.get("PixelPaddingRangeLimit")
    ends = sorted((value, other if isinstance(other, int) else value))
    return np.asarray((pixels >= ends[0]) & (pixels <= ends[1]))


def written(image: Image) -> tuple[bytes, tuple[str, ...]]:
    """The file with the image's pixels, and what else had to change.

    The pixels lie native; the header says that the image is derived, and how. Compressed images
    and those in big endian become explicit VR little endian of the same values.
    """
    dataset, notes = image.dataset, []
    syntax = dataset.file_meta.TransferSyntaxUID
    little = image.stored.astype(image.stored.dtype.newbyteorder("<"), copy=False)
    if syntax == ExplicitVRBigEndian:
        dataset, notes = _little_endian(dataset), ["re-encoded from big endian"]
    elif syntax.is_encapsulated or syntax == DeflatedExplicitVRLittleEndian:
        notes = [f"re-encoded from {syntax.name}, without further loss"]
        _lossy(dataset, str(syntax))
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    raw = np.ascontiguousarray(little).tobytes()
    element = dataset["PixelData"]
    element.value = raw + b"\0" * (len(raw) % 2)
    element.is_undefined_length = False
    if element.VR not in ("OB", "OW") or syntax.is_encapsulated:
        element.VR = "OB" if little.dtype.itemsize == 1 else "OW"
    _derived(dataset)
    _extremes(dataset, little)
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.save_as(out, enforce_file_format=False)
    return out.getvalue(), tuple(notes)


def _little_endian(dataset: Dataset) -> Dataset:
    from pydicom import dcmread

    from provident.dicom import pixels as dicom_pixels

    whole = BytesIO()
    dataset.save_as(whole, enforce_file_format=False)
    return dcmread(BytesIO(dicom_pixels.normalised(whole.getvalue())))


def _lossy(dataset: Dataset, syntax: str) -> None:
    """What was lost stays lost, and the header goes on to say it (PS3.3 C.7.6.1.1.5)."""
    if syntax in _LOSSY and not dataset.get("LossyImageCompression"):
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionMethod = _LOSSY[syntax]


def _derived(dataset: Dataset) -> None:
    for holder in _typed(dataset):
        for keyword in ("ImageType", "FrameType"):
            told = holder.get(keyword)
            if told and not isinstance(told, str) and told[0] == "ORIGINAL":
                setattr(holder, keyword, ["DERIVED", *told[1:]])
    before = str(dataset.get("DerivationDescription") or "")
    if SAYS not in before:
        together = f"{before}; {SAYS}" if before else SAYS
        dataset.DerivationDescription = together[-1024:]


def _typed(dataset: Dataset) -> list[Dataset]:
    """The data set and the frame type items of an enhanced image."""
    found = [dataset]
    groups = [
        *(dataset.get("SharedFunctionalGroupsSequence") or ()),
        *(dataset.get("PerFrameFunctionalGroupsSequence") or ()),
    ]
    for group in groups:
        for keyword in (
            "MRImageFrameTypeSequence",
            "CTImageFrameTypeSequence",
            "PETFrameTypeSequence",
        ):
            found.extend(group.get(keyword) or ())
    return found


def _extremes(dataset: Dataset, pixels: NDArray[Any]) -> None:
    if "SmallestImagePixelValue" in dataset:
        dataset["SmallestImagePixelValue"].value = int(pixels.min())
    if "LargestImagePixelValue" in dataset:
        dataset["LargestImagePixelValue"].value = int(pixels.max())
