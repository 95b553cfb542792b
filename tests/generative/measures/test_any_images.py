"""Whatever images hold, measuring them ends with a value or a reason for each measure."""

from __future__ import annotations

import json
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provident.acquisition.measures import (
    MEASURES,
    Image,
    Measure,
    measure_series,
    place,
)
from provident.dicom import SeriesFacts


images = st.builds(
    lambda rows, columns, seed, kind, position, axis, spacing: Image(
        pixels=_pixels(rows, columns, seed, kind),
        position=position,
        phase_axis=axis,
        spacing=spacing,
    ),
    st.integers(1, 70),
    st.integers(1, 70),
    st.integers(0, 999),
    st.sampled_from(["noise", "zero", "object", "extreme"]),
    st.none() | st.floats(-1000, 1000),
    st.sampled_from([None, 0, 1]),
    st.none() | st.just((0.7, 1.4)),
)


def _pixels(rows: int, columns: int, seed: int, kind: str) -> np.ndarray:
    rng = np.random.default_rng(seed)
    made = np.zeros((rows, columns), np.int32)
    if kind == "noise":
        made = rng.integers(0, 50, made.shape)
    elif kind == "object":
        made[rows // 4 : 1 + 3 * rows // 4, columns // 4 : 1 + 3 * columns // 4] = 1500
        made = made + rng.integers(0, 90, made.shape)
    elif kind == "extreme":
        made = rng.choice([-(2**31), 0, 2**31 - 1], made.shape)
    return made.astype(np.int32)


@settings(max_examples=60, deadline=None)
@given(st.lists(images, max_size=7), st.sampled_from(["MR", "CT", "PT", "US"]))
def test_each_measure_has_a_finite_value_or_a_reason(many, modality):
    facts = SeriesFacts(uid="1", study_uid="1", modality=modality, manufacturer="", model="", files=1, frames=1)  # fmt: skip

    found = measure_series(many, facts)

    assert {m.name for m in found} == {
        n for n, s in MEASURES.items() if not s.modalities or modality in s.modalities
    }
    for one in found:
        assert one.because or math.isfinite(one.value), one
        assert (
            Measure.from_json(json.loads(json.dumps(one.as_json(), allow_nan=False)))
            == one
        )


@given(
    st.floats(-1e6, 1e6), st.lists(st.floats(-1e6, 1e6), max_size=30), st.randoms(use_true_random=False)
)  # fmt: skip
def test_the_order_of_the_history_does_not_matter(value, history, shuffler):
    shuffled = list(history)
    shuffler.shuffle(shuffled)

    assert place(value, history) == place(value, shuffled)


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=30))
def test_a_higher_value_never_lies_lower(history):
    low, high = sorted(history)[:: len(history) - 1]

    assert place(low, history).percentile <= place(high, history).percentile
