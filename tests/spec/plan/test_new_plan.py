"""`provident new`, `schema` and `diff`."""

from __future__ import annotations

import json

import jsonschema
import pytest
from typer.testing import CliRunner

from provident import plan, programme
from provident.cli.main import build
from provident.kernel import InvalidInput, NotFound, Refused


title = "Starting a plan, completing it, amending it"


@pytest.fixture(scope="module")
def run():
    app = build()
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.mark.parametrize("like", ["start", "arthritis-demo"])
def test_a_new_plan_is_clean_but_for_what_only_the_team_can_know(tmp_path, like):
    plan.start(tmp_path / "study", like)
    report = programme.check_plan(plan.load(tmp_path / "study"))

    assert report.exit_code == 0
    assert {f.code for f in report.findings} <= {"COVER.NOT_ANSWERED"}


def test_new_writes_schemas_too_so_that_editors_complete_at_once(run, tmp_path):
    result = run("new", tmp_path / "study", "--json")

    assert result.exit_code == 0
    assert "study.yaml" in json.loads(result.stdout)["files"]
    assert (tmp_path / "study/.schemas/study.json").is_file()
    assert run("check", tmp_path / "study").exit_code == 0


def test_every_file_of_the_starting_plan_explains_itself(tmp_path):
    plan.start(tmp_path / "study")
    uncommented = [
        p.name
        for p in (tmp_path / "study").rglob("*.yaml")
        if b"# " not in p.read_bytes()
    ]

    assert uncommented == ["phantoms.yaml"] or uncommented == []


def test_new_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(Refused, match="not empty"):
        plan.start(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_new_refuses_a_file(tmp_path):
    (tmp_path / "study").write_text("mine")

    with pytest.raises(Refused, match="not empty"):
        plan.start(tmp_path / "study")


def test_new_names_the_plans_there_are(tmp_path):
    with pytest.raises(
        NotFound,
        match=r'did you mean "arthritis-demo"\?\); there are .*arthritis-demo, .*start',
    ):
        plan.start(tmp_path / "study", "arthritis-dmo")
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("template", plan.templates())
def test_shipped_plans_fit_the_published_schemas(template):
    loaded = plan.load_files(plan.template_files(template))
    validators = {
        k: jsonschema.Draft202012Validator(plan.json_schema(k)) for k in plan.KINDS
    }
    errors = [
        f"{file}: {error.json_path}: {error.message}"
        for file, value in loaded.documents.items()
        for error in validators[plan.kind_of(file, value).name].iter_errors(value)
    ]

    assert errors == []


def test_the_schema_refuses_what_the_loader_refuses(demo_files):
    value = dict(plan.load_files(demo_files).documents["study.yaml"])
    value["sponser"] = value.pop("sponsor")
    validator = jsonschema.Draft202012Validator(plan.json_schema("study"))

    assert {e.validator for e in validator.iter_errors(value)} == {
        "additionalProperties",
        "required",
    }


def test_schema_keeps_the_editors_other_settings(run, tmp_path):
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text('{"editor.rulers": [88]}')
    run("schema", tmp_path)
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text())

    assert settings["editor.rulers"] == [88]
    assert settings["yaml.schemas"]["./.schemas/reading.json"] == "reading/*.yaml"


def test_schema_does_not_touch_settings_that_it_cannot_read(tmp_path):
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text("{ // comments\n}")

    with pytest.raises(InvalidInput, match="is not plain JSON"):
        plan.write_schemas(tmp_path)
    assert (tmp_path / ".vscode/settings.json").read_text() == "{ // comments\n}"


def test_there_is_no_schema_of_an_unknown_kind():
    with pytest.raises(NotFound, match=r'did you mean "reading"'):
        plan.json_schema("readings")


def test_schemas_and_notes_beside_a_plan_are_no_part_of_it(tmp_path):
    plan.start(tmp_path / "study")
    before = plan.load(tmp_path / "study").require().hash
    plan.write_schemas(tmp_path / "study")
    (tmp_path / "study/.git").mkdir()
    (tmp_path / "study/.git/config.yaml").write_text("x: 1")

    assert plan.load(tmp_path / "study").require().hash == before


