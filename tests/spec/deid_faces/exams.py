"""Exams of phantoms as DICOM files: classic and enhanced, CT and MR, in any plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian
from scipy import ndimage
from scipy.spatial.transform import Rotation

from tests.spec.deid_faces.phantom import Phantom, image


CT, MR, ENHANCED_MR = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.4.1",
)
_STEPS = {
    "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "sagittal": ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
}
_MIDDLE, _HALF = np.array([0.0, -5.0, -30.0]), np.array([112.0, 132.0, 118.0])


@dataclass(frozen=True, kw_only=True)
class Scan:
    """How a series was scanned: mm between pixels and slices, the pose of the head (degrees, mm)."""

    contrast: str = "T1"
    plane: str = "axial"
    pixel: float = 2.0
    slice: float = 3.0
    turned: tuple[float, float, float] = (0.0, 0.0, 0.0)
    moved: tuple[float, float, float] = (0.0, 0.0, 0.0)
    below: float = -300.0  # what the field of view leaves out: under and above these z,
    above: float = 300.0
    front: float = -300.0  # in front of this y,
    beside: float = 300.0  # and farther from the middle than this
    noise: float = 0.02
    bias: float = 0.2
    seed: int = 1
    uid: str = "1.2.3.4"
    space: str = "1.2.3.9"

    @property
    def modality(self) -> str:
        return "CT" if self.contrast == "CT" else "MR"


@dataclass(frozen=True)
class Slice:
    position: np.ndarray
    columns: np.ndarray
    rows: np.ndarray
    stored: np.ndarray
    truth: dict[str, np.ndarray]


def _field(scan: Scan) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the field of view."""
    low = np.maximum(_MIDDLE - _HALF, [-scan.beside, scan.front, scan.below])
    high = np.minimum(_MIDDLE + _HALF, [scan.beside, 300.0, scan.above])
    return low, high


def slices(phantom: Phantom, scan: Scan) -> list[Slice]:
    """The slices of a scan, each with what is face, ears and brain in it."""
    rng = np.random.default_rng(scan.seed)
    shown = image(phantom.labels, scan.contrast, rng, noise=scan.noise, bias=scan.bias)
    turn = Rotation.from_euler("xyz", scan.turned, degrees=True).as_matrix()
    across, down, through = (np.array(v, dtype=float) for v in _STEPS[scan.plane])
    low, high = _field(scan)
    steps = (scan.pixel, scan.pixel, scan.slice)
    axes = (across, down, through)
    counts = [
        int(np.abs(v) @ (high - low) / s) + 1 for v, s in zip(axes, steps, strict=True)
    ]
    forwards = across + down + through > 0
    corner = np.where(forwards, low, high)
    rows, columns = np.meshgrid(
        np.arange(counts[1]), np.arange(counts[0]), indexing="ij"
    )
    made = []
    for k in range(counts[2]):
        position = corner + through * scan.slice * k
        points = (
            position
            + columns[..., None] * across * scan.pixel
            + rows[..., None] * down * scan.pixel
        )
        inside = (points - np.array(scan.moved)) @ turn
        cells = np.moveaxis((inside - phantom.origin) / phantom.step, -1, 0)[::-1]
        air = -1000.0 if scan.modality == "CT" else 4.0
        values = ndimage.map_coordinates(shown, cells, order=1, cval=air)
        offset = 1024 if scan.modality == "CT" else 0
        stored = np.clip(np.round(values + offset), 0, 4095).astype(np.uint16)
        truth = {
            name: phantom.at(inside, getattr(phantom, name))
            for name in ("face", "ears", "brain")
        }
        made.append(Slice(position, across, down, stored, truth))
    return made


def classic(made: list[Slice], scan: Scan) -> list[bytes]:
    """One file a slice."""
    return [_written(_classic(s, scan, k)) for k, s in enumerate(made)]


def _classic(one: Slice, scan: Scan, number: int) -> FileDataset:
    ds = _base(scan, CT if scan.modality == "CT" else MR, f"{scan.uid}.{number}")
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [round(float(v), 4) for v in one.position]
    ds.ImageOrientationPatient = [float(v) for v in (*one.columns, *one.rows)]
    ds.PixelSpacing = [scan.pixel, scan.pixel]
    ds.SliceThickness = scan.slice
    if scan.modality == "CT":
        ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.SmallestImagePixelValue = int(one.stored.min())
    _pixels(ds, one.stored)
    return ds


def enhanced(made: list[Slice], scan: Scan) -> bytes:
    """All slices as the frames of one file."""
    ds = _base(scan, ENHANCED_MR, f"{scan.uid}.0")
    ds.NumberOfFrames = len(made)
    shared = Dataset()
    measures, turn, kind = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [scan.pixel] * 2, scan.slice
    turn.ImageOrientationPatient = [float(v) for v in (*made[0].columns, *made[0].rows)]
    kind.FrameType = ["ORIGINAL", "PRIMARY", "M", "NONE"]
    shared.PixelMeasuresSequence = Sequence([measures])
    shared.PlaneOrientationSequence = Sequence([turn])
    shared.MRImageFrameTypeSequence = Sequence([kind])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    frames = []
    for one in made:
        position, scale, group = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [round(float(v), 4) for v in one.position]
        scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = 2, 0, "US"
        group.PlanePositionSequence = Sequence([position])
        group.PixelValueTransformationSequence = Sequence([scale])
        frames.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(frames)
    _pixels(ds, np.stack([s.stored for s in made]))
    return _written(ds)


def _base(scan: Scan, sop_class: str, sop_uid: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = sop_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, sop_uid
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3", scan.uid
    ds.FrameOfReferenceUID = scan.space
    ds.Modality = scan.modality
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.PatientName = "Doe^Jane"
    ds.add_new(0x00090010, "LO", "A VENDOR")
    ds.add_new(0x00091001, "UN", b"\x01\x02\x03\x04")
    return ds


def _pixels(ds: Dataset, stored: np.ndarray) -> None:
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape[-2:]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.add_new(0x7FE00010, "OW", stored.astype("<u2").tobytes())


def _written(ds: Dataset) -> bytes:
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def edited(data: bytes, **elements: object) -> bytes:
    """A file with other values; None takes an element out."""
    ds = dcmread(BytesIO(data))
    for keyword, value in elements.items():
        if value is None:
            delattr(ds, keyword)
        elif keyword == "PixelPaddingValue":
            ds.add_new(0x00280120, "US", value)
        else:
            setattr(ds, keyword, value)
    return _written(ds)


def stored(data: bytes) -> np.ndarray:
    """The stored pixels."""
    return dcmread(BytesIO(data)).pixel_array


def left_and_lost(
    made: list[Slice], before: list[np.ndarray], after: list[np.ndarray]
) -> tuple[float, float]:
    """The true shares of face and ears that are left, and of brain that is lost."""
    total = {"gone": 0, "left": 0, "brain": 0, "lost": 0}
    for one, old, new in zip(made, before, after, strict=True):
        goes = one.truth["face"] | one.truth["ears"]
        # What is air-black already cannot be told from what was replaced.
        level = new.min()
        total["gone"] += int(goes.sum())
        total["left"] += int((goes & (old == new) & (old > level)).sum())
        total["brain"] += int(one.truth["brain"].sum())
        total["lost"] += int((one.truth["brain"] & (old != new)).sum())
    return total["left"] / max(total["gone"], 1), total["lost"] / max(total["brain"], 1)


def also(scan: Scan, **changes: object) -> Scan:
    """Another scan like it."""
    return replace(scan, **changes)
