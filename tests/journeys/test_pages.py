"""Every page in a real browser: no error, no layout wider than the screen, nothing that axe complains about.

Each page is seen by the role that works with it, at the width of a desk, of a telephone and at 200 % zoom.
The pictures stay in the test's temporary folder, to be looked at.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, missing
from tests.journeys.pages_seed import PASSWORD


pytestmark = [pytest.mark.browser, pytest.mark.slow]

S = "/s/arthur-2"
DESK, TELEPHONE, ZOOMED = (1440, 1000), (360, 740), (720, 500)
PAGES = {
    "mary": ("", "/matrix", "/matrix?state=late", "/exams/67", "/participants", "/participants/L-101", "/slots/5",
             "/participants/L-101/withdraw", "/participants/L-101/consent", "/sites", "/people", "/access", "/plan",
             "/plan/file/study.yaml", "/plan/versions", "/plan/flow", "/plan/documents", "/plan/work", "/plan/work?show=mine", "/plan/domains/economics/sign",
             "/plan/amendments", "/plan/amendments/1", "/plan/amendments/new", "/plan/start", "/plan/start/oncology-recist", "/plan/amendments/1/approve", "/plan/flow/closed", "/ledger", "/ledger?actor=nobody", "/reading/cases", "/readers/standing", "/readers/standing/elsewhere", "/readers/sets/synovitis_change", "/readers/again", "/readers/watch", "/quality/technical", "/cannot-wait", "/at-scan", "/data",
             "/transfers", "/scanners", "/scanners/1", "/phantoms", "/scanners/bookings/5", "/nothing"),
    "rae": ("/phantoms/send", "/phantoms/by-hand", "/phantoms", "", "/matrix", "/participants/enrol", "/exams/94", "/queries", "/quality/actions", "/transfers", "/quarantine", "/slots/5"),
    "quinn": ("/scanners/1", "/scanners/changes/1", "/scanners/8/phantoms/acr_mri", "/phantoms", "/phantoms/1", "", "/quality", "/quality/exam/67", "/queries", "/queries?state=late", "/queries/1",
              "/quality/indicators", "/quality/actions", "/quality/actions/new", "/quality/actions/1", "/quality/actions/4",
              "/quality/actions?state=closed"),
    "ana": ("", "/reading", "/reading/standing", "/matrix"),
    "stella": ("", "/matrix", "/data", "/data/agreement", "/data/accuracy", "/ledger"),
    "mo": ("", "/exams/67", "/sites"),
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(address: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/login", timeout=5)  # noqa: S310  # our own server
        except OSError:  # refused, or slow to answer
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer in time")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server of its own process over a study of its own."""
    if not (ROOT / "src/provident/web/static/built/manifest.json").is_file():
        missing("the built theme (npm run build in viewer/)")
    data, port = tmp_path_factory.mktemp("data"), free_port()
    environment = {
        **os.environ, "PROVIDENT_DATA": str(data), "PROVIDENT_DATABASE": "", "PROVIDENT_CLOCK": str(data / "clock"),
        "PROVIDENT_DEMO": "1", "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.journeys.pages_seed"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen(
        [*command, str(port)], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


@pytest.fixture
def visit(browser, address) -> Iterator[Any]:
    """A function (who, size) -> a page logged in by the form; its script errors fail the test."""
    problems: list[str] = []
    contexts = []

    def open_as(who: str, size: tuple[int, int] = DESK):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda m: (
                problems.append(m.text) if "Content Security Policy" in m.text else None
            ),
        )
        page.on(
            "request",
            lambda r: (
                problems.append(r.url)
                if not r.url.startswith((address, "data:"))
                else None
            ),
        )
        page.on(
            "response",
            lambda r: (
                problems.append(r.url)
                if "/static/" in r.url and r.status >= 400
                else None
            ),
        )
        page.goto(f"{address}/login")
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(f"**{S}/")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert problems == []


def complaints(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = (
        Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    )
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


def too_wide(page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def keep_picture(page, path: Path) -> None:
    """A picture to look at; on a busy machine the browser may refuse the first time."""
    from playwright.sync_api import Error

    try:
        page.screenshot(path=path, full_page=True)
    except Error:
        page.wait_for_timeout(1000)
        page.screenshot(path=path, full_page=True)


def name_of(path: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in path).strip("_") or "home"


@pytest.mark.parametrize("who", PAGES)
def test_pages_are_clean_at_the_desk(visit, address, tmp_path, who):
    page = visit(who)
    found = {}
    for path in PAGES[who]:
        answer = page.goto(f"{address}{S}{path or '/'}")
        keep_picture(page, tmp_path / f"{who}-{name_of(path)}.png")
        found[path] = (answer.status >= 500, too_wide(page) > 0, complaints(page))

    assert {path: (False, False, []) for path in PAGES[who]} == found


@pytest.mark.parametrize("size", [TELEPHONE, ZOOMED], ids=["telephone", "200 %"])
def test_a_sites_pages_fit_a_telephone_and_a_zoomed_screen(
    visit, address, tmp_path, size
):
    page = visit("rae", size)
    found = {}
    for path in PAGES["rae"]:
        page.goto(f"{address}{S}{path or '/'}")
        keep_picture(page, tmp_path / f"{name_of(path)}-{size[0]}.png")
        found[path] = too_wide(page)

    assert dict.fromkeys(PAGES["rae"], 0) == found


def test_the_entrance_is_clean_and_offers_the_demos_accounts(
    browser, address, tmp_path
):
    page = browser.new_page()
    page.goto(f"{address}/login")
    keep_picture(page, tmp_path / "login.png")

    assert complaints(page) == []
    page.get_by_role("button", name="Enter as Quinn Ade").click()
    assert page.get_by_role("heading", level=1).inner_text().endswith("wait for you")
    page.close()


def test_the_skip_link_comes_first_and_leads_to_the_content(visit, address):
    page = visit("mary")
    page.goto(f"{address}{S}/matrix")
    page.keyboard.press("Tab")

    assert (
        page.evaluate("document.activeElement.textContent").strip()
        == "Skip to the content"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "maincontent"


def test_the_matrix_by_keyboard_tells_each_cells_story(visit, address):
    page = visit("mary")
    page.goto(f"{address}{S}/matrix")
    page.locator("a.cell").first.focus()
    first = page.inner_text("#story")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    second = page.inner_text("#story")
    assert first != second
    assert second == page.evaluate("document.activeElement.title")
    assert page.locator('a.cell[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/exams/" in url or "/slots/" in url)


def test_a_filter_applies_as_it_changes_and_lives_in_the_address(visit, address):
    page = visit("mary")
    page.goto(f"{address}{S}/matrix")
    page.select_option("#filter-state", "late")
    page.wait_for_url("**/matrix?state=late")

    rows = page.locator("table.matrix tbody tr")
    assert rows.count() == rows.filter(has=page.locator(".cell--due")).count() > 0


def test_an_error_summary_takes_the_focus_and_leads_to_its_field(visit, address):
    page = visit("rae")
    page.goto(f"{address}{S}/participants/enrol")
    page.get_by_role("button", name="Enrol").click()

    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    page.get_by_role(
        "link", name="Enter the day that the visit windows count from"
    ).click()
    assert page.evaluate("document.activeElement.id") == "id_anchor_on"
    assert complaints(page) == []


def test_scores_are_given_by_one_key_each(visit, address):
    page = visit("quinn")
    page.goto(f"{address}{S}/quality/exam/67")
    first = page.locator("fieldset[data-score]").first
    first.locator("input").first.focus()
    for key in "4213":
        page.keyboard.press(key)

    assert page.locator("[data-scored]").inner_text() == "4 of 12 scored"
    given = page.locator("fieldset input:checked").evaluate_all("all => all.map(one => one.value)")  # fmt: skip
    assert given == ["4", "motion", "none", "missing"]
    assert page.evaluate("document.activeElement.name") == "cor_stir:sequence_quality"
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.name").startswith("ax_t1_post:")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.name") == "cor_stir:coverage"
    # Outside of the scores a digit is a digit.
    page.fill("#id_reason", "")
    page.locator("#id_reason").press("3")
    assert page.locator("#id_reason").input_value() == "3"
    assert page.locator("[data-scored]").inner_text() == "4 of 12 scored"


def test_the_images_of_a_series_by_slider(visit, address):
    page = visit("quinn")
    page.goto(f"{address}{S}/quality/exam/67")
    slider = page.get_by_role("slider", name="Image of T1 cor")
    slider.focus()
    with page.expect_response("**/3.png") as answered:
        page.keyboard.press("ArrowRight")

    assert answered.value.status == 200
    assert page.get_by_alt_text("Image 3 of 3 of T1 cor").is_visible()


def test_a_link_to_facts_opens_them(visit, address):
    page = visit("quinn")
    page.goto(f"{address}{S}/exams/67")
    page.get_by_role("link", name="facts of STIR cor").click()

    assert page.locator("details[open]").inner_text().startswith("Facts of STIR cor")


def test_the_pictures_of_an_exam_are_there(visit, address):
    page = visit("quinn")
    page.goto(f"{address}{S}/exams/67")
    pictures = page.locator(".pictures img").all()

    widths = [
        p.evaluate("image => image.decode().then(() => image.naturalWidth)")
        for p in pictures
    ]
    assert widths == [160, 160, 160]


def test_the_ledger_prints_exact_times_without_places(visit, address, tmp_path):
    page = visit("mary")
    page.goto(f"{address}{S}/ledger")
    page.emulate_media(media="print")

    assert not page.locator(".places").is_visible()
    after = page.evaluate(
        "getComputedStyle(document.querySelector('time[data-utc]'), '::after').content"
    )
    assert "UTC" in after
    page.pdf(path=tmp_path / "ledger.pdf", format="A4")
