"""At a gateway a few images of a series of slices are looked at for all of it; if one must wait, the series does."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from provident.adapters.gateway.work import status
from tests.peers.scans import mr
from tests.unit.adapters.test_gateway import accounted, codes, land


SIDE = 128


def sliced(number: int, text: str = "", series: int = 1) -> bytes:
    """A slice of nothing but air, and text on it."""
    picture = Image.new("L", (SIDE, SIDE), 10)
    ImageDraw.Draw(picture).text((4, 8), text, fill=240, font=ImageFont.load_default(14))  # fmt: skip
    pixels = np.asarray(picture).astype("<u2").tobytes()
    return mr(patient_id="L-101", number=number, series=series, side=SIDE, PixelData=pixels)  # fmt: skip


@pytest.mark.parametrize("at", [2, 4, 6], ids=["first", "middle", "last"])
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_text_on_one_that_stands_for_the_series_holds_it(
    gateway, centre, work, at, backwards
):
    files = [sliced(n, "Hargreaves E" if n == at else "") for n in range(2, 7)]
    files += [sliced(n, series=2) for n in (2, 3)]
    land(gateway, files[::-1] if backwards else files)
    work.settle()

    assert codes(gateway) == {"DEID.PIXELS_NEED_REVIEW": 5}
    assert accounted(gateway)["sent"] == 2


def test_late_images_wait_with_their_series_and_go_with_it(gateway, centre, work):
    land(gateway, [sliced(2, "Hargreaves E"), sliced(3)])
    work.settle()
    land(gateway, [sliced(4), sliced(5)], "s2")
    work.settle()
    assert codes(gateway) == {"DEID.PIXELS_NEED_REVIEW": 4}

    centre.open_decisions = [
        {"reference": h["reference"], "act": "release", "by": "nurse", "reason": "looked", "participant": ""}
        for h in centre.held
    ]  # fmt: skip
    work.settle()

    assert accounted(gateway)["sent"] == 4
    assert status(gateway)["reasons"] == {}


def test_what_is_broken_stands_for_nothing_and_its_series_waits(gateway, centre, work):
    land(gateway, [sliced(2), sliced(3)[:-4000], sliced(4)])
    work.settle()

    assert codes(gateway) == {"QUARANTINE.TRUNCATED": 1, "DEID.PIXELS_UNREADABLE": 2}
    assert centre.stored == {}
