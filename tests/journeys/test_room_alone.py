"""The built reading room in a real browser, against the mock server of viewer/dev.

The journeys of a reader at the keyboard: first image, scoring, measuring, losing the network and
the browser, signing. The platform's own journey is another file; this one needs no Django.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, missing


pytestmark = pytest.mark.browser

sync_api = pytest.importorskip("playwright.sync_api")
sys.path.insert(0, str(ROOT / "viewer/dev"))

CHROMIUM = Path(os.environ.get("PROV_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1440, "height": 900}
PASSWORD = "correct horse"
FIRST_IMAGE_MS = 2000
NEXT_CASE_MS = 500


class Served:
    """The mock server and what it holds."""

    def __init__(self, folder: Path) -> None:
        from mock_server import start

        self.server, self.study = start(folder)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, token: str = "case-one") -> dict[str, Any]:
        return dict(self.study.cases[token]["answers"])

    def wait_for(
        self, key: str, value: object, token: str = "case-one", within: float = 2
    ) -> None:
        """Until the server holds this answer; fails after `within` seconds."""
        until = time.monotonic() + within
        while self.answers(token).get(key) != value:
            assert time.monotonic() < until, f"{key} is {self.answers(token).get(key)}"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not (ROOT / "src/provident/web/static/built/manifest.json").is_file():
        missing("the built reading room (npm run build in viewer/)")
    served = Served(tmp_path_factory.mktemp("scans"))
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def served(served_once: Served) -> Served:
    served_once.study.reset()
    return served_once


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.is_file():
        missing(f"Chromium ({CHROMIUM})")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=SIZE)
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda m: (
            problems.append(m.text) if "Content Security Policy" in m.text else None
        ),
    )
    yield page
    assert problems == []


def open_case(
    page: Any, served: Served, token: str = "case-one", query: str = ""
) -> int:
    """Open a room; gives the milliseconds to the first image."""
    page.goto(f"{served.base}/read/room/{token}{query}")
    page.wait_for_selector("#room[data-first-image]", timeout=15_000)
    return int(page.locator("#room").get_attribute("data-first-image"))


def type_keys(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Any) -> str:
    return str(
        page.evaluate("document.activeElement.closest('[data-key]')?.dataset.key ?? ''")
    )


def figures(page: Any, series: str) -> str:
    return str(page.locator(f'[data-series="{series}"] .tag-br').inner_text())


def drag(page: Any, series: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag over a pane, from and to places relative to its centre."""
    box = page.locator(f'[data-series="{series}"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + start[0], y + start[1])
    page.mouse.down()
    page.mouse.move(x + end[0], y + end[1], steps=12)
    page.mouse.up()


def fill_all(served: Served, token: str) -> None:
    """Everything answered but the last question, as another sitting may have left it."""
    case = served.study.cases[token]
    case["answers"] = {**case["adjudication"]["reads"][0]["answers"]} if case["adjudication"] else {
        **{f"{t}:normal": 1 for t in "AB"},
        **{f"{t}:readable": "optimal" for t in "AB"},
        **{f"{t}:{b['id']}.{r['id']}.{c['id']}": 0 for t in "AB" for b in case["form"]["blocks"] if b["kind"] == "grid" for r in b["rows"] for c in b["columns"]},
    }  # fmt: skip


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_first_image_is_there_in_time(page, served, tmp_path, rendering, capsys):
    milliseconds = open_case(page, served, query=f"?rendering={rendering}")
    page.wait_for_timeout(1200)
    page.screenshot(path=tmp_path / f"room-{rendering}.png")
    with capsys.disabled():
        print(f"\n  first image, {rendering}: {milliseconds} ms", end=" ")

    assert milliseconds < FIRST_IMAGE_MS
    assert figures(page, "A.cor_stir").startswith("12/24 · W 700 L 330")
    assert page.locator(".bar .amber").count() == (1 if rendering == "cpu" else 0)


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_scrolling_is_linked_and_keeps_the_window(page, served, rendering):
    open_case(page, served, query=f"?rendering={rendering}")
    page.locator('[data-series="A.cor_stir"]').click()
    type_keys(page, "2", "ArrowDown", "ArrowDown", "PageDown")
    page.wait_for_timeout(400)

    assert figures(page, "A.cor_stir").startswith("15/24 · W 900 L 420")
    assert figures(page, "B.cor_stir").startswith("15/24")
    assert figures(page, "A.cor_t1").startswith("15/30")

    type_keys(page, "l", "PageUp")
    page.wait_for_timeout(300)

    assert figures(page, "A.cor_stir").startswith("14/24")
    assert figures(page, "B.cor_stir").startswith("15/24")


def test_images_stay_within_reach_while_scoring(page, served):
    open_case(page, served)
    before = focused(page)
    type_keys(page, "PageDown", "Alt+2")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 100)
    page.wait_for_timeout(300)

    assert figures(page, "A.cor_stir").startswith("14/24 · W 900 L 420")
    assert focused(page) == before


