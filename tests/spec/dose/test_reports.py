"""What dose reports say, added up by hand beside what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from provident.acquisition.dose import Kind, Source, exam_doses
from provident.acquisition.dose.reports import is_report
from provident.dicom import read_header
from tests.spec.dose.written import (
    BODY,
    ENHANCED_SR,
    ENHANCED_XRAY_SR,
    HEAD,
    LOCALIZER,
    MAMMOGRAPHY,
    PATIENT_SR,
    PHARMA_SR,
    administration,
    assessed,
    biplane,
    breast_event,
    breast_total,
    coded,
    container,
    ct_event,
    ct_total,
    found,
    num,
    report,
    uidref,
    xray_event,
    xray_total,
)


SIEMENS_CT = report(
    ct_total(256.5),
    ct_event(1, 6.5, phantom=BODY, technique=LOCALIZER, region="Chest"),
    ct_event(2, 250, phantom=BODY, region="Chest"),
    sop_class=ENHANCED_SR,
)
GE_CT = report(
    ct_total(567.89),
    ct_event(1, None, technique=LOCALIZER, dose=False),
    ct_event(2, 567.89),
    maker="GE MEDICAL SYSTEMS",
)
PHILIPS_CT = report(
    ct_total(277.1),
    ct_event(1, 2.2, phantom=BODY, technique=LOCALIZER),
    ct_event(2, 274.9),
    maker="Philips",
)
CANON_CT = report(
    ct_total(456.7, "mGycm"), ct_event(1, 456.7, unit="mGycm"), maker="TOSHIBA"
)
SIEMENS_XA = report(
    xray_total("0.0003", plane="A", rp="0.010", fluoro_s=12),
    xray_total("0.0002", plane="B", rp="0.005", fluoro_s=8),
    *biplane("0.0003", "0.0002"),
)
PHILIPS_XA = report(
    xray_total(5000, "mGy.cm2"), xray_event(1, 2000, "mGy.cm2"), xray_event(2, 3000, "mGy.cm2"),
    maker="Philips",
)  # fmt: skip
GE_XA = report(
    xray_total(50, "dGy.cm2"), xray_event(1, 50, "dGy.cm2"), maker="GE MEDICAL SYSTEMS"
)
CANON_RF = report(
    xray_total(500, "uGy.m2"), xray_event(1, 200, "uGy.m2"), xray_event(2, 300, "uGy.m2"),
    maker="CANON_MEC",
)  # fmt: skip
HOLOGIC_MG = report(
    MAMMOGRAPHY,
    breast_total("left", 2.6),
    breast_total("right", 2.9),
    *(breast_event(n, side, agd) for n, side, agd in [(1, "left", 1.2), (2, "left", 1.4), (3, "right", 1.3), (4, "right", 1.6)]),
    maker="HOLOGIC, Inc.",
)  # fmt: skip
PET = report(
    administration(1, 250), title="113500", sop_class=PHARMA_SR, maker="GE MEDICAL"
)
NM_BQ = report(
    administration(1, 600e6, "Bq", ("96390006", "SCT", "Technetium Tc^99m^ medronate")),
    title="113500",
    sop_class=PHARMA_SR,
)
ENHANCED = report(
    container("130500", num("113813", 100, "mGy.cm")),
    container("130501", uidref("113853", "2.25.1.7.1"), num("113838", 100, "mGy.cm")),
    sop_class=ENHANCED_XRAY_SR,
)

# The hand-made table: what each report adds up to.
TABLE = {
    "siemens ct": (SIEMENS_CT, {"dlp_mgycm": 256.5}),
    "ge ct": (GE_CT, {"dlp_mgycm": 567.89}),
    "philips ct": (PHILIPS_CT, {"dlp_mgycm": 277.1}),
    "canon ct": (CANON_CT, {"dlp_mgycm": 456.7}),
    "siemens xa, two planes": (
        SIEMENS_XA,
        {"dap_gycm2": 5.0, "air_kerma_rp_mgy": 15.0, "fluoro_s": 20.0},
    ),
    "philips xa": (PHILIPS_XA, {"dap_gycm2": 5.0}),
    "ge xa": (GE_XA, {"dap_gycm2": 5.0}),
    "canon rf": (CANON_RF, {"dap_gycm2": 5.0}),
    "hologic mg": (HOLOGIC_MG, {"agd_left_mgy": 2.6, "agd_right_mgy": 2.9}),
    "pet": (PET, {"activity_mbq": 250.0}),
    "nm in Bq": (NM_BQ, {"activity_mbq": 600.0}),
    "enhanced": (ENHANCED, {"dlp_mgycm": 100.0}),
}
QUANTITIES = ("dlp_mgycm", "dap_gycm2", "agd_left_mgy", "agd_right_mgy", "activity_mbq")


@pytest.mark.parametrize("name", TABLE)
def test_totals_are_those_of_the_hand_made_table(name):
    header, expected = TABLE[name]

    exam = assessed(header)

    for quantity, value in expected.items():
        assert exam.totals[quantity] == pytest.approx(value, rel=1e-9)
    for quantity in set(QUANTITIES) - set(expected):
        assert exam.totals[quantity] is None
    assert not [f for f in exam.findings if f.severity == "error"]


def test_an_event_says_where_it_comes_from():
    localizer, spiral = assessed(PHILIPS_CT).events

    assert (localizer.localizer, spiral.localizer) == (True, False)
    assert (localizer.phantom_cm, spiral.phantom_cm) == (32, 16)
    assert spiral.kind is Kind.CT
    assert spiral.source is Source.REPORT
    assert spiral.uid == "2.25.1.7.2"
    assert spiral.region == "Head"
    assert spiral.protocol == "protocol 2"


def test_a_localizer_may_leave_its_dose_out_and_a_spiral_may_not():
    silent = report(ct_total(10), ct_event(1, None, dose=False), ct_event(2, 10))

    assert "VALUE_UNREADABLE" not in found(assessed(GE_CT))
    exam = assessed(silent)
    assert "VALUE_UNREADABLE" in found(exam)
    assert exam.outcome == "not_assessable"


NONSENSE = [
    (None, "mGy.cm"),
    (-3, "mGy.cm"),
    (100, "mGy"),
    (100, "furlong"),
    (100, ""),
]


@pytest.mark.parametrize(("value", "unit"), NONSENSE)
def test_a_value_that_makes_no_sense_is_never_zero(value, unit):
    exam = assessed(report(ct_event(1, value, unit=unit), ct_event(2, 50)))

    assert exam.totals["dlp_mgycm"] is None
    assert "dlp_mgycm" in exam.unknown
    assert "VALUE_UNREADABLE" in found(exam)
    assert exam.outcome == "not_assessable"


@pytest.mark.parametrize(("value", "unit"), NONSENSE)
def test_the_machines_own_total_stands_where_an_event_cannot_be_read(value, unit):
    exam = assessed(report(ct_total(150), ct_event(1, value, unit=unit), ct_event(2, 50)))  # fmt: skip

    assert exam.totals["dlp_mgycm"] == pytest.approx(150)
    assert exam.totals["effective_msv"] is None
    assert "VALUE_UNREADABLE" in found(exam)
    assert exam.outcome == "not_assessable"


@pytest.mark.parametrize(("value", "unit"), NONSENSE)
def test_a_total_that_makes_no_sense_is_a_finding_and_the_events_count(value, unit):
    exam = assessed(report(ct_total(value, unit), ct_event(1, 50)))

    assert exam.totals["dlp_mgycm"] == pytest.approx(50)
    assert {"VALUE_UNREADABLE", "NO_TOTAL"} <= set(found(exam))
    assert exam.outcome == "not_assessable"


def test_a_total_that_events_do_not_add_up_to_is_a_finding_and_the_larger_is_kept():
    more = assessed(report(ct_total(300), ct_event(1, 100), ct_event(2, 150)))
    less = assessed(report(ct_total(200), ct_event(1, 100), ct_event(2, 150)))

    assert more.totals["dlp_mgycm"] == pytest.approx(300)
    assert less.totals["dlp_mgycm"] == pytest.approx(250)
    for exam, stated in ((more, "300"), (less, "200")):
        (difference,) = [f for f in exam.findings if f.code == "DOSE.TOTALS_DIFFER"]
        assert (difference.expected, difference.found) == (stated, "250")
        assert exam.outcome == "fail"


def test_rounded_totals_agree():
    exam = assessed(report(ct_total(250.4), ct_event(1, 100.2), ct_event(2, 150.3)))

    assert "TOTALS_DIFFER" not in found(exam)
    assert exam.totals["dlp_mgycm"] == pytest.approx(250.5)


def test_a_lost_localizer_shows_in_the_total():
    exam = assessed(report(ct_total(277.1), ct_event(2, 274.9)))

    assert exam.totals["dlp_mgycm"] == pytest.approx(277.1)
    assert "TOTALS_DIFFER" in found(exam)


@pytest.mark.parametrize("total", ["0.00431", "0.0043"])
def test_totals_with_few_figures_agree(total):
    exam = assessed(report(xray_total(total), xray_event(1, "0.00123"), xray_event(2, "0.00308")))  # fmt: skip

    assert "TOTALS_DIFFER" not in found(exam)


def test_effective_dose_is_not_reckoned_when_events_are_missing():
    exam = assessed(report(ct_total(300), ct_event(1, 100)))

    assert exam.totals["effective_msv"] is None
    assert "effective_msv" in exam.unknown


def test_a_report_of_zero_is_not_believed():
    exam = assessed(report(ct_total(0), ct_event(1, 0)))

    assert "ZERO" in found(exam)
    assert exam.totals["dlp_mgycm"] is None
    assert exam.outcome == "not_assessable"


EMPTY = {
    Kind.CT: (report(ct_total(100)), "dlp_mgycm", 100),
    Kind.PROJECTION: (report(xray_total("0.001")), "dap_gycm2", 10),
    Kind.MAMMOGRAPHY: (
        report(breast_total("left", 1), breast_total("right", 2)),
        "agd_right_mgy",
        2,
    ),
    Kind.ADMINISTRATION: (
        report(title="113500", sop_class=PHARMA_SR),
        "activity_mbq",
        None,
    ),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_a_report_without_events_is_a_finding_and_its_total_is_kept(kind):
    header, name, total = EMPTY[kind]

    exam = assessed(header)

    assert "REPORT_EMPTY" in found(exam)
    assert "NO_REPORT" not in found(exam)
    assert exam.kinds == (kind,)
    assert exam.totals[name] == total
    assert exam.outcome == "not_assessable"


def test_a_sop_class_that_is_not_of_dose_is_known_by_its_title():
    assert is_report(SIEMENS_CT)
    assert SIEMENS_CT.SOPClassUID == ENHANCED_SR


def test_a_report_that_calls_itself_partial_is_said_and_counted():
    exam = assessed(report(ct_total(100), ct_event(1, 100), completion="PARTIAL"))

    assert found(exam) == ["PARTIAL"]
    assert exam.totals["dlp_mgycm"] == pytest.approx(100)
    assert exam.outcome == "warn"


def siemens_summary(number: int = 5):
    """Siemens' Radiation Summary Report of a mobile C-arm, in codes of its own."""
    header = report(
        num("C-202", "34.4", "s"),
        num("C-204", "0.2359", "Gy.cm^2"),
        num("C-210", None, ""),
        sop_class=ENHANCED_SR,
        number=number,
    )
    header.ConceptNameCodeSequence = coded("C-10", "99SMS_RADSUM", "Radiation Summary Report")  # fmt: skip
    return header


