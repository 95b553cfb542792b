"""A fault corpus: exams that are right but for one thing. Each is found, none is called compliant."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import pytest
from pydicom.dataset import Dataset

from provident.acquisition import ExamVerdict, judge
from provident.kernel import Outcome
from tests.spec.acquisition import manuals, scans


Exam = dict[str, list[Dataset]]
MAKERS = ("siemens", "ge", "philips", "uih")


@dataclass(frozen=True)
class Fault:
    """What is broken, how, and the code that must be found."""

    name: str
    code: str
    breaks: Callable[[Exam], None]
    outcome: str = "fail"


def every(series: str, **values: object) -> Callable[[Exam], None]:
    """Change an element in all images of a series."""

    def breaks(exam: Exam) -> None:
        for image in exam[series]:
            for keyword, value in values.items():
                setattr(image, keyword, value)

    return breaks


def one(series: str, at: int, **values: object) -> Callable[[Exam], None]:
    """Change an element in one image of a series."""

    def breaks(exam: Exam) -> None:
        for keyword, value in values.items():
            setattr(exam[series][at], keyword, value)

    return breaks


def without(
    series: str, *keywords: str, images: slice = slice(None)
) -> Callable[[Exam], None]:
    """Take an element out."""

    def breaks(exam: Exam) -> None:
        for image in exam[series][images]:
            for keyword in keywords:
                delattr(image, keyword)

    return breaks


def broken(
    series: str, keyword: str, raw: str, images: slice = slice(None)
) -> Callable[[Exam], None]:
    """Put text where a number belongs."""

    def breaks(exam: Exam) -> None:
        for image in exam[series][images]:
            element = image[keyword]
            element.VR = "LO"
            element.value = raw

    return breaks


def drop(series: str, images: slice) -> Callable[[Exam], None]:
    """Lose images."""

    def breaks(exam: Exam) -> None:
        del exam[series][images]

    return breaks


def lose(series: str) -> Callable[[Exam], None]:
    """Lose a whole series."""

    def breaks(exam: Exam) -> None:
        del exam[series]

    return breaks


def copied(series: str, at: int, **values: object) -> Callable[[Exam], None]:
    """Send one image twice, under a new UID."""

    def breaks(exam: Exam) -> None:
        again = deepcopy(exam[series][at])
        again.SOPInstanceUID = scans.uid()
        for keyword, value in values.items():
            setattr(again, keyword, value)
        exam[series].append(again)

    return breaks


def spaced(series: str, spacing: float) -> Callable[[Exam], None]:
    """Acquire with another distance between slices."""

    def breaks(exam: Exam) -> None:
        for i, image in enumerate(exam[series]):
            image.ImagePositionPatient = [0, i * spacing, 0]

    return breaks


def turned(series: str, plane: str) -> Callable[[Exam], None]:
    """Acquire in another plane."""

    def breaks(exam: Exam) -> None:
        for i, image in enumerate(exam[series]):
            image.ImageOrientationPatient = scans.FACING[plane]
            image.ImagePositionPatient = [3.2 * i * s for s in scans.STEP[plane]]

    return breaks


def tilted(exam: Exam) -> None:
    """Turn the coronal block by 20 degrees about the body's long axis."""
    for i, image in enumerate(exam["cor_t1"]):
        image.ImageOrientationPatient = [0.9397, 0.3420, 0, 0, 0, -1]
        image.ImagePositionPatient = [-0.3420 * 3.2 * i, 0.9397 * 3.2 * i, 0]


def wide_step(exam: Exam) -> None:
    """Move the second half of the block by 1.7 mm: not a whole slice."""
    for image in exam["cor_t1"][6:]:
        x, y, z = image.ImagePositionPatient
        image.ImagePositionPatient = [x, y + 1.7, z]


def twice(exam: Exam) -> None:
    """Acquire a series again, in part: the second is not complete."""
    again = deepcopy(exam["cor_stir"][:10])
    series = scans.uid()
    for image in again:
        image.SOPInstanceUID, image.SeriesInstanceUID = scans.uid(), series
        image.AcquisitionTime = "103000"
    exam["cor_stir_again"] = again
    every("cor_stir", EchoTime=95)(exam)


