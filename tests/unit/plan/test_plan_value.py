"""The plan as a value: version, hash, files, sites' defaults, roles on the platform."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provident import plan
from provident.kernel import InvalidInput, PlanError
from provident.plan.load import LARGEST_PLAN


FILES = plan.template_files("arthritis-demo")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def demo():
    return plan.load_files(FILES).require()


def test_a_plan_is_stored_whole_and_loads_back_the_same(demo):
    again = plan.load_files(demo.files).require()

    assert (again.hash, again.version, again.study) == (demo.hash, "1.4", demo.study)


def test_parts_are_found_by_their_ids(demo):
    assert list(demo.imaging) == ["hands_mri", "hands_xray", "joints_us"]
    assert sorted(demo.reading) == ["erosion_change", "synovitis_change"]
    assert sorted(demo.forms) == ["ramris@2", "us_synovitis@1"]
    assert list(demo.phantoms.phantoms) == ["acr_mri"]


def test_the_hash_is_of_all_bytes_and_names(demo):
    def hash_of(**changes):
        return plan.content_hash({**FILES, **changes})

    assert hash_of() == demo.hash
    assert (
        hash_of(**{"study.yaml": FILES["study.yaml"] + b"# a comment\n"}) != demo.hash
    )
    assert plan.content_hash({"a": b"bc"}) != plan.content_hash({"ab": b"c"})
    assert plan.content_hash(dict(reversed(FILES.items()))) == demo.hash


def test_a_plan_that_does_not_load_is_an_error_with_all_findings():
    loaded = plan.load_files(
        {**FILES, "study.yaml": b"id: [\n", "quality.yaml": b"a: 1\n"}
    )

    with pytest.raises(PlanError, match="the plan does not load") as caught:
        loaded.require()
    assert {f.where.file for f in caught.value.findings} == {
        "study.yaml",
        "quality.yaml",
    }


def test_places_of_values_are_there_for_later_checks():
    loaded = plan.load_files(FILES)
    lines = FILES["study.yaml"].decode().splitlines()
    place = plan.place_of(loaded, "study.yaml", ("visits", "week12", "window"))

    assert lines[place.line - 1][place.column - 1 :].startswith("77..91 d")
    assert str(plan.place_of(loaded, "nothing.yaml")) == "nothing.yaml:1:1"


def test_a_site_that_states_only_its_country_and_target_gets_the_rest():
    sites = b"sites: {leeds: {country: GB, target: 12}, luton: {country: GB, target: 12}}\nscanners: {}\n"
    found = plan.load_files({**FILES, "sites.yaml": sites}).require().sites.sites

    assert [(s.name, s.aet, s.prefix) for s in found.values()] == [
        ("Leeds", "LEEDS", "L"),
        ("Luton", "LUTON", "LU"),
    ]


def test_the_site_of_a_scanner(demo):
    assert demo.sites.site_of("mr_b2") == "bradford"
    assert demo.sites.site_of("mr_x9") is None


@pytest.mark.parametrize(
    ("role", "acts_as"),
    [
        ("{at: centre, acts_as: monitor}", "monitor"),
        ("{at: site}", "site"),
        ("{at: reading}", "reader"),
        ("{at: centre}", "monitor"),
    ],
)
def test_a_role_acts_on_the_platform_as_stated_or_by_its_place(role, acts_as):
    people = FILES["people.yaml"].replace(
        b"roles:\n", f"roles:\n  extra: {role}\n".encode()
    )
    found = (
        plan.load_files({**FILES, "people.yaml": people})
        .require()
        .people.roles["extra"]
    )

    assert found.on_platform("extra") == acts_as


@pytest.mark.parametrize(
    ("name", "acts_as"),
    [
        ("physicist", "qc"),
        ("data_manager", "trial_manager"),
        ("statistician_main", "statistician"),
    ],
)
def test_a_known_role_needs_no_statement(demo, name, acts_as):
    role = demo.people.roles[name].model_copy(update={"acts_as": None})

    assert role.on_platform(name) == acts_as


def test_milestones_are_listed_by_name(demo):
    assert str(demo.study.milestones.dates()["data_lock"]) == "2027-12-20"
    assert "unblinding" not in demo.study.milestones.dates()


def test_a_folder_far_too_large_is_not_read(tmp_path):
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(LARGEST_PLAN + 1)

    with pytest.raises(InvalidInput, match="is it the right folder"):
        plan.load(tmp_path)


def test_an_empty_folder_names_all_that_is_missing(tmp_path):
    missing = {f.where.file for f in plan.load(tmp_path).findings}

    assert missing == {k.pattern for k in plan.KINDS.values() if k.needed}


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    plan.start(tmp_path / "study")
    (tmp_path / "secret.csv").write_text("a,b")
    (tmp_path / "study/secret.csv").symlink_to(tmp_path / "secret.csv")

    assert "secret.csv" not in plan.read_folder(tmp_path / "study")


def test_plans_are_found_in_an_installed_package_too(tmp_path):
    """A copy of the package as a wheel lays it out, with `plans` inside."""
    shutil.copytree(
        ROOT / "src/provident",
        tmp_path / "provident",
        ignore=shutil.ignore_patterns("web", "__pycache__", "static"),
    )
    shutil.copytree(ROOT / "plans", tmp_path / "provident/plans")
    code = "from provident import plan; print(plan.shipped(), *plan.templates())"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split()[0] == str(tmp_path / "provident/plans")
    assert "arthritis-demo" in run.stdout.split()


COHORT = """\
model: {id: m, kind: cohort, source: none}
perspective: {currency: GBP, horizon: 20 a}
strategies: {a: {x: 1}, b: {x: 2}}
parameters: {x: {value: 1, src: none}}
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COHORT, "a cohort needs `states` and `transitions`"),
        (
            COHORT.replace("cohort", "test-tree"),
            "a test-tree needs `tree` and `outcomes`",
        ),
        (COHORT + "states: {a: {init: 2}}\n", "states.a.init"),
    ],
)
def test_a_decision_model_must_be_whole(text, words):
    (finding,) = plan.load_files({**FILES, "economics/m.yaml": text.encode()}).findings

    assert finding.where.file == "economics/m.yaml"
    assert words in finding.message


