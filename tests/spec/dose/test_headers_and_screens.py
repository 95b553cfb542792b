"""What is known without a report: image headers, then dose screens, and when a person is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from provident.acquisition.dose import (
    DOSE_TAGS,
    Kind,
    Source,
    entered_event,
    exam_doses,
    read_screen,
)
from provident.dicom import Folder
from provident.kernel import InvalidInput
from tests.spec.dose.written import (
    STUDY,
    assessed,
    coded,
    found,
    image,
    injected,
    screen,
)


@pytest.mark.parametrize("modality", ["CT", "DX", "CR", "MG", "XA", "PT", "NM"])
def test_an_ionising_exam_without_any_dose_is_a_finding_and_never_zero(modality):
    exam = assessed(image(1, modality))

    assert "NO_REPORT" in found(exam)
    assert exam.outcome == "not_assessable"
    assert all(value is None for value in exam.totals.values())
    assert exam.unknown


def test_an_exam_without_ionising_radiation_has_nothing_to_report():
    exam = assessed(image(1, "MR"))

    assert (exam.ionising, exam.findings, exam.events) == (False, (), ())
    assert all(value is None for value in exam.totals.values())


def test_a_radiograph_states_its_dose_in_dgycm2():
    header = image(1, "DX", ImageAndFluoroscopyAreaDoseProduct="0.5", EntranceDoseInmGy="0.06", EntranceDose=9)  # fmt: skip

    exam = assessed(header)

    assert exam.totals["dap_gycm2"] == pytest.approx(0.05)
    (event,) = exam.events
    assert event.source is Source.IMAGE
    assert event.amounts["entrance_dose_mgy"] == pytest.approx(0.06)
    assert {"NO_REPORT", "FROM_IMAGES"} <= set(found(exam))
    assert exam.outcome == "warn"


def test_entrance_dose_in_dgy_is_used_where_the_finer_one_is_absent():
    (event,) = assessed(image(1, "DX", EntranceDose=2)).events

    assert event.amounts["entrance_dose_mgy"] == pytest.approx(200)


def test_a_mammogram_states_glandular_dose_in_dgy():
    left = image(
        1, "MG", OrganDose="0.012", ImageLaterality="L", AcquisitionTime="100001"
    )
    right = image(
        2, "MG", OrganDose="0.013", ImageLaterality="R", AcquisitionTime="100002"
    )

    exam = assessed(left, right)

    assert exam.totals["agd_left_mgy"] == pytest.approx(1.2)
    assert exam.totals["agd_right_mgy"] == pytest.approx(1.3)


def test_a_breast_that_is_not_named_leaves_the_total_unknown():
    exam = assessed(image(1, "MG", OrganDose="0.012"))

    assert exam.totals["agd_left_mgy"] is None
    assert "agd_left_mgy" in exam.unknown


def test_ct_headers_know_ctdivol_and_not_the_dose_length_product():
    said = {"CTDIvol": 12.5, "AcquisitionNumber": "2"}
    other = {"CTDIvol": 11.5, "AcquisitionNumber": "2"}

    exam = assessed(image(1, "CT", **said), image(2, "CT", **other))

    (event,) = exam.events
    assert event.amounts == {"ctdivol_mgy": pytest.approx(12.0)}
    assert exam.totals["ctdivol_max_mgy"] == pytest.approx(12.0)
    assert exam.totals["dlp_mgycm"] is None
    assert exam.outcome == "not_assessable"


@pytest.mark.parametrize("place", ["ExposureDoseSequence", "enhanced"])
def test_ctdivol_is_found_in_sequences_with_its_phantom(place):
    one = Dataset()
    one.CTDIvol = 8.0
    one.CTDIPhantomTypeCodeSequence = coded("113691", "DCM", "IEC Body Dosimetry Phantom")  # fmt: skip
    groups = Dataset()
    groups.CTExposureSequence = Sequence([one])
    element = {"ExposureDoseSequence": Sequence([one])} if place == "ExposureDoseSequence" else {"SharedFunctionalGroupsSequence": Sequence([groups])}  # fmt: skip

    (event,) = assessed(image(1, "CT", **element)).events

    assert event.amounts["ctdivol_mgy"] == 8.0
    assert event.phantom_cm == 32


@pytest.mark.parametrize(("modality", "stated"), [("PT", 250e6), ("NM", 250)])
def test_activity_is_in_bq_for_pet_and_in_mbq_for_nm(modality, stated):
    exam = assessed(injected(1, modality, stated))

    assert exam.totals["activity_mbq"] == pytest.approx(250)
    assert exam.totals["effective_msv"] == pytest.approx(250 * 0.019)


@pytest.mark.parametrize(("modality", "stated"), [("PT", 250), ("NM", 250e6)])
def test_an_activity_in_the_wrong_unit_is_doubted_and_not_guessed(modality, stated):
    exam = assessed(injected(1, modality, stated))

    assert exam.totals["activity_mbq"] is None
    assert "UNIT_DOUBTFUL" in found(exam)
    assert exam.outcome == "not_assessable"


def test_a_dose_of_zero_in_a_header_is_a_machine_without_a_meter():
    header = image(1, "CR", ImageAndFluoroscopyAreaDoseProduct="0")

    exam = assessed(header)

    assert exam.totals["dap_gycm2"] is None
    assert "NO_REPORT" in found(exam)
    assert exam.outcome == "not_assessable"


@pytest.mark.parametrize("damaged", [b"abc", b"1e9999", b"\xff\xfe"])
def test_a_header_value_that_is_no_number_is_unread(damaged):
    header = image(1, "DX", ImageAndFluoroscopyAreaDoseProduct="0.5")
    raw = header.get_item(0x0018115E)
    header._dict[raw.tag] = raw._replace(value=damaged)

    exam = assessed(header)

    assert exam.totals["dap_gycm2"] is None
    assert exam.outcome == "not_assessable"


SIEMENS = [
    "Total mAs 1498  Total DLP 241.5 mGycm",
    "Scan kV mAs / ref. CTDIvol* mGy DLP mGycm TI s cSL mm",
    "Patient Position H-SP",
    "Topogram 1 120 35 mA 0.13 L 6.5 3.5 0.6",
    "Abdomen pv 2 100 126 / 210 4.9 L 235 0.5 0.6",
]
GE = [
    "Dose Report",
    "Series Type Scan Range (mm) CTDIvol (mGy) DLP (mGy-cm) Phantom cm",
    "1 Scout - - - -",
    "2 Helical I12.500-I412.500 12.34 567.89 Body 32",
    "3 Axial S10.0-S50.0 1.0 10.11 Head 16",
    "Total Exam DLP: 578.00",
]
PHILIPS = [
    "Total DLP 277.1 mGy*cm",
    "# Scan Label Scan Mode mAs kV CTDIvol [mGy] DLP [mGy*cm] Phantom Type [cm]",
    "1 Surview 120 0.085 2.2 BODY 32 CM",
    "2 Helical 111 120 14 274.9 HEAD 16 CM",
]
CANON = [
    "Total DLP (mGy.cm) : 469.0",
    "1 Helical Body 12.3 456.7",
    "2 Volume Head 4.1 12.3",
]


@pytest.mark.parametrize(
    ("layout", "lines", "dlps", "phantoms"),
    [
        ("Siemens", SIEMENS, [6.5, 235], [32, 32]),
        ("GE", GE, [567.89, 10.11], [32, 16]),
        ("Philips", PHILIPS, [2.2, 274.9], [32, 16]),
        ("Canon", CANON, [456.7, 12.3], [32, 16]),
    ],
)
def test_the_lines_of_a_dose_screen_are_read_in_each_layout(layout, lines, dlps, phantoms):  # fmt: skip
    read = read_screen(lines)

    assert read.layout == layout
    assert [e.amounts["dlp_mgycm"] for e in read.events] == dlps
    assert [e.phantom_cm for e in read.events] == phantoms
    assert read.agrees


def test_a_misread_digit_shows_in_the_sum():
    read = read_screen([line.replace("274.9", "214.9") for line in PHILIPS])

    assert not read.agrees


@pytest.mark.parametrize("lines", [[], ["Total DLP 12"], PHILIPS[1:], ["\x00", "💥"]])
def test_text_without_rows_or_total_never_agrees(lines):
    assert not read_screen(lines).agrees


DOSE_SCREEN = {"SeriesDescription": "Dose Report"}


def test_a_dose_screen_without_a_reader_of_text_needs_a_person():
    exam = assessed(image(1, "CT", CTDIvol=12.0), screen(2, **DOSE_SCREEN))

    assert {"SCREEN_ONLY", "NO_REPORT"} <= set(found(exam))
    assert exam.totals["dlp_mgycm"] is None
    assert exam.outcome == "not_assessable"


def test_a_dose_screen_whose_text_agrees_is_counted_and_to_be_confirmed():
    exam = assessed(
        image(1, "CT", CTDIvol=12.0), screen(2, **DOSE_SCREEN), read_text=lambda s: GE
    )

    assert exam.totals["dlp_mgycm"] == pytest.approx(578.0)
    assert {e.source for e in exam.events} == {Source.SCREEN}
    assert "SCREEN_READ" in found(exam)
    assert exam.outcome == "warn"


def test_a_dose_screen_whose_text_does_not_agree_needs_a_person():
    exam = assessed(screen(2, **DOSE_SCREEN), read_text=lambda s: GE[:-1])

    assert exam.totals["dlp_mgycm"] is None
    assert "SCREEN_ONLY" in found(exam)


def test_what_a_person_entered_stands_for_the_screen():
    entered = entered_event(STUDY, Kind.CT, 0.578, "Gy.cm", region="Head", phantom_cm=16)  # fmt: skip

    exam = assessed(screen(2, **DOSE_SCREEN), entered=[entered])

    assert exam.totals["dlp_mgycm"] == pytest.approx(578.0)
    assert exam.totals["effective_msv"] == pytest.approx(578 * 0.0021)
    assert "SCREEN_ONLY" not in found(exam)


@pytest.mark.parametrize(("value", "unit"), [(-1, "mGy.cm"), (1, "MBq"), (float("nan"), "mGy.cm")])  # fmt: skip
def test_an_entry_that_is_no_dose_is_refused(value, unit):
    with pytest.raises(InvalidInput, match="cannot be entered"):
        entered_event(STUDY, Kind.CT, value, unit)


def test_other_pages_of_a_summary_are_no_dose_screens():
    header = screen(2, SeriesDescription="Exam Summary", ImageType=["DERIVED", "SECONDARY", "RESULTS"])  # fmt: skip

    assert "SCREEN_ONLY" not in found(assessed(header))


def test_a_file_that_cannot_be_read_keeps_the_exam_from_passing():
    exam = assessed(injected(1, "PT", 250e6), unreadable=lambda: ["IM7"])

    assert "FILE_UNREADABLE" in found(exam)
    assert exam.outcome == "not_assessable"


def _doses(path: Path, **options: object):
    return exam_doses(Folder(path).headers(only=DOSE_TAGS), **options)


@pytest.mark.real
def test_the_philips_dose_screen_is_recognised_and_its_private_total_read(shared):
    (exam,) = _doses(shared / "data/realscans/ct_phantom_philips_ingenuity")

    assert exam.totals["dlp_mgycm"] == 277.1
    assert {"SCREEN_HEADER", "NO_REPORT"} <= set(found(exam))


@pytest.mark.real
def test_the_philips_dose_screen_read_by_a_program_agrees_with_its_header(shared):
    seen = []

    def read_text(one):
        seen.append(one.name)
        return PHILIPS  # what the picture shows

    (exam,) = _doses(shared / "data/realscans/ct_phantom_philips_ingenuity", read_text=read_text)  # fmt: skip

    assert seen == ["I50"]
    assert exam.totals["dlp_mgycm"] == pytest.approx(277.1)
    assert "SCREEN_READ" in found(exam)
    assert len(exam.events) == 2


@pytest.mark.real
def test_a_misread_of_the_philips_screen_is_caught_by_its_header(shared):
    wrong = [line.replace("277.1", "217.1").replace("274.9", "214.9") for line in PHILIPS]  # fmt: skip

    (exam,) = _doses(shared / "data/realscans/ct_phantom_philips_ingenuity", read_text=lambda s: wrong)  # fmt: skip

    assert exam.totals["dlp_mgycm"] == 277.1
    assert "SCREEN_HEADER" in found(exam)


@pytest.mark.real
def test_the_ge_head_without_any_dose_asks_for_its_report(shared):
    (exam,) = _doses(shared / "data/realscans/ct_head_ge_hispeed")

    assert exam.totals["dlp_mgycm"] is None
    assert "NO_REPORT" in found(exam)
    assert exam.outcome == "not_assessable"


@pytest.mark.real
@pytest.mark.parametrize("folder", ["us_misc", "mr_fmri_siemens_skyra"])
def test_ultrasound_and_mr_have_no_dose(shared, folder):
    exams = _doses(shared / "data/realscans" / folder)

    assert exams
    assert not any(exam.ionising or exam.findings for exam in exams)
