"""Bytes that nobody foresaw: a header or a reason, and facts in any case."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from provident.dicom import (
    FACT_TAGS,
    NotReadable,
    SeriesFacts,
    csa,
    integrity,
    read_header,
    series_facts,
)
from tests.spec.acquisition import scans


WHOLE = [
    scans.stored(image)
    for image in (
        scans.dwi("siemens")[0], scans.dwi("ge")[0], scans.dwi("philips")[0], scans.pet()[0], scans.clip()[0],
        scans.enhanced(scans.mr("x", study="1.2", slices=3))[0],
    )
]  # fmt: skip


def all_the_way(data: bytes) -> None:
    with contextlib.suppress(NotReadable):
        series_facts([("x", read_header(data, only=FACT_TAGS))])
    try:
        header = read_header(data)
    except NotReadable:
        return
    (series,) = series_facts([("x", header)])
    assert SeriesFacts.from_json(series.as_json()) == series
    try:
        integrity(data)
    except NotReadable:
        return


@given(st.binary(max_size=400))
@settings(max_examples=80, deadline=None)
def test_random_bytes(data):
    all_the_way(data)
    all_the_way(bytes(128) + b"DICM" + data)


@given(st.sampled_from(WHOLE), st.data())
@settings(max_examples=120, deadline=None)
def test_damaged_headers(whole, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    all_the_way(
        bytes(damaged[: data.draw(st.integers(len(damaged) // 2, len(damaged)))])
    )


@given(st.binary(max_size=600))
@settings(max_examples=80, deadline=None)
def test_random_private_headers(data):
    csa.parse(b"SV10\4\3\2\1" + data)
    csa.parse(data)
