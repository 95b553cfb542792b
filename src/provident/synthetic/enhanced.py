"""The same MR exam as Enhanced MR: one multi-frame object for each series."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedMRImageStorage, MRImageStorage

from provident.synthetic.exam import Exam, add_file_meta, uid
from provident.synthetic.headers import set_all


# Attributes of the classic object that the multi-frame one keeps at its top level or not at all.
_PER_FRAME = (
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SpacingBetweenSlices", "ImageLaterality", "SliceThickness", "SliceLocation",
    "WindowCenter", "WindowWidth", "ImageType", "RepetitionTime", "EchoTime", "InversionTime", "FlipAngle",
    "EchoTrainLength", "ReceiveCoilName", "TransmitCoilName", "ScanningSequence", "SequenceVariant", "ScanOptions",
    "MRAcquisitionType", "SequenceName", "AngioFlag", "NumberOfAverages", "ImagingFrequency", "ImagedNucleus",
    "EchoNumbers", "PercentSampling", "PercentPhaseFieldOfView", "PixelBandwidth", "AcquisitionMatrix",
    "InPlanePhaseEncodingDirection", "SAR", "AcquisitionDate", "AcquisitionTime", "BodyPartExamined",
    "ContrastBolusAgent", "ContrastBolusRoute", "ContrastBolusVolume", "ContrastBolusStartTime",
    "ContrastBolusTotalDose", "ContrastBolusIngredient", "ContrastBolusIngredientConcentration",
)  # fmt: skip


def enhanced(exam: Exam, rng: np.random.Generator) -> Exam:
    """The exam with each MR series as one Enhanced MR object (PS3.3 A.36); others stay as they are."""
    made: list[Dataset] = []
    for series in exam.series.values():
        classic = series[0].SOPClassUID == MRImageStorage
        made += [_merge(series, rng)] if classic else series
    return Exam(tuple(made), exam.truncated)


def _item(**values: object) -> Items:
    dataset = Dataset()
    set_all(dataset, values)
    return Items([dataset])


def _merge(frames: Sequence[Dataset], rng: np.random.Generator) -> Dataset:
    first = frames[0]
    ds = Dataset()
    for element in first:
        if (
            element.keyword not in (*_PER_FRAME, "PixelData")
            and not element.tag.is_private
        ):
            ds.add(copy(element))  # an element belongs to one dataset
    moment = f"{first.AcquisitionDate}{first.AcquisitionTime}"
    set_all(
        ds,
        {
            "SOPClassUID": EnhancedMRImageStorage,
            "SOPInstanceUID": uid(rng),
            "ImageType": ["ORIGINAL", "PRIMARY", "M", "NONE"],
            "InstanceNumber": 1,
            "AcquisitionNumber": 1,
            "AcquisitionDateTime": moment,
            "AcquisitionDuration": 270.0,
            "PixelPresentation": "MONOCHROME",
            "VolumetricProperties": "VOLUME",
            "VolumeBasedCalculationTechnique": "NONE",
            "ComplexImageComponent": "MAGNITUDE",
            "AcquisitionContrast": "STIR" if "InversionTime" in first else "T1",
            "ResonantNucleus": "1H",
            "ContentQualification": "RESEARCH",
            "KSpaceFiltering": "NONE",
            "ApplicableSafetyStandardAgency": "IEC",
            **_pulse_sequence(first),
            "PresentationLUTShape": "IDENTITY",
            "LossyImageCompression": "00",
            "BurnedInAnnotation": "NO",
            "NumberOfFrames": len(frames),
            "AcquisitionContextSequence": Items([]),
        },
    )
    _contrast(ds, first)
    _dimensions(ds, rng)
    ds.SharedFunctionalGroupsSequence = Items([_shared(first)])
    ds.PerFrameFunctionalGroupsSequence = Items(
        [_per_frame(frame, n) for n, frame in enumerate(frames, start=1)]
    )
    pixels = b"".join(frame.PixelData for frame in frames)
    ds.add(DataElement(first["PixelData"].tag, "OW", pixels))
    meta = first.file_meta
    add_file_meta(ds, implicit=meta.TransferSyntaxUID.is_implicit_VR, version=str(meta.ImplementationVersionName))  # fmt: skip
    return ds


def _pulse_sequence(first: Dataset) -> dict[str, object]:
    """MR Pulse Sequence module (PS3.3 C.8.13.4) of a turbo spin echo."""
    off = dict.fromkeys(
        ("MultiPlanarExcitation", "PhaseContrast", "TimeOfFlightContrast", "EchoPlanarPulseSequence", "SaturationRecovery"),
        "NO",
    )  # fmt: skip
    return {
        **off,
        "PulseSequenceName": first.SequenceName,
        "MRAcquisitionType": "2D",
        "EchoPulseSequence": "SPIN",
        "MultipleSpinEcho": "YES",
        "SteadyStatePulseSequence": "NONE",
        "SpectrallySelectedSuppression": _suppression(first),
        "OversamplingPhase": "NONE",
        "GeometryOfKSpaceTraversal": "RECTILINEAR",
        "RectilinearPhaseEncodeReordering": "LINEAR",
        "SegmentedKSpaceTraversal": "PARTIAL",
        "NumberOfKSpaceTrajectories": 1,
    }


def _suppression(first: Dataset) -> str:
    return "FAT" if "FS" in (first.ScanOptions or "") else "NONE"


def _contrast(ds: Dataset, first: Dataset) -> None:
    """Enhanced Contrast/Bolus module (PS3.3 C.7.6.4b)."""
    if "ContrastBolusAgent" not in first:
        return
    agent = Dataset()
    set_all(
        agent,
        {
            "CodeValue": "767270007",
            "CodingSchemeDesignator": "SCT",
            "CodeMeaning": "Gadobutrol",
            "ContrastBolusAgentNumber": 1,
            "ContrastBolusVolume": first.ContrastBolusVolume,
            "ContrastBolusIngredientConcentration": first.ContrastBolusIngredientConcentration,
            "ContrastBolusIngredientCodeSequence": _item(
                CodeValue="45215000",
                CodingSchemeDesignator="SCT",
                CodeMeaning="Gadolinium",
            ),
            "ContrastBolusAdministrationRouteSequence": _item(
                CodeValue="47625008",
                CodingSchemeDesignator="SCT",
                CodeMeaning="Intravenous route",
            ),
            "ContrastAdministrationProfileSequence": _item(
                ContrastBolusVolume=first.ContrastBolusVolume,
                ContrastBolusStartTime=first.ContrastBolusStartTime,
            ),
        },
    )
    ds.ContrastBolusAgentSequence = Items([agent])


def _dimensions(ds: Dataset, rng: np.random.Generator) -> None:
    """Frames are ordered by stack and by position in it (PS3.3 C.7.6.17)."""
    organization = uid(rng)
    ds.DimensionOrganizationSequence = _item(DimensionOrganizationUID=organization)
    content = 0x00209111
    ds.DimensionIndexSequence = Items(
        [
            _item(
                DimensionOrganizationUID=organization,
                DimensionIndexPointer=pointer,
                FunctionalGroupPointer=content,
            )[0]
            for pointer in (0x00209056, 0x00209057)
        ]
    )


def _shared(first: Dataset) -> Dataset:
    """What all frames have in common."""
    shared = Dataset()
    set_all(
        shared,
        {
            "PixelMeasuresSequence": _item(
                PixelSpacing=first.PixelSpacing,
                SliceThickness=first.SliceThickness,
                SpacingBetweenSlices=first.SpacingBetweenSlices,
            ),
            "PlaneOrientationSequence": _item(
                ImageOrientationPatient=first.ImageOrientationPatient
            ),
            "MRTimingAndRelatedParametersSequence": _item(
                RepetitionTime=first.RepetitionTime,
                FlipAngle=first.FlipAngle,
                EchoTrainLength=first.EchoTrainLength,
                RFEchoTrainLength=int(first.EchoTrainLength),
                GradientEchoTrainLength=0,
                OperatingModeSequence=_item(
                    OperatingModeType="STATIC FIELD", OperatingMode="IEC_NORMAL"
                ),
                SpecificAbsorptionRateSequence=_item(
                    SpecificAbsorptionRateDefinition="IEC_WHOLE_BODY",
                    SpecificAbsorptionRateValue=float(first.SAR),
                ),
            ),
            "MREchoSequence": _item(EffectiveEchoTime=float(first.EchoTime)),
            "MRModifierSequence": _modifier(first),
            "MRFOVGeometrySequence": _item(
                InPlanePhaseEncodingDirection="COLUMN",
                MRAcquisitionFrequencyEncodingSteps=int(first.AcquisitionMatrix[1]),
                MRAcquisitionPhaseEncodingStepsInPlane=int(first.AcquisitionMatrix[2]),
                PercentSampling=first.PercentSampling,
                PercentPhaseFieldOfView=first.PercentPhaseFieldOfView,
            ),
            "MRImagingModifierSequence": _item(
                MagnetizationTransfer="NONE",
                BloodSignalNulling="NO",
                Tagging="NONE",
                TransmitterFrequency=float(first.ImagingFrequency),
                PixelBandwidth=first.PixelBandwidth,
            ),
            "MRAveragesSequence": _item(NumberOfAverages=first.NumberOfAverages),
            "MRTransmitCoilSequence": _item(
                TransmitCoilName=first.TransmitCoilName,
                TransmitCoilManufacturerName=first.Manufacturer,
                TransmitCoilType="BODY",
            ),
            "ContrastBolusUsageSequence": None
            if "ContrastBolusAgent" not in first
            else _item(
                ContrastBolusAgentNumber=1,
                ContrastBolusAgentAdministered="YES",
                ContrastBolusAgentDetected="YES",
            ),
            "MRReceiveCoilSequence": _item(
                ReceiveCoilName=first.ReceiveCoilName,
                ReceiveCoilManufacturerName=first.Manufacturer,
                ReceiveCoilType="MULTICOIL",
                QuadratureReceiveCoil="NO",
                MultiCoilDefinitionSequence=_item(
                    MultiCoilElementName="HW1-16", MultiCoilElementUsed="YES"
                ),
            ),
            "FrameAnatomySequence": _item(
                FrameLaterality="B",
                AnatomicRegionSequence=_item(
                    CodeValue="85562004",
                    CodingSchemeDesignator="SCT",
                    CodeMeaning="Hand",
                ),
            ),
            "FrameVOILUTSequence": _item(
                WindowCenter=first.WindowCenter, WindowWidth=first.WindowWidth
            ),
            "PixelValueTransformationSequence": _item(
                RescaleIntercept="0", RescaleSlope="1", RescaleType="US"
            ),
        },
    )
    return shared


def _modifier(first: Dataset) -> Items:
    """MR Modifier macro (PS3.3 C.8.13.5.5)."""
    inverted = "InversionTime" in first
    return _item(
        InversionRecovery="YES" if inverted else "NO",
        InversionTimes=float(first.InversionTime) if inverted else None,
        FlowCompensation="NONE",
        FlowCompensationDirection=None,
        Spoiling="NONE",
        T2Preparation="NO",
        SpectrallySelectedExcitation="NONE",
        SpatialPresaturation="NONE",
        PartialFourier="NO",
        ParallelAcquisition="NO",
    )


def _per_frame(frame: Dataset, number: int) -> Dataset:
    group = Dataset()
    moment = f"{frame.AcquisitionDate}{frame.AcquisitionTime}"
    set_all(
        group,
        {
            "FrameContentSequence": _item(
                FrameAcquisitionNumber=1,
                FrameAcquisitionDateTime=moment,
                FrameReferenceDateTime=moment,
                FrameAcquisitionDuration=270_000.0,
                DimensionIndexValues=[1, number],
                StackID="1",
                InStackPositionNumber=number,
            ),
            "PlanePositionSequence": _item(
                ImagePositionPatient=frame.ImagePositionPatient
            ),
            "MRImageFrameTypeSequence": _item(
                FrameType=["ORIGINAL", "PRIMARY", "M", "NONE"],
                PixelPresentation="MONOCHROME",
                VolumetricProperties="VOLUME",
                VolumeBasedCalculationTechnique="NONE",
                ComplexImageComponent="MAGNITUDE",
                AcquisitionContrast="STIR" if "InversionTime" in frame else "T1",
            ),
        },
    )
    return group
