"""Images in the reading room: shown in time, scrolled, turned, measured, whatever draws them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.journeys.room.desk import (
    SIZE,
    drag,
    figures,
    focused,
    open_case,
    type_keys,
    wait_until_loaded,
)


pytestmark = pytest.mark.browser


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_the_first_image_is_shown_and_how_it_is_drawn_is_told(
    page, served, tmp_path, rendering
):
    # How fast it is there is measured by bench/room.py.
    open_case(page, served, query=f"?rendering={rendering}")
    page.wait_for_timeout(1200)
    page.screenshot(path=tmp_path / f"room-{rendering}.png")

    assert figures(page, "A.cor_stir").startswith("12/24 · W 700 L 330")
    told = str(page.locator(".bar .amber").get_attribute("title"))
    assert ("drawn without graphics card" in told) == (rendering == "cpu")


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


TURNS = ["", "h", "H", "o", "ho", "hoo", "Ho", "hH", "ooo", "oh", "hHooo"]


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_letters_are_true_to_the_image(page, served, rendering):
    """A bright capsule lies to the right and to the head: it must be where the letters say."""
    open_case(page, served, query=f"?rendering={rendering}")
    wait_until_loaded(page)
    pane = page.locator('[data-series="A.cor_t1"]')
    pane.click()
    for turn in TURNS:
        type_keys(page, "r", *("Shift+h" if k == "H" else k for k in turn))
        page.wait_for_timeout(150)
        pixels = np.asarray(
            Image.open(
                BytesIO(pane.locator(".pane-image canvas").screenshot())
            ).convert("L")
        )
        y, x = (
            np.mean(axis) / size
            for axis, size in zip(np.nonzero(pixels > 250), pixels.shape, strict=True)
        )
        at = {"left": x < 0.5, "right": x > 0.5, "top": y < 0.5, "bottom": y > 0.5}
        sides = {s: pane.locator(f".side-{s}").inner_text() for s in at}

        assert [at[s] for s in at if sides[s] in ("R", "H")] == [True, True], (
            turn,
            sides,
            x,
            y,
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


def test_how_images_are_drawn_is_recorded(page, served):
    open_case(page, served, query="?rendering=cpu")
    type_keys(page, "n")
    served.wait_for("A:normal", 0)

    display = served.study.saves[-1]["display"]
    assert display["rendering"] == "cpu"
    assert (display["width"], display["height"], display["windows"]) == (1440, 900, 1)
    assert display["short_of"] == [
        "drawn without graphics card",
        "1.3 of 1.9 megapixels",
        "greys not checked",
    ]


def test_a_browser_without_webgl_still_shows_images(browser, served):
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest)"
        " { return /webgl/.test(kind) ? null : get.call(this, kind, ...rest); };"
    )
    open_case(page, served)

    told = page.locator(".bar .amber").get_attribute("title")
    assert "drawn without graphics card" in told
    context.close()


def test_when_the_graphics_card_fails_the_cpu_draws_and_answers_stay(page, served):
    page.add_init_script(
        "window.contexts = []; const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (...a)"
        " { const c = get.apply(this, a); if (c && /webgl/.test(a[0])) window.contexts.push(c); return c; };"
    )
    open_case(page, served, query="?rendering=webgl")
    type_keys(page, "n", "2")
    loaded = page.evaluate("performance.timeOrigin")
    page.evaluate(
        "setTimeout(() => window.contexts.forEach((c) => c.getExtension('WEBGL_lose_context')?.loseContext()))"
    )
    page.wait_for_function(
        "t => performance.timeOrigin !== t && document.querySelector('#room[data-first-image]')",
        arg=loaded,
    )

    assert page.locator(".bar .amber").count() == 1
    served.wait_for("A:bones.metacarpal_base_1.ero", 2)


def test_an_image_that_cannot_be_had_is_named(page, served):
    page.route("**/read/file/**.dcm", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{served.base}/read/room/case-one")

    page.get_by_text("These images could not be loaded").first.wait_for()
