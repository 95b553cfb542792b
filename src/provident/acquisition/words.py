"""Values in the words of a radiographer."""

from __future__ import annotations

from collections.abc import Mapping

from provident.dicom.facts import Fact
from provident.dicom.registry import FACTS


MOST = 4  # different values said before "and so many others"


def number(value: float, unit: str) -> str:
    """A number with its unit, without digits that say nothing."""
    return f"{value:.6g} {unit}".rstrip()


def one(value: object, unit: str) -> str:
    """One value as people say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value, unit)
    if isinstance(value, tuple):
        return " x ".join(one(v, "") for v in value) + (f" {unit}" if unit else "")
    return str(value)


def found(name: str, fact: Fact) -> str:
    """What a series has: `95 ms`, or `70 ms on 19 images, 95 ms on 1`."""
    unit = fact.unit
    if isinstance(fact.value, Mapping):
        return ", ".join(f"{axis} {number(v, unit)}" for axis, v in fact.value.items())
    if FACTS[name].kind == "shells":
        pairs = zip(fact.values(), fact.counts, strict=True)
        volumes = ", ".join(f"{one(b, '')} ({n})" for b, n in pairs)
        return f"b = {volumes} {unit}, volumes in brackets"
    if not fact.varies:
        return one(fact.value, unit)
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    counted = [
        f"{one(value, unit)} on {n} image{'s' if n != 1 else ''}"
        for value, n in zip(values, fact.counts, strict=True)
    ]
    more = len(counted) - MOST
    return ", ".join(counted[:MOST]) + (f" and {more} other values" if more > 0 else "")
