"""A Chromium and the mock server for the journeys in the reading room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT, missing
from tests.journeys.room.desk import SIZE, Served


@pytest.fixture(scope="session")
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


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=SIZE)
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    page = context.new_page()
    page.set_default_timeout(8_000)
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
