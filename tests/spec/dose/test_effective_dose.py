"""Effective dose by named factors, and when it is not reckoned."""

from __future__ import annotations

import copy

import pytest

from provident.acquisition.dose import (
    BUILT_IN,
    compare_with_level,
    factor_set,
    named_factors,
    reference_level,
    reference_levels,
)
from provident.acquisition.dose.effective import region, tracer
from provident.kernel import InvalidInput, NotFound
from tests.spec.dose.written import (
    BODY,
    HEAD,
    LOCALIZER,
    assessed,
    ct_event,
    ct_total,
    found,
    image,
    injected,
    report,
    xray_event,
    xray_total,
)


def ct(region_of_event: str, phantom: object, dlp: float = 100.0):
    return report(
        ct_total(dlp), ct_event(1, dlp, region=region_of_event, phantom=phantom)
    )


@pytest.mark.parametrize(
    ("where", "phantom", "age", "factor"),
    [
        ("Head", HEAD, 40, 0.0021),
        ("Brain", HEAD, None, 0.0021),
        ("Chest", BODY, 40, 0.014),
        ("Abdomen and Pelvis", BODY, 40, 0.015),
        ("Chest, Abdomen and Pelvis", BODY, 40, 0.015),
        ("Head", HEAD, 0, 0.011),
        ("Head", HEAD, 4, 0.0067),
        ("Chest", HEAD, 9.9, 0.018),
        ("Chest", HEAD, 14, 0.013),
    ],
)
def test_ct_by_region_phantom_and_age(where, phantom, age, factor):
    exam = assessed(ct(where, phantom), age_years=age)

    assert exam.totals["effective_msv"] == pytest.approx(100 * factor)
    assert "shrimpton-icrp60 1" in exam.effective[0].derivation


@pytest.mark.parametrize(
    ("where", "phantom", "age"),
    [
        ("Chest", HEAD, 40),  # the table's chest of an adult is for the body phantom
        ("Head", BODY, 40),
        ("Chest", BODY, 9),
        ("Knee", BODY, 40),
        ("Neck", BODY, 40),
        ("Head", None, 40),
    ],
)
def test_no_factor_is_said_and_no_number_made_up(where, phantom, age):
    exam = assessed(ct(where, phantom), age_years=age)

    assert exam.totals["effective_msv"] is None
    assert "effective_msv" in exam.unknown
    assert "NO_FACTOR" in found(exam)
    assert exam.totals["dlp_mgycm"] == pytest.approx(100)
    assert exam.outcome == "warn"


def test_a_localizer_in_the_body_phantom_takes_the_highest_factor_of_that_phantom():
    header = report(
        ct_total(277.1),
        ct_event(1, 2.2, phantom=BODY, technique=LOCALIZER),
        ct_event(2, 274.9),
    )

    exam = assessed(header)

    assert exam.totals["effective_msv"] == pytest.approx(2.2 * 0.015 + 274.9 * 0.0021)


def test_the_youngest_age_of_the_headers_is_used():
    header = image(1, "CT", PatientAge="004Y")

    exam = assessed(ct("Head", HEAD), header)

    assert exam.totals["effective_msv"] == pytest.approx(0.67)


OWN = {
    "name": "study-table",
    "version": "2",
    "source": "medical physics expert, letter of 1 March 2026",
    "date": "2026-03-01",
    "projection": [
        {"region": "hand", "msv_per_gycm2": 0.001},
        {"region": "hand", "view": "PA", "msv_per_gycm2": 0.002},
    ],
    "ct": [{"region": "head", "phantom_cm": 16, "msv_per_mgycm": 0.0019}],
    "tracers": [{"tracer": "FDG", "msv_per_mbq": 0.02}],
}


def test_a_study_may_bring_its_own_table_and_it_comes_first():
    own = (factor_set(OWN), *BUILT_IN)
    hand = report(xray_total("0.001"), xray_event(1, "0.001"))

    assert assessed(hand, factors=own).totals["effective_msv"] == pytest.approx(0.01)
    assert assessed(ct("Head", HEAD), factors=own).totals["effective_msv"] == pytest.approx(0.19)  # fmt: skip
    assert assessed(injected(1, "PT", 100e6), factors=own).totals["effective_msv"] == pytest.approx(2.0)  # fmt: skip