HANDS = [
    Fault("TE off by 25 ms", "QC.TE", every("cor_stir", EchoTime=95)),
    Fault("TE in the warning band", "QC.TE", every("cor_stir", EchoTime=77.5), "warn"),
    Fault("TE just beyond fail", "QC.TE", every("cor_t1", EchoTime=17.1)),
    Fault("TE of one image differs", "QC.TE", one("cor_t1", 7, EchoTime=30)),
    Fault("TE of one image differs a little", "QC.VARIES", one("cor_t1", 7, EchoTime=12.5)),
    Fault("TE missing", "QC.NOT_ASSESSABLE", without("cor_t1", "EchoTime"), "not_assessable"),
    Fault("TE missing in one image", "QC.NOT_ASSESSABLE", without("cor_t1", "EchoTime", images=slice(3, 4)), "not_assessable"),
    Fault("TE unreadable", "QC.NOT_ASSESSABLE", broken("cor_stir", "EchoTime", "seventy"), "not_assessable"),
    Fault("TE unreadable in one image", "QC.NOT_ASSESSABLE", broken("cor_stir", "EchoTime", "x", slice(0, 1)), "not_assessable"),
    Fault("TE empty", "QC.NOT_ASSESSABLE", every("cor_stir", EchoTime=None), "not_assessable"),
    Fault("TR too short", "QC.TR", every("cor_t1", RepetitionTime=380)),
    Fault("TR too long", "QC.TR", every("cor_t1", RepetitionTime=701)),
    Fault("TR in seconds", "QC.TR", every("cor_t1", RepetitionTime=0.55)),
    Fault("TR mixed", "QC.VARIES", one("cor_t1", 0, RepetitionTime=560)),
    Fault("TR missing", "QC.NOT_ASSESSABLE", without("cor_t1", "RepetitionTime"), "not_assessable"),
    Fault("flip angle mixed", "QC.VARIES", one("cor_t1", 0, FlipAngle=80)),
    Fault("TI of the other field strength", "QC.TI", every("cor_stir", InversionTime=150)),
    Fault("field strength of the other scanner", "QC.TI", every("cor_stir", MagneticFieldStrength=1.5)),
    Fault("field strength without a rule", "QC.NOT_ASSESSABLE", every("cor_stir", MagneticFieldStrength=7), "not_assessable"),
    Fault("field strength missing", "QC.NOT_ASSESSABLE", without("cor_stir", "MagneticFieldStrength"), "not_assessable"),
    Fault("TI missing", "QC.NOT_ASSESSABLE", without("cor_stir", "InversionTime"), "not_assessable"),
    Fault("slices thicker", "QC.SLICE_THICKNESS", every("cor_t1", SliceThickness=4)),
    Fault("slices thinner", "QC.SLICE_THICKNESS", every("cor_t1", SliceThickness=2.5)),
    Fault("slice thickness mixed", "QC.SLICE_THICKNESS", one("cor_t1", 3, SliceThickness=5)),
    Fault("slice thickness missing", "QC.NOT_ASSESSABLE", without("cor_t1", "SliceThickness"), "not_assessable"),
    Fault("gap larger, header says nothing of it", "QC.SLICE_GAP", spaced("cor_t1", 4.0)),
    Fault("gap smaller, too little covered", "QC.COVERAGE", spaced("cor_t1", 2.8)),
    Fault("slice missing in the middle", "QC.MISSING_SLICES", drop("cor_stir", slice(10, 11))),
    Fault("two slices missing in a row", "QC.MISSING_SLICES", drop("cor_stir", slice(5, 7))),
    Fault("first slice missing", "QC.MISSING_SLICES", drop("cor_stir", slice(0, 1))),
    Fault("last slice missing", "QC.SLICES", drop("cor_t1", slice(11, 12))),
    Fault("half of the slices missing", "QC.SLICES", drop("cor_t1", slice(6, 12))),
    Fault("every fourth slice missing", "QC.MISSING_SLICES", drop("cor_stir", slice(3, 11, 4))),
    Fault("slice twice", "QC.DUPLICATE_SLICES", copied("cor_t1", 5)),
    Fault("slice twice with a new number", "QC.DUPLICATE_SLICES", copied("cor_t1", 5, InstanceNumber=13)),
    Fault("slice twice where no rule asks", "QC.DUPLICATE_SLICES", copied("cor_stir", 5, InstanceNumber=13), "warn"),
    Fault("uneven step inside the block", "QC.NOT_ASSESSABLE", wide_step, "not_assessable"),
    Fault("position of one slice missing", "QC.MISSING_SLICES", without("cor_stir", "ImagePositionPatient", images=slice(4, 5))),
    Fault("positions missing", "QC.NOT_ASSESSABLE", without("cor_stir", "ImagePositionPatient"), "not_assessable"),
    Fault("wrong plane", "QC.SERIES_MISSING", turned("cor_stir", "sagittal")),
    Fault("axial where coronal is asked", "QC.SERIES_MISSING", turned("cor_t1", "axial")),
    Fault("tilted block", "QC.OBLIQUITY", tilted),
    Fault("field of view too small", "QC.FIELD_OF_VIEW", every("cor_t1", PixelSpacing=[0.6, 0.6])),
    Fault("field of view too small one way", "QC.FIELD_OF_VIEW", every("cor_t1", Columns=200)),
    Fault("pixels too large", "QC.PIXEL_SPACING", every("cor_t1", PixelSpacing=[1.0, 1.0])),
    Fault("pixels not square", "QC.PIXEL_SPACING", every("cor_t1", PixelSpacing=[0.8, 1.1])),
    Fault("matrix mixed", "QC.VARIES", one("cor_t1", 2, Rows=128)),
    Fault("bandwidth", "QC.BANDWIDTH", every("cor_t1", PixelBandwidth=400)),
    Fault("bandwidth missing", "QC.NOT_ASSESSABLE", without("cor_t1", "PixelBandwidth"), "not_assessable"),
    Fault("another coil", "QC.COIL", every("cor_stir", ReceiveCoilName="Body_18")),
    Fault("coil missing", "QC.NOT_ASSESSABLE", without("cor_stir", "ReceiveCoilName"), "not_assessable"),
    Fault("coil mixed", "QC.COIL", one("cor_stir", 0, ReceiveCoilName="Body_18")),
    Fault("scanned too early after the injection", "QC.TIME_AFTER_INJECTION", every("ax_t1_post", ContrastBolusStartTime="101400")),
    Fault("scanned too late after the injection", "QC.TIME_AFTER_INJECTION", every("ax_t1_post", AcquisitionTime="103000")),
    Fault("injection time missing", "QC.NOT_ASSESSABLE", without("ax_t1_post", "ContrastBolusStartTime"), "not_assessable"),
    Fault("no contrast agent given", "QC.SERIES_MISSING", without("ax_t1_post", "ContrastBolusAgent", "ContrastBolusStartTime")),
    Fault("contrast agent before the plain series", "QC.SERIES_MISSING", every("cor_t1", ContrastBolusAgent="gadobutrol")),
    Fault("T1 absent", "QC.SERIES_MISSING", lose("cor_t1")),
    Fault("STIR absent", "QC.SERIES_MISSING", lose("cor_stir")),
    Fault("contrast series absent", "QC.SERIES_MISSING", lose("ax_t1_post")),
    Fault("series renamed", "QC.SERIES_MISSING", every("cor_stir", SeriesDescription="tirm_cor")),
    Fault("series without a name", "QC.SERIES_UNCERTAIN", without("cor_stir", "SeriesDescription"), "not_assessable"),
    Fault("repeat incomplete, first one wrong", "QC.TE", twice),
    Fault("another modality", "QC.SERIES_MISSING", every("cor_stir", Modality="CT")),
]  # fmt: skip


