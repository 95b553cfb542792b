"""Synthetic headers of one exam: small, whole, and easy to break in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from provident.dicom import SeriesFacts, read_header, series_facts


MR = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
PT = "1.2.840.10008.5.1.4.1.1.128"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
US = "1.2.840.10008.5.1.4.1.1.6.1"
CINE = "1.2.840.10008.5.1.4.1.1.3.1"

FACING = {
    "coronal": [1, 0, 0, 0, 0, -1],
    "axial": [1, 0, 0, 0, 1, 0],
    "sagittal": [0, 1, 0, 0, 0, -1],
}
# The direction in which slices follow each other, along the normal.
STEP = {"coronal": (0, 1, 0), "axial": (0, 0, 1), "sagittal": (-1, 0, 0)}
MAKERS = {
    "siemens": ("SIEMENS", "Prisma"),
    "ge": ("GE MEDICAL SYSTEMS", "SIGNA Premier"),
    "philips": ("Philips", "Ingenia"),
    "uih": ("UIH", "uMR 790"),
    "canon": ("Canon", "Vantage"),
}

_count = [0]


def uid() -> str:
    """A fresh UID that is the same in each run's order."""
    _count[0] += 1
    return f"1.2.826.0.1.3680043.10.1.{_count[0]}"


def header(sop_class: str, modality: str, maker: str, study: str) -> Dataset:
    """What every image has."""
    make, model = MAKERS[maker]
    ds = Dataset()
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = uid()
    ds.StudyInstanceUID = study
    ds.Modality = modality
    ds.Manufacturer = make
    ds.ManufacturerModelName = model
    ds.DeviceSerialNumber = "167012"
    ds.StationName = "MR1"
    ds.SoftwareVersions = "XA60"
    ds.AcquisitionDate = "20260302"
    ds.AcquisitionTime = "101500"
    ds.Rows = ds.Columns = 256
    ds.BitsAllocated, ds.BitsStored = 16, 12
    ds.PatientName = "SECRET^NAME"
    return ds


def mr(
    description: str,
    plane: str = "coronal",
    *,
    study: str,
    maker: str = "siemens",
    slices: int = 12,
    spacing: float = 3.2,
    number: int = 1,
    **values: object,
) -> list[Dataset]:
    """One classic MR series; `values` are keywords of DICOM for all its images."""
    ds = header(MR, "MR", maker, study)
    ds.SeriesInstanceUID = uid()
    ds.SeriesDescription = description
    ds.SeriesNumber = number
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    ds.MagneticFieldStrength = 3
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle = 550, 12, 90
    ds.EchoTrainLength, ds.PixelBandwidth = 4, 200
    ds.InPlanePhaseEncodingDirection = "ROW"
    ds.MRAcquisitionType = "2D"
    ds.ReceiveCoilName = "HandWrist_16"
    ds.SliceThickness, ds.SpacingBetweenSlices = 3, spacing
    ds.PixelSpacing = [0.8, 0.8]
    ds.ImageOrientationPatient = FACING[plane]
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    images = []
    for i in range(slices):
        image = Dataset({element.tag: copy(element) for element in ds})
        image.SOPInstanceUID = uid()
        image.InstanceNumber = i + 1
        image.ImagePositionPatient = [round(s * i * spacing, 4) for s in STEP[plane]]
        images.append(image)
    return images


def hands(
    maker: str = "siemens", study: str | None = None, slices: int = 12
) -> dict[str, list[Dataset]]:
    """The hands exam of the example plan, as its manual asks when it has 24 slices."""
    study = study or uid()
    stir_te = 68 if maker == "ge" else 70
    given = {"ContrastBolusAgent": "gadobutrol", "ContrastBolusStartTime": "101100"}
    return {
        "cor_t1": mr("t1_tse_cor", study=study, maker=maker, slices=slices, number=1),
        "cor_stir": mr(
            "stir_cor", study=study, maker=maker, slices=slices, number=2,
            RepetitionTime=4000, EchoTime=stir_te, InversionTime=220,
        ),
        "ax_t1_post": mr("t1_tse_ax_post", "axial", study=study, maker=maker, slices=slices, number=3, **given),
    }  # fmt: skip


