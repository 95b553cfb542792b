"""A plan is started from a template with a few answers; all else stays as it is, comments too."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from provident import plan
from provident.cli.main import build
from provident.kernel import InvalidInput
from provident.plan import starting


title = "Starting a plan"


@pytest.mark.parametrize("template", plan.templates())
def test_without_answers_it_is_the_template(template):
    assert starting.started(template, {}) == plan.template_files(template)
    given = {q.key: q.given for q in starting.questions(template)}
    assert starting.started(template, given) == plan.template_files(template)


@pytest.mark.parametrize("template", plan.templates())
def test_an_answer_stands_where_the_template_said_another(template):
    answers = {"title": 'A "quoted" title: with # signs', "participants": "77"}
    loaded = plan.load_files(starting.started(template, answers))

    assert loaded.require().study.title == answers["title"]
    assert loaded.require().study.population.participants == 77


def test_comments_and_all_other_lines_stay():
    before = plan.template_files("oncology-recist")["study.yaml"].decode().splitlines()
    after = starting.started("oncology-recist", {"participants": "240"})
    changed = [
        (a, b)
        for a, b in zip(before, after["study.yaml"].decode().splitlines(), strict=True)
        if a != b
    ]

    assert [b for _, b in changed] == [changed[0][0].replace("300", "240")]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"patients": "3"}, 'did you mean "participants"'),
        ({"participants": "0"}, "whole number above 0"),
        ({"participants": "1.5"}, "whole number above 0"),
        ({"data_lock": "2027-13-01"}, "year-month-day"),
        ({"id": "a b"}, "letters, digits"),
        ({"sponsor": " "}, "Write an answer"),
        ({"title": "two\nlines"}, "one line"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(answers, words):
    with pytest.raises(InvalidInput, match=words):
        starting.started("start", answers)


def test_the_command_writes_answers_and_lists_what_only_the_team_can_know(tmp_path):
    folder = tmp_path / "mine"
    done = CliRunner().invoke(
        build(), ["new", str(folder), "--like", "mre-us-accuracy", "--answer", "participants=88", "--json"]
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    files = plan.template_files("mre-us-accuracy")
    assert [p["where"] for p in told["to_settle"]] == [
        p.where for p in starting.open_points(files)
    ]
    assert plan.load(folder).require().study.population.participants == 88


def test_the_command_asks_and_enter_keeps_what_stands_there(tmp_path):
    folder = tmp_path / "asked"
    keys = len(starting.questions("start"))
    done = CliRunner().invoke(
        build(),
        ["new", str(folder), "--ask", "--answer", "id=KNEE-1"],
        input="\n" * keys,
    )

    assert done.exit_code == 0, done.output
    assert plan.load(folder).require().study.id == "KNEE-1"


@pytest.mark.parametrize("answer", ["participants", "patients=3", "participants=few"])
def test_the_command_refuses_an_answer_that_does_not_fit_and_writes_nothing(
    tmp_path, answer
):
    folder = tmp_path / "none"
    done = CliRunner().invoke(build(), ["new", str(folder), "--answer", answer])

    assert done.exit_code != 0
    assert not folder.exists()
