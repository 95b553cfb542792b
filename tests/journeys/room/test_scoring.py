"""Scoring in the reading room by keyboard alone, and nothing lost of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.journeys.room.desk import (
    CHROMIUM_ARGUMENTS,
    drag,
    figures,
    focused,
    open_case,
    type_keys,
    wait_until_loaded,
)


pytestmark = pytest.mark.browser


def test_a_grid_is_scored_by_keyboard_alone(page, served, tmp_path):
    open_case(page, served)
    assert focused(page) == "A:normal"
    type_keys(page, "n")  # No: the grid opens, the keyboard is in its first cell
    type_keys(page, "3", "1", "0", "1", "2", "v", ".", "1", "Enter", "0")
    page.screenshot(path=tmp_path / "scoring.png")

    expected = [3, 10, 1, 2, "nv", "nv", 1, 0]
    rows = [
        r["id"] for r in served.study.cases["case-one"]["form"]["blocks"][1]["rows"]
    ]
    served.wait_for(f"A:bones.{rows[7]}.ero", 0, within=1.5)
    assert [served.answers()[f"A:bones.{r}.ero"] for r in rows[:8]] == expected
    assert focused(page) == f"A:bones.{rows[8]}.ero"

    type_keys(page, "ArrowUp", "Delete", "ArrowRight", "3", "ArrowLeft")
    served.wait_for(f"A:bones.{rows[7]}.ost", 3)
    assert f"A:bones.{rows[7]}.ero" not in served.answers()
    assert focused(page) == f"A:bones.{rows[8]}.ero"


def test_all_normal_is_one_key_and_can_be_taken_back(page, served):
    open_case(page, served)
    type_keys(page, "n", "4")
    served.wait_for("A:bones.metacarpal_base_1.ero", 4)
    page.locator('[data-key="A:normal"] button').first.focus()
    type_keys(page, "y")
    served.wait_for("A:bones.metacarpal_base_1.ero", 0)
    assert served.answers()["A:joints.mcp_5.syn"] == 0
    page.locator('[data-key="A:normal"] button').first.focus()
    type_keys(page, "n")

    served.wait_for("A:bones.metacarpal_base_1.ero", 4)
    assert "A:joints.mcp_5.syn" not in served.answers()


def test_a_score_that_cannot_be_is_refused_in_words(page, served):
    open_case(page, served)
    type_keys(page, "ArrowDown", "5")
    assert (
        "Answer “All sites visible and normal?” first"
        in page.locator(".panel-foot").inner_text()
    )
    type_keys(page, "ArrowUp", "n", "ArrowRight", "7")

    assert (
        "takes a whole number from 0 to 3" in page.locator(".panel-foot").inner_text()
    )


def test_the_next_time_point_keeps_the_place(page, served):
    open_case(page, served)
    type_keys(page, "n", "2", "t")

    assert focused(page) == "B:bones.metacarpal_base_2.ero"
    assert (
        page.get_by_role("tab", selected=True).inner_text().startswith("Time point B")
    )
    assert (
        page.locator('[data-key="B:bones.metacarpal_base_1.ero"] .beside').inner_text()
        == "A 2"
    )


def test_an_adjudicator_takes_a_readers_answer(page, served, tmp_path):
    open_case(page, served, "case-three")
    reads = [
        r["answers"] for r in served.study.cases["case-three"]["adjudication"]["reads"]
    ]
    key = next(k for k in reads[0] if k.endswith(".ero") and reads[0][k] != reads[1][k])
    type_keys(page, "n")
    page.locator(f'[data-key="{key}"]').focus()
    page.screenshot(path=tmp_path / "adjudication.png")

    assert page.locator(f'[data-key="{key}"]').evaluate(
        "e => e.classList.contains('differs')"
    )
    type_keys(page, "]")
    served.wait_for(key, reads[1][key], "case-three")


def test_nothing_is_lost_when_the_page_is_closed_at_once(page, context, served):
    open_case(page, served)
    type_keys(page, "n", "1", "Enter", "2", "3", "PageDown", "PageDown")
    page.wait_for_timeout(350)
    type_keys(page, "5")
    page.close()
    again = context.new_page()
    open_case(again, served)
    again.wait_for_timeout(300)

    served.wait_for("A:bones.metacarpal_base_4.ero", 5)
    assert (
        again.locator('[data-key="A:bones.metacarpal_base_4.ero"]').inner_text().strip()
        == "5"
    )
    assert focused(again).startswith("A:bones.metacarpal_base_")
    assert figures(again, "A.cor_stir").startswith("14/24")


def test_the_server_holds_all_but_the_last_two_seconds_when_the_browser_is_killed(
    served, tmp_path, chromium
):
    port_file = tmp_path / "profile/DevToolsActivePort"
    process = subprocess.Popen(
        [str(chromium), *CHROMIUM_ARGUMENTS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    program = f"""
import sys, time
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    browser = p.chromium.connect_over_cdp(sys.argv[1])
    page = browser.contexts[0].new_page()
    page.goto("{served.base}/read/room/case-one")
    page.wait_for_selector("#room[data-first-image]")
    page.keyboard.press("n")
    for key in "2345":
        page.keyboard.press(key)
    print("typed", flush=True)
    time.sleep(60)