@pytest.mark.parametrize("model", ["sick_sicker", "hiv", "wbmri_staging"])
def test_the_published_models_are_read(shared, model):
    data = (shared / f"examples/economics/{model}.yaml").read_bytes()
    loaded = plan.load_files({**FILES, f"economics/{model}.yaml": data})

    assert [f.message for f in loaded.findings] == []
    assert len(loaded.require().economics) == 1


def test_the_intended_wording_is_read_without_errors(shared):
    from provident import programme

    report = programme.check_plan(plan.load(shared / "examples/arthritis"))

    assert [
        f"{f.where} {f.message}" for f in report.findings if f.severity == "error"
    ] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("quality.yaml", "first: 2 exams per site", "first: 2 exams", "10 exams per site"),
        ("quality.yaml", "sequence_quality: 1..5", "sequence_quality: 5..1", 'neither a scale such as "1..5" nor a list of words'),
        ("quality.yaml", "minimum: 10 exams", "minimum: ten", "10 exams"),
        ("costs.yaml", "budget: {research: 160000}", "budget: {research: 160 apples}", "unknown unit"),
        ("costs.yaml", "budget: {research: 160000}", "budget: {research: 160 mm}", "is not an amount of money"),
        ("flows.yaml", "keeps: 8 years", "keeps: 8 mm", "is not a duration, or `until verified`"),
        ("sites.yaml", "field: 1.5 T", "field: 1.5 mm", "is not a field strength in tesla"),
        ("imaging/hands-mri.yaml", "minutes: 35", "minutes: -35", "is below 0"),
        ("study.yaml", "drop_out: 8 % per year", "drop_out: 8 %", "is not a rate"),
        ("study.yaml", "drop_out: 8 % per year", "drop_out: 8 h per year", "is not a share per year"),
        ("study.yaml", "expected: 4 %", "expected: 4", "is not a share in percent"),
        ("study.yaml", "expected: 4 %", "expected: [4]", "is not a share in percent"),
        ("quality.yaml", "within: 1 h", "within: 1 mm", "is not a duration with its unit"),
        ("flows.yaml", "per_exam: 900 MB", "per_exam: 900 s", "is not an amount of data with its unit"),
    ],
)  # fmt: skip
def test_a_value_that_breaks_its_grammar_says_which_it_is(file, old, new, words):
    data = FILES[file].decode().replace(old, new, 1).encode()
    assert data != FILES[file]
    (finding,) = plan.load_files({**FILES, file: data}).findings

    assert (finding.code, finding.where.file) == ("PLAN.VALUE", file)
    assert words in finding.message


def test_a_budget_may_carry_its_currency():
    data = FILES["costs.yaml"].replace(b"research: 160000", b"research: 160000 GBP")

    assert plan.load_files({**FILES, "costs.yaml": data}).require().costs.budget == {
        "research": 160000.0
    }