def judged_hands(fault: Fault, maker: str) -> ExamVerdict:
    exam = scans.hands(maker)
    fault.breaks(exam)
    return judge(
        scans.facts(*exam.values()),
        manuals.manual(manuals.HANDS, "baseline"),
        visit="baseline",
    )


def codes(verdict: ExamVerdict) -> set[str]:
    return {f.code for f in verdict.all_findings() if f.severity != "note"}


@pytest.mark.parametrize("facts", [scans.facts, scans.arrived])
@pytest.mark.parametrize("maker", MAKERS)
def test_the_exam_without_a_fault_passes_without_a_finding(maker, facts):
    exam = scans.hands(maker)

    verdict = judge(
        facts(*exam.values()),
        manuals.manual(manuals.HANDS, "baseline"),
        visit="baseline",
    )

    assert (verdict.outcome, verdict.all_findings()) == (Outcome.PASS, ())


@pytest.mark.parametrize("fault", HANDS, ids=lambda f: f.name)
def test_a_single_fault_is_found(fault):
    verdict = judged_hands(fault, "siemens")

    assert fault.code in codes(verdict), verdict.all_findings()
    assert fault.outcome == verdict.outcome


@pytest.mark.parametrize("maker", MAKERS[1:])
@pytest.mark.parametrize("fault", HANDS[:12:2], ids=lambda f: f.name)
def test_a_fault_is_found_whoever_made_the_scanner(fault, maker):
    verdict = judged_hands(fault, maker)

    assert fault.code in codes(verdict)
    assert verdict.outcome is not Outcome.PASS


