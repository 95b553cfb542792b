"""The registry of facts: whole, documented, and readable without imaging libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from provident.dicom import FACTS, nearest_fact, reference_markdown
from provident.dicom.diffusion import shells
from provident.dicom.readings import BY_MODALITY, COMMON, SLICES
from provident.dicom.vendors import maker
from provident.plan.quantities import UNITS


ROOT = Path(__file__).resolve().parents[3]


def test_every_unit_is_one_that_a_plan_can_write():
    assert {spec.unit for spec in FACTS.values()} <= set(UNITS)


def test_every_fact_that_is_read_is_registered():
    rows = [*COMMON, *SLICES, *(r for rows in BY_MODALITY.values() for r in rows)]

    assert {row.fact for row in rows} <= set(FACTS)


def test_every_registered_fact_is_read_or_derived():
    rows = [*COMMON, *SLICES, *(r for rows in BY_MODALITY.values() for r in rows)]
    code = "".join(
        (ROOT / "src/provident/dicom" / name).read_text()
        for name in ("special.py", "derive.py", "series.py", "mend.py")
    )
    others = set(FACTS) - {row.fact for row in rows}

    assert {name for name in others if f'"{name}"' not in code} == set()


def test_the_page_of_the_reference_is_fresh():
    assert (ROOT / "docs/reference/facts.md").read_text() == reference_markdown()


MEANT = [
    ("EchoTime", None), ("echo_time", "TE"), ("te", "TE"), ("flip_angle", "flip"), ("FOV", "field_of_view"),
    ("slice_thicknes", "slice_thickness"), ("b", "b_values"), ("mAs", "exposure"), ("zzz", None),
]  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), MEANT)
def test_a_name_that_was_meant_is_found(said, meant):
    found = nearest_fact(said)

    assert found == meant or (meant is None and said == "EchoTime")


MAKERS = [
    ("SIEMENS", "SIEMENS"), ("Siemens Healthineers", "SIEMENS"), ("GE MEDICAL SYSTEMS", "GE"), ("GE", "GE"),
    ("Philips Medical Systems", "PHILIPS"), ("TOSHIBA_MEC", "CANON"), ("UIH", "UIH"), ("Acme", "ACME"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), MAKERS)
def test_a_maker_has_one_name(name, expected):
    assert maker(name) == expected


B_VALUES = [
    ([0, 0, 1000], [(0, 2), (1000, 1)]),
    ([0, 995, 1000, 1000, 1005], [(0, 1), (1000, 4)]),
    ([0, 0.001, 0.004, 50, 400, 800], [(0, 3), (50, 1), (400, 1), (800, 1)]),
    ([50, 60], [(50, 1), (60, 1)]),
]


@pytest.mark.parametrize(("b_values", "expected"), B_VALUES)
def test_b_values_that_belong_together_are_one_shell(b_values, expected):
    assert [(b, len(members)) for b, members in shells(b_values)] == expected


WITHOUT = """
import sys
from provident.dicom import FACTS
assert "pydicom" not in sys.modules
# As in a browser: pydicom then does without them too.
sys.modules["numpy"] = sys.modules["PIL"] = None
from pathlib import Path
import pydicom
from provident.dicom import FACT_TAGS, Folder, integrity, series_facts, write
file = Path(pydicom.__file__).parent / "data/test_files/MR_small.dcm"
(series,) = series_facts(Folder(file).headers(only=FACT_TAGS, pixels=True))
assert series.value("rows") == 64
assert integrity(file).state == "whole"
"""


def test_the_registry_needs_no_imaging_library_and_headers_need_no_numpy():
    subprocess.run(
        [sys.executable, "-c", WITHOUT], check=True, cwd=ROOT, env={"PYTHONPATH": "src"}
    )
