"""The page on dose is held to the code."""

from __future__ import annotations

from pathlib import Path

from provident.acquisition.dose import BUILT_IN, DOSE_CODES
from provident.acquisition.dose.repeats import mermaid


PAGE = (Path(__file__).resolve().parents[3] / "docs/explanation/dose.md").read_text("utf-8")  # fmt: skip


def test_the_diagram_of_repeats_is_the_table():
    assert mermaid().strip() in PAGE


def test_every_set_of_factors_and_every_code_named_exists():
    assert all(f"`{one.name}`" in PAGE for one in BUILT_IN)
    named = {word.strip("`.,;:()") for word in PAGE.split() if "DOSE." in word}
    assert named <= set(DOSE_CODES)
