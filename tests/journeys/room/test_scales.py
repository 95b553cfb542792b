"""What a length is worth: at the detector, in a region of ultrasound, in pixels alone; and the magnifier."""

from __future__ import annotations

import pytest

from tests.journeys.room.desk import drag, figures, open_case, type_keys


pytestmark = pytest.mark.browser


def test_a_projection_is_measured_at_the_detector_and_says_so(page, served):
    open_case(page, served, "case-scales")
    assert "mm at the detector" in figures(page, "A.film")
    page.locator('[data-key="width"]').focus()
    type_keys(page, "m")
    drag(page, "A.film", (-30, 0), (30, 0))
    page.wait_for_timeout(900)
    (length,) = served.study.cases["case-scales"]["measurements"]
    (a, b) = length["points"]

    assert length["unit"] == "mm"
    assert length["value"] == pytest.approx(abs(b[0] - a[0]) * 0.2, abs=0.01)
    assert served.answers("case-scales")["width"] == pytest.approx(length["value"], abs=0.06)  # fmt: skip


def test_ultrasound_is_measured_in_the_units_of_its_region(page, served):
    open_case(page, served, "case-scales")
    page.locator('[data-key="width"]').focus()
    type_keys(page, "m")
    drag(
        page, "A.still", (-60, -120), (60, -60)
    )  # in the tissue: 0.1 by 0.2 mm a pixel
    page.wait_for_timeout(900)
    (length,) = served.study.cases["case-scales"]["measurements"]
    (ax, ay), (bx, by) = length["points"]
    expected = (((ax - bx) * 0.1) ** 2 + ((ay - by) * 0.2) ** 2) ** 0.5

    assert length["unit"] == "mm"
    assert length["value"] == pytest.approx(expected, abs=0.01)


def test_pixels_are_not_taken_for_millimetres(page, served):
    open_case(page, served, "case-scales")
    page.locator('[data-key="width"]').focus()
    type_keys(page, "m")
    drag(page, "A.still", (-60, -120), (60, 120))  # from tissue into the strip of time
    page.wait_for_timeout(900)
    (length,) = served.study.cases["case-scales"]["measurements"]

    assert length["unit"] == "px"
    assert "width" not in served.answers("case-scales")
    assert "has no scale for it" in page.locator(".count").inner_text()


@pytest.mark.parametrize("rendering", ["cpu", "webgl"])
def test_the_magnifier_follows_the_mouse_and_goes(page, served, rendering):
    open_case(page, served, "case-scales", f"?rendering={rendering}")
    page.wait_for_timeout(400)
    type_keys(page, "Shift+L")
    box = page.locator('[data-series="A.film"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    loupe = page.locator(".loupe")
    loupe.wait_for(state="visible")
    shown = loupe.evaluate(
        "c => c.getContext('2d').getImageData(120, 120, 1, 1).data[0]"
    )
    assert shown > 200  # the bright bar in the middle of the film

    page.mouse.move(x, y - 150)
    dark = loupe.evaluate(
        "c => c.getContext('2d').getImageData(120, 120, 1, 1).data[0]"
    )
    assert dark < 150
    type_keys(page, "Shift+L")
    assert loupe.is_hidden()
