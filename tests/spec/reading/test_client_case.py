"""A case as the reader's browser gets it: no visit, site, date, participant, arm or other answer."""

from __future__ import annotations

import json
from datetime import date

import pytest

from provident.kernel import InvalidInput
from provident.reading import (
    BlindingLeak,
    Desk,
    Phase,
    ShownSeries,
    Viewer,
    adjudication_json,
    check_blinded,
    check_read,
    client_case,
    date_forms,
    to_labels,
    to_visits,
    visible_reads,
)
from tests.unit.reading.made import by_visit, design, read


title = "A case in the browser"

LABELS = (("A", "week52"), ("B", "baseline"))
DESK = Desk(
    token="t0ken",
    study="Drug X against placebo",
    number=17,
    of=45,
    minutes_left=130,
    role="reader",
    phase="open",
    version=3,
)
SERIES = {
    "week52": [
        ShownSeries(role="cor_stir", label="STIR cor", images=("/read/file/t/1.dcm",)),
        ShownSeries(role="cor_t1", label="T1 cor", images=("/read/file/t/2.dcm",)),
    ],
    "baseline": [
        ShownSeries(role="cor_stir", label="STIR cor", images=("/read/file/t/3.dcm",))
    ],
}
FORBIDDEN = {
    "visit": ["week52", "baseline", "week24", "Week 52"],
    "site": ["Leeds", "L01"],
    "participant": ["ARTH-004"],
    "arm": ["Drug X", "Placebo"],
    "date": date_forms(date(2026, 3, 1)),
}


def drawn(**changes):
    given = {
        "answers": {"week52": {"total": 5}, "baseline": {}},
        "forbidden": FORBIDDEN,
        **changes,
    }
    series = given.pop("series", SERIES)
    labels = given.pop("labels", LABELS)
    return client_case(given.pop("design", design()), DESK, labels, series, **given)


def test_the_browser_gets_a_case_as_the_architecture_says():
    case = drawn()

    assert json.loads(json.dumps(case)) == case
    assert case["blind_to"][:2] == ["arm", "site"]
    assert (case["number"], case["of"], case["minutes_left"]) == (17, 45, 130)
    assert [t["label"] for t in case["timepoints"]] == ["A", "B"]
    assert case["timepoints"][0]["series"][0] == {
        "id": "A.cor_t1",
        "role": "cor_t1",
        "label": "T1 cor",
        "images": ["/read/file/t/2.dcm"],
    }
    assert case["layout"] == [["A.cor_t1"], ["A.cor_stir", "B.cor_stir"]]
    assert case["answers"] == {"A:total": 5}
    assert case["form"]["id"] == "score@1"
    assert case["adjudication"] is None


def test_with_one_time_point_answers_need_no_label():
    case = drawn(
        design=by_visit(),
        labels=(("A", "week24"),),
        series={},
        answers={"week24": {"total": 5}},
    )

    assert case["answers"] == {"total": 5}


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("/read/file/arth004/1.dcm", "participant"),
        ("/read/file/leeds/1.dcm", "site"),
        ("/read/file/20260301/1.dcm", "date"),
        ("/read/file/t/WEEK-52_1.dcm", "visit"),
        ("/read/file/2026-03-01.dcm", "date"),
    ],
)
def test_a_word_that_would_unblind_is_never_sent(where, kind):
    series = {"week52": [ShownSeries(role="cor_t1", label="T1", images=(where,))]}

    with pytest.raises(BlindingLeak) as caught:
        drawn(series=series)

    assert kind in str(caught.value)
    assert "timepoints" in str(caught.value)
    assert where not in str(caught.value)


