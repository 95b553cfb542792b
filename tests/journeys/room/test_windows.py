"""Two windows, and what is known of the display."""

from __future__ import annotations

import pytest

from tests.journeys.room.desk import fill_all, focused, open_case, sign, type_keys


pytestmark = pytest.mark.browser


@pytest.fixture
def second(page, context, served):
    """The form's window and the one with the images."""
    open_case(page, served, query="?rendering=cpu")
    with context.expect_page() as opened:
        type_keys(page, "Shift+W")
    images = opened.value
    images.locator('[data-series="A.cor_stir"] b').wait_for()
    return images


def number(page):
    return page.locator('[data-series="A.cor_stir"] b').inner_text()


def test_images_move_to_a_second_window_and_back(page, served, second, tmp_path):
    second.screenshot(path=tmp_path / "images.png")
    page.screenshot(path=tmp_path / "form.png")
    assert second.locator(".panel").count() == 0
    assert page.locator(".pane").count() == 0
    type_keys(page, "PageDown")
    second.wait_for_function("document.querySelector('[data-series=\"A.cor_stir\"] b').textContent.startsWith('13')")  # fmt: skip

    page.wait_for_timeout(500)
    type_keys(page, "Shift+W")
    page.locator('[data-series="A.cor_stir"] b', has_text="13/24").wait_for()
    assert second.is_closed()


def test_keys_in_the_images_window_score_in_the_form(page, served, second):
    second.keyboard.press("n")
    second.keyboard.press("4")
    served.wait_for("A:bones.metacarpal_base_1.ero", 4)

    assert focused(page) == "A:bones.metacarpal_base_2.ero"
    assert served.study.saves[-1]["display"]["windows"] == 2


def test_measurements_in_the_images_window_are_saved(page, served, second):
    second.keyboard.press("m")
    second.wait_for_timeout(300)
    box = second.locator('[data-series="A.cor_stir"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    second.mouse.move(x - 40, y)
    second.mouse.down()
    second.mouse.move(x + 40, y + 20, steps=8)
    second.mouse.up()
    page.wait_for_timeout(1500)

    (length,) = served.study.cases["case-one"]["measurements"]
    assert (length["kind"], length["unit"]) == ("length", "mm")


def test_closing_the_images_window_brings_them_back(page, served, second):
    second.close(run_before_unload=True)
    page.locator('[data-series="A.cor_stir"] b').wait_for()

    assert number(page).startswith("12/24")


def test_the_next_case_goes_to_both_windows(page, served, second):
    fill_all(served, "case-one")
    served.study.cases["case-one"]["version"] += 1
    type_keys(page, "n")
    page.wait_for_timeout(800)
    dialog = page.get_by_role("dialog")
    if dialog.count():
        dialog.get_by_role("button", name="Keep these").click()
    page.wait_for_timeout(1200)
    fill_all(served, "case-one")
    served.study.cases["case-one"]["answers"]["A:normal"] = 1
    sign(page)
    page.wait_for_timeout(1000)
    if served.study.signed == []:
        pytest.fail(page.locator(".summary, .error").all_inner_texts().__str__())
    second.locator('[data-series="A.clip"] b').wait_for()


def test_the_second_window_may_see_no_more_than_the_first(page, context, served):
    """It asks the same API in the same session, and for nothing else."""
    open_case(page, served, query="?rendering=cpu")
    page.wait_for_timeout(800)
    asked: list[str] = []
    context.on("request", lambda r: asked.append(r.url))
    with context.expect_page() as opened:
        type_keys(page, "Shift+W")
    opened.value.locator('[data-series="A.cor_stir"] b').wait_for()
    paths = {u.removeprefix(served.base).split("/")[1] for u in asked if u.startswith(served.base)}  # fmt: skip

    assert paths <= {"read", "static"}
    api = {u.rsplit("/read/api/", 1)[1] for u in asked if "/read/api/" in u}
    assert api == {"case/case-one"}


def test_a_browser_that_opens_no_window_says_what_to_do(page, served):
    page.add_init_script("window.open = () => null")
    open_case(page, served)
    type_keys(page, "Shift+W")

    assert "allow pop-ups" in page.locator("[aria-live=polite]").inner_text()
    assert page.locator(".pane").count() == 4


def test_the_greys_of_a_display_are_checked_by_eye(page, served, tmp_path):
    page.add_init_script("crypto.getRandomValues = (a) => { a.set([4, 7, 1]); return a; }")  # fmt: skip
    open_case(page, served, query="?rendering=webgl")
    type_keys(page, "Shift+D")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Digits in the dark field").fill("47")
    dialog.get_by_label("Digits in the bright field").fill("471")
    page.keyboard.press("Enter")
    assert "Not all digits were right" in dialog.inner_text()
    dialog.get_by_label("Digits in the dark field").fill("471")
    page.keyboard.press("Enter")
    page.screenshot(path=tmp_path / "greys.png")
    assert "can be told apart" in dialog.inner_text()
    page.keyboard.press("Escape")
    type_keys(page, "n")
    served.wait_for("A:normal", 0)

    display = served.study.saves[-1]["display"]
    assert display["greys"] == "passed"
    assert len(display["greys_on"]) == 10
    assert display["short_of"] == ["1.3 of 1.9 megapixels"]
