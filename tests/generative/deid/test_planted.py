"""Hundreds of files with identifiers wherever people and machines put them: none left, nothing else lost.

Deterministic by seed. The fast sample runs always, the whole as `slow`.
"""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provident.deid import Identifiers
from provident.deid.text import Cleaner
from provident.deid.worded_dates import without_worded_dates
from tests.generative.deid.planted.chance import Chance
from tests.generative.deid.planted.judging import Tally, judge, objects
from tests.generative.deid.planted.objects import CLINICAL, MAKERS
from tests.generative.deid.planted.people import person
from tests.generative.deid.planted.phrases import KINDS


title = "Planted identifiers"

KEPT_AT_LEAST = 0.998  # of all values that should stay; the study's measure is 0.995
MIXED_AT_LEAST = 0.99  # of descriptions with an identifier in them; the measure is 0.95


def tally(count: int, seed: int) -> Tally:
    told = Tally()
    with warnings.catch_warnings():
        # pydicom remarks on the odd values that are planted.
        warnings.simplefilter("ignore")
        for made in objects(count, seed):
            judge(made, told)
    return told


def check(told: Tally) -> None:
    leaks = [e for e in told.examples if e.startswith("LEAK")]
    losses = [e for e in told.examples if e.startswith("LOSS")]

    assert leaks == []
    assert told.lost["safe private"] == told.lost["attribute"] == 0, losses
    assert told.kept_share >= KEPT_AT_LEAST, losses
    assert told.mixed_share() >= MIXED_AT_LEAST, losses


def test_a_sample_of_all_kinds_of_objects():
    told = tally(6 * len(MAKERS), seed=2026)

    check(told)
    assert set(KINDS) <= set(told.planted)
    assert sum(told.planted.values()) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7, 42])
def test_hundreds_of_files(seed):
    check(tally(400, seed))


def test_descriptions_without_an_identifier_stay_as_they_are():
    cleaner = Cleaner(Identifiers.of(names=["Quarrendon^Ottilie"], numbers=["H7731904"]))  # fmt: skip
    changed = {w for w in CLINICAL if cleaner.clean(w, "full").text != w}

    assert changed == set()


@given(st.integers(0, 10**9), st.sampled_from(sorted(KINDS)))
@settings(max_examples=60, deadline=None)
def test_what_was_cleaned_once_is_clean(seed, kind):
    rng = Chance(seed)
    text, _ = KINDS[kind](rng, person(rng, seed))
    cleaner = Cleaner(Identifiers())
    once = cleaner.clean(f"{rng.choice(CLINICAL)}, {text}", "full").text

    assert once == cleaner.clean(once, "full").text


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_for_dates_and_never_grows(text):
    assert len(without_worded_dates(text)) <= len(text) + 1
