"""With rapidocr-onnxruntime installed: names are read and painted out, settings stay, anatomy reads as nothing."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from provident.deid import Profile
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile
from tests.conftest import missing
from tests.spec.deid import files
from tests.spec.deid.test_real import scored
from tests.spec.deid.test_redaction import page


pytestmark = pytest.mark.ocr

title = "Reading burned-in text"

PAINTING = replace(Profile(), burned_in="redact", documents="remove")


@pytest.fixture(autouse=True)
def _reader():
    if find_spec("rapidocr_onnxruntime") is None:
        missing("rapidocr-onnxruntime (requirements/ocr.txt)")


def speckle(*told: tuple[str, int, int, int], seed: int = 3) -> bytes:
    """An ultrasound-like image: speckle in a sector, a pale banner, and text (text, x, y, ink)."""
    rng = np.random.default_rng(seed)
    rows, columns = 360, 480
    y, x = np.mgrid[:rows, :columns]
    body = (np.hypot(x - 240, y - 20) < 320) & (np.abs(x - 240) < (y - 20))
    echo = ndimage.gaussian_filter(rng.rayleigh(90, (rows, columns)), 1.1) - 60
    grey = np.where(body & (y > 60), echo, 4).clip(0, 220)
    grey[:44] = 150
    picture = Image.fromarray(grey.astype("u1"))
    for text, left, top, ink in told:
        ImageDraw.Draw(picture).text(
            (left, top), text, fill=ink, font=ImageFont.load_default(15)
        )
    return page(Rows=rows, Columns=columns, PixelData=np.asarray(picture).tobytes())


def cells(data: bytes) -> np.ndarray:
    return pydicom.dcmread(BytesIO(data)).pixel_array.astype(int)


def hidden(before: bytes, after: bytes, left: int, top: int, text: str) -> bool:
    """Whether every pixel of the text's middle lines is of one colour now."""
    width = int(ImageFont.load_default(15).getlength(text))
    window = cells(after)[top + 6 : top + 12, left + 1 : left + width - 1]
    changed = cells(before)[top + 6 : top + 12, left + 1 : left + width - 1] != window
    return bool(window.max() - window.min() == 0 and changed.any())


def test_the_name_goes_and_the_settings_stay():
    data = speckle(("QUARRENDON, OTTILIE", 10, 12, 250), ("MI 0.8", 400, 320, 230))
    done = files.run(data, PAINTING)

    assert done.data is not None
    assert hidden(data, done.data, 10, 12, "QUARRENDON, OTTILIE")
    assert np.array_equal(cells(data)[310:350, 395:], cells(done.data)[310:350, 395:])


@pytest.mark.parametrize("initials", ["OB", "JH", "MTW"])
@pytest.mark.parametrize("ink", [182, 250, 60])
def test_initials_on_a_pale_banner_go(initials, ink):
    data = speckle((initials, 230, 14, ink))
    done = files.run(data, PAINTING)

    assert done.data is not None, done.reason
    assert hidden(data, done.data, 230, 14, initials)


@pytest.mark.parametrize("seed", range(6))
def test_speckle_is_not_read_as_text(seed):
    data = speckle(seed=seed)
    done = files.run(data, PAINTING)

    assert done.data is not None, done.reason
    assert np.array_equal(cells(data), cells(done.data))


@pytest.mark.real
def test_all_burned_in_identifiers_of_the_planted_corpus_are_hidden(shared, tmp_path):
    corpus = shared / "deid" / "corpus"
    job = Job(profile=PAINTING, key=files.KEY, places=Places.beside(tmp_path / "out"))
    outcomes = run(corpus / "in", job=job, crosswalk=CrosswalkFile(), enrol=True)

    told = scored(shared, corpus, tmp_path, outcomes)
    results, summary = told["results"], told["summary"]
    bad = {
        (action, category): counts[1]
        for action, found in results.items()
        for category, counts in found.items()
        if counts[1]
    }
    assert [o.reason for o in outcomes if o.out is None] == []
    assert bad == {}
    assert summary["utility"] >= 99.5
