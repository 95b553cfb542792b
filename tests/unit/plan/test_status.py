"""docs/status.md is what the code writes, and it lists all 39 subdomains."""

from __future__ import annotations

from pathlib import Path

import pytest

from provident.programme import framework, status_markdown
from provident.programme.features import FEATURES, Status, feature


ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_what_the_code_writes():
    assert (ROOT / "docs/status.md").read_text() == status_markdown(), "run ./dev docs"


def test_every_subdomain_has_its_row():
    page = status_markdown()

    assert [s for s in framework().subdomains if f"| `{s}` |" not in page] == []


def test_every_subdomain_says_in_one_sentence_how_far_it_is():
    assert set(FEATURES) == set(framework().subdomains)
    assert [f.subdomain for f in FEATURES.values() if not f.says.endswith(".")] == []


@pytest.mark.parametrize("subdomain", ["qc.program", "qc.programme"])
def test_a_feature_belongs_to_one_subdomain_of_the_framework(subdomain):
    with pytest.raises(ValueError, match=subdomain):
        feature(subdomain, Status.THERE, "So.")
