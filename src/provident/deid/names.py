"""Given names and surnames that are common enough to be known as names in a text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def common_names() -> frozenset[str]:
    """Common names of many languages, folded, in lower case."""
    text = (files("provident.deid") / "data" / "names.txt").read_text(encoding="utf-8")
    return frozenset(
        w
        for line in text.splitlines()
        if not line.startswith("#")
        for w in line.split()
    )
