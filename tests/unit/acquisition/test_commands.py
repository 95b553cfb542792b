"""The commands `facts` and `judge`: documents, words and exit codes."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from provident.cli import images
from provident.kernel import InvalidInput, NotFound
from tests.spec.acquisition import manuals, scans


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    images.register(app)
    return app


@pytest.fixture
def exam(tmp_path):
    """A folder with a right exam and its manual beside it."""
    folder = tmp_path / "exam"
    folder.mkdir()
    for name, series in scans.hands().items():
        for i, image in enumerate(series):
            (folder / f"{name}{i:02}.dcm").write_bytes(scans.stored(image) + PIXELS)
    (tmp_path / "hands.yaml").write_text(manuals.HANDS)
    return folder


# The pixel element of the synthetic headers, which have none: 256 x 256 at 16 bits.
PIXELS = b"\xe0\x7f\x10\x00OW\x00\x00" + (131072).to_bytes(4, "little") + bytes(131072)


def run(app, *arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_facts_are_one_document(app, exam):
    result = run(app, "facts", exam, "--json")
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert {"uid", "modality", "manufacturer", "files", "frames", "facts"} <= set(
        document["series"][0]
    )
    assert document["series"][0]["facts"]["TE"]["value"] in (12, 70)
    assert (len(document["series"]), document["unreadable"]) == (3, [])


def test_facts_are_lines_for_a_person(app, exam):
    result = run(app, "facts", exam)

    assert result.exit_code == 0
    assert "(0018,0081) EchoTime" in result.stdout


def test_facts_of_one_file(app, exam):
    document = json.loads(run(app, "facts", exam / "cor_t100.dcm", "--json").stdout)

    assert [s["files"] for s in document["series"]] == [1]


def test_files_that_cannot_be_read_are_listed_and_do_not_stop_the_rest(app, exam):
    (exam / "letter.txt").write_text("hello, this is a letter")
    (exam / "empty.dcm").write_bytes(b"")

    result = run(app, "facts", exam, "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["unreadable"] == [
        {"file": "empty.dcm", "reason": "empty"},
        {"file": "letter.txt", "reason": "not_dicom"},
    ]


def test_a_folder_without_a_single_image_is_invalid_input(app, tmp_path):
    (tmp_path / "letter.txt").write_text("hello, this is a letter")

    assert run(app, "facts", tmp_path, "--json").exit_code == 3


def test_a_path_that_is_not_there_is_invalid_input(app, tmp_path):
    assert isinstance(run(app, "facts", tmp_path / "none").exception, InvalidInput)


def judged(app, exam, *more):
    manual = exam.parent / "hands.yaml"
    result = run(
        app, "judge", exam, "--study", manual, "--visit", "baseline", "--json", *more
    )
    return result, json.loads(result.stdout)


def test_a_right_exam_passes_with_exit_code_0(app, exam):
    result, document = judged(app, exam)

    assert result.exit_code == 0
    assert [(e["exam"], e["visit"], e["outcome"]) for e in document["exams"]] == [
        ("hands_mri", "baseline", "pass")
    ]
    assert {s["role"] for s in document["exams"][0]["series"]} == {
        "cor_t1",
        "cor_stir",
        "ax_t1_post",
    }


def test_a_fault_is_exit_code_1(app, exam):
    for file in exam.glob("cor_stir*"):
        file.unlink()

    result, document = judged(app, exam)

    assert (result.exit_code, document["exams"][0]["outcome"]) == (1, "fail")
    assert "QC.SERIES_MISSING" in result.stdout


def test_an_image_that_is_cut_short_fails(app, exam):
    file = exam / "cor_t103.dcm"
    file.write_bytes(file.read_bytes()[:-1000])

    result, document = judged(app, exam)

    assert (result.exit_code, document["exams"][0]["outcome"]) == (1, "fail")
    assert [f["code"] for f in document["exams"][0]["findings"]] == [
        "QC.FILE_TRUNCATED"
    ]


def test_a_file_that_is_cut_in_its_header_is_never_a_pass(app, exam):
    (exam / "more.dcm").write_bytes((exam / "cor_t103.dcm").read_bytes()[:400])

    result, document = judged(app, exam)

    assert (result.exit_code, document["exams"][0]["outcome"]) == (1, "not_assessable")


def test_a_letter_among_the_images_does_not_matter(app, exam):
    (exam / "letter.txt").write_text("hello, this is a letter")

    assert judged(app, exam)[0].exit_code == 0


def test_a_later_visit_is_compared_with_the_baseline(app, exam):
    manual = exam.parent / "hands.yaml"
    arguments = ("judge", exam, "--study", manual, "--json")

    with_one = json.loads(
        run(app, *arguments, "--visit", "week24", "--baseline", exam).stdout
    )

    assert with_one["exams"][0]["outcome"] == "pass"


def test_words_for_a_person(app, exam):
    (exam / "cor_t100.dcm").unlink()

    result = run(
        app, "judge", exam, "--study", exam.parent / "hands.yaml", "--visit", "baseline"
    )

    assert result.exit_code == 1
    assert "Missing slices of the cor t1 are 1, the manual asks for 0." in result.stdout


def test_a_manual_that_does_not_load_is_invalid_input_with_its_findings(app, exam):
    (exam.parent / "hands.yaml").write_text(
        manuals.HANDS.replace("TR: 400..700 ms", "TR: 400..700")
    )

    error = run(app, "judge", exam, "--study", exam.parent / "hands.yaml").exception

    assert isinstance(error, InvalidInput)
    assert any("TR is in ms" in f.message for f in error.findings)


def test_an_exam_that_the_plan_does_not_have_is_named(app, exam):
    error = run(
        app, "judge", exam, "--study", exam.parent / "hands.yaml", "--exam", "feet"
    ).exception

    assert isinstance(error, NotFound)
    assert 'no exam "feet"; it has hands_mri' in str(error)


def test_a_whole_plan_judges_by_its_visits(app, exam, shared):
    plan = shared / "examples/arthritis"

    result = run(app, "judge", exam, "--study", plan, "--visit", "week12", "--json")
    wrong = run(app, "judge", exam, "--study", plan, "--visit", "week13").exception

    # The small exam of 12 slices does not cover what the example's manual asks for.
    codes = {
        f["code"]
        for e in json.loads(result.stdout)["exams"]
        for s in e["series"]
        for f in s["findings"]
    }
    assert {"QC.COVERAGE", "QC.BASELINE_MISSING", "QC.SERIES_UNPLANNED"} <= codes
    assert isinstance(wrong, NotFound)
