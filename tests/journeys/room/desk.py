"""What the journeys in the reading room share: the mock server and a reader's hands."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from tests.conftest import ROOT


sys.path.insert(0, str(ROOT / "viewer/dev"))

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1440, "height": 900}
PASSWORD = "correct horse"


class Served:
    """The mock server and what it holds."""

    def __init__(self, folder: Path) -> None:
        from mock_server import start

        self.server, self.study = start(folder)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, case: str = "case-one") -> dict[str, Any]:
        return dict(self.study.cases[case]["answers"])

    def wait_for(
        self, key: str, value: object, case: str = "case-one", within: float = 2
    ) -> None:
        """Until the server holds this answer; fails after `within` seconds."""
        until = time.monotonic() + within
        while self.answers(case).get(key) != value:
            assert time.monotonic() < until, f"{key} is {self.answers(case).get(key)}"
            time.sleep(0.02)


def open_case(
    page: Any, served: Served, case: str = "case-one", query: str = ""
) -> int:
    """Open a room; gives the milliseconds to the first image."""
    page.goto(f"{served.base}/read/room/{case}{query}")
    page.wait_for_selector("#room[data-first-image]", timeout=8_000)
    return int(page.locator("#room").get_attribute("data-first-image"))


def wait_until_loaded(page: Any, within: float = 15) -> None:
    """Until every image of every pane is in memory."""
    until = time.monotonic() + within
    while page.locator(".pane-loaded:not(.done)").count() > 0:
        assert time.monotonic() < until, "images are still on their way"
        page.wait_for_timeout(50)


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


def sign(page: Any) -> None:
    """Sign the open case with the right password."""
    type_keys(page, "Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