def test_siemens_summary_states_totals_and_no_events():
    exam = assessed(siemens_summary())

    assert exam.totals["dap_gycm2"] == pytest.approx(0.2359)
    assert exam.totals["fluoro_s"] == pytest.approx(34.4)
    assert exam.totals["air_kerma_rp_mgy"] is None
    assert {"SUMMARY_ONLY", "NO_FACTOR"} == set(found(exam))
    assert exam.outcome == "warn"


def test_siemens_summary_beside_a_full_report_adds_nothing():
    full = report(xray_total("0.00002359"), xray_event(1, "0.00002359"))

    exam = assessed(siemens_summary(), full)

    assert exam.totals["dap_gycm2"] == pytest.approx(0.2359)
    assert not {"TOTALS_DIFFER", "CUMULATIVE"} & set(found(exam))


def test_a_total_beside_the_dose_that_has_no_value_is_not_zero():
    header = report(xray_total("0.001", rp=None, fluoro_s=None), xray_event(1, "0.001"))

    exam = assessed(header)

    assert exam.totals["air_kerma_rp_mgy"] is None
    assert exam.totals["fluoro_s"] is None
    assert "VALUE_UNREADABLE" not in found(exam)


def test_a_breast_that_was_not_exposed_has_no_dose():
    exam = assessed(report(MAMMOGRAPHY, breast_total("left", 1.2), breast_event(1, "left", 1.2)))  # fmt: skip

    assert exam.totals["agd_left_mgy"] == pytest.approx(1.2)
    assert exam.totals["agd_right_mgy"] is None
    assert "agd_right_mgy" not in exam.unknown


