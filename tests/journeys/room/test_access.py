"""The reading room for every reader: axe, 200 % zoom, a narrow window."""

from __future__ import annotations

import pytest

from tests.journeys.room.desk import open_case, type_keys


pytestmark = pytest.mark.browser


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
