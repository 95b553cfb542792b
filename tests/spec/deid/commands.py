"""The command line as these tests use it, and inputs that several of them need."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from provident.cli.main import build
from tests.spec.deid.files import ct_file


_APP = None


def call(*args: object):
    """One command in this process."""
    global _APP
    _APP = _APP or build()
    return CliRunner().invoke(_APP, [str(a) for a in args])


def document(result) -> dict:
    """What it printed with --json."""
    return json.loads(result.stdout)


def two_people(folder: Path) -> Path:
    """Three files of two people, who have folders of their own."""
    for name, told in {
        "Quarrendon_Ottilie/IM0001.dcm": {},
        "Quarrendon_Ottilie/IM0002.dcm": {"SOPInstanceUID": "1.2.826.0.1.99.1.1.2"},
        "EXPORT2/IM0001.dcm": {"PatientName": "Wimbush^Clara", "PatientID": "K22817", "SOPInstanceUID": "1.2.826.0.1.98.1"},
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(ct_file(**told))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }
