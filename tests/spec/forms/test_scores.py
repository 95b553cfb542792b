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


@pytest.mark.parametrize(
    ("nontarget", "new", "expected"),
    [
        ("CR", 0, "CR"),
        ("NN", 0, "NN"),  # neither CR nor PD
        ("NE", 0, "NE"),
        ("PD", 0, "PD"),
        ("CR", 1, "PD"),
    ],
)
def test_recist_table_2_without_target_lesions(nontarget, new, expected):
    rows = {f"targets.t{n}.kind": "empty_row" for n in range(1, 6)}
    rows |= {f"targets.t{n}.mm": "nl" for n in range(1, 6)}
    points = [
        rows | {"nontarget": "NN", "new": 0},
        rows | {"nontarget": nontarget, "new": new},
    ]

    baseline, later = evaluate_series(score("recist11"), points)

    assert baseline.derived["overall"] == NOT_EVALUABLE
    assert later.derived["overall"] == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [(80, "PD"), (50, "NE"), (30, "NE")],
)
def test_recist_a_lesion_not_measured_hides_no_progression_of_the_others(
    known, expected
):
    """Eisenhauer 2009, 4.4.1: three lesions of 50 mm, two of 80 mm at follow-up are progression."""

    def point(*sizes):
        return target(sizes[0]) | {
            "targets.t2.kind": "organ",
            "targets.t2.mm": "ne" if sizes[1] is None else sizes[1],
            "nontarget": "no_nt",
            "new": 0,
        }

    series = evaluate_series(score("recist11"), [point(30, 20), point(known, None)])

    assert series[-1].derived["overall"] == expected


def test_recist_without_an_answer_on_new_lesions_there_is_no_response():
    points = [
        target(mm) | {"nontarget": "no_nt", "new": new}
        for mm, new in ((100, 0), (60, "ne"), (130, "ne"))
    ]

    first, second = evaluate_series(score("recist11"), points)[1:]

    assert first.derived["overall"] == NOT_EVALUABLE
    assert second.derived["overall"] == "PD"


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


def test_the_ramris_of_2016_reaches_its_maxima():
    derived = derive(score("ramris2016"), everywhere("ramris2016", 10, normal=0))

    names = ("erosion", "osteitis", "synovitis", "jsn", "tenosynovitis")
    assert [derived[f"{n}_total"] for n in names] == [230, 69, 21, 84, 39]


def test_pirads_table_cell_by_cell():
    """Turkbey 2019, tables of the peripheral zone (DWI leads) and the transition zone (T2 leads)."""
    pz = {
        (dwi, dce): {1: 1, 2: 2, 3: 4 if dce else 3, 4: 4, 5: 5}[dwi]
        for dwi in range(1, 6)
        for dce in (0, 1)
    }
    tz = {
        (t2, dwi): {1: 1, 2: 3 if dwi >= 4 else 2, 3: 4 if dwi == 5 else 3, 4: 4, 5: 5}[
            t2
        ]
        for t2 in range(1, 6)
        for dwi in range(1, 6)
    }
    form = score("pirads21")
    found_pz = {
        (dwi, dce): derive(form, {"zone": "PZ", "t2": 1, "dwi": dwi, "dce": dce})[
            "pirads"
        ]
        for dwi, dce in pz
    }
    found_tz = {
        (t2, dwi): derive(form, {"zone": "TZ", "t2": t2, "dwi": dwi, "dce": 0})[
            "pirads"
        ]
        for t2, dwi in tz
    }

    assert (found_pz, found_tz) == (pz, tz)


def test_pirads_of_inadequate_sequences_is_not_evaluable_where_they_decide():
    def category(**answers):
        return derive(score("pirads21"), answers)["pirads"]

    assert category(zone="PZ", t2=4, dwi=3, dce="nq") == NOT_EVALUABLE
    assert category(zone="PZ", t2=4, dwi=4, dce="nq") == 4
    assert category(zone="TZ", t2=3, dwi="nq", dce=1) == NOT_EVALUABLE
    assert category(zone="TZ", t2=4, dwi="nq", dce=1) == 4


@pytest.mark.parametrize(
    ("wall", "edema", "ulcer", "active", "severe"),
    [
        (2, 0, 0, 0, 0),
        (3, 0, 0, 0, 0),
        (3, 1, 0, 1, 1),
        (3.4, 0, 0, 1, 0),
        (2, 0, 1, 1, 1),
    ],
)
def test_maria_is_active_from_7_and_severe_from_11(wall, edema, ulcer, active, severe):
    """Contrast enhancement of 100 %: 2 of the score."""
    cells = {"wall": wall, "si_pre": 100, "si_post": 200, "sd_pre": 5, "sd_post": 5, "edema": edema, "ulcer": ulcer}  # fmt: skip
    derived = derive(
        score("maria"), {f"segments.ileum.{n}": v for n, v in cells.items()}
    )

    found = (derived["segments.ileum.active"], derived["segments.ileum.severe"])
    assert (
        found
        == (active, severe)
        == (
            int(1.5 * wall + 2 + 5 * edema + 10 * ulcer >= 7),
            int(1.5 * wall + 2 + 5 * edema + 10 * ulcer >= 11),
        )
    )


def test_sparcc_and_mtss_count_what_their_papers_count():
    """SPARCC: 6 slices x (8 quadrants + 2 intense + 2 deep). Sharp/van der Heijde: 32 and 30 places of the hands, 12 of the feet."""
    sparcc, mtss = score("sparcc_sij"), score("mtss")

    assert sum(1 for f in sparcc.fields.values() if f.grid) == 6 * 12
    assert {g.id: len(g.rows) for g in mtss.grids} == {"he": 32, "hj": 30, "fe": 12, "fj": 12}  # fmt: skip


def test_all_eleven_published_scores_are_shipped():
    """The twelfth is RAMRIS as updated in 2016, which does not take the place of the score of 2003."""
    assert set(SCORES) == {
        "recist11", "irecist", "lugano", "pirads21", "mtss", "ramris", "sparcc_sij", "maria", "smaria", "megs",
        "myrads", "ramris2016",
    }  # fmt: skip


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
