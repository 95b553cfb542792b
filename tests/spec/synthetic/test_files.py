"""Synthetic files are DICOM as hospitals send it: valid, and full of identity."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from pydicom import config, dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.valuerep import validate_value

from provident.kernel import InvalidInput
from provident.synthetic import hand_xray, joint_ultrasound, patients, phantom
from tests.conftest import missing
from tests.spec.synthetic.conftest import AT, ILL, PEOPLE, SCANNERS, mri


title = "Synthetic files"

IDENTIFYING = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientAddress", "PatientTelephoneNumbers", "AccessionNumber",
    "ReferringPhysicianName", "OperatorsName", "InstitutionName", "InstitutionAddress", "StationName",
)  # fmt: skip


def exams():
    rng = np.random.default_rng(8)
    return {
        **{m: mri(m, faults=["burned_in_text"], roles=["cor_t1"]) for m in ("siemens", "ge", "philips", "canon")},
        "dx": hand_xray(PEOPLE[2], SCANNERS["dx"], acquired=AT, truth=ILL, rng=rng),
        "cr": hand_xray(PEOPLE[5], SCANNERS["cr"], acquired=AT, truth=ILL, rng=rng, separate=True),
        "us": joint_ultrasound(PEOPLE[6], SCANNERS["us"], acquired=AT, truth=ILL, rng=rng, frames=3),
        "us_jpeg": joint_ultrasound(PEOPLE[6], SCANNERS["us"], acquired=AT, truth=ILL, rng=rng, frames=3, compressed=True),
        "phantom": phantom(SCANNERS["ge"], acquired=AT, rng=rng),
    }  # fmt: skip


@pytest.fixture(scope="module")
def all_exams():
    return exams()


def test_every_file_reads_back_with_its_pixels(all_exams):
    for exam in all_exams.values():
        *_, (_, content) = exam.files()
        ds = dcmread(DicomBytesIO(content))
        assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID
        assert ds.pixel_array.max() > 0


def test_every_value_is_valid(all_exams):
    for exam in all_exams.values():
        for ds in (exam[0], exam[-1]):
            for element in ds.iterall():
                if element.VR not in {"SQ", "OB", "OW", "US", "SS", "SL", "UL", "FL", "FD"} and element.value:  # fmt: skip
                    values = element.value if element.VM > 1 else [element.value]
                    for value in values:
                        validate_value(element.VR, str(value), config.RAISE)


def test_every_patient_scan_identifies_the_patient(all_exams):
    for name, exam in all_exams.items():
        if name != "phantom":
            for keyword in IDENTIFYING:
                assert exam[0].get(keyword), (name, keyword)


def test_uids_are_unique_and_agree(all_exams):
    for exam in all_exams.values():
        assert len({d.SOPInstanceUID for d in exam}) == len(exam)
        assert len({d.StudyInstanceUID for d in exam}) == 1


@pytest.mark.parametrize(
    ("make", "creator"),
    [("siemens", "SIEMENS CSA HEADER"), ("ge", "GEMS_PARM_01"), ("philips", "Philips Imaging DD 001"), ("canon", "TOSHIBA_MEC_MR3")],
)  # fmt: skip
def test_each_maker_writes_its_private_elements(all_exams, make, creator):
    creators = {e.value for e in all_exams[make][0] if e.tag.is_private_creator}

    assert creator in creators
    assert "MITRA LINKED ATTRIBUTES 1.0" in creators


def test_private_elements_hide_the_patient_in_siemens_and_ge(all_exams):
    patient = PEOPLE[0]
    csa = (
        all_exams["siemens"][0].private_block(0x0029, "SIEMENS CSA HEADER")[0x10].value
    )
    note = all_exams["ge"][0].private_block(0x0019, "GEMS_ACQU_01")[0x9E].value

    assert patient.patient_id.encode() in csa
    assert "Ackroyd" in note


def test_ge_writes_implicit_and_the_others_explicit_little_endian(all_exams):
    syntax = {m: all_exams[m][0].file_meta.TransferSyntaxUID.is_implicit_VR for m in ("siemens", "ge", "philips")}  # fmt: skip

    assert syntax == {"siemens": False, "ge": True, "philips": False}


def test_ultrasound_tells_where_the_tissue_is(all_exams):
    ds = all_exams["us"][0]
    (region,) = ds.SequenceOfUltrasoundRegions
    tissue = ds.pixel_array[0, region.RegionLocationMinY0 : region.RegionLocationMaxY1, region.RegionLocationMinX0 : region.RegionLocationMaxX1]  # fmt: skip

    assert tissue.mean() > 4 * ds.pixel_array[0, :40, :400].mean()
    assert region.PhysicalDeltaY * 10 * tissue.shape[0] == pytest.approx(19, abs=0.1)


def test_ultrasound_moves_and_shows_flow_where_there_is_synovitis(all_exams):
    clip = all_exams["us"][0].pixel_array.astype(int)  # mcp2, grade 3
    coloured = (clip[..., 0] - clip[..., 2] > 60)[:, 60:450, 120:520]

    assert coloured.sum() > 3000
    assert np.abs(clip[1] - clip[0]).mean() > 1


def test_jpeg_clips_are_a_tenth_of_the_size(all_exams):
    plain, jpeg = (sum(len(b) for _, b in all_exams[k].files()) for k in ("us", "us_jpeg"))  # fmt: skip

    assert jpeg < plain / 5
    assert all_exams["us_jpeg"][0].LossyImageCompression == "01"


def test_radiographs_are_smaller_than_three_megabytes(all_exams):
    assert all(
        len(b) < 3_000_000 for k in ("dx", "cr") for _, b in all_exams[k].files()
    )


def test_bones_are_brighter_than_flesh_and_flesh_than_air(all_exams):
    image = all_exams["dx"][0].pixel_array
    air, flesh, bone = (np.percentile(image, p) for p in (10, 55, 97))

    assert air < 0.5 * flesh < 0.5 * bone


def test_names_come_in_many_scripts_and_survive_the_file():
    everyone = patients(3, 24)
    greek = next(p for p in everyone if "Παπ" in p.name)
    exam = phantom_like_scan(greek)
    _, content = next(exam.files())

    assert {p.charset for p in everyone} == {"ISO_IR 6", "ISO_IR 100", "ISO_IR 192"}
    assert str(dcmread(DicomBytesIO(content)).PatientName) == greek.name


def phantom_like_scan(patient):
    return joint_ultrasound(patient, SCANNERS["us"], acquired=AT, truth=ILL, rng=np.random.default_rng(1), joints=["mcp2"], frames=2)  # fmt: skip


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: hand_xray(PEOPLE[0], SCANNERS["us"], acquired=AT, truth=ILL, rng=np.random.default_rng(1)), "needs DX or CR"),
        (lambda: joint_ultrasound(PEOPLE[0], SCANNERS["dx"], acquired=AT, truth=ILL, rng=np.random.default_rng(1)), "needs an US scanner"),
        (lambda: joint_ultrasound(PEOPLE[0], SCANNERS["us"], acquired=AT, truth=ILL, rng=np.random.default_rng(1), joints=["knee"]), "of the joints"),
        (lambda: phantom(SCANNERS["dx"], acquired=AT, rng=np.random.default_rng(1)), "needs an MR scanner"),
    ],
)  # fmt: skip
def test_a_scan_on_the_wrong_machine_is_refused(make, says):
    with pytest.raises(InvalidInput, match=says):
        make()


@pytest.mark.peer
def test_dcmtk_reads_every_kind_without_a_warning(all_exams, tmp_path):
    dcmdump = shutil.which("dcmdump")
    if dcmdump is None:
        missing("dcmdump (DCMTK)")
    for name, exam in all_exams.items():
        paths = exam.write(tmp_path / name)
        run = subprocess.run([dcmdump, "-q", paths[0], paths[-1]], capture_output=True, text=True, check=True)  # fmt: skip
        assert run.stderr == "", name
