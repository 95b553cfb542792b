"""The copy of an image that a reader's browser gets: pixels, geometry and display, nothing else.

Only tags on the lists below are copied, so what nobody thought of is not there. Identity, site, dates, order,
scanner and protocol are on no list. UIDs are fresh for each case. Pixels are decoded and verified on arrival
(explicit little endian), never the vendor's stream, since browsers' decoders disagree with pydicom on some.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from provident import dicom


if TYPE_CHECKING:
    from pydicom import Dataset

# Image Pixel, Image Plane, Modality and VOI LUT, Multi-frame, Cine (PS3.3 C.7.6, C.11).
COPIED = (
    "SOPClassUID", "Modality", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "Rows",
    "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelAspectRatio",
    "SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue", "PixelSpacing", "ImagerPixelSpacing",
    "EstimatedRadiographicMagnificationFactor", "ImageOrientationPatient", "ImagePositionPatient", "SliceThickness",
    "SpacingBetweenSlices", "RescaleIntercept", "RescaleSlope", "RescaleType", "WindowCenter", "WindowWidth",
    "VOILUTFunction", "PresentationLUTShape", "NumberOfFrames", "FrameIncrementPointer", "FrameTime",
    "RecommendedDisplayFrameRate", "CineRate", "PatientOrientation", "Laterality", "ImageLaterality", "ViewPosition",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "PixelData",
)  # fmt: skip
# Of an ultrasound region only where it lies and its scale (PS3.3 C.8.5.5).
REGION = (
    "RegionSpatialFormat", "RegionDataType", "RegionFlags", "RegionLocationMinX0", "RegionLocationMinY0",
    "RegionLocationMaxX1", "RegionLocationMaxY1", "PhysicalUnitsXDirection", "PhysicalUnitsYDirection",
    "PhysicalDeltaX", "PhysicalDeltaY", "ReferencePixelX0", "ReferencePixelY0",
)  # fmt: skip
# Of the functional groups of an enhanced image only geometry and display (PS3.3 C.7.6.16).
GROUPS = {
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness", "SpacingBetweenSlices"),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction"),
    "PixelValueTransformationSequence": (
        "RescaleIntercept",
        "RescaleSlope",
        "RescaleType",
    ),
    "FrameAnatomySequence": ("FrameLaterality",),
}


def opaque(key: bytes, *parts: str) -> str:
    """A name that tells nothing: 32 hexadecimal digits of HMAC-SHA256 over the parts."""
    return hmac.new(key, "\0".join(parts).encode(), sha256).hexdigest()[:32]


def _uid(key: bytes, *parts: str) -> str:
    return f"2.25.{int(opaque(key, *parts), 16)}"


def _some(source: Dataset, names: tuple[str, ...]) -> Dataset:
    from pydicom import Dataset

    made = Dataset()
    for name in names:
        if name in source:
            made[name] = source[name]
    return made


def _group(source: Dataset) -> Dataset:
    from pydicom import Dataset

    made = Dataset()
    for name, kept in GROUPS.items():
        if name in source:
            setattr(made, name, [_some(item, kept) for item in source[name].value])
    return made


# How the quantities are written as units (UCUM).
_UCUM = {"SUV": "g/ml{SUVbw}", "mm2/s": "mm2/s"}


def _meaning(source: Dataset) -> Dataset | None:
    """SUV or ADC as a mapping of the stored values (PS3.3 C.7.6.16.2.11), so that weight and dose need not be copied."""
    from pydicom import Dataset

    from provident.dicom.pixel_meaning import meaning, rescale

    known = meaning(source)
    if known is None or int(source.get("NumberOfFrames") or 1) > 1:
        return None
    slope, intercept = rescale(source)
    signed = bool(source.get("PixelRepresentation"))
    top = 2 ** int(source.get("BitsStored") or 16)
    unit = Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator = _UCUM[known.unit], "UCUM"
    unit.CodeMeaning = known.unit
    made = Dataset()
    made.LUTExplanation, made.LUTLabel = known.of.upper(), known.of.upper()
    made.MeasurementUnitsCodeSequence = [unit]
    made.RealWorldValueSlope = known.factor * slope
    made.RealWorldValueIntercept = known.factor * intercept
    first = -(top // 2) if signed else 0
    kind = "SS" if signed else "US"
    made.add_new("RealWorldValueFirstValueMapped", kind, first)
    made.add_new("RealWorldValueLastValueMapped", kind, first + top - 1)
    return made


def reading_copy(data: bytes, *, key: bytes, case: str, number: int) -> bytes:
    """One image as a reader may have it.

    Args:
        data: the stored, de-identified DICOM file.
        key: the platform's secret for reading copies; the case's UIDs are made with it.
        case: what tells this case from every other, so that no UID is the same in two cases.
        number: the image's place in its series, from 1; it replaces InstanceNumber.

    Raises:
        InvalidInput: the pixels cannot be decoded or are not those that the header says.
    """
    import io

    from pydicom import dcmread
    from pydicom.dataset import FileMetaDataset

    from provident.dicom import pixels

    source = dcmread(io.BytesIO(pixels.normalised(data)))
    made = _some(source, COPIED)
    regions = source.get("SequenceOfUltrasoundRegions") or []
    if regions:
        made.SequenceOfUltrasoundRegions = [_some(region, REGION) for region in regions]
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        if name in source:
            setattr(made, name, [_group(item) for item in source[name].value])
    made.SOPInstanceUID = _uid(key, case, str(source.SOPInstanceUID))
    made.SeriesInstanceUID = _uid(key, case, str(source.SeriesInstanceUID))
    made.StudyInstanceUID = _uid(key, case)
    known = _meaning(source)
    if known is not None:
        made.RealWorldValueMappingSequence = [known]
    if "FrameOfReferenceUID" in source:
        made.FrameOfReferenceUID = _uid(key, case, str(source.FrameOfReferenceUID))
    made.InstanceNumber = number
    made.file_meta = FileMetaDataset()
    return dicom.write(made)
