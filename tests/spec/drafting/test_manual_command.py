"""`provident manual`: a draft from a folder, an import from a file, and mistakes in words."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from provident.cli.main import build
from provident.kernel import ProvidentError
from tests.spec.acquisition import scans


title = "Commands on manuals"
SCHEMA = {"name": "p", "acquisitions": {"T1": {"fields": [{"field": "EchoTime", "value": 12}, {"field": "SAR", "value": 1}]}}}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "scan"
    made.mkdir()
    for n, image in enumerate(i for series in scans.hands().values() for i in series):
        image.Rows = image.Columns = 64
        image.SamplesPerPixel, image.PixelData = 1, bytes(2 * 64 * 64)
        (made / f"{n:03}.dcm").write_bytes(scans.stored(image))
    return made


def run(*arguments: object):
    return CliRunner().invoke(build(), ["manual", *map(str, arguments)])


def test_a_draft_is_written_to_a_file_and_judged(folder, tmp_path):
    out = tmp_path / "hands.yaml"

    done = run("draft", folder, "--exam", "hands_mri", "--out", out)

    assert done.exit_code == 0
    assert "exam: hands_mri" in out.read_text()
    assert "judges as pass" in done.stderr


def test_a_draft_in_json_holds_its_text(folder):
    done = run("draft", folder, "--json")

    document = json.loads(done.stdout)
    assert document["outcome"] == "pass"
    assert document["text"].startswith("# Drafted from a test scan")


def test_a_draft_judges_by_the_judge_command(folder, tmp_path):
    out = tmp_path / "hands.yaml"
    run("draft", folder, "--exam", "hands_mri", "--out", out)

    done = CliRunner().invoke(build(), ["judge", str(folder), "--study", str(out)])

    assert (done.exit_code, "hands_mri: pass" in done.stdout) == (0, True)


def test_an_import_lists_what_was_left(tmp_path):
    file = tmp_path / "p.json"
    file.write_text(json.dumps(SCHEMA))

    done = run("import", file)

    assert done.exit_code == 0
    assert 'TE: "12 ms"' in done.stdout
    assert "1 constraints carried over, 2 not:" in done.stderr


def test_an_import_in_json_counts(tmp_path):
    file = tmp_path / "p.json"
    file.write_text(json.dumps(SCHEMA))

    document = json.loads(run("import", file, "--json", "--exam", "brain").stdout)

    assert (document["exam"], document["carried"], len(document["not_carried"])) == (
        "brain",
        1,
        2,
    )


def test_mistakes_end_in_words(folder, tmp_path):
    there = tmp_path / "there.yaml"
    there.write_text("mine")
    (tmp_path / "empty").mkdir()

    mistakes = {
        "is no id of an exam": ("draft", folder, "--exam", "Hands MRI"),
        "is there already": ("draft", folder, "--out", there),
        "There is no folder": ("draft", folder, "--out", tmp_path / "no" / "x.yaml"),
        "There is no file or folder": ("draft", tmp_path / "gone"),
        "no series of images": ("draft", tmp_path / "empty"),
        "There is no file gone.json": ("import", tmp_path / "gone.json"),
        "not JSON": ("import", there),
    }
    for words, arguments in mistakes.items():
        done = run(*arguments)
        assert isinstance(done.exception, ProvidentError), words
        assert words in str(done.exception)
    assert there.read_text() == "mine"
