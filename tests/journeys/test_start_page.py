"""A plan is started by keyboard alone: choose, answer, see the check at once, take the folder away."""

from __future__ import annotations

import zipfile

import pytest

from tests.journeys.test_pages import (
    TELEPHONE,
    S,
    address,  # noqa: F401  # a fixture
    complaints,
    keep_picture,
    too_wide,
    visit,  # noqa: F401  # a fixture
)


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def retype(page, key: str, text: str) -> None:
    page.locator(f"[name='{key}']").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def test_a_plan_is_started_by_keyboard(visit, address, tmp_path):  # noqa: F811
    page = visit("mary")
    page.goto(f"{address}{S}/plan/start")
    assert complaints(page) == []
    page.get_by_role("link", name="oncology-recist").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/oncology-recist")
    keep_picture(page, tmp_path / "start.png")
    assert complaints(page) == []

    told = page.locator("#told")
    retype(page, "participants", "many")
    told.get_by_text("whole number above 0").wait_for()
    assert page.locator("[name='sponsor'], [name='first_participant']").first.is_visible()  # fmt: skip
    retype(page, "participants", "240")
    told.get_by_text("does not fit yet").wait_for(state="detached")
    assert told.get_by_text("Nothing in the plan contradicts").is_visible()
    keep_picture(page, tmp_path / "answered.png")
    assert complaints(page) == []

    with page.expect_download() as coming:
        page.get_by_role("button", name="Take the folder away").focus()
        page.keyboard.press("Enter")
    coming.value.save_as(tmp_path / "plan.zip")
    with zipfile.ZipFile(tmp_path / "plan.zip") as archive:
        study = archive.read("arthur-2/study.yaml").decode()
    assert "participants: 240" in study


def test_a_wrong_answer_is_said_on_top_and_at_its_question(visit, address, tmp_path):  # noqa: F811
    page = visit("mary")
    page.goto(f"{address}{S}/plan/start/start")
    retype(page, "participants", "few")
    page.get_by_role("button", name="Take the folder away").click()
    page.get_by_text("Something is missing or does not fit").wait_for()
    keep_picture(page, tmp_path / "wrong.png")

    assert complaints(page) == []


def test_the_questions_fit_a_telephone(visit, address):  # noqa: F811
    page = visit("mary", TELEPHONE)
    page.goto(f"{address}{S}/plan/start/oncology-recist")

    assert too_wide(page) == 0
