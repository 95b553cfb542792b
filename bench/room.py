"""The reading room in headless Chromium: click to first image, and the next case after signing.

    python bench/room.py [DATA]

DATA is the data directory of a played demo (`provident demo --no-serve`); it is served here and not changed
but for what opening a case records. The limit for the first image is 2 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.peers.platform import PROVIDENT, environment, free_port


ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
LIMIT = 2.0


def wait_for(address: str) -> None:
    """Until the platform answers."""
    for _ in range(150):
        try:
            httpx.get(f"{address}/login")
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("The platform did not start.")


def measure(address: str, account: dict[str, str], rounds: int = 3) -> list[float]:
    """Seconds from the click on a case to its first image."""
    seconds = []
    with sync_playwright() as playwright:
        chromium = os.environ.get("PROV_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for _ in range(rounds):  # a new context each time: nothing is in its cache
            page = browser.new_context(
                viewport={"width": 1440, "height": 900}, base_url=address
            ).new_page()
            page.goto("/login")
            page.locator("input[name=username]").last.fill(account["username"])
            page.locator("input[name=password]").last.fill(account["password"])
            page.get_by_role("button", name="Log in").click()
            page.wait_for_url("**/s/**")
            page.goto(page.url.rstrip("/") + "/reading")
            begun = time.monotonic()
            page.get_by_role("button", name="Read the next case").click()
            page.wait_for_selector("#room[data-first-image]")
            seconds.append(time.monotonic() - begun)
        browser.close()
    return seconds


def main() -> None:
    """Serve the demo, read as a reader."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-data").absolute()
    accounts = json.loads((data / "demo-accounts.json").read_text())
    account = next(a for a in accounts if a["role"].lower().startswith("reader"))
    port = free_port()
    serve = [*PROVIDENT, "serve", "--port", str(port), "--dicom-port", str(free_port())]
    process = subprocess.Popen(
        serve,
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        seconds = measure(address, account)
    finally:
        process.terminate()
        process.wait()
    print(json.dumps({
        "benchmark": "room", "first_image_s": [round(s, 2) for s in seconds], "limit_s": LIMIT,
        "ratio_to_limit": round(max(seconds) / LIMIT, 2),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
