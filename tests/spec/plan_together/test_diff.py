"""`provident diff`: an amendment told in words, to whom it affects, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from provident import plan
from provident.programme.diff import GROUPS_OF, difference


ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def demo() -> dict[str, bytes]:
    return plan.read_folder(ROOT / "plans/arthritis-demo")


@pytest.fixture
def told(demo):
    """A function (file, old, new) -> the difference that the change makes, with a new version."""

    def make(file: str = "", old: str = "", new: str = ""):
        files = dict(demo)
        for name, before, after in (
            (file, old, new),
            ("study.yaml", 'version: "1.4"', 'version: "1.5"'),
        ):
            if name:
                assert before.encode() in files[name]
                files[name] = files[name].replace(before.encode(), after.encode(), 1)
        return difference(plan.load_files(demo), plan.load_files(files))

    return make


def test_a_new_version_alone_affects_nobody(told):
    assert told().lines() == ["Version 1.4 to 1.5", "Nothing else changes for anybody."]
    assert told().by_affected() == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "heading", "words"),
    [
        ("study.yaml", "participants: 24", "participants: 30", "sites, statisticians and ethics committee", "population.participants changes from 24 to 30"),
        ("imaging/hands-mri.yaml", "TR: 400..700 ms", "TR: 450..650 ms", "radiographers and quality control", "series.cor_t1.require.TR changes from 400..700 ms to 450..650 ms"),
        ("study.yaml", "phase: III", "phase: II", "everybody", "phase changes from III to II"),
        ("study.yaml", "  - {subdomain: economics.costing, why: \"no economic evaluation is funded; use of services is not compared\", by: chief investigator, on: 2025-11-03}\n", "", "trial manager and sponsor", "waived[0] is gone (was subdomain: economics.costing, why: no economic evaluation is funded; use of services is not compared, by: chief investigator, on: 2025-11-03)"),
    ],
)  # fmt: skip
def test_each_change_is_told_once_to_all_whom_it_affects(
    file, old, new, heading, words, told
):
    assert told(file, old, new).lines() == [
        "Version 1.4 to 1.5",
        "",
        f"For {heading}:",
        f"  {file}: {words}",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "roles"),
    [
        ("imaging/hands-mri.yaml", "TR: 400..700 ms", "TR: 450..650 ms", {"site", "qc"}),
        ("forms/ramris.yaml", "title:", "title: Other;", {"reader", "adjudicator", "statistician", "trial_manager"}),
        ("study.yaml", "phase: III", "phase: II", set(GROUPS_OF)),
        ("", "", "", set()),
    ],
)  # fmt: skip
def test_roles_of_the_platform_that_it_concerns(file, old, new, roles, told):
    found = told(file, old, new)

    assert {role for role in [*GROUPS_OF, "nobody"] if found.for_role(role)} == roles


def test_a_list_of_words_is_told_whole_and_a_long_value_is_cut(told):
    order = told("people.yaml", "for: [radiographer, sonographer, physicist]", "for: [physicist, radiographer, sonographer]")  # fmt: skip
    long = told(
        "people.yaml", "responsibilities:\n", "responsibilities:\n  x: trial_manager\n"
    )

    assert (
        order.changes[0].words()
        == "training.imaging_manual.for changes from radiographer, sonographer, physicist to physicist, radiographer, sonographer"
    )
    assert long.changes[0].words() == "responsibilities.x is new: trial_manager"
