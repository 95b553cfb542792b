"""Phantoms are made once: a head takes a second."""

from __future__ import annotations

from functools import cache

import pytest

from tests.spec.deid_faces.phantom import Phantom, Shape, make


SHAPES = {
    "an adult": Shape(),
    "a child": Shape(
        size=0.86, face=0.82, nose=0.7, chin=-4, scalp=3, skull=4, ears=0.9
    ),
    "an old man": Shape(nose=1.3, ears=1.25, lug=30, atrophy=7, scalp=4),
    "a woman": Shape(size=0.95, face=0.94, nose=0.9, chin=-2, ears=0.9, lug=12),
    "a long head": Shape(stretch=(0.93, 1.07, 1.0), face=1.08, nose=1.2, chin=5),
    "a broad head": Shape(stretch=(1.1, 0.93, 0.98)),
}


@cache
def _made(name: str) -> Phantom:
    return make(SHAPES[name], 3.0)


@pytest.fixture(scope="session")
def phantom():
    """Phantoms by name."""
    return _made
