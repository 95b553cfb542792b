"""One platform in a process of its own, a logged-in radiographer of Leeds, and a record of all that leaves the browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, missing
from tests.journeys.pages_seed import PASSWORD
from tests.journeys.test_pages import free_port, wait_for


@dataclass
class Platform:
    """The served platform and its data directory."""

    address: str
    data: Path
    environment: dict[str, str] = field(repr=False, default_factory=dict)

    def judge(self) -> None:
        """Judge what has arrived."""
        command = [sys.executable, "-m", "tests.journeys.browser_send.serve", "judge"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)

    def images(self) -> dict[str, bytes]:
        """Every image that the centre stored, by its hash."""
        return {p.stem: p.read_bytes() for p in (self.data / "objects").rglob("*.dcm")}


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> Iterator[Platform]:
    if not (ROOT / "src/provident/web/static/built/pyodide.json").is_file():
        missing("the built browser page (npm run build in viewer/)")
    data, port = tmp_path_factory.mktemp("data"), free_port()
    environment = {
        **os.environ, "PROVIDENT_DATA": str(data), "PROVIDENT_DATABASE": "", "PROVIDENT_CLOCK": str(data / "clock"),
        "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.journeys.browser_send.serve", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}", server)
        yield Platform(f"http://127.0.0.1:{port}", data, environment)
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


@dataclass
class Wire:
    """All that the browser sent: addresses, headers and bodies."""

    bodies: list[bytes] = field(default_factory=list)

    def holds(self, *needles: bytes) -> list[bytes]:
        """Those of the needles that went over the wire, in any letters."""
        return [n for n in needles if any(n.lower() in body.lower() for body in self.bodies)]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser, platform) -> Iterator[Any]:
    """A page that stays open over the module: the engine starts once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.problems, page.wire = [], Wire()
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda m: page.problems.append(m.text) if "Content Security Policy" in m.text else None)  # fmt: skip
    context.on("request", lambda r: _keep(page, platform.address, r))
    page.goto(f"{platform.address}/login")
    page.fill("#id_username", "rae")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/s/arthur-2/")
    yield page
    context.close()


def _keep(page: Any, address: str, request: Any) -> None:
    if not request.url.startswith((address, "data:", "blob:")):
        page.problems.append(request.url)
    told = f"{request.url}\n{request.headers}".encode()
    page.wire.bodies.append(told + b"\n" + (request.post_data_buffer or b""))
