"""A third set of exams: enhanced ones with private frames, dynamics, several phases and views, over more makers."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.dicom import FACT_TAGS, read_header, series_facts
from tests.spec.acquisition import more_scans, scans


def item(**v):
    d = Dataset()
    for k, x in v.items():
        setattr(d, k, x)
    return Sequence([d])


def arrived(exam):
    """The facts of an exam by way of bytes, read as they are at arrival."""
    images = [image for series in exam.values() for image in series]
    return series_facts(
        (str(n), read_header(scans.stored(ds), only=FACT_TAGS))
        for n, ds in enumerate(images)
    )


COMMON = {
    "BodyPartExamined": "BRAIN",
    "PatientPosition": "HFS",
    "ImagedNucleus": "1H",
    "ScanningSequence": "SE",
    "SequenceVariant": "SK",
    "NumberOfAverages": 1,
    "PercentSampling": 100,
    "PercentPhaseFieldOfView": 100,
    "NumberOfPhaseEncodingSteps": 256,
    "ImagingFrequency": 123.2,
    "PhotometricInterpretation": "MONOCHROME2",
    "ProtocolName": "p",
    "StudyDate": "20260302",
    "StudyTime": "100000",
}


def xa():
    """Siemens XA enhanced: T2 axial, private per frame"""
    study = scans.uid()
    imgs = scans.mr(
        "t2_tse_ax",
        "axial",
        study=study,
        slices=20,
        spacing=4.4,
        SliceThickness=4,
        RepetitionTime=4500,
        EchoTime=98,
        FlipAngle=150,
    )
    (ds,) = scans.enhanced(imgs)
    sh = ds.SharedFunctionalGroupsSequence[0]
    sh.MRFOVGeometrySequence = item(
        InPlanePhaseEncodingDirection="ROW",
        MRAcquisitionPhaseEncodingStepsInPlane=256,
        PercentSampling=100,
        PercentPhaseFieldOfView=100,
    )
    sh.MRModifierSequence = item(
        ParallelAcquisition="YES",
        ParallelReductionFactorInPlane=2.0,
        SpectrallySelectedSuppression="NONE",
    )
    sh.FrameAnatomySequence = Sequence([Dataset()])
    sh.FrameAnatomySequence[0].FrameLaterality = "U"
    sh.FrameAnatomySequence[0].AnatomicRegionSequence = item(
        CodeMeaning="Brain", CodeValue="x", CodingSchemeDesignator="SCT"
    )
    ds.PatientPosition = "HFS"
    ds.PulseSequenceName = "*tse2d1_18"
    ds.AcquisitionDuration = 130.0
    for f in ds.PerFrameFunctionalGroupsSequence:
        priv = Dataset()
        b = priv.private_block(0x21, "SIEMENS MR SDI 02", create=True)
        b.add_new(0x1C, "IS", "1")
        b.add_new(0x4F, "LO", "HE1-4")
        bb = f.private_block(0x21, "SIEMENS MR SDI 02", create=True)
        bb.add_new(0xFE, "SQ", Sequence([priv]))
    return {"t2": [ds]}


def ge():
    study = scans.uid()
    t1 = scans.mr(
        "SAG T1 FLAIR",
        "sagittal",
        study=study,
        maker="ge",
        slices=24,
        spacing=5,
        SliceThickness=4,
        RepetitionTime=2400,
        EchoTime=12,
        InversionTime=900,
        ScanOptions=["FAST_GEMS", "FS"],
        AcquisitionTime="100100",
        **{**COMMON, "ScanningSequence": ["SE", "IR"]},
    )
    dti = scans.dwi("ge", study=study, shells=((0, 2), (1000, 6)))
    for im in dti:
        for k, v in COMMON.items():
            setattr(im, k, v)
    for images, name in ((t1, "memp"), (dti, "epi2")):
        for im in images:
            im.private_block(0x19, "GEMS_ACQU_01", create=True).add_new(
                0x9C, "LO", name
            )
            b = im.private_block(0x43, "GEMS_PARM_01", create=True)
            b.add_new(0x83, "DS", ["0.5", "1"])
            b.add_new(0x81, "LO", "32Ch Head")
            im.ReceiveCoilName = "HEAD"
    return {"t1": t1, "dti": dti}


def dce():
    """Philips dynamic after contrast"""
    study = scans.uid()
    series = scans.uid()
    imgs = []
    for t in range(5):
        for im in scans.mr(
            "dyn_t1_thrive",
            "axial",
            study=study,
            maker="philips",
            slices=8,
            spacing=2.5,
            number=5,
            SliceThickness=5,
            RepetitionTime=4.2,
            EchoTime=1.9,
            FlipAngle=10,
            MRAcquisitionType="3D",
            ContrastBolusAgent="gadobutrol",
            ContrastBolusStartTime="101410",
            ContrastBolusVolume=7,
            ScanOptions="SPAIR",
            NumberOfTemporalPositions=5,
            TemporalResolution=12,
            **COMMON,
        ):
            im.SeriesInstanceUID = series
            im.TemporalPositionIdentifier = t + 1
            im.AcquisitionTime = f"10{15 + t * 12 // 60:02}{t * 12 % 60:02}"
            im.InstanceNumber = len(imgs) + 1
            im.ParallelReductionFactorInPlane = 1.8
            b = im.private_block(0x2001, "Philips Imaging DD 001", create=True)
            b.add_new(0x18, "SL", 8)
            q = Dataset()
            q.ParallelReductionFactorInPlane = 1.8
            q.PulseSequenceName = "T1TFE"
            im.private_block(0x2005, "Philips MR Imaging DD 005", create=True).add_new(
                0x0F, "SQ", Sequence([q])
            )
            imgs.append(im)
    return {"dyn": imgs}


def dwi(m):
    def make():
        e = {"dwi": scans.dwi(m, shells=((0, 2), (800, 6)))}
        for im in e["dwi"]:
            for k, v in COMMON.items():
                setattr(im, k, v)
        return e

    return make


def ct():
    study = scans.uid()
    out = {}
    for name, desc, start in (
        ("art", "liver arterial", "101430"),
        ("pv", "liver portal", "101355"),
    ):
        imgs = scans.ct(study=study, slices=30)
        u = scans.uid()
        for i in imgs:
            i.SeriesInstanceUID = u
            i.SeriesDescription = desc
            i.SeriesNumber = 2 if name == "art" else 3
            i.Manufacturer, i.ManufacturerModelName = "SIEMENS", "SOMATOM Force"
            i.ConvolutionKernel = ["Br40d", "3"]
            i.SpiralPitchFactor = 0.6
            i.TotalCollimationWidth = 57.6
            i.RevolutionTime = 0.5
            i.GantryDetectorTilt = 0
            i.ReconstructionDiameter = 380
            i.PatientPosition = "FFS"
            i.BodyPartExamined = "ABDOMEN"
            i.ContrastBolusAgent = "iohexol"
            i.ContrastBolusVolume = 100
            i.ContrastBolusStartTime = start
            i.AcquisitionTime = "101500"
            i.RescaleIntercept, i.RescaleSlope, i.RescaleType = -1024, 1, "HU"
            i.FilterType = "FLAT"
            i.PhotometricInterpretation = "MONOCHROME2"
            i.ContrastFlowRate = 4
            i.TableSpeed = 30
        out[name] = imgs
    return out


def ect():
    """Enhanced CT"""
    imgs = ct()["pv"]
    f = imgs[0]
    ds = scans.header("1.2.840.10008.5.1.4.1.1.2.1", "CT", "canon", f.StudyInstanceUID)
    ds.SeriesInstanceUID = scans.uid()
    ds.SeriesDescription = "aquilion portal"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.NumberOfFrames = len(imgs)
    ds.PatientPosition = "FFS"
    ds.BodyPartExamined = "ABDOMEN"
    sh = Dataset()
    sh.PixelMeasuresSequence = item(PixelSpacing=[0.7, 0.7], SliceThickness=1.25)
    sh.PlaneOrientationSequence = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    sh.CTReconstructionSequence = item(
        ConvolutionKernel="FC18",
        ReconstructionAlgorithm="ITERATIVE",
        ReconstructionDiameter=350,
    )
    sh.CTXRayDetailsSequence = item(KVP=120, FilterType="LARGE")
    sh.CTAcquisitionDetailsSequence = item(
        RevolutionTime=0.5,
        TotalCollimationWidth=80,
        GantryDetectorTilt=0,
        SpiralPitchFactor=0.8,
    )
    ds.SharedFunctionalGroupsSequence = Sequence([sh])
    fr = []
    for i in imgs:
        d = Dataset()
        d.PlanePositionSequence = item(ImagePositionPatient=i.ImagePositionPatient)
        d.CTExposureSequence = item(
            ExposureTimeInms=500.0,
            XRayTubeCurrentInmA=200.0,
            ExposureInmAs=100.0,
            CTDIvol=7.5,
        )
        d.FrameContentSequence = item(FrameAcquisitionDateTime="20260302101500")
        fr.append(d)
    ds.PerFrameFunctionalGroupsSequence = Sequence(fr)
    return {"pv": [ds]}


def pet():
    imgs = scans.pet(slices=20)
    for i in imgs:
        i.Manufacturer, i.ManufacturerModelName = "GE MEDICAL SYSTEMS", "Discovery MI"
        i.ScatterCorrectionMethod = "Model"
        i.AttenuationCorrectionMethod = "CTAC"
        i.ReconstructionMethod = "VPFXS"
        i.ActualFrameDuration = 120000
        i.RandomsCorrectionMethod = "DLYD"
        i.PatientPosition = "HFS"
        i.BodyPartExamined = "WHOLEBODY"
        i.AcquisitionTime = "101500"
        i.ConvolutionKernel = "5mm"
        i.NumberOfSlices = 20
        i.RescaleSlope = 1.2
        i.RescaleIntercept = 0
        i.CorrectedImage = ["DECY", "ATTN", "SCAT", "RAN", "NORM"]
        i.RadiopharmaceuticalInformationSequence[0].RadionuclideCodeSequence = item(
            CodeMeaning="^18^Fluorine",
            CodeValue="C-111A1",
            CodingSchemeDesignator="SRT",
        )
    return {"pet": imgs}


def us():
    (ds,) = scans.clip()
    ds.Manufacturer, ds.ManufacturerModelName = "Philips Medical Systems", "EPIQ 7"
    ds.DepthOfScanField, ds.MechanicalIndex, ds.SoftTissueThermalIndex = 90, 1.0, 0.5
    ds.TransducerType = "LINEAR"
    ds.BodyPartExamined = "THYROID"
    ds.Laterality = "L"
    r = ds.SequenceOfUltrasoundRegions[0]
    r.PhysicalUnitsXDirection = 3
    r.PhysicalUnitsYDirection = 3
    r.RegionSpatialFormat = 1
    ds.PhotometricInterpretation = "RGB"
    return {"clip": [ds]}


def dx():
    def one(lat, view, desc):
        ims = scans.radiograph(
            ImageLaterality=lat,
            ViewPosition=view,
            SeriesDescription=desc,
            DistanceSourceToDetector=1150,
            Grid=["FOCUSED", "RECIPROCATING"],
            ExposureIndex=400,
            DeviationIndex=0.1,
            BodyPartExamined="KNEE",
            FilterType="NONE",
            PhotometricInterpretation="MONOCHROME2",
            BurnedInAnnotation="NO",
            PatientOrientation=["L", "F"],
        )
        for i in ims:
            i.Manufacturer, i.ManufacturerModelName = "FUJIFILM Corporation", "FDR"
            i.StudyInstanceUID = study
        return ims

    study = scans.uid()
    return {"pa": one("L", "AP", "knee ap"), "lat": one("L", "LL", "knee lat")}


def mg():
    out = {}
    study = scans.uid()
    for lat in "LR":
        for view in ("CC", "MLO"):
            ds = scans.header(more_scans.MG, "MG", "ge", study)
            ds.Manufacturer, ds.ManufacturerModelName = "HOLOGIC, Inc.", "Selenia"
            ds.SeriesInstanceUID, ds.SeriesNumber, ds.InstanceNumber = scans.uid(), 1, 1
            ds.SeriesDescription, ds.ViewPosition, ds.ImageLaterality = (
                f"{lat} {view}",
                view,
                lat,
            )
            ds.KVP, ds.OrganDose, ds.CompressionForce, ds.BodyPartThickness = (
                29,
                0.015,
                100,
                55,
            )
            ds.ImagerPixelSpacing = [0.07, 0.07]
            ds.Exposure = 80
            ds.PhotometricInterpretation = "MONOCHROME2"
            ds.PresentationIntentType = "FOR PRESENTATION"
            ds.BodyPartExamined = "BREAST"
            ds.FilterMaterial = "RHODIUM"
            ds.AnodeTargetMaterial = "TUNGSTEN"
            out[f"{lat}{view}"] = [ds]
    return out


def nm():
    return more_scans.bone("siemens")


def xray():
    e = more_scans.angio("philips")
    e["run"][0].BodyPartExamined = "HEART"
    e["run"][0].ImagerPixelSpacing = [0.2, 0.2]
    return e
