"""Images of phantoms as a person uploads them: told apart, checked for a patient, and stripped to what measuring needs.

No rule of the study's profile is needed here: what is kept is a short list of attributes of machine, geometry and
pixels. Everything else is dropped, names and free text first of all. A file that is of a patient is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence as Items

from provident import dicom
from provident.dicom import pixels
from provident.kernel import InvalidInput
from provident.kernel.ids import sha256
from provident.web.exams.facts import scanner_facts


MOST_FILES = 100
MOST_BYTES = 64 * 2**20
MARKS = frozenset({"phantom", "phantoms", "phan", "acr", "qa", "qc", "test", "nema", "water", "uniform", "uniformity", "catphan", "daily", "magphan", "jaszczak"})  # fmt: skip
KEPT = frozenset({
    "SOPClassUID", "Modality", "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "DeviceSerialNumber",
    "StationName", "ImageType", "AcquisitionDate", "SeriesDate", "ContentDate", "SeriesNumber", "InstanceNumber",
    "AcquisitionNumber", "MagneticFieldStrength", "EchoTime", "RepetitionTime", "InversionTime", "FlipAngle",
    "EchoTrainLength", "NumberOfAverages", "PixelBandwidth", "ReceiveCoilName", "TransmitCoilName", "SliceThickness",
    "SpacingBetweenSlices", "ScanningSequence", "SequenceVariant", "MRAcquisitionType", "InPlanePhaseEncodingDirection",
    "KVP", "XRayTubeCurrent", "ExposureTime", "ConvolutionKernel", "ReconstructionDiameter", "ImagePositionPatient",
    "ImageOrientationPatient", "SliceLocation", "PatientPosition", "PixelSpacing", "ImagerPixelSpacing", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "NumberOfFrames", "RescaleSlope", "RescaleIntercept", "RescaleType", "WindowCenter",
    "WindowWidth", "PixelData", "Units", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
    "PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence", "PixelValueTransformationSequence",
    "FrameContentSequence", "StackID", "InStackPositionNumber", "DimensionIndexValues", "MREchoSequence",
    "EffectiveEchoTime", "MRTimingAndRelatedParametersSequence", "MRReceiveCoilSequence",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One series of a phantom, ready to be kept. `seen` is what its headers say of the scanner."""

    images: tuple[bytes, ...]
    acquired_on: date
    modality: str
    seen: Mapping[str, str]
    content: str


def take(files: Sequence[tuple[str, bytes]]) -> list[Taken]:
    """The series among uploaded files, by day.

    Args:
        files: name and bytes of each; names are never repeated in a message.

    Raises:
        InvalidInput: nothing or too much was sent, a file is no image, says no day, or is of a patient.
    """
    check_size(len(files), sum(len(data) for _, data in files))
    series: dict[str, list[tuple[Dataset, bytes]]] = {}
    for number, (_, data) in enumerate(files, start=1):
        ds = _read(data, number)
        series.setdefault(str(ds.get("SeriesInstanceUID", "")), []).append((ds, data))
    made = [_series(members) for members in series.values()]
    return sorted(made, key=lambda t: (t.acquired_on, t.content))


def check_size(files: int, size: int) -> None:
    """Refuse what is too much before it is read.

    Raises:
        InvalidInput: nothing, or more than `MOST_FILES` files or `MOST_BYTES` bytes.
    """
    if not files:
        raise InvalidInput("Choose the images of the phantom.")
    if files > MOST_FILES or size > MOST_BYTES:
        raise InvalidInput(
            f"{files} files of {size / 2**20:.0f} MB are too many at once. Send at most {MOST_FILES} files "
            f"and {MOST_BYTES // 2**20} MB, one scan of the phantom at a time."
        )


def _read(data: bytes, number: int) -> Dataset:
    try:
        ds = dcmread(BytesIO(pixels.normalised(data)), force=True)
    except InvalidInput as error:
        raise InvalidInput(f"File {number} cannot be used: {error} Nothing was taken.") from None  # fmt: skip
    if not is_phantom(ds):
        raise InvalidInput(
            f"File {number} may be of a patient: neither its patient's name nor its number says that it is a phantom. "
            "Nothing was taken or kept. Register the scan as PHANTOM, or blank both, and send it again."
        )
    return ds


def is_phantom(ds: Dataset) -> bool:
    """Whether name and number say so by a word of `MARKS`, or are both blank with no date of birth."""
    said = f"{ds.get('PatientName', '')} {ds.get('PatientID', '')}".lower()
    words = set(re.split(r"[^a-z]+", said)) - {""}
    if words & MARKS:
        return True
    return not said.strip() and not ds.get("PatientBirthDate")


def _day(ds: Dataset) -> date | None:
    for name in ("AcquisitionDate", "SeriesDate", "ContentDate", "StudyDate"):
        said = str(ds.get(name, "") or "")[:8]
        if re.fullmatch(r"\d{8}", said):
            try:
                return date(int(said[:4]), int(said[4:6]), int(said[6:]))
            except ValueError:
                continue
    return None


def _series(members: Sequence[tuple[Dataset, bytes]]) -> Taken:
    members = sorted(members, key=lambda m: int(m[0].get("InstanceNumber") or 0))
    first = members[0][0]
    day = _day(first)
    if day is None:
        raise InvalidInput("The images do not say on which day they were made; a phantom without a day cannot be charted.")  # fmt: skip
    content = sha256("".join(sorted(sha256(data) for _, data in members)).encode())
    kept = [_kept(ds) for ds, _ in members]
    for number, (ds, whole) in enumerate(zip(kept, members, strict=True), start=1):
        ds.SOPInstanceUID = _uid(f"{content}/{number}")
        ds.SeriesInstanceUID, ds.StudyInstanceUID = _uid(content), _uid(f"{content}/study")  # fmt: skip
        ds.PatientID = ds.PatientName = "PHANTOM"
        if "AcquisitionDate" not in ds:
            ds.AcquisitionDate = f"{day:%Y%m%d}"
        ds.file_meta = whole[0].file_meta
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    facts = dicom.series_facts([(str(n), ds) for n, ds in enumerate(kept)])
    return Taken(
        images=tuple(dicom.write(ds) for ds in kept),
        acquired_on=day,
        modality=str(first.get("Modality", "")),
        seen=scanner_facts(facts),
        content=content,
    )


def _kept(ds: Dataset) -> Dataset:
    """The attributes of `KEPT` alone, inside sequences too; private ones never."""
    made = Dataset()
    for element in ds:
        if element.keyword not in KEPT:
            continue
        if element.VR == "SQ":
            made.add_new(element.tag, "SQ", Items([_kept(item) for item in element.value]))  # fmt: skip
        else:
            made.add(element)
    return made


def _uid(name: str) -> str:
    """A UID made of a hash: the scanner's own would lead back to its archive."""
    return f"2.25.{int(sha256(name.encode())[:30], 16)}"


def by_hand(values: Iterable[tuple[str, Any]]) -> str:
    """The content hash of values that a person entered."""
    return sha256(repr(sorted((n, str(v)) for n, v in values)).encode())
