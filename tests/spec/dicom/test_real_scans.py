"""Facts of real scans, beside what other programs read from the same files."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from provident.dicom import FACT_TAGS, Folder, SeriesFacts, series_facts
from tests.conftest import missing


pytestmark = pytest.mark.real

# dcm2niix's name -> ours, and what its value is multiplied by.
SIDECAR = {
    "EchoTime": ("TE", 1000),
    "RepetitionTime": ("TR", 1000),
    "InversionTime": ("TI", 1000),
    "FlipAngle": ("flip", 1),
    "SliceThickness": ("slice_thickness", 1),
    "SpacingBetweenSlices": ("slice_spacing", 1),
    "MagneticFieldStrength": ("field", 1),
    "ImagingFrequency": ("imaging_frequency", 1),
    "PixelBandwidth": ("bandwidth", 1),
    "EchoTrainLength": ("echo_train", 1),
    "PercentPhaseFOV": ("percent_phase_fov", 1),
    "PercentSampling": ("percent_sampling", 1),
    "PhaseEncodingSteps": ("phase_steps", 1),
    "ParallelReductionFactorInPlane": ("acceleration", 1),
    "SeriesNumber": ("series_number", 1),
    "Modality": ("modality", None),
    "ManufacturersModelName": ("model", None),
    "DeviceSerialNumber": ("serial", None),
    "StationName": ("station", None),
    "SoftwareVersions": ("software", None),
    "SeriesDescription": ("description", None),
    "ProtocolName": ("protocol", None),
    "SequenceName": ("sequence_name", None),
    "BodyPart": ("body_part", None),
    "PatientPosition": ("patient_position", None),
    "MRAcquisitionType": ("acquisition_type", None),
    "ScanningSequence": ("scanning_sequence", None),
    "SequenceVariant": ("sequence_variant", None),
    "ScanOptions": ("scan_options", None),
    "ReceiveCoilName": ("coil", None),
    "CoilString": ("coil", None),
    "InPlanePhaseEncodingDirectionDICOM": ("phase_encoding", None),
}
MR_FOLDERS = ("mr_fmri_ge_750_s4", "mr_fmri_ge_750_s5", "mr_fmri_siemens_skyra")


def facts_of(folder: Path) -> list[SeriesFacts]:
    return series_facts(Folder(folder).headers(only=FACT_TAGS))


def converted(
    folder: Path, out: Path, *, images: bool = False
) -> dict[str, tuple[dict, bytes]]:
    """dcm2niix's sidecar of each series, and with `images` its NIfTI header."""
    program = (
        shutil.which("dcm2niix", path=str(Path(sys.executable).parent)) or "dcm2niix"
    )
    what = "y" if images else "o"
    subprocess.run(
        [
            program,
            "-b",
            what,
            "-ba",
            "n",
            "-z",
            "n",
            "-f",
            "%s",
            "-o",
            str(out),
            str(folder),
        ],
        capture_output=True,
        check=False,  # it exits with an error on incomplete series, after writing what it has
    )
    sidecars = [
        (json.loads(f.read_text()), f.with_suffix(".nii")) for f in out.glob("*.json")
    ]
    assert sidecars
    return {
        s["SeriesInstanceUID"]: (s, nii.read_bytes()[:348] if images else b"")
        for s, nii in sidecars
    }


def compared(mine: SeriesFacts, theirs: dict) -> dict[str, tuple[object, object]]:
    """What differs, of all names that both have."""
    differ = {}
    for name, (fact, scale) in SIDECAR.items():
        if name not in theirs:
            continue
        value, wanted = mine.value(fact), theirs[name]
        if scale is None:
            same = str(value) == str(wanted)
        else:
            same = isinstance(value, int | float) and value == pytest.approx(
                wanted * scale, rel=2e-5
            )
        if not same:
            differ[name] = (value, wanted)
    return differ


@pytest.mark.parametrize("name", MR_FOLDERS)
def test_facts_equal_the_sidecars_of_dcm2niix(shared, tmp_path, name):
    folder = shared / "data/realscans" / name
    theirs = converted(folder, tmp_path)

    mine = {s.uid: s for s in facts_of(folder)}

    assert {uid: {} for uid in mine} == {
        uid: compared(mine[uid], sidecar) for uid, (sidecar, _) in theirs.items()
    }


@pytest.mark.parametrize(
    ("name", "files"), [(MR_FOLDERS[0], 30), (MR_FOLDERS[1], 30), (MR_FOLDERS[2], 8)]
)
def test_sizes_and_spacings_equal_the_nifti_headers_of_dcm2niix(
    shared, tmp_path, name, files
):
    """Of whole volumes: the GE series stop in the middle of their third, which dcm2niix refuses."""
    folder = tmp_path / "in"
    folder.mkdir()
    for file in sorted((shared / "data/realscans" / name).iterdir())[:files]:
        shutil.copy(file, folder)
    theirs = converted(folder, tmp_path, images=True)

    for one in facts_of(folder):
        columns, rows, slices, volumes = struct.unpack_from(
            "<4h", theirs[one.uid][1], 42
        )
        across, down, apart = struct.unpack_from("<3f", theirs[one.uid][1], 80)
        pixel = one.facts["pixel_spacing"].values()

        assert (columns, rows, slices, volumes) == tuple(
            one.value(f) for f in ("columns", "rows", "slices", "volumes")
        )
        assert (across, down, apart) == pytest.approx(
            (pixel[-1], pixel[0], one.value("slice_spacing")), rel=1e-4
        )


