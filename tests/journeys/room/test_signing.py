"""Signing a case in the reading room: shown first, refused in words, once, final."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.room.desk import (
    PASSWORD,
    fill_all,
    focused,
    open_case,
    sign,
    type_keys,
)


pytestmark = pytest.mark.browser


def test_signing_shows_what_is_signed_and_what_is_left(page, served, tmp_path):
    open_case(page, served)
    type_keys(page, "y", "Control+Enter")
    dialog = page.get_by_role("dialog")
    assert "answers are blank" in dialog.inner_text()
    page.screenshot(path=tmp_path / "sign.png")
    dialog.get_by_label("Your password").fill("wrong")
    dialog.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("This is not your password").wait_for()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign", exact=True).click()
    summary = page.locator(".summary")
    summary.wait_for()
    page.screenshot(path=tmp_path / "findings.png")

    assert "56 things are left" in summary.inner_text()
    assert "and 51 more answers" in summary.inner_text()
    assert page.evaluate("document.activeElement.className") == "summary"
    assert (
        page.locator('[data-key="A:readable"]').get_attribute("aria-invalid") == "true"
    )
    summary.get_by_role("button", name="B, All sites visible and normal?").click()
    assert focused(page) == "B:normal"
    assert served.study.signed == []


def test_the_next_case_is_there_before_it_is_asked_for(page, served):
    # How fast it then appears is measured by bench/room.py.
    fill_all(served, "case-one")
    with page.expect_response(re.compile("case-two")) as prefetched:
        open_case(page, served)
    prefetched.value.finished()
    sign(page)
    page.wait_for_url("**/read/room/case-two")
    page.wait_for_selector('[data-series="A.clip"] canvas')

    assert page.locator("#room").get_attribute("data-prefetched") == "true"
    assert [s["token"] for s in served.study.signed] == ["case-one"]
    assert served.study.signed[0]["active_seconds"] >= 1
    assert page.evaluate("localStorage.getItem('provident.room.case-one')") is None


def test_a_signature_whose_answer_was_lost_is_not_asked_for_again(page, served):
    fill_all(served, "case-one")
    open_case(page, served)

    def swallow(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/submit", swallow)
    sign(page)
    page.wait_for_url("**/read/room/case-two")

    assert [s["token"] for s in served.study.signed] == ["case-one"]


def test_nothing_is_signed_twice(page, served):
    fill_all(served, "case-one")
    open_case(page, served)
    type_keys(page, "Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    type_keys(page, "Enter", "Enter", "Enter")
    page.wait_for_url("**/read/room/case-two")
    page.wait_for_timeout(500)

    assert [s["token"] for s in served.study.signed] == ["case-one"]


def test_a_case_signed_in_another_window_takes_no_more_answers(page, served):
    open_case(page, served)
    served.study.cases["case-one"].update(phase="signed", version=9)
    type_keys(page, "n")

    page.get_by_role("heading", name="This case is signed").wait_for()
    assert served.answers() == {}


def test_a_signed_case_is_shown_and_cannot_be_changed(page, served):
    fill_all(served, "case-one")
    served.study.cases["case-one"]["phase"] = "signed"
    open_case(page, served)
    page.locator('[data-key="A:normal"] button').first.focus()
    type_keys(page, "n", "Control+Enter")
    page.locator('[data-key="A:readable"] button').last.click()
    page.wait_for_timeout(900)

    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_role("button", name="Sign and next case").is_disabled()
    assert served.answers()["A:readable"] == "optimal"
    assert served.study.saves == []


def test_a_case_that_is_not_yours_says_where_to_go(page, served):
    page.route(
        "**/read/api/case/case-one", lambda route: route.fulfill(status=403, body="{}")
    )
    page.goto(f"{served.base}/read/room/case-one")

    page.get_by_role("heading", name="This case cannot be opened").wait_for()
    assert (
        page.get_by_role("link", name="Back to the worklist").get_attribute("href")
        == "/read/"
    )
