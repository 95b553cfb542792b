"""Pixels: decoded, normalised for readers, and as thumbnails.

Imaging libraries are imported when a function is called, so that the rest of `dicom`
runs where they are not (a gateway, a browser).
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from provident.dicom import values
from provident.dicom.reading import DAMAGE, PIXELS, NotReadable, read_header
from provident.dicom.wholeness import promised
from provident.dicom.writing import allowed, write
from provident.kernel import Finding, InvalidInput, Place, Severity


if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 2**31  # of decoded pixels; more is refused rather than run out of memory
Reason = Literal["no_pixels", "undecodable", "too_large", "changed"]
_WORDS: dict[Reason, tuple[str, str]] = {
    "no_pixels": ("The instance has no pixels.", "Send the image again."),
    "undecodable": (
        "The pixels cannot be decoded.",
        "Send the image again, uncompressed.",
    ),
    "too_large": (
        "The pixels are too many to be decoded here.",
        "Send fewer frames an instance.",
    ),
    "changed": (
        "The pixels differ after they were written.",
        "Tell the people who run Provident.",
    ),
}


class PixelFault(InvalidInput):
    """Pixels that are not there or cannot be used; `reason` is one of `Reason`."""

    def __init__(self, reason: Reason) -> None:
        message, remedy = _WORDS[reason]
        code = f"PIXELS.{reason.upper()}"
        super().__init__(
            message,
            [
                Finding(
                    code=code,
                    severity=Severity.ERROR,
                    where=Place(),
                    message=message,
                    remedy=remedy,
                )
            ],
        )
        self.reason: Reason = reason


def decode(source: Dataset | bytes, frame: int | None = None) -> NDArray[Any]:
    """The pixels as they are stored, colour as RGB.

    Args:
        source: a whole instance, or its file's bytes.
        frame: the frame, from 0; None for all.

    Returns:
        (rows, columns) or (rows, columns, 3) for one frame, with the frames in front for all
        of a multi-frame instance. No rescale, no window.

    Raises:
        PixelFault: there are no pixels, too many, or they cannot be decoded.
        NotReadable: the bytes are no DICOM.
    """
    ds = _whole(source) if isinstance(source, bytes) else source
    if not any(tag in ds for tag in PIXELS):
        raise PixelFault("no_pixels")
    size = promised(ds)
    frames = values.numbers(ds, 0x00280008)
    many = int(frames[0]) if isinstance(frames, tuple) and frames[0] > 1 else 1
    if size is not None and (size if frame is None else size // many) > MOST_BYTES:
        raise PixelFault("too_large")
    return _decoded(ds, frame)


def _decoded(ds: Dataset, frame: int | None) -> NDArray[Any]:
    from pydicom.pixels.utils import pixel_array

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: NDArray[Any] = pixel_array(ds, index=frame)
            return found
    except (*DAMAGE, RuntimeError):
        raise PixelFault("undecodable") from None


def _whole(data: bytes) -> Dataset:
    read_header(data)  # says what is wrong with it, if anything is
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = dcmread(BytesIO(data), force=True)
    except DAMAGE:
        raise NotReadable("broken") from None
    if not ds.file_meta.get("TransferSyntaxUID"):
        ds.file_meta.TransferSyntaxUID = _spoken(ds)
    return ds


def _spoken(ds: Dataset) -> UID:
    """The plain transfer syntax that a file without a word about it was read by."""
    implicit, little = ds.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRBigEndian if little is False else ExplicitVRLittleEndian


def normalised(data: bytes) -> bytes:
    """A copy in explicit VR little endian, whose pixels were decoded, written and compared.

    Readers' software decodes no vendor's stream: browsers and pydicom disagree on some.
    Colour becomes RGB, colour by plane becomes colour by pixel; grey values, bits and sign
    stay. Elements whose values DICOM does not allow are left out of the copy.

    Raises:
        PixelFault: the pixels cannot be decoded, or are not the same when read back.
        NotReadable: the bytes are no DICOM.
    """
    ds = _whole(data)
    pixels = decode(ds)
    copy = allowed(ds)
    for tag in PIXELS:
        if tag in copy:
            del copy[tag]
    _describe(copy, pixels)
    copy.file_meta = FileMetaDataset()
    copy.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    written = write(copy)
    _compare(written, pixels)
    return written


def _describe(copy: Dataset, pixels: NDArray[Any]) -> None:
    """Write the pixels and what describes them (PS3.3 C.7.6.3)."""
    import numpy as np

    if pixels.dtype.kind not in "ui" or pixels.dtype.itemsize > 4:
        raise PixelFault("undecodable")
    colour = values.numbers(copy, 0x00280002) == (3.0,)
    if colour:
        copy.PhotometricInterpretation = "RGB"
        copy.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    if copy.get("BitsAllocated") != bits:
        copy.BitsAllocated = bits
        copy.BitsStored = min(int(copy.get("BitsStored") or bits), bits)
        copy.HighBit = copy.BitsStored - 1
    data = np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder("<"))).tobytes()
    copy.add_new(
        0x7FE00010, "OB" if bits == 8 else "OW", data + b"\0" * (len(data) % 2)
    )


def _compare(written: bytes, pixels: NDArray[Any]) -> None:
    import numpy as np

    again = decode(written)
    if again.shape != pixels.shape or not np.array_equal(again, pixels):
        raise PixelFault("changed")


def thumbnail(data: bytes, size: int = 160) -> bytes:
    """A PNG of the middle frame, windowed as the header says, its longer side `size` pixels.

    Raises:
        PixelFault: there are no pixels, or they cannot be decoded.
        NotReadable: the bytes are no DICOM.
    """
    from PIL import Image

    ds = _whole(data)
    frames = values.numbers(ds, 0x00280008)
    many = int(frames[0]) if isinstance(frames, tuple) and frames[0] > 1 else 1
    shown = _eight_bits(ds, decode(ds, many // 2 if many > 1 else 0))
    image = Image.fromarray(shown)
    image.thumbnail((size, size))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _eight_bits(ds: Dataset, pixels: NDArray[Any]) -> NDArray[Any]:
    """The frame in 8 bits, by the header's window, else from its 1st to its 99th percentile."""
    import numpy as np

    if ds.get("PhotometricInterpretation") == "PALETTE COLOR":
        pixels = _palette(ds, pixels)
    if pixels.ndim == 3:
        top = 2 ** (int(ds.get("BitsStored") or 8) - 8)
        colour: NDArray[Any] = np.clip(pixels // max(top, 1), 0, 255).astype(np.uint8)
        return colour
    low, high = _window(ds, pixels)
    grey = np.clip((pixels.astype(np.float32) - low) / (high - low), 0, 1)
    if ds.get("PhotometricInterpretation") == "MONOCHROME1":
        grey = 1 - grey
    shown: NDArray[Any] = (grey * 255).astype(np.uint8)
    return shown


def _palette(ds: Dataset, pixels: NDArray[Any]) -> NDArray[Any]:
    from pydicom.pixels.processing import apply_color_lut

    try:
        colour: NDArray[Any] = apply_color_lut(pixels, ds)
    except DAMAGE:
        raise PixelFault("undecodable") from None
    # Palettes hold 16 bits as a rule; the bits of the index say nothing of the colour's.
    return colour // 256 if colour.dtype.itemsize > 1 else colour


def _window(ds: Dataset, pixels: NDArray[Any]) -> tuple[float, float]:
    import numpy as np

    centre, width = values.numbers(ds, 0x00281050), values.numbers(ds, 0x00281051)
    if isinstance(centre, tuple) and isinstance(width, tuple) and width[0] > 1:
        slope, intercept = (
            values.numbers(ds, 0x00281053),
            values.numbers(ds, 0x00281052),
        )
        by = slope[0] if isinstance(slope, tuple) and slope[0] else 1.0
        start = intercept[0] if isinstance(intercept, tuple) else 0.0
        low, high = ((centre[0] + d * width[0] / 2 - start) / by for d in (-1, 1))
        if low < high:
            return low, high
    low, high = (float(p) for p in np.percentile(pixels, (1, 99)))
    return (low, high) if high > low else (low, low + 1)
