"""Whatever stands in a form or read design file: it is read, or all that is wrong is said; never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from provident.forms import acceptance_test, compile_form
from provident.plan.models.forms import FormFile
from provident.plan.models.reading import ReadDesignFile
from tests.unit.forms.made import every_type, ramris
from tests.unit.reading.written import written


WORDS = (
    "normal;ero;sum(bones.ero);1 +;0..10;0..3 mm;nv;NA;ramris_bones;{x};;week52.change;"
    "not evaluable;visit"
)
junk: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.floats(),
        st.sampled_from(WORDS.split(";")),
        st.text(max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["normal", "ero", "x", "value", 1, "in"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield (*so_far, key)
        yield from paths(inner, (*so_far, key))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[type[BaseModel], Any]:
    model, good = draw(
        st.sampled_from(
            [
                (FormFile, ramris()),
                (FormFile, every_type()),
                (ReadDesignFile, written()),
            ]
        )
    )
    given_ = deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(given_))))
        here = given_
        for step in path[:-1]:
            here = here[step]
        if draw(st.booleans()) and isinstance(here, dict):
            del here[path[-1]]
        else:
            here[path[-1]] = draw(junk)
    return model, given_


@given(damaged())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_read_or_explained(given_):
    model, value = given_
    problems = []
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        problems = error.errors()
        read = None

    assert read is not None or problems
    assert all(p["msg"] for p in problems)
    if isinstance(read, FormFile):
        form = compile_form(read)
        # A file that was accepted can be filled in, whatever it asks.
        found = acceptance_test(form, np.random.default_rng(0), entries=3)
        assert {f.code for f in found} <= {"FORM.TEST_DERIVE", "FORM.TEST_CSV"}