def test_the_direction_of_phase_encoding_is_the_one_that_the_series_is_named_after(
    shared,
):
    found = facts_of(shared / "data/realscans/mr_fmri_siemens_skyra")

    assert {s.value("description"): s.value("phase_direction") for s in found} == {
        "EPI PE=AP": "AP",
        "EPI PE=PA": "PA",
        "EPI PE=RL": "RL",
        "EPI PE=LR": "LR",
    }


@pytest.fixture(scope="module")
def diffusion(shared) -> tuple[Path, SeriesFacts]:
    folder = shared / "data/realscans/mr_dwi_philips_classic"
    (one,) = facts_of(folder)
    return folder, one


def test_a_diffusion_series_equals_the_sidecar_of_its_first_volume(diffusion, tmp_path):
    """dcm2niix refuses the whole series, in which two positions are missing: one volume it takes."""
    folder, one = diffusion
    volume = tmp_path / "volume"
    volume.mkdir()
    for name, header in Folder(folder).headers():
        if header.DiffusionBValue == 0:
            shutil.copy(folder / name, volume)
    ((sidecar, header),) = converted(volume, tmp_path, images=True).values()

    assert compared(one, sidecar) == {}
    assert struct.unpack_from("<3h", header, 42) == (112, 112, 30)
    assert one.value("slices") == 30


def test_missing_slices_are_those_that_dcm2niix_says_are_missing(diffusion):
    """Its words: expected 32 spatial locations per volume, but found 30 slices."""
    _, one = diffusion

    assert tuple(
        one.value(f) for f in ("slices", "missing_slices", "incomplete_volumes")
    ) == (30, 2, 10)


def test_b_values_equal_what_dcmdump_prints(diffusion):
    if shutil.which("dcmdump") is None:
        missing("dcmdump (DCMTK)")
    folder, one = diffusion
    files = sorted(map(str, folder.iterdir()))
    printed = subprocess.run(
        ["dcmdump", "+P", "0018,9087", "+P", "0018,9089", *files],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    b = [float(line.split()[2]) for line in printed if line.startswith("(0018,9087)")]
    directions = {line.split()[2] for line in printed if line.startswith("(0018,9089)")}

    fact = one.facts["b_values"]

    assert (fact.value, fact.counts, fact.unread) == ((0, 1000), (5, 12), 0)
    assert (sum(x < 1 for x in b), sum(x > 999 for x in b)) == (147 - 1, 354)
    # One direction is written for every b of about 0.
    assert len(directions) - 1 == one.value("directions")


HEAD = {
    "make": "GE MEDICAL SYSTEMS",
    "model": "HiSpeed Dual",
    "software": "3.40",
    "kVp": 120,
    "exposure_time": 2000,
    "gantry_tilt": 18.5,
    "kernel": "STD+",
    "rows": 512,
    "columns": 512,
    "pixel_spacing": 0.4882812,
    "reconstruction_diameter": 250,
    "slices": 28,
    "plane": "axial",
    "bits": 16,
    "patient_position": "HFS",
    "source_detector": 949.075,
    "source_patient": 541,
    "body_part": "HEAD",
    "duplicate_slices": 0,
    "contrast": False,
}


def test_a_ct_equals_the_table_made_with_dcmdump(shared):
    (one,) = facts_of(shared / "data/realscans/ct_head_ge_hispeed")

    assert {name: one.value(name) for name in HEAD} == HEAD
    assert (
        one.facts["slice_thickness"].value,
        one.facts["slice_thickness"].counts,
    ) == ((4, 7), (14, 14))
    assert {180, 160} == set(one.facts["tube_current"].values())


def test_the_tilt_and_the_uneven_steps_of_a_ct_are_seen_in_its_positions(shared):
    (one,) = facts_of(shared / "data/realscans/ct_head_ge_hispeed")

    assert one.value("skew") == pytest.approx(18.5, abs=0.01)
    assert one.value("irregular_spacing") > 2.9
    # A hole cannot be told from a wide step, so nothing is said.
    assert "unevenly spaced" in one.absent["missing_slices"]


ULTRASOUND = {
    "CX50": {"make": "Philips Medical Systems", "regions": 2, "calibrated": True, "region_types": "tissue\\ECG trace", "frames": 1},
    "LOGIQ 700": {"make": "G.E. Medical Systems", "regions": None, "frames": 1},
    "SSD-4000": {"make": "ALOKA CO., LTD.", "regions": 3, "calibrated": True, "transducer_frequency": 5000, "frames": 1},
}  # fmt: skip


def test_ultrasound_equals_the_table_made_with_dcmdump(shared):
    found = {s.model: s for s in facts_of(shared / "data/realscans/us_misc")}

    assert {
        model: {name: found[model].value(name) for name in table}
        for model, table in ULTRASOUND.items()
    } == ULTRASOUND


def test_every_file_is_read_or_listed_with_a_reason(shared):
    folder = Folder(shared / "data/realscans")
    files = len(folder.files())

    series = series_facts(folder.headers(only=FACT_TAGS))

    # One of the ultrasound images is there twice under one UID, in two encodings.
    assert files == sum(s.files for s in series) + len(folder.unread) + 1
    assert {"directory"} == {u.reason for u in folder.unread}
