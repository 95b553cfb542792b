"""`provident check --sarif`: what editors and code hosts show beside the lines of a plan."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from provident import programme
from provident.cli.main import build
from provident.programme.sarif import sarif


title = "Check reports as SARIF"

NO_PILOT = {
    "quality.yaml": [
        (
            "pilot: {first: 2 exams per site, review: central, before: site continues}\n",
            "",
        )
    ]
}
WAIVED = [
    (
        "waived:\n",
        "waived:\n  - {finding: QC.NO_PILOT, why: one site only, by: chief investigator, on: 2026-01-10}\n",
    )
]


def run_of(amend, edits):
    document = sarif(programme.check_plan(amend(edits).load()))
    assert document["version"] == "2.1.0"
    return document["runs"][0]


def test_a_finding_has_its_rule_level_file_line_and_remedy(amend):
    run = run_of(amend, NO_PILOT)
    result = next(r for r in run["results"] if r["ruleId"] == "QC.NO_PILOT")
    rule = next(r for r in run["tool"]["driver"]["rules"] if r["id"] == "QC.NO_PILOT")
    place = result["locations"][0]["physicalLocation"]

    assert result["level"] in ("error", "warning", "note")
    assert place["artifactLocation"]["uri"] == "quality.yaml"
    assert place["region"]["startLine"] >= 1
    assert rule["help"]["text"] in result["message"]["text"]


def test_a_waived_finding_is_suppressed_with_its_reason(amend):
    run = run_of(amend, {**NO_PILOT, "study.yaml": WAIVED})
    result = next(r for r in run["results"] if r["ruleId"] == "QC.NO_PILOT")

    assert result["suppressions"][0]["justification"].startswith("one site only")


def test_every_result_has_its_rule_and_the_same_codes_as_the_report(amend):
    report = programme.check_plan(amend({"flows.yaml": None}).load())
    run = sarif(report)["runs"][0]

    assert [r["ruleId"] for r in run["results"]] == [f.code for f in report.findings]
    assert {r["id"] for r in run["tool"]["driver"]["rules"]} == {
        f.code for f in report.findings
    }


@pytest.mark.parametrize(("text", "code"), [("id: [", 3)])
def test_a_plan_that_does_not_load_is_reported_too(tmp_path, text, code):
    (tmp_path / "study.yaml").write_text(text)
    result = CliRunner().invoke(build(), ["check", str(tmp_path), "--sarif"])

    assert result.exit_code == code
    assert json.loads(result.stdout)["runs"][0]["results"]
