"""`provident document`: what it writes and where, and what it says of a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from provident.cli import documents
from provident.kernel import InvalidInput, NotFound, PlanError


title = "Documents on the command line"

DEMO = Path(__file__).resolve().parents[3] / "plans" / "arthritis-demo"


@pytest.fixture
def run():
    app = typer.Typer()
    documents.register(app)
    app.command("other")(lambda: None)

    def ran(*args):
        result = CliRunner().invoke(app, ["document", *map(str, args)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return ran


def test_without_a_kind_it_lists_the_kinds(run):
    kinds = json.loads(run(DEMO, "--json").stdout)

    assert {"data-flow"} <= {k["kind"] for k in kinds}
    assert "data-flow" in run(DEMO).stdout


@pytest.mark.parametrize(
    ("name", "begins"), [("x.html", b"<!doctype html>"), ("x.docx", b"PK")]
)
def test_the_name_decides_the_form(name, begins, run, tmp_path):
    out = tmp_path / name
    said = json.loads(run(DEMO, "data-flow", "--out", out, "--json").stdout)

    assert out.read_bytes().startswith(begins)
    assert said["plan"]["version"] == "1.4"
    assert any("lawful basis" in asks for asks in said["to_write"])


@pytest.mark.parametrize(
    ("args", "error", "says"),
    [
        (("data-flow", "--out", "x.pdf"), InvalidInput, r"\.html or \.docx"),
        (
            ("data-flow", "--out", "nowhere/x.html"),
            InvalidInput,
            "Choose another place",
        ),
        (("data-flow", "--site", "paris", "--out", "x.html"), NotFound, "leeds"),
        (("dataflow", "--out", "x.html"), NotFound, "data-flow"),
    ],
)
def test_a_mistake_says_what_and_what_next(
    args, error, says, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=says):
        run(DEMO, *args)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_plan_writes_nothing(run, tmp_path):
    (tmp_path / "study.yaml").write_text("id: [")
    with pytest.raises(PlanError):
        run(tmp_path, "data-flow", "--out", tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()