def dwi(
    maker: str = "siemens",
    *,
    study: str | None = None,
    shells: Iterable[tuple[int, int]] = ((50, 1), (400, 3), (800, 3)),
) -> list[Dataset]:
    """A diffusion series with so many volumes a shell, its b-values in the maker's own elements."""
    volumes = [b for b, n in shells for _ in range(n)]
    images = []
    series, study = uid(), study or uid()
    for v, b in enumerate(volumes):
        for one in mr("dwi_cor", study=study, maker=maker, slices=6, number=4,
                      RepetitionTime=3000, EchoTime=70):  # fmt: skip
            one.SeriesInstanceUID = series
            one.InstanceNumber = len(images) + 1
            one.AcquisitionTime = f"10{15 + v // 60:02}{v % 60:02}"
            weight(one, maker, b, v)
            images.append(one)
    return images


def towards(b: int, v: int) -> tuple[float, float, float]:
    """The gradient's direction of one volume; none without weighting."""
    return (1.0, float(v), 0.0) if b else (0.0, 0.0, 0.0)


def weight(ds: Dataset, maker: str, b: int, v: int) -> None:
    """Write a b-value where this maker writes it."""
    if maker == "siemens":
        block = ds.private_block(0x19, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0C, "IS", str(b))
        if b:
            block.add_new(0x0E, "FD", list(towards(b, v)))
    elif maker == "ge":
        ds.private_block(0x43, "GEMS_PARM_01", create=True).add_new(
            0x39, "IS", [1000000000 + b, 8, 0, 0]
        )
        block = ds.private_block(0x19, "GEMS_ACQU_01", create=True)
        for offset, part in zip((0xBB, 0xBC, 0xBD), towards(b, v), strict=True):
            block.add_new(offset, "DS", part)
    elif maker == "philips":
        ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(
            0x03, "FL", float(b)
        )
        block = ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
        for offset, part in zip((0xB0, 0xB1, 0xB2), towards(b, v), strict=True):
            block.add_new(offset, "FL", part)
    elif maker == "uih":
        block = ds.private_block(0x65, "Image Private Header", create=True)
        block.add_new(0x09, "FD", float(b))
        block.add_new(0x37, "FD", list(towards(b, v)))
    elif maker == "canon":
        x, y, z = towards(b, v)
        ds.ImageComments = f"b={b}({x:.3f},{y:.3f},{z:.3f})"
    else:
        ds.DiffusionBValue = float(b)


def enhanced(
    images: list[Dataset], *, change: Callable[[Dataset, int], None] | None = None
) -> list[Dataset]:
    """A classic MR series as one enhanced multi-frame instance (PS3.3 A.36)."""
    first = images[0]
    ds = header(ENHANCED_MR, "MR", "siemens", first.StudyInstanceUID)
    for keyword in (
        "Manufacturer", "ManufacturerModelName", "SeriesInstanceUID", "SeriesDescription",
        "SeriesNumber", "ImageType", "MagneticFieldStrength",
    ):  # fmt: skip
        setattr(ds, keyword, first.get(keyword))
    ds.NumberOfFrames = len(images)
    ds.ContentDate, ds.ContentTime = "20260302", "101500"
    ds.SharedFunctionalGroupsSequence = Sequence([_shared(first)])
    ds.PerFrameFunctionalGroupsSequence = Sequence(
        [_frame(i, n) for n, i in enumerate(images)]
    )
    if change is not None:
        for n, frame in enumerate(ds.PerFrameFunctionalGroupsSequence):
            change(frame, n)
    return [ds]


def _item(**values: object) -> Sequence:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return Sequence([ds])


def _shared(first: Dataset) -> Dataset:
    shared = Dataset()
    shared.MRTimingAndRelatedParametersSequence = _item(
        RepetitionTime=first.RepetitionTime,
        FlipAngle=first.FlipAngle,
        EchoTrainLength=first.EchoTrainLength,
    )
    shared.PixelMeasuresSequence = _item(
        PixelSpacing=first.PixelSpacing, SliceThickness=first.SliceThickness
    )
    shared.PlaneOrientationSequence = _item(
        ImageOrientationPatient=first.ImageOrientationPatient
    )
    shared.MRReceiveCoilSequence = _item(ReceiveCoilName=first.ReceiveCoilName)
    shared.MRImagingModifierSequence = _item(PixelBandwidth=first.PixelBandwidth)
    if first.get("InversionTime"):
        shared.MRModifierSequence = _item(InversionTimes=float(first.InversionTime))
    return shared