@pytest.mark.parametrize(
    ("file", "old", "new", "who", "words"),
    [
        ("reading/erosion.yaml", "reader: 4 h", "reader: 5 h", "readers", "hours.reader changes from 4 h per week to 5 h per week"),
        ("imaging/hands-mri.yaml", "TR: 400..700 ms", "TR: 450..650 ms", "radiographers", "series.cor_t1.require.TR changes from 400..700 ms to 450..650 ms"),
        ("study.yaml", "phase: III\n", "", "everybody", "phase is gone (was III)"),
        ("consent.yaml", "recontact: {words", "ask_again: {words: be asked again}\n  recontact: {words", "ethics committee", "options.ask_again is new: words: be asked again"),
        ("study.yaml", "# A multicentre", "# Another", "", ""),
    ],
)  # fmt: skip
def test_an_amendment_is_told_in_words_to_whom_it_affects(
    amend, file, old, new, who, words
):
    from provident.programme.diff import difference

    found = difference(amend({}).load(), amend({file: [(old, new)]}).load())

    assert [c.words() for c in found.by_affected().get(who, [])] == [words] * bool(
        words
    )


def test_an_amendment_without_a_new_version_is_pointed_out(amend):
    from provident.programme.diff import difference

    changed = amend({"study.yaml": [("phase: III", "phase: II")]}).load()

    assert "The version is the same" in "\n".join(
        difference(amend({}).load(), changed).lines()
    )


def test_two_equal_plans_say_the_same(amend):
    from provident.programme.diff import difference

    assert difference(amend({}).load(), amend({}).load()).lines() == [
        "The two plans say the same."
    ]


def test_a_plan_that_does_not_load_cannot_be_compared(amend):
    from provident.programme.diff import difference

    with pytest.raises(InvalidInput, match="the new plan does not load"):
        difference(amend({}).load(), amend({"study.yaml": "[¦"}).load())


# -- the commands in words --------------------------------------------------------


def test_new_says_what_it_wrote_and_what_comes_next(run, tmp_path):
    result = run("new", tmp_path / "study", "--like", "arthritis-demo")

    assert "imaging/hands-mri.yaml" in result.stdout.splitlines()
    assert f"Next: edit the files in {tmp_path / 'study'}" in result.stderr


def test_schema_tells_other_editors_what_to_write(run, tmp_path):
    result = run("schema", tmp_path)

    assert ".schemas/study.json" in result.stdout.splitlines()
    assert "# yaml-language-server: $schema=.schemas/study.json" in result.stderr
    assert (
        json.loads(run("schema", tmp_path, "--json").stdout)["files"][-1]
        == ".vscode/settings.json"
    )


def test_schema_needs_a_folder(tmp_path):
    with pytest.raises(InvalidInput, match="is not a folder"):
        plan.write_schemas(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["[]", "3"])
def test_settings_that_are_no_object_are_left_alone(tmp_path, text):
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text(text)

    with pytest.raises(InvalidInput, match="is not a JSON object"):
        plan.write_schemas(tmp_path)


def test_diff_speaks_in_words_and_in_json(run, tmp_path):
    for name in ("old", "new"):
        plan.start(tmp_path / name)
    path = tmp_path / "new/study.yaml"
    path.write_text(
        path.read_text()
        .replace('"0.1"', '"0.2"')
        .replace("participants: 40", "participants: 36")
    )
    words = run("diff", tmp_path / "old", tmp_path / "new").stdout
    document = json.loads(
        run("diff", tmp_path / "old", tmp_path / "new", "--json").stdout
    )

    assert "For sites, statisticians and ethics committee:\n" in words
    assert "  study.yaml: population.participants changes from 40 to 36\n" in words
    assert (document["old"], document["new"]) == ("0.1", "0.2")
    assert [c["path"] for c in document["changes"]] == [
        "version",
        "population.participants",
    ]


def test_what_is_waived_is_printed_with_its_reason(run, tmp_path):
    plan.start(tmp_path / "study")
    path = tmp_path / "study/quality.yaml"
    path.write_text(
        "\n".join(
            line
            for line in path.read_text().splitlines()
            if not line.startswith("pilot:")
        )
    )
    study = tmp_path / "study/study.yaml"
    study.write_text(
        study.read_text().replace(
            "waived: []",
            "waived: [{finding: QC.NO_PILOT, why: two sites only, by: chief investigator, on: 2027-01-15}]",
        )
    )
    text = run("check", tmp_path / "study").stdout

    assert (
        "waived: no site's first exams are reviewed before it goes on [QC.NO_PILOT]"
        in text
    )
    assert "two sites only (chief investigator, 2027-01-15)" in text
    assert "0 errors, 3 warnings, 1 waived" in text


@pytest.mark.parametrize("command", ["new", "check", "diff", "schema"])
def test_every_command_shows_an_example(run, command):
    assert f"Example: provident {command}" in " ".join(
        run(command, "--help").stdout.split()
    )


@pytest.mark.parametrize("command", ["new", "check", "diff", "schema"])
def test_wrong_usage_ends_with_2(run, command):
    assert run(command).exit_code == 2
