"""Published scores are shipped as form files and give what their papers say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from provident.forms import (
    NOT_EVALUABLE,
    SCORES,
    acceptance_test,
    check_answers,
    derive,
    evaluate_series,
    score,
    score_file,
)
from provident.kernel import NotFound


title = "Shipped scores"


def everywhere(name, value, **items):
    """Every cell of a score at the same value, or at the end of its range that is nearest."""
    answers = dict(items)
    for key, field in score(name).fields.items():
        if field.grid:
            assert field.bounds is not None
            answers[key] = int(min(max(value, field.bounds.low), field.bounds.high))
    return answers


@pytest.mark.parametrize("name", list(SCORES))
def test_every_score_is_accepted_and_names_its_paper(name):
    form = score(name)

    assert acceptance_test(form, np.random.default_rng(1), entries=20) == []
    assert form.id == name
    assert form.source
    assert any(char.isdigit() for char in form.source)


def test_a_score_that_is_not_shipped_is_not_found():
    with pytest.raises(NotFound, match='did you mean "mtss"'):
        score_file("mtsss")


def test_a_shipped_file_is_what_a_plan_may_hold():
    assert score_file("mtss").startswith(b"# Sharp/van der Heijde")


# -- what the reference data say


@pytest.fixture(scope="module")
def reference(shared):
    found = json.loads((shared / "refdata/reading/expected.json").read_text())
    return {entry["form"]: entry for entry in found["scores"]}


def test_mtss_reaches_its_published_maximum(reference):
    derived = derive(score("mtss"), everywhere("mtss", 10, normal=0))

    expected = reference["mtss"]["expected"]
    assert {name: derived[name] for name in expected} == expected


def test_maria_of_the_reference_case(reference):
    given = reference["maria"]["input"]
    answers = {f"segments.ileum.{name}": value for name, value in given.items()}

    derived = derive(score("maria"), answers)

    for name, value in reference["maria"]["expected"].items():
        assert derived[f"segments.ileum.{name}"] == pytest.approx(float(value))


def test_pirads_of_the_reference_table(reference):
    form = score("pirads21")

    def category(**answers):
        return derive(form, answers)["pirads"]

    expected = reference["pirads21"]["expected"]
    assert category(zone="PZ", dwi=3, dce=0) == expected["PZ dwi3 dce-"]
    assert category(zone="PZ", dwi=3, dce=1) == expected["PZ dwi3 dce+"]
    assert category(zone="TZ", t2=2, dwi=4) == expected["TZ t2=2 dwi4"]
    assert category(zone="TZ", t2=3, dwi=5) == expected["TZ t2=3 dwi5"]
    assert category(zone="TZ", t2=3, dwi=4) == expected["TZ t2=3 dwi4"]
    assert category(zone="TZ", t2=2, dwi=3) == expected["TZ t2=2 dwi3"]


def test_recist_of_the_reference_series(reference):
    series = recist(reference["recist11"]["input"])

    assert series[1:] == reference["recist11"]["expected"][1:]


# -- what the papers say


def target(mm=None, kind="organ"):
    given = {f"targets.t{n}.kind": "empty_row" for n in range(2, 6)}
    given |= {f"targets.t{n}.mm": "nl" for n in range(2, 6)}
    return {
        **given,
        "targets.t1.kind": kind,
        "targets.t1.mm": "ne" if mm is None else mm,
    }


def recist(sizes, nontarget="no_nt", new=0, kind="organ"):
    """The overall responses of one target lesion over time."""
    points = [
        {
            **target(mm, kind),
            "nontarget": nontarget if i else "no_nt",
            "new": new if i else 0,
        }
        for i, mm in enumerate(sizes)
    ]
    form = score("recist11")
    assert all(check_answers(form, point, complete=True) == [] for point in points)
    return [e.derived["overall"] for e in evaluate_series(form, points)]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([100, 70], "PR"),
        ([100, 71], "SD"),
        ([100, 0], "CR"),
        ([100, 119], "SD"),
        ([100, 120], "PD"),
        ([10, 14.9], "SD"),  # up by half, but by less than 5 mm
        ([10, 15], "PD"),
        ([100, 50, 59.9], "PR"),
        ([100, 50, 60], "PD"),
        ([100, 50, None], "NE"),
        ([100, None, 60], "PR"),
        ([100, 50, None, 60], "PD"),  # the nadir is remembered
        ([100, 0, 6], "PD"),  # it came back
    ],
)
def test_recist_by_target_lesions(sizes, expected):
    assert recist(sizes)[-1] == expected


@pytest.mark.parametrize(
    ("sizes", "nontarget", "new", "expected"),
    [
        ([100, 0], "CR", 0, "CR"),
        ([100, 0], "NN", 0, "PR"),
        ([100, 0], "NE", 0, "PR"),
        ([100, 60], "NN", 0, "PR"),
        ([100, 60], "NE", 0, "PR"),
        ([100, 90], "NN", 0, "SD"),
        ([100, None], "NN", 0, "NE"),
        ([100, 60], "PD", 0, "PD"),
        ([100, None], "PD", 0, "PD"),
        ([100, 0], "CR", 1, "PD"),
        ([100, None], "NE", 1, "PD"),
    ],
)
def test_recist_table_1(sizes, nontarget, new, expected):
    assert recist(sizes, nontarget, new)[-1] == expected


def test_recist_a_lymph_node_is_gone_below_10_mm():
    assert recist([20, 9], kind="node")[-1] == "CR"
    assert recist([20, 10], kind="node")[-1] == "PR"


def test_recist_has_no_response_at_the_baseline():
    assert recist([100]) == [NOT_EVALUABLE]


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        # overall response, and whether it is worse than at the unconfirmed progression
        ([("SD", 0), ("PR", 0)], ["iSD", "iPR"]),
        ([("PD", 0), ("PD", 1)], ["iUPD", "iCPD"]),
        ([("PD", 0), ("PD", 0)], ["iUPD", "iUPD"]),
        ([("PD", 0), ("PR", 0), ("PD", 0)], ["iUPD", "iPR", "iUPD"]),
        ([("PD", 0), ("PD", 1), ("PR", 0)], ["iUPD", "iCPD", "iCPD"]),
        ([("PD", 0), ("ne", "ne"), ("PD", 1)], ["iUPD", "NE", "iCPD"]),
        ([("PD", 0), None, ("PD", 1)], ["iUPD", None, "iCPD"]),
    ],
)
def test_irecist_confirms_progression_at_the_next_assessment(course, expected):
    points = [{"overall": "bl", "worse": "bl"}]
    points += [p and {"overall": p[0], "worse": p[1]} for p in course]

    series = evaluate_series(score("irecist"), points)

    assert [e and e.derived["response"] for e in series[1:]] == expected


@pytest.mark.parametrize(
    ("deauville", "uptake", "new", "expected"),
    [
        (3, "same", 0, "CMR"),
        (4, "reduced", 0, "PMR"),
        (5, "same", 0, "NMR"),
        (4, "increased", 0, "PMD"),
        (2, "same", 1, "PMD"),
        (3, "bl", 0, "CMR"),
        (4, "bl", 0, NOT_EVALUABLE),
    ],
)
def test_lugano(deauville, uptake, new, expected):
    answers = {"deauville": deauville, "uptake": uptake, "new": new}

    assert derive(score("lugano"), answers)["response"] == expected


@pytest.mark.parametrize(
    ("wall", "edema", "fat", "ulcer", "expected"),
    [(3, 0, 0, 0, 0), (3.1, 0, 0, 0, 1), (6, 1, 1, 1, 5), (2, 0, 0, 1, 2)],
)
def test_simplified_maria(wall, edema, fat, ulcer, expected):
    cells = {"wall": wall, "edema": edema, "fat": fat, "ulcer": ulcer}
    answers = {
        f"segments.{row.id}.{name}": value
        for row in score("smaria").grids[0].rows
        for name, value in cells.items()
    }

    derived = derive(score("smaria"), answers)

    assert derived["segments.ileum.seg"] == expected
    assert derived["segments.ileum.active"] == int(expected >= 1)
    assert derived["segments.ileum.severe"] == int(expected >= 2)
    assert derived["global"] == 6 * expected


@pytest.mark.parametrize(
    ("length", "factor"), [(5, 1), (5.1, 1.5), (15, 1.5), (15.1, 2)]
)
def test_megs_weighs_a_segment_by_the_length_of_disease(length, factor):
    form = score("megs")
    answers = {"normal": 0, "nodes": 1, "comb": 0, "abscess": 0, "fistula": 1}
    for key, field in form.fields.items():
        if field.grid:
            here = field.row == "terminal"
            answers[key] = (length if field.column == "length" else 2) if here else 0

    derived = derive(form, answers)

    assert derived["segments.terminal.seg"] == 12 * factor
    assert derived["global"] == 12 * factor + 10


def test_sparcc_reaches_its_published_maximum():
    derived = derive(score("sparcc_sij"), everywhere("sparcc_sij", 1, normal=0))

    assert (derived["bme"], derived["extra"], derived["total"]) == (48, 24, 72)


def test_ramris_reaches_its_published_maximum():
    derived = derive(score("ramris"), everywhere("ramris", 10, normal=0))

    totals = [derived[f"{n}_total"] for n in ("erosion", "osteitis", "synovitis")]
    assert totals == [230, 69, 21]


def test_myrads_leaves_out_regions_without_disease():
    answers = dict.fromkeys(score("myrads").fields, "nd")
    answers |= {"regions.pelvis.rac": 5, "regions.skull.rac": 1}

    derived = derive(score("myrads"), answers)

    assert (derived["worst"], derived["best"], derived["progressing"]) == (5, 1, 1)
    assert derived["mixed"] == 1


@pytest.mark.parametrize("name", [n for n in SCORES if score(n).grids])
def test_one_missing_cell_makes_the_total_not_evaluable(name):
    """MY-RADS leaves out what was not seen by design; every other total needs all of its cells."""
    if name == "myrads":
        answers = dict.fromkeys(score(name).fields, "nv")
        assert derive(score(name), answers)["worst"] == NOT_EVALUABLE
        return
    rng = np.random.default_rng(5)
    from provident.forms import synthetic_answers

    form = score(name)
    answers = synthetic_answers(form, rng, missing=0, gate_open=1)
    cell = next(f for f in form.fields.values() if f.grid and f.missing)
    if name == "recist11":
        answers |= target(50)
    answers[cell.key] = cell.missing[0]

    assert NOT_EVALUABLE in derive(form, answers).values()