def test_fewer_events_than_the_report_counts_are_missed_even_without_a_total():
    exam = assessed(report(ct_total(None, events=3), ct_event(1, 100)))

    assert {"INCOMPLETE", "NO_TOTAL", "VALUE_UNREADABLE"} <= set(found(exam))


def test_a_report_of_estimated_organ_doses_is_not_counted():
    estimate = report(
        container("113706", num("122130", 1, "Gy.m2")),
        title="128401",
        sop_class=PATIENT_SR,
        number=2,
    )

    exam = assessed(SIEMENS_CT, estimate)

    assert "ESTIMATE_ONLY" in found(exam)
    assert exam.totals["dap_gycm2"] is None
    assert exam.totals["dlp_mgycm"] == pytest.approx(256.5)


@pytest.mark.parametrize("name", ["reportsi.dcm", "test-SR.dcm", "reportsi_with_empty_number_tags.dcm"])  # fmt: skip
def test_pydicoms_structured_reports_are_read_and_are_none_of_dose(name):
    header = read_header(Path(str(get_testdata_file(name))))

    assert not is_report(header)
    assert not any(exam.ionising for exam in exam_doses([(name, header)]))


def test_ct_and_injection_of_one_pet_ct_both_count():
    exam = assessed(PET, report(ct_total(100), ct_event(1, 100), number=2, serial="ct"))

    assert exam.totals["activity_mbq"] == 250
    assert exam.totals["dlp_mgycm"] == pytest.approx(100)
    assert exam.totals["effective_msv"] == pytest.approx(250 * 0.019 + 100 * 0.0021)


def test_a_phantom_is_read_from_its_code():
    exam = assessed(report(ct_total(2), ct_event(1, 1, phantom=HEAD), ct_event(2, 1, phantom=None)))  # fmt: skip

    assert [e.phantom_cm for e in exam.events] == [16, None]