def test_letters_follow_turns_and_flips(page, served):
    open_case(page, served)
    sides = page.locator('[data-series="A.cor_stir"] .side')

    def read_sides() -> str:
        return "".join(sides.all_inner_texts())

    assert read_sides() == "RLHF"
    type_keys(page, "h")
    assert read_sides() == "LRHF"
    type_keys(page, "h", "o")
    assert read_sides() == "FHRL"
    type_keys(page, "r", "i")
    assert read_sides() == "RLHF"
    assert "inverted" in figures(page, "A.cor_stir")


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
    served, tmp_path
):
    port_file = tmp_path / "profile/DevToolsActivePort"
    process = subprocess.Popen(
        [str(CHROMIUM), *ARGUMENTS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}"],
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


def test_a_measurement_fills_its_field_and_is_drawn_again(
    page, context, served, tmp_path
):
    open_case(page, served, "case-two")
    page.locator('[data-key="thickness"]').focus()
    type_keys(page, "m")
    drag(page, "A.clip", (-60, 0), (60, 30))
    page.wait_for_timeout(300)
    page.locator('[data-key="signal"]').focus()
    type_keys(page, "e")
    drag(page, "A.clip", (-50, -30), (40, 20))
    page.wait_for_timeout(900)
    page.screenshot(path=tmp_path / "ultrasound.png")
    measurements = {
        m["kind"]: m for m in served.study.cases["case-two"]["measurements"]
    }

    assert measurements["length"]["item"] == "thickness"
    assert measurements["length"]["unit"] == "px"
    assert measurements["length"]["image"].endswith("?frame=1")
    assert served.answers("case-two")["thickness"] == round(
        measurements["length"]["value"], 1
    )
    assert served.answers("case-two")["signal"] == round(
        measurements["ellipse"]["stats"]["mean"], 1
    )

    page.close()
    again = context.new_page()
    open_case(again, served, "case-two")
    again.wait_for_selector(".pane-image svg line")
    assert served.study.cases["case-two"]["measurements"] == list(measurements.values())


@pytest.mark.parametrize("kind", ["length", "ellipse", "rectangle"])
def test_a_measurement_does_not_depend_on_how_images_are_drawn(context, served, kind):
    key = {"length": "m", "ellipse": "e", "rectangle": "b"}[kind]
    found = []
    for rendering in ("cpu", "webgl"):
        served.study.reset()
        page = context.new_page()
        page.add_init_script("localStorage.clear()")
        open_case(page, served, query=f"?rendering={rendering}")
        type_keys(page, key)
        drag(page, "A.cor_stir", (-40, -20), (35, 60))
        page.wait_for_timeout(900)
        (measurement,) = served.study.cases["case-one"]["measurements"]
        found.append({k: measurement[k] for k in ("points", "value", "unit", "stats")})
        page.close()

    assert found[0]["value"] > 0
    assert found[0] == found[1]


def test_a_clip_plays_and_stops(page, served):
    open_case(page, served, "case-two")
    page.wait_for_timeout(500)
    assert "20 frames/s" in figures(page, "A.clip")
    type_keys(page, "Escape", "Space")
    page.wait_for_timeout(600)
    type_keys(page, "Space")
    page.wait_for_timeout(100)
    stopped = figures(page, "A.clip")
    page.wait_for_timeout(300)

    assert not stopped.startswith("1/24")
    assert figures(page, "A.clip") == stopped


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


def test_the_next_case_appears_at_once(page, served, capsys):
    fill_all(served, "case-one")
    open_case(page, served)
    page.wait_for_timeout(1500)
    type_keys(page, "Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/read/room/case-two")
    page.wait_for_selector('[data-series="A.clip"] canvas')
    page.wait_for_function(
        "Number(document.getElementById('room').dataset.firstImage) > 0"
    )
    page.wait_for_timeout(600)
    milliseconds = int(page.locator("#room").get_attribute("data-first-image"))
    with capsys.disabled():
        print(f"\n  next case after signing: {milliseconds} ms", end=" ")

    assert page.locator("#room").get_attribute("data-prefetched") == "true"
    assert milliseconds < NEXT_CASE_MS
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
    type_keys(page, "Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
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


def test_when_the_graphics_card_fails_the_cpu_draws_and_answers_stay(page, served):
    page.add_init_script(
        "window.contexts = []; const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (...a)"
        " { const c = get.apply(this, a); if (c && /webgl/.test(a[0])) window.contexts.push(c); return c; };"
    )
    open_case(page, served, query="?rendering=webgl")
    type_keys(page, "n", "2")
    with page.expect_navigation():
        page.evaluate(
            "window.contexts.forEach((c) => c.getExtension('WEBGL_lose_context')?.loseContext())"
        )
    page.wait_for_selector("#room[data-first-image]")

    assert page.locator(".bar .amber").count() == 1
    served.wait_for("A:bones.metacarpal_base_1.ero", 2)


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


def test_how_images_are_drawn_is_recorded(page, served):
    open_case(page, served, query="?rendering=cpu")
    type_keys(page, "n")
    served.wait_for("A:normal", 0)

    assert served.study.saves[-1]["display"] == {"rendering": "cpu"}


def test_a_browser_without_webgl_still_shows_images(browser, served):
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest)"
        " { return /webgl/.test(kind) ? null : get.call(this, kind, ...rest); };"
    )
    open_case(page, served)

    assert page.locator(".bar .amber").inner_text() == "drawn without graphics card"
    context.close()


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


