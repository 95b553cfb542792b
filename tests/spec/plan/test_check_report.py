"""`provident check`: coverage of the 39 subdomains, waivers, exit codes, JSON by contract."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from provident import plan, programme
from provident.cli.main import build
from provident.kernel import InvalidInput
from provident.programme import framework


title = "Checking a plan"

WAIVED = "waived:\n"
ONE_READER = "waived:\n  - {finding: QC.NO_PILOT, why: one site only, by: chief investigator, on: 2026-01-10}\n"
NO_PILOT = {
    "quality.yaml": [
        (
            "pilot: {first: 2 exams per site, review: central, before: site continues}\n",
            "",
        )
    ]
}


def test_the_framework_has_39_subdomains_in_12_domains():
    found = framework()

    assert (len(found.domains), len(found.subdomains)) == (12, 39)
    assert {s.domain for s in found.subdomains.values()} == set(found.domains)


def test_coverage_has_all_subdomains_of_the_framework(amend):
    report = programme.check_plan(amend({}).load())

    assert list(report.coverage) == list(framework().subdomains)
    assert {n for n, s in report.coverage.items() if s != "answered"} == {
        "economics.costing",
        "economics.outcomes",
    }


@pytest.mark.parametrize(
    ("edits", "subdomain", "state"),
    [
        ({}, "qc.programme", "answered"),
        (NO_PILOT, "qc.programme", "contradicted"),
        ({**NO_PILOT, "study.yaml": [(WAIVED, ONE_READER)]}, "qc.programme", "waived"),
        ({"flows.yaml": None}, "data.flow", "missing"),
        ({"evidence.yaml": None}, "commercial.regulatory", "missing"),
        ({}, "economics.costing", "waived"),
        ({"study.yaml": [("subdomain: economics.costing", "subdomain: costs.standard")]}, "costs.standard", "waived"),
    ],
)  # fmt: skip
def test_the_state_of_a_subdomain(amend, edits, subdomain, state):
    report = programme.check_plan(amend(edits).load())

    assert str(report.coverage[subdomain]) == state


def test_a_missing_answer_says_what_to_write_and_where(amend):
    report = programme.check_plan(amend({"flows.yaml": None}).load())
    (finding,) = [f for f in report.findings if f.subdomain == "data.flow"]

    assert (finding.code, finding.severity, finding.where.file) == (
        "COVER.NOT_ANSWERED",
        "warning",
        "flows.yaml",
    )
    assert "flows.yaml: agreements.*" in finding.expected
    assert "who moves what to where" in finding.remedy


def test_dose_is_no_question_for_a_study_without_radiation(amend):
    without = {
        "imaging/hands-xray.yaml": None,
        "study.yaml": [
            ("[hands_mri, hands_xray, joints_us]", "[hands_mri, joints_us]"),
            ("[hands_mri, hands_xray, joints_us]", "[hands_mri, joints_us]"),
            ("[hands_mri, hands_xray]", "[hands_mri]"),
        ],
    }
    report = programme.check_plan(amend(without).load())

    assert str(report.coverage["acquisition.dose"]) == "answered"


def test_a_waived_finding_is_reported_with_its_reason_and_name(amend):
    edits = {**NO_PILOT, "study.yaml": [(WAIVED, ONE_READER)]}
    report = programme.check_plan(amend(edits).load())
    (waived,) = report.as_json()["waived"]

    assert "QC.NO_PILOT" not in {f.code for f in report.findings}
    assert (waived["code"], waived["why"], waived["by"], waived["on"]) == (
        "QC.NO_PILOT",
        "one site only",
        "chief investigator",
        "2026-01-10",
    )


@pytest.mark.parametrize(
    ("waiver", "code", "words"),
    [
        ("finding: QC.NO_PILOTS", "WAIVER.UNKNOWN", '(did you mean "QC.NO_PILOT"?)'),
        ("finding: PLAN.REFERENCE", "WAIVER.UNKNOWN", "cannot be waived"),
        (
            "subdomain: costs.standrd",
            "WAIVER.UNKNOWN",
            '(did you mean "costs.standard"?)',
        ),
        ("finding: QC.NO_PILOT", "WAIVER.UNUSED", "has nothing to waive"),
    ],
)
def test_a_waiver_that_waives_nothing_is_a_finding(amend, waiver, code, words):
    line = (
        f"waived:\n  - ¦{{{waiver}, why: so, by: chief investigator, on: 2026-01-10}}\n"
    )
    amended = amend({"study.yaml": [(WAIVED, line)]})
    (finding,) = programme.check_plan(amended.load()).findings

    assert (finding.code, str(finding.where)) == (code, amended.place)
    assert words in finding.message


@pytest.mark.parametrize(
    ("where", "waives"),
    [
        ("quality.yaml", True),
        ("quality.yaml:human", True),
        ("quality.yaml:arrival", False),
        ("study.yaml", False),
    ],
)
def test_a_waiver_may_be_for_one_place_only(amend, where, waives):
    line = f"waived:\n  - {{finding: QC.NO_PILOT, where: '{where}', why: so, by: chief investigator, on: 2026-01-10}}\n"
    report = programme.check_plan(
        amend({**NO_PILOT, "study.yaml": [(WAIVED, line)]}).load()
    )

    assert [w.finding.code for w in report.waived] == ["QC.NO_PILOT"] * waives


# -- the command ------------------------------------------------------------------


@pytest.fixture(scope="module")
def run():
    app = build()
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture
def folder(tmp_path, amend):
    def write(edits):
        for name, data in amend(edits).files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ({}, 0),
        ({"quality.yaml": [("then: 20 %", "then: 0 %")]}, 1),
        ({"study.yaml": [("at: week52", "at: week53")]}, 1),
        ({"study.yaml": [("sponsor:", "sponser:")]}, 3),
        ({"study.yaml": "["}, 3),
        ({"study.yaml": None}, 3),
    ],
)  # fmt: skip
def test_the_exit_code_says_how_the_plan_is(run, folder, edits, code):
    assert run("check", folder(edits)).exit_code == code


def test_check_prints_one_json_document_by_contract(run, folder):
    study = folder({"quality.yaml": [("then: 20 %", "then: 0 %")]})
    document = json.loads(run("check", study, "--json").stdout)

    assert document["plan"] == {"version": "1.4", "hash": plan.load(study).plan.hash}
    assert len(document["coverage"]) == 39
    assert document["coverage"]["qc.programme"] == "contradicted"
    (finding,) = document["findings"]
    assert sorted(finding) == sorted(
        [
            "code",
            "severity",
            "where",
            "message",
            "expected",
            "found",
            "remedy",
            "subdomain",
        ]
    )
    assert (finding["code"], finding["severity"], finding["subdomain"]) == (
        "QC.NOBODY_LOOKS",
        "error",
        "qc.programme",
    )
    assert finding["where"] == {"file": "quality.yaml", "line": 5, "column": 31}


def test_a_plan_that_does_not_load_prints_the_same_document_without_coverage(
    run, folder
):
    result = run("check", folder({"study.yaml": [("sponsor:", "sponser:")]}), "--json")
    document = json.loads(result.stdout)

    assert document["plan"] == {"version": None, "hash": None}
    assert document["coverage"] == {}
    assert [f["code"] for f in document["findings"]] == ["PLAN.UNKNOWN_KEY"]


def test_check_says_in_words_what_is_wrong_why_and_what_to_do(run, folder):
    text = run("check", folder({"quality.yaml": [("then: 20 %", "then: 0 %")]})).stdout

    assert (
        "quality.yaml:5:31: error: nobody looks at images after the pilot [QC.NOBODY_LOOKS]"
        in text
    )
    assert (
        "Why: Image quality was looked at only at the end (PROVIDENT, example A)."
        in text
    )
    assert "Judge every exam on arrival" in text
    assert "1 error, 0 warnings" in text


def test_a_folder_that_is_not_there_is_told_in_words(run, tmp_path):
    result = run("check", tmp_path / "nowhere")

    assert isinstance(result.exception, InvalidInput)
    assert "is not a folder; a plan is a folder with study.yaml in it" in str(
        result.exception
    )
    assert result.exception.exit_code == 3
