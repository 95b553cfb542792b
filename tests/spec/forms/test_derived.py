"""Derived values follow from the answers; what is missing makes them not evaluable."""

from __future__ import annotations

import pytest

from provident.forms import NOT_EVALUABLE, derive, evaluate_series
from provident.kernel import InvalidInput
from tests.unit.forms.made import compiled, every_type, full, ramris


title = "Derived values"


def test_totals_are_sums_of_the_cells():
    derived = derive(compiled(), full(bones__lunate__ero=3, bones__capitate__ero=2))

    assert derived == {"erosion_total": 5, "synovitis_total": 0, "change": 0}


def test_all_normal_is_a_total_of_0():
    assert derive(compiled(), {"normal": 1})["erosion_total"] == 0


@pytest.mark.parametrize(
    "answers", [{"normal": "nd"}, {}, full(bones__lunate__ero="nv")]
)
def test_what_was_not_seen_is_not_evaluable_and_never_0(answers):
    assert derive(compiled(), answers)["erosion_total"] == NOT_EVALUABLE


def test_one_missing_cell_spoils_its_own_total_alone():
    derived = derive(compiled(), full(bones__lunate__ero="nv"))

    assert derived["synovitis_total"] == 0
    assert derived["change"] == NOT_EVALUABLE


def test_change_is_against_the_baseline_even_when_a_visit_was_missed():
    baseline, week52 = full(bones__lunate__ero=2), full(bones__lunate__ero=5)

    assert derive(compiled(), week52, [baseline, None])["change"] == 3


def test_without_a_baseline_there_is_no_change():
    assert derive(compiled(), full(), [None, full()])["change"] == NOT_EVALUABLE


def test_a_series_says_why_a_value_is_not_evaluable():
    visits = [{"normal": "nd"}, None, full(bones__lunate__ero="nv"), {}]

    baseline, missed, week24, blank = evaluate_series(compiled(), visits)

    assert missed is None
    assert baseline.reasons["erosion_total"] == "Capitate, Erosion: Not done"
    assert week24.reasons["erosion_total"] == "Lunate, Erosion: Not visible"
    assert blank.reasons["erosion_total"] == "Capitate, Erosion: no answer"


def test_the_order_in_the_file_does_not_matter():
    """`change` stands before `erosion_total`, which it needs."""
    assert [d.id for d in compiled().derivations].index("erosion_total") < [
        d.id for d in compiled().derivations
    ].index("change")


def test_a_column_may_be_computed_row_by_row():
    form = ramris(derive={"total": "sum(bones.both)", "any_bad": "any(bones.both > 5)"})
    form["grids"]["bones"]["each"] = {"both": "twice / 2 + ost", "twice": "ero * 2"}

    derived = derive(compiled(form), full(bones__lunate__ero=4, bones__lunate__ost=2))

    assert derived["bones.lunate.both"] == 6
    assert derived["bones.capitate.both"] == 0
    assert (derived["total"], derived["any_bad"]) == (6, 1)


def test_an_item_with_a_unit_is_used_as_a_number():
    assert derive(compiled(every_type()), {"longest": 2.5}) == {"area": 6.25}


def test_a_state_may_follow_from_the_state_before():
    """iRECIST needs this: unconfirmed progression is confirmed at the next visit."""
    form = every_type()
    form["derive"] = {
        "state": '"start" if before is missing and response != "PD" else '
        '("confirmed" if before == "PD" and response == "PD" else response)',
        "before": "previous(response)",
    }
    form["study_data"] = "all"
    visits = [{"response": r} for r in ("CR", "PD", "PD")]

    states = [e.derived["state"] for e in evaluate_series(compiled(form), visits)]

    assert states == ["start", "PD", "confirmed"]


def test_answers_that_cannot_be_computed_with_are_refused():
    with pytest.raises(InvalidInput):
        derive(compiled(every_type()), {"longest": "twelve"})
