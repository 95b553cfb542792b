"""Hanging protocols in the room: layouts, planes, colour, crosshair, what scrolls together, and the exact resume."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.journeys.room.desk import (
    figures,
    open_case,
    type_keys,
    wait_until_loaded,
)


pytestmark = pytest.mark.browser

RENDERINGS = ["cpu", "webgl"]


def pane(page, title):
    return page.locator(f'.pane[aria-label="{title}"]')


def told(page, title):
    return str(pane(page, title).locator(".tag-br").inner_text())


def pixels(page, title):
    shot = pane(page, title).screenshot()
    return np.asarray(Image.open(BytesIO(shot)).convert("RGB")).astype(int)


def click_at(page, title, across, down):
    box = pane(page, title).bounding_box()
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def open_fusion(page, served, rendering):
    open_case(page, served, "case-fusion", f"?rendering={rendering}")
    pane(page, "Time point A · CT, coronal").locator("b").wait_for()
    wait_until_loaded(page)


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_the_first_layout_is_hung_with_its_windows(page, served, tmp_path, rendering):
    open_fusion(page, served, rendering)
    page.screenshot(path=tmp_path / f"fusion-{rendering}.png")

    assert "20/40 · W 400 L 40" in told(page, "Time point A · CT")
    assert "SUV 0" in told(page, "Time point A · PET over CT")
    assert "64/128" in told(page, "Time point A · CT, coronal")
    assert "SUV 0" in told(page, "Time point A · PET")
    assert "inverted" in told(page, "Time point A · PET")


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_colour_lies_where_the_lesion_is(page, served, rendering):
    """The hot sphere lies at 30 mm to the left and 20 mm to the front, 12 mm up: where the bright ball of the CT is."""
    open_fusion(page, served, rendering)
    click_at(page, "Time point A · CT", 0.5, 0.5)
    type_keys(page, *["ArrowDown"] * 4)
    page.wait_for_timeout(500)
    shown = pixels(page, "Time point A · PET over CT")
    red = shown[..., 0] - shown[..., 2]
    y, x = np.nonzero(red > 100)
    plain = pixels(page, "Time point A · CT")
    height, width = plain.shape[:2]
    scale = min(width, height) / 320  # pixels of the screen for a millimetre

    assert len(x) > 50
    assert (np.mean(x) - width / 2) / scale == pytest.approx(30, abs=3)
    assert (np.mean(y) - height / 2) / scale == pytest.approx(-20, abs=3)


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_parallel_planes_scroll_by_their_place(page, served, rendering):
    open_fusion(page, served, rendering)
    click_at(page, "Time point A · CT", 0.5, 0.5)
    type_keys(page, *["ArrowDown"] * 8)
    page.wait_for_timeout(400)

    # CT: 3 mm apart, image 28 at 22.5 mm; PET: 4 mm apart, image 21 at 22 mm.
    assert told(page, "Time point A · CT").startswith("28/40")
    assert told(page, "Time point A · PET over CT").startswith("28/40")
    assert told(page, "Time point A · PET").startswith("21/30")
    assert told(page, "Time point A · CT, coronal").startswith("64/128")


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_the_crosshair_brings_all_planes_to_one_point(
    page, served, tmp_path, rendering
):
    open_fusion(page, served, rendering)
    type_keys(page, "Shift+Digit2")
    pane(page, "Time point A · CT, sagittal").locator("b").wait_for()
    wait_until_loaded(page)
    page.wait_for_timeout(300)
    type_keys(page, "Escape", "Control+ArrowRight", *["Control+Shift+ArrowRight"] * 2)
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / f"planes-{rendering}.png")

    assert told(page, "Time point A · CT, sagittal").startswith("85/128")
    assert told(page, "Time point A · CT, coronal").startswith(("64/128", "65/128"))

    box = pane(page, "Time point A · CT, coronal").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 40)
    page.wait_for_timeout(500)
    number = int(told(page, "Time point A · CT").split("/")[0])
    assert number > 22  # higher on the coronal plane is nearer to the head


def test_layouts_are_switched_and_keep_their_looks(page, served):
    open_fusion(page, served, "cpu")
    click_at(page, "Time point A · CT", 0.5, 0.5)
    type_keys(page, "ArrowDown", "ArrowDown", "Shift+Digit3")
    page.locator(".pane", has_text="There is no time point before this one").wait_for()
    pane(page, "Time point A · CT").locator("b").wait_for()
    assert told(page, "Time point A · CT").startswith("22/40 · W 400 L 40")

    type_keys(page, "Escape", "t")  # score the next time point: current and prior move
    pane(page, "Time point B · CT").locator("b").wait_for()
    assert pane(page, "Time point A · CT").count() == 1

    type_keys(page, "Shift+Digit9")
    assert page.locator("[aria-live=polite]").inner_text() == "There are 3 layouts"


def test_prior_and_current_scroll_by_the_same_millimetres(page, served):
    open_fusion(page, served, "cpu")
    type_keys(page, "Shift+Digit3", "t")
    pane(page, "Time point B · CT").locator("b").wait_for()
    wait_until_loaded(page)
    page.wait_for_timeout(400)
    before = int(told(page, "Time point A · CT").split("/")[0])
    click_at(page, "Time point B · CT", 0.5, 0.5)
    type_keys(page, *["ArrowDown"] * 5)
    page.wait_for_timeout(400)

    assert int(told(page, "Time point A · CT").split("/")[0]) == before + 5


def test_presets_are_those_of_the_series(page, served):
    open_fusion(page, served, "cpu")
    click_at(page, "Time point A · PET", 0.5, 0.5)
    type_keys(page, "3")
    page.wait_for_timeout(200)
    assert " 5" in told(page, "Time point A · PET")
    click_at(page, "Time point A · CT", 0.5, 0.5)
    type_keys(page, "2")
    page.wait_for_timeout(200)
    assert "W 400 L 40" in told(page, "Time point A · CT")


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_suv_is_measured_on_pet_and_planes_are_not_measured_on(page, served, rendering):
    open_fusion(page, served, rendering)
    click_at(page, "Time point A · CT", 0.5, 0.5)
    type_keys(page, *["ArrowDown"] * 4)  # through the sphere, 12 mm up
    page.wait_for_timeout(400)
    page.locator('[data-key="A:uptake"]').focus()
    type_keys(page, "b")
    box = pane(page, "Time point A · PET").bounding_box()
    scale = min(box["width"], box["height"]) / 320
    x, y = box["x"] + box["width"] / 2 + 30 * scale, box["y"] + box["height"] / 2 - 20 * scale  # fmt: skip
    page.mouse.move(x - 22 * scale, y - 22 * scale)
    page.mouse.down()
    page.mouse.move(x + 22 * scale, y + 22 * scale, steps=10)
    page.mouse.up()
    page.wait_for_timeout(900)
    assert served.answers("case-fusion")["A:uptake"] == pytest.approx(8, abs=0.01)

    kept = list(served.study.cases["case-fusion"]["measurements"])
    page.locator('[data-key="A:width"]').focus()
    type_keys(page, "m")
    box = pane(page, "Time point A · CT, coronal").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 180, steps=8)
    page.mouse.up()
    page.get_by_text("Measure on the images as they were acquired").first.wait_for()
    page.wait_for_timeout(700)
    assert served.study.cases["case-fusion"]["measurements"] == kept


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_two_axes_outline_and_points(page, served, tmp_path, rendering):
    open_fusion(page, served, rendering)
    page.locator('[data-key="A:targets.1.long"]').focus()
    type_keys(page, "Shift+M")
    box = pane(page, "Time point A · CT").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=12)
    page.mouse.up()
    page.wait_for_timeout(900)
    saved = served.answers("case-fusion")
    assert saved["A:targets.1.long"] > saved["A:targets.1.short"] > 0
    (axes,) = served.study.cases["case-fusion"]["measurements"]
    assert axes["kind"] == "bidirectional"
    assert axes["items"] == ["A:targets.1.long", "A:targets.1.short"]

    page.locator('[data-key="A:count"]').focus()
    type_keys(page, "Shift+P")
    for across in (0.3, 0.5, 0.7):
        click_at(page, "Time point A · CT", across, 0.4)
    page.wait_for_timeout(900)
    assert served.answers("case-fusion")["A:count"] == 3

    type_keys(page, "Shift+E")
    box = pane(page, "Time point A · CT").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((60, 0), (60, 60), (0, 60), (0, 5)):
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.wait_for_timeout(900)
    page.screenshot(path=tmp_path / f"shapes-{rendering}.png")
    kinds = [m["kind"] for m in served.study.cases["case-fusion"]["measurements"]]
    assert kinds == ["bidirectional", "points", "polygon"]


def test_a_layout_is_resumed_exactly(page, context, served):
    open_fusion(page, served, "cpu")
    type_keys(page, "Shift+Digit2")
    pane(page, "Time point A · CT, sagittal").locator("b").wait_for()
    wait_until_loaded(page)
    click_at(page, "Time point A · CT, sagittal", 0.5, 0.5)
    type_keys(page, *["ArrowDown"] * 3)
    page.wait_for_timeout(900)
    before = told(page, "Time point A · CT, sagittal")
    page.close()
    again = context.new_page()
    open_case(again, served, "case-fusion", "?rendering=cpu")
    pane(again, "Time point A · CT, sagittal").locator("b").wait_for()
    again.wait_for_timeout(500)

    assert told(again, "Time point A · CT, sagittal") == before


def test_without_hanging_protocols_all_is_as_it_was(page, served):
    open_case(page, served)
    type_keys(page, "Shift+Digit2")

    assert "no other layouts" in page.locator("[aria-live=polite]").inner_text()
    assert page.locator(".pane").count() == 4
    assert figures(page, "A.cor_stir").startswith("12/24")
