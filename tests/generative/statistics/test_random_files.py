"""Random CSV files: an answer, or a refusal in words; never anything else."""

from __future__ import annotations

import json

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from provident.kernel import InvalidInput
from provident.statistics.accuracy_questions import AccuracyQuestion, answer_accuracy
from provident.statistics.agreement_questions import (
    AgreementQuestion,
    answer_agreement,
)
from provident.statistics.readings import read_readings


HEADER = "case,reader,modality,truth,score"
ODD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["C1,ana,CT,1,", "C1,ana,CT,,2", ",,,,", "C2,ben,CT,0,1e400"]),
)


@st.composite
def files(draw, modalities=("CT",)):
    """Whole tables with gaps and repeats, some with odd lines among them."""
    scores = st.sampled_from(draw(st.sampled_from(SCALES)))
    readers = ["ana", "ben", "cai"][: draw(st.integers(1, 3))]
    lines = [
        f"C{case},{reader},{modality},{case % 2},{draw(scores)}"
        for case in range(draw(st.integers(3, 12)))
        for reader in readers
        for modality in modalities
    ]
    if draw(st.integers(0, 3)) == 0:
        lines = [line for line in lines if draw(st.integers(0, 5))]
    if draw(st.integers(0, 5)) == 0:
        lines += draw(st.lists(ODD, max_size=3))
    return "\n".join([HEADER, *lines])


SCALES = [
    ["1", "2", "3"],
    ["0", "1"],
    ["1", "1", "1", ""],
    ["none", "mild", "NA"],
    ["1.25", "-3", "7.5", "1e9", "0"],
    ["5"],
]
AGREEMENTS = [
    "auto",
    "kappa",
    "fleiss",
    "light",
    "conger",
    "gwet",
    "brennan_prediger",
    "krippendorff",
    "percent",
    "icc",
    "bland_altman",
    "repeatability",
    "sdc",
]
ACCURACIES = [
    "auto",
    "or",
    "dbm",
    "u_statistic",
    "bootstrap",
    "delong",
    "sensitivity",
    "specificity",
]


def answered(folder, text, ask):
    path = folder / "reads.csv"
    path.write_text(text, encoding="utf-8")
    try:
        document = ask(read_readings(path)).as_json()
    except InvalidInput:
        event("refused")
        return
    event("answered")
    told = json.loads(json.dumps(document, allow_nan=False))
    assert {"statistic", "method", "estimate", "se", "ci"} <= set(told)


@settings(max_examples=200, deadline=None)
@given(
    text=files(),
    statistic=st.sampled_from(AGREEMENTS),
    gaps=st.sampled_from(["refuse", "leave_out"]),
)
def test_agreement_of_any_file(tmp_path_factory, text, statistic, gaps):
    question = AgreementQuestion(statistic=statistic, missing=gaps)
    answered(
        tmp_path_factory.getbasetemp(),
        text,
        lambda rows: answer_agreement(rows, question),
    )


@settings(max_examples=200, deadline=None)
@given(text=files(modalities=("CT", "MR")), statistic=st.sampled_from(ACCURACIES))
def test_accuracy_of_any_file(tmp_path_factory, text, statistic):
    question = AccuracyQuestion(statistic=statistic, threshold=1.0, samples=50)
    answered(
        tmp_path_factory.getbasetemp(),
        text,
        lambda rows: answer_accuracy(rows, question),
    )


def test_infinity_is_not_a_measurement(tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("case,reader,score\nC1,ana,inf\nC1,ben,1\nC2,ana,2\nC2,ben,2")
    question = AgreementQuestion(statistic="icc")

    with pytest.raises(InvalidInput, match=r'reads\.csv:2: the score "inf"'):
        answer_agreement(read_readings(path), question)
