"""Real files and large ones, mutated: no crash, no output on doubt, and apart as whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import deid as fuzz


SEEDS = list(fuzz.seeds())


@st.composite
def mutations(draw) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, min(len(data) - 1, 4000)))
        size = draw(st.integers(1, 40))
        how = draw(st.sampled_from(["set", "cut", "double", "length", "insert"]))
        if how == "set":
            data[at] = draw(st.integers(0, 255))
        elif how == "cut" and len(data) > 64:
            del data[at : at + size]
        elif how == "double":
            data[at:at] = data[at : at + size]
        elif how == "length":
            data[at : at + 4] = draw(st.sampled_from(fuzz.LENGTHS))
        else:
            data[at:at] = draw(st.binary(min_size=1, max_size=size))
    return bytes(data)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(mutations())
def test_a_mutated_file_is_held_or_comes_out_the_same_apart_and_whole(data):
    fuzz.check(data)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_fuzzer_s_own_mutations_pass_its_check(seed):
    chance = fuzz.np.random.default_rng(seed)
    fuzz.check(fuzz.mutated(SEEDS[seed % len(SEEDS)], chance))


def test_the_fuzzer_s_check_can_fail(monkeypatch):
    monkeypatch.setattr("provident.deid.REASONS", {})

    with pytest.raises(AssertionError, match="no such reason"):
        fuzz.check(b"no DICOM at all")
