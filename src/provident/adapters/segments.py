"""What a segmentation (DICOM SEG) says of each segment: volume, number of separate parts, mean of the image inside."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provident import dicom
from provident.adapters.measured_images import plane, raster
from provident.dicom import pixels, values
from provident.dicom.pixel_meaning import in_group, one
from provident.kernel import InvalidInput
from provident.reading.measurements import Plane


if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom import Dataset

SEG = "1.2.840.10008.5.1.4.1.1.66.4"
ImageOf = Callable[[str], "Dataset | None"]
"""The stored image of a SOP Instance UID, with its pixels; None where it is none of the exam."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One frame of a segment: its mask (rows, columns), its place, and the image under it."""

    mask: NDArray[Any]
    plane: Plane
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """A segmentation.

    Attributes:
        series_uid: the series that it was made of, where it says so.
        algorithm: name of the algorithm of its segments, and the software's version.
        segments: the slices of each segment by its label.
        apart: millimetres between neighbouring slices.
    """

    study_uid: str
    patient: str
    algorithm: tuple[str, str]
    segments: dict[str, list[Slice]]
    apart: float


def read_segmentation(data: bytes) -> Segmentation:
    """A segmentation of anyone.

    Raises:
        InvalidInput: it is none, it is fractional, or its frames do not say where they lie.
    """
    from pydicom import dcmread

    dicom.read_header(data)
    ds = dcmread(io.BytesIO(data), force=True)
    if str(ds.get("SOPClassUID", "")) != SEG:
        raise InvalidInput("The file is no segmentation.")
    if str(ds.get("SegmentationType", "")) != "BINARY":
        raise InvalidInput("The segmentation is not binary; shares of pixels have no one volume.")  # fmt: skip
    labels = {}
    names: list[str] = []
    for item in values.items(ds, 0x00620002):
        labels[int(one(item, 0x00620004) or 0)] = str(item.get("SegmentLabel", ""))
        names.append(str(item.get("SegmentAlgorithmName", "")))
    version = ds.get("SoftwareVersions", "")
    return Segmentation(
        study_uid=str(ds.get("StudyInstanceUID", "")),
        patient=str(ds.get("PatientID", "")),
        algorithm=(next((n for n in names if n), ""), version if isinstance(version, str) else str(next(iter(version), ""))),
        segments=_slices(ds, labels),
        apart=_apart(ds),
    )  # fmt: skip


def _slices(ds: Dataset, labels: dict[int, str]) -> dict[str, list[Slice]]:
    found: dict[str, list[Slice]] = {label: [] for label in labels.values()}
    frames = int(ds.get("NumberOfFrames") or 1)
    masks = pixels.decode(ds)
    if frames == 1 and masks.ndim == 2:
        masks = masks[None]
    for number in range(1, frames + 1):
        which = int(one(in_group(ds, number, 0x0062000A), 0x0062000B) or 0)
        lies = plane(ds, number)
        if which not in labels or lies is None:
            raise InvalidInput(f"Frame {number} of the segmentation does not say of which segment it is, or where it lies.")  # fmt: skip
        mask = masks[number - 1].astype(bool)
        if mask.any():
            found[labels[which]].append(
                Slice(mask=mask, plane=lies, source=_source(ds, number))
            )
    return found


def _source(ds: Dataset, number: int) -> str:
    """The SOP Instance UID of the image under a frame, where it says so."""
    derived = in_group(ds, number, 0x00089124)
    for image in values.items(derived, 0x00082112):
        return str(image.get("ReferencedSOPInstanceUID", ""))
    return ""


def _apart(ds: Dataset) -> float:
    measures = in_group(ds, 1, 0x00289110)
    return one(measures, 0x00180088) or one(measures, 0x00180050) or 0.0


def volume_ml(found: Segmentation, label: str) -> float:
    """The volume of a segment in ml.

    Raises:
        InvalidInput: the file does not say how far its slices lie apart.
    """
    if found.apart <= 0:
        raise InvalidInput("The segmentation does not say how far its slices lie apart.")  # fmt: skip
    area = sum(int(s.mask.sum()) * s.plane.spacing[0] * s.plane.spacing[1] for s in found.segments[label])  # fmt: skip
    return area * found.apart / 1000


def count(found: Segmentation, label: str) -> int:
    """The number of separate parts; pixels that touch, also at a corner or on neighbouring slices, are one part.

    Raises:
        InvalidInput: slices of one segment that are turned against each other or of different size.
    """
    import numpy as np
    from scipy import ndimage

    slices = found.segments[label]
    if not slices:
        return 0
    by_place: dict[int, NDArray[Any]] = {}
    for piece in slices:
        if piece.plane.row != slices[0].plane.row or piece.mask.shape != slices[0].mask.shape:  # fmt: skip
            raise InvalidInput("The slices of the segmentation are turned against each other.")  # fmt: skip
        at = round(_along(piece.plane) / (found.apart or 1.0))
        by_place[at] = by_place.get(at, np.zeros_like(piece.mask)) | piece.mask
    low, high = min(by_place), max(by_place)
    whole = np.zeros((high - low + 1, *slices[0].mask.shape), dtype=bool)
    for at, mask in by_place.items():
        whole[at - low] = mask
    return int(ndimage.label(whole, structure=np.ones((3, 3, 3)))[1])


def _along(place: Plane) -> float:
    """How far a slice lies along its normal, mm."""
    (ax, ay, az), (bx, by, bz) = place.row, place.column
    normal = (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return sum(n * p for n, p in zip(normal, place.position, strict=True))


def mean(found: Segmentation, label: str, image_of: ImageOf) -> float:
    """The mean of the (rescaled) image over all pixels of a segment.

    Raises:
        InvalidInput: a frame names no image of the exam, or one of another size.
    """
    total, many = 0.0, 0
    by_image: dict[str, list[Slice]] = defaultdict(list)
    for piece in found.segments[label]:
        by_image[piece.source].append(piece)
    for uid, pieces in by_image.items():
        ds = image_of(uid) if uid else None
        if ds is None:
            raise InvalidInput("A frame of the segmentation names no image of this exam.")  # fmt: skip
        image = raster(ds).pixels
        for piece in pieces:
            if piece.mask.shape != image.shape:
                raise InvalidInput("A frame of the segmentation has another size than its image.")  # fmt: skip
            inside = image[piece.mask]
            total, many = total + float(inside.sum()), many + inside.size
    if not many:
        raise InvalidInput(f'The segment "{label}" is empty, and has no mean.')
    return total / many