def test_a_maker_has_its_own_limits():
    exam = scans.hands("ge")
    every("cor_stir", EchoTime=74)(exam)

    verdict = judge(
        scans.facts(*exam.values()),
        manuals.manual(manuals.HANDS, "baseline"),
        visit="baseline",
    )

    # 74 ms is 4 off for everybody else, and 6 off the 68 ms of this maker's variant.
    assert (Outcome.WARN, {"QC.TE"}) == (verdict.outcome, codes(verdict))


def shell(*shells: tuple[int, int]) -> Callable[[str], list[Dataset]]:
    return lambda maker: scans.dwi(maker, shells=shells)


def without_weight(maker: str) -> list[Dataset]:
    return scans.dwi("standard" if maker == "siemens" else maker)


DIFFUSION = [
    ("b 800 missing", "QC.B_VALUES", shell((50, 1), (400, 3))),
    ("b 50 missing", "QC.B_VALUES", shell((400, 3), (800, 3))),
    ("b 800 is 700", "QC.B_VALUES", shell((50, 1), (400, 3), (700, 3))),
    ("a shell too many", "QC.B_VALUES", shell((50, 1), (400, 3), (800, 3), (1200, 1))),
    ("too few volumes", "QC.B_VALUES", shell((50, 1), (400, 3), (800, 2))),
]


@pytest.mark.parametrize("maker", [*MAKERS, "canon"])
@pytest.mark.parametrize(
    ("name", "code", "make"), DIFFUSION, ids=[d[0] for d in DIFFUSION]
)
def test_a_fault_of_diffusion_is_found_in_each_makers_own_elements(
    name, code, make, maker
):
    verdict = judge(scans.facts(make(maker)), manuals.manual(manuals.DWI), visit=None)

    assert (verdict.outcome, code in codes(verdict)) == (Outcome.FAIL, True)


@pytest.mark.parametrize("maker", [*MAKERS, "canon"])
def test_a_lost_image_of_one_volume_is_found(maker):
    images = scans.dwi(maker)
    del images[20]

    verdict = judge(scans.facts(images), manuals.manual(manuals.DWI), visit=None)

    assert (Outcome.FAIL, {"QC.INCOMPLETE_VOLUMES"}) == (
        verdict.outcome,
        codes(verdict),
    )


def test_b_values_that_were_removed_are_not_assessable():
    images = scans.dwi("siemens")
    for image in images:
        for tag in [t for t in image.keys() if t.is_private]:  # noqa: SIM118
            del image[tag]

    verdict = judge(scans.facts(images), manuals.manual(manuals.DWI), visit=None)

    assert (Outcome.NOT_ASSESSABLE, {"QC.NOT_ASSESSABLE"}) == (
        verdict.outcome,
        codes(verdict),
    )


def frame_of(number: int, **values: object) -> Callable[[Dataset, int], None]:
    def change(frame: Dataset, n: int) -> None:
        if n == number:
            for keyword, value in values.items():
                for macro in frame:
                    if macro.VR == "SQ" and keyword in macro.value[0]:
                        setattr(macro.value[0], keyword, value)

    return change


