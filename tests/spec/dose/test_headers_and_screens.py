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
    as_read,
    assessed,
    coded,
    ct_event,
    ct_total,
    found,
    image,
    injected,
    report,
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


def test_a_mammogram_that_comes_as_a_secondary_capture_counts():
    header = screen(1, Modality="MG", OrganDose="0.0026", ImageLaterality="R", ImageType=["ORIGINAL", "PRIMARY"])  # fmt: skip

    exam = assessed(header)

    assert exam.totals["agd_right_mgy"] == pytest.approx(0.26)
    assert exam.totals["agd_left_mgy"] is None
    assert set(exam.unknown) == {"effective_msv"}


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


ELSCINT = "ELSCINT1"


def philips_screen(*dlps: float, total: float, comment: bool = False, uid: bool = True):
    """The header of a Philips dose screen, as on the real ones in ../shared."""
    listed = []
    for n, dlp in enumerate(dlps, 1):
        one = Dataset()
        one.CTDIvol, one.BodyPartExamined = 10.0, "HEAD"
        if uid:
            one.IrradiationEventUID = f"2.25.1.7.{n}"
        one.CommentsOnRadiationDose = f"CTDIvol=10 DLP={dlp}"
        if not comment:
            one.private_block(0x00E1, ELSCINT, create=True).add_new(0x21, "DS", str(dlp))  # fmt: skip
            one.private_block(0x01E1, ELSCINT, create=True).add_new(0x26, "CS", "HEAD 16 CM")  # fmt: skip
        listed.append(one)
    header = screen(
        7,
        ImageType=["DERIVED", "SECONDARY", "DOSE_INFO"],
        ExposureDoseSequence=Sequence(listed),
    )
    header.private_block(0x00E1, ELSCINT, create=True).add_new(0x21, "DS", str(total))
    return as_read(header)


def test_the_scans_that_a_dose_screens_header_lists_are_counted():
    slices = [image(n, "CT", IrradiationEventUID="2.25.1.7.1", CTDIvol=9.0) for n in (1, 2)]  # fmt: skip

    exam = assessed(*slices, philips_screen(100, 150, total=250))

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert exam.totals["effective_msv"] == pytest.approx(250 * 0.0021)
    assert len(exam.events) == 2
    assert exam.outcome == "warn"


def test_without_private_elements_the_comments_of_the_scans_are_read():
    header = philips_screen(100, 150, total=250, comment=True)
    del header[0x00E11021]

    exam = assessed(header)

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert exam.totals["effective_msv"] is None  # the phantom is private


def test_a_dose_screen_sent_twice_counts_once():
    header = philips_screen(100, 150, total=250)

    exam = assessed(header, header)

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)


def test_a_screen_without_event_uids_that_is_made_again_counts_once():
    first = philips_screen(100, 150, total=250, uid=False)
    again = philips_screen(100, 150, total=250, uid=False)
    again.SOPInstanceUID = "2.25.1.3.70"

    exam = assessed(first, again)

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert "EVENT_WITHOUT_UID" in found(exam)


def test_scans_that_do_not_make_up_the_total_leave_the_total_alone():
    exam = assessed(philips_screen(100, 150, total=300))

    assert exam.totals["dlp_mgycm"] == 300
    assert exam.events == ()
    assert exam.totals["effective_msv"] is None


def test_an_image_of_a_scan_that_the_screen_does_not_list_leaves_the_dose_unknown():
    other = image(1, "CT", IrradiationEventUID="2.25.1.7.9", CTDIvol=9.0)

    exam = assessed(other, philips_screen(100, 150, total=250))

    assert exam.totals["dlp_mgycm"] is None
    assert "EVENT_NOT_IN_REPORT" in found(exam)


def test_a_misread_of_a_screen_is_caught_by_its_private_total():
    header = screen(7, SeriesDescription="Dose Info")
    header.private_block(0x00E1, ELSCINT, create=True).add_new(0x21, "DS", "277.1")
    wrong = [line.replace("277.1", "217.1").replace("274.9", "214.9") for line in PHILIPS]  # fmt: skip

    right = assessed(header, read_text=lambda s: PHILIPS)
    misread = assessed(header, read_text=lambda s: wrong)

    assert {"NO_REPORT", "SCREEN_READ"} <= set(found(right))
    assert right.totals["dlp_mgycm"] == pytest.approx(277.1)
    assert found(misread) == ["NO_FACTOR", "NO_REPORT", "SCREEN_HEADER"]
    assert misread.totals["dlp_mgycm"] == 277.1


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


@pytest.mark.parametrize(
    "said",
    [
        {"SeriesDescription": "Patient Protocol"},
        {"SeriesDescription": "Dose Report"},
        {"SeriesDescription": "Dose Info"},
        {"ProtocolName": "Dose Record"},
        {"ImageType": ["DERIVED", "SECONDARY", "DOSE_INFO"]},
    ],
)
def test_dose_screens_are_known_by_what_vendors_call_them(said):
    assert "SCREEN_ONLY" in found(assessed(screen(2, **said)))


@pytest.mark.parametrize("said", [{}, {"SeriesDescription": "Perfusion map"}])
def test_a_secondary_capture_of_something_else_is_no_dose_screen(said):
    exam = assessed(screen(2, **said))

    assert found(exam) == ["NO_FACTOR", "NO_REPORT"]


def test_what_a_person_entered_stands_for_headers_that_do_not_know_the_dose():
    entered = entered_event(STUDY, Kind.CT, 500, "mGy.cm")

    exam = assessed(image(1, "CT", CTDIvol=12.0), entered=[entered])

    assert exam.totals["dlp_mgycm"] == 500
    assert [e.source for e in exam.events] == [Source.PERSON]


def test_what_a_person_entered_adds_nothing_to_a_report():
    entered = entered_event(STUDY, Kind.CT, 500, "mGy.cm")

    exam = assessed(report(ct_total(100), ct_event(1, 100)), entered=[entered])

    assert exam.totals["dlp_mgycm"] == pytest.approx(100)


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
def test_the_real_philips_dose_screen_lists_its_scans_in_its_header(shared):
    (exam,) = _doses(shared / "data/realscans/ct_phantom_philips_ingenuity")

    # The picture shows: Surview 0.085 mGy, 2.2 mGy.cm, BODY 32 CM; Helical 14, 274.9, HEAD 16 CM; total 277.1.
    assert exam.totals["dlp_mgycm"] == pytest.approx(277.1)
    assert exam.totals["ctdivol_max_mgy"] == 14
    assert exam.totals["effective_msv"] == pytest.approx(2.2 * 0.015 + 274.9 * 0.0021)
    assert sorted((e.main, e.amounts["ctdivol_mgy"], e.phantom_cm, e.localizer) for e in exam.events) == [
        (2.2, 0.085, 32, True),
        (274.9, 14.0, 16, False),
    ]  # fmt: skip
    assert all(e.uid and e.source is Source.SCREEN for e in exam.events)
    assert {"SCREEN_HEADER", "NO_REPORT"} == set(found(exam))


@pytest.mark.real
def test_the_text_of_the_real_philips_screen_agrees_with_its_header(shared):
    (exam,) = _doses(shared / "data/realscans/ct_phantom_philips_ingenuity")

    read = read_screen(PHILIPS)  # what the picture shows

    assert read.total_dlp == pytest.approx(exam.totals["dlp_mgycm"])


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
