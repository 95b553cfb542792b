"""All single faults with what each must be found by, for the tests and for `bench/judging.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from pydicom.dataset import Dataset

from tests.spec.acquisition import manuals, more_scans, scans
from tests.spec.acquisition import test_faults as first
from tests.spec.acquisition.test_faults import (
    copied,
    drop,
    every,
    lose,
    one,
    without,
)


Exam = dict[str, list[Dataset]]


@dataclass(frozen=True)
class Case:
    """One fault: the exam without it, what breaks it, the manual, and the code that must be found.

    `kind` is value, unreadable (a field cannot be read) or absent (a series is not there).
    """

    name: str
    manual: str
    make: Callable[[], Exam]
    breaks: Callable[[Exam], None]
    code: str
    visit: str | None = None
    first_visit: str | None = None

    @property
    def kind(self) -> str:
        if self.code in ("QC.NOT_ASSESSABLE", "QC.SERIES_UNCERTAIN"):
            return "unreadable"
        return "absent" if " absent" in self.name else "value"

    def reference(self) -> Exam:
        return self.make()

    def broken(self) -> Exam:
        exam = self.make()
        self.breaks(exam)
        return exam


def injected(**values: object) -> Callable[[Exam], None]:
    """Change what a PET or NM header says of the injection."""

    def breaks(exam: Exam) -> None:
        for image in exam["whole"]:
            for keyword, value in values.items():
                item = image.RadiopharmaceuticalInformationSequence[0]
                setattr(item, keyword, value)

    return breaks


def region(**values: object) -> Callable[[Exam], None]:
    """Change the calibrated region of an ultrasound image."""

    def breaks(exam: Exam) -> None:
        for image in exam["clip"]:
            for keyword, value in values.items():
                setattr(image.SequenceOfUltrasoundRegions[0], keyword, value)

    return breaks


def detector(**values: object) -> Callable[[Exam], None]:
    """Change what an NM header says of its detector."""

    def breaks(exam: Exam) -> None:
        for keyword, value in values.items():
            setattr(exam["whole"][0].DetectorInformationSequence[0], keyword, value)

    return breaks


def shifted(exam: Exam) -> None:
    """One slice lies where its neighbour does, under its own number."""
    a, b = exam["portal"][7:9]
    b.ImagePositionPatient = a.ImagePositionPatient


def other_side(exam: Exam) -> None:
    """The second series is of the other knee."""
    every("cor_t1", Laterality="R")(exam)


def doubled(series: str) -> Callable[[Exam], None]:
    """The whole series twice."""

    def breaks(exam: Exam) -> None:
        again, uid = deepcopy(exam[series]), scans.uid()
        for image in again:
            image.SOPInstanceUID, image.SeriesInstanceUID = scans.uid(), uid
        exam[f"{series} again"] = again

    return breaks


def volumes(shells: tuple[tuple[int, int], ...], maker: str) -> Callable[[Exam], None]:
    """Other b-values, or another number of volumes."""

    def breaks(exam: Exam) -> None:
        exam["dwi"] = scans.dwi(maker, shells=shells)

    return breaks


def one_direction(exam: Exam) -> None:
    """All weighted volumes in one direction, on a Siemens."""
    for image in exam["dwi"]:
        block = image.private_block(0x19, "SIEMENS MR HEADER")
        if 0x0E in block:
            block[0x0E].value = [1.0, 0.0, 0.0]


def no_private(exam: Exam) -> None:
    """Every private element and the comment gone, as a careless anonymiser leaves it."""
    for image in exam["dwi"]:
        for tag in [t for t in image.keys() if t.is_private]:  # noqa: SIM118
            del image[tag]
        if "ImageComments" in image:
            del image.ImageComments


KNEE = [
    ("TE beyond", "QC.TE", every("sag_pd", EchoTime=36)),
    ("TE removed", "QC.NOT_ASSESSABLE", without("sag_pd", "EchoTime")),
    ("TR", "QC.TR", every("sag_pd", RepetitionTime=2400)),
    ("no fat suppression", "QC.FAT_SAT", every("sag_pd", ScanOptions="NONE")),
    ("fat suppression not said", "QC.NOT_ASSESSABLE", without("sag_pd", "ScanOptions")),
    ("head coil", "QC.COIL", every("sag_pd", ReceiveCoilName="Head_20")),
    ("coil of one image", "QC.COIL", one("sag_pd", 5, ReceiveCoilName="Body")),
    ("averages", "QC.AVERAGES", every("sag_pd", NumberOfAverages=1)),
    ("echo train", "QC.ECHO_TRAIN", every("sag_pd", EchoTrainLength=16)),
    ("phase encoding", "QC.PHASE_ENCODING", every("sag_pd", InPlanePhaseEncodingDirection="COL")),
    ("2D where 3D", "QC.ACQUISITION_TYPE", every("sag_3d", MRAcquisitionType="2D")),
    ("body part", "QC.BODY_PART", every("sag_pd", BodyPartExamined="ANKLE")),
    ("side not said", "QC.NOT_ASSESSABLE", without("sag_pd", "Laterality")),
    ("side differs between series", "QC.LATERALITY", other_side),
    ("position", "QC.PATIENT_POSITION", every("sag_pd", PatientPosition="HFS")),
    ("phase field of view", "QC.PERCENT_PHASE_FOV", every("sag_pd", PercentPhaseFieldOfView=75)),
    ("derived images", "QC.IMAGE_TYPE", every("sag_pd", ImageType=["DERIVED", "SECONDARY"])),
    ("nucleus", "QC.NUCLEUS", every("sag_pd", ImagedNucleus="23Na")),
    ("flip angle", "QC.FLIP", every("cor_t1", FlipAngle=70)),
    ("field", "QC.FIELD", every("cor_t1", MagneticFieldStrength=3)),
    ("field in gauss is no fault but 3 T is", "QC.FIELD", every("cor_t1", MagneticFieldStrength=30000)),
    ("software removed", "QC.SOFTWARE", without("cor_t1", "SoftwareVersions")),
    ("matrix", "QC.ROWS", every("cor_t1", Rows=192)),
    ("matrix of columns", "QC.COLUMNS", every("cor_t1", Columns=192)),
    ("spacing", "QC.SLICE_SPACING", first.spaced("cor_t1", 3.6)),
    ("variant", "QC.SEQUENCE_VARIANT", every("cor_t1", SequenceVariant="SP")),
    ("coil differs between series", "QC.COIL", every("cor_t1", ReceiveCoilName="Knee_18")),
    ("thick 3D", "QC.SLICE_THICKNESS", every("sag_3d", SliceThickness=1.0)),
    ("3D slice lost", "QC.SLICES", drop("sag_3d", slice(0, 1))),
    ("slice lost inside", "QC.MISSING_SLICES", drop("sag_pd", slice(4, 5))),
    ("slice twice", "QC.DUPLICATE_SLICES", copied("sag_3d", 3)),
    ("plane", "QC.SERIES_MISSING", first.turned("sag_pd", "coronal")),
    ("series renamed", "QC.SERIES_MISSING", every("sag_pd", SeriesDescription="localizer")),
    ("PD absent", "QC.SERIES_MISSING", lose("sag_pd")),
    ("T1 absent", "QC.SERIES_MISSING", lose("cor_t1")),
    ("3D absent", "QC.SERIES_MISSING", lose("sag_3d")),
    ("series doubled", "QC.SERIES_EXTRA", doubled("cor_t1")),
    ("order", "QC.ORDER", every("sag_3d", AcquisitionTime="085500")),
    ("time removed", "QC.NOT_ASSESSABLE", without("cor_t1", "AcquisitionTime", "AcquisitionDate")),
]  # fmt: skip
ABDOMEN = [
    ("voltage", "QC.KVP", every("portal", KVP=80)),
    ("voltage of one image", "QC.KVP", one("portal", 3, KVP=80)),
    ("voltage removed from one image", "QC.NOT_ASSESSABLE", without("portal", "KVP", images=slice(3, 4))),
    ("kernel", "QC.KERNEL", every("portal", ConvolutionKernel="FC52")),
    ("pitch", "QC.PITCH", every("portal", SpiralPitchFactor=1.4)),
    ("pitch removed", "QC.NOT_ASSESSABLE", without("portal", "SpiralPitchFactor")),
    ("collimation", "QC.COLLIMATION", every("portal", TotalCollimationWidth=20)),
    ("rotation", "QC.ROTATION_TIME", every("portal", RevolutionTime=1.0)),
    ("filtered back projection", "QC.ITERATIVE", every("portal", ReconstructionAlgorithm="FILTER_BACK_PROJ")),
    ("tilt", "QC.GANTRY_TILT", every("portal", GantryDetectorTilt=10)),
    ("diameter", "QC.RECONSTRUCTION_DIAMETER", every("portal", ReconstructionDiameter=500)),
    ("no contrast agent", "QC.CONTRAST", without("portal", "ContrastBolusAgent", "ContrastBolusVolume", "ContrastBolusStartTime")),
    ("contrast volume", "QC.CONTRAST_VOLUME", every("portal", ContrastBolusVolume=60)),
    ("arterial instead of portal", "QC.TIME_AFTER_INJECTION", every("portal", ContrastBolusStartTime="101430")),
    ("injection time removed", "QC.NOT_ASSESSABLE", without("portal", "ContrastBolusStartTime")),
    ("dose", "QC.CTDIVOL", every("portal", CTDIvol=14)),
    ("photometric", "QC.PHOTOMETRIC", every("portal", PhotometricInterpretation="MONOCHROME1")),
    ("lossy", "QC.LOSSY", every("portal", LossyImageCompression="01")),
    ("slice lost", "QC.MISSING_SLICES", drop("portal", slice(8, 9))),
    ("end lost", "QC.SLICES", drop("portal", slice(15, 20))),
    ("slice at its neighbour's place", "QC.DUPLICATE_SLICES", shifted),
    ("another modality", "QC.SERIES_MISSING", every("portal", Modality="MR")),
]  # fmt: skip
PET = [
    ("activity", "QC.INJECTED_ACTIVITY", injected(RadionuclideTotalDose=120e6)),
    ("activity removed", "QC.NOT_ASSESSABLE", injected(RadionuclideTotalDose=None)),
    ("uptake", "QC.UPTAKE_TIME", injected(RadiopharmaceuticalStartTime="093500")),
    ("half-life", "QC.HALF_LIFE", injected(RadionuclideHalfLife=1223)),
    ("units", "QC.UNITS", every("whole", Units="CNTS")),
    ("no attenuation correction", "QC.CORRECTIONS", every("whole", CorrectedImage=["DECY"])),
    ("no scatter correction", "QC.SCATTER_CORRECTION", without("whole", "ScatterCorrectionMethod")),
    ("reconstruction", "QC.RECONSTRUCTION", every("whole", ReconstructionMethod="FBP")),
    ("frame duration", "QC.FRAME_DURATION", every("whole", ActualFrameDuration=60000)),
    ("weight removed", "QC.WEIGHT_GIVEN", without("whole", "PatientWeight")),
    ("slice lost", "QC.MISSING_SLICES", drop("whole", slice(4, 5))),
]  # fmt: skip
US = [
    ("slow", "QC.FRAME_TIME", every("clip", FrameTime=66)),
    ("short clip", "QC.FRAMES", every("clip", NumberOfFrames=20)),
    ("mechanical index", "QC.MECHANICAL_INDEX", every("clip", MechanicalIndex=2.1)),
    ("thermal index", "QC.THERMAL_INDEX", every("clip", SoftTissueThermalIndex=3)),
    ("depth", "QC.DEPTH", every("clip", DepthOfScanField=220)),
    ("depth removed", "QC.NOT_ASSESSABLE", without("clip", "DepthOfScanField")),
    ("frequency", "QC.TRANSDUCER_FREQUENCY", region(TransducerFrequency=2000)),
    ("Doppler alone", "QC.REGION_TYPES", region(RegionDataType=3)),
    ("not calibrated", "QC.CALIBRATED", region(PhysicalDeltaX=0)),
]  # fmt: skip
DX = [
    ("side removed", "QC.NOT_ASSESSABLE", without("pa", "ImageLaterality")),
    ("voltage", "QC.KVP", every("pa", KVP=80)),
    ("charge", "QC.EXPOSURE", every("pa", ExposureTime=50)),
    ("distance", "QC.SOURCE_DETECTOR", every("pa", DistanceSourceToDetector=1500)),
    ("grid", "QC.GRID", every("pa", Grid="FIXED")),
    ("exposure index", "QC.EXPOSURE_INDEX", every("pa", ExposureIndex=1200)),
    ("deviation index", "QC.DEVIATION_INDEX", every("pa", DeviationIndex=4)),
    ("dose", "QC.DAP", every("pa", ImageAndFluoroscopyAreaDoseProduct=2)),
    ("dose removed", "QC.NOT_ASSESSABLE", without("pa", "ImageAndFluoroscopyAreaDoseProduct")),
    ("body part", "QC.BODY_PART", every("pa", BodyPartExamined="FOOT")),
    ("inverted", "QC.PHOTOMETRIC", every("pa", PhotometricInterpretation="MONOCHROME1")),
    ("burned-in words", "QC.BURNED_IN", every("pa", BurnedInAnnotation="YES")),
    ("view", "QC.SERIES_MISSING", every("pa", ViewPosition="LL")),
]  # fmt: skip
MG = [
    ("organ dose", "QC.ORGAN_DOSE", every("cc", OrganDose=0.04)),
    ("force", "QC.COMPRESSION_FORCE", every("cc", CompressionForce=30)),
    ("thickness removed", "QC.NOT_ASSESSABLE", without("cc", "BodyPartThickness")),
    ("voltage", "QC.KVP", every("cc", KVP=40)),
    ("oblique view", "QC.SERIES_MISSING", every("cc", ViewPosition="MLO")),
]  # fmt: skip
NM = [
    ("activity", "QC.INJECTED_ACTIVITY", injected(RadionuclideTotalDose=300)),
    ("uptake", "QC.UPTAKE_TIME", injected(RadiopharmaceuticalStartTime="111500")),
    ("tracer", "QC.RADIOPHARMACEUTICAL", injected(Radiopharmaceutical="Tc-99m MIBI")),
    ("collimator", "QC.COLLIMATOR", detector(CollimatorType="PINH")),
    ("collimator removed", "QC.NOT_ASSESSABLE", detector(CollimatorType=None)),
    ("one view", "QC.FRAMES", every("whole", NumberOfFrames=1)),
]  # fmt: skip
XA = [
    ("voltage", "QC.KVP", every("run", KVP=130)),
    ("slow", "QC.FRAME_TIME", every("run", FrameTime=133)),
    ("dose", "QC.DAP", every("run", ImageAndFluoroscopyAreaDoseProduct=500)),
    ("dose removed", "QC.NOT_ASSESSABLE", without("run", "ImageAndFluoroscopyAreaDoseProduct")),
    ("short run", "QC.FRAMES", every("run", NumberOfFrames=12)),
]  # fmt: skip
OTHERS = (
    (more_scans.KNEE, more_scans.knee, KNEE, ("ge", "philips", "canon")),
    (more_scans.ABDOMEN, more_scans.abdomen, ABDOMEN, ("canon", "siemens", "uih")),
    (more_scans.TUMOUR_PET, more_scans.pet, PET, ("ge", "uih")),
    (more_scans.LIVER_US, more_scans.liver, US, ("philips", "canon")),
    (more_scans.WRIST_XRAY, more_scans.wrist, DX, ("siemens", "canon")),
    (more_scans.BREAST, more_scans.breast, MG, ("ge",)),
    (more_scans.BONE_NM, more_scans.bone, NM, ("ge", "siemens")),
    (more_scans.ANGIO, more_scans.angio, XA, ("siemens", "philips")),
)
DIFFUSION: tuple[tuple[str, str, Callable[[str], Callable[[Exam], None]]], ...] = (
    ("a direction short", "QC.B_VALUES", lambda m: volumes(((0, 2), (1000, 5)), m)),
    ("no plain volume", "QC.B_VALUES", lambda m: volumes(((1000, 6),), m)),
    ("b of 800", "QC.B_VALUES", lambda m: volumes(((0, 2), (800, 6)), m)),
    ("a shell too many", "QC.B_VALUES", lambda m: volumes(((0, 2), (1000, 6), (2000, 1)), m)),
    ("image lost", "QC.INCOMPLETE_VOLUMES", lambda m: drop("dwi", slice(20, 21))),
    ("weighting removed", "QC.NOT_ASSESSABLE", lambda m: no_private),
)  # fmt: skip


def in_turn() -> Iterator[Case]:
    """The second set: each fault once, the makers in turn."""
    for text, make, faults, makers in OTHERS:
        exam = text.split()[1]
        for n, (name, code, breaks) in enumerate(faults):
            maker = makers[n % len(makers)]
            yield Case(
                name=f"{exam} {maker}: {name}", manual=text, make=lambda f=make, m=maker: f(m), breaks=breaks, code=code
            )  # fmt: skip
    for maker in ("siemens", "ge", "philips", "uih", "canon"):
        for name, code, faulty in DIFFUSION:
            yield Case(
                name=f"brain_dwi {maker}: {name}", manual=more_scans.BRAIN_DWI, make=lambda m=maker: more_scans.dwi(m),
                breaks=faulty(maker), code=code,
            )  # fmt: skip
    yield Case(
        name="brain_dwi siemens: one direction", manual=more_scans.BRAIN_DWI, make=lambda: more_scans.dwi("siemens"),
        breaks=one_direction, code="QC.DIRECTIONS",
    )  # fmt: skip


PLAIN_HANDS = manuals.HANDS.replace(
    "at: [baseline, week24, week52]", "at: [week24, week52]"
)


def enhanced() -> Iterator[Case]:
    """The hands as enhanced images, on two makers, without contrast agent."""
    for n, (name, code, changes, values) in enumerate(first.ENHANCED):
        maker = ("siemens", "philips")[n % 2]

        def whole(m: str = maker) -> Exam:
            hands = scans.hands(m)
            return {k: scans.enhanced(hands[k]) for k in ("cor_t1", "cor_stir")}

        def breaks(exam: Exam, m: str = maker, c=changes, v=values) -> None:
            hands = scans.hands(m, study=exam["cor_t1"][0].StudyInstanceUID)
            every("cor_t1", **v)(hands)
            exam["cor_t1"] = scans.enhanced(hands["cor_t1"], **c)

        yield Case(
            name=f"hands_mri enhanced {maker}: {name}", manual=PLAIN_HANDS, make=whole, breaks=breaks, code=code,
            visit="baseline", first_visit="baseline",
        )  # fmt: skip


def classic_hands() -> Iterator[Case]:
    """The first set: the hands, classic, the makers in turn."""
    for n, fault in enumerate(first.HANDS):
        maker = first.MAKERS[n % len(first.MAKERS)]
        yield Case(
            name=f"hands_mri {maker}: {fault.name}", manual=manuals.HANDS, make=lambda m=maker: scans.hands(m),
            breaks=fault.breaks, code=fault.code, visit="baseline", first_visit="baseline",
        )  # fmt: skip


def cases() -> list[Case]:
    """Both sets."""
    return [*classic_hands(), *enhanced(), *in_turn()]
