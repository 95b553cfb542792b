"""Of a series of slices a few are looked at for all: which ones, and what happens when they show text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from provident.deid import Profile, pixels
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile
from provident.deid.looking import Member, standing_for
from tests.spec.deid.files import CT_IMAGE, KEY
from tests.spec.deid.test_waiting import ultrasound


title = "Series of which some images are looked at"

PROFILE = Profile(series_once=frozenset({"CT", "MR"}))
NAME = "Quarrendon, Ottilie"
SERIES = "1.2.826.0.1.99.1.{}"


@pytest.fixture(autouse=True)
def without_reader(monkeypatch):
    monkeypatch.setattr(pixels, "installed_reader", lambda: None)


def slice_file(number: int | None, text: str = "", series: int = 1, **more) -> bytes:
    return ultrasound(
        text, bits=16, BitsStored=12, HighBit=11, Modality="CT", SOPClassUID=CT_IMAGE, InstanceNumber=number,
        SeriesInstanceUID=SERIES.format(series), SOPInstanceUID=f"{SERIES.format(series)}.{number or 0}", **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "stand"),
    [
        (["1", "2", "3", "4", "5"], {"1", "3", "5"}),
        (["2", "3", "4"], {"2", "3", "4"}),  # numbering need not start at 1
        (["101", "100", "102", "99", "98"], {"98", "100", "102"}),  # not as text
        (["-3", "4", "9"], {"-3", "4", "9"}),
        (["", "2", "3", "4", "x"], {"", "2", "4"}),
        (["7"], {"7"}),
        (["8", "7"], {"7", "8"}),
    ],
)
def test_the_first_the_middle_and_the_last_stand_for_a_series(numbers, stand):
    members = [Member(n, "S", n, f"1.2.{i}") for i, n in enumerate(numbers)]

    for seed in range(6):
        order = np.random.default_rng(seed).permutation(len(members))
        assert standing_for([members[i] for i in order]) == {"S": stand}


def outcomes(tmp_path: Path, files: dict[str, bytes], workers: int = 1) -> dict:
    incoming = tmp_path / "in"
    incoming.mkdir(exist_ok=True)
    for name, data in files.items():
        (incoming / name).write_bytes(data)
    return again(tmp_path, workers)


def again(tmp_path: Path, workers: int = 1, profile: Profile = PROFILE) -> dict:
    job = Job(profile=profile, key=KEY, places=Places.beside(tmp_path / "out"))
    done = run(
        tmp_path / "in", job=job, crosswalk=CrosswalkFile(), enrol=True, workers=workers
    )
    return {o.name: o.reason for o in done}


@pytest.mark.parametrize("at", [2, 4, 6], ids=["first", "middle", "last"])
def test_text_on_an_image_that_stands_for_its_series_makes_all_of_it_wait(at, tmp_path):
    files = {f"{n}.dcm": slice_file(n, NAME if n == at else "") for n in range(2, 7)}
    files |= {f"other{n}.dcm": slice_file(n, series=2) for n in range(1, 4)}

    told = outcomes(tmp_path, files)

    assert {r for n, r in told.items() if n[0] != "o"} == {"pixels_need_review"}
    assert {r for n, r in told.items() if n[0] == "o"} == {None}
    assert len(list((tmp_path / "out.quarantine").iterdir())) == 5


@pytest.mark.slow
def test_names_and_workers_do_not_decide(tmp_path):
    order = [3, 5, 2, 6, 4]
    files = {f"{i}.dcm": slice_file(n, NAME if n == 2 else "") for i, n in enumerate(order)}  # fmt: skip
    clean = {f"z{i}.dcm": slice_file(n, series=3) for i, n in enumerate(order)}
    places = [tmp_path / "alone", tmp_path / "shared"]
    for place in places:
        place.mkdir()

    alone, shared = (
        outcomes(place, files | clean, workers)
        for place, workers in zip(places, (1, 2), strict=True)
    )

    assert alone == shared
    for name in clean:
        one, other = (next(p.rglob(f"out/**/{name}")) for p in places)
        assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_decoded_stands_for_nothing(tmp_path):
    files = {f"{n}.dcm": slice_file(n) for n in (2, 3, 4)}
    files["3.dcm"] = slice_file(3, PixelData=b"\0\0", Rows=999)

    assert set(outcomes(tmp_path, files).values()) == {"pixels_unreadable"}


def test_late_images_of_a_series_wait_with_it_where_the_first_ones_do(tmp_path):
    first = {f"{n}.dcm": slice_file(n, NAME if n == 2 else "") for n in (2, 3)}
    assert set(outcomes(tmp_path, first).values()) == {"pixels_need_review"}

    told = outcomes(tmp_path, {f"{n}.dcm": slice_file(n) for n in (4, 5, 6, 7)})

    assert set(told.values()) == {"pixels_need_review"}


def test_screens_and_derived_images_are_looked_at_by_themselves(tmp_path):
    files = {f"{n}.dcm": slice_file(n) for n in (1, 2, 3, 4, 5)}
    files["map.dcm"] = slice_file(9, NAME, ImageType=["DERIVED", "SECONDARY"])

    told = outcomes(tmp_path, files)

    assert {n for n, r in told.items() if r} == {"map.dcm"}


def test_nothing_is_looked_at_where_pixels_are_not_cleaned(tmp_path):
    outcomes(tmp_path, {"2.dcm": slice_file(2, NAME)})
    off = replace(PROFILE, options=PROFILE.options - {113101})
    elsewhere = tmp_path / "off"
    elsewhere.mkdir()
    (tmp_path / "in").rename(elsewhere / "in")

    assert again(elsewhere, profile=off) == {"2.dcm": None}
