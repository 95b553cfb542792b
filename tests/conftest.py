"""What all tests share."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[1]

# A data directory of its own for each test process; PROVIDENT_TEST_DATABASE=postgresql://... for PostgreSQL.
os.environ["PROVIDENT_DATA"] = tempfile.mkdtemp(prefix="provident-test-")
os.environ["PROVIDENT_DATABASE"] = os.environ.get("PROVIDENT_TEST_DATABASE", "")


def missing(what: str) -> None:
    """Skip with a reason that the user sees; under CI a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and under CI nothing may be skipped")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of material beside the project: real scans, corpora, published results."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        missing("../shared (real scans and reference data)")
    return path
