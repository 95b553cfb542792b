"""DICOM files as frames with a place in the patient."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from provident.deid.faces.stacks import Array, Plane


MODALITIES = ("CT", "MR", "PT")
_OUTLINES = (
    "1.2.840.10008.5.1.4.1.1.481.3",  # RT Structure Set
    "1.2.840.10008.5.1.4.1.1.66.5",  # Surface Segmentation
    "1.2.840.10008.5.1.4.1.1.68.1",  # Surface Scan Mesh
    "1.2.840.10008.5.1.4.1.1.68.2",  # Surface Scan Point Cloud
    "1.2.840.10008.5.1.4.1.1.104.3",  # Encapsulated STL
    "1.2.840.10008.5.1.4.1.1.104.4",  # Encapsulated OBJ
)
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


class Unusable(Exception):
    """A file whose face cannot be looked for; `code` is one of `model.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a file: its plane and what turns stored values into real ones."""

    file: int
    number: int
    plane: Plane
    slope: float
    intercept: float


@dataclass(slots=True)
class Image:
    """One file with pixels: `stored` has the shape (frames, rows, columns); `painted` whether it has lost some."""

    dataset: Dataset
    stored: NDArray[Any]
    frames: list[Frame] = field(default_factory=list)
    painted: bool = False
    notes: list[str] = field(default_factory=list)

    def real(self, frame: Frame) -> Array:
        """The values of a frame (Hounsfield units where it is CT)."""
        return np.asarray(
            self.stored[frame.number] * np.float32(frame.slope)
            + np.float32(frame.intercept),
            dtype=np.float32,
        )

    @property
    def series_uid(self) -> str:
        """The Series Instance UID."""
        return str(self.dataset.get("SeriesInstanceUID", ""))

    @property
    def space(self) -> str:
        """The Frame of Reference UID, or the series' own name where there is none."""
        told = str(self.dataset.get("FrameOfReferenceUID", "") or "")
        return told or f"series {self.series_uid}"

    @property
    def modality(self) -> str:
        """The modality."""
        return str(self.dataset.get("Modality", ""))

    @property
    def body_part(self) -> str:
        """Body Part Examined in capitals, blank where it is not told."""
        return _part(self.dataset)

    @property
    def projection(self) -> bool:
        """Whether each pixel sums up what lies behind it, as in the scout of a CT."""
        return self.modality == "CT" and "LOCALIZER" in _types(self.dataset)


def image_of(data: bytes, index: int, body_parts: Collection[str] = ()) -> Image | None:
    """A file as an image of CT, MR or PT, or None where it is another object that shows no head.

    Raises:
        Unusable: it may show a face (of one of the body parts, where some are given), and where cannot be told.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(BytesIO(data), force=True)
            pixels = any(keyword in dataset for keyword in _PIXELS)
            part = _part(dataset)
    except Exception:  # noqa: BLE001  # pydicom raises whatever damage makes it raise
        raise Unusable("face_unreadable") from None
    elsewhere = bool(body_parts) and part not in {"", *body_parts}
    try:
        return _image(dataset, index) if _shows(dataset, pixels=pixels) else None
    except Unusable:
        if elsewhere:
            return None
        raise


def _shows(dataset: Dataset, *, pixels: bool) -> bool:
    """Whether it is an image that a head may be found in.

    Raises:
        Unusable: it may show a face in another way.
    """
    sop_class = str(dataset.get("SOPClassUID", ""))
    if not sop_class:
        raise Unusable("face_unreadable")
    if sop_class in _OUTLINES:
        raise Unusable("face_outline")
    modality = dataset.get("Modality")
    if not pixels or modality in ("SEG", "RTDOSE", "REG", "SR", "PR"):
        return False
    if (
        modality not in MODALITIES
        or sop_class.startswith(_CAPTURE)
        or dataset.get("SamplesPerPixel") != 1
    ):
        raise Unusable("face_picture")
    if "MOSAIC" in _types(dataset):
        raise Unusable("face_mosaic")
    return True


def _image(dataset: Dataset, index: int) -> Image:
    image = Image(dataset, _stored(dataset))
    image.frames = _frames(dataset, index, len(image.stored))
    # The pixels are held once; the file is written from its own bytes.
    del dataset.PixelData
    return image


def _part(dataset: Dataset) -> str:
    return str(dataset.get("BodyPartExamined", "") or "").strip().upper()


def _types(dataset: Dataset) -> list[str]:
    told = dataset.get("ImageType") or []
    return [told] if isinstance(told, str) else [str(t) for t in told]


def _stored(dataset: Dataset) -> NDArray[Any]:
    if "PixelData" not in dataset:
        raise Unusable("face_unreadable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = np.asarray(dataset.pixel_array)
    except Exception:  # noqa: BLE001  # decoders raise whatever they like
        raise Unusable("face_unreadable") from None
    return stored[None] if stored.ndim == 2 else stored


def _frames(dataset: Dataset, index: int, count: int) -> list[Frame]:
    try:
        if "PerFrameFunctionalGroupsSequence" in dataset:
            shared = dataset.get("SharedFunctionalGroupsSequence") or [Dataset()]
            groups = dataset.PerFrameFunctionalGroupsSequence
            if len(groups) != count:
                raise Unusable("face_unplaced")
            return [
                _enhanced(dataset, groups[i], shared[0], index, i) for i in range(count)
            ]
        if count != 1:
            raise Unusable("face_unplaced")
        plane = _plane(dataset, dataset, dataset, dataset)
        return [Frame(index, 0, plane, *_scale(dataset))]
    except (AttributeError, TypeError, ValueError, IndexError, KeyError):
        raise Unusable("face_unplaced") from None


def _enhanced(
    whole: Dataset, own: Dataset, shared: Dataset, index: int, number: int
) -> Frame:
    """A frame of an enhanced image (PS3.3 C.7.6.16)."""

    def group(keyword: str) -> Dataset | None:
        found = own.get(keyword) or shared.get(keyword)
        return found[0] if found else None

    position, turn = group("PlanePositionSequence"), group("PlaneOrientationSequence")
    measures = group("PixelMeasuresSequence")
    if position is None or turn is None or measures is None:
        raise Unusable("face_unplaced")
    plane = _plane(whole, position, turn, measures)
    return Frame(
        index,
        number,
        plane,
        *_scale(group("PixelValueTransformationSequence") or Dataset()),
    )


def _plane(
    whole: Dataset, position: Dataset, turn: Dataset, measures: Dataset
) -> Plane:
    """The image plane (PS3.3 C.7.6.2.1.1)."""
    place = np.array(position.ImagePositionPatient, dtype=float)
    cosines = np.array(turn.ImageOrientationPatient, dtype=float)
    down, across = (float(v) for v in measures.PixelSpacing)
    if place.shape != (3,) or cosines.shape != (6,) or not np.isfinite(place).all():
        raise Unusable("face_unplaced")
    x, y, z = (float(v) for v in place)
    columns, rows = cosines[:3] * across, cosines[3:] * down
    return Plane(
        position=(x, y, z),
        column_step=(float(columns[0]), float(columns[1]), float(columns[2])),
        row_step=(float(rows[0]), float(rows[1]), float(rows[2])),
        rows=int(whole.Rows),
        columns=int(whole.Columns),
    )


def _scale(dataset: Dataset) -> tuple[float, float]:
    slope = dataset.get("RescaleSlope")
    intercept = dataset.get("RescaleIntercept")
    slope = 1.0 if slope in (None, "") else float(slope)
    return (slope or 1.0), (0.0 if intercept in (None, "") else float(intercept))