def _frame(image: Dataset, number: int) -> Dataset:
    frame = Dataset()
    frame.PlanePositionSequence = _item(ImagePositionPatient=image.ImagePositionPatient)
    frame.MREchoSequence = _item(EffectiveEchoTime=float(image.EchoTime))
    frame.FrameContentSequence = _item(
        FrameAcquisitionDateTime=f"20260302{image.AcquisitionTime}",
        InStackPositionNumber=number + 1,
    )
    if image.get("DiffusionBValue") is not None:
        frame.MRDiffusionSequence = _item(DiffusionBValue=float(image.DiffusionBValue))
    return frame


def ct(study: str | None = None, slices: int = 20) -> list[Dataset]:
    """A CT series of a chest."""
    series, images, study = uid(), [], study or uid()
    for i in range(slices):
        ds = header(CT, "CT", "ge", study)
        ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = series, 2, i + 1
        ds.SeriesDescription = "chest thin"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime, ds.Exposure = 120, 200, 500, 100
        ds.ConvolutionKernel, ds.CTDIvol = "STANDARD", 6.5
        ds.SliceThickness, ds.PixelSpacing = 1.25, [0.7, 0.7]
        ds.ImageOrientationPatient = FACING["axial"]
        ds.ImagePositionPatient = [-180, -180, i * 1.25]
        images.append(ds)
    return images


def pet(study: str | None = None, slices: int = 10) -> list[Dataset]:
    """A PET series."""
    series, images, study = uid(), [], study or uid()
    for i in range(slices):
        ds = header(PT, "PT", "siemens", study)
        ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = series, 3, i + 1
        ds.SeriesDescription = "PET WB"
        ds.SeriesDate, ds.SeriesTime = "20260302", "101500"
        ds.Units, ds.CorrectedImage, ds.DecayCorrection = (
            "BQML",
            ["ATTN", "DECY"],
            "START",
        )
        ds.SliceThickness, ds.PixelSpacing = 3, [4, 4]
        ds.PatientWeight = 70
        ds.ImageOrientationPatient = FACING["axial"]
        ds.ImagePositionPatient = [-400, -400, i * 3]
        ds.RadiopharmaceuticalInformationSequence = _item(
            Radiopharmaceutical="FDG",
            RadiopharmaceuticalStartTime="091500",
            RadionuclideTotalDose=250e6,
            RadionuclideHalfLife=6586.2,
        )
        images.append(ds)
    return images


def radiograph(study: str | None = None, **values: object) -> list[Dataset]:
    """A digital radiograph of both hands."""
    ds = header(DX, "DX", "philips", study or uid())
    ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = uid(), 1, 1
    ds.SeriesDescription, ds.ViewPosition = "Hands PA", "PA"
    ds.ImageLaterality = "B"
    ds.ImagerPixelSpacing = [0.143, 0.143]
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime = 55, 200, 20
    ds.ImageAndFluoroscopyAreaDoseProduct = 0.15
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return [ds]


def clip(study: str | None = None, frames: int = 60) -> list[Dataset]:
    """An ultrasound clip, or a still with one frame."""
    ds = header(CINE if frames > 1 else US, "US", "ge", study or uid())
    ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = uid(), 1, 1
    ds.SeriesDescription = "joint"
    if frames > 1:
        ds.NumberOfFrames, ds.FrameTime = frames, 33.3
    region = Dataset()
    region.RegionDataType, region.PhysicalDeltaX, region.PhysicalDeltaY = 1, 0.01, 0.01
    region.TransducerFrequency = 12000
    ds.SequenceOfUltrasoundRegions = Sequence([region])
    return [ds]


def stored(ds: Dataset) -> bytes:
    """The header as a file's bytes, not validated: faults must be writable."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta = meta
    out = BytesIO()
    dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def facts(*series: list[Dataset]) -> list[SeriesFacts]:
    """The facts of these series, from the headers as they are made."""
    return series_facts(("", image) for one in series for image in one)


def arrived(*series: list[Dataset]) -> list[SeriesFacts]:
    """The facts of these series by way of bytes, as they would arrive."""
    headers = (
        (str(n), read_header(stored(ds)))
        for n, ds in enumerate(i for s in series for i in s)
    )
    return series_facts(headers)