"""
    try:
        while not port_file.is_file():
            time.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        typist = subprocess.Popen(
            [sys.executable, "-c", program, f"http://127.0.0.1:{port}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert typist.stdout is not None
        assert typist.stdout.readline().strip() == "typed"
        time.sleep(2)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        typist.kill()
        typist.communicate()

    assert [
        served.answers().get(f"A:bones.metacarpal_base_{n}.ero") for n in (1, 2, 3, 4)
    ] == [2, 3, 4, 5]


def test_without_a_network_reading_goes_on(page, context, served):
    open_case(page, served)
    context.set_offline(True)
    type_keys(page, "n", "2")
    page.wait_for_selector(".saved.unsaved")
    assert "not saved since" in page.locator(".saved").inner_text()
    assert "kept on this computer" in page.locator(".banner").inner_text()
    type_keys(page, "3")
    context.set_offline(False)

    served.wait_for("A:bones.metacarpal_base_2.ero", 3, within=4)
    page.wait_for_selector(".saved:not(.unsaved):not(.saving)")
    assert page.locator(".banner").is_hidden()


def test_a_session_that_has_ended_says_so(page, served):
    open_case(page, served)
    page.route("**/answers", lambda route: route.fulfill(status=401, body="{}"))
    type_keys(page, "n")
    page.wait_for_selector(".saved.unsaved")

    assert "sign in again" in page.locator(".banner").inner_text()


def test_two_windows_are_joined_by_asking(page, context, served, tmp_path):
    open_case(page, served)
    type_keys(page, "n", "2", "3")
    served.wait_for("A:bones.metacarpal_base_2.ero", 3)
    case = served.study.cases["case-one"]  # the other window
    case["answers"] = {
        **case["answers"],
        "A:bones.metacarpal_base_1.ero": 6,
        "B:normal": 0,
    }
    case["version"] += 1
    type_keys(page, "ArrowUp", "ArrowUp", "4")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.screenshot(path=tmp_path / "clash.png")
    assert "Metacarpal base 1, Erosion" in dialog.inner_text()
    dialog.get_by_label("6").check()
    dialog.get_by_role("button", name="Keep these").click()

    served.wait_for("B:normal", 0)
    assert served.answers()["A:bones.metacarpal_base_1.ero"] == 6
    assert (
        page.locator('[data-key="A:bones.metacarpal_base_1.ero"]').inner_text().strip()
        == "6"
    )


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_a_case_is_resumed_exactly(page, context, served, rendering):
    open_case(page, served, query=f"?rendering={rendering}")
    wait_until_loaded(page)
    page.locator('[data-series="A.cor_t1"]').click()
    type_keys(page, "p")
    drag(page, "A.cor_t1", (0, 0), (30, 20))
    type_keys(page, "2", "+", "+", "h", "i", "ArrowDown", "l", "f", "Escape", "n", "4")
    page.wait_for_timeout(900)
    look = "JSON.parse(localStorage.getItem('provident.room.case-one')).view"
    before = page.evaluate(look)
    page.close()
    again = context.new_page()
    open_case(again, served, query=f"?rendering={rendering}")
    wait_until_loaded(again)
    again.wait_for_timeout(900)

    assert focused(again) == "A:bones.metacarpal_base_2.ero"
    assert "inverted" in figures(again, "A.cor_t1")
    assert again.locator(".stage.magnified").count() == 1
    after = again.evaluate(look)
    for view, was in zip(
        after["stage"]["views"], before["stage"]["views"], strict=True
    ):
        assert view.pop("span") == pytest.approx(was.pop("span"), rel=0.01)
        assert view.pop("centre") == pytest.approx(was.pop("centre"), abs=0.5)
    assert after == before


@pytest.mark.slow
def test_the_page_is_killed_at_random_keystrokes(context, served):
    chance = np.random.default_rng(20261124)
    rows = [
        r["id"] for r in served.study.cases["case-one"]["form"]["blocks"][1]["rows"]
    ]
    expected = {"A:normal": 0}
    keys = ["n"]
    for _ in range(6):
        page = context.new_page()
        open_case(page, served)
        for _ in range(int(chance.integers(1, 4))):
            row = rows[len(expected) - 1]
            score = int(chance.integers(2, 10))
            keys.append(str(score))
            expected[f"A:bones.{row}.ero"] = score
        type_keys(page, *keys)
        keys = []
        page.close()
    page = context.new_page()
    open_case(page, served)
    page.wait_for_selector(".saved:not(.saving)")

    assert served.answers() == expected


def test_a_long_form_is_entered_in_seconds(page, served):
    open_case(page, served)
    type_keys(page, "n")
    begun = time.monotonic()
    for i in range(46):
        type_keys(page, str(i % 4 or 2) if i < 23 else str(i % 4))
    type_keys(page, *("2" for _ in range(7)), "o")
    seconds = time.monotonic() - begun
    served.wait_for("A:readable", "optimal")

    assert len([k for k in served.answers() if k.startswith("A:")]) == 55
    assert seconds < 5