def test_a_row_with_the_view_goes_before_one_without():
    header = image(1, "DX", BodyPartExamined="HAND", ViewPosition="PA", ImageAndFluoroscopyAreaDoseProduct="10")  # fmt: skip

    exam = assessed(header, factors=(factor_set(OWN),))

    assert exam.totals["effective_msv"] == pytest.approx(0.002)


def test_radiography_has_no_factors_without_a_table():
    exam = assessed(report(xray_total("0.001"), xray_event(1, "0.001")))

    assert exam.totals["effective_msv"] is None
    assert "NO_FACTOR" in found(exam)


WRONG = [
    ({"version": ""}, "`version` is missing"),
    ({"source": None}, "`source` is missing"),
    ({"date": "last year"}, "not a date"),
    ({"rows": []}, '"rows" is not known'),
    ({"ct": {"region": "head"}}, "not a list"),
    ({"ct": ["head"]}, "not a mapping"),
    ({"ct": [{"region": "head", "phantom_cm": 16}]}, "`msv_per_mgycm` is missing"),
    ({"ct": [{"region": "head", "phantom_cm": 20, "msv_per_mgycm": 1}]}, "16 or 32"),
    ({"ct": [{"region": "head", "phantom_cm": 16, "msv_per_mgycm": 0}]}, "above 0"),
    ({"ct": [{"region": "head", "phantom_cm": 16, "msv_per_mgycm": True}]}, "above 0"),
    ({"ct": [{"region": "head", "phantom_cm": 16, "msv_per_mgycm": 1, "kv": 120}]}, '"kv" is not known'),
    ({"ct": [{"region": "head", "phantom_cm": 16, "msv_per_mgycm": 1, "from_age": -1}]}, "an age"),
    ({"tracers": [{"tracer": "fdg", "msv_per_mbq": 1}, {"tracer": "FDG", "msv_per_mbq": 2}]}, "stands twice"),
    ({"ct": [], "projection": [], "tracers": []}, "there are no rows"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_what_is_wrong_with_a_table_is_said(change, says):
    with pytest.raises(InvalidInput) as error:
        factor_set({**copy.deepcopy(OWN), **change}, file="table.yaml")

    assert any(says in f.message for f in error.value.findings)


def test_all_that_is_wrong_with_a_table_is_said_at_once():
    with pytest.raises(InvalidInput) as error:
        factor_set({"name": "x", "ct": ["head", {"region": "chest"}]})

    assert len(error.value.findings) >= 5


@pytest.mark.parametrize("table", [None, [], "text", 3])
def test_a_table_that_is_no_mapping_is_refused(table):
    with pytest.raises(InvalidInput, match="mapping"):
        factor_set(table)


def test_sets_are_found_by_name_and_each_has_its_source_and_date():
    assert named_factors("aapm-96") is named_factors("shrimpton-icrp60")
    assert all(one.source and one.date and one.version for one in BUILT_IN)
    with pytest.raises(NotFound, match="icrp-128"):
        named_factors("guess")


@pytest.mark.parametrize(
    ("words", "expected"),
    [("HEAD", "head"), ("Abdomen and Pelvis", "abdomen and pelvis"), ("CHESTABDPELVIS", "trunk"), ("Knie", "knie"), ("", "")],
)  # fmt: skip
def test_regions_by_their_words(words, expected):
    assert region(words) == expected


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("35321007", "", "fdg"),
        ("C-B1031", "anything", "fdg"),
        ("", "18F-FDG", "fdg"),
        ("", "Fluorodeoxyglucose", "fdg"),
        ("", "Fludeoxyglucose F18", "fdg"),
        ("", "Tc99m MDP", "tc-99m phosphonate"),
        ("", "Oxygen-15 water", "water o-15"),
        ("", "PSMA-1007", "psma-1007"),
    ],
)
def test_tracers_by_code_and_by_words(code, words, expected):
    assert tracer(code, words) == expected


def test_reference_levels_have_their_date_and_are_for_groups():
    chest = reference_level("chest")

    assert (chest.dlp_mgycm, chest.date, chest.adopted) == (290, "2024-11-20", 2022)
    assert compare_with_level([300.0] * 19, chest).above is None
    assert compare_with_level([300.0] * 20, chest).above is True
    assert compare_with_level([280.0] * 20, chest).above is False
    assert compare_with_level([], chest).median_dlp_mgycm is None
    assert len(reference_levels()) == 13
    with pytest.raises(NotFound, match="urogram"):
        reference_level("knee")
