"""`provident agreement` and `provident accuracy`: the contract, the faults, the words."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from provident import statistics as st
from provident.cli.main import build
from provident.kernel import InvalidInput


title = "Agreement and accuracy on the command line"


@pytest.fixture(scope="module")
def run():
    app = build()
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture
def ask(run, tmp_path):
    """The JSON document that a command says of a CSV file with these lines."""

    def asked(command, lines, *options):
        path = tmp_path / "reads.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        result = run(command, path, "--json", *options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return asked


def two_readers(scores):
    lines = ["case,reader,score"]
    for number, (a, b) in enumerate(scores, start=1):
        lines += [f"C{number},ana,{a}", f"C{number},ben,{b}"]
    return lines


SCORES = [(1, 1), (2, 2), (3, 2), (1, 1), (2, 3), (3, 3), (1, 2), (2, 2)]


def study_lines(seed=3, readers=3, cases=20, modalities=("CT", "MR")):
    rng = np.random.default_rng(seed)
    lines = ["case,reader,modality,truth,score"]
    for case in range(cases):
        truth, base = case % 2, rng.normal() + case % 2
        lines += [
            f"C{case},R{reader},{modality},{truth},{base + rng.normal():.3f}"
            for reader in range(readers)
            for modality in modalities
        ]
    return lines


def test_the_document_has_the_keys_of_the_contract(ask):
    for command, lines in (
        ("agreement", two_readers(SCORES)),
        ("accuracy", study_lines()),
    ):
        document = ask(command, lines)

        assert {"statistic", "method", "estimate", "se", "ci"} <= set(document)
        assert len(document["ci"]) == 2


def test_two_readers_are_compared_by_kappa(ask):
    document = ask("agreement", two_readers(SCORES), "--weights", "quadratic")
    expected = st.kappa(*zip(*SCORES, strict=True), weights="quadratic")

    assert document["statistic"] == "kappa"
    assert document["estimate"] == pytest.approx(expected.estimate)
    assert document["ci"] == pytest.approx(list(expected.ci))
    assert document["compared"] == ["ana", "ben"]


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("cohen_kappa", lambda: st.kappa(*zip(*SCORES, strict=True)).estimate),
        ("fleiss", lambda: st.fleiss_kappa(SCORES).estimate),
        ("light", lambda: st.light_kappa(SCORES).estimate),
        ("conger", lambda: st.conger_kappa(SCORES).estimate),
        ("gwet-ac1", lambda: st.gwet_ac(SCORES).estimate),
        ("brennan_prediger", lambda: st.brennan_prediger(SCORES).estimate),
        ("krippendorff", lambda: st.krippendorff(SCORES).estimate),
        ("percent", lambda: st.percent_agreement(SCORES).estimate),
        ("icc", lambda: st.icc(SCORES).estimate),
        ("sdc", lambda: st.smallest_detectable_change(SCORES).estimate),
        (
            "bland_altman",
            lambda: st.limits_of_agreement(*zip(*SCORES, strict=True)).bias,
        ),
    ],
)
def test_every_statistic_can_be_asked_for(ask, statistic, expected):
    document = ask("agreement", two_readers(SCORES), "--statistic", statistic)

    assert document["estimate"] == pytest.approx(expected())


def test_measurements_get_intraclass_correlations_all_six_beside(ask):
    scores = np.random.default_rng(1).normal(size=(15, 2)).round(2)
    document = ask("agreement", two_readers(scores), "--form", "ICC(C,1)")

    assert document["statistic"] == "ICC(C,1)"
    assert [one["statistic"] for one in document["forms"]] == list(st.FORMS)


def test_words_are_weighted_once_their_order_is_said(ask):
    words = [("none", "mild"), ("mild", "mild"), ("severe", "mild"), ("none", "none")]
    document = ask(
        "agreement",
        two_readers(words),
        "--weights",
        "linear",
        "--categories",
        "none,mild,severe",
    )
    expected = st.kappa([1, 2, 3, 1], [2, 2, 2, 1], weights="linear")

    assert document["estimate"] == pytest.approx(expected.estimate)


def test_a_scale_of_numbers_may_hold_more_than_was_used(ask):
    options = ("--statistic", "gwet", "--categories", "1,2,3,4")
    document = ask("agreement", two_readers(SCORES), *options)
    expected = st.gwet_ac(SCORES, categories=[1, 2, 3, 4])

    assert document["estimate"] == pytest.approx(expected.estimate)


def test_rows_that_are_not_there_are_missing_cells(ask):
    lines = [*two_readers(SCORES), "C1,cai,1", "C2,cai,2", "C9,cai,3"]
    document = ask("agreement", lines, "--statistic", "gwet")

    assert document["missing"] == 8
    assert document["compared"] == ["ana", "ben", "cai"]


def test_blank_scores_are_missing_cells_and_said_aloud(run, tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join([*two_readers(SCORES), "C9,ana,", "C9,ben,NA"]))
    result = run("agreement", path, "--statistic", "krippendorff", "--json")

    assert result.exit_code == 0
    assert "2 rows have no score (lines 18, 19)" in result.stderr
    assert json.loads(result.stdout)["n"] == 8


def test_kappa_leaves_cases_out_only_when_told_and_counts_them(ask, run, tmp_path):
    lines = [*two_readers(SCORES), "C9,ana,2", "C9,ben,"]
    document = ask("agreement", lines, "--statistic", "kappa", "--missing", "leave_out")

    assert (document["n"], document["left_out"]) == (8, 1)
    refused = run("agreement", tmp_path / "reads.csv", "--statistic", "kappa")
    assert isinstance(refused.exception, InvalidInput)
    assert "reads.csv:19: 1 cases lack a score" in str(refused.exception)


def test_repeats_are_for_repeatability_and_repeated_limits(ask):
    rng = np.random.default_rng(2)
    values = rng.normal(size=(12, 2, 2)).round(3)
    lines = ["case,reader,score"]
    for case in range(12):
        for repeat in range(2):
            lines += [
                f"C{case},{name},{values[case, i, repeat]}"
                for i, name in enumerate(("ana", "ben"))
            ]
    a, b = list(values[:, 0]), list(values[:, 1])

    assert ask("agreement", lines, "--statistic", "bland_altman")[
        "upper"
    ] == pytest.approx(st.repeated_limits(a, b).upper)
    assert ask("agreement", lines, "--statistic", "repeatability")[
        "estimate"
    ] == pytest.approx(st.repeatability([*a, *b]).estimate)


def test_two_modalities_of_one_reader_are_compared(ask):
    lines = study_lines(readers=1)
    document = ask("agreement", lines, "--statistic", "bland_altman")

    assert document["compared"] == ["CT", "MR"]


def test_a_bootstrap_repeats_with_its_seed(ask):
    lines = two_readers(SCORES)
    options = ("--statistic", "kappa", "--bootstrap", 200, "--seed", 5)

    assert ask("agreement", lines, *options) == ask("agreement", lines, *options)
    assert "bootstrap" in ask("agreement", lines, *options)["method"]


def test_several_readers_are_compared_by_obuchowski_rockette(ask):
    document = ask("accuracy", study_lines())

    assert document["statistic"] == "auc_difference"
    assert document["design"] == "fully crossed"
    assert document["treatments"] == ["CT", "MR"]
    assert {"f", "df1", "df2", "p"} == set(document["test"])
    assert {"var", "cov1", "cov2", "cov3"} <= set(document["components"])
    assert document["differences"][0]["of"] == ["CT", "MR"]


@pytest.mark.parametrize("statistic", ["or", "dbm", "bdg", "bootstrap"])
def test_every_analysis_has_the_same_difference(ask, statistic):
    options = ("--statistic", statistic, "--bootstrap", 100)

    assert ask("accuracy", study_lines(), *options)["estimate"] == pytest.approx(
        ask("accuracy", study_lines())["estimate"]
    )


def test_a_steadier_variance_can_be_asked_for_where_cells_are_missing(ask):
    lines = [line for i, line in enumerate(study_lines()) if i % 7 != 3]
    options = ("--statistic", "u_statistic")
    published = ask("accuracy", lines, *options)
    centred = ask("accuracy", lines, *options, "--centred")

    assert centred["estimate"] == pytest.approx(published["estimate"])
    assert centred["se"] != published["se"]


def test_calls_are_made_of_scores_at_a_threshold(ask):
    document = ask(
        "accuracy", study_lines(), "--metric", "sensitivity", "--threshold", 0.5
    )
    short = ask(
        "accuracy", study_lines(), "--statistic", "sensitivity", "--threshold", 0.5
    )

    assert document["statistic"] == "sensitivity_difference"
    assert document == short


@pytest.mark.parametrize(
    ("options", "statistic"),
    [
        ((), "auc_difference"),
        (("--modality", "CT"), "auc"),
        (
            ("--modality", "CT", "--statistic", "specificity", "--threshold", "0.5"),
            "specificity",
        ),
    ],
)
def test_one_reader_is_delongs_or_a_proportion(ask, options, statistic):
    document = ask("accuracy", study_lines(), "--readers", "R1", *options)

    assert document["statistic"] == statistic


def test_modalities_of_different_cases_are_compared_as_independent(ask):
    lines = study_lines(readers=1)
    lines = [line.replace("C", "D", 1) if ",MR," in line else line for line in lines]

    assert ask("accuracy", lines)["method"] == "DeLong, unpaired"


def test_the_truth_may_be_a_word(ask):
    lines = [
        line.replace(",1,", ",ill,").replace(",0,", ",well,") for line in study_lines()
    ]

    assert ask("accuracy", lines, "--positive", "ill") == ask("accuracy", study_lines())


def test_columns_are_renamed_and_semicolons_and_a_byte_order_mark_read(ask):
    lines = [line.replace(",", ";") for line in study_lines()]
    lines[0] = "\ufeffpatient;reader;treatment;truth;rating"
    renames = "patient=case,treatment=modality,rating=score"

    assert ask("accuracy", lines, "--columns", renames) == ask(
        "accuracy", study_lines()
    )


def test_people_read_words(run, tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(study_lines()))
    told = run("accuracy", path).stdout

    assert told.startswith("auc_difference ")
    assert "95 % interval" in told
    assert "Treatments equal: F =" in told
    assert ", p = " in told
    path.write_text("\n".join([*two_readers(SCORES), "C9,ana,2"]))
    options = ("--statistic", "bland_altman", "--missing", "leave_out")
    told = run("agreement", path, *options).stdout
    assert "upper limit" in told
    assert "1 cases that lack a score are left out" in told


GOOD = ["case,reader,score", "C1,ana,1", "C1,ben,2"]
TRUE = "case,reader,modality,truth,score"
FAULTS = [
    # what, command, lines, words
    ("empty", "agreement", [], "reads.csv:1: the file is empty"),
    ("no rows", "agreement", ["case,reader,score"], "reads.csv:1"),
    (
        "no score",
        "agreement",
        ["case,reader,scores", "C1,ana,1"],
        "Did you mean scores?",
    ),
    ("no reader", "agreement", ["case,score", "C1,1"], "reader or modality"),
    (
        "column twice",
        "agreement",
        ["case,reader,score,score", "C1,ana,1,2"],
        "score is there twice",
    ),
    ("short row", "agreement", [*GOOD, "C2,ana"], "reads.csv:4: 2 cells"),
    ("case without name", "agreement", [*GOOD, ",ana,1"], "reads.csv:4: the case"),
    (
        "twice",
        "agreement",
        [*GOOD, "C1,ben,1"],
        "reads.csv:4: case C1 has a score by ben in line 3 already",
    ),
    ("open quote", "agreement", [*GOOD, 'C2,"ana,1'], "not a CSV file"),
    (
        "no number",
        "accuracy",
        [TRUE, "C1,ana,CT,1,high", "C2,ana,CT,0,1"],
        'reads.csv:2: the score "high" is not a number',
    ),
    (
        "no truth column",
        "accuracy",
        [*GOOD],
        "no column truth",
    ),
    (
        "truth blank",
        "accuracy",
        [TRUE, "C1,ana,CT,,1", "C2,ana,CT,0,1"],
        "reads.csv:2: the truth of case C1 is blank",
    ),
    (
        "two truths",
        "accuracy",
        [TRUE, "C1,ana,CT,1,1", "C1,ben,CT,0,1"],
        "reads.csv:3: case C1 is 0 here and 1 above",
    ),
    (
        "read twice",
        "accuracy",
        [TRUE, "C1,ana,CT,1,1", "C1,ana,CT,1,2"],
        "reads.csv:3: case C1 is read by ana in line 2 already",
    ),
    (
        "other truths",
        "accuracy",
        [TRUE, "C1,ana,CT,ill,1", "C2,ana,CT,well,2"],
        "--positive",
    ),
    (
        "three truths",
        "accuracy",
        [TRUE, "C1,ana,CT,1,1", "C2,ana,CT,0,2", "C3,ana,CT,2,2"],
        "3 different truths",
    ),
    (
        "modalities unsaid",
        "agreement",
        [TRUE, "C1,a,CT,1,1", "C1,b,CT,1,1", "C1,a,MR,1,1", "C1,b,MR,1,1"],
        "--compare modality",
    ),
    (
        "readers and modalities",
        "agreement",
        [TRUE, "C1,a,CT,1,1", "C1,b,MR,1,1"],
        "Choose one with --modality",
    ),
    ("one reader", "agreement", ["case,reader,score", "C1,ana,1.5"], "two readers"),
]


@pytest.mark.parametrize(
    ("command", "lines", "words"),
    [pytest.param(c, lines, w, id=name) for name, c, lines, w in FAULTS],
)
def test_a_fault_is_named_with_file_and_line(run, tmp_path, command, lines, words):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(lines))
    refusal = run(command, path, "--json").exception

    assert isinstance(refusal, InvalidInput)
    assert words in str(refusal)


def test_all_faults_are_told_at_once(run, tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join([*GOOD, *[f"C{i},ana" for i in range(30)]]))
    told = str(run("agreement", path).exception).splitlines()

    assert len(told) == 21
    assert told[-1] == "... and 10 more."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--statistic", "kohens"), "krippendorff"),
        (("--missing", "guess"), "leave_out"),
        (("--compare", "modality"), "Choose one with --readers"),
        (("--compare", "arm"), "reader, modality"),
        (("--replicates", "some"), "constant"),
        (("--metric", "cardinal", "--statistic", "alpha"), "interval"),
        (("--readers", "zoe"), "there is no reader zoe; there are ana, ben"),
        (("--modality", "PET"), "there is no modality PET"),
        (("--bootstrap", "200", "--seed", "-1"), "seed"),
        (("--columns", "rating=score"), "no column rating"),
    ],
)
def test_an_option_that_is_not_known_is_refused(run, tmp_path, options, words):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(two_readers(SCORES)))
    refusal = run("agreement", path, *options).exception

    assert isinstance(refusal, InvalidInput)
    assert words in str(refusal)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--statistic", "roc"), "u_statistic"),
        (("--metric", "ppv"), "specificity"),
        (("--covariance", "guess"), "jackknife"),
        (("--resample", "all"), "both"),
        (("--statistic", "delong"), "of one reader; there are 3"),
        (("--statistic", "dbm", "--metric", "sensitivity"), "turn scores into calls"),
        (("--metric", "sensitivity"), "threshold"),
        (
            ("--readers", "R1", "--statistic", "sensitivity", "--threshold", "0"),
            "--modality",
        ),
    ],
)
def test_an_analysis_that_does_not_fit_is_refused(run, tmp_path, options, words):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(study_lines()))
    refusal = run("accuracy", path, *options).exception

    assert isinstance(refusal, InvalidInput)
    assert words in str(refusal)


def test_delongs_comparison_needs_the_same_cases(run, tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(study_lines(readers=1)[:-1]))

    assert "one modality only" in str(run("accuracy", path).exception)


def test_three_markers_are_compared_in_pairs(ask):
    lines = study_lines(readers=1, modalities=("CT", "MR", "US"))
    document = ask("accuracy", lines)

    assert [one["of"] for one in document["differences"]] == [
        ["CT", "MR"],
        ["CT", "US"],
        ["MR", "US"],
    ]
    assert document["estimate"] == document["differences"][0]["estimate"]
    assert len(document["per_treatment"]) == 3


def test_two_readers_of_one_modality_may_be_compared_too(ask):
    lines = study_lines(readers=2, modalities=("CT",))
    document = ask("accuracy", lines, "--statistic", "delong")

    assert document["of"] == ["R0", "R1"]
    assert document["method"] == "DeLong, paired"


def test_a_wrong_rename_is_wrong_usage(run, tmp_path):
    path = tmp_path / "reads.csv"
    path.write_text("\n".join(GOOD))

    assert run("agreement", path, "--columns", "rating").exit_code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"case,reader\nC1,\xff", "reads.csv:2: not UTF-8"), (None, "No such file")],
)
def test_a_file_that_cannot_be_read_says_why(run, tmp_path, content, words):
    path = tmp_path / "reads.csv"
    if content is not None:
        path.write_bytes(content)

    assert words in str(run("agreement", path).exception)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_what_cannot_be_read_ends_in_3_without_a_traceback(tmp_path, content):
    path = tmp_path / "reads.csv"
    if content is not None:
        path.write_bytes(content)
    command = [sys.executable, "-c", "from provident.cli.main import main; main()"]
    done = subprocess.run(
        [*command, "agreement", path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "reads.csv" in done.stderr
    assert done.stdout == ""


@pytest.mark.real
def test_the_van_dyke_study_from_its_file(run, shared):
    path = shared / "refdata" / "reading" / "mrmc_vandyke.csv"
    renames = "treatment=modality,rating=score"
    document = json.loads(run("accuracy", path, "--columns", renames, "--json").stdout)

    assert document["estimate"] == pytest.approx(-0.04380032206, abs=1e-9)
    assert document["test"]["p"] == pytest.approx(0.05166568582, abs=1e-9)
    with path.open(newline="") as file:
        assert document["n"] == len({row["case"] for row in csv.DictReader(file)})
