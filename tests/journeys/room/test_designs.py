"""Designs other than one blind read of all at once: steps that lock, a choice of two, something told on the side."""

from __future__ import annotations

import pytest

from tests.journeys.room.desk import PASSWORD, focused, open_case, type_keys


pytestmark = pytest.mark.browser


def lock(page):
    type_keys(page, "Control+Enter")
    page.get_by_role("button", name="Lock and go on").click()


def test_a_time_sequential_read_locks_each_step(page, served, tmp_path):
    open_case(page, served, "case-stages")
    assert page.locator(".bar .mint").inner_text() == "Step 1 of 3"
    lock(page)
    page.locator(".summary").wait_for()
    assert "Not locked: 2 things are left" in page.locator(".summary").inner_text()

    page.locator('[data-key="A:normal"] button').first.focus()
    type_keys(page, "y", "o")
    served.wait_for("A:readable", "optimal", "case-stages")
    lock(page)
    page.get_by_role("tab", name="Time point B").wait_for()
    page.screenshot(path=tmp_path / "step.png")
    assert page.locator(".bar .mint").inner_text() == "Step 2 of 3"
    assert page.locator('[data-series^="B."]').count() == 2
    assert focused(page) == "B:normal"

    page.locator('[data-key="A:normal"] button').first.evaluate("b => b.click()")
    page.get_by_role("tab", name="Time point A").click()
    type_keys(page, "n")
    page.wait_for_timeout(800)
    assert served.answers("case-stages")["A:normal"] == 1  # later images reopen nothing

    page.get_by_role("tab", name="Time point B").click()
    page.locator('[data-key="B:normal"] button').first.focus()
    type_keys(page, "n", "p")
    served.wait_for("B:readable", "poor", "case-stages")
    lock(page)
    page.locator(".bar .mint", has_text="Global read").wait_for()
    page.locator('[data-key="A:normal"] button').first.focus()
    type_keys(page, "n")
    page.locator('[data-key="A:readable"] button').first.focus()
    type_keys(page, "a")
    served.wait_for("A:readable", "adequate", "case-stages")

    assert served.answers("case-stages")["A:normal"] == 1
    assert page.get_by_role("button", name="Sign and next case").is_enabled()


def test_an_adjudicator_chooses_one_of_two_and_says_why(page, context, served):
    open_case(page, served, "case-choice")
    assert page.locator('[data-key="A:bones.capitate.ero"] .beside').inner_text().split() == ["1", "2"]  # fmt: skip
    type_keys(page, "2")
    served.wait_for("choice", "2", "case-choice")
    page.get_by_label("Your reason").fill("Read 1 missed the capitate")
    served.wait_for("reason", "Read 1 missed the capitate", "case-choice")
    page.close()  # the browser dies: what was said is there again

    again = context.new_page()
    open_case(again, served, "case-choice")
    assert again.get_by_role("radio", name="Read 2 stands").get_attribute("aria-checked") == "true"  # fmt: skip
    assert again.get_by_label("Your reason").input_value() == "Read 1 missed the capitate"  # fmt: skip
    again.locator('[data-key="A:readable"] button').first.evaluate("b => b.click()")
    type_keys(again, "Control+Enter")
    dialog = again.get_by_role("dialog")
    assert "Read 2" in dialog.inner_text()
    dialog.get_by_label("Your password").fill(PASSWORD)
    again.keyboard.press("Enter")
    again.wait_for_url("**/read/room/case-one")

    (signed,) = served.study.signed
    assert (signed["choice"], signed["reason"]) == ("2", "Read 1 missed the capitate")
    assert "answers" not in signed


def test_a_choice_without_a_reason_is_not_signed(page, served):
    open_case(page, served, "case-choice")
    type_keys(page, "1", "Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".summary").wait_for()

    assert "Say which read stands, and why" in page.locator(".summary").inner_text()
    assert served.study.signed == []


def test_something_is_told_on_the_side(page, served):
    open_case(page, served, "case-stages")
    type_keys(page, "Shift+U")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Tell").click()
    assert "Say what you see" in dialog.inner_text()
    dialog.get_by_label("What you see").fill("A mass in the liver")
    dialog.get_by_role("button", name="Tell").click()
    dialog.wait_for(state="hidden")

    assert served.study.reports == [
        {"token": "case-stages", "kind": "unexpected_finding", "label": "A", "text": "A mass in the liver"}
    ]  # fmt: skip


def test_where_nothing_may_be_told_it_says_so(page, served):
    open_case(page, served)
    type_keys(page, "Shift+U")

    assert page.get_by_role("dialog").count() == 0
    assert "nothing is told" in page.locator("[aria-live=polite]").inner_text()


def test_mtss_is_entered_by_keyboard_alone(page, served):
    """The 86 scores of Sharp/van der Heijde: no mouse, no Tab, each key as the reader types it."""
    open_case(page, served, "case-mtss")
    (grids) = [b for b in served.study.cases["case-mtss"]["form"]["blocks"] if b["kind"] == "grid"]  # fmt: skip
    type_keys(page, "n")
    expected = {}
    for grid in grids:
        (column,) = grid["columns"]
        for number, row in enumerate(grid["rows"]):
            score = (number * 7 + len(grid["rows"])) % (column["max"] + 1)
            key = f"{grid['id']}.{row['id']}.{column['id']}"
            assert focused(page) == key
            type_keys(page, *str(score))
            if (
                focused(page) == key and len(expected) < 85
            ):  # a digit that may grow waits
                type_keys(page, "Enter")
            expected[key] = score
    served.wait_for(key, score, "case-mtss")

    assert len(expected) == 86
    assert served.answers("case-mtss") == {"normal": 0, **expected}
    type_keys(page, "Control+Enter")
    assert "blank" not in page.get_by_role("dialog").inner_text()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/read/room/case-one")
    assert [s["token"] for s in served.study.signed] == ["case-mtss"]


def test_one_key_says_that_all_is_normal(page, served):
    open_case(page, served, "case-mtss")
    type_keys(page, "Escape", "Shift+A")
    served.wait_for("normal", 1, "case-mtss")
    answers = served.answers("case-mtss")

    assert len(answers) == 87
    assert all(value == 0 for key, value in answers.items() if key != "normal")


def test_one_key_does_not_take_scores_off(page, served):
    open_case(page, served, "case-mtss")
    type_keys(page, "n", "3", "Shift+A")

    assert "Scores are entered" in page.locator(".count").inner_text()
    served.wait_for("normal", 0, "case-mtss")
