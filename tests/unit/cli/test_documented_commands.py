"""Every `provident` command that a page of the documentation names exists, with its options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from provident.cli.main import build


ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands():
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                if words[:1] == ["provident"]:
                    yield pytest.param(
                        words[1:], id=f"{page.name}: {' '.join(words[:3])}"
                    )


@pytest.fixture(scope="module")
def root():
    return typer.main.get_command(build())


@pytest.mark.parametrize("words", list(commands()))
def test_a_documented_command_exists_with_its_options(root, words):
    command, rest = root, list(words)
    while getattr(command, "commands", None) and rest and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    assert command is not root, f"there is no command {words[0]}"

    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
    assert [
        w for w in rest if w.startswith("--") and w.split("=")[0] not in known
    ] == []


def test_there_are_documented_commands():
    assert len(list(commands())) > 10


def test_documented_ae_titles_are_the_demo_plans():
    titles = set(
        re.findall(
            r"aet: (\S+)", (ROOT / "plans/arthritis-demo/sites.yaml").read_text()
        )
    )
    named = {
        title
        for page in PAGES
        if "reference" not in page.parts
        for title in re.findall(r"--aet (PROV_\w+|ARTHUR_\w+)", page.read_text())
    }

    assert named
    assert named <= titles
