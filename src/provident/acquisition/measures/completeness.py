"""Images that hold nothing, hold what another holds, or were cut off at an end of their range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from provident.acquisition.measures.gathering import Gathered
from provident.acquisition.measures.model import Measure


EMPTY = 0.02  # of the median range


def completeness(gathered: Gathered) -> Iterator[Measure]:
    """Unreadable, constant and duplicate images, and both ends of the stored range."""
    yield Measure(
        name="unreadable_images",
        value=float(len(gathered.unreadable)),
        note=", ".join(sorted({why.replace("_", " ") for why in gathered.unreadable})),
    )
    if not gathered.glances:
        return
    constant = _constant(gathered)
    yield Measure(name="constant_images", value=float(len(constant)), frames=constant)
    duplicates = _duplicates(gathered, frozenset(constant))
    yield Measure(
        name="duplicate_images", value=float(len(duplicates)), frames=duplicates
    )
    yield _saturation(gathered)
    yield _floor(gathered)


def _constant(gathered: Gathered) -> tuple[int, ...]:
    usual = float(np.median([g.range for g in gathered.glances]))
    return tuple(
        n
        for n, g in enumerate(gathered.glances)
        if g.largest == g.smallest or (len(gathered) > 4 and g.range < EMPTY * usual)
    )


def _duplicates(gathered: Gathered, constant: frozenset[int]) -> tuple[int, ...]:
    seen: set[bytes] = set()
    found = []
    for number, glance in enumerate(gathered.glances):
        if number in constant:
            continue
        if glance.digest in seen:
            found.append(number)
        seen.add(glance.digest)
    return tuple(found)


def _saturation(gathered: Gathered) -> Measure:
    top = max(g.largest for g in gathered.glances)
    at = {n: g.at_largest for n, g in enumerate(gathered.glances) if g.largest == top}
    share = 100 * sum(at.values()) / sum(g.pixels for g in gathered.glances)
    worst = max(at, key=lambda n: at[n] / gathered.glances[n].pixels)
    most = 100 * at[worst] / gathered.glances[worst].pixels
    return Measure(
        name="saturation",
        value=share,
        note=f"stored value {top:g}, in {len(at)} of {len(gathered)} images",
        details={"worst image": most},
        frames=(worst,),
    )


def _floor(gathered: Gathered) -> Measure:
    bottom = min(g.smallest for g in gathered.glances)
    many = sum(g.at_smallest for g in gathered.glances if g.smallest == bottom)
    share = 100 * many / sum(g.pixels for g in gathered.glances)
    return Measure(name="floor", value=share, note=f"stored value {bottom:g}")
