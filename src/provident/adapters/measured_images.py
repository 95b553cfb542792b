"""Stored images as the measurements need them: pixels with their meaning, spacing, place in the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provident import dicom
from provident.dicom import pixels, values
from provident.dicom.pixel_meaning import in_group, meaning, one, rescale
from provident.kernel import InvalidInput
from provident.reading.measurements import ImageRef, Plane, Position
from provident.reading.measuring import Raster, Region, Scale


if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom import Dataset

_MEASURES, _ORIENTATION, _POSITION = 0x00289110, 0x00209116, 0x00209113
_CENTIMETRES = 3  # Physical Units X Direction (PS3.3 C.8.5.5.1.15)


def whole(data: bytes) -> Dataset:
    """A stored instance with its pixels.

    Raises:
        InvalidInput: it is no DICOM, or has no pixels.
    """
    import io

    from pydicom import dcmread

    dicom.read_header(data)  # says what is wrong with it, if anything is
    return dcmread(io.BytesIO(data), force=True)


def reference(ds: Dataset, frame: int = 1) -> ImageRef:
    """The instance by its own UIDs."""
    return ImageRef(
        study_uid=str(ds.get("StudyInstanceUID", "")),
        series_uid=str(ds.get("SeriesInstanceUID", "")),
        sop_class=str(ds.get("SOPClassUID", "")),
        sop_uid=str(ds.get("SOPInstanceUID", "")),
        frame=frame,
        frames=int(ds.get("NumberOfFrames") or 1),
    )


def raster(ds: Dataset, frame: int = 1) -> Raster:
    """One frame (from 1), rescaled, with spacing, unit and scales.

    Raises:
        InvalidInput: there is no such frame, or its pixels cannot be decoded.
    """
    import numpy as np

    many = int(ds.get("NumberOfFrames") or 1)
    if not 1 <= frame <= many:
        raise InvalidInput(f"The image has {many} frames, and no frame {frame}.")
    stored: NDArray[Any] = pixels.decode(ds, frame - 1 if many > 1 else None)
    grey = stored.mean(axis=2) if stored.ndim == 3 else stored
    slope, intercept = rescale(ds, frame)
    return Raster(
        pixels=grey.astype(np.float64) * slope + intercept,
        spacing=_spacing(ds, frame),
        regions=_regions(ds),
        unit="HU" if ds.get("Modality") == "CT" else "",
        scales=_scales(ds, frame),
    )


def _scales(ds: Dataset, frame: int) -> dict[str, Scale]:
    known = meaning(ds, frame)
    if known is None:
        return {}
    return {known.of: Scale(factor=known.factor, unit=known.unit, source=known.source)}


def _several(ds: Dataset, tag: int, size: int) -> tuple[float, ...] | None:
    found = values.numbers(ds, tag)
    return found if isinstance(found, tuple) and len(found) == size else None


def _spacing(ds: Dataset, frame: int) -> tuple[float, float] | None:
    """Millimetres between columns and between rows over the whole image; None where nothing says.

    Imager Pixel Spacing of a projection is on the detector: what lies before it looks larger there. Pixel Spacing
    that equals it was only copied; one that differs was corrected (PS3.3 10.7.1.3).
    """
    plain = _several(in_group(ds, frame, _MEASURES), 0x00280030, 2)
    imager = _several(ds, 0x00181164, 2)
    placed = _several(in_group(ds, frame, _POSITION), 0x00200032, 3) is not None
    if plain and (placed or not imager):
        return plain[1], plain[0]
    if plain and imager and not all(abs(a - b) < 1e-6 * a for a, b in zip(plain, imager, strict=True)):  # fmt: skip
        return plain[1], plain[0]
    if not imager:
        return None
    by = max(one(ds, 0x00181114) or 1.0, 1.0)
    return imager[1] / by, imager[0] / by


def _regions(ds: Dataset) -> tuple[Region, ...]:
    """The regions of an ultrasound image (PS3.3 C.8.5.5), each with its own scale."""
    found = []
    for region in values.items(ds, 0x00186011):
        units = {one(region, 0x00186024), one(region, 0x00186026)}
        x, y = one(region, 0x0018602C), one(region, 0x0018602E)
        left, top, right, bottom = (one(region, t) or 0.0 for t in (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E))  # fmt: skip
        found.append(
            Region(
                box=(left, top, right + 1, bottom + 1),
                spacing=(abs(x) * 10, abs(y) * 10) if units == {_CENTIMETRES} and x and y else None,
            )
        )  # fmt: skip
    return tuple(found)


def plane(ds: Dataset, frame: int = 1) -> Plane | None:
    """Where a frame lies in the patient; None where the header does not say."""
    where = _several(in_group(ds, frame, _POSITION), 0x00200032, 3)
    how = _several(in_group(ds, frame, _ORIENTATION), 0x00200037, 6)
    apart = _several(in_group(ds, frame, _MEASURES), 0x00280030, 2)
    if where is None or how is None or apart is None:
        return None
    return Plane(
        position=_triple(where),
        row=_triple(how[:3]),
        column=_triple(how[3:]),
        spacing=(apart[1], apart[0]),
        frame_of_reference=str(ds.get("FrameOfReferenceUID", "")),
    )


def _triple(v: tuple[float, ...]) -> Position:
    return (v[0], v[1], v[2])
