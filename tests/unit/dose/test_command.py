"""The command `provident dose`: its document, its words and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from provident.cli.main import build
from provident.kernel import InvalidInput, NotFound
from tests.spec.dose.written import as_bytes, ct_event, ct_total, image, report


APP = build()
RUNNER = CliRunner()


def run(*arguments: object):
    return RUNNER.invoke(APP, ["dose", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    whole = report(ct_total(100), ct_event(1, 100))
    (tmp_path / "report.dcm").write_bytes(as_bytes(whole))
    (tmp_path / "image.dcm").write_bytes(as_bytes(image(1, "CT")))
    return tmp_path


def test_the_document_has_events_and_totals(folder):
    result = run(folder, "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["totals"]["dlp_mgycm"] == pytest.approx(100)
    assert document["totals"]["effective_msv"] == pytest.approx(0.21)
    assert document["totals"]["dap_gycm2"] is None
    (event,) = document["events"]
    assert event["dlp_mgycm"] == 100
    assert event["effective_msv"] == pytest.approx(0.21)
    assert document["factors"][0]["name"] == "shrimpton-icrp60"


def test_a_person_reads_totals_and_what_to_do(folder):
    (folder / "report.dcm").unlink()

    result = run(folder)

    assert result.exit_code == 1
    assert "not known" in result.stdout
    assert "DOSE.NO_REPORT" in result.stdout


def test_a_damaged_report_is_named_and_ends_with_1(folder):
    data = (folder / "report.dcm").read_bytes()
    (folder / "report.dcm").write_bytes(data[: len(data) // 2])

    result = run(folder, "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["totals"]["dlp_mgycm"] is None
    assert document["unreadable"] == [
        {"file": "report.dcm", "reason": "truncated_header"}
    ]
    assert "DOSE.FILE_UNREADABLE" in {f["code"] for f in document["findings"]}


def test_a_folder_without_dicom_ends_with_3(tmp_path):
    (tmp_path / "notes.txt").write_text("none")

    assert run(tmp_path).exit_code == 3
    assert json.loads(run(tmp_path, "--json").stdout)["events"] == []


def test_a_path_that_is_not_there_is_said(tmp_path):
    assert isinstance(run(tmp_path / "nowhere").exception, InvalidInput)


def test_a_table_of_factors_goes_before_those_that_ship(folder):
    table = folder.parent / f"{folder.name}.yaml"
    table.write_text(
        "name: own\nversion: '1'\nsource: expert\ndate: '2026-03-01'\n"
        "ct: [{region: head, phantom_cm: 16, msv_per_mgycm: 0.003}]\n"
    )

    document = json.loads(run(folder, "--json", "--factors", table).stdout)

    assert document["totals"]["effective_msv"] == pytest.approx(0.3)


def test_factors_that_do_not_exist_are_said(folder):
    assert isinstance(run(folder, "--factors", "guess").exception, NotFound)
    assert isinstance(run(folder, "--factors", "none.yaml").exception, InvalidInput)


def test_a_table_that_is_no_yaml_is_said(folder):
    table = folder.parent / f"{folder.name}.yaml"
    table.write_text("ct: [")

    assert isinstance(run(folder, "--factors", table).exception, InvalidInput)


def test_the_age_is_an_argument(folder):
    document = json.loads(run(folder, "--json", "--age", "3").stdout)

    assert document["totals"]["effective_msv"] == pytest.approx(0.67)


def test_an_exam_without_radiation_says_so(tmp_path):
    (tmp_path / "mr.dcm").write_bytes(as_bytes(image(1, "MR")))

    result = run(tmp_path)

    assert (result.exit_code, "no ionising radiation" in result.stdout) == (0, True)


def test_a_second_exam_without_dose_leaves_the_common_total_unknown(folder):
    other = image(2, "CT")
    other.StudyInstanceUID = "2.25.77"
    (folder / "other.dcm").write_bytes(as_bytes(other))

    document = json.loads(run(folder, "--json").stdout)

    assert document["totals"]["dlp_mgycm"] is None
    assert "dlp_mgycm" in document["unknown"]
    assert [e["totals"]["dlp_mgycm"] for e in document["exams"]] == [pytest.approx(100), None]  # fmt: skip
