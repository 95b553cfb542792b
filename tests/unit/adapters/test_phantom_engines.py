"""Other engines are other processes: what they answer is checked, whatever they do."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from provident.acquisition.phantoms import Engine, Value
from provident.adapters.phantom_engines import (
    KINDS,
    RUNNERS,
    EngineFailed,
    measure_with,
)
from provident.kernel import InvalidInput, NotReady


title = "Engines that measure phantoms"
ANSWER = {
    "name": "hazen",
    "version": "2.0.0",
    "values": {"snr": {"value": 99.5, "unit": "", "method": "hazen acr_snr"}},
    "unknown": {"ghosting": "hazen: ValueError"},
}


@pytest.fixture
def engine(tmp_path):
    """Make something that stands for the Python of an engine's environment."""

    def make(script: str) -> Path:
        python = tmp_path / "python"
        python.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{script}\n")
        python.chmod(0o755)
        return python

    return make


def ask(python: Path | None, **values: object):
    given = {"kind": "acr_mri_large", "time_limit": 20.0, **values}
    return measure_with("hazen", [Path("1.dcm")], python=python, **given)


def test_values_come_with_the_engine_and_its_version(engine):
    found = ask(engine(f"print({json.dumps(ANSWER)!r})"))

    assert found.engine == Engine(name="hazen", version="2.0.0")
    assert found.values == {"snr": Value(value=99.5, method="hazen acr_snr")}
    assert found.unknown == {"ghosting": "hazen: ValueError"}


def test_the_engine_gets_the_files_and_our_script(engine, tmp_path):
    said = {**ANSWER, "unknown": {"argv": "A", "request": "R"}}
    script = f"said = {said!r}\nsaid['unknown'] = {{'argv': ' '.join(sys.argv[1:]), 'request': sys.stdin.read()}}\nprint(json.dumps(said))"

    found = ask(engine(script))

    assert found.unknown["argv"] == f"-I -B {RUNNERS / 'hazen.py'}"
    assert json.loads(found.unknown["request"]) == {
        "files": [str(Path("1.dcm").resolve())]
    }


def test_the_engine_sees_nothing_of_our_environment(engine, monkeypatch):
    monkeypatch.setenv("PROVIDENT_SECRET", "hidden")
    script = f"said = {ANSWER!r}\nsaid['unknown'] = dict.fromkeys(os.environ, 'x')\nprint(json.dumps(said))"

    found = ask(engine(script))

    assert "PROVIDENT_SECRET" not in found.unknown
    assert "HOME" in found.unknown


@pytest.mark.parametrize(
    "script",
    [
        "print('no json')",
        "print('[]')",
        "print('{}')",
        "print(json.dumps({'name': 'other', 'version': '1', 'values': {}, 'unknown': {}}))",
        "print(json.dumps({'name': 'hazen', 'version': '', 'values': {}, 'unknown': {}}))",
        "print(json.dumps({'name': 'hazen', 'version': '1', 'values': {'snr': {'value': 'x', 'unit': '', 'method': ''}}, 'unknown': {}}))",
        "print(json.dumps({'name': 'hazen', 'version': '1', 'values': [], 'unknown': {}}))",
        "print('x' * 2_000_000)",
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(engine, script):
    with pytest.raises(EngineFailed, match="makes no sense"):
        ask(engine(script))


def test_a_value_that_is_no_number_is_not_measured(engine):
    said = {**ANSWER, "values": {"snr": {"value": "nan", "unit": "", "method": ""}}}

    found = ask(engine(f"print({json.dumps(said)!r})"))

    assert (found.values, found.unknown["snr"]) == ({}, "hazen gave no number")


def test_a_crash_says_its_code_and_nothing_that_was_printed(engine):
    with pytest.raises(EngineFailed) as caught:
        ask(
            engine("print('DOE^JANE', file=sys.stderr)\nprint('DOE^JANE')\nsys.exit(7)")
        )

    assert "code 7" in str(caught.value)
    assert "DOE" not in str(caught.value)


@pytest.mark.slow
def test_an_engine_that_takes_too_long_is_stopped_with_all_it_started(engine, tmp_path):
    child = tmp_path / "child"
    script = (
        "pid = os.fork()\n"
        f"open({str(child)!r} + ('' if pid else '.pid'), 'w').write(str(os.getpid()))\n"
        "time.sleep(60)"
    )

    with pytest.raises(EngineFailed, match="took more than 1 s and was stopped"):
        ask(engine(script), time_limit=1.0)

    pid = int((tmp_path / "child.pid").read_text())
    for _ in range(50):
        if not _alive(pid):
            return
        time.sleep(0.05)
    pytest.fail("what the engine started still runs")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has no more files: init has not taken it in yet.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("python", [None, Path("/nowhere/python")])
def test_an_engine_that_is_not_installed_says_how_to_install_it(python):
    with pytest.raises(
        NotReady, match=r"hazen is not installed here\. Make an environment"
    ):
        ask(python)


@pytest.mark.parametrize("name", KINDS)
def test_an_environment_without_the_engine_ends_in_words(name):
    """Our own Python has neither hazen nor pylinac: the script itself must fail, not answer."""
    with pytest.raises(
        EngineFailed, match="Check that its environment has it installed"
    ):
        measure_with(
            name, [Path("1.dcm")], kind="acr_mri_large", python=Path(sys.executable)
        )


@pytest.mark.parametrize(
    ("name", "files", "kind", "words"),
    [
        ("magic", [Path("1")], "acr_mri_large", "There is no engine magic"),
        ("hazen", [Path("1")], "catphan", "not set up for phantoms of kind catphan"),
        ("hazen", [], "acr_mri_large", "no images"),
    ],
)
def test_what_cannot_be_measured_is_refused(name, files, kind, words):
    with pytest.raises(InvalidInput, match=words):
        measure_with(name, files, kind=kind, python=Path(sys.executable))
