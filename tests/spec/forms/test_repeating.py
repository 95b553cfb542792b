"""Groups that repeat: an item counts the rows, and only those are asked, computed with, and missing when blank."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from provident.forms import (
    NOT_EVALUABLE,
    acceptance_test,
    check_answers,
    columns,
    compile_form,
    derive,
    evaluate_series,
    expand,
    synthetic_answers,
)
from provident.plan.models.forms import FormFile


title = "Groups that repeat"


def lesions(**changes):
    """Lesions of a liver, up to four."""
    return {
        "form": "lesions",
        "version": 1,
        "title": "Lesions",
        "record": ["participant", "visit"],
        "missing": {"nq": "Quality inadequate", "nl": "No such lesion"},
        "items": {"n": {"ask": "How many lesions?", "range": "0..4", "missing": ["nq"]}},
        "grids": {
            "lesion": {
                "repeat": {"count": "n", "label": "Lesion", "beyond": "nl"},
                "columns": {
                    "mm": {"label": "Longest diameter", "number": "0..300 mm", "missing": ["nq"]},
                    "new": {"label": "New", "choices": {1: "Yes", 0: "No"}},
                },
                "each": {"large": "mm >= 20"},
            }
        },
        "derive": {
            "sum_mm": "sum(lesion.mm) if n > 0 else 0",
            "largest": "max(lesion.mm)",
            "n_large": "count(lesion.large)",
            "any_new": "any(lesion.new == 1)",
            "first": "lesion.n1.mm",
        },
        **changes,
    }  # fmt: skip


def form(**changes):
    return compile_form(FormFile.model_validate(lesions(**changes)))


def answers(*sizes, n=None):
    given = {"n": len(sizes) if n is None else n}
    for number, mm in enumerate(sizes, 1):
        given |= {f"lesion.n{number}.mm": mm, f"lesion.n{number}.new": 0}
    return given


def test_there_are_as_many_rows_as_the_item_may_say():
    made = form()

    assert [row.label for row in made.grids[0].rows] == ["Lesion 1", "Lesion 2", "Lesion 3", "Lesion 4"]  # fmt: skip
    assert made.as_client()["blocks"][1]["repeat"] == {"item": "n", "beyond": "nl"}


def test_only_the_rows_that_were_counted_are_asked_and_computed_with():
    given = answers(12.5, 30)

    assert check_answers(form(), given, complete=True) == []
    derived = derive(form(), given)
    assert (derived["sum_mm"], derived["largest"], derived["n_large"]) == (42.5, 30, 1)
    assert "lesion.n3.large" not in derived


def test_the_rest_is_filled_and_marked():
    expanded = expand(form(), answers(12.5))

    assert expanded.values["lesion.n2.mm"] == "nl"
    assert len(expanded.implied) == 3 * 2


def test_no_lesion_is_0_and_nothing_counted_is_not_evaluable():
    none, uncounted = derive(form(), answers()), derive(form(), {"n": "nq"})

    assert (none["sum_mm"], none["n_large"], none["any_new"]) == (0, 0, 0)
    assert none["largest"] == NOT_EVALUABLE
    assert set(uncounted.values()) == {NOT_EVALUABLE}


def test_a_count_that_is_missing_copies_its_code_into_every_row():
    expanded = expand(form(), {"n": "nq"})

    assert {v for k, v in expanded.values.items() if k != "n"} == {"nq"}


def test_before_the_count_is_given_only_the_count_is_blank():
    found = check_answers(form(), {}, complete=True)

    assert [f.where.uid for f in found] == ["n"]


def test_a_counted_row_that_is_blank_is_named():
    found = check_answers(form(), answers(12.5, n=2), complete=True)

    assert [f.where.uid for f in found] == ["lesion.n2.mm", "lesion.n2.new"]


def test_an_answer_beyond_the_count_contradicts_it():
    given = answers(12.5, 30) | {"n": 1}
    found = check_answers(form(), given, complete=False)

    assert {(f.code, f.where.uid) for f in found} == {
        ("FORM.IMPLIED", "lesion.n2.mm"),
        ("FORM.IMPLIED", "lesion.n2.new"),
    }
    assert 'contradicts the answer to "How many lesions?"' in found[0].message


def test_one_missing_size_spoils_the_sum_alone():
    derived = derive(form(), answers(12.5, "nq"))

    assert derived["sum_mm"] == NOT_EVALUABLE
    assert derived["any_new"] == 0


def test_groups_may_grow_from_visit_to_visit():
    series = evaluate_series(
        form(
            derive={"sum_mm": "sum(lesion.mm)", "change": "sum_mm - baseline(sum_mm)"}
        ),
        [answers(10), answers(10, 5), answers(9, 4, 3)],
    )

    assert [e.derived["change"] for e in series] == [0, 5, 6]


def test_a_row_is_not_evaluable_where_there_is_none():
    assert derive(form(), answers())["first"] == NOT_EVALUABLE
    assert derive(form(), answers(7))["first"] == 7


def test_every_row_is_a_column_of_the_export():
    named = {c.key: dict(c.missing) for c in columns(form())}

    assert named["lesion.n4.mm"] == {"nq": "Quality inadequate", "nl": "No such lesion"}
    assert len(named) == 1 + 4 * 2 + 4 + 5


def test_made_up_entries_pass_and_the_form_is_accepted():
    rng = np.random.default_rng(3)

    assert acceptance_test(form(), rng, entries=30) == []
    assert {synthetic_answers(form(), rng)["n"] for _ in range(60)} >= {0, 1, 2}


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"repeat": {"count": "many", "label": "Lesion", "beyond": "nl"}}, 'no item "many"'),
        ({"repeat": {"count": "n", "label": "Lesion", "beyond": "nope"}}, '"nope" is not among'),
        ({"repeat": {"count": "n", "label": "Lesion", "beyond": "nl"}, "rows": {"seg2": "Segment 2"}}, "not both"),
        ({}, "give rows, or repeat"),
        (
            {
                "repeat": {"count": "n", "label": "Lesion", "beyond": "nl"},
                "gate": {"item": "n", "when": 1, "otherwise": {"fill": 0}},
            },
            "has no gate",
        ),
        ({"repeat": {"count": "n", "label": "Lesion", "beyond": "nq"}}, "cannot be given in a row"),
    ],
)  # fmt: skip
def test_a_group_that_does_not_fit_is_refused_in_words(grid, words):
    column = {"mm": {"label": "mm", "range": "0..9", "missing": ["nq"]}}
    with pytest.raises(ValidationError) as refusal:
        form(grids={"lesion": {"columns": column, **grid}}, derive={})

    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "item", [{"range": "1..4"}, {"range": "0..500"}, {"choices": {0: "No", 1: "Yes"}}]
)
def test_a_count_begins_at_0_and_ends_somewhere(item):
    with pytest.raises(ValidationError, match="whole numbers from 0"):
        form(items={"n": {"ask": "How many?", **item}}, derive={})