def test_an_image_that_cannot_be_had_is_named(page, served):
    page.route("**/read/file/**.dcm", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{served.base}/read/room/case-one")

    page.get_by_text("These images could not be loaded").first.wait_for()


@pytest.mark.parametrize(
    "place", ["room", "help", "sign", "adjudication", "ultrasound"]
)
def test_axe_finds_nothing(page, served, tmp_path, place):
    from axe_playwright_python.sync_playwright import Axe

    token = {"adjudication": "case-three", "ultrasound": "case-two"}.get(
        place, "case-one"
    )
    open_case(page, served, token)
    page.wait_for_timeout(500)
    type_keys(
        page,
        *{
            "help": ["?"],
            "sign": ["Control+Enter"],
            "room": ["n", "3", "v"],
            "adjudication": ["n"],
        }.get(place, []),
    )
    page.wait_for_timeout(200)
    page.screenshot(path=tmp_path / f"{place}.png")
    results = Axe().run(page)

    assert [
        (v["id"], [n["html"][:90] for n in v["nodes"]])
        for v in results.response["violations"]
    ] == []


@pytest.mark.parametrize("width", [720, 360])
def test_nothing_is_cut_off_when_enlarged(page, served, tmp_path, width):
    page.set_viewport_size({"width": width, "height": 450 if width == 720 else 740})
    open_case(page, served)
    page.wait_for_timeout(400)
    page.screenshot(path=tmp_path / f"narrow-{width}.png", full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