@pytest.mark.parametrize(
    ("payload", "leaks"),
    [
        ({"label": "T1, 1 March 2026"}, True),
        ({"label": "01MAR2026"}, True),
        ({"label": "Leedsish"}, False),
        ({"label": "Leeds1"}, False),
        ({"Leeds": 1}, True),
        ({"deep": [{"er": ("x", {"y": "at Leeds."})}]}, True),
        ({"label": "placebo"}, True),
        ({"study": "Drug X against placebo"}, False),  # the same for every case
        ({"inner": {"study": "Drug X against placebo"}}, True),
        ({"label": "drug-x"}, True),
        (["baseline"], True),
        ({"n": 20260301}, True),
        ({"n": True, "m": None, "x": 1.5}, False),
        ("week 24", True),
    ],
)
def test_words_are_found_wherever_they_hide(payload, leaks):
    if leaks:
        with pytest.raises(BlindingLeak):
            check_blinded(payload, FORBIDDEN)
    else:
        check_blinded(payload, FORBIDDEN)


def test_a_short_word_is_only_found_as_a_whole_value():
    check_blinded({"token": "a-01-b", "n": 7}, {"site": ["01", ""]})

    with pytest.raises(BlindingLeak):
        check_blinded({"x": "01"}, {"site": ["01"]})


def test_words_may_come_from_a_generator():
    with pytest.raises(BlindingLeak):
        check_blinded({"x": "01"}, {"site": (w for w in ["01"])})


def test_the_message_never_repeats_a_leaking_key():
    with pytest.raises(BlindingLeak) as caught:
        check_blinded({"leeds": {"site": "Leeds"}}, FORBIDDEN)

    assert "leeds" not in str(caught.value).lower()


def test_series_of_another_case_are_refused():
    with pytest.raises(InvalidInput, match="not of this case"):
        drawn(series={"week24": []})


def test_an_adjudicator_who_chooses_gets_the_reads_without_names():
    from provident.reading import Adjudicated, Agreed, FinalRule

    plan = design(
        adjudicator_chooses=True,
        final=FinalRule(agreed=Agreed.MEAN, adjudicated=Adjudicated.ADJUDICATOR),
    )
    ada = Viewer(role="adjudicator", acts_as="adjudicator", reader="R9")
    reads = [read(3, 1), read(9, 2)]
    shown = visible_reads(plan, reads, viewer=ada, phase=Phase.ADJUDICATION)

    told = adjudication_json(LABELS, shown, ["week52_change"])

    case = drawn(
        adjudication=told, forbidden={**FORBIDDEN, "reader": ["R1", "R2", "Ana"]}
    )
    assert case["adjudication"]["reasons"] == ["week52_change"]
    assert {r["label"] for r in case["adjudication"]["reads"]} == {
        "Read 1",
        "Read 2",
    }
    answers = case["adjudication"]["reads"][0]["answers"]
    assert {k.partition(":")[0] for k in answers} == {"A", "B"}


def test_a_leak_inside_the_shown_reads_is_found():
    told = {"reads": [{"label": "Ana", "answers": {}}], "reasons": []}

    with pytest.raises(BlindingLeak):
        drawn(adjudication=told, forbidden={"reader": ["Ana"]})


def test_answers_go_to_their_visits_and_back():
    answers = {"A:total": 5, "A:grade": "SD", "B:total": "nv"}

    by_visit_ = to_visits(LABELS, answers)

    assert by_visit_ == {
        "week52": {"total": 5, "grade": "SD"},
        "baseline": {"total": "nv"},
    }
    assert to_labels(LABELS, by_visit_) == answers


@pytest.mark.parametrize(
    "key", ["total", "C:total", "A:", ":total", "week52:total", ""]
)
def test_an_answer_without_a_time_point_is_refused(key):
    with pytest.raises(InvalidInput, match="none of the time points A, B"):
        to_visits(LABELS, {key: 1})


def test_with_one_time_point_both_ways_of_naming_are_understood():
    one = (("A", "week24"),)

    assert to_visits(one, {"total": 5}) == to_visits(one, {"A:total": 5})


def test_findings_carry_the_keys_of_the_browser():
    findings = check_read(
        design(), LABELS, {"A:total": -1, "B:total": 5}, complete=True
    )

    assert {f.where.uid: f.code for f in findings} == {
        "A:total": "FORM.RANGE",
        "A:grade": "FORM.BLANK",
        "B:grade": "FORM.BLANK",
    }
