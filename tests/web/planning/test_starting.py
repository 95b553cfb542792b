"""A plan is started from a template on a page: the same questions as `provident new`, checked as they are answered."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from provident import plan
from provident.plan import starting
from provident.web.planning.models import Amendment


AT = "/s/arthur-2/plan/start"
LIKE = "start"


@pytest.fixture
def page(client, manager):
    client.force_login(manager.user)
    return client


@pytest.fixture
def answers():
    """The answers of the template, with this study's own name and a version that is not there yet."""
    given = {q.key: q.given for q in starting.questions(LIKE)}
    return {**given, "id": "ARTHUR-2", "version": "9.0", "title": "Another knee study"}


def test_the_templates_are_all_there_with_what_they_are(page):
    shown = page.get(AT).content.decode()

    for name in plan.templates():
        assert f"{AT}/{name}" in shown
        assert starting.about(name)[:20] in shown


def test_it_asks_what_the_command_asks_and_lists_what_only_the_team_can_know(page):
    shown = page.get(f"{AT}/oncology-recist").content.decode()

    for question in starting.questions("oncology-recist"):
        assert f'name="{question.key}"' in shown
    for point in starting.open_points(plan.template_files("oncology-recist")):
        assert point.where in shown


def test_answers_are_checked_as_they_are_given(page, answers):
    late = {**answers, "data_lock": "2027-04-01"}
    shown = page.post(f"{AT}/{LIKE}/check", late).content.decode()

    assert "contradiction" in shown
    assert "<html" not in shown


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("id", "my study!", "letters, digits"),
        ("participants", "-3", "whole number"),
        ("participants", "many", "whole number"),
        ("first_participant", "3 March", "year-month-day"),
        ("title", "", "Write an answer"),
        ("title", "x" * 301, "300 characters"),
    ],
)
def test_an_answer_that_does_not_fit_is_said_at_its_question(page, answers, key, answer, words):  # fmt: skip
    told = page.post(f"{AT}/{LIKE}", {**answers, key: answer, "do": "folder"})

    assert told.status_code == 422
    assert words in told.content.decode()
    part = page.post(f"{AT}/{LIKE}/check", {**answers, key: answer})
    assert part.status_code == 200
    assert words in part.content.decode()


def test_the_folder_is_the_one_that_the_command_writes(page, answers):
    told = page.post(f"{AT}/{LIKE}", {**answers, "do": "folder"})

    assert told["Content-Disposition"] == 'attachment; filename="arthur-2.zip"'
    with ZipFile(BytesIO(told.content)) as archive:
        files = {n.partition("/")[2]: archive.read(n) for n in archive.namelist()}
    assert files == starting.started(LIKE, answers)


def test_it_is_kept_as_a_draft_that_nobody_works_by(page, answers):
    told = page.post(f"{AT}/{LIKE}", {**answers, "do": "draft"})

    made = Amendment.objects.get()
    assert told.url.endswith(f"/plan/amendments/{made.pk}")
    assert (made.version, made.state) == ("9.0", "draft")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"id": "OTHER"}, "not of this study"), ({"version": "1.4"}, "already")],
)
def test_a_draft_that_cannot_be_kept_says_why(page, answers, change, words):
    told = page.post(f"{AT}/{LIKE}", {**answers, **change, "do": "draft"})

    assert told.status_code == 422
    assert words in told.content.decode()
    assert not Amendment.objects.exists()


def test_checking_without_a_script_shows_the_page_again(page, answers):
    told = page.post(f"{AT}/{LIKE}", {**answers, "do": "check"})

    assert told.status_code == 200
    assert "Another knee study" in told.content.decode()


def test_a_template_that_is_not_there_is_not_found(page):
    assert page.get(f"{AT}/nothing").status_code == 404
    assert page.post(f"{AT}/nothing/check", {}).status_code == 404


@pytest.mark.parametrize("role", ["qc", "reader", "statistician", "monitor"])
def test_only_who_may_draft_may_start(client, make_member, role):
    client.force_login(make_member(role).user)

    assert client.get(AT).status_code == 403
    assert client.get(f"{AT}/{LIKE}").status_code == 403
    assert client.post(f"{AT}/{LIKE}/check", {}).status_code == 403
