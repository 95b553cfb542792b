"""The generated reference pages hold everything that they are about, and are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from provident.plan import CODES, KINDS
from provident.programme import reference
from provident.programme.checks import CHECKS
from provident.programme.failures import failures_markdown


ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("page", ["plan", "checks", "findings"])
def test_the_page_is_what_the_code_writes(page):
    written = getattr(reference, f"{page}_markdown")()

    assert (ROOT / f"docs/reference/{page}.md").read_text() == written, "run ./dev docs"


def test_every_check_is_in_the_catalogue_with_why_and_remedy():
    page = reference.checks_markdown()

    for check in CHECKS.values():
        assert f"### {check.code}\n\n{check.finds}\n" in page
        assert f"Why: {check.why}\nRemedy: {check.remedy}\n" in page


def test_every_code_is_in_the_list_of_findings():
    page = reference.findings_markdown()
    codes = (
        [c.code for c in CODES] + list(CHECKS) + [c[0] for c in reference.REPORT_CODES]
    )

    assert [c for c in codes if f"| `{c}` |" not in page] == []
    assert len(codes) == len(set(codes))


def test_every_kind_of_file_has_its_fields():
    page = reference.plan_markdown()

    assert [k.pattern for k in KINDS.values() if f"## {k.pattern}\n" not in page] == []
    for field in (
        "`visits.*.window`",
        "`scanners.*.bridging.with`",
        "`series.*.at`",
        "`final.tie`",
        "`deidentification.standard.options`",
    ):
        assert field in page


def test_a_table_cell_cannot_break_its_table():
    rows = [
        line
        for line in reference.plan_markdown().splitlines()
        if line.startswith("| `")
    ]

    assert {r.replace("\\|", "").count("|") for r in rows} == {5}


def test_the_page_of_failures_is_what_the_code_writes():
    written = failures_markdown()

    assert (ROOT / "docs/reference/failures.md").read_text() == written, (
        "run ./dev docs"
    )
