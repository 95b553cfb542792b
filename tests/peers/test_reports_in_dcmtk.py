"""DCMTK reads our structured reports: the tree is whole, and it says what we say."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from provident.adapters.sr_export import structured_report
from tests.conftest import missing
from tests.unit.reading.sr import header, reported


pytestmark = pytest.mark.peer


@pytest.fixture
def dsrdump():
    found = shutil.which("dsrdump")
    if found is None:
        missing("dsrdump of DCMTK")
    return found


def test_dsrdump_reads_a_report_without_a_warning(dsrdump, tmp_path):
    path = tmp_path / "report.dcm"
    path.write_bytes(structured_report(reported(), [header()]))

    done = subprocess.run([dsrdump, "+Pc", "+Pl", str(path)], capture_output=True, text=True, check=False)  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert "Comprehensive SR Document" in done.stdout
    assert 'NUM:(103339001,SCT,"Long axis")' in done.stdout
    assert "1.12300003/1.45599997" in done.stdout  # the line's first point, 32-bit
    assert 'PNAME:(121008,DCM,"Person Observer Name")="R02^"' in done.stdout