ENHANCED = [
    ("TE", "QC.TE", {}, {"EchoTime": 30}),
    ("TE of one frame", "QC.TE", {"change": frame_of(3, EffectiveEchoTime=30.0)}, {}),
    (
        "TE of one frame a little",
        "QC.VARIES",
        {"change": frame_of(3, EffectiveEchoTime=12.5)},
        {},
    ),
    ("TR", "QC.TR", {}, {"RepetitionTime": 900}),
    ("slice thickness", "QC.SLICE_THICKNESS", {}, {"SliceThickness": 4}),
    ("pixel spacing", "QC.PIXEL_SPACING", {}, {"PixelSpacing": [1.0, 1.0]}),
    ("bandwidth", "QC.BANDWIDTH", {}, {"PixelBandwidth": 500}),
    ("field of view", "QC.FIELD_OF_VIEW", {}, {"PixelSpacing": [0.5, 0.5]}),
    (
        "duplicate",
        "QC.DUPLICATE_SLICES",
        {"change": frame_of(3, ImagePositionPatient=[0, 6.4, 0])},
        {},
    ),
]


def judged_enhanced(
    changes: dict[str, object], values: dict[str, object], images: slice = slice(None)
):
    exam = scans.hands()
    every("cor_t1", **values)(exam)
    whole = scans.enhanced(exam["cor_t1"][images], **changes)
    stir, post = scans.enhanced(exam["cor_stir"]), exam["ax_t1_post"]
    manual = manuals.manual(manuals.HANDS, "baseline")
    return judge(scans.facts(whole, stir, post), manual, visit="baseline")


def test_an_enhanced_exam_without_a_fault_passes():
    verdict = judged_enhanced({}, {})

    assert (verdict.outcome, verdict.all_findings()) == (Outcome.PASS, ())


@pytest.mark.parametrize(
    ("name", "code", "changes", "values"), ENHANCED, ids=[e[0] for e in ENHANCED]
)
def test_a_fault_in_an_enhanced_image_is_found(name, code, changes, values):
    verdict = judged_enhanced(changes, values)

    assert (verdict.outcome, code in codes(verdict)) == (Outcome.FAIL, True)


def test_a_frame_that_is_missing_from_an_enhanced_image_is_found():
    exam = scans.hands()
    del exam["cor_t1"][9]
    whole = scans.enhanced(exam["cor_t1"])
    manual = manuals.manual(manuals.HANDS, "baseline")

    verdict = judge(
        scans.facts(whole, exam["cor_stir"], exam["ax_t1_post"]),
        manual,
        visit="baseline",
    )

    assert {"QC.MISSING_SLICES", "QC.SLICES"} <= codes(verdict)


def other(
    make: Callable[[], list[Dataset]], text: str, **values: object
) -> ExamVerdict:
    exam = {"it": make()}
    every("it", **values)(exam)
    return judge(scans.facts(exam["it"]), manuals.manual(text), visit=None)


CT = [
    ("tube voltage", "QC.KVP", {"KVP": 140}, "fail"),
    ("exposure", "QC.EXPOSURE", {"Exposure": 300}, "fail"),
    ("kernel", "QC.KERNEL", {"ConvolutionKernel": "BONE"}, "fail"),
    ("slice thickness", "QC.SLICE_THICKNESS", {"SliceThickness": 2.5}, "fail"),
    ("dose", "QC.CTDIVOL", {"CTDIvol": 12}, "fail"),
    ("dose not said", "QC.NOT_ASSESSABLE", {"CTDIvol": None}, "not_assessable"),
    (
        "kernel not said",
        "QC.NOT_ASSESSABLE",
        {"ConvolutionKernel": ""},
        "not_assessable",
    ),
    ("pixel spacing", "QC.PIXEL_SPACING", {"PixelSpacing": [0.9, 0.9]}, "fail"),
    ("spacing", "QC.MISSING_SLICES", None, "fail"),
]


