"""Lots: chance that can be drawn again, on any machine and with any version of any library.

A lot is a SHA-256 digest of the seed and of what the lot is for.
numpy promises no stable stream between its versions, and a read order must be
reproducible from its stored seed for as long as a trial is kept (25 years).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar


T = TypeVar("T")


def lot(seed: int, *words: str) -> int:
    """A number of 256 bits that depends on the seed and the words alone."""
    digest = hashlib.sha256(str(seed).encode())
    for word in words:
        data = word.encode()
        # The length keeps ("ab", "c") and ("a", "bc") apart.
        digest.update(b"|%d|" % len(data))
        digest.update(data)
    return int.from_bytes(digest.digest())


def shuffled(seed: int, purpose: tuple[str, ...], things: Iterable[str]) -> list[str]:
    """The things in an order by lot. Every order is equally likely over the seeds."""
    return sorted(things, key=lambda thing: (lot(seed, *purpose, thing), thing))
