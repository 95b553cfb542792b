"""Single faults in the headers of real scans: the scan as it is passes, each fault is found."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from provident.acquisition import ExamVerdict, judge
from provident.dicom import Folder, series_facts
from tests.spec.acquisition.manuals import manual


pytestmark = [pytest.mark.real, pytest.mark.slow]
Headers = list[Dataset]

HEAD = 'exam: it\nmodality: {modality}\nmanual: "1"\nminutes: 1\nseries:\n  it:\n    match: {match}\n    count: ">= 1"\n    require: {rules}\n'

# What each scan is asked for; the manual of the reference.
SCANS = {
    "mr_fmri_siemens_skyra": (
        "MR",
        "{description: ~^epi pe=ap}",
        "{field: 3 T, TE: 50 ± 1 ms, TR: 2400..2500 ms, flip: 75 deg, slices: 5, slice_spacing: 12 ± 0.1 mm,"
        " slice_thickness: 3 ± 0.1 mm, rows: 72, columns: 72, pixel_spacing: 3 mm, volumes: 2, missing_slices: 0,"
        " plane: axial, obliquity: <= 5 deg, coil: Head_32, phase_encoding: COL, bandwidth: 2315 ± 5 Hz/px,"
        " echo_train: 72, software: ~E11, fat_sat: FS, acceleration: 1, coverage: {along: FH, at_least: 50 mm},"
        " constant: [TE, TR, software]}",
    ),
    "mr_fmri_ge_750_s4": (
        "MR",
        "{description: ~epi}",
        "{field: 3 T, TE: 30 ± 1 ms, TR: 5 s, flip: 60 deg, slices: 15, slice_spacing: 5 ± 0.1 mm, slice_gap: 2 ± 0.1 mm,"
        " missing_slices: 0, duplicate_slices: 0, plane: axial, coil: 32Ch Head, sequence_name: epiRT, rows: 64,"
        " bandwidth: 7812.5 Hz/px, serial: 000301496MR3T6MR, station: fmrif3tb, pixel_spacing: 3.75 mm,"
        " field_of_view: {at_least: 24 cm}, constant: [TE, TR, flip, rows, columns]}",
    ),
    "mr_dwi_philips_classic": (
        "MR",
        "{b_max: '>= 500 s/mm2'}",
        "{field: 3 T, TE: 69 ± 1 ms, TR: 4..4.5 s, b_values: {shells: [0 s/mm2, 1000 s/mm2], within: 25 s/mm2, volumes: {1000 s/mm2: 12}},"
        " directions: '>= 12', slices: 30, slice_thickness: 2 mm, plane: axial, obliquity: <= 10 deg,"
        " duplicate_slices: 0, acceleration: 2, sequence_name: DwiSE, constant: [TE, TR, coil]}",
    ),
    "ct_head_ge_hispeed": (
        "CT",
        "{body_part: HEAD}",
        "{kVp: 120 kV, tube_current: 150..200 mA, exposure_time: 2 s, kernel: STD+, slice_thickness: [4 mm, 7 mm], slices: 28,"
        " gantry_tilt: 18.5 deg, skew: 18.5 ± 0.1 deg, pixel_spacing: <= 0.5 mm, rows: 512, plane: axial, duplicate_slices: 0,"
        " contrast: no, coverage: {along: FH, at_least: 140 mm}, model: HiSpeed Dual}",
    ),
}  # fmt: skip


@cache
def _headers(folder: Path) -> Headers:
    return [header for _, header in Folder(folder).headers()]


def judged(
    shared: Path, name: str, breaks: Callable[[Headers], None] | None = None
) -> ExamVerdict:
    modality, match, rules = SCANS[name]
    headers = _headers(shared / "data/realscans" / name)
    wanted = [
        h
        for h in headers
        if name != "mr_fmri_siemens_skyra" or h.SeriesDescription == "EPI PE=AP"
    ]
    # Elements are copied, so that a fault stays in its test; most are shared as raw bytes.
    copies = [Dataset({tag: h.get_item(tag) for tag in h.keys()}) for h in wanted]  # noqa: SIM118
    for copy, header in zip(copies, wanted, strict=True):
        copy.set_original_encoding(
            *header.original_encoding, header.original_character_set
        )
        copy.file_meta = header.file_meta
    if breaks is not None:
        breaks(copies)
    text = HEAD.format(modality=modality, match=match, rules=rules)
    return judge(series_facts(("", h) for h in copies), manual(text), visit=None)


def put(at: slice | int | None = None, **values: object) -> Callable[[Headers], None]:
    """Write other values into all images, or into some."""

    def breaks(headers: Headers) -> None:
        some = (
            headers
            if at is None
            else [headers[at]]
            if isinstance(at, int)
            else headers[at]
        )
        for header in some:
            for keyword, value in values.items():
                fresh = Dataset()
                setattr(fresh, keyword, value)
                header[fresh[keyword].tag] = fresh[keyword]

    return breaks


def take(
    *keywords: str | tuple[int, int], at: slice = slice(None)
) -> Callable[[Headers], None]:
    """Take elements out of all images, or of some."""

    def breaks(headers: Headers) -> None:
        for header in headers[at]:
            for keyword in keywords:
                del header[keyword]

    return breaks


def lose(at: slice) -> Callable[[Headers], None]:
    def breaks(headers: Headers) -> None:
        del headers[at]

    return breaks


def copy_of(at: int) -> Callable[[Headers], None]:
    def breaks(headers: Headers) -> None:
        again = deepcopy(headers[at])
        again.SOPInstanceUID = "1.2.3"
        headers.append(again)

    return breaks


def without(lost: Callable[[Headers, Dataset], bool]) -> Callable[[Headers], None]:
    """Lose the images of which something is true."""

    def breaks(headers: Headers) -> None:
        headers[:] = [h for h in headers if not lost(headers, h)]

    return breaks


def of_one_direction(headers: Headers, header: Dataset) -> bool:
    weighted = next(h for h in headers if h.DiffusionBValue > 500)
    return header.DiffusionBValue > 500 and list(
        header.DiffusionGradientOrientation
    ) == list(weighted.DiffusionGradientOrientation)


def fewer_tiles(headers: Headers) -> None:
    for header in headers:
        header.add_new(0x0019100A, "US", 4)


def turn(headers: Headers) -> None:
    put(ImageOrientationPatient=[0, 1, 0, 0, 0, -1])(headers)


SIEMENS, GE, PHILIPS, CT = SCANS
FAULTS = [
    (SIEMENS, "TE", "QC.TE", put(EchoTime=35)),
    (SIEMENS, "TE of one volume", "QC.VARIES", put(0, EchoTime=50.5)),
    (SIEMENS, "TR", "QC.TR", put(RepetitionTime=2000)),
    (SIEMENS, "flip", "QC.FLIP", put(FlipAngle=90)),
    (SIEMENS, "field", "QC.FIELD", put(MagneticFieldStrength=1.5)),
    (SIEMENS, "tiles", "QC.SLICES", fewer_tiles),
    (SIEMENS, "spacing", "QC.SLICE_SPACING", put(SpacingBetweenSlices=10)),
    (SIEMENS, "thickness", "QC.SLICE_THICKNESS", put(SliceThickness=4)),
    (SIEMENS, "matrix", "QC.ROWS", put(Rows=288)),
    (SIEMENS, "plane", "QC.PLANE", turn),
    (SIEMENS, "software", "QC.SOFTWARE", put(SoftwareVersions="syngo MR XA30")),
    (SIEMENS, "software of one volume", "QC.VARIES", put(1, SoftwareVersions="syngo MR E11C")),
    (SIEMENS, "a volume lost", "QC.VOLUMES", lose(slice(0, 1))),
    (SIEMENS, "private headers removed", "QC.NOT_ASSESSABLE", take((0x0029, 0x1020), (0x0051, 0x100F))),
    (SIEMENS, "spacing removed", "QC.NOT_ASSESSABLE", take("SpacingBetweenSlices")),
    (SIEMENS, "bandwidth removed", "QC.NOT_ASSESSABLE", take("PixelBandwidth")),
    (SIEMENS, "renamed", "QC.SERIES_MISSING", put(SeriesDescription="BOLD")),
    (GE, "TE", "QC.TE", put(EchoTime=35)),
    (GE, "TE of one image", "QC.TE", put(11, EchoTime=35)),
    (GE, "TE removed from one image", "QC.NOT_ASSESSABLE", take("EchoTime", at=slice(3, 4))),
    (GE, "a position lost", "QC.SLICES", without(lambda hs, h: h.ImagePositionPatient[2] == hs[0].ImagePositionPatient[2])),
    (GE, "an image twice", "QC.DUPLICATE_SLICES", copy_of(4)),
    (GE, "coil", "QC.COIL", put(ReceiveCoilName="HNS Head")),
    (GE, "station", "QC.STATION", put(StationName="other")),
    (GE, "serial", "QC.SERIAL", put(DeviceSerialNumber="1")),
    (GE, "thickness, so gap", "QC.SLICE_GAP", put(SliceThickness=4)),
    (GE, "pixels", "QC.PIXEL_SPACING", put(PixelSpacing=[3.5, 3.5])),
    (GE, "matrix of one image", "QC.VARIES", put(2, Rows=128)),
    (GE, "sequence", "QC.NOT_ASSESSABLE", take((0x0019, 0x109C))),
    (PHILIPS, "TE", "QC.TE", put(EchoTime=80)),
    (PHILIPS, "TE of one image of 500", "QC.TE", put(321, EchoTime=80)),
    (PHILIPS, "coil of one image of 500", "QC.VARIES", put(321, ReceiveCoilName="BODY")),
    (PHILIPS, "a shell lost", "QC.SERIES_MISSING", without(lambda _, h: h.DiffusionBValue > 500)),
    (PHILIPS, "b0 lost", "QC.B_VALUES", without(lambda _, h: h.DiffusionBValue < 500)),
    (PHILIPS, "a direction lost", "QC.B_VALUES", without(of_one_direction)),
    (PHILIPS, "b of 2000", "QC.B_VALUES", lambda hs: [put(DiffusionBValue=2000.0)([h]) for h in hs if h.DiffusionBValue > 500]),
    (PHILIPS, "b removed from one image", "QC.NOT_ASSESSABLE", lambda hs: take("DiffusionBValue", (0x2001, 0x1003))([hs[100]])),
    (PHILIPS, "acceleration unreadable", "QC.NOT_ASSESSABLE", take((0x2005, 0x140F))),
    (CT, "voltage", "QC.KVP", put(KVP=140)),
    (CT, "voltage of one image", "QC.KVP", put(5, KVP=140)),
    (CT, "kernel", "QC.KERNEL", put(ConvolutionKernel="BONE")),
    (CT, "kernel removed", "QC.NOT_ASSESSABLE", take("ConvolutionKernel")),
    (CT, "tilt in the header", "QC.GANTRY_TILT", put(GantryDetectorTilt=0)),
    (CT, "a slice lost", "QC.SLICES", lose(slice(9, 10))),
    (CT, "a slice twice", "QC.DUPLICATE_SLICES", copy_of(4)),
    (CT, "contrast agent", "QC.CONTRAST", put(ContrastBolusAgent="iohexol")),
    (CT, "model", "QC.MODEL", put(ManufacturerModelName="Revolution")),
    (CT, "half of the head", "QC.COVERAGE", lose(slice(14, 28))),
    (CT, "thickness of one image", "QC.SLICE_THICKNESS", put(3, SliceThickness=10)),
]  # fmt: skip


@pytest.mark.parametrize("name", SCANS)
def test_the_scan_as_it_is_passes(shared, name):
    verdict = judged(shared, name)

    assert verdict.outcome == "pass", [f.message for f in verdict.all_findings()]


@pytest.mark.parametrize(
    ("name", "what", "code", "breaks"), FAULTS, ids=[f"{f[0]}: {f[1]}" for f in FAULTS]
)
def test_a_single_fault_in_a_real_scan_is_found(shared, name, what, code, breaks):
    verdict = judged(shared, name, breaks)

    found = {f.code for f in verdict.all_findings() if f.severity != "note"}
    assert code in found, found
    assert verdict.outcome in ("fail", "not_assessable")