@pytest.mark.parametrize(
    ("name", "code", "values", "outcome"), CT, ids=[c[0] for c in CT]
)
def test_a_fault_of_ct_is_found(name, code, values, outcome):
    if values is None:
        images = scans.ct()
        del images[8]
        verdict = judge(scans.facts(images), manuals.manual(manuals.CHEST), visit=None)
    else:
        verdict = other(scans.ct, manuals.CHEST, **values)

    assert (outcome, True) == (verdict.outcome, code in codes(verdict))


def injected(**values: object) -> ExamVerdict:
    images = scans.pet()
    for image in images:
        for keyword, value in values.items():
            item = image.RadiopharmaceuticalInformationSequence[0]
            setattr(item if keyword in item else image, keyword, value)
    return judge(scans.facts(images), manuals.manual(manuals.PET), visit=None)


PET = [
    ("activity", "QC.INJECTED_ACTIVITY", {"RadionuclideTotalDose": 400e6}, "fail"),
    ("uptake", "QC.UPTAKE_TIME", {"RadiopharmaceuticalStartTime": "083000"}, "fail"),
    (
        "uptake not said",
        "QC.NOT_ASSESSABLE",
        {"RadiopharmaceuticalStartTime": ""},
        "not_assessable",
    ),
    ("units", "QC.UNITS", {"Units": "CNTS"}, "fail"),
    ("attenuation", "QC.CORRECTIONS", {"CorrectedImage": ["DECY"]}, "fail"),
    ("decay", "QC.DECAY_CORRECTION", {"DecayCorrection": "ADMIN"}, "fail"),
    ("weight", "QC.WEIGHT_GIVEN", {"PatientWeight": None}, "fail"),
    ("tracer", "QC.RADIOPHARMACEUTICAL", {"Radiopharmaceutical": "FDOPA"}, "fail"),
]


@pytest.mark.parametrize(
    ("name", "code", "values", "outcome"), PET, ids=[p[0] for p in PET]
)
def test_a_fault_of_pet_is_found(name, code, values, outcome):
    verdict = injected(**values)

    assert (outcome, True) == (verdict.outcome, code in codes(verdict))


RADIOGRAPHS = [
    ("pixels", "QC.PIXEL_SPACING", {"ImagerPixelSpacing": [0.25, 0.25]}, "fail"),
    ("side", "QC.LATERALITY", {"ImageLaterality": None}, "fail"),
    ("view", "QC.SERIES_MISSING", {"ViewPosition": "LL"}, "fail"),
    ("dose", "QC.DAP", {"ImageAndFluoroscopyAreaDoseProduct": 1.5}, "fail"),
    ("dose not said", "QC.NOT_ASSESSABLE", {"ImageAndFluoroscopyAreaDoseProduct": None}, "not_assessable"),
    ("voltage", "QC.KVP", {"KVP": 70}, "fail"),
    ("charge", "QC.EXPOSURE", {"ExposureTime": 60}, "fail"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "values", "outcome"), RADIOGRAPHS, ids=[r[0] for r in RADIOGRAPHS]
)
def test_a_fault_of_a_radiograph_is_found(name, code, values, outcome):
    verdict = other(scans.radiograph, manuals.HANDS_XRAY, **values)

    assert (outcome, True) == (verdict.outcome, code in codes(verdict))


def still() -> list[Dataset]:
    return scans.clip(frames=1)


ULTRASOUND = [
    ("still for a clip", "QC.SUBSTITUTE", still, {}, "warn"),
    ("slow", "QC.FRAME_TIME", scans.clip, {"FrameTime": 100}, "fail"),
    (
        "not calibrated",
        "QC.NOT_ASSESSABLE",
        scans.clip,
        {"SequenceOfUltrasoundRegions": []},
        "not_assessable",
    ),
]


@pytest.mark.parametrize(
    ("name", "code", "make", "values", "outcome"),
    ULTRASOUND,
    ids=[u[0] for u in ULTRASOUND],
)
def test_a_fault_of_ultrasound_is_found(name, code, make, values, outcome):
    text = manuals.JOINTS + "severity: {default: major}\n"
    verdict = other(make, text, **values)

    assert (outcome, True) == (verdict.outcome, code in codes(verdict))
